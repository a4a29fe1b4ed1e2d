using System.Collections.Immutable;
using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Hls.Emitters;
using Hls4Net.Transforms;

namespace Hls4Net.Hls;

/// <summary>
/// Prints a typed model as an HLS project: types in one header, weights in a file a layer, one function a layer, the top
/// function, a test bench and the vendor's script.
/// </summary>
internal static class FirmwareEmitter
{
    public static ImmutableArray<GeneratedFile> Emit(ModelOptions options, TypedModel model)
    {
        Dialect dialect = Dialect.For(options.Backend);
        FirmwareNames names = new(options.ModelName, model);
        ImmutableArray<LayerSource> layers = [.. model.Layers.Select(layer => Print(layer, names, dialect))];
        string top = $"{options.ModelName}.cpp", header = $"{options.ModelName}.h", testBench = $"{options.ModelName}_test.cpp";
        return
        [
            new GeneratedFile(header, Header(options, model, names)),
            new GeneratedFile("types.h", Types(options, model, names, layers, dialect)),
            .. layers.Where(l => l.Constants.ToString().Length > 0).Select(l => new GeneratedFile($"weights/{l.Name}.h", Weights(l))),
            new GeneratedFile(top, Top(options, model, names, layers, dialect)),
            new GeneratedFile(testBench, TestBenchEmitter.Emit(options, model, names)),
            CSimEmitter.RuntimeHeader("hls4net.h"),
            .. dialect.Project(options, [top], [testBench]),
        ];
    }

    /// <summary>The text that a shape and a type are commented with.</summary>
    public static string Describe(Shape shape) => string.Join(" x ", shape.Rank > 1 && shape[0] == 1 ? shape.Dimensions[1..] : shape.Dimensions);

    private static LayerSource Print(Layer layer, FirmwareNames names, Dialect dialect)
    {
        LayerSource source = new(layer, names.Of(layer), [.. layer.Inputs.Select(names.Type)], names.Type(layer.Output), dialect);
        LayerEmitter.Emit(source);
        return source;
    }

    private static string Header(ModelOptions options, TypedModel model, FirmwareNames names)
    {
        CppWriter w = new();
        w.Line($"// {options.ModelName}: the top function. Generated from {CommentText.Of(Path.GetFileName(options.ModelPath))}; changes here are lost.");
        using (Guard(w, options.ModelName))
        {
            w.Line("#include \"types.h\"").Line();
            foreach (Value input in model.Network.Inputs)
                w.Line($"// in:  {names.Array(input)} is '{CommentText.Of(input.Name)}', {Describe(input.Shape)}, {input.Type}");
            foreach ((NetworkOutput output, string name) in model.Network.Outputs.Zip(names.Outputs))
                w.Line($"// out: {name} is '{CommentText.Of(output.Name)}', {Describe(output.Value.Shape)}, {output.Value.Type}");
            w.Line($"{Signature(options, model, names)};").Line();
        }
        return w.ToString();
    }

