using FsCheck.Xunit;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using Hls4Net.Simulation;
using Seed = FsCheck.DoNotSize<int>;

namespace Hls4Net.Tests.Properties;

/// <summary>
/// What holds for every typed network and every input, checked on random ones with the managed simulator alone.
/// </summary>
public sealed class TypedNetworkProperties
{
    private const int Samples = 20;

    [Property(MaxTest = 150)]
    public void Operations_are_exact(Seed seed) => OnSamples(seed.Item, (network, simulator) =>
    {
        foreach (Node node in network.Nodes)
        {
            if (ExactOperations.Evaluate(node, [.. node.Inputs.Select(i => Exact(simulator, i))]) is Dyadic[] expected)
                Assert.Equal(expected.Select(e => e.Mantissa(node.Output.Type.Fraction)),
                    simulator[node.Output].ToArray().Select(m => (System.Numerics.BigInteger)m));
        }
    });

    [Property(MaxTest = 150)]
    public void Values_stay_within_their_ranges_and_ranges_within_their_types(Seed seed)
    {
        OnSamples(seed.Item, (network, simulator) =>
        {
            foreach (Value value in network.Inputs.Concat(network.Nodes.Select(n => n.Output)))
            {
                for (int i = 0; i < value.Shape.Size; i++)
                {
                    Interval range = value.Typing!.Range[i];
                    Assert.True(simulator[value][i] >= range.Min && simulator[value][i] <= range.Max,
                        $"{value} element {i}: {simulator[value][i]} is not in {range}");
                    long step = value.Typing.Steps[i];
                    Assert.True(range.Min == range.Max || (simulator[value][i] - range.Min) % step == 0,
                        $"{value} element {i}: {simulator[value][i]} is no number of steps of {step} from {range.Min}");
                    Assert.True(range.Min >= value.Type.MinMantissa && range.Max <= value.Type.MaxMantissa,
                        $"{value} element {i}: {range} is not in {value.Type}");
                }
            }
        });
    }

    [Property(MaxTest = 150)]
    public void Accumulators_hold_every_partial_sum_in_any_order(Seed seed) =>
        OnSamples(seed.Item, (network, simulator) =>
    {
        foreach (Node node in network.Nodes)
        {
            if (node.Operation is not Dense { Accumulator: null } dense)
                continue;
            FixedPointType type = dense.AccumulatorType(node.Inputs[0])!.Value;
            Dyadic[] x = Exact(simulator, node.Inputs[0]);
            for (int i = 0; i < node.Output.Shape.Size; i++)
            {
                // The extremes of all partial sums are those of the positive terms and of the negative ones.
                Dyadic[] terms = [.. ExactOperations.Terms(dense, x, i / dense.Units, i % dense.Units)];
                foreach (
                    Dyadic extreme in new[] { terms.Select(t => Dyadic.Max(t, Dyadic.Zero)),
                        terms.Select(t => Dyadic.Min(t, Dyadic.Zero)) }.Select(t =>
                        t.Aggregate(Dyadic.Zero, (a, b) => a + b)))
                    Assert.InRange(extreme.Mantissa(type.Fraction), type.MinMantissa, type.MaxMantissa);
            }
        }
    });

    [Property(MaxTest = 150)]
    public void Pinned_constants_are_the_models_values_in_their_type(Seed seed)
    {
        if (RandomNetwork.Make(seed.Item).Model is not CompiledModel model)
            return;
        foreach ((_, Constant constant) in model.Model.Network.Nodes.SelectMany(n => n.Operation.Constants))
        {
            FixedPointType type = constant.Type!.Value;
            Assert.All(constant.Mantissas, m => Assert.InRange(m, type.MinMantissa, type.MaxMantissa));
            // A constant's type keeps the modes it was converted with only where it was pinned.
            if (constant.Values.Zip(constant.Mantissas)
                .All(v => Dyadic.From(v.First).Convert(type) == new Dyadic(v.Second, type.Fraction)))
                continue;
            double ulp = type.Ulp;
            Assert.True(type.Rounding == Rounding.Trn && type.Overflow == Overflow.Wrap,
                $"{constant.Values[0]} is not {constant.Mantissas[0]} in {type}");
            Assert.All(constant.Values.Zip(constant.Mantissas),
                v => Assert.InRange(Math.Abs(v.First - (v.Second * ulp)), 0, Math.Max(ulp, Math.Abs(v.First) * 1e-9)));
        }
    }

    private static Dyadic[] Exact(ManagedSimulator simulator, Value value) =>
        [.. simulator[value].ToArray().Select(m => new Dyadic(m, value.Type.Fraction))];

    private static void OnSamples(int seed, Action<Network, ManagedSimulator> check)
    {
        RandomNetwork random = RandomNetwork.Make(seed);
        if (random.Model is null)
            return;
        ManagedSimulator simulator = new(random.Model.Model.Network);
        for (int sample = 0; sample < Samples; sample++)
        {
            simulator.RunRaw(random.Sample());
            check(random.Model.Model.Network, simulator);
        }
    }
}
