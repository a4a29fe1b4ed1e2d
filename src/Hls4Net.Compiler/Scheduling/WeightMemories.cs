using Hls4Net.Configuration;
using Hls4Net.Devices;
using Hls4Net.Diagnostics;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;

namespace Hls4Net.Scheduling;

/// <summary>
/// Chooses where weights are that a layer reads a word a step: those of a loop of the Resource strategy, and of
/// products that add up the items of a stream as they come. All others are constants of multipliers, and no memory
/// could bring them all at once.
/// </summary>
internal static class WeightMemories
{
    // Fewer words than a look-up table holds, or bits than a block RAM, are not worth a block RAM.
    private const int LutWords = 64, BlockRamBits = 18432;

    /// <param name="options">The part, the backend, and what all layers are asked.</param>
    /// <param name="model">The layers.</param>
    /// <param name="plan">Its streams; null in io_parallel.</param>
    /// <param name="point">Where the weights of each layer are asked to be, or have been placed before.</param>
    /// <exception cref="ModelException">A memory is asked for that there cannot be (HLS2014), or that is not available
    /// (HLS2009).</exception>
    public static TypedModel Apply(ModelOptions options, TypedModel model, StreamPlan? plan, DesignPoint point)
    {
        TypedModel result = model with
        {
            Layers = [.. model.Layers.Select(l => WithMemory(l, plan?.Form(l), point.For(l.Main), options))],
        };
        WeightStorage? wanted = options.Defaults.WeightStorage;
        if (IsNamed(wanted) && model.Layers.Any(l => l.Operation.Matrix is not null || l.Operation is Recurrence)
            && result.Layers.All(l => l.Memory is null))
            throw new ModelException(Descriptors.WeightsNotInMemory,
                $"WeightStorage is {Spelling(wanted)}, and no layer of {options.ModelName} reads its weights a word a "
                + $"step; {Advice}");
        return result;
    }

    /// <summary>
    /// The memory of a form of a layer, its kind not chosen yet; null where the weights are needed all at once.
    /// </summary>
    public static WeightMemory? Of(Layer layer, StreamForm? form)
    {
        int words = form is StreamForm.Accumulate { Items: int items } ? items : layer.IsLoop ? layer.ReuseFactor : 1;
        if (layer.Operation.Matrix is not Dense matrix || words == 1)
            return null;
        bool binary = layer.Operation.IsBinary(layer.Input);
        return new WeightMemory(WeightStorage.Auto, words, matrix.Columns * matrix.Units / words,
            binary ? 1 : matrix.Weights.Type!.Value.Width, binary);
    }

    private const string Advice = "Strategy=Resource with a ReuseFactor above 1 makes a loop that does";

    private static Layer WithMemory(Layer layer, StreamForm? form, LayerDesign design, ModelOptions options)
    {
        StorageSetting setting = design.Storage;
        if (layer.Operation is Recurrence && setting.OfLayer && IsNamed(setting.Storage))
            throw new ModelException(Descriptors.WeightsNotInMemory,
                $"layer {layer.Name}: WeightStorage is {Spelling(setting.Storage)}, and a step of a recurrent layer "
                + "needs all its weights at once; leave it out for this layer");
        if (layer.Operation.Matrix is null)
            return layer;
        WeightMemory? memory = Of(layer, form);
        if (setting.OfLayer && IsNamed(setting.Storage) && memory is null)
            throw new ModelException(Descriptors.WeightsNotInMemory,
                $"layer {layer.Name}: WeightStorage is {Spelling(setting.Storage)}, and it needs all its weights at "
                + $"once; {Advice}");
        if (memory is null)
            return layer;
        WeightStorage storage = design.Memory ?? Chosen(memory, setting);
        bool asked = setting.Storage is not null and not WeightStorage.Auto;
        // What a backend places itself it may place where it was placed before.
        WeightStorage? wanted = asked ? setting.Storage : storage is WeightStorage.Uram or WeightStorage.External
            ? storage : null;
        if (wanted is not null && !options.Backend.Storages.Contains(wanted.Value))
            throw new ModelException(Descriptors.OptionNotAvailable,
                $"layer {layer.Name}: WeightStorage {Spelling(wanted)} is not available with "
                + $"Backend={options.Backend}, {options.Backend.StorageAdvice}");
        if (storage == WeightStorage.Uram && !Target.IsVersal(options.Part))
            throw new ModelException(Descriptors.WeightsNotInMemory,
                $"layer {layer.Name}: WeightStorage is uram, and the UltraRAM of {options.Part} starts empty (that of "
                + "Versal parts does not); use bram, or external and load the words from outside");
        return layer with
        {
            Memory =
            memory with { Storage = storage, Asked = asked || setting.Threshold is not null ? storage : null }
        };
    }

    private static WeightStorage Chosen(WeightMemory memory, StorageSetting setting)
    {
        bool named = IsNamed(setting.Storage);
        bool large = setting.Threshold is int threshold ? memory.Bits > threshold : named
            || (memory.Bits > BlockRamBits && memory.Words > LutWords);
        return !large || setting.Storage == WeightStorage.Logic ? WeightStorage.Logic : named ? setting.Storage!.Value
            : WeightStorage.Bram;
    }

    private static bool IsNamed(WeightStorage? storage) =>
        storage is WeightStorage.Bram or WeightStorage.Uram or WeightStorage.External;

    /// <summary>As the project spells it.</summary>
    internal static string Spelling(WeightStorage? storage) => storage.ToString()!.ToLowerInvariant();
}