    private static string Types(ModelOptions options, TypedModel model, FirmwareNames names, ImmutableArray<LayerSource> layers, Dialect dialect)
    {
        CppWriter w = new();
        w.Line($"// {options.ModelName}: the type of every value.");
        using (Guard(w, $"{options.ModelName}_types"))
        {
            w.Lines(dialect.Includes.Select(i => $"#include \"{i}\"")).Line();
            foreach (Value input in model.Network.Inputs)
                w.Line($"typedef {dialect.Fixed(input.Type)} {names.Type(input)}; // input '{CommentText.Of(input.Name)}', {Describe(input.Shape)}");
            w.Line();
            foreach (LayerSource layer in layers)
            {
                foreach ((string name, Numerics.FixedPointType type, string comment) in layer.Types)
                    w.Line($"typedef {dialect.Fixed(type)} {name};{(comment.Length > 0 ? $" // {comment}" : "")}");
                w.Line($"typedef {dialect.Fixed(layer.Layer.Output.Type)} {layer.OutputType}; // {layer.Layer.Operation.Kind}, {Describe(layer.Layer.Output.Shape)}").Line();
            }
        }
        return w.ToString();
    }

    private static string Weights(LayerSource layer)
    {
        CppWriter w = new();
        w.Line($"// Constants of {layer.Name} ({layer.Layer.Operation.Kind}).");
        using (Guard(w, $"weights_{layer.Name}"))
        {
            w.Line("#include \"../hls4net.h\"").Line("#include \"../types.h\"").Line();
            w.Lines(layer.Constants.ToString().TrimEnd('\n').Split('\n')).Line();
        }
        return w.ToString();
    }

    private static string Top(ModelOptions options, TypedModel model, FirmwareNames names, ImmutableArray<LayerSource> layers, Dialect dialect)
    {
        CppWriter w = new();
        w.Line($"// {options.ModelName}: one function a layer, then the top function. Generated from {CommentText.Of(Path.GetFileName(options.ModelPath))}; changes here are lost.");
        w.Line($"#include \"{options.ModelName}.h\"");
        w.Line("#include \"hls4net.h\"");
        w.Lines(layers.Where(l => l.Constants.ToString().Length > 0).Select(l => $"#include \"weights/{l.Name}.h\"")).Line();
        // Layers with a Resource loop take ReuseFactor cycles each and run beside one another; else the whole network is one pipeline.
        bool dataflow = layers.Any(l => l.Layer is { Strategy: Strategy.Resource, ReuseFactor: > 1 });
        int interval = layers.Select(l => l.Layer.ReuseFactor).DefaultIfEmpty(1).Max();
        foreach (LayerSource layer in layers)
        {
            w.Line($"// {layer.Layer.Operation.Kind}: {string.Join(", ", layer.Layer.Inputs.Select(i => Describe(i.Shape)))}{(layer.Layer.Inputs.IsEmpty ? "" : " -> ")}{Describe(layer.Layer.Output.Shape)}{Cost(layer.Layer)}");
            using (w.Block($"static void {layer.Name}({string.Concat(layer.Inputs.Select(i => $"const {i.Type} {i.Name}[{i.Size}], "))}{layer.OutputType} y[{layer.OutputSize}])"))
            {
                if (layer.Layer is not { Strategy: Strategy.Resource, ReuseFactor: > 1 })
                    w.Pragmas(dialect.Pipeline(dataflow ? layer.Layer.ReuseFactor : interval));
                WriteBody(w, layer.Body.ToString());
            }
            w.Line();
        }
        using (w.Block(Signature(options, model, names)))
        {
            w.Pragmas(dialect.Interface(model.Network.Inputs.Select(names.Array), names.Outputs));
            w.Pragmas(dataflow ? dialect.Dataflow() : dialect.Pipeline(interval));
            HashSet<string> read = [.. layers.SelectMany(l => l.Layer.Inputs).Select(names.Array), .. model.Network.Outputs.Select(o => names.Array(o.Value))];
            w.Lines(model.Network.Inputs.Select(names.Array).Where(input => !read.Contains(input)).Select(input => $"(void){input}; // no output depends on it"));
            for (int i = 0; i < layers.Length; i++)
            {
                Layer layer = layers[i].Layer;
                string output = names.Array(layer.Output);
                w.Line($"{layers[i].OutputType} {output}[{layer.Output.Shape.Size}];");
                w.Pragmas(dialect.Partition(output));
                w.Line($"{layers[i].Name}({string.Join(", ", layer.Inputs.Select(names.Array).Append(output))});");
                w.Line($"HLS4NET_TRACE({i}, {output});").Line();
            }
            foreach ((NetworkOutput output, string name) in model.Network.Outputs.Zip(names.Outputs))
            {
                using (w.Loop(null, "i", output.Value.Shape.Size, dialect.Unroll()))
                    w.Line($"{name}[i] = {names.Array(output.Value)}[i];");
            }
        }
        return w.ToString();
    }

    private static string Cost(Layer layer) =>
        layer.Operation is Graph.Operations.Dense dense
            ? string.Create(CultureInfo.InvariantCulture, $", {dense.Multiplications:N0} multiplications, reuse factor {layer.ReuseFactor}")
            : "";

    // Pragmas stand at the margin, everything else moves in by one level.
    private static void WriteBody(CppWriter w, string body)
    {
        foreach (string line in body.TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith('#'))
                w.Pragmas(line);
            else
                w.Line(line);
        }
    }

    public static string Signature(ModelOptions options, TypedModel model, FirmwareNames names)
    {
        IEnumerable<string> inputs = model.Network.Inputs.Select(i => $"const {names.Type(i)} {names.Array(i)}[{i.Shape.Size}]");
        IEnumerable<string> outputs = model.Network.Outputs.Zip(names.Outputs, (o, name) => $"{names.Type(o.Value)} {name}[{o.Value.Shape.Size}]");
        return $"void {options.ModelName}({string.Join(", ", inputs.Concat(outputs))})";
    }

    private static GuardScope Guard(CppWriter w, string name)
    {
        string macro = $"{name.ToUpperInvariant()}_H";
        w.Line($"#ifndef {macro}").Line($"#define {macro}").Line();
        return new GuardScope(w);
    }

    private readonly struct GuardScope(CppWriter w) : IDisposable
    {
        public void Dispose() => w.Line("#endif");
    }
}
