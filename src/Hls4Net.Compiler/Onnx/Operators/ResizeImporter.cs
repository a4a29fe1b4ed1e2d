using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using AttributeType = Hls4Net.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace Hls4Net.Onnx.Operators;

/// <summary>
/// Resize and Upsample, axis by axis: to the nearest elements, which is wiring, or a product with the constant matrix
/// of a linear or cubic interpolation.
/// </summary>
internal static class ResizeImporter
{
    /// <summary>How elements of one axis are found.</summary>
    /// <param name="Size">Of the input.</param>
    /// <param name="Result">Of the output.</param>
    /// <param name="Scale">The factor, of which <c>Size · Scale</c> need not be the output's size.</param>
    /// <param name="Start">The region of interest, as parts of the input.</param>
    private sealed record Axis(int Size, int Result, double Scale, double Start = 0, double End = 1);

    public static Operand Upsample(ImportNode node)
    {
        Operand x = node.Input(0);
        double[] scales = node.Opset < 9
            ? node.Attribute("scales", AttributeType.Floats)?.Floats.Select(f => (double)f).ToArray()
            ?? throw node.Fail(Descriptors.InvalidGraph, "has no scales")
            : [.. node.RequireConstant(1, "scales").Values];
        string mode = node.Text("mode", "nearest");
        return Resized(node, x, Scaled(node, x.Shape, scales), mode, "asymmetric", "floor");
    }

    public static Operand Resize(ImportNode node)
    {
        Operand x = node.Input(0);
        string mode = node.Text("mode", "nearest");
        if (node.Opset < 11)
            return Resized(node, x, Scaled(node, x.Shape, [.. node.RequireConstant(1, "scales").Values]), mode,
                "asymmetric", "floor");
        string coordinates = node.Text("coordinate_transformation_mode", "half_pixel"),
            nearest = node.Text("nearest_mode", "round_prefer_floor");
        ImmutableArray<int> axes = node.Ints("axes") is ImmutableArray<int> named
            ? [.. named.Select(a => node.Axis(a, x.Shape.Rank))] : [.. Enumerable.Range(0, x.Shape.Rank)];
        string policy = node.Text("keep_aspect_ratio_policy", "stretch");
        Constant? region = node.TryConstant(1, "region"), scales = node.TryConstant(2, "scales"),
            sizes = node.TryConstant(3, "sizes");
        Axis[] whole = [.. x.Shape.Dimensions.Select(d => new Axis(d, d, 1))];
        Axis[] named2 = sizes is { Values.Length: > 0 } ? Sized(node, x.Shape, axes, sizes, policy)
            : scales is { Values.Length: > 0 }
            ? Scaled(node, new Shape([.. axes.Select(a => x.Shape[a])]), [.. scales.Values])
            : throw node.Fail(Descriptors.InvalidGraph, "has neither scales nor sizes");
        for (int k = 0; k < axes.Length; k++)
            whole[axes[k]] = coordinates == "tf_crop_and_resize" && region is not null
                && region.Values.Length == 2 * axes.Length
                ? named2[k] with { Start = region.Values[k], End = region.Values[axes.Length + k] }
                : named2[k];
        if (coordinates == "tf_crop_and_resize" && region?.Values.Length != 2 * axes.Length)
            throw node.Fail(Descriptors.InvalidShape, "has no region of interest for each axis");
        return Resized(node, x, whole, mode, coordinates, nearest);
    }

