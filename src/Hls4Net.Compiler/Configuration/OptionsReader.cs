using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Hls4Net.Devices;
using Hls4Net.Diagnostics;

namespace Hls4Net.Configuration;

/// <summary>
/// Reads what a project says about one model. Of the three levels the most specific wins: a layer's metadata, the
/// model's, the project's properties (<c>HlsPrecision</c> for <c>Precision</c>, and so on). An empty value is no value.
/// </summary>
public sealed partial class OptionsReader
{
    /// <summary>
    /// Before a layer pattern with wildcards: MSBuild would take a bare <c>fc*</c> for file names, and drops what
    /// matches no file.
    /// </summary>
    public const string LayerPrefix = "layer:";

    // Beyond it doubles, in which the reference is computed, are noise themselves.
    private const double MostDecibels = 300;

    // What float32 holds, and no more than anyone compares with.
    private const double MostThreshold = 1e30;

    private static readonly ImmutableArray<string> s_layerSettings =
        ["Precision", "WeightPrecision", "ResultPrecision", "AccumPrecision", "Strategy", "ReuseFactor",
            "WeightStorage", "WeightMemoryThreshold"];

    /// <summary>Metadata of HlsLayer.</summary>
    public static ImmutableArray<string> LayerOptions { get; } = ["Model", .. s_layerSettings];

    /// <summary>Metadata of HlsModel that names one model, and so has no project property.</summary>
    private static readonly ImmutableArray<string> s_ownNames =
        ["ModelName", "ClassName", "Weights", "CustomOperators", "Threshold"];

    /// <summary>
    /// Metadata of HlsModel that may also be given for the whole project, as property <c>Hls</c> + name.
    /// </summary>
    public static ImmutableArray<string> ProjectOptions { get; } =
    [
        "Namespace", "Backend", "IOType", .. s_layerSettings, "TargetInterval", "InputShape", "TransposeInputs",
            "TestInputs", "TestOutputs", "TestLabels", "AutoError", "MaxAbsError",
        "MinAgreement", "MinSnr", "MaxLatencyCycles", "MaxLatencyNs", "MaxInterval", "MaxLut", "MaxFf", "MaxDsp",
            "MaxBram", "Budgets", "Part", "ClockPeriod",
        "ClockUncertainty", "Dump",
    ];

    /// <summary>Metadata of HlsModel.</summary>
    public static ImmutableArray<string> ModelOptions { get; } = [.. s_ownNames, .. ProjectOptions];

    /// <summary>Properties of a project that are no model's: of its simulation, its synthesis and its builds.</summary>
    public static ImmutableArray<string> BuildProperties { get; } =
    [
        "HlsCxx", "HlsCxxFlags", "HlsCxxArchitecture", "HlsCSimulation", "HlsIncludePath", "HlsIntermediatePath",
            "HlsLockTimeout", "HlsModelFilter",
        "HlsMaxParallelSynthesis", "HlsRuntimeIdentifier", .. SynthesisOptions.Properties,
    ];

    /// <summary>Every property that the SDK reads.</summary>
    public static ImmutableArray<string> Properties { get; } = [.. ProjectOptions.Select(o => $"Hls{o}"),
        .. BuildProperties];

    /// <summary>What any item may carry for MSBuild, an IDE or the SDK itself.</summary>
    private static readonly ImmutableArray<string> s_commonMetadata =
    [
        "CopyToOutputDirectory", "CopyToPublishDirectory", "CustomToolNamespace", "DependentUpon", "Generator",
            "InProject", "LastGenOutput",
        "Link", "Pack", "PackagePath", "SubType", "TargetPath", "Visible",
    ];

    private static readonly Choice<IOType>[] s_ioTypes = [new("io_parallel", IOType.IoParallel),
        new("io_stream", IOType.IoStream)];

    private static readonly Choice<bool>[] s_budgets = [new("Warning", false), new("Error", true)];

    private static readonly Choice<bool>[] s_switches = [new("true", true), new("false", false)];

    private static readonly Choice<Strategy>[] s_strategies =
        [new("Latency", Strategy.Latency), new("Resource", Strategy.Resource),
            new("DistributedArithmetic", Strategy.DistributedArithmetic)];

    private static readonly Choice<WeightStorage>[] s_storages =
        [new("auto", WeightStorage.Auto), new("logic", WeightStorage.Logic), new("bram", WeightStorage.Bram),
            new("uram", WeightStorage.Uram), new("external", WeightStorage.External)];

