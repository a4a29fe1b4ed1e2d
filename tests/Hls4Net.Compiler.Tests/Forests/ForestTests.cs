using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Data;
using Hls4Net.Devices;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Numerics;
using Hls4Net.Onnx.Proto;
using Hls4Net.Rtl;
using Hls4Net.Rtl.Tools;
using Hls4Net.Simulation;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Tests.Properties;
using Hls4Net.Tests.Rtl;
using Hls4Net.Vectors;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Forests;

/// <summary>
/// Ensembles of trees against ONNX Runtime, on rows at the thresholds and beside them: on real numbers, on mantissas
/// and in the firmware.
/// </summary>
public sealed class ForestTests(ITestOutputHelper output)
{
    private const int Rows = 24;

    [Theory]
    [InlineData("SUM")]
    [InlineData("AVERAGE")]
    [InlineData("MIN")]
    [InlineData("MAX")]
    public void Regressors_are_ONNX_Runtimes(string aggregate)
    {
        foreach (int seed in Soak.Seeds(40, 1000))
        {
            Random random = new(seed);
            int targets = random.Next(1, 4);
            RandomForest forest = new(seed);
            string post = targets > 1 && random.Next(4) == 0 ? "LOGISTIC" : "NONE";
            Compare(seed, forest, forest.Regressor(aggregate, post, targets, random.Next(2) == 0, random.Next(2) == 0),
                exact: post == "NONE" && (aggregate != "AVERAGE" || int.IsPow2(forest.Trees)));
        }
    }

    [Fact]
    public void Ensembles_are_ONNX_Runtimes()
    {
        foreach (int seed in Soak.Seeds(60, 2000))
        {
            Random random = new(seed);
            RandomForest forest = new(seed);
            int aggregate = random.Next(4);
            Compare(seed, forest, forest.Ensemble(aggregate, random.Next(1, 4), sets: false).Model,
                exact: aggregate != 0 || int.IsPow2(forest.Trees));
        }
    }

    [Fact]
    public void Ensembles_that_ask_for_sets_are_what_their_arrays_say()
    {
        int asked = 0;
        foreach (int seed in Soak.Seeds(60, 2000))
        {
            Random random = new(seed);
            RandomForest forest = new(seed);
            int aggregate = random.Next(4);
            (ModelBuilder model, Func<double[], double[]> scores) =
                forest.Ensemble(aggregate, random.Next(1, 4), sets: true);
            asked += model.Last.Attribute.Any(a => a.Name == "membership_values") ? 1 : 0;
            Compare(seed, forest, model, exact: aggregate != 0 || int.IsPow2(forest.Trees), row => [scores(row)]);
        }
        Assert.True(asked > 10);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(null)]
    public void Classifiers_of_two_classes_are_ONNX_Runtimes(int? only)
    {
        foreach (int seed in Soak.Seeds(60, 1000))
        {
            Random random = new(seed);
            RandomForest forest = new(seed);
            string post = random.Next(3) switch
            {
                0 => "LOGISTIC",
                1 => "SOFTMAX",
                _ => "NONE",
            };
            int bases = random.Next(only == 0 ? 3 : 2);
            Compare(seed, forest, forest.Classifier(2, only, random.Next(2) == 0, post, bases, always: true),
                exact: post == "NONE");
        }
    }

    [Fact]
    public void Classifiers_of_more_classes_are_ONNX_Runtimes()
    {
        foreach (int seed in Soak.Seeds(60, 1000))
        {
            Random random = new(seed);
            int classes = random.Next(3, 6);
            RandomForest forest = new(seed);
            string post = random.Next(4) == 0 ? "SOFTMAX" : "NONE";
            Compare(seed, forest, forest.Classifier(classes, null, random.Next(2) == 0, post,
                random.Next(2) == 0 ? classes : 0, random.Next(2) == 0), exact: post == "NONE");
        }
    }

    [SkippableFact]
    public void Goldens_of_ONNX_Runtime_are_met()
    {
        string root = SharedData.Require("operator-goldens");
        string[] folders = [.. Directory.GetDirectories(root).Where(f => Path.GetFileName(f) is string name
            && (name.StartsWith("bin", StringComparison.Ordinal) || name.StartsWith("rf2", StringComparison.Ordinal)
                || name.StartsWith("mc_", StringComparison.Ordinal) || name == "lt"
                || name.StartsWith("reg", StringComparison.Ordinal))).Order(StringComparer.Ordinal)];
        Skip.If(folders.Length == 0, "the shared test data have no goldens of trees");
        int compared = 0;
        foreach (string folder in folders)
            compared += Golden(folder);
        output.WriteLine($"{compared} numbers of {folders.Length} models");
        Assert.True(compared >= folders.Length);
    }

