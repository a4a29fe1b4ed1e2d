using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Transforms;

/// <summary>
/// Folds constant factors and addends into the product before them (a batch normalization's, a bias), and joins those
/// that follow one another. Only where the value between is read by nothing else.
/// </summary>
internal static class FuseAffine
{
    public static Network Apply(Network network)
    {
        Dictionary<Value, int> readers = network.CountReaders();
        // A fused node's output takes the place of the second node's, so whether the value between was shared is asked
        // of the old network.
        HashSet<Value> shared = [.. readers.Where(r => r.Value > 1).Select(r => r.Key)];
        return Rewriter.Run(network, (rewriter, node) =>
        {
            if (node.Operation is Affine affine && !shared.Contains(node.Inputs[0])
                && rewriter.OnlyMaker(node) is Node maker && Fused(maker, affine) is Operation fused && IsFinite(fused))
            {
                Value result = rewriter.Add(maker with { Output = node.Output, IsInner = node.IsInner }, fused,
                    maker.Inputs);
                if (shared.Contains(node.Output))
                    shared.Add(result);
                return result;
            }
            return rewriter.Keep(node);
        });
    }

    private static Operation? Fused(Node maker, Affine affine)
    {
        Shape shape = maker.Output.Shape;
        if (affine.OutputShape([shape]) != shape)
            return null;
        switch (maker.Operation)
        {
            case Dense dense:
                return Fused(dense, affine, shape);
            case Convolution convolution:
                return Fused(convolution.Kernel, affine, shape) is Dense kernel ? convolution with { Kernel = kernel }
                    : null;
            // What a sum is divided by belongs to it: rounded once.
            case Pool { Function: PoolKind.Sum, Scale: null } pool when affine.Shift is null:
                return pool with { Scale = affine.Scale };
            case Affine first when first.OutputShape([maker.Inputs[0].Shape]) == maker.Inputs[0].Shape:
                return new Affine(Product(first.Scale, affine.Scale),
                    Sum(first.Shift is null ? null : Product(first.Shift, affine.Scale), affine.Shift));
            default:
                return null;
        }
    }

    private static Dense? Fused(Dense dense, Affine affine, Shape shape)
    {
        if (dense is not { Accumulator: null, IntegerWeights: false })
            return null;
        Constant? scale = affine.Scale?.AsLastAxis(shape, dense.Units),
            shift = affine.Shift?.AsLastAxis(shape, dense.Units);
        if (scale is null != affine.Scale is null || shift is null != affine.Shift is null)
            return null;
        return new Dense(
            scale is null ? dense.Weights : dense.Weights.Zip(scale.BroadcastTo(dense.Weights.Shape), (w, s) => w * s),
            Sum(scale is null || dense.Bias is null ? dense.Bias : dense.Bias.Zip(scale, (b, s) => b * s), shift));
    }

    // Two huge factors may be representable one after the other, but not as one.
    private static bool IsFinite(Operation operation) =>
        operation.Constants.All(c => c.Constant.Values.All(double.IsFinite));

    private static Constant? Sum(Constant? a, Constant? b) => a is null ? b : b is null ? a
        : Combined(a, b, (x, y) => x + y);

    private static Constant? Product(Constant? a, Constant? b) => a is null ? b : b is null ? a
        : Combined(a, b, (x, y) => x * y);

    // No larger than the two need: a channel's factors do not become an image's.
    private static Constant Combined(Constant a, Constant b, Func<double, double, double> function)
    {
        Shape shape = Shape.Broadcast(a.Shape, b.Shape)!.Value;
        return a.BroadcastTo(shape).Zip(b.BroadcastTo(shape), function);
    }
}