    private readonly ProjectItem _model;
    private readonly IReadOnlyDictionary<string, string> _properties;
    private readonly string _projectDirectory;
    private readonly BackendNames _backends;
    private readonly DiagnosticBag _diagnostics;

    private OptionsReader(
        ProjectItem model, IReadOnlyDictionary<string, string> properties, string projectDirectory,
            BackendNames backends, DiagnosticBag diagnostics)
    {
        _backends = backends;
        _model = model;
        _properties = properties;
        _projectDirectory = projectDirectory;
        _diagnostics = diagnostics;
    }

    /// <summary>Reads a model's options; null if something is wrong with them, which is then reported.</summary>
    /// <param name="model">The HlsModel item.</param>
    /// <param name="properties">Project-wide defaults by the name of the metadata they stand for, and RootNamespace; in
    /// MSBuild's escaped form.</param>
    /// <param name="layers">Every HlsLayer item of the project, in its order.</param>
    /// <param name="projectDirectory">Full path that relative paths start from.</param>
    /// <param name="backends">The names that Backend may have.</param>
    /// <param name="diagnostics">Takes what is wrong.</param>
    public static ModelOptions? Read(
        ProjectItem model, IReadOnlyDictionary<string, string> properties, IEnumerable<ProjectItem> layers,
            string projectDirectory,
        BackendNames backends, DiagnosticBag diagnostics)
    {
        OptionsReader reader = new(model, properties, projectDirectory, backends, diagnostics);
        ModelOptions options = reader.Read(layers);
        if (!diagnostics.HasErrors)
            reader.CheckVectors();
        return diagnostics.HasErrors ? null : options;
    }

    /// <summary>
    /// Warns of a property whose name begins like the SDK's and that nothing reads, with the property that may have
    /// been meant.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="where">The file in which it stands; null for the command line or the environment.</param>
    /// <param name="diagnostics">Takes the warning.</param>
    public static void ReportUnknownProperty(string name, string? where, DiagnosticBag diagnostics)
    {
        if (Properties.Contains(name, StringComparer.OrdinalIgnoreCase))
            return;
        string hint = Spelling.Nearest(name, Properties) is string nearest ? $"did you mean {nearest}?"
            : "docs/project-reference.md lists those that there are";
        diagnostics.Add(Descriptors.UnknownProperty,
            $"the property {name}{(where is null ? " of the command line or the environment" : "")} is read by "
            + $"nothing; {hint}", where);
    }

    /// <summary>Warns of metadata that no option has, with the option that may have been meant.</summary>
    public static void ReportUnknownMetadata(ProjectItem item, DiagnosticBag diagnostics)
    {
        ImmutableArray<string> known = item.Kind == "HlsLayer" ? LayerOptions : ModelOptions;
        foreach (string name in item.Metadata.Keys.Order(StringComparer.Ordinal))
        {
            // A leading underscore is private to targets, the SDK's own included.
            if (name.StartsWith('_') || known.Concat(s_commonMetadata).Contains(name, StringComparer.OrdinalIgnoreCase))
                continue;
            string hint = Spelling.Nearest(name, known) is string nearest ? $"did you mean {nearest}?"
                : $"it has {string.Join(", ", known)}";
            diagnostics.Add(Descriptors.UnknownMetadata, $"{item.Kind} '{item.Include}' has no option {name}; {hint}");
        }
    }