    // The rows of a golden are samples; scores are float32 with seven digits.
    private static int Golden(string folder)
    {
        string path = Path.Combine(folder, "model.onnx"), data = Path.Combine(folder, "test_data_set_0");
        Tensor x = TensorFile.Read(Path.Combine(data, "input_0.pb")).Tensor;
        int features = x.Shape[^1], compared = 0;
        ModelOptions options = ModelHarness.Options(path);
        string input = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)).Graph.Input[0].Name;
        CompiledModel compiled = ModelHarness.Compile(options with
        {
            InputShapes = options.InputShapes.Add("", [features]),
            Layers = [new LayerOverride(input,
                LayerSettings.Unset with { Precision = ModelHarness.Precision("fixed<32,12>") })],
        });
        ReferenceSimulator real = new(compiled.Imported);
        ManagedSimulator typed = new(compiled.Model.Network);
        for (int row = 0; row < x.Values.Length / features; row++)
        {
            double[] sample = x.Values[(row * features)..((row + 1) * features)];
            real.Run(sample);
            typed.Run(sample);
            for (int k = 0; k < compiled.Imported.Outputs.Length; k++)
            {
                Tensor all = TensorFile.Read(Path.Combine(data,
                    string.Create(CultureInfo.InvariantCulture, $"output_{k}.pb"))).Tensor;
                int width = all.Values.Length / (x.Values.Length / features);
                Value value = compiled.Model.Network.Outputs[k].Value;
                for (int j = 0; j < width; j++, compared++)
                {
                    double expected = all.Values[(row * width) + j];
                    string place = $"{Path.GetFileName(folder)}, row {row}, output {k}[{j}]";
                    Assert.True(Math.Abs(real[compiled.Imported.Outputs[k].Value][j] - expected) < 1e-6,
                        $"{place}: {real[compiled.Imported.Outputs[k].Value][j]}, {expected} expected");
                    Assert.True(Math.Abs((typed[value][j] * value.Type.Ulp) - expected) < 1e-4,
                        $"{place}: {typed[value][j] * value.Type.Ulp} in {value.Type}, {expected} expected");
                }
            }
        }
        return compared;
    }

    [SkippableTheory]
    [InlineData(IOType.IoParallel)]
    [InlineData(IOType.IoStream)]
    public void Firmware_of_random_forests_is_the_simulators(IOType ioType)
    {
        FirmwareBatch.Execute([.. Firmware(12, 200, ioType).Select(f => Expectation.Of(f.Model, f.Samples))], "-O0");
    }

    [SkippableTheory]
    [InlineData(IOType.IoParallel, "Icarus")]
    [InlineData(IOType.IoStream, "Icarus")]
    [InlineData(IOType.IoParallel, "Verilator")]
    [InlineData(IOType.IoStream, "Verilator")]
    public void Verilog_of_random_forests_is_the_simulators(IOType ioType, string simulator)
    {
        VerilogTools.Require(simulator == "Icarus" ? "iverilog" : "verilator");
        (CompiledModel Model, long[][] Samples)[] forests = [.. Firmware(12, 120, ioType)];
        RtlDesign[] designs = [.. forests.Select((f, i) => RtlNetworks.Build(f.Model,
            new Target(i % 2 == 0 ? Family.UltraScalePlus : Family.Ice40, i % 3 == 0 ? 2 : 5)))];
        Cosimulation cosimulation = new(designs);
        foreach ((_, long[][] samples) in forests)
            cosimulation.Add([.. samples]);
        using TempFolder folder = new();
        CosimulationResult[] results = cosimulation.Run(Enum.Parse<VerilogSimulator>(simulator), folder.Path);
        for (int i = 0; i < results.Length; i++)
        {
            Assert.True(results[i].Mismatches == 0, $"{designs[i].Name}: {results[i].FirstMismatch}");
            Assert.Equal(forests[i].Samples.Length, results[i].Samples);
        }
    }

    // One after another of every kind that there is.
    private static IEnumerable<(CompiledModel Model, long[][] Samples)> Firmware(int usual, int many, IOType ioType)
    {
        foreach (int seed in Soak.Seeds(usual, many))
        {
            RandomForest forest = new(seed);
            ModelBuilder model = (seed % 5) switch
            {
                0 => forest.Regressor(seed % 2 == 0 ? "MIN" : "MAX", "NONE", 2, bases: true, always: false),
                1 => forest.Regressor("SUM", "NONE", 1, bases: true, always: true),
                2 => forest.Classifier(2, 0, positive: false, "LOGISTIC", 1, always: true),
                3 => forest.Ensemble(seed % 4, 2, sets: true).Model,
                _ => forest.Classifier(4, null, positive: true, "NONE", 0, always: false),
            };
            yield return (Compiled(model, ioType, $"forest{seed}"),
                [.. Enumerable.Range(0, Rows).Select(_ => Mantissas(forest))]);
        }
    }

    // Too many branches for statements: tables in a loop.
    [SkippableTheory]
    [InlineData(IOType.IoParallel)]
    [InlineData(IOType.IoStream)]
    public void Firmware_of_large_forests_is_the_simulators(IOType ioType)
    {
        using TempFolder folder = new();
        CompiledModel model = ModelHarness.Compile(LargeForest.Of(300, 2, 4, 5).Save(folder) with
        {
            IOType = ioType,
            Layers = [new LayerOverride("x",
                LayerSettings.Unset with { Precision = ModelHarness.Precision("fixed(16,16)") })],
        });
        Random random = new(1);
        FirmwareBatch.Execute([Expectation.Of(model, Enumerable.Range(0, Rows)
            .Select(_ => (long[])[.. Enumerable.Range(0, 5).Select(_ => random.NextInt64(-32768, 32768))]))], "-O0");
    }

    // A row of several features makes one element of the result.
    [SkippableTheory]
    [InlineData(IOType.IoParallel, 1)]
    [InlineData(IOType.IoParallel, 2)]
    [InlineData(IOType.IoStream, 1)]
    public void Several_rows_of_a_sample_are_answered_one_by_one(IOType ioType, int targets)
    {
        using TempFolder folder = new();
        ModelBuilder forest = LargeForest.Of(4, targets, 2, 3);
        forest.Graph.Input[0].Type.TensorType.Shape.Dim[0] = new() { DimValue = 5 };
        ModelOptions options = forest.Save(folder);
        CompiledModel model = ModelHarness.Compile(options with
        {
            IOType = ioType,
            InputShapes = options.InputShapes.Add("", [5, 3]),
            Layers = [new LayerOverride("x",
                LayerSettings.Unset with { Precision = ModelHarness.Precision("fixed(16,16)") })],
        });
        Assert.Equal(5 * targets, model.Model.Network.Outputs[0].Value.Shape.Size);
        Random random = new(1);
        FirmwareBatch.Execute([Expectation.Of(model, Enumerable.Range(0, Rows)
            .Select(_ => (long[])[.. Enumerable.Range(0, 15).Select(_ => random.NextInt64(-32768, 32768))]))], "-O0");
    }

    [Theory]
    [InlineData(null, null, false)]
    [InlineData(Strategy.Resource, null, true)]
    [InlineData(null, 4, true)]
    [InlineData(Strategy.Latency, 1, false)]
    public void What_would_share_trees_is_said_to_have_no_effect(Strategy? strategy, int? reuse, bool warns)
    {
        using TempFolder folder = new();
        ModelOptions options = LargeForest.Of(3, 1, 2, 2).Save(folder) with
        {
            Defaults = LayerSettings.Unset with { Strategy = strategy, ReuseFactor = reuse },
        };
        DiagnosticBag diagnostics = new(options.Source);
        Assert.NotNull(ModelCompiler.Compile(options, diagnostics));
        Assert.Equal(warns, diagnostics.Items.Any(d => d.Descriptor == Descriptors.ForestNotShared));
    }

    private static long[] Mantissas(RandomForest forest) =>
        [.. Enumerable.Range(0, forest.Features).Select(_ => (long)(forest.Feature() / RandomForest.Unit))];

    private static CompiledModel Compiled(ModelBuilder model, IOType ioType, string name)
    {
        using TempFolder folder = new();
        return ModelHarness.Compile(model.Save(folder, name) with
        {
            IOType = ioType,
            Layers = [new LayerOverride("x", LayerSettings.Unset with
            {
                Precision = new PrecisionSpec.Pinned(new FixedPointType(6, 4, Signed: true)),
            })],
        });
    }

    private static void Compare(int seed, RandomForest forest, ModelBuilder model, bool exact)
    {
        using OnnxRuntimeReference runtime = OnnxRuntimeReference.Open(model.ToBytes());
        Compare(seed, forest, model, exact, row => runtime.Run(row));
    }

    private static void Compare(int seed, RandomForest forest, ModelBuilder model, bool exact,
        Func<double[], double[][]> judge)
    {
        CompiledModel compiled = Compiled(model, IOType.IoParallel, "model");
        ReferenceSimulator real = new(compiled.Imported);
        ManagedSimulator typed = new(compiled.Model.Network);
        for (int i = 0; i < Rows; i++)
        {
            double[] row = [.. Mantissas(forest).Select(k => k * RandomForest.Unit)];
            double[][] expected = judge(row);
            real.Run(row);
            typed.Run(row);
            for (int k = 0; k < expected.Length; k++)
            {
                Value value = compiled.Model.Network.Outputs[k].Value;
                for (int j = 0; j < expected[k].Length; j++)
                {
                    string place = $"seed {seed}, row [{string.Join(", ", row)}], output {k}[{j}] of "
                        + string.Join("; ", expected.Select(o => string.Join(", ", o)));
                    double e = expected[k][j], r = real[compiled.Imported.Outputs[k].Value][j],
                        t = typed[value][j] * value.Type.Ulp;
                    // Labels are right or wrong; so are sums of numbers that float32 holds.
                    bool isExact = exact || (k == 0 && expected.Length > 1);
                    Assert.True(isExact ? r == e : Math.Abs(r - e) < 1e-5, $"{place}: {r}, {e} expected");
                    Assert.True(isExact ? t == e : Math.Abs(t - e) < 2e-3,
                        $"{place}: {t} in {value.Type}, {e} expected");
                }
            }
        }
    }
}
