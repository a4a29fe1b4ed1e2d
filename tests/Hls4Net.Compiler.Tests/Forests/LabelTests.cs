using System.Text.Json;
using Hls4Net.Onnx.Proto;
using Hls4Net.Simulation;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Forests;

/// <summary>Labels that are texts: numbers in the firmware, names in the report and in C#.</summary>
public sealed class LabelTests
{
    private static readonly string[] s_texts = ["b-jet", "2nd", "class", "…", "b jet"];

    [SkippableFact]
    public void Texts_are_an_enum_of_the_class_and_named_in_the_report()
    {
        using TempFolder folder = new();
        CompiledModel model = ModelHarness.Compile(Classifier().Save(folder));
        Assert.Equal(s_texts, model.Model.Network.Outputs[0].Labels);
        Assert.Empty(model.Model.Network.Outputs[1].Labels);
        string text = model.EmitClass();
        Assert.Contains("public enum LabelClass", text, StringComparison.Ordinal);
        foreach (string member in new[] { "BJet = 0,", "Layer2nd = 1,", "LayerClass = 2,", "Label = 3,", "BJet_2 = 4," })
            Assert.Contains(member, text, StringComparison.Ordinal);
        using JsonDocument report = JsonDocument.Parse(ModelHarness.Verify(model).ReportJson);
        JsonElement[] outputs = [.. report.RootElement.GetProperty("outputs").EnumerateArray()];
        Assert.Equal(s_texts, outputs[0].GetProperty("labels").EnumerateArray().Select(l => l.GetString()));
        Assert.Equal(JsonValueKind.Null, outputs[1].GetProperty("labels").ValueKind);
        Csc.Compile(text);
    }

    // What exporters write behind a classifier: numbers to texts, texts to numbers, and texts to texts.
    [Fact]
    public void Encoders_take_texts_that_are_labels()
    {
        (double[] labels, string[] names) = Labels(Classifier().Call("ai.onnx.ml", "LabelEncoder", ["label"], "y",
            ("keys_strings", s_texts), ("values_strings", new[] { "x", "y", "x", "z", "w" }),
            ("default_string", "none")));
        Assert.Equal(["x", "y", "z", "w", "none"], names);
        Assert.Equal([0, 1, 0, 2, 3], labels);
        (labels, names) = Labels(Classifier().Call("ai.onnx.ml", "LabelEncoder", ["label"], "y",
            ("keys_strings", new[] { "class", "b-jet" }), ("values_int64s", (long[])[7, -3]), ("default_int64", 9L)));
        Assert.Empty(names);
        Assert.Equal([-3, 9, 7, 9, 9], labels);
    }

    private static (double[] Labels, string[] Names) Labels(ModelBuilder builder)
    {
        builder.Graph.Output[0].Name = "y";
        using TempFolder folder = new();
        CompiledModel model = ModelHarness.Compile(builder.Save(folder));
        ManagedSimulator simulator = new(model.Model.Network);
        var output = model.Model.Network.Outputs[0];
        return ([.. Enumerable.Range(0, s_texts.Length).Select(i =>
        {
            simulator.Run([i]);
            return simulator[output.Value][0] * output.Value.Type.Ulp;
        })], [.. output.Labels]);
    }

    // The class of x = 0, 1, … is as it says.
    private static ModelBuilder Classifier()
    {
        ModelBuilder model = new ModelBuilder().Input("x", 1, 1).Output("label", "scores");
        model.Proto.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx.ml", Version = 3 });
        int branches = s_texts.Length - 1, nodes = branches + s_texts.Length;
        model.Call("ai.onnx.ml", "TreeEnsembleClassifier", ["x"], "label",
            ("nodes_treeids", new long[nodes]),
            ("nodes_nodeids", (long[])[.. Enumerable.Range(0, nodes).Select(i => (long)i)]),
            ("nodes_featureids", new long[nodes]),
            ("nodes_modes", (string[])[.. Enumerable.Range(0, nodes).Select(i => i < branches ? "BRANCH_LEQ" : "LEAF")]),
            ("nodes_values", (float[])[.. Enumerable.Range(0, nodes).Select(i => i < branches ? i + 0.5f : 0)]),
            ("nodes_truenodeids", (long[])[.. Enumerable.Range(0, nodes).Select(i => i < branches ? branches + (long)i
                : 0)]),
            ("nodes_falsenodeids", (long[])[.. Enumerable.Range(0, nodes).Select(i => i >= branches ? 0
                : i + 1 < branches ? i + 1 : (long)nodes - 1)]),
            ("class_treeids", new long[s_texts.Length]),
            ("class_nodeids", (long[])[.. Enumerable.Range(branches, s_texts.Length).Select(i => (long)i)]),
            ("class_ids", (long[])[.. Enumerable.Range(0, s_texts.Length).Select(i => (long)i)]),
            ("class_weights", (float[])[.. s_texts.Select(_ => 1f)]), ("classlabels_strings", s_texts));
        model.Last.Output.Add("scores");
        return model;
    }
}