    private ModelOptions Read(IEnumerable<ProjectItem> layers)
    {
        string modelName = Name("ModelName", Names.IsModelName, "a C identifier that is no keyword of C++")
            ?? Names.ModelName(Path.GetFileNameWithoutExtension(_model.Include));
        Choice<int>[] backends = [.. _backends.Available.Select((b, i) => new Choice<int>(b.Name, i)),
            .. _backends.Announced.Select(n => new Choice<int>(n, null))];
        Backend backend = Choose("Backend", backends) is int chosen ? _backends.Available[chosen] : Backend.Default;
        string part = Matching("Part", PartName(), "a part number such as xcvu13p-flga2577-2-e")
            ?? Configuration.ModelOptions.DefaultPart;
        double clockPeriod = Number("ClockPeriod", 0.01, 1e6) ?? 5;
        return new ModelOptions
        {
            ModelPath = FullPath(_model.Include),
            WeightsPath = SingleFile("Weights"),
            CustomOperators = CustomOperators(),
            Source = _model.Include,
            ModelName = modelName,
            ClassName = Name("ClassName", Names.IsClassName,
                "a C# identifier that is no keyword and no member of the class") ?? Names.ClassName(modelName),
            Namespace = Name("Namespace", Names.IsNamespace, "C# identifiers joined by dots")
                ?? Names.Namespace(RootNamespace()),
            Backend = backend,
            IOType = IoType(backend),
            TransposeInputs = Choose("TransposeInputs", s_switches) ?? false,
            Threshold = Number("Threshold", -MostThreshold, MostThreshold),
            TargetInterval = (int?)Whole(Find("TargetInterval"), 1, int.MaxValue),
            Defaults = Settings(Find),
            Layers = [.. layers.Where(l => AppliesTo(l, modelName)).Select(Override)],
            InputShapes = InputShapes(),
            TestInputs = Files("TestInputs"),
            TestOutputs = Files("TestOutputs"),
            TestLabels = SingleFile("TestLabels"),
            MaxAbsError = Number("MaxAbsError", 0),
            AutoError = Number("AutoError", 0, MostDecibels),
            MinAgreement = Number("MinAgreement", 0, 100),
            MinSnr = Number("MinSnr", 0, MostDecibels),
            Budget = new HardwareBudget(
                (int?)Whole("MaxLatencyCycles"), Number("MaxLatencyNs", 0), (int?)Whole("MaxInterval"),
                Amount("MaxLut", part, p => p.Lut), Amount("MaxFf", part, p => p.Ff),
                    Amount("MaxDsp", part, p => p.Dsp), Amount("MaxBram", part, p => p.Bram18)),
            BudgetsAreErrors = Choose("Budgets", s_budgets) ?? false,
            Part = part,
            ClockPeriod = clockPeriod,
            ClockUncertainty = ClockUncertainty(clockPeriod),
            DumpAfter = DumpAfter(),
        };
    }

    // Name=definition, one for each operator; the SDK makes them of HlsCustomOperator items.
    private ImmutableArray<CustomOperator> CustomOperators()
    {
        if (Find("CustomOperators") is not Setting setting)
            return [];
        ImmutableArray<CustomOperator>.Builder operators = ImmutableArray.CreateBuilder<CustomOperator>();
        foreach (string text in setting.Text.Split(';', StringSplitOptions.RemoveEmptyEntries
            | StringSplitOptions.TrimEntries))
        {
            string[] sides = text.Split('=', 2, StringSplitOptions.TrimEntries);
            if (sides is [{ Length: > 0 } name, { Length: > 0 } definition])
                operators.Add(new CustomOperator(name, FullPath(definition)));
            else
                Report(Descriptors.InvalidOption, setting,
                    $"in which '{text}' is no operator=definition.onnx; give the HlsCustomOperator item a Definition");
        }
        return operators.ToImmutable();
    }

    private IOType IoType(Backend backend)
    {
        IOType type = Choose("IOType", s_ioTypes) ?? backend.IOTypes[0];
        if (!backend.IOTypes.Contains(type))
        {
            IEnumerable<string> available = s_ioTypes.Where(t => backend.IOTypes.Contains(t.Value!.Value))
                .Select(t => t.Name);
            Report(Descriptors.OptionNotAvailable, Find("IOType")!,
                $"which is not available with Backend={backend}; use {string.Join(" or ", available)}");
        }
        return type;
    }

    /// <summary>True if a layer item is about the model: it names it, or names none.</summary>
    private static bool AppliesTo(ProjectItem layer, string modelName) =>
        !layer.Metadata.TryGetValue("Model", out string? named) || named.Length == 0
            || EscapedText.Unescape(named) == modelName;

    private LayerOverride Override(ProjectItem layer)
    {
        string pattern = layer.Include.StartsWith(LayerPrefix, StringComparison.Ordinal)
            ? layer.Include[LayerPrefix.Length..] : layer.Include;
        return new LayerOverride(pattern, Settings(name =>
            layer.Metadata.TryGetValue(name, out string? text) && text.Length > 0
                ? new Setting($"HlsLayer '{layer.Include}' has {name}", text)
                : null));
    }

    private LayerSettings Settings(Func<string, Setting?> find) => new(
        Precision(find("Precision")), Precision(find("WeightPrecision")), Precision(find("ResultPrecision")),
            Precision(find("AccumPrecision")),
        Choose(find("Strategy"), s_strategies), (int?)Whole(find("ReuseFactor"), 1, int.MaxValue),
        Choose(find("WeightStorage"), s_storages), (int?)Whole(find("WeightMemoryThreshold"), 0, int.MaxValue));

