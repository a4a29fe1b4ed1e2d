using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Simulation;
using Hls4Net.Transforms;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Transforms;

/// <summary>
/// Every transform keeps the meaning of random networks that have its patterns, and what is nearly one: values read twice, outputs in the middle,
/// other orders of axes, operands that broadcast or add axes.
/// </summary>
public sealed class TransformMeaningTests(ITestOutputHelper output)
{
    private const int Usual = 400, Many = 20_000;

    private static readonly ImmutableDictionary<string, (Func<Network, Network> Apply, Motif[] Motifs)> s_transforms = new Dictionary<string, (Func<Network, Network>, Motif[])>
    {
        [nameof(SinkReshapes)] = (SinkReshapes.Apply, [Motif.Reshape, Motif.Reshape, Motif.Affine, Motif.Unary, Motif.Quotient, Motif.Quantizer, Motif.Elementwise]),
        [nameof(SinkTransposes)] = (SinkTransposes.Apply,
        [
            Motif.Transpose, Motif.Transpose, Motif.TransposedPair, Motif.TransposedPair, Motif.Elementwise, Motif.Elementwise, Motif.Blocks, Motif.Reshape, Motif.Affine, Motif.Unary,
            Motif.Quotient, Motif.Quantizer, Motif.Concat, Motif.Rearrange, Motif.Reduce, Motif.Selection, Motif.MatrixProduct, Motif.Dense,
        ]),
        [nameof(RaiseTransposes)] = (RaiseTransposes.Apply, [Motif.Transpose, Motif.Unary, Motif.Affine, Motif.Quotient, Motif.Quantizer, Motif.Reduce]),
        [nameof(PixelsBeforeOutputs)] = (PixelsBeforeOutputs.Apply, [Motif.Blocks, Motif.Blocks, Motif.Reshape, Motif.Unary]),
        [nameof(RemoveUnused)] = (RemoveUnused.Apply, Enum.GetValues<Motif>()),
        [nameof(PermuteDenseRows)] = (PermuteDenseRows.Apply, [Motif.Flattened, Motif.Flattened, Motif.Unary, Motif.Reshape]),
        [nameof(CancelZeroPoints)] = (CancelZeroPoints.Apply, [Motif.Affine, Motif.Affine, Motif.Affine, Motif.Unary]),
        [nameof(BoundDifferences)] = (BoundDifferences.Apply, [Motif.Difference, Motif.Difference, Motif.Transpose, Motif.Unary]),
        [nameof(SinkScales)] = (SinkScales.Apply,
        [
            Motif.Quantized, Motif.Quantized, Motif.Dense, Motif.Elementwise, Motif.Concat, Motif.Rearrange, Motif.Reduce, Motif.Unary, Motif.Selection, Motif.Pool,
            Motif.MatrixProduct, Motif.Transpose, Motif.Reshape, Motif.Affine,
        ]),
        [nameof(CollapseQuantizers)] = (CollapseQuantizers.Apply, [Motif.Quantizer, Motif.Quantizer, Motif.Affine, Motif.Quotient, Motif.Unary]),
        [nameof(QuotientsToFactors)] = (QuotientsToFactors.Apply, [Motif.Quotient, Motif.Affine, Motif.Elementwise, Motif.Unary]),
        [nameof(FuseAffine)] = (FuseAffine.Apply, [Motif.Affine, Motif.Affine, Motif.Affine, Motif.Dense, Motif.Convolution, Motif.Pool, Motif.Unary]),
        [nameof(SplitTransposedConvolutions)] = (SplitTransposedConvolutions.Apply, [Motif.Convolution, Motif.Convolution, Motif.Unary]),
        [nameof(UniqueNames)] = (UniqueNames.Apply, Enum.GetValues<Motif>()),
        [nameof(RealTransforms)] = (RealTransforms.Run, Enum.GetValues<Motif>()),
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
            Network after = Applied(apply, before, name, seed);
            double[] sample = RandomGraph.Sample(random, before);
            Compare(before, sample, after, sample, name, seed);
            changed += before.Nodes.SequenceEqual(after.Nodes) ? 0 : 1;
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
            Network after = Applied(ChannelsLastInputs.Apply, before, nameof(ChannelsLastInputs), seed);
            Compare(before, sample, after, fed, nameof(ChannelsLastInputs), seed);
            Compare(before, sample, Applied(RealTransforms.Run, after, nameof(ChannelsLastInputs), seed), fed, nameof(RealTransforms), seed);
            changed++;
        }
        Assert.True(changed >= count / 4, $"{changed} of {count} networks have such inputs");
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

    private static Network Applied(Func<Network, Network> transform, Network network, string name, int seed)
    {
        try
        {
            return transform(network);
        }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException)
        {
            throw new InvalidOperationException($"{name}, seed {seed}:\n{Text(network)}", e);
        }
    }

    private static void Compare(Network before, double[] sample, Network after, double[] fed, string name, int seed)
    {
        Assert.Equal(before.Outputs.Select(o => (o.Name, o.Value.Shape)), after.Outputs.Select(o => (o.Name, o.Value.Shape)));
        double[] expected = Outputs(before, sample), actual = Outputs(after, fed);
        for (int i = 0; i < expected.Length; i++)
        {
            if (!expected[i].Equals(actual[i]) && !(Math.Abs(expected[i] - actual[i]) <= 1e-9 * Math.Max(1, Math.Abs(expected[i]))))
                Assert.Fail($"{name}, seed {seed}: element {i} of the outputs is {actual[i]}, not {expected[i]}\n{Text(before)}\nbecame\n{Text(after)}");
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
        return string.Join('\n', network.Nodes.Select(n => $"{names[n.Output]} = {Describe(n.Operation)} of {string.Join(", ", n.Inputs.Select(i => names[i]))}"))
            + $"\noutputs {string.Join(", ", network.Outputs.Select(o => names[o.Value]))}";
    }

    private static string Describe(Hls4Net.Graph.Operation operation) => operation switch
    {
        Hls4Net.Graph.Operations.Transpose t => $"Transpose [{string.Join(", ", t.Permutation)}]",
        Hls4Net.Graph.Operations.Reduce r => $"{r.Kind} [{string.Join(", ", r.Axes)}]",
        _ => $"{operation.Kind} {string.Join(", ", operation.Constants.Select(c => $"{c.Role}{c.Constant.Shape}"))}",
    };
}
