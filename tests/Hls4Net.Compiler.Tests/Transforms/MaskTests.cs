using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph.Operations;
using Hls4Net.Onnx.Proto;
using Hls4Net.Pipeline;
using Hls4Net.Tests.Data;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Tests.Transforms;

/// <summary>Masks of every spelling: what they exclude is excluded, and the scores keep their digits.</summary>
public sealed class MaskTests
{
    private const int Length = 5, Samples = 30;

    [SkippableTheory]
    [InlineData("mask-1e9", 4e-3)]
    [InlineData("mask-fltmin", 4e-3)]
    [InlineData("mask-inf", 4e-3)]
    [InlineData("pad-fltmin-maxpool", 2e-3)]
    public void Shared_cases_are_right(string name, double bound) =>
        Assert.InRange(ModelHarness.Compile(SharedCases.Options(name)).Verify(null, new(name)).Result.MaxAbsError, 0,
            bound);

    [Theory]
    [InlineData("add", -1e4)]
    [InlineData("add", -65504)]
    [InlineData("add", double.NegativeInfinity)]
    [InlineData("where", -1e9)]
    [InlineData("where", double.NegativeInfinity)]
    [InlineData("computed", -1e4)]
    [InlineData("computed", -3.4028234663852886e38)]
    [InlineData("numbers", -1e4)]
    [InlineData("chosen", double.NegativeInfinity)]
    [InlineData("both", -1e9)]
    public void A_softmax_gives_exactly_nothing_to_what_a_mask_excludes(string form, double low)
    {
        using TempFolder folder = new();
        Case made = new(form, low);
        CompiledModel model = ModelHarness.Compile(made.Save(folder));
        // 16 bits, and what a mask has to lie below them.
        Assert.All(model.Model.Layers.Where(l => l.Operation is not (Literal or Affine)),
            l => Assert.InRange(l.Output.Type.Width, 1, 18));
        Simulation.ManagedSimulator simulator = new(model.Model.Network);
        for (int sample = 0; sample < Samples; sample++)
        {
            simulator.Run(made.Inputs[sample]);
            ReadOnlySpan<long> mantissas = simulator[model.Model.Network.Outputs[0].Value];
            for (int i = 0; i < Length; i++)
            {
                double expected = made.Expected[sample][i];
                Assert.True(expected != 0 ? Math.Abs((mantissas[i] * model.Model.Network.Outputs[0].Value.Type.Ulp)
                    - expected) < 2e-3 : mantissas[i] == 0, $"sample {sample}, element {i}");
            }
        }
    }

    [Theory]
    [InlineData("ArgMax")]
    [InlineData("ReduceMax")]
    [InlineData("Hardmax")]
    public void What_looks_for_the_largest_does_not_see_what_is_excluded(string op)
    {
        using TempFolder folder = new();
        ModelBuilder model = new ModelBuilder(17).Input("x", 1, Length).Output("y")
            .Weights("mask", [1, Length], 0, double.NegativeInfinity, 0, 0, -1e9)
            .Node("Add", ["x", "mask"], "masked")
                .Node(op, ["masked"], "y", op == "ReduceMax" ? ("axes", new long[] { 1 }) : ("axis", 1));
        double[][] inputs = Random(3);
        double[] flat = [.. inputs.SelectMany(i => i)];
        CompiledModel compiled = ModelHarness.Compile(
            model.Save(folder) with { TestInputs = [folder.Write("x.npy", Npy.Doubles([Samples, Length], flat))] });
        Simulation.ManagedSimulator simulator = new(compiled.Model.Network);
        foreach (double[] x in inputs)
        {
            simulator.Run(x);
            Graph.Value y = compiled.Model.Network.Outputs[0].Value;
            double[] got = [.. simulator[y].ToArray().Select(m => m * y.Type.Ulp)];
            double best = new[] { x[0], x[2], x[3] }.Max();
            int place = Array.IndexOf(x, best);
            double[] expected = op switch
            {
                "ArgMax" => [place],
                "ReduceMax" => [best],
                _ => [.. Enumerable.Range(0, Length).Select(i => i == place ? 1.0 : 0)]
            };
            Assert.All(got.Zip(expected), p => Assert.InRange(p.First, p.Second - 1e-3, p.Second + 1e-3));
        }
        Assert.InRange(compiled.Model.Layers.Max(l => l.Output.Type.Width), 1, 17);
    }

