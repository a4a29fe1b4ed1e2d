using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using Hls4Net.Simulation;
using Hls4Net.Transforms.TypeRules;
using Hls4Net.Vectors;

namespace Hls4Net.Tests.Keras;

/// <summary>A trained network in a file of Keras, with inputs and what the training library makes of them.</summary>
internal sealed record KerasCase(string Folder, string File, double[][] Inputs, double[][] Outputs)
{
    /// <summary>True where the expected outputs are exact numbers.</summary>
    public required bool IsExact { get; init; }

    /// <summary>True where the expected outputs are what the last softmax reads.</summary>
    public required bool BeforeSoftmax { get; init; }

    /// <summary>The files of the inputs, one for each port in order.</summary>
    public ImmutableArray<string> InputFiles => [.. Files(Folder, "inputs")];

    public static KerasCase Read(string folder, string file = "model.*")
    {
        string[] readme = System.IO.File.ReadAllLines(Path.Combine(folder, "README"));
        string model = Directory.GetFiles(folder, file).Order(StringComparer.Ordinal)
            .First(f => !f.EndsWith("_weights.h5", StringComparison.Ordinal));
        return new KerasCase(folder, model, Tensors(folder, "inputs"), Tensors(folder, "outputs"))
        {
            // What a float32 run of the library gives is exact where sums fit 24 bits.
            IsExact = readme.Any(l => l.Contains("EXACT", StringComparison.Ordinal)
                || l.Contains("exact while sums fit 24 bits", StringComparison.Ordinal)),
            BeforeSoftmax = System.IO.File.Exists(Path.Combine(folder, "softmax.npy")),
        };
    }

    private static IEnumerable<string> Files(string folder, string name) =>
        Directory.GetFiles(folder, $"{name}*.npy").Order(StringComparer.Ordinal);

    // A sample's numbers in a row; several tensors one after another.
    private static double[][] Tensors(string folder, string name)
    {
        double[][][] tensors = [.. Files(folder, name).Select(f => TensorFile.Read(f).Tensor)
            .Select(t => t.Values.Chunk(t.Values.Length / t.Shape[0]).ToArray())];
        return [.. Enumerable.Range(0, tensors[0].Length).Select(i => tensors.SelectMany(t => t[i]).ToArray())];
    }

    /// <summary>Options under which inputs of which the network says no type hold those of the case exactly.</summary>
    public ModelOptions Options(ModelOptions options)
    {
        string weights = Path.Combine(Folder, "model_weights.h5");
        options = options with { WeightsPath = System.IO.File.Exists(weights) ? weights : null };
        // Without quantizers types follow from vectors.
        if (!IsExact)
            return options with { TestInputs = InputFiles };
        Constant all = new(new Shape(Inputs.Sum(i => i.Length)), [.. Inputs.SelectMany(i => i)]);
        int fraction = ConstantGrid.ExactFraction(all),
            integer = Math.ILogB(all.Values.Max(Math.Abs)) + 2;
        PrecisionSpec exact = new PrecisionSpec.Pinned(new FixedPointType(integer + fraction, integer, true,
            Rounding.Rnd, Overflow.Sat));
        DiagnosticBag diagnostics = new(options.Source);
        CompiledModel? model = ModelCompiler.Compile(options, diagnostics);
        string[] assumed = model is null ? [] : [.. model.Network.Inputs.Select(i => i.Name).Where(n =>
            diagnostics.Items.Any(d => d.Descriptor == Descriptors.AssumedInputType
                && d.Text.Contains($"'{n}'", StringComparison.Ordinal)))];
        return options with
        {
            Layers = [.. assumed.Select(n => new LayerOverride(n, LayerSettings.Unset with { Precision = exact }))],
        };
    }

    /// <summary>How far a network is from the expected outputs.</summary>
    public (int Wrong, int Of, double Worst) Compare(CompiledModel model)
    {
        ManagedSimulator simulator = new(model.Model.Network);
        Value[] outputs = BeforeSoftmax
            ? [model.Model.Network.Nodes.Last(n => n.Operation is Softmax).Inputs[0]]
            : [.. model.Model.Network.Outputs.Select(o => o.Value)];
        int wrong = 0, of = 0;
        double worst = 0;
        foreach ((double[] input, double[] expected) in Inputs.Zip(Outputs))
        {
            simulator.Run(input);
            double[] actual = [.. outputs.SelectMany(o => simulator[o].ToArray()
                .Select(m => m * Math.ScaleB(1, -o.Type.Fraction)))];
            Assert.Equal(expected.Length, actual.Length);
            foreach ((double a, double e) in actual.Zip(expected))
            {
                of++;
                wrong += a == e ? 0 : 1;
                worst = Math.Max(worst, Math.Abs(a - e));
            }
        }
        return (wrong, of, worst);
    }
}
