using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Numerics;
using Hls4Net.Targets;

namespace Hls4Net.Tests;

public class OptionsReaderTests
{
    private const string ProjectDirectory = "/home/user/trigger";

    private readonly DiagnosticBag _diagnostics = new("models/muon_pt.onnx");
    private readonly Dictionary<string, string> _properties =
        new(StringComparer.OrdinalIgnoreCase) { ["RootNamespace"] = "My.Trigger" };
    private readonly List<ProjectItem> _layers = [];

    [Fact]
    public void Defaults_are_those_of_the_documentation()
    {
        ModelOptions options = Read()!;
        Assert.Equal("/home/user/trigger/models/muon_pt.onnx", options.ModelPath);
        Assert.Equal("models/muon_pt.onnx", options.Source);
        Assert.Equal("muon_pt", options.ModelName);
        Assert.Equal("MuonPt", options.ClassName);
        Assert.Equal("My.Trigger", options.Namespace);
        Assert.Equal(LayerSettings.Unset, options.Defaults);
        Assert.Equal(new HardwareBudget(), options.Budget);
        Assert.Equal(ModelOptions.DefaultPart, options.Part);
        Assert.Equal(5, options.ClockPeriod);
        Assert.Null(options.ClockUncertainty);
        Assert.Empty(options.DumpAfter);
        Assert.Empty(options.Layers);
        Assert.Empty(options.InputShapes);
        Assert.Empty(options.TestInputs);
        Assert.Null(options.MaxAbsError);
        Assert.Empty(_diagnostics.Items);
    }

    [Fact]
    public void Every_option_is_read()
    {
        ModelOptions options = Read(
            ("ModelName", "net"), ("ClassName", "Net"), ("Weights", "models/w.h5"), ("Namespace", "A.B"),
                ("Backend", "vitis"),
                ("IOType", "io_stream"), ("TransposeInputs", "true"), ("TargetInterval", "100"),
            ("Precision", "fixed(16,6)"), ("WeightPrecision", "fixed(8,2)"), ("ResultPrecision", "auto(12)"),
                ("AccumPrecision", "exact"),
            ("Strategy", "resource"), ("ReuseFactor", "4"), ("WeightStorage", "BRAM"),
                ("WeightMemoryThreshold", "1000"), ("InputShape", "x:1,28,28;model/mask:0:28"),
            ("TestInputs", "data/a.npy;/abs/b%3bc.npy"), ("TestOutputs", "data/y.npy"), ("TestLabels", "data/l.npy"),
            ("MaxAbsError", "0.125"), ("MinAgreement", "99.5"), ("AutoError", "60.5"), ("MinSnr", "40"),
                ("MaxLatencyCycles", "20"), ("MaxLatencyNs", "100.5"), ("MaxInterval", "1"),
            ("MaxLut", "10000"), ("MaxFf", "20000"), ("MaxDsp", "0"), ("MaxBram", "3"),
            ("Part", "xc7z020clg400-1"), ("ClockPeriod", "2.5"), ("ClockUncertainty", "12.5%"),
                ("Dump", "after:FuseAffine;all"))!;

        Assert.Equal("/home/user/trigger/models/w.h5", options.WeightsPath);
        Assert.Equal(("net", "Net", "A.B"), (options.ModelName, options.ClassName, options.Namespace));
        Assert.Equal((IOType.IoStream, true, 100), (options.IOType, options.TransposeInputs, options.TargetInterval));
        Assert.Equal(new PrecisionSpec.Pinned(new FixedPointType(16, 6)), options.Defaults.Precision);
        Assert.Equal(new PrecisionSpec.Pinned(new FixedPointType(8, 2)), options.Defaults.WeightPrecision);
        Assert.Equal(new PrecisionSpec.Auto(12), options.Defaults.ResultPrecision);
        Assert.Equal(new PrecisionSpec.Exact(), options.Defaults.AccumPrecision);
        Assert.Equal(Strategy.Resource, options.Defaults.Strategy);
        Assert.Equal(4, options.Defaults.ReuseFactor);
        Assert.Equal((WeightStorage.Bram, 1000),
            (options.Defaults.WeightStorage, options.Defaults.WeightMemoryThreshold));
        Assert.Equal<int>([1, 28, 28], options.InputShapes["x"]);
        Assert.Equal<int>([28], options.InputShapes["model/mask:0"]);
        Assert.Equal<string>(["/home/user/trigger/data/a.npy", "/abs/b;c.npy"], options.TestInputs);
        Assert.Equal<string>(["/home/user/trigger/data/y.npy"], options.TestOutputs);
        Assert.Equal("/home/user/trigger/data/l.npy", options.TestLabels);
        Assert.Equal((0.125, 99.5, 60.5, 40),
            (options.MaxAbsError, options.MinAgreement, options.AutoError, options.MinSnr));
        Assert.Equal(new HardwareBudget(20, 100.5, 1, 10000, 20000, 0, 3), options.Budget);
        Assert.Equal("FuseAffine *", string.Join(" ", options.DumpAfter));
        Assert.Equal(("xc7z020clg400-1", 2.5, "12.5%"), (options.Part, options.ClockPeriod, options.ClockUncertainty));
        Assert.Empty(_diagnostics.Items);
    }