    [Theory]
    [InlineData(double.NegativeInfinity, "HLS1008")]
    [InlineData(-3.4028234663852886e38, "HLS3003")]
    public void A_mask_that_something_else_sees_is_named(double low, string code)
    {
        using TempFolder folder = new();
        ModelBuilder model = new ModelBuilder(17).Input("x", 1, Length).Output("y")
            .Weights("mask", [1, Length], 0, low, 0, 0, low)
            .Node("Add", ["x", "mask"], "masked").Node("Mul", ["masked", "masked"], "squares")
                .Node("Softmax", ["squares"], "y", ("axis", 1));
        Diagnostic error = Assert.Single(ModelHarness.CompileFailing(model.Save(folder)),
            d => d.Descriptor.Code == code);
        Assert.Contains("node_masked", error.Text, StringComparison.Ordinal);
        Assert.Contains("node_squares", error.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NegativeInfinity, -3.4028234663852886e38)]
    [InlineData(-3.4028234663852886e38, double.NegativeInfinity)]
    [InlineData(-3.4028234663852886e38, -3.4028234663852886e38)]
    [InlineData(double.NegativeInfinity, double.NegativeInfinity)]
    public void A_padding_and_a_mask_that_no_number_reaches_are_both_excluded(double mask, double padding)
    {
        using TempFolder folder = new();
        ModelBuilder model = new ModelBuilder(17).Input("x", 1, Length).Output("y")
            .Weights("mask", [1, Length], 0, mask, 0, 0, mask)
            .Integers("pads", 0, 1, 0, 1).Weights("low", [], padding)
            .Node("Add", ["x", "mask"], "masked").Node("Pad", ["masked", "pads", "low"], "padded")
                .Node("Softmax", ["padded"], "y", ("axis", 1));
        double[][] inputs = Random(4);
        string x = folder.Write("x.npy", Npy.Doubles([Samples, Length], [.. inputs.SelectMany(i => i)]));
        CompiledModel compiled = ModelHarness.Compile(model.Save(folder) with { TestInputs = [x] });
        Simulation.ManagedSimulator simulator = new(compiled.Model.Network);
        Graph.Value y = compiled.Model.Network.Outputs[0].Value;
        foreach (double[] sample in inputs)
        {
            simulator.Run(sample);
            double[] e = [0, .. sample.Select((v, i) => i is 1 or 4 ? 0 : Math.Exp(v)), 0];
            double[] got = [.. simulator[y].ToArray().Select(m => m * y.Type.Ulp)];
            Assert.All(got.Zip(e), p => Assert.InRange(p.First - (p.Second / e.Sum()), p.Second == 0 ? 0 : -2e-3,
                p.Second == 0 ? 0 : 2e-3));
        }
        Assert.InRange(compiled.Model.Layers.Where(l => l.Operation is not Literal).Max(l => l.Output.Type.Width), 1,
            18);
    }

    [Fact]
    public void An_offset_for_all_elements_is_no_mask()
    {
        using TempFolder folder = new();
        ModelBuilder model = new ModelBuilder(17).Input("x", 1, Length).Output("y")
            .Weights("offset", [1, Length], -20000, -20001, -20000, -20002, -20000)
            .Node("Add", ["x", "offset"], "moved").Node("Softmax", ["moved"], "y", ("axis", 1));
        Assert.DoesNotContain(Passes.Simplified(Operators.OperatorTest.Import(model.Save(folder))).Nodes,
            n => n.Operation is Exclude);
    }

