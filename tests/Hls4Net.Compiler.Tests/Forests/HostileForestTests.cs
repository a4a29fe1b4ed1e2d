using System.Globalization;
using System.Text;
using Hls4Net.Diagnostics;
using Hls4Net.Onnx.Proto;
using Hls4Net.Tests.Docs;
using Hls4Net.Tests.Hostile;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Forests;

/// <summary>Damaged and malicious forests end in firmware or in a coded error, with little work.</summary>
public sealed class HostileForestTests(ITestOutputHelper output)
{
    private static readonly string[] s_tokens =
    [
        "-1", "0", "1", "2", "-2147483648", "99999999999999999999", "1e999", "-1e999", "NaN", "null", "1e-45", "[]",
        "{}", "\"\"", "\"x\"", "true", "3.5", "0x10", " ", "\n\n", "Tree=0", "[[[[[[[[[[",
    ];

    [Fact]
    public void Mutants_of_boosters_files_are_read_or_refused_with_a_code()
    {
        string[] files = [.. Directory.GetFiles(
            Path.Combine(Pages.Root, "tests/Hls4Net.Compiler.Tests/Forests/Xgboost"))
            .Where(f => Path.GetExtension(f) is ".json" or ".ubj").Order(StringComparer.Ordinal)];
        Try(Soak.Seeds(300, 30_000), random =>
        {
            bool isText = random.Next(2) == 0;
            return isText ? Mutated(Encoding.UTF8.GetBytes(new RandomBooster(random.Next(), 1 + random.Next(3), 3,
                categories: random.Next(2) == 0).Lightgbm("regression", average: random.Next(2) == 0)), random)
                : Mutated(File.ReadAllBytes(files[random.Next(files.Length)]), random);
        }, "model.bin");
    }

    [Fact]
    public void Mutants_of_ensembles_build_or_are_refused_with_a_code()
    {
        Try(Soak.Seeds(300, 30_000), random =>
        {
            RandomForest forest = new(random.Next());
            ModelBuilder model = random.Next(3) switch
            {
                0 => forest.Regressor("SUM", "NONE", 2, bases: true, always: false),
                1 => forest.Classifier(3, null, positive: false, "SOFTMAX", 3, always: true),
                _ => forest.Ensemble(random.Next(4), 2, sets: true).Model,
            };
            for (int times = random.Next(1, 4); times > 0; times--)
                Change(model.Last.Attribute[random.Next(model.Last.Attribute.Count)], random);
            return model.ToBytes();
        }, "model.onnx");
    }

    [Fact]
    public void What_is_no_tree_is_named()
    {
        HostileTest.Fails(Descriptors.UnsupportedForm, Two(yes: 0, no: 2), "two ways");
        // A leaf may be reached on two.
        HostileTest.Builds(Two(yes: 1, no: 1));
        HostileTest.Fails(Descriptors.InvalidGraph, Two(yes: 7, no: 2), "no node 7");
        HostileTest.Fails(Descriptors.InvalidGraph, Two(ids: [0, 1, 1]), "two nodes 1");
        HostileTest.Fails(Descriptors.InvalidShape, Two(feature: 2), "feature 2");
        HostileTest.Fails(Descriptors.InvalidShape, Two(feature: -1), "feature -1");
        HostileTest.Fails(Descriptors.NonFiniteWeight, Two(value: float.NaN), "NaN");
        HostileTest.Fails(Descriptors.UnsupportedForm, Two(mode: "BRANCH_SIDEWAYS"), "BRANCH_SIDEWAYS");
        HostileTest.Fails(Descriptors.NonFiniteWeight, Two(weight: float.PositiveInfinity), "");
        // Beyond every number lies no threshold, and nothing crosses it.
        HostileTest.Builds(Two(value: float.PositiveInfinity));
        HostileTest.Builds(Two(value: float.MaxValue));
        HostileTest.Builds(Two(value: float.NegativeInfinity));
    }

    // A chain of branches: what a recursion takes, and no stack overflow beyond.
    [Theory]
    [InlineData(250, true)]
    [InlineData(100_000, false)]
    public void Deep_trees_are_taken_or_refused(int depth, bool builds)
    {
        ModelBuilder model = Chain(depth);
        if (builds)
            HostileTest.Builds(model);
        else
            HostileTest.Fails(Descriptors.UnsupportedForm, model, "one below the other");
    }