    [Fact]
    public void The_project_is_less_specific_than_the_model_and_the_model_than_the_layer()
    {
        _properties["Precision"] = "fixed(20,8)";
        _properties["ReuseFactor"] = "2";
        _properties["ModelName"] = "not_for_projects";
        _layers.Add(Layer("layer:fc*", ("Precision", "fixed(12,4)")));
        ModelOptions options = Read(("Precision", "fixed(16,6)"), ("ReuseFactor", ""))!;

        Assert.Equal("muon_pt", options.ModelName);
        Assert.Equal(new PrecisionSpec.Pinned(new FixedPointType(16, 6)), options.Defaults.Precision);
        Assert.Equal(2, options.Defaults.ReuseFactor);
        LayerOverride layer = Assert.Single(options.Layers);
        Assert.Equal("fc*", layer.Pattern);
        Assert.Equal(LayerSettings.Unset with { Precision = new PrecisionSpec.Pinned(new FixedPointType(12, 4)) },
            layer.Settings);
    }

    [Fact]
    public void Layers_of_other_models_are_left_out_and_the_order_is_kept()
    {
        _layers.Add(Layer("a", ("Model", "muon_pt"), ("ReuseFactor", "1")));
        _layers.Add(Layer("b", ("Model", "other"), ("ReuseFactor", "nonsense that is no business of this model")));
        _layers.Add(Layer("c", ("ReuseFactor", "3")));
        Assert.Equal(["a", "c"], Read()!.Layers.Select(l => l.Pattern));
    }

