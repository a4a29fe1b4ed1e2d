using System.Collections.Immutable;
using System.Reflection;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Pipeline;
using Hls4Net.Simulation;
using Hls4Net.Tests.Models;
using Hls4Net.Transforms;
using Hls4Net.Transforms.Widths;
using Hls4Net.Vectors;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Transforms;

/// <summary>
/// Every transform keeps the meaning of random networks that have its patterns, and what is nearly one: values read
/// twice, outputs in the middle, other orders of axes, operands that broadcast or add axes.
/// </summary>
public sealed class TransformMeaningTests(ITestOutputHelper output)
{
    private const int Usual = 400, Many = 20_000;

    private static readonly ImmutableDictionary<string, (Func<Network, Network> Apply, Motif[] Motifs)> s_transforms =
        new Dictionary<string, (Func<Network, Network>, Motif[])>
        {
            [nameof(ExcludeMasked)] = (ExcludeMasked.Apply,
            [Motif.Mask, Motif.Mask, Motif.Affine, Motif.Reshape, Motif.Transpose, Motif.Elementwise]),
            [nameof(SinkReshapes)] = (SinkReshapes.Apply, [Motif.Reshape, Motif.Reshape, Motif.Affine, Motif.Unary,
            Motif.Quotient, Motif.Quantizer, Motif.Elementwise]),
            [nameof(SinkTransposes)] = (SinkTransposes.Apply,
        [
            Motif.Transpose, Motif.Transpose, Motif.TransposedPair, Motif.TransposedPair, Motif.Elementwise,
                Motif.Elementwise, Motif.Blocks, Motif.Reshape, Motif.Affine, Motif.Unary,
            Motif.Quotient, Motif.Quantizer, Motif.Concat, Motif.Rearrange, Motif.Reduce, Motif.Selection,
                Motif.MatrixProduct, Motif.Dense,
        ]),
            [nameof(RaiseTransposes)] = (RaiseTransposes.Apply,
            [Motif.Transpose, Motif.Unary, Motif.Affine, Motif.Quotient, Motif.Quantizer, Motif.Reduce]),
            [nameof(PixelsBeforeOutputs)] = (PixelsBeforeOutputs.Apply,
            [Motif.Blocks, Motif.Blocks, Motif.Reshape, Motif.Unary]),
            [nameof(RemoveUnused)] = (RemoveUnused.Apply, Enum.GetValues<Motif>()),
            [nameof(PermuteDenseRows)] = (PermuteDenseRows.Apply,
            [Motif.Flattened, Motif.Flattened, Motif.Unary, Motif.Reshape]),
            [nameof(CancelZeroPoints)] = (CancelZeroPoints.Apply,
                [Motif.Affine, Motif.Affine, Motif.Affine, Motif.Unary]),
            [nameof(BoundDifferences)] = (BoundDifferences.Apply,
            [Motif.Difference, Motif.Difference, Motif.Transpose, Motif.Unary]),
            [nameof(SinkScales)] = (SinkScales.Apply,
        [
            Motif.Quantized, Motif.Quantized, Motif.Dense, Motif.Elementwise, Motif.Concat, Motif.Rearrange,
                Motif.Reduce, Motif.Unary, Motif.Selection, Motif.Pool,
            Motif.MatrixProduct, Motif.Transpose, Motif.Reshape, Motif.Affine,
        ]),
            [nameof(CollapseQuantizers)] = (CollapseQuantizers.Apply,
            [Motif.Quantizer, Motif.Quantizer, Motif.Affine, Motif.Quotient, Motif.Unary]),
            [nameof(QuantizeFunctions)] = (QuantizeFunctions.Apply,
            [Motif.Function, Motif.Function, Motif.Quantizer, Motif.Affine, Motif.Reshape]),
            [nameof(RectifyInQuantizers)] = (RectifyInQuantizers.Apply,
            [Motif.Rectified, Motif.Rectified, Motif.Rectified, Motif.Affine, Motif.Reshape, Motif.Elementwise]),
            [nameof(QuotientsToFactors)] = (QuotientsToFactors.Apply,
            [Motif.Quotient, Motif.Affine, Motif.Elementwise, Motif.Unary]),
            [nameof(FuseAffine)] = (FuseAffine.Apply,
            [Motif.Affine, Motif.Affine, Motif.Affine, Motif.Dense, Motif.Convolution, Motif.Pool, Motif.Unary]),
            [nameof(HalvesInSums)] = (HalvesInSums.Apply,
            [Motif.Rounded, Motif.Rounded, Motif.Rounded, Motif.Affine, Motif.Reshape]),
            [nameof(SplitTransposedConvolutions)] = (SplitTransposedConvolutions.Apply,
            [Motif.Convolution, Motif.Convolution, Motif.Unary]),
            [nameof(UniqueNames)] = (UniqueNames.Apply, Enum.GetValues<Motif>()),
            [nameof(AlignFeatures)] = (n => AlignFeatures.Apply(n, ModelHarness.Options("model.onnx"), Scaled(n)),
            [Motif.Dense, Motif.Affine, Motif.Convolution, Motif.Unary]),
            [nameof(CompareBeforeFunctions)] = (CompareBeforeFunctions.Apply,
            [Motif.Compared, Motif.Compared, Motif.Compared, Motif.Affine, Motif.Unary, Motif.Reshape]),
            [nameof(EqualizeGains)] = (n => EqualizeGains.Apply(n, ModelHarness.Options("model.onnx"), Scaled(n), 0),
            [Motif.Dense, Motif.Dense, Motif.Affine, Motif.Convolution, Motif.Pool, Motif.Reshape, Motif.Unary]),
            [nameof(Passes)] = (Passes.Simplified, Enum.GetValues<Motif>()),
        }.ToImmutableDictionary();