    /// <summary>A value of the model, or of the project where the model has none.</summary>
    private Setting? Find(string name)
    {
        if (_model.Metadata.TryGetValue(name, out string? text) && text.Length > 0)
            return new Setting($"HlsModel '{_model.Include}' has {name}", text);
        return !s_ownNames.Contains(name) && _properties.TryGetValue(name, out text) && text.Length > 0
            ? new Setting($"the project has Hls{name}", text)
            : null;
    }

    private string RootNamespace() => _properties.TryGetValue("RootNamespace", out string? escaped)
        ? EscapedText.Unescape(escaped) : "";

    private string? Name(string option, Func<string, bool> allowed, string expected)
    {
        if (Find(option) is not Setting setting)
            return null;
        if (!allowed(setting.Text))
            Report(Descriptors.InvalidName, setting, $"which is not {expected}");
        return setting.Text;
    }

    private PrecisionSpec? Precision(Setting? setting)
    {
        if (setting is null)
            return null;
        PrecisionSpec? precision = PrecisionSpec.TryParse(setting.Text, out string? reason);
        if (precision is null)
            Report(Descriptors.InvalidPrecision, setting, $"but {reason}; precisions are {PrecisionSpec.Grammar}");
        return precision;
    }

    private T? Choose<T>(string option, Choice<T>[] choices) where T : struct => Choose(Find(option), choices);

    private T? Choose<T>(Setting? setting, Choice<T>[] choices) where T : struct
    {
        if (setting is null)
            return null;
        string available = string.Join(", ", choices.Where(c => c.Value is not null).Select(c => c.Name));
        Choice<T>? choice = Array.Find(choices, c => c.Name.Equals(setting.Text, StringComparison.OrdinalIgnoreCase));
        if (choice is null)
            Report(Descriptors.InvalidOption, setting, $"which is none of {available}");
        else if (choice.Value is null)
            Report(Descriptors.OptionNotAvailable, setting, $"which is not available yet; use {available}");
        return choice?.Value;
    }

    // What is expected of no inputs would be compared with nothing.
    private void CheckVectors()
    {
        if (Find("TestInputs") is not null)
            return;
        foreach (string option in new[] { "TestOutputs", "TestLabels" })
        {
            if (Find(option) is Setting setting)
                Report(Descriptors.VectorsWithoutInputs, setting,
                    "and no TestInputs that it would belong to; name the files of the inputs, or leave it away");
        }
    }

    /// <summary>An amount of a resource, or a share of what the part has.</summary>
    private long? Amount(string option, string part, Func<PartCapacity, long> of)
    {
        if (Find(option) is not Setting setting || !setting.Text.EndsWith('%'))
            return Whole(option);
        if (!double.TryParse(setting.Text.AsSpan(0, setting.Text.Length - 1), NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture, out double percent) || percent > 100)
        {
            Report(Descriptors.InvalidOption, setting, "which is not a share from 0 to 100 %");
            return null;
        }
        if (PartCapacities.Of(part) is PartCapacity capacity)
            return (long)(of(capacity) * percent / 100);
        Report(Descriptors.InvalidOption, setting,
            $"a share of Part '{part}', whose capacity is not known here; state a number");
        return null;
    }

    private long? Whole(string option) => Whole(Find(option), 0, int.MaxValue);

    private long? Whole(Setting? setting, int least, int most)
    {
        if (setting is null)
            return null;
        if (long.TryParse(setting.Text, NumberStyles.None, CultureInfo.InvariantCulture, out long n) && n >= least
            && n <= most)
            return n;
        Report(Descriptors.InvalidOption, setting, $"which is not a whole number from {least} to {most}");
        return null;
    }

    private double? Number(string option, double least, double most = double.MaxValue)
    {
        if (Find(option) is not Setting setting)
            return null;
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint
            | NumberStyles.AllowExponent;
        if (double.TryParse(setting.Text, Style, CultureInfo.InvariantCulture, out double x) && x >= least && x <= most)
            return x;
        string range = most == double.MaxValue
            ? string.Create(CultureInfo.InvariantCulture, $"of at least {least}")
            : string.Create(CultureInfo.InvariantCulture, $"from {least} to {most}");
        Report(Descriptors.InvalidOption, setting, $"which is not a number {range}, with a decimal point");
        return null;
    }

