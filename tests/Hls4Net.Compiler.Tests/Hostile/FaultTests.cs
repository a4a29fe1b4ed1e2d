using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Pipeline;

namespace Hls4Net.Tests.Hostile;

/// <summary>A fault of the compiler says where it was and how to report it.</summary>
public sealed class FaultTests
{
    [Fact]
    public void A_fault_names_step_node_and_method()
    {
        // A matrix that does not fit what it is given: no importer makes that.
        Value x = new("x", new Shape(1, 4)), flat = new("f", new Shape(1, 2, 2)), y = new("y", new Shape(1, 2, 1));
        Node reshape = new("flat", new NodeSource("flat", "Reshape"), new Reshape(flat.Shape), [x], flat);
        Node broken = new("broken", new NodeSource("broken", "Add"),
            new Affine(null, new Constant(new Shape(3), [1, 2, 3])), [flat], y);
        Network network = new([x], [new NetworkOutput("y", y)], [reshape, broken]);
        DiagnosticBag diagnostics = new("net.onnx");
        try
        {
            Passes.Simplified(network);
            Assert.Fail("no fault");
        }
        catch (Exception e) when (Fault.Is(e) && e is not Xunit.Sdk.XunitException)
        {
            Fault.Report(e, diagnostics);
        }
        Diagnostic fault = Assert.Single(diagnostics.Items);
        Assert.Equal(Descriptors.InternalError, fault.Descriptor);
        Assert.Contains("in SinkReshapes at broken: ShapeException", fault.Text, StringComparison.Ordinal);
        Assert.Contains("please report", fault.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_user_can_mend_is_no_fault()
    {
        Assert.False(Fault.Is(new ModelException(Descriptors.InvalidShape, "x")));
        Assert.False(Fault.Is(new OperationCanceledException()));
        Assert.True(Fault.Is(new KeyNotFoundException()));
    }
}
