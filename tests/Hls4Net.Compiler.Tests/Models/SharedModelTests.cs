using Hls4Net.Diagnostics;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Models;

/// <summary>Every shared model whose operators are read builds and verifies; the others name what stops them.</summary>
public sealed class SharedModelTests(ITestOutputHelper output)
{
    public static TheoryData<string, Configuration.IOType> Folders
    {
        get
        {
            TheoryData<string, Configuration.IOType> folders = [];
            string? root = SharedData.TryFind("models");
            IEnumerable<string> all = root is null ? ["missing"] : Directory.GetDirectories(root);
            foreach (string folder in all.Order(StringComparer.Ordinal))
            {
                folders.Add(Path.GetFileName(folder), Configuration.IOType.IoParallel);
                folders.Add(Path.GetFileName(folder), Configuration.IOType.IoStream);
            }
            return folders;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Model_builds_and_verifies_or_says_why_not(string folder, Configuration.IOType ioType)
    {
        Skip.If(
            s_large.Contains(folder) && !Soak.IsLong,
            "an image of millions of elements: through g++ in the long form only, held to its definition in "
            + "SharedQuantizedModelTests");
        Configuration.ModelOptions options = ModelHarness.Shared(folder) with { IOType = ioType };
        DiagnosticBag diagnostics = new("model.onnx");
        CompiledModel? model = ModelCompiler.Compile(options, diagnostics);
        foreach (Diagnostic d in diagnostics.Items.Take(5))
            output.WriteLine(d.ToString());
        if (model is null)
        {
            Assert.Contains(diagnostics.Items, d => d.Descriptor.Severity == Severity.Error);
            Assert.All(
                diagnostics.Items.Where(d => d.Descriptor.Severity == Severity.Error),
                d => Assert.Matches(@"^HLS1\d\d\d$", d.Descriptor.Code));
            Assert.DoesNotContain(folder, s_supported);
            return;
        }
        VerificationOutcome outcome = ModelHarness.Verify(model);
        output.WriteLine(outcome.Summary("report.json"));
        double spread = outcome.Result.Layers[^1].Seen.Max - outcome.Result.Layers[^1].Seen.Min;
        // A single number has no spread.
        if (spread == 0)
            spread = Math.Abs(outcome.Result.Layers[^1].Seen.Max);
        // Expected outputs in float32 may be a quantizer's step off, at a tie.
        if (model.Network.Nodes.Any(n =>
            n.Operation is Graph.Operations.Requantize or Graph.Operations.IntegerQuantize))
            spread = Math.Max(1, spread);
        Assert.InRange(outcome.Result.MaxAbsError, 0, 0.02 * spread);
    }

    private static readonly string[] s_large = ["a11_qonnx_espcn_nn_resize", "a22_qonnx_branched_channels_last"];

    // Those whose operators are all read; none of them may fall back to a diagnostic.
    private static readonly string[] s_supported =
    [
        "a01_mlp_two_layer_keras", "a02_mlp_three_layer_keras", "a03_mlp_three_layer_bn_pytorch",
            "a04_mlp_tf2onnx_keras",
        "a05_mlp_acts_duplicate_classifier", "a06_cnn1d_small_keras", "a07_cnn2d_small_maxpool_selu_keras",
            "a08_cnn_mnist_cntk", "a19_qonnx_qkeras_cnn",
        "a20_qonnx_brevitas_two_layers_cnn", "a24_bdt_l1_track_quality", "a25_bdt_hastie_zipmap",
            "a26_bdt_xgboost_regressor", "a27_lstm_keras", "a30_autoencoder_ad", "a31_dscnn_kws", "a33_qlinear_qtdnn", "g01_mlp_bn",
            "g01d_mlp_bn_dynbatch", "g02_cnn_dw",
        "g03_lstm", "g04_gru", "g05_bigru", "g06_gru_lstm_stack", "g07_rnn",
        "g14_conv_autoencoder",
    ];
}