    private string? Matching(string option, Regex syntax, string expected)
    {
        if (Find(option) is not Setting setting)
            return null;
        if (syntax.IsMatch(setting.Text))
            return setting.Text;
        Report(Descriptors.InvalidOption, setting, $"which is not {expected}");
        return null;
    }

    private string? ClockUncertainty(double period)
    {
        const string Option = "ClockUncertainty";
        string? text = Matching(Option, Uncertainty(), "nanoseconds (0.5) or a percentage of the period (12.5%)");
        if (text is null)
            return null;
        bool isShare = text.EndsWith('%');
        double number = double.Parse(isShare ? text[..^1] : text, CultureInfo.InvariantCulture);
        if (number < (isShare ? 100 : period))
            return text;
        Report(Descriptors.InvalidOption, Find(Option)!,
            string.Create(CultureInfo.InvariantCulture, $"which leaves nothing of the clock period of {period} ns"));
        return null;
    }

    private ImmutableDictionary<string, ImmutableArray<int>> InputShapes()
    {
        ImmutableDictionary<string, ImmutableArray<int>>.Builder shapes =
            ImmutableDictionary.CreateBuilder<string, ImmutableArray<int>>();
        if (Find("InputShape") is not Setting setting)
            return shapes.ToImmutable();
        foreach (string element in EscapedText.Split(setting.Escaped))
        {
            // The last colon separates, because names may hold colons and dimensions cannot.
            int colon = element.LastIndexOf(':');
            string name = colon < 0 ? "" : element[..colon].Trim();
            int?[] dimensions = [.. element[(colon + 1)..].Split(',').Select(Dimension)];
            if (dimensions.Contains(null) || !shapes.TryAdd(name, [.. dimensions.Select(d => d!.Value)]))
            {
                Report(Descriptors.InvalidOption, setting,
                    "which is not a shape (1,28,28) or a list of named shapes (x:1,28,28;mask:28)");
                break;
            }
        }
        if (shapes.Count > 1 && shapes.ContainsKey(""))
            Report(Descriptors.InvalidOption, setting,
                "which has several shapes, one of them without the name of its input");
        return shapes.ToImmutable();
    }

    private ImmutableArray<string> DumpAfter()
    {
        const string After = "after:";
        if (Find("Dump") is not Setting setting)
            return [];
        ImmutableArray<string>.Builder passes = ImmutableArray.CreateBuilder<string>();
        foreach (string element in EscapedText.Split(setting.Escaped))
        {
            string text = element.Trim();
            if (text.Equals("all", StringComparison.OrdinalIgnoreCase))
                passes.Add(Configuration.ModelOptions.AllPasses);
            else if (text.StartsWith(After, StringComparison.OrdinalIgnoreCase)
                && PassName().IsMatch(text.AsSpan(After.Length)))
                passes.Add(text[After.Length..]);
            else
                Report(Descriptors.InvalidOption, setting,
                    "which is neither all nor after: and the name of a pass (after:FuseAffine)");
        }
        return passes.ToImmutable();
    }

    private static int? Dimension(string text) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n > 0 ? n : null;

    private ImmutableArray<string> Files(string option) =>
        Find(option) is Setting setting ? [.. EscapedText.Split(setting.Escaped).Select(FullPath)] : [];

    private string? SingleFile(string option)
    {
        ImmutableArray<string> files = Files(option);
        if (files.Length > 1)
            Report(Descriptors.InvalidOption, Find(option)!, "which must be one file");
        return files.FirstOrDefault();
    }

    private string FullPath(string path) => Path.GetFullPath(path, _projectDirectory);

    private void Report(DiagnosticDescriptor descriptor, Setting setting, string finding) =>
        _diagnostics.Add(descriptor, $"{setting.Owner} '{setting.Text}', {finding}");

    [GeneratedRegex(@"^[0-9A-Za-z][0-9A-Za-z_.-]*\z")]
    private static partial Regex PartName();

    [GeneratedRegex(@"^[A-Za-z]+\z")]
    private static partial Regex PassName();

    [GeneratedRegex(@"^[0-9]+(\.[0-9]+)?%?\z")]
    private static partial Regex Uncertainty();

    /// <summary>A value and, for messages, where it stands.</summary>
    private sealed record Setting(string Owner, string Escaped)
    {
        public string Text { get; } = EscapedText.Unescape(Escaped).Trim();
    }

    /// <summary>A spelling of an option; no value where it is known but not available.</summary>
    private sealed record Choice<T>(string Name, T? Value) where T : struct;
}
