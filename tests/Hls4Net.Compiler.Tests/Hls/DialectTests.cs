using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Hls;
using Hls4Net.Interfaces;
using Hls4Net.Numerics;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Text;

namespace Hls4Net.Tests.Hls;

/// <summary>
/// A vendor's spelling is its dialect's: another one changes types, streams and pragmas, and the places of pragmas.
/// </summary>
public sealed class DialectTests
{
    [Theory]
    [InlineData(IOType.IoParallel, Strategy.Latency)]
    [InlineData(IOType.IoStream, Strategy.Latency)]
    [InlineData(IOType.IoStream, Strategy.Resource)]
    public void Another_dialect_leaves_nothing_of_AMDs(IOType ioType, Strategy strategy)
    {
        using TempFolder folder = new();
        CompiledModel model = ModelHarness.Compile(Network(folder) with
        {
            IOType = ioType,
            Defaults = LayerSettings.Unset with
            {
                Strategy = strategy,
                ReuseFactor = strategy == Strategy.Resource ? 4 : null
            },
        });
        FirmwareNames names = new("net", model.Model,
            model.Streams is null ? model.Model.Storage : model.Streams.Plan.Stream);
        Firmware firmware = new(model.Options, model.Model, model.Streams, names, model.Interface, new OtherDialect());
        GeneratedFile[] files = [.. FirmwareEmitter.Emit(firmware).Where(f => f.Path != "hls4net.h")];
        string all = string.Concat(files.Select(f => f.Text));
        foreach (
            string word in new[] { "#pragma HLS", "hls::stream", "ap_fixed", "ap_ufixed", "ap_int", "ap_uint",
                "HLS4NET_FIFO", "hls_stream.h", ".read()", ".write(" })
            Assert.DoesNotContain(word, all, StringComparison.Ordinal);

        string[] lines = files.Single(f => f.Path == "net.cpp").Text.Split('\n');
        int loops = 0, functions = 0;
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i] is not ("#pragma other unroll" or "#pragma other pipeline" or "#pragma other top"))
                continue;
            // Before a loop, whose label may stand between, or a function; or before another pragma.
            string next = lines.Skip(i + 1)
                .First(l => !l.StartsWith("#pragma", StringComparison.Ordinal) && !l.EndsWith(':')).Trim();
            Assert.True(next.StartsWith("for (", StringComparison.Ordinal)
                || next.StartsWith("static void ", StringComparison.Ordinal)
                || next.StartsWith("void ", StringComparison.Ordinal), $"{lines[i]}\n{next}");
            loops += next.StartsWith("for (", StringComparison.Ordinal) ? 1 : 0;
            functions += next.StartsWith("for (", StringComparison.Ordinal) ? 0 : 1;
        }
        Assert.InRange(loops, 1, int.MaxValue);
        Assert.InRange(functions, 1, int.MaxValue);
        if (ioType == IOType.IoStream)
        {
            string text = files.Single(f => f.Path == "net.cpp").Text;
            Assert.Contains("other_channel<x_pack>& x, other_channel<", text, StringComparison.Ordinal);
            Assert.Contains("take(x)", text, StringComparison.Ordinal);
            Assert.Contains("put(y, y_item);", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Pragmas_stand_where_the_writer_is_told()
    {
        Assert.Equal("L:\nfor (int i = 0; i < 2; i++) {\n#pragma a\n    x;\n}\nf {\n#pragma b\n}\n",
            Written(new CppWriter()));
        Assert.Equal("#pragma a\nL:\nfor (int i = 0; i < 2; i++) {\n    x;\n}\n#pragma b\nf {\n}\n",
            Written(new CppWriter(pragmasBefore: true)));

        static string Written(CppWriter w)
        {
            using (w.Loop("L", "i", 2, "#pragma a", ""))
                w.Line("x;");
            w.Function("f", "", "#pragma b").Dispose();
            return w.ToString();
        }
    }

    // Layers of several forms: windows, items, a whole tensor and its product.
    private static ModelOptions Network(TempFolder folder) => new ModelBuilder().Input("x", 1, 4, 4, 2)
        .Node("Transpose", ["x"], "t", ("perm", new long[] { 0, 3, 1, 2 }))
        .Weights("k", [2, 2, 3, 3], [.. Enumerable.Range(0, 36).Select(i => (i % 7) - 3.0)])
        .Node("Conv", ["t", "k"], "c").Node("Relu", ["c"], "r").Node("Flatten", ["r"], "f")
        .Weights("w", [8, 4], [.. Enumerable.Range(0, 32).Select(i => ((i % 5) - 2) / 4.0)])
        .Node("MatMul", ["f", "w"], "d").Node("Softmax", ["d"], "y").Output("y").Save(folder, "net");

    private sealed class OtherDialect : Dialect
    {
        public override IEnumerable<string> Includes => ["other.h"];

        public override IEnumerable<string> StreamIncludes => ["other_channel.h"];

        public override bool PragmasBefore => true;

        public override string Fixed(FixedPointType type) =>
            string.Create(CultureInfo.InvariantCulture, $"other_fixed<{type.Width}, {type.Integer}, {type.Signed}>");

        public override string Integer(int width, bool signed) =>
            string.Create(CultureInfo.InvariantCulture, $"other_int<{width}, {signed}>");

        public override string Stream(string item) => $"other_channel<{item}>";

        public override string Fifo(string item, int depth) => $"other_channel<{item}>";

        public override string Read(string stream) => $"take({stream})";

        public override string Write(string stream, string item) => $"put({stream}, {item});";

        public override string Pipeline(int interval) => "#pragma other pipeline";

        public override string PipelineLoop() => "#pragma other pipeline";

        public override string StreamPipeline(int interval) => "#pragma other pipeline";

        public override string Dataflow() => "";

        public override string Unroll() => "#pragma other unroll";

        public override string Partition(string variable) => "";

        public override string ReshapeRows(string variable) => "";

        public override IEnumerable<string> WeightMemory(string variable, WeightStorage storage) => [];

        public override IEnumerable<string> ExternalMemory(string port) => [];

        public override IEnumerable<string> RowMemories(string variable) => [];

        public override string LimitMultipliers(long limit) => "";

        public override IEnumerable<string> Interface(DesignInterface design) => ["#pragma other top"];

        public override string StreamDepth(string stream, int depth) => "";

        public override string Aggregate(string variable) => "";

        public override string Inline() => "";

        public override IEnumerable<string> StreamInterface(DesignInterface design) => ["#pragma other top"];

        public override IEnumerable<GeneratedFile> Project(ModelOptions options, IReadOnlyList<string> sources,
            IReadOnlyList<string> testBench) => [];
    }
}
