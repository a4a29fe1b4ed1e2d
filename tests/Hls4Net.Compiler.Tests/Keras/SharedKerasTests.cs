using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Keras;

/// <summary>
/// Trained networks in files of Keras give what the training library gives: those of fixed-point numbers on every bit.
/// </summary>
public sealed class SharedKerasTests(ITestOutputHelper output)
{
    // Plain networks are typed by their vectors; outputs are logits of a few units.
    private const double MostOfPlain = 0.05;

    // A layer of the network's own: a product with a matrix of zeros and ones.
    private static CustomOperator Projection(TempFolder folder) => new("NodeEdgeProjection",
        folder.Write("projection.onnx", new ModelBuilder().Input("x", 1, 8, 3).Input("adjacency_matrix", 1, 56, 8)
            .Node("MatMul", ["adjacency_matrix", "x"], "y").Output("y").ToBytes()));

    /// <summary>What a project says of the layers of a network that are of its own classes.</summary>
    /// <param name="network">The network's folder.</param>
    /// <param name="folder">Where definitions are written.</param>
    internal static ImmutableArray<CustomOperator> CustomOperators(string network, TempFolder folder) =>
        network == "jedi_8_qkeras_h5" ? [Projection(folder)] : [];

    public static TheoryData<string, string> Cases()
    {
        TheoryData<string, string> cases = [];
        string? root = SharedData.TryFind("keras");
        if (root is null || !Directory.Exists(root))
        {
            cases.Add("", "");
            return cases;
        }
        foreach (string folder in Directory.GetDirectories(root).Order(StringComparer.Ordinal))
        {
            cases.Add(Path.GetFileName(folder), "model.*");
            if (File.Exists(Path.Combine(folder, "model_legacy.h5")))
                cases.Add(Path.GetFileName(folder), "model_legacy.h5");
        }
        return cases;
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Firmware_gives_what_the_library_gives(string folder, string file)
    {
        string path = SharedData.Require("keras", folder);
        Skip.If(folder.Length == 0, "no networks of Keras among the shared data");
        KerasCase network = KerasCase.Read(path, file);
        using TempFolder definitions = new();
        ModelOptions options = network.Options(ModelHarness.Options(network.File) with
        {
            CustomOperators = CustomOperators(folder, definitions),
        });
        CompiledModel model = ModelHarness.Compile(options);
        if (!options.CustomOperators.IsEmpty)
            Assert.Contains("NodeEdgeProjection", Assert.Single(ModelHarness.CompileFailing(options with
            {
                CustomOperators = [],
            })).Text, StringComparison.Ordinal);
        (int wrong, int of, double worst) = network.Compare(model);
        output.WriteLine($"{folder} {file}: {wrong} of {of} outputs differ, by {worst:G3} at most");
        if (network.IsExact)
            Assert.Equal(0, wrong);
        else
            Assert.InRange(worst, 0, MostOfPlain);
    }
}