    public static TheoryData<string> Transforms() => [.. s_transforms.Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Transforms))]
    public void Random_networks_mean_the_same(string name)
    {
        (Func<Network, Network> apply, Motif[] motifs) = s_transforms[name];
        int count = Soak.Count(Usual, Many);
        int changed = 0;
        foreach (int seed in Soak.Seeds(Usual, Many))
        {
            Random random = new(seed);
            Network before = RandomGraph.Make(random, motifs);
            if (before.Outputs.IsEmpty)
                continue;
            if (Applied(apply, before, name, seed) is not Network after)
                continue;
            double[] sample = RandomGraph.Sample(random, before);
            Compare(before, sample, after, sample, name, seed);
            changed += Operations(before).SequenceEqual(Operations(after)) ? 0 : 1;
        }
        output.WriteLine($"{name} changed {changed} of {count} networks, seeds from {Soak.FirstSeed}");
        // A test that the transform has nothing to do in proves nothing.
        Assert.True(changed >= count / 25, $"{name} changed {changed} of {count} networks only");
    }

    [Fact]
    public void Inputs_fed_channels_last_mean_the_same()
    {
        int count = Soak.Count(Usual, Many);
        int changed = 0;
        foreach (int seed in Soak.Seeds(Usual, Many))
        {
            Random random = new(seed);
            Network before = RandomGraph.Make(random, Enum.GetValues<Motif>());
            if (before.Outputs.IsEmpty || !before.Inputs.Any(i => i.Shape.Rank > 2 && i.Shape[0] == 1))
                continue;
            double[] sample = RandomGraph.Sample(random, before);
            double[] fed = ChannelsLast.Permuted(sample, before.Inputs);
            Network after = Applied(ChannelsLastInputs.Apply, before, nameof(ChannelsLastInputs), seed)!;
            Compare(before, sample, after, fed, nameof(ChannelsLastInputs), seed);
            if (Applied(Passes.Simplified, after, nameof(ChannelsLastInputs), seed) is Network transformed)
                Compare(before, sample, transformed, fed, nameof(Passes), seed);
            changed++;
        }
        Assert.True(changed >= count / 4, $"{changed} of {count} networks have such inputs");
    }

    [Fact]
    public void What_is_padded_with_is_not_excluded_beside_what_is_masked_lower()
    {
        Value x = new("x", new Shape(2, 2)), masked = new("masked", new Shape(2, 2)),
            padded = new("padded", new Shape(2, 4)), y = new("y", new Shape(2, 4));
        Network network = RandomGraph.Make(new Random(0), Motif.Affine) with
        {
            Inputs = [x],
            Nodes =
            [
                new("masked", new("masked", "Add"),
                    new Hls4Net.Graph.Operations.Affine(null, new Constant(new Shape(2, 1), [-1e9, 0])), [x], masked),
                new("padded", new("padded", "Pad"), new Hls4Net.Graph.Operations.Rearrange("Pad",
                    [[0, 1], [-1, 0, 1, -1]], Constant.Scalar(-65504)), [masked], padded),
                new("y", new("y", "Softmax"), new Hls4Net.Graph.Operations.Softmax(4, 1), [padded], y),
            ],
            Outputs = [new("y", y)],
        };
        double[] sample = [1, 1, 1, 1];
        Assert.Equal([0.5, 0, 0, 0.5, 0, 0.5, 0.5, 0], Outputs(network, sample));
        Assert.Equal([0.5, 0, 0, 0.5, 0, 0.5, 0.5, 0], Outputs(ExcludeMasked.Apply(network), sample));
    }

    [Fact]
    public void Names_are_made_unique()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            Network network = UniqueNames.Apply(RandomGraph.Make(new Random(seed), Enum.GetValues<Motif>()));
            Assert.Distinct(network.Nodes.Select(n => n.Name));
        }
    }

    [Fact]
    public void Every_transform_on_real_numbers_is_tested()
    {
        Assert.All(Passes.All.Where(p => p.Transform is not null), p => Assert.Contains(p.Name, s_transforms.Keys));
        // What a compilation runs beside the pipeline too: whatever makes a network of a network.
        IEnumerable<string> others = typeof(FuseAffine).Assembly.GetTypes()
            .Where(t => t.Namespace?.StartsWith(typeof(FuseAffine).Namespace!, StringComparison.Ordinal) == true)
            .SelectMany(t =>
                t.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic
                    | BindingFlags.DeclaredOnly))
            .Where(m => m.Name == "Apply" && m.ReturnType == typeof(Network)
                && m.GetParameters()[0].ParameterType == typeof(Network))
            .Select(m => m.DeclaringType!.Name);
        // One has inputs in another order, one another output, and tests of their own; three are on types, and bits
        // judge them.
        string[] elsewhere = [nameof(ChannelsLastInputs), nameof(DecideOutput), nameof(DropUnreadElements),
            nameof(DropUnseenBits), nameof(FeatureGrids)];
        Assert.All(others.Except(elsewhere), o => Assert.Contains(o, s_transforms.Keys));
    }

    // Vectors whose features have scales of their own.
    private static TestVectors Scaled(Network network)
    {
        const int Count = 8;
        Random random = new(network.Nodes.Length);
        double[] scales = [.. Enumerable.Range(0, 64).Select(_ => Math.ScaleB(1, random.Next(-12, 13)))];
        double[] Sample() => [.. network.Inputs.SelectMany(input => Enumerable.Range(0, input.Shape.Size)
            .Select(i => (random.NextDouble() - 0.5) * scales[
                i % Math.Max(1, input.Shape.Rank == 0 ? 1 : input.Shape[input.Shape.Rank - 1])]))];
        return new TestVectors(Count, [.. Enumerable.Range(0, Count).SelectMany(_ => Sample())], null, null);
    }

    // Equal for networks that a transform has left as they were.
    private static IEnumerable<(string Name, Hls4Net.Graph.Operation Operation)> Operations(Network network) =>
        network.Nodes.Select(n => (n.Name, n.Operation));

    // Null where the network is refused: an infinite mask that more is seen of than a softmax sees has no number.
    private static Network? Applied(Func<Network, Network> transform, Network network, string name, int seed)
    {
        try
        {
            return transform(network);
        }
        catch (ModelException e) when (e.Descriptor == Descriptors.NonFiniteWeight && network.Nodes.Any(HasInfinite))
        {
            return null;
        }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException)
        {
            throw new InvalidOperationException($"{name}, seed {seed}:\n{Text(network)}", e);
        }
    }

    private static bool HasInfinite(Node node) =>
        node.Operation.Constants.Any(c => c.Constant.Values.Any(double.IsNegativeInfinity));

    private static void Compare(Network before, double[] sample, Network after, double[] fed, string name, int seed)
    {
        Assert.Equal(before.Outputs.Select(o => (o.Name, o.Value.Shape)),
            after.Outputs.Select(o => (o.Name, o.Value.Shape)));
        double[] expected = Outputs(before, sample), actual = Outputs(after, fed);
        for (int i = 0; i < expected.Length; i++)
        {
            if (!expected[i].Equals(actual[i])
                && !(Math.Abs(expected[i] - actual[i]) <= 1e-9 * Math.Max(1, Math.Abs(expected[i]))))
                Assert.Fail(
                    $"{name}, seed {seed}: element {i} of the outputs is {actual[i]}, not "
                    + $"{expected[i]}\n{Text(before)}\nbecame\n{Text(after)}");
        }
    }

    private static double[] Outputs(Network network, double[] sample)
    {
        ReferenceSimulator simulator = new(network);
        simulator.Run(sample);
        return [.. network.Outputs.SelectMany(o => simulator[o.Value].ToArray())];
    }

    private static string Text(Network network)
    {
        Dictionary<Value, string> names = [];
        foreach (Value value in network.Inputs.Concat(network.Nodes.Select(n => n.Output)))
            names[value] = $"%{names.Count}{value.Shape}";
        return string.Join('\n',
            network.Nodes.Select(n =>
                $"{names[n.Output]} = {Describe(n.Operation)} of {string.Join(", ", n.Inputs.Select(i => names[i]))}"))
            + $"\noutputs {string.Join(", ", network.Outputs.Select(o => names[o.Value]))}";
    }

    private static string Describe(Hls4Net.Graph.Operation operation) => operation switch
    {
        Hls4Net.Graph.Operations.Transpose t => $"Transpose [{string.Join(", ", t.Permutation)}]",
        Hls4Net.Graph.Operations.Reduce r => $"{r.Kind} [{string.Join(", ", r.Axes)}]",
        _ => $"{operation.Kind} {string.Join(", ", operation.Constants.Select(c => $"{c.Role}{c.Constant.Shape}"))}",
    };
}
