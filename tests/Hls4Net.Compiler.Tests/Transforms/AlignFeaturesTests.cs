using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using Hls4Net.Simulation;
using Hls4Net.Targets;
using Hls4Net.Tests.Data;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Transforms;

/// <summary>Inputs whose features have scales of their own: element types at the port, one type behind it.</summary>
public sealed class AlignFeaturesTests(ITestOutputHelper output)
{
    private const int Samples = 128;

    // Networks in one run, and in a long one.
    private const int Usual = 40, Many = 1000;

    [Fact]
    public void Networks_on_features_of_any_scale_keep_their_answers()
    {
        using TempFolder folder = new();
        int count = Soak.Count(Usual, Many);
        List<(int Seed, double Seen, double Within, int Beyond, double Unseen)> networks = [];
        foreach (int seed in Soak.Seeds(Usual, Many))
        {
            Scaled scaled = new(seed);
            CompiledModel model = Compile(folder, scaled);
            (SignalToNoise seen, _, int overflowing) = Noise(model, scaled.Vectors(other: false));
            Assert.Equal(0, overflowing);
            (SignalToNoise unseen, SignalToNoise within, int beyond) = Noise(model, scaled.Vectors(other: true));
            double budget = NoiseBudget.Of(null, seen);
            networks.Add((seed, seen.Noise / budget, within.Noise / budget, beyond, unseen.Noise / budget));
        }
        output.WriteLine(
            $"largest of {count} networks in budgets: {networks.Max(n => n.Seen):G3} on the vectors, "
            + $"{networks.Max(n => n.Within):G3} on others");
        output.WriteLine(
            $"{networks.Count(n => n.Beyond > 0)} networks have {networks.Sum(n => n.Beyond)} of {count * Samples} "
            + "other vectors beyond their types");
        output.WriteLine(string.Join('\n', networks.Where(n => n.Beyond > 0)
            .Select(n => $"seed {n.Seed}: {n.Beyond} vectors, {n.Unseen:G4} budgets with them")));
        Assert.All(networks, n => Assert.True(n.Seen <= 1, $"seed {n.Seed}: {n.Seen:G3} budgets"));
        // Vectors of the same kind that the types were not chosen with have their resolution.
        Assert.All(networks, n => Assert.True(n.Within < 2, $"seed {n.Seed}: {n.Within:G3} budgets"));
        // Ranges are those of the vectors and a quarter; what goes beyond that is held at the end of a type, which is
        // no matter of resolution. Of sums of a few uniform features that is seldom: one network in fifty has such a
        // vector, and no overflow is without a count.
        Assert.InRange(networks.Count(n => n.Beyond > 0), 0, Math.Max(2, count / 50));
        Assert.InRange(networks.Sum(n => n.Beyond), 0, Math.Max(8, count * Samples / 1000));
    }

    [Fact]
    public void A_features_type_is_as_fine_as_its_own_scale()
    {
        using TempFolder folder = new();
        Scaled network = new(1, scales: [200, 3, 0.01, 40]);
        Typing port = Compile(folder, network).Model.Network.Inputs[0].Typing!;
        Assert.Equal(4, port.Elements.Length);
        Assert.Single(port.Elements.Select(e => e.Width).Distinct());
        Assert.All(port.Elements.Zip(network.Scales), p => Assert.InRange(p.First.MaxValue / p.Second, 1, 4));
        Assert.All(port.Elements, e => Assert.True(port.Type.Fraction >= e.Fraction && port.Type.Integer >= e.Integer));
    }

    [Fact]
    public void Features_of_one_scale_and_readers_of_another_kind_have_one_type()
    {
        using TempFolder folder = new();
        Assert.Empty(Compile(folder, new Scaled(2, scales: [1, 2, 3, 1.5])).Model.Network.Inputs[0].Typing!.Elements);
        ModelBuilder sums = new ModelBuilder().Input("x", 1, 4).Output("y");
        sums.Node("ReduceSum", ["x"], "y");
        string x = folder.Write("sums.npy",
            Npy.Floats("(128, 4)", new Scaled(3, scales: [100, 1, 0.01, 1]).Vectors(other: false)));
        Assert.Empty(
            ModelHarness.Compile(sums.Save(folder) with { TestInputs = [x] }).Model.Network.Inputs[0].Typing!.Elements);
    }

