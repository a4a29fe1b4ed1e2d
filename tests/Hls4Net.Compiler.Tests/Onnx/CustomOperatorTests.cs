using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Simulation;
using Hls4Net.Tests.Models;

namespace Hls4Net.Tests.Onnx;

/// <summary>Operators of unknown domains mean what the project's definitions say.</summary>
public sealed class CustomOperatorTests
{
    [Fact]
    public void A_definition_is_read_in_the_place_of_each_use()
    {
        using TempFolder folder = new();
        // y = max(x · gain + offset, 0), of which offset is a constant of the definition.
        ModelOptions options = Model(folder, ("gain", 0.5f)) with
        {
            CustomOperators = [new CustomOperator("Gained", folder.Write("gained.onnx", new ModelBuilder()
                .Input("x", 1, 2).Input("gain", 1).Weights("offset", [1], 1).Node("Mul", ["x", "gain"], "p")
                .Node("Add", ["p", "offset"], "s").Node("Relu", ["s"], "y").Output("y").ToBytes()))],
        };
        CompiledModel model = ModelHarness.Compile(options);
        ReferenceSimulator network = new(model.Network);
        network.Run([3.0, -8.0]);
        // Twice: 3 gives 2.5 and then 2.25, and -8 gives 0 and then 1.
        Assert.Equal([2.25, 1], network[model.Network.Outputs[0].Value].ToArray());
    }

    [Fact]
    public void Without_one_the_operator_is_refused()
    {
        using TempFolder folder = new();
        Assert.Contains(ModelHarness.CompileFailing(Model(folder, ("gain", 0.5f))), d =>
            d.Descriptor == Descriptors.UnsupportedOperator && d.Text.Contains("Gained", StringComparison.Ordinal));
    }

    [Fact]
    public void What_a_definition_reads_has_to_be_there()
    {
        using TempFolder folder = new();
        ModelOptions options = Model(folder, ("other", 0.5f)) with
        {
            CustomOperators = [new CustomOperator("Gained", folder.Write("gained.onnx", new ModelBuilder()
                .Input("x", 1, 2).Input("gain", 1).Node("Mul", ["x", "gain"], "y").Output("y").ToBytes()))],
        };
        Diagnostic error = Assert.Single(ModelHarness.CompileFailing(options));
        Assert.Contains("'gain'", error.Text, StringComparison.Ordinal);
        Assert.Equal(Descriptors.ModelNotFound, Assert.Single(ModelHarness.CompileFailing(options with
        {
            CustomOperators = [new CustomOperator("Gained", "nowhere.onnx")],
        })).Descriptor);
    }

    private static ModelOptions Model(TempFolder folder, (string Name, object Value) attribute) => new ModelBuilder()
        .Input("x", 1, 2).Call("my.domain", "Gained", ["x"], "h", attribute)
        .Call("my.domain", "Gained", ["h"], "y", attribute).Output("y").Save(folder, "net");
}
