using System.Reflection;

namespace Hls4Net.Diagnostics;

/// <summary>Every diagnostic of the project; docs/diagnostics.md has a paragraph for each.</summary>
public static class Descriptors
{
    // HLS1xxx: the model.
    public static readonly DiagnosticDescriptor NotAnOnnxModel = Error("HLS1001",
        "The file is not a readable ONNX model");
    public static readonly DiagnosticDescriptor ExternalData = Error("HLS1002",
        "External tensor data is missing or damaged");
    public static readonly DiagnosticDescriptor UnsupportedOperator = Error("HLS1003", "The operator is not supported");
    public static readonly DiagnosticDescriptor UnsupportedForm = Error("HLS1004",
        "This form of the operator is not supported");
    public static readonly DiagnosticDescriptor DynamicShape = Error("HLS1005",
        "A dimension is not known at compile time");
    public static readonly DiagnosticDescriptor Cycle = Error("HLS1006", "The graph has a cycle");
    public static readonly DiagnosticDescriptor UndefinedValue = Error("HLS1007",
        "A node reads a value that nothing defines");
    public static readonly DiagnosticDescriptor NonFiniteWeight = Error("HLS1008", "A weight is NaN or infinite");
    public static readonly DiagnosticDescriptor InvalidShape = Error("HLS1009", "Shapes do not fit together");
    public static readonly DiagnosticDescriptor UnsupportedOpset = Error("HLS1010",
        "The operator set version is not supported");
    public static readonly DiagnosticDescriptor UnsupportedElementType = Error("HLS1011",
        "The element type is not supported");
    public static readonly DiagnosticDescriptor InvalidGraph = Error("HLS1012", "The graph breaks a rule of ONNX");
    public static readonly DiagnosticDescriptor ModelNotFound = Error("HLS1013", "The model file cannot be read");
    public static readonly DiagnosticDescriptor NotAKerasModel = Error("HLS1020",
        "The file is not a readable Keras model");
    public static readonly DiagnosticDescriptor UnsupportedLayer = Error("HLS1021", "The Keras layer is not supported");
    public static readonly DiagnosticDescriptor UnsupportedLayerForm = Error("HLS1022",
        "This form of the Keras layer is not supported");
    public static readonly DiagnosticDescriptor InvalidLayer = Error("HLS1023",
        "A Keras layer does not fit its weights or inputs");
    public static readonly DiagnosticDescriptor NotABoosterModel = Error("HLS1030",
        "The file is not a readable model of boosted trees");
    public static readonly DiagnosticDescriptor UnsupportedBooster = Error("HLS1031",
        "This form of a model of boosted trees is not supported");

    // HLS2xxx: configuration.
    public static readonly DiagnosticDescriptor InvalidPrecision = Error("HLS2001", "The precision is not understood");
    public static readonly DiagnosticDescriptor InvalidReuseFactor = Error("HLS2002",
        "The reuse factor does not divide the work");
    public static readonly DiagnosticDescriptor InvalidOption = Error("HLS2003", "An option's value is not understood");
    public static readonly DiagnosticDescriptor TestVectorShape = Error("HLS2004",
        "Test vectors do not have the model's shape");
    public static readonly DiagnosticDescriptor TestVectorFile = Error("HLS2005", "Test vectors cannot be read");
    public static readonly DiagnosticDescriptor DuplicateModelName = Error("HLS2006", "Two models have one name");
    public static readonly DiagnosticDescriptor LayerMatchesNothing = Error("HLS2007",
        "An HlsLayer item matches no layer");
    public static readonly DiagnosticDescriptor InvalidName = Error("HLS2008", "The name is not an identifier");
    public static readonly DiagnosticDescriptor OptionNotAvailable = Error("HLS2009",
        "The option is known but not available");
    public static readonly DiagnosticDescriptor OutputNotWritable = Error("HLS2010", "An output cannot be written");
    public static readonly DiagnosticDescriptor UnknownMetadata = Warning("HLS2011", "Metadata that no option has");
    public static readonly DiagnosticDescriptor MSBuildTooOld = Error("HLS2012", "MSBuild is too old");
    public static readonly DiagnosticDescriptor LayerPatternLost = Error("HLS2013",
        "MSBuild takes a layer pattern for file names");
    public static readonly DiagnosticDescriptor WeightsNotInMemory = Error("HLS2014",
        "Weights cannot be kept in a memory");
    public static readonly DiagnosticDescriptor UnknownProperty = Warning("HLS2015",
        "A property or an item that nothing reads");
    public static readonly DiagnosticDescriptor IncludeMatchesNothing = Warning("HLS2016",
        "An Include matches no file");
    public static readonly DiagnosticDescriptor VectorsWithoutInputs = Error("HLS2017",
        "Expected outputs or labels without inputs");
    public static readonly DiagnosticDescriptor ProjectLocked = Error("HLS2018",
        "Another build of the project does not end");
    public static readonly DiagnosticDescriptor ForestNotShared = Warning("HLS2019",
        "Decision trees share nothing");
    public static readonly DiagnosticDescriptor RecurrenceHasNoStrategy = Warning("HLS2020",
        "Recurrent layers have no strategy");
    public static readonly DiagnosticDescriptor LibraryNotPortable = Warning("HLS4007",
        "A library for this machine's processor is handed on");