    private static Operand Resized(ImportNode node, Operand x, Axis[] axes, string mode, string coordinates,
        string nearest)
    {
        double outside = node.Float("extrapolation_value", 0), cubic = node.Float("cubic_coeff_a", -0.75f);
        bool antialias = node.Int("antialias", 0) != 0, exclude = node.Int("exclude_outside", 0) != 0;
        _ = node.Reserved([.. axes.Select(a => (double)a.Result)]);
        if (axes.Any(a => a.Size == 0))
            throw node.Fail(Descriptors.InvalidShape, $"resizes {x.Shape}, which has no elements");
        if (mode == "nearest")
        {
            ImmutableArray<int>[] lists =
                [.. axes.Select(axis => ImmutableArray.CreateRange(Enumerable.Range(0, axis.Result).Select(i =>
                Position(node, axis, i, coordinates) is double p
                    ? Math.Clamp(Nearest(node, p, nearest), 0, axis.Size - 1) : -1)))];
            return MovementImporter.Moved(node, node.Proto.OpType, x, lists, Constant.Scalar(outside));
        }
        if (mode is not ("linear" or "bilinear" or "cubic"))
            throw node.Fail(Descriptors.UnsupportedForm, $"has the mode '{mode}', which ONNX does not define");
        for (int k = 0; k < axes.Length; k++)
        {
            Axis axis = axes[k];
            double[] weights = new double[node.Reserved(axis.Size, axis.Result).Size],
                addends = new double[axis.Result];
            (int At, double Weight)[][] taps = [.. Enumerable.Range(0, axis.Result)
                .Select(i => Position(node, axis, i, coordinates) is double position
                ? Interpolate(position, axis, antialias ? Math.Min(axis.Scale, 1) : 1, antialias, exclude,
                    mode == "cubic" ? u => Cubic(u, cubic) : u => Math.Max(0, 1 - u), mode == "cubic" ? 2 : 1)
                : [])];
            if (k >= 2 && !exclude && Convolved(node, x, k, axis, taps) is Operand convolved)
            {
                x = convolved;
                continue;
            }
            for (int i = 0; i < axis.Result; i++)
            {
                foreach ((int at, double weight) in taps[i])
                    weights[(Math.Clamp(at, 0, axis.Size - 1) * axis.Result) + i] += weight;
                addends[i] = taps[i].Length == 0 ? outside : 0;
            }
            if (axis.Size == axis.Result && addends.All(a => a == 0)
                && weights.Select((w, i) => w == (i / axis.Result == i % axis.Result ? 1 : 0)).All(same => same))
                continue;
            Constant? bias = addends.All(a => a == 0) ? null
                : new Constant(new Shape(axis.Result), ImmutableArray.Create(addends));
            x = ReductionImporter.Along(node, x, k,
                new Dense(new Constant(new Shape(axis.Size, axis.Result), ImmutableArray.Create(weights)), bias),
                $"axis{k}");
        }
        return x;
    }

    // By a whole factor outputs meet the elements around them with weights that depend on their distance alone: a
    // transposed convolution of the axis with its ends repeated. Null where it is not so.
    private static Operand? Convolved(ImportNode node, Operand x, int k, Axis axis, (int At, double Weight)[][] taps)
    {
        int factor = axis.Result / axis.Size, rank = x.Shape.Rank, channels = x.Shape[1];
        if (factor < 2 || axis.Result != axis.Size * factor || taps.Any(t => t.Length == 0))
            return null;
        SortedDictionary<int, double> weights = [];
        for (int i = 0; i < axis.Result; i++)
        {
            foreach ((int at, double weight) in taps[i].Where(t => t.Weight != 0))
            {
                // Positions are of float32.
                if (!weights.TryAdd(i - (at * factor), weight) && Math.Abs(weights[i - (at * factor)] - weight) > 1e-6)
                    return null;
            }
        }
        IEnumerable<int> met = taps.SelectMany(t => t.Where(w => w.Weight != 0).Select(w => w.At));
        int farthest = weights.Keys.Last(), size = farthest - weights.Keys.First() + 1,
            before = Math.Max(0, -met.Min()), after = Math.Max(0, met.Max() - axis.Size + 1);
        if (taps.Select(t => t.Where(w => w.Weight != 0).Sum(w => w.Weight)).Any(sum => Math.Abs(sum - 1) > 1e-5))
            return null;
        int elements = axis.Size + before + after, pad = farthest - (before * factor);
        WindowAxis window = new(size, 1, pad, axis.Result - 2 - ((elements - 1) * factor) + size - pad, 1, factor);
        double[] kernel = [.. Enumerable.Range(0, size)
            .SelectMany(tap => Enumerable.Repeat(weights.GetValueOrDefault(farthest - tap), channels))];
        ImmutableArray<int>[] lists = [.. x.Shape.Dimensions.Select((d, a) => a == k
            ? ImmutableArray.CreateRange(Enumerable.Range(-before, elements).Select(i => Math.Clamp(i, 0, d - 1)))
            : [.. Enumerable.Range(0, d)])];
        Operand repeated = before + after == 0 ? x
            : node.Emit(new Rearrange("Pad", [.. lists]), x, $"axis{k}_ends", inner: true);
        Dense matrix = new(new Constant(new Shape(size, channels), ImmutableArray.Create(kernel)), null);
        return WindowAttributes.ChannelsLast(node, repeated, last => node.Emit(
            new Convolution(matrix,
                new Window([.. Enumerable.Range(2, rank - 2).Select(a => a == k ? window : new WindowAxis(1))]),
                channels), last, $"axis{k}"));
    }

