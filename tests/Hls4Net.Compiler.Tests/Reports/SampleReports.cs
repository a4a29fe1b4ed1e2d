using System.Collections.Immutable;
using Hls4Net.Reports;

namespace Hls4Net.Tests.Reports;

/// <summary>Reports for tests, with figures that are made up.</summary>
internal static class SampleReports
{
    /// <summary>One layer, every figure of the contract known, no key beyond it.</summary>
    public static Report Small { get; } = new(
        Report.CurrentSchema, "muon_pt", "models/muon_pt.onnx", "ab12", "Vitis", "io_parallel", "xcvu13p-flga2577-2-e",
            5.0,
        [new ReportPort("x", [36], "fixed<16,6,RND,SAT>")],
        [new ReportPort("y", [1], "fixed<16,6>")],
        [
            new ReportLayer(
                "fc1", "Dense", [30], "fixed<16,6>", "fixed<24,10>", "fixed<8,1>", 1080, 540, 540,
                    new ReportCost(3, 1, 54, 3210, 2100, 0), 0, 0.002),
        ],
        new ReportVerification(6000, "native", 0.0021, 0.1, 1.0, 0, true),
        new ReportEstimate(12, 1, 54, 3210, 2100, 0, 200),
        null);

    /// <summary>A synthesis with every figure known.</summary>
    public static ReportSynthesis Synthesis { get; } = new("yosys", "0.38", 13, 1, 54, 2987, 1804, 0, 231.5, 6000, 0);

    /// <summary>A report in which nothing that may be unknown is known.</summary>
    public static Report Unknown { get; } = Small with
    {
        Layers =
        [
            new ReportLayer("act", "Relu", [30], "fixed<16,6>", null, null, null, null, null,
                new ReportCost(null, null, null, null, null, null), null, null),
        ],
        Verification = new ReportVerification(1, "managed", null, null, null, null, null),
        Estimate = new ReportEstimate(null, null, null, null, null, null, null),
    };

    /// <summary>A network as users have them, with every kind of thing a page shows.</summary>
    public static Report Network { get; } = Small with
    {
        Model = "jet_tagger",
        Source = "models/jet_tagger.onnx",
        SourceSha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        Inputs =
        [
            new ReportPort("jets", [3, 32, 32], "ufixed<8,0,RND,SAT>", 0, 0, new(0, 0.996), double.PositiveInfinity,
                null, 0),
            new ReportPort("event_features", [16], "fixed<16,6,RND,SAT>", 3, 0.00049, new(-31.2, 32), 52.3, null, 0.08),
        ],
        Outputs = [new ReportPort("class_probabilities", [5], "ufixed<16,0,RND,SAT>", MaxAbsError: 0.0061, SnrDb: 38.2,
            SnrBudgetDb: 74.1)],
        Layers =
        [
            Layer("conv1", "Conv", [32, 32, 16], "fixed<16,6,RND,SAT>", "fixed<22,9>", "fixed<8,1,RND,SAT>", 432, 61,
                new(6, 1, 24, 1840, 1210, 0), new(-11.25, 14.5), 0.0009),
            Layer("relu1", "Relu", [32, 32, 16], "ufixed<8,4,RND,SAT>", null, null, 0, 0, new(1, 1, 0, 310, 128, 0),
                new(0, 14.5), 0.031),
            Layer("conv2_depthwise_separable_block", "Conv", [16, 16, 32], "fixed<16,6,RND,SAT>", "fixed<24,11>",
                "fixed<8,1,RND,SAT>", 4608, 3225, new(9, 1, 96, 5210, 4300, 18), new(-3.1, 2.2), 0.0041),
            Layer("pool", "AveragePool", [8, 8, 32], "fixed<16,6,RND,SAT>", "fixed<20,10>", null, 0, 0,
                new(3, 1, 0, 620, 480, 0), new(-1.9, 1.7), 0.0038),
            Layer("fc1", "Dense", [64], "fixed<12,2>", "fixed<26,13>", "fixed<6,1>", 131072, 98304,
                new(14, 4, 512, 18400, 15210, 36), new(-5.2, 7.9), 5.9) with
            {
                NoiseShare = 0.87,
                Overflows = 1217,
                Settings = new ReportSettings("Resource", 4),
                Notes = ["The pinned type needs 4 integer bits for the values seen and has 2."],
            },
            Layer("tanh1", "Tanh", [64], "fixed<10,1,RND,SAT>", null, null, 0, 0, new(2, 1, 0, 940, 610, 4),
                new(-0.998, 0.996), 0.0019),
            Layer("fc2", "Dense", [5], "fixed<16,6,RND,SAT>", "fixed<21,8>", "fixed<8,1,RND,SAT>", 320, 96,
                new(4, 1, 58, 2110, 1340, 0), new(-0.08, 0.05), 0.0027),
            Layer("softmax", "Softmax", [5], "ufixed<16,0,RND,SAT>", "ufixed<20,4>", null, 0, 0,
                new(7, 1, 5, 1470, 990, 2), new(0.00003, 0.9998), 0.0061),
        ],
        Verification = new ReportVerification(6000, "native", 0.0061, 0.00042, 0.9915, 1217, true, "files",
            "floating point", 0.7612, 0.7634, 0.9915, null, 38.2, 74.1),
        Estimate = new ReportEstimate(46, 4, 695, 30900, 24268, 60, 212),
        Notes = ["Input 'jets' has no quantizer: its range was taken from the test vectors."],
    };

    private static ReportLayer Layer(
        string name, string op, ImmutableArray<int> shape, string result, string? accum, string? weight, long weights,
            long zeros, ReportCost cost, ReportRange range, double error) =>
        new(name, op, shape, result, accum, weight, weights, zeros, weights - zeros, cost, 0, error, range,
            new ReportSettings("Latency", 1), SnrDb: 20 * Math.Log10(range.Max / error), NoiseShare: 0.01);
}