    // HLS3xxx: numerics and accuracy.
    public static readonly DiagnosticDescriptor PossibleOverflow = Warning("HLS3001", "A pinned type can overflow");
    public static readonly DiagnosticDescriptor ObservedOverflow = Warning("HLS3002", "Test vectors overflow a type");
    public static readonly DiagnosticDescriptor TooWide = Error("HLS3003",
        "A value needs more bits than are supported");
    public static readonly DiagnosticDescriptor AssumedInputType = Warning("HLS3004", "An input's range was assumed");
    public static readonly DiagnosticDescriptor AccuracyBudget = Error("HLS3005", "The accuracy budget is broken");
    public static readonly DiagnosticDescriptor ExecutionsDiffer = Error("HLS3006",
        "Two executions of the firmware differ");
    public static readonly DiagnosticDescriptor WeightOverflow = Warning("HLS3007",
        "Weights do not fit their pinned type");
    public static readonly DiagnosticDescriptor TransformsDiffer = Error("HLS3008",
        "The optimized network differs from the model");
    public static readonly DiagnosticDescriptor NoiseBudget = Warning("HLS3009",
        "An output is noisier than its budget");
    public static readonly DiagnosticDescriptor UnusualVector = Warning("HLS3010",
        "A test vector lies far beyond all others");

    // HLS4xxx: the C++ toolchain.
    public static readonly DiagnosticDescriptor CompilerNotFound = Warning("HLS4001", "No C++ compiler was found");
    public static readonly DiagnosticDescriptor CompilerError = Error("HLS4002", "The C++ compiler reports an error");
    public static readonly DiagnosticDescriptor CompilerWarning = Warning("HLS4003",
        "The C++ compiler reports a warning");
    public static readonly DiagnosticDescriptor CompilerFailed = Error("HLS4004", "The C++ compiler failed");
    public static readonly DiagnosticDescriptor LibraryNotLoadable = Error("HLS4005",
        "The compiled C simulation cannot be loaded");
    public static readonly DiagnosticDescriptor VendorHeadersNotFound = Error("HLS4006",
        "The vendor's headers were not found");

    // HLS5xxx: synthesis and budgets.
    public static readonly DiagnosticDescriptor EstimateOverBudget = Warning("HLS5001",
        "An estimate exceeds a hardware budget");
    public static readonly DiagnosticDescriptor SynthesisOverBudget = Error("HLS5002",
        "Synthesis exceeds a hardware budget");
    public static readonly DiagnosticDescriptor BudgetNotJudged = Error("HLS5003",
        "A hardware budget cannot be judged");
    public static readonly DiagnosticDescriptor ClockNotMet = Warning("HLS5004", "The clock is not met");
    public static readonly DiagnosticDescriptor EstimateBreaksBudget = Error("HLS5005",
        "An estimate breaks a hardware budget that the build is to keep");
    public static readonly DiagnosticDescriptor DesignExceedsPart = Warning("HLS5006",
        "The design does not fit into its part");
    public static readonly DiagnosticDescriptor SynthesisToolNotFound = Error("HLS5101", "No synthesis tool was found");
    public static readonly DiagnosticDescriptor SynthesisToolVersion = Error("HLS5102",
        "The synthesis tool's version does not do");
    public static readonly DiagnosticDescriptor SynthesisToolError = Error("HLS5103",
        "The synthesis tool reports an error");
    public static readonly DiagnosticDescriptor SynthesisToolWarning = Warning("HLS5104",
        "The synthesis tool reports a warning");
    public static readonly DiagnosticDescriptor SynthesisFailed = Error("HLS5105", "The synthesis tool failed");
    public static readonly DiagnosticDescriptor SynthesisLicence = Error("HLS5106",
        "The synthesis tool has no licence");
    public static readonly DiagnosticDescriptor ReportUnreadable = Error("HLS5107",
        "A synthesis report cannot be read");
    public static readonly DiagnosticDescriptor SynthesisTimeout = Error("HLS5108", "The synthesis took too long");
    public static readonly DiagnosticDescriptor CosimulationFailed = Error("HLS5109",
        "Co-simulation gives other results");
    public static readonly DiagnosticDescriptor FilterMatchesNothing = Error("HLS5110",
        "HlsModelFilter matches no model");
    public static readonly DiagnosticDescriptor SynthesisBackend = Error("HLS5111",
        "The firmware is written for another synthesis tool");
    public static readonly DiagnosticDescriptor SynthesisPart = Error("HLS5112",
        "The synthesis tool does not have the part");

    // HLS52xx: the open flow.
    public static readonly DiagnosticDescriptor NotLowered = Error("HLS5201", "A layer cannot be written as Verilog");
    public static readonly DiagnosticDescriptor FamilyUnknown = Error("HLS5202",
        "The part is of no family that Yosys maps to");
    public static readonly DiagnosticDescriptor CellsNotCounted = Warning("HLS5203",
        "Cells of a netlist are not counted");
    public static readonly DiagnosticDescriptor CellLibraryUnusable = Error("HLS5204", "The cell library does not do");

    // HLS9xxx: faults of the compiler.
    public static readonly DiagnosticDescriptor InternalError = Error("HLS9001", "The compiler has a fault");

    /// <summary>All of them, by code.</summary>
    public static IReadOnlyList<DiagnosticDescriptor> All { get; } =
        [.. typeof(Descriptors).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(f => f.FieldType == typeof(DiagnosticDescriptor))
            .Select(f => (DiagnosticDescriptor)f.GetValue(null)!)
            .OrderBy(d => d.Code, StringComparer.Ordinal)];

    private static DiagnosticDescriptor Error(string code, string title) => new(code, Severity.Error, title);

    private static DiagnosticDescriptor Warning(string code, string title) => new(code, Severity.Warning, title);
}
