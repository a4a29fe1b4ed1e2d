using System.Collections.Immutable;
using System.Security.Cryptography;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Onnx;
using Hls4Net.Scheduling;
using Hls4Net.Simulation;
using Hls4Net.Transforms;
using Hls4Net.Transforms.Widths;
using Hls4Net.Vectors;

namespace Hls4Net.Pipeline;

/// <summary>What passes do that need more of a model than its network on real numbers.</summary>
internal static class Steps
{
    public static Draft Import(Draft draft)
    {
        Network network = Importer.Import(ModelFormats.Read(draft.Options), draft.Options, draft.Diagnostics);
        using FileStream file = File.OpenRead(draft.Options.ModelPath);
        string digest = Convert.ToHexStringLower(SHA256.HashData(file));
        if (draft.Options.Threshold is double threshold)
            network = DecideOutput.Apply(network, threshold);
        return draft with { Imported = network, Network = network, Sha256 = digest };
    }

    public static Draft TransposeInputs(Draft draft) =>
        draft.Options.TransposeInputs ? draft with { Network = ChannelsLastInputs.Apply(draft.Network) } : draft;

    public static Draft LoadVectors(Draft draft)
    {
        Network imported = draft.Imported;
        (string, ImmutableArray<int>)[] inputs = [.. imported.Inputs.Select(i => (i.Name, i.PortShape))];
        (string, ImmutableArray<int>)[] outputs = [.. draft.Network.Outputs.Select(o => (o.Name, o.Value.PortShape))];
        TestVectors? vectors = TestVectors.Load(draft.Options, inputs, outputs, draft.Diagnostics);
        if (vectors is null || draft.Diagnostics.HasErrors)
            return draft;
        UnusualVectors.Report(vectors, inputs, draft.Diagnostics);
        if (draft.Options.TransposeInputs)
            vectors = vectors with { Inputs = ChannelsLast.Permuted(vectors.Inputs, imported.Inputs) };
        return draft with { Vectors = vectors };
    }

    public static Draft Align(Draft draft) =>
        draft with { Network = AlignFeatures.Apply(draft.Network, draft.Options, draft.Vectors) };

    public static Draft Equalize(Draft draft) =>
        draft with { Network = EqualizeGains.Apply(draft.Network, draft.Options, draft.Vectors) };

    public static Draft GridFeatures(Draft draft) =>
        draft with { Network = FeatureGrids.Apply(draft.Network, draft.Options, draft.Vectors) };

    public static Draft Calibrate(Draft draft) => draft.Vectors is TestVectors vectors
        ? draft with { Calibration = ReferenceSimulator.Calibrate(draft.Network, vectors.Samples) }
        : draft;

    public static Draft Pin(Draft draft)
    {
        if (draft.Point is not null)
            return draft;
        LayerSettingsResolver settings = new(draft.Options);
        return draft with { Settings = settings, Point = settings.Asked(draft.Network) };
    }

    public static Draft ChooseWidths(Draft draft)
    {
        // A point that was entered has its widths.
        if (draft.Vectors is not TestVectors vectors || draft.Settings is null)
            return draft;
        TypedNetwork? typed = WidthSearch.Choose(
            draft.Network, draft.Options, draft.Point!, draft.Calibration!, vectors);
        if (typed is null)
            return draft;
        draft.Diagnostics.AddRange(typed.Findings);
        return draft with { Typed = typed, Point = typed.Point };
    }

    public static Draft Type(Draft draft)
    {
        // The search has typed the network with its choice, where there was one.
        TypedNetwork typed = draft.Typed
            ?? AssignTypes.Apply(draft.Network, draft.Point!, draft.Calibration, draft.Diagnostics);
        draft.Settings?.ReportUnused(draft.Network, draft.Diagnostics);
        return draft with { Typed = typed };
    }

    public static Draft DropUnread(Draft draft) => WithTyped(draft, DropUnreadElements.Apply(draft.Typed!.Network));

    public static Draft DropUnseen(Draft draft) =>
        WithTyped(draft, DropUnseenBits.Apply(draft.Typed!.Network, draft.Point!));

    public static Draft Group(Draft draft)
    {
        TypedModel model = GroupLayers.Apply(draft.Typed!.Network, draft.Point!);
        foreach (Layer layer in model.Layers.Where(l => l.Operation is Forest { IsLookup: false }))
        {
            LayerDesign asked = draft.Point!.For(layer.Main);
            if (asked.Strategy == Strategy.Resource || asked.ReuseFactor > 1)
                draft.Diagnostics.Add(Descriptors.ForestNotShared,
                    $"layer {layer.Name}: {(asked.ReuseFactor > 1 ? $"ReuseFactor {asked.ReuseFactor}" : "Strategy=Resource")} "
                    + "has no effect on decision trees, whose comparisons all happen at once; leave it out for them "
                    + $"(HlsLayer Include=\"{layer.Name}\" Strategy=\"Latency\" ReuseFactor=\"1\")");
        }
        foreach (Layer layer in model.Layers.Where(l => l.Operation is Recurrence))
        {
            if (draft.Point!.For(layer.Main).Strategy is Strategy strategy and not Strategy.Latency)
                draft.Diagnostics.Add(Descriptors.RecurrenceHasNoStrategy,
                    $"layer {layer.Name}: Strategy={strategy} has no effect on a recurrent layer, of which ReuseFactor "
                    + "alone says how often its cell is used; leave it out for the layer "
                    + $"(HlsLayer Include=\"{layer.Name}\" Strategy=\"Latency\")");
        }
        return draft with { Model = model };
    }

    public static Draft PlanStreams(Draft draft) =>
        draft.Options.IOType == IOType.IoStream ? draft with { Streams = new StreamPlan(draft.Model!) } : draft;

    public static Draft MeetInterval(Draft draft)
    {
        TypedModel model = TargetInterval.Apply(draft.Options, draft.Model!, draft.Streams, draft.Point!);
        return WithLayers(draft, model, (l, d) => d with { ReuseFactor = l.ReuseFactor, Pixels = l.Parallelism });
    }

    public static Draft PlaceWeights(Draft draft)
    {
        TypedModel model = WeightMemories.Apply(draft.Options, draft.Model!, draft.Streams, draft.Point!);
        return WithLayers(draft, model, (l, d) => d with { Memory = l.Memory?.Storage });
    }

    private static Draft WithTyped(Draft draft, Network network) =>
        draft with { Typed = draft.Typed! with { Network = network } };

    // What a layer that stays does on streams is not worked out again.
    private static Draft WithLayers(Draft draft, TypedModel model, Func<Layer, LayerDesign, LayerDesign> decided)
    {
        bool same = model.Layers.Zip(draft.Model!.Layers).All(l => ReferenceEquals(l.First, l.Second));
        Dictionary<string, Layer> layers = model.Layers.ToDictionary(l => l.Name);
        return draft with
        {
            Model = model,
            Streams = draft.Streams is null || same ? draft.Streams : new StreamPlan(model, draft.Streams),
            Point = draft.Point!.With(
                model.Layers.Select(l => l.Name), (name, design) => decided(layers[name], design)),
        };
    }
}