    // The kernel over the elements around a position, within the axis and beyond its ends; wider where antialiasing
    // spreads it.
    private static (int At, double Weight)[] Interpolate(double position, Axis axis, double scale, bool normalise,
        bool exclude, Func<double, double> kernel, int reach)
    {
        double below = Math.Ceiling(position) - 1;
        int start = (int)Math.Floor(-reach / scale) + 1;
        (int At, double Weight)[] taps = [.. Enumerable.Range(start, 2 - (2 * start))
            .Select(t => ((int)(below + t), kernel(Math.Abs(below + t - position) * scale)))];
        if (exclude)
            taps = [.. taps.Where(t => t.At >= 0 && t.At < axis.Size)];
        double sum = normalise || exclude ? taps.Sum(t => t.Weight) : 1;
        return [.. taps.Select(t => (t.At, t.Weight / sum))];
    }

    private static double Cubic(double u, double a) =>
        u <= 1 ? ((((a + 2) * u) - (a + 3)) * u * u) + 1
        : u < 2 ? ((((a * u) - (5 * a)) * u) + (8 * a)) * u - (4 * a)
        : 0;

    // Where an element lies in the input; null outside of it for tf_crop_and_resize. In float, as the definition has
    // it: a scale of 1/3 is no third, and 3 / scale must be 9 all the same.
    private static double? Position(ImportNode node, Axis axis, int i, string mode)
    {
        double length = (float)(axis.Size * axis.Scale);
        double position = mode switch
        {
            "half_pixel" => ((i + 0.5) / axis.Scale) - 0.5,
            "half_pixel_symmetric" => (axis.Size / 2.0 * (1 - (axis.Result / length))) + ((i + 0.5) / axis.Scale) - 0.5,
            "pytorch_half_pixel" => axis.Result > 1 ? ((i + 0.5) / axis.Scale) - 0.5 : 0,
            "align_corners" => length == 1 ? 0 : i * (axis.Size - 1) / (length - 1),
            "asymmetric" => i / axis.Scale,
            "tf_half_pixel_for_nn" => (i + 0.5) / axis.Scale,
            "tf_crop_and_resize" => (axis.Start * (axis.Size - 1))
                + (length == 1 ? (axis.End - axis.Start) * (axis.Size - 1) / 2
                    : i * (axis.End - axis.Start) * (axis.Size - 1) / (length - 1)),
            _ => throw node.Fail(Descriptors.UnsupportedForm,
                $"has the coordinate_transformation_mode '{mode}', which ONNX does not define"),
        };
        position = (float)position;
        if (!double.IsFinite(position))
            throw node.Fail(Descriptors.InvalidShape, $"finds element {i} at {position}");
        return mode == "tf_crop_and_resize" && (position < 0 || position > axis.Size - 1) ? null
            : Math.Clamp(position, -2.0 * axis.Size - 8, 2.0 * axis.Size + 8);
    }

    private static int Nearest(ImportNode node, double position, string mode) => (int)(mode switch
    {
        "round_prefer_floor" => Math.Ceiling(position - 0.5),
        "round_prefer_ceil" => Math.Floor(position + 0.5),
        "floor" => Math.Floor(position),
        "ceil" => Math.Ceiling(position),
        _ => throw node.Fail(Descriptors.UnsupportedForm, $"has the nearest_mode '{mode}', which ONNX does not define"),
    });

    private static Axis[] Scaled(ImportNode node, Shape x, double[] scales)
    {
        if (scales.Length != x.Rank || scales.Any(s => !(s > 0) || !double.IsFinite(s)))
            throw node.Fail(Descriptors.InvalidShape, $"has the scales [{string.Join(", ", scales)}] for {x}");
        return [.. scales.Select((s, a) => new Axis(x[a], node.Reserved(Math.Floor((float)(x[a] * s))).Size, s))];
    }

    private static Axis[] Sized(ImportNode node, Shape x, ImmutableArray<int> axes, Constant sizes, string policy)
    {
        if (sizes.Values.Length != axes.Length || axes.Any(a => x[a] == 0))
            throw node.Fail(Descriptors.InvalidShape, $"has {sizes.Values.Length} sizes for {axes.Length} axes of {x}");
        double[] scales = [.. axes.Select((axis, k) => sizes.Values[k] / x[axis])];
        if (policy is not ("stretch" or "not_larger" or "not_smaller"))
            throw node.Fail(Descriptors.UnsupportedForm,
                $"has the keep_aspect_ratio_policy '{policy}', which ONNX does not define");
        if (policy == "stretch")
            return [.. axes.Select((axis, k) => new Axis(x[axis], node.Reserved(sizes.Values[k]).Size, scales[k]))];
        double scale = policy == "not_larger" ? scales.Min() : scales.Max();
        return [.. axes.Select(axis => new Axis(x[axis], node.Reserved(Math.Floor((x[axis] * scale) + 0.5)).Size,
            scale))];
    }
}
