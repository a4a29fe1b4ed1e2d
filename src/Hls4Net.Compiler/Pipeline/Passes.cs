using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Layers;
using Hls4Net.Scheduling;
using Hls4Net.Transforms;
using Hls4Net.Transforms.Widths;
using static Hls4Net.Pipeline.Stage;
using static Hls4Net.Pipeline.Steps;

namespace Hls4Net.Pipeline;

/// <summary>The pipeline: all passes, in the order in which they run.</summary>
internal static class Passes
{
    /// <summary>
    /// The passes, in order, stage by stage. Above each an example, before ⇒ after: an arrow leads from an operation to
    /// the one that reads it, and behind an operation stand its constants or attributes.
    /// </summary>
    public static ImmutableArray<Pass> All { get; } =
    [
        // Gemm(x, W, b, transB = 1) ⇒ x → Dense Wᵀ, b
        new(nameof(Import), Imported,
            "Operators become operations, and constants decide what they can: all else works on few operations.",
            Import),

        // x[1,3,8,8] → Transpose 0,2,3,1 → Convolution
        // ⇒ x[1,8,8,3] → Transpose 0,3,1,2 → Transpose 0,2,3,1 → Convolution
        new(nameof(ChannelsLastInputs), Real,
            "Before all else, so that the transposition back meets the one to channels-last behind it.",
            TransposeInputs),
        // s → Affine +[0, −1e9] → Softmax ⇒ s → Exclude → Softmax
        Pass.OnNumbers(
            ExcludeMasked.Apply,
            "While a mask stands as it was exported: what it excludes has no number that others could keep."),
        // x → Dense → Reshape [1,4,1] → Affine → Reshape [1,4] ⇒ x → Dense → Affine
        Pass.OnNumbers(
            SinkReshapes.Apply,
            "Exporters wrap a normalization in Unsqueeze and Squeeze; without them it stands behind its product."),
        // x → Convolution → Transpose 0,3,1,2 → Rectifier → Transpose 0,2,3,1 → Convolution
        // ⇒ x → Convolution → Rectifier → Convolution
        Pass.OnNumbers(
            SinkTransposes.Apply,
            "Channels-last inside: transposes sink below what can work on permuted axes, meet and cancel."),
        // x[1,3,8,8] → Affine → Transpose 0,2,3,1 → Convolution
        // ⇒ x[1,3,8,8] → Transpose 0,2,3,1 → Affine → Convolution
        Pass.OnNumbers(
            RaiseTransposes.Apply,
            "The first transposes, which meet none, rise to the inputs and become the layout of ports."),
        // x[1,2,2,2,2,3] → Transpose 0,5,1,3,2,4 → Reshape [1,3,4,4]
        // ⇒ x[1,2,2,2,2,3] → Transpose 0,1,3,2,4,5 → Reshape [1,4,4,3] → Transpose 0,3,1,2
        Pass.OnNumbers(
            PixelsBeforeOutputs.Apply,
            "The last ones become the layout of ports too, where an image is put together from its parts."),
        // x → Dense → y, x → Transpose ⇒ x → Dense → y
        Pass.OnNumbers(
            RemoveUnused.Apply,
            "Transposes that have moved leave some that nothing reads, and later passes ask who reads a value."),
        // s → Sigmoid → Elementwise > 0.9 ⇒ s → Elementwise > 2.197
        Pass.OnNumbers(
            CompareBeforeFunctions.Apply,
            "What only a threshold asks for needs no function that grows: its argument has a threshold too."),
        // x[1,2,2,3] → Transpose 0,3,1,2 → Reshape [1,12] → Dense W
        // ⇒ x[1,2,2,3] → Reshape [1,12] → Dense W, its rows in the order of x
        Pass.OnNumbers(
            PermuteDenseRows.Apply,
            "When transposes have sunk as far as they can: before a matrix one is nothing but the order of its rows."),
        // q → Affine +3 → Affine −3 → Affine ·0.25 ⇒ q → Affine ·0.25
        Pass.OnNumbers(
            CancelZeroPoints.Apply,
            "A zero-point that is added is taken off again: then scales stand right behind integers."),
        // x, Reduce Max of x → Elementwise Sub → y ⇒ x, Reduce Max of x → Elementwise Sub → Clip ≤ 0 → y
        Pass.OnNumbers(
            BoundDifferences.Apply,
            "Ranges know each operand alone: that no element is above the largest they have to be told."),
        // q → Affine ·0.25 → Dense of integers ⇒ q → Dense of integers → Affine ·0.25
        Pass.OnNumbers(
            SinkScales.Apply,
            "Products of quantized values are products of integers: their scales move behind them."),
        // p → Affine ·0.25 → Rectifier → IntegerQuantize ⇒ p → Requantize by (Affine, Rectifier, IntegerQuantize)
        Pass.OnNumbers(
            CollapseQuantizers.Apply,
            "What stands between an integer product and the next quantizer is one step function, computed exactly."),
        // x → ElementwiseFunction Sigmoid → Requantize ⇒ x → QuantizedFunction Sigmoid
        Pass.OnNumbers(
            QuantizeFunctions.Apply,
            "A function before such a step function is one with it: nothing is rounded between them."),
        // x → Rectifier → FixedQuantize ⇒ x → FixedQuantize that rectifies
        Pass.OnNumbers(
            RectifyInQuantizers.Apply,
            "A quantizer keeps fewer bits than the sum that is rectified: then the sign masks those alone."),
        // x → Quotient 4 ⇒ x → Affine ·0.25
        Pass.OnNumbers(
            QuotientsToFactors.Apply,
            "A quotient that no quantizer has taken up may be rounded, and a factor fuses."),
        // x → Dense W → Affine ·s +t ⇒ x → Dense W·s, t
        Pass.OnNumbers(
            FuseAffine.Apply,
            "When quantizers have their factors: those that are left disappear in the products before them."),
        // x → Dense → y, x → Affine ⇒ x → Dense → y
        Pass.OnNumbers(
            RemoveUnused.Apply,
            "What no output depends on is no hardware."),
        // x → Dense W, b → FixedQuantize RND ⇒ x → Dense W, b + ½ → FixedQuantize TRN
        Pass.OnNumbers(
            HalvesInSums.Apply,
            "When the products before have all their addends: the half that rounding adds is one constant with them."),
        // x[1,4,4,2] → Convolution of 3 units, inputs 2 apart
        // ⇒ x[1,4,4,2] → Convolution of 12 units → Reshape → Transpose → Reshape
        Pass.OnNumbers(
            SplitTransposedConvolutions.Apply,
            "When nothing stands between its sums and what was fused with them."),
        // fc = Dense, fc = Reshape ⇒ fc = Dense, fc_2 = Reshape
        Pass.OnNumbers(
            UniqueNames.Apply,
            "Copies have their original's name: from here on a name means one node, and settings find it."),
        // TestInputs = data/x.npy ⇒ 1000 samples, channels-last where the inputs are
        new(nameof(LoadVectors), Real,
            "Later passes ask how large values are, and what an error costs at the outputs.",
            LoadVectors),
        // x [pt to 200, eta to 3] → Dense W ⇒ x → Align 2^[−8, −2] → Dense 2^[8, 2]·W
        new(nameof(AlignFeatures), Real,
            "Features of different scale come to one scale: then one type is as fine as each of them needs.",
            Align),
        // x → Dense W → Rectifier → Dense [[4, 4], [½, ½]] ⇒ x → Dense W·2^[0, −3] → Rectifier → Dense [[4, 4], [4, 4]]
        new(nameof(EqualizeGains), Real,
            "Channels that matter less come to a smaller scale: a bit of one type matters as much in each of them.",
            Equalize),
        // x [pt, eta] → Forest ⇒ x → Forest of pt in ufixed<7,6>, eta in fixed<5,2>
        new(nameof(FeatureGrids), Real,
            "Trees ask nothing but on which side of a threshold a feature lies: a grid is as fine as that needs.",
            GridFeatures),
        // fc ⇒ fc in [−3.2, 7.9]
        new(nameof(Calibrate), Real,
            "The network has all its values: the vectors tell the range of each.",
            Calibrate),

        // HlsLayer fc, ResultPrecision = fixed(16,6) ⇒ fc: this type, weights of any, a reuse factor of any
        new(nameof(DesignPoint), Typed,
            "The project pins parts of the design; later passes decide the rest, and write it into the same record.",
            Pin),
        // x → Dense fc ⇒ x → Dense fc with 9 bits of weights, 7 fraction bits of results
        new(nameof(WidthSearch), Typed,
            "With vectors auto is as coarse as the outputs' budget allows. What was measured stays typed as it was.",
            ChooseWidths),
        // x → Dense fc ⇒ x: fixed<16,6> → Dense fc: fixed<33,13> → Quantize fc: fixed<16,6>
        new(nameof(AssignTypes), Typed,
            "Every value gets a type and a range, every constant mantissas; from here on no number is real.",
            Type),
        // x → Dense h → Dense, its third row zero ⇒ x → Dense h, its third unit zero → Dense
        new(nameof(DropUnreadElements), Typed,
            "When mantissas are known: what pruning has left without readers, and what never changes.",
            DropUnread),
        // Dense p: fixed<20,10> → Requantize with steps of 1/4
        // ⇒ Dense p: fixed<20,10> → Quantize p: fixed<12,10> → Requantize with steps of 1/4
        new(nameof(DropUnseenBits), Typed,
            "When sums are as small as they get: bits that no quantizer behind them can tell apart.",
            DropUnseen),

        // Dense fc: fixed<33,13> → Quantize fc: fixed<16,6> ⇒ layer fc
        new(nameof(GroupLayers), Planned,
            "An operation and the conversion of its result are one function, one process, one row of the report.",
            Group),
        // layer conv on x[1,8,8,3] ⇒ layer conv, a line buffer that takes 64 items of 3 elements
        new(nameof(PlanStreams), Planned,
            "In io_stream, before what asks how long a layer takes, or how many words it keeps.",
            PlanStreams),
        // layer fc of 16 × 64 products, an interval of 128 cycles ⇒ layer fc, reuse factor 128
        new(nameof(TargetInterval), Planned,
            "Where the project leaves pixels at a time and reuse factors open, no layer is faster than needed.",
            MeetInterval),
        // layer fc, Resource, reuse factor 128 ⇒ layer fc, 128 words in block RAM
        new(nameof(WeightMemories), Planned,
            "Last, since a reuse factor says how many words a memory has.",
            PlaceWeights),
    ];

    /// <summary>Runs passes over a model; after one that has reported an error no other runs.</summary>
    /// <param name="draft">The model.</param>
    /// <param name="passes">The passes, in order.</param>
    /// <param name="after">Sees what each of them has made; null for nobody.</param>
    /// <exception cref="CompilationFailedException">An error was reported.</exception>
    /// <exception cref="ModelException">The model or an option of it has to be mended.</exception>
    public static Draft Run(Draft draft, IEnumerable<Pass> passes, Action<Pass, Draft>? after = null)
    {
        foreach (Pass pass in passes)
        {
            draft = pass.Apply(draft);
            after?.Invoke(pass, draft);
            if (draft.Diagnostics.HasErrors)
                throw new CompilationFailedException();
        }
        return draft;
    }

    /// <summary>A network after all transforms that need nothing but it.</summary>
    public static Network Simplified(Network network)
    {
        ModelOptions none = new() { ModelPath = "", Source = "", ModelName = "", ClassName = "" };
        Draft draft = new(none, new DiagnosticBag("")) { Network = network };
        return Run(draft, All.Where(p => p.Transform is not null)).Network;
    }
}