    [SkippableTheory]
    [InlineData(IOType.IoParallel, "Vitis")]
    [InlineData(IOType.IoStream, "Vitis")]
    [InlineData(IOType.IoParallel, "Rtl")]
    public void Every_execution_takes_the_same_slices(IOType ioType, string backend)
    {
        using TempFolder folder = new();
        Scaled network = new(4, scales: [3000, 0.002, 1, 40, 0.5]);
        CompiledModel model = Compile(folder, network,
            o => o with { IOType = ioType, Backend = KnownTargets.BackendOf(backend)! });
        Assert.Contains(model.Model.Layers, l => l.Operation is Align);
        // Converted inputs are compared too; beyond the vectors, mantissas that no conversion gives.
        ModelHarness.Verify(model);
        ManagedSimulator simulator = new(model.Model.Network);
        FixedPointType port = model.Model.Network.Inputs[0].Type;
        simulator.RunRaw([(long)port.MinMantissa, (long)port.MaxMantissa, -1, 1, (long)port.MaxMantissa / 3]);
        Value slices = model.Model.Layers.First(l => l.Operation is Align).Output;
        foreach (long mantissa in simulator[slices])
            Assert.InRange(mantissa, slices.Type.MinMantissa, slices.Type.MaxMantissa);
    }

    private static CompiledModel Compile(TempFolder folder, Scaled network,
        Func<ModelOptions, ModelOptions>? change = null)
    {
        int n = network.Scales.Length;
        ModelBuilder onnx = new ModelBuilder().Input("x", 1, n).Output("y")
            .Weights("w1", [n, 6], network.First).Weights("b1", [6], network.Bias)
            .Weights("w2", [6, 2], network.Second);
        onnx.Node("Gemm", ["x", "w1", "b1"], "h").Node("Relu", ["h"], "r").Node("MatMul", ["r", "w2"], "y");
        string x = folder.Write("x.npy", Npy.Floats($"({Samples}, {n})", network.Vectors(other: false)));
        ModelOptions options = onnx.Save(folder) with { TestInputs = [x] };
        return ModelHarness.Compile(change is null ? options : change(options));
    }

    // Over all vectors, and over those none of whose values leaves its type, and how many do.
    private static (SignalToNoise All, SignalToNoise Within, int Beyond) Noise(CompiledModel model, float[] vectors)
    {
        ReferenceSimulator exact = new(model.Network);
        ManagedSimulator firmware = new(model.Model.Network);
        Value real = model.Network.Outputs[0].Value, typed = model.Model.Network.Outputs[0].Value;
        SignalToNoise all = new(real.Shape.Size), within = new(real.Shape.Size);
        int beyond = 0;
        long overflows = 0;
        foreach (float[] sample in vectors.Chunk(model.Network.Inputs[0].Shape.Size))
        {
            double[] x = Array.ConvertAll(sample, v => (double)v);
            exact.Run(x);
            firmware.Run(x);
            double[] result = Array.ConvertAll(firmware[typed].ToArray(), m => m * typed.Type.Ulp);
            all.Add(exact[real], result);
            long now = firmware.InputOverflows;
            foreach (long of in firmware.Overflows)
                now += of;
            if (now > overflows)
                beyond++;
            else
                within.Add(exact[real], result);
            overflows = now;
        }
        return (all, within, beyond);
    }

    /// <summary>A network of two layers; its weights undo the features' scales for the most part.</summary>
    private sealed class Scaled
    {
        private readonly int _seed;

        public Scaled(int seed, double[]? scales = null)
        {
            _seed = seed;
            Random random = new(seed);
            double Unit() => (random.NextDouble() * 2) - 1;
            int count = scales?.Length ?? random.Next(2, 9);
            Scales = scales is null
                ? [.. Enumerable.Range(0, count).Select(_ => Math.Pow(10, 4 * Unit()))]
                : [.. scales];
            First = [.. Enumerable.Range(0, count * 6).Select(i => Unit() * Math.Pow(10, Unit()) / Scales[i / 6])];
            Bias = [.. Enumerable.Range(0, 6).Select(_ => Unit())];
            Second = [.. Enumerable.Range(0, 12).Select(_ => Unit())];
        }

        public ImmutableArray<double> Scales { get; }

        public double[] First { get; }

        public double[] Bias { get; }

        public double[] Second { get; }

        public float[] Vectors(bool other)
        {
            Random random = new(_seed + (other ? 1000 : 2000));
            return [.. Enumerable.Range(0, Samples * Scales.Length)
                .Select(i => (float)(((random.NextDouble() * 2) - 1) * Scales[i % Scales.Length]))];
        }
    }
}
