using Hls4Net.Data;
using Hls4Net.Devices;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;
using Hls4Net.Programs;
using Hls4Net.Programs.Lowering;
using Hls4Net.Simulation;
using Hls4Net.Tests.Docs;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Properties;
using Hls4Net.Vectors;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Rtl;

/// <summary>
/// Layers as integer programs: the managed evaluator gives the simulator's bits, and every value keeps its range and
/// step.
/// </summary>
public sealed class LoweringTests(ITestOutputHelper output)
{
    private const int Samples = 40;

    [Theory]
    [InlineData(2, false, 200_000)]
    [InlineData(3, false, 300_000)]
    [InlineData(3, true, 400_000)]
    public void Programs_of_random_networks_give_the_simulators_bits(int adderOperands, bool tables, int seed)
    {
        int layers = 0, refused = 0;
        HashSet<Type> lowered = [];
        foreach (RandomNetwork network in RandomNetwork.From(seed).Take(150))
        {
            TypedModel model = network.Model!.Model;
            ManagedSimulator simulator = new(model.Network);
            List<(Layer, IntegerProgram)> programs = [];
            foreach (Layer layer in model.Layers)
            {
                try
                {
                    programs.Add((layer, LayerLowering.Lower(layer, new Fabric(adderOperands, tables))));
                    layers++;
                    lowered.Add(layer.Operation.GetType());
                }
                catch (LoweringLimitException e)
                {
                    Assert.Matches("bits; up to 60 are supported|its sums need more than 63 bits", e.Message);
                    refused++;
                }
            }
            for (int sample = 0; sample < Samples; sample++)
            {
                simulator.RunRaw(network.Sample());
                foreach ((Layer layer, IntegerProgram program) in programs)
                    AssertEqual(network, layer, program, simulator);
            }
        }
        output.WriteLine($"{layers} layers, {refused} refused");
        Assert.InRange(refused, 0, layers / 10);
        Assert.All(
            new[] { typeof(MatrixProduct), typeof(Divide), typeof(TopK), typeof(Hardmax), typeof(ExactFunction),
                typeof(Select), typeof(ElementwiseFunction) }, kind => Assert.Contains(kind, lowered));
    }

    [Fact]
    public void Programs_of_the_quantized_sample_give_the_simulators_bits()
    {
        CompiledModel compiled = ModelHarness.Compile(ModelHarness.Options(
            Path.Combine(Pages.Root, "samples", "TriggerModel", "models", "muon_pt_quantized.onnx")));
        TypedModel model = compiled.Model;
        (Layer, IntegerProgram)[] programs = [.. model.Layers.Select(l => (l, LayerLowering.Lower(l, new Fabric(3))))];
        Assert.Contains(programs, p => p.Item1.Operation is Requantize);
        ManagedSimulator simulator = new(model.Network);
        Tensor tracks = TensorFile.Read(Path.Combine(Pages.Root, "samples", "TriggerModel", "data", "x.npy")).Tensor;
        for (int i = 0; i < 200; i++)
        {
            simulator.Run(tracks.Values.AsSpan(i * tracks.Shape[1], tracks.Shape[1]));
            foreach ((Layer layer, IntegerProgram program) in programs)
                AssertEqual($"track {i}", layer, program, simulator);
        }
    }

    private static void AssertEqual(object network, Layer layer, IntegerProgram program, ManagedSimulator simulator)
    {
        ProgramEvaluator evaluator = new(program);
        long[] result = new long[layer.Output.Shape.Size];
        evaluator.Run([.. layer.Inputs.SelectMany(v => simulator[v].ToArray())], result);
        int at = result.AsSpan().CommonPrefixLength(simulator[layer.Output]);
        Assert.True(at == result.Length, at == result.Length ? ""
            : $"{layer.Name} ({layer.Operation.Kind}, {layer.Rounding?.Output.Type}): element {at} is "
                + $"{simulator[layer.Output][at]}, the program gives {result[at]}\n{network}");
        for (int n = 0; n < program.Values.Length; n++)
        {
            IntegerValue value = program.Values[n];
            Int128 actual = evaluator.Values[n];
            bool kept = value.Range.Contains(new Interval(actual, actual))
                && (actual & ((Int128.One << value.Zeros) - 1)) == 0;
            Assert.True(kept, $"{layer.Name}: value {n} is {actual}, beyond {value}\n{network}");
        }
    }
}