    private void Try(IEnumerable<int> seeds, Func<Random, byte[]> make, string name)
    {
        Dictionary<string, int> ends = new(StringComparer.Ordinal);
        using TempFolder folder = new();
        foreach (int seed in seeds)
        {
            byte[] mutant = make(new Random(seed));
            string end;
            try
            {
                IReadOnlyList<Diagnostic> errors =
                    HostileTest.Errors(ModelHarness.Options(folder.Write(name, mutant)));
                end = errors.Count == 0 ? "builds" : errors[0].Descriptor.Code;
                Assert.DoesNotContain(errors, e => e.Descriptor == Descriptors.InternalError);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}: {e.GetType().Name}: {e.Message}", e);
            }
            ends[end] = ends.GetValueOrDefault(end) + 1;
        }
        output.WriteLine(string.Join(", ", ends.OrderByDescending(e => e.Value).Select(e =>
            string.Create(CultureInfo.InvariantCulture, $"{e.Key}: {e.Value}"))));
        Assert.True(ends.Count > 1 && ends.ContainsKey("builds"), "mutants of one kind only prove nothing");
    }

    private static byte[] Mutated(byte[] file, Random random)
    {
        List<byte> bytes = [.. file];
        for (int times = random.Next(1, 5); times > 0 && bytes.Count > 0; times--)
        {
            int at = random.Next(bytes.Count), length = Math.Min(random.Next(1, 12), bytes.Count - at);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length));
                    break;
                default:
                    // A number in the place of another.
                    int begin = bytes.FindIndex(at, b => b is >= (byte)'0' and <= (byte)'9');
                    if (begin < 0)
                        break;
                    int end = bytes.FindIndex(begin, b => b is not ((>= (byte)'0' and <= (byte)'9') or (byte)'.'
                        or (byte)'-' or (byte)'E'));
                    bytes.RemoveRange(begin, (end < 0 ? bytes.Count : end) - begin);
                    bytes.InsertRange(begin, Encoding.UTF8.GetBytes(s_tokens[random.Next(s_tokens.Length)]));
                    break;
            }
        }
        return [.. bytes];
    }

    private static void Change(AttributeProto attribute, Random random)
    {
        long[] integers = [-1, 0, 1, 2, 3, 1000, long.MaxValue, long.MinValue, int.MaxValue, int.MinValue];
        float[] numbers = [0, -1, 1e30f, -1e30f, float.NaN, float.PositiveInfinity, float.NegativeInfinity,
            float.Epsilon];
        if (attribute.Ints.Count > 0)
            Alter(attribute.Ints, integers);
        else if (attribute.Floats.Count > 0)
            Alter(attribute.Floats, numbers);
        else if (attribute.Strings.Count > 0)
            Alter(attribute.Strings, [.. new[] { "LEAF", "BRANCH_LT", "BRANCH_EQ", "", "?" }
                .Select(Google.Protobuf.ByteString.CopyFromUtf8)]);
        else if (attribute.T is TensorProto tensor)
            attribute.T = ModelBuilder.Tensor("t", [random.Next(0, 40)],
                [.. Enumerable.Range(0, 40).Select(_ => (double)numbers[random.Next(numbers.Length)])
                    .Take(random.Next(0, 40))]);
        else
            attribute.I = integers[random.Next(integers.Length)];

        void Alter<T>(IList<T> list, T[] others)
        {
            int at = random.Next(list.Count);
            switch (random.Next(5))
            {
                case 0:
                    list.RemoveAt(at);
                    break;
                case 1:
                    list.Insert(at, list[random.Next(list.Count)]);
                    break;
                case 2:
                    list[at] = list[random.Next(list.Count)];
                    break;
                default:
                    list[at] = others[random.Next(others.Length)];
                    break;
            }
        }
    }

    // A branch and two leaves, or what is told otherwise.
    private static ModelBuilder Two(long yes = 1, long no = 2, long[]? ids = null, long feature = 0, float value = 0.5f,
        string mode = "BRANCH_LEQ", float weight = 1) =>
        Tree([0, 0, 0], ids ?? [0, 1, 2], [mode, "LEAF", "LEAF"], [feature, 0, 0], [value, 0, 0], [yes, 0, 0],
            [no, 0, 0], [1, 2], [weight, 2]);

    private static ModelBuilder Chain(int depth)
    {
        int count = (2 * depth) + 1;
        return Tree(new long[count], [.. Enumerable.Range(0, count).Select(i => (long)i)],
            [.. Enumerable.Range(0, count).Select(i => i < depth ? "BRANCH_LEQ" : "LEAF")], new long[count],
            [.. Enumerable.Range(0, count).Select(i => i < depth ? i / 16f : 0)],
            [.. Enumerable.Range(0, count).Select(i => i < depth ? (long)(depth + i) : 0)],
            [.. Enumerable.Range(0, count).Select(i => i < depth ? (long)(i + 1 < depth ? i + 1 : count - 1) : 0)],
            [.. Enumerable.Range(depth, depth + 1).Select(i => (long)i)],
            [.. Enumerable.Range(0, depth + 1).Select(i => (float)(i % 7))]);
    }

    private static ModelBuilder Tree(long[] trees, long[] ids, string[] modes, long[] features, float[] values,
        long[] yes, long[] no, long[] voting, float[] weights)
    {
        ModelBuilder model = new ModelBuilder().Input("x", 1, 2).Output("y");
        model.Proto.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx.ml", Version = 3 });
        return model.Call("ai.onnx.ml", "TreeEnsembleRegressor", ["x"], "y",
            ("nodes_treeids", trees), ("nodes_nodeids", ids), ("nodes_modes", modes), ("nodes_featureids", features),
            ("nodes_values", values), ("nodes_truenodeids", yes), ("nodes_falsenodeids", no), ("n_targets", 1L),
            ("target_treeids", new long[voting.Length]), ("target_nodeids", voting),
            ("target_ids", new long[voting.Length]), ("target_weights", weights));
    }
}