    [Theory]
    [InlineData("Precision", "fixd(16,6)", "HLS2001", "fixed(16,6)")]
    [InlineData("AccumPrecision", "fixed(0,6)", "HLS2001", "width")]
    [InlineData("ReuseFactor", "0", "HLS2003", "from 1")]
    [InlineData("ReuseFactor", "two", "HLS2003", "whole number")]
    [InlineData("Backend", "Quartus", "HLS2003", "Vitis")]
    [InlineData("Backend", "Catapult", "HLS2009", "use Vitis")]
    [InlineData("IOType", "io_axi", "HLS2003", "io_parallel, io_stream")]
    [InlineData("TransposeInputs", "yes", "HLS2003", "true, false")]
    [InlineData("TargetInterval", "0", "HLS2003", "from 1")]
    [InlineData("WeightStorage", "ddr", "HLS2003", "auto, logic, bram, uram, external")]
    [InlineData("WeightMemoryThreshold", "1 kbit", "HLS2003", "whole number")]
    [InlineData("Strategy", "Fast", "HLS2003", "Latency, Resource, DistributedArithmetic")]
    [InlineData("ModelName", "a-b", "HLS2008", "C identifier")]
    [InlineData("ModelName", "class", "HLS2008", "keyword")]
    [InlineData("ClassName", "string", "HLS2008", "C# identifier")]
    [InlineData("ClassName", "Trace", "HLS2008", "no member")]
    [InlineData("Namespace", "A..B", "HLS2008", "dots")]
    [InlineData("MaxAbsError", "-1", "HLS2003", "at least 0")]
    [InlineData("MaxAbsError", "0,5", "HLS2003", "decimal point")]
    [InlineData("MaxAbsError", "NaN", "HLS2003", "at least 0")]
    [InlineData("MinAgreement", "101", "HLS2003", "from 0 to 100")]
    [InlineData("AutoError", "-3", "HLS2003", "from 0 to 300")]
    [InlineData("MinSnr", "40 dB", "HLS2003", "from 0 to 300")]
    [InlineData("MaxLut", "1e3", "HLS2003", "whole number")]
    [InlineData("ClockPeriod", "0", "HLS2003", "number")]
    [InlineData("ClockUncertainty", "lots", "HLS2003", "percentage")]
    [InlineData("ClockUncertainty", "5", "HLS2003", "leaves nothing of the clock period of 5 ns")]
    [InlineData("ClockUncertainty", "100%", "HLS2003", "leaves nothing of the clock period of 5 ns")]
    [InlineData("Dump", "FuseAffine", "HLS2003", "after:FuseAffine")]
    [InlineData("Dump", "after:", "HLS2003", "neither all nor after:")]
    [InlineData("Part", "x]; exec rm", "HLS2003", "part number")]
    [InlineData("InputShape", "1,x", "HLS2003", "shape")]
    [InlineData("InputShape", "1,0", "HLS2003", "shape")]
    [InlineData("InputShape", "3;4", "HLS2003", "shape")]
    [InlineData("InputShape", "x:3;4", "HLS2003", "name of its input")]
    [InlineData("TestLabels", "a.npy;b.npy", "HLS2003", "one file")]
    public void A_bad_value_is_an_error_that_names_item_option_value_and_what_is_allowed(string name, string value,
        string code, string help)
    {
        Assert.Null(Read((name, value)));
        Diagnostic error = Assert.Single(_diagnostics.Items);
        Assert.Equal(code, error.Descriptor.Code);
        Assert.Equal(Severity.Error, error.Descriptor.Severity);
        Assert.Contains($"HlsModel 'models/muon_pt.onnx' has {name} '{value}'", error.Text, StringComparison.Ordinal);
        Assert.Contains(help, error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_value_is_sought_where_it_stands()
    {
        _properties["Strategy"] = "Fast";
        _layers.Add(Layer("layer:fc?", ("Precision", "bogus")));
        Assert.Null(Read());
        Assert.Contains(_diagnostics.Items,
            d => d.Text.StartsWith("the project has HlsStrategy 'Fast'", StringComparison.Ordinal));
        Assert.Contains(_diagnostics.Items,
            d => d.Text.StartsWith("HlsLayer 'layer:fc?' has Precision 'bogus'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("HlsModel", "Precison", "did you mean Precision?")]
    [InlineData("HlsModel", "maxlatencycycle", "did you mean MaxLatencyCycles?")]
    [InlineData("HlsModel", "Colour", "it has ModelName")]
    [InlineData("HlsLayer", "ReuseFactr", "did you mean ReuseFactor?")]
    [InlineData("HlsLayer", "TestInputs", "it has Model")]
    public void Metadata_that_no_option_has_is_a_warning_with_the_nearest_name(string kind, string name, string help)
    {
        ProjectItem item = Item(kind, "item", ("Visible", "false"), ("_Private", "x"), ("Precision", "auto"),
            (name, "1"));
        OptionsReader.ReportUnknownMetadata(item, _diagnostics);
        Diagnostic warning = Assert.Single(_diagnostics.Items);
        Assert.Equal("HLS2011", warning.Descriptor.Code);
        Assert.Contains($"{kind} 'item' has no option {name}; {help}", warning.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("muon_pt", "muon_pt", "MuonPt")]
    [InlineData("jetTagger v2", "jetTagger_v2", "JetTaggerV2")]
    [InlineData("2-layer", "model_2_layer", "Model2Layer")]
    [InlineData("class", "class_", "Class")]
    [InlineData("müon", "m_on", "MOn")]
    [InlineData("日本", "_", "Model")]
    [InlineData("predict", "predict", "PredictModel")]
    public void File_names_become_identifiers(string file, string modelName, string className)
    {
        ModelOptions options = OptionsReader.Read(Item("HlsModel", $"models/{file}.onnx"), _properties, _layers,
            ProjectDirectory, KnownTargets.Backends, _diagnostics)!;
        Assert.Equal(modelName, options.ModelName);
        Assert.Equal(className, options.ClassName);
        Assert.True(Names.IsModelName(options.ModelName));
        Assert.True(Names.IsClassName(options.ClassName));
    }

    [Theory]
    [InlineData("my-firmware", "my_firmware")]
    [InlineData("2nd.try", "_2nd.@try")]
    [InlineData("", "")]
    public void Root_namespaces_become_namespaces(string root, string expected)
    {
        _properties["RootNamespace"] = root;
        Assert.Equal(expected.Replace('@', '_'), Read()!.Namespace);
    }

    private ModelOptions? Read(params (string Name, string Value)[] metadata) =>
        OptionsReader.Read(Item("HlsModel", "models/muon_pt.onnx", metadata), _properties, _layers, ProjectDirectory,
            KnownTargets.Backends, _diagnostics);

    private static ProjectItem Layer(string include, params (string Name, string Value)[] metadata) =>
        Item("HlsLayer", include, metadata);

    private static ProjectItem Item(string kind, string include, params (string Name, string Value)[] metadata) =>
        new(kind, include, metadata.ToDictionary(m => m.Name, m => m.Value, StringComparer.OrdinalIgnoreCase));
}