    [SkippableFact]
    public void Masked_firmware_equals_its_simulation_in_parallel_and_streamed()
    {
        using TempFolder folder = new();
        (string Form, double Low)[] forms = [("add", -1e9), ("where", double.NegativeInfinity), ("computed", -1e4),
            ("both", -1e9)];
        Streams.StreamFirmware.AssertEqual(
            [.. forms.SelectMany((f, i) => new[] { IOType.IoParallel, IOType.IoStream }.Select(io =>
            ModelHarness.Compile(new Case(f.Form, f.Low).Save(folder, $"m{i}{io}") with { IOType = io })))]);
        foreach ((string form, double low) in forms)
        {
            DiagnosticBag diagnostics = new(form);
            ModelHarness.Compile(new Case(form, low).Save(folder, form) with { Backend = Backend.Rtl })
                .Verify(null, diagnostics);
            Assert.DoesNotContain(diagnostics.Items, d => d.Descriptor == Descriptors.ExecutionsDiffer);
        }
    }

    private static double[][] Random(int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, Samples).Select(_ =>
            (double[])[.. Enumerable.Range(0, Length).Select(_ => Math.Round((random.NextDouble() * 12) - 6, 3))])];
    }

    /// <summary>Masked scores before a softmax.</summary>
    private sealed class Case
    {
        private static readonly bool[] s_constant = [false, true, false, false, true];

        private readonly ModelBuilder _model = new ModelBuilder(17).Input("x", 1, Length);
        private readonly bool _computed;

        public Case(string form, double low)
        {
            _computed = form is "computed" or "numbers" or "chosen" or "both";
            if (_computed)
                _model.Input("m", form == "numbers" ? DataType.Float : DataType.Bool, [1, Length]);
            _model.Weights("one", [], 1).Weights("zero", [], 0).Weights("low", [], low)
                .Weights("mask", [1, Length], [.. s_constant.Select(c => c ? low : 0)]);
            TensorProto constant = new() { Name = "excluded", DataType = (int)DataType.Bool, Dims = { 1, Length } };
            constant.Int32Data.AddRange(s_constant.Select(c => c ? 1 : 0));
            _model.Graph.Initializer.Add(constant);
            switch (form)
            {
                case "add":
                    _model.Node("Add", ["x", "mask"], "s");
                    break;
                case "where":
                    _model.Node("Where", ["excluded", "low", "x"], "s");
                    break;
                case "computed" or "numbers":
                    _model.Node("Cast", ["m"], "real", ("to", (int)DataType.Float)).Node("Sub", ["one", "real"], "rest")
                        .Node("Mul", ["rest", "low"], "masks").Node("Add", ["x", "masks"], "s");
                    break;
                case "chosen":
                    _model.Node("Where", ["m", "zero", "low"], "masks").Node("Add", ["masks", "x"], "s");
                    break;
                case "both":
                    _model.Node("Where", ["m", "zero", "low"], "masks").Node("Add", ["masks", "mask"], "joined")
                        .Node("Add", ["x", "joined"], "s");
                    break;
            }
            _model.Node("Softmax", ["s"], "y", ("axis", 1)).Output("y");
            double[][] x = Random(1);
            Random random = new(2);
            // One element at least is left.
            double[][] m = [.. x.Select(_ =>
                (double[])[1, .. Enumerable.Range(1, Length - 1).Select(_ => (double)random.Next(2))])];
            Inputs = [.. x.Zip(m, (a, b) => _computed ? (double[])[.. a, .. b] : a)];
            Expected = [.. x.Zip(m, (a, b) =>
                Softmax(a, i => (_computed && b[i] == 0) || (form is "add" or "where" or "both" && s_constant[i])))];
        }

        public double[][] Inputs { get; }

        public double[][] Expected { get; }

        public ModelOptions Save(TempFolder folder, string name = "model")
        {
            string x = folder.Write($"{name}_x.npy",
                Npy.Doubles([Samples, Length], [.. Inputs.SelectMany(i => i[..Length])]));
            string[] inputs = _computed
                ? [x, folder.Write($"{name}_m.npy",
                    Npy.Doubles([Samples, Length], [.. Inputs.SelectMany(i => i[Length..])]))] : [x];
            return _model.Save(folder, name) with { TestInputs = [.. inputs] };
        }

        private static double[] Softmax(double[] x, Func<int, bool> excluded)
        {
            double[] e = [.. x.Select((v, i) => excluded(i) ? 0 : Math.Exp(v))];
            return [.. e.Select(v => v / e.Sum())];
        }
    }
}
