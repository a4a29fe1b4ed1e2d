namespace Hls4Net.Tests.Properties;

/// <summary>What changes an image's size, norms of several axes, contractions, and the rarer movements.</summary>
internal sealed partial class RandomModel
{
    private int[]? Resampled(string x, int[] shape, string y)
    {
        if (shape.Length < 3)
            return null;
        int[] factors = [.. shape.Select((_, axis) => axis < 2 ? 1 : _random.Next(1, 4))];
        string scales = _model.Fresh("c");
        _model.Weights(scales, [shape.Length], [.. factors.Select(f => (double)f)]);
        string mode = Pick("nearest", "nearest", "linear");
        if (_random.Next(2) == 0)
            _model.Node("Upsample", [x, scales], y, ("mode", mode));
        else
            _model.Node("Resize", [x, "", scales], y, ("mode", mode),
                ("coordinate_transformation_mode", Pick("half_pixel", "asymmetric", "align_corners")));
        return [.. shape.Zip(factors, (d, f) => d * f)];
    }

    private int[]? Blocks(string x, int[] shape, string y)
    {
        if (shape.Length != 4)
            return null;
        (int channels, int height, int width) = (shape[1], shape[2], shape[3]);
        if (channels % 4 == 0 && _random.Next(2) == 0)
        {
            _model.Node("DepthToSpace", [x], y, ("blocksize", 2), ("mode", Pick("DCR", "CRD")));
            return [shape[0], channels / 4, height * 2, width * 2];
        }
        if (height % 2 != 0 || width % 2 != 0)
            return null;
        _model.Node("SpaceToDepth", [x], y, ("blocksize", 2));
        return [shape[0], channels * 4, height / 2, width / 2];
    }

    private int[]? Contracted(string x, int[] shape, string y)
    {
        switch (shape.Length)
        {
            case 2:
                _model.Node("Einsum", [x, Constant([shape[1], 3])], y, ("equation", Pick("ni,ij->nj", "ni, ij -> nj")));
                return [shape[0], 3];
            case 3 when _random.Next(2) == 0:
                _model.Node("Einsum", [x, x], y, ("equation", "nac,nbc->nab"));
                return [shape[0], shape[1], shape[1]];
            case 3:
                _model.Node("Einsum", [x], y, ("equation", "nab->nb"));
                return [shape[0], shape[2]];
            case 4 when _random.Next(2) == 0:
                _model.Node("Einsum", [x, Constant([2, shape[1]])], y, ("equation", "nchw,kc->nkhw"));
                return [shape[0], 2, shape[2], shape[3]];
            case 4:
                _model.Node("Einsum", [x, x], y, ("equation", "nchw,ncxw->nchx"));
                return [.. shape[..3], shape[2]];
            default:
                return null;
        }
    }

    private int[]? NormalizedTogether(string x, int[] shape, string y)
    {
        if (shape.Length < 3)
            return null;
        if (_random.Next(2) == 0)
            return Plain("MeanVarianceNormalization", x, shape, y,
                ("axes",
                    Pick<long[]>([1], [2], [1, 2], [.. Enumerable.Range(2, shape.Length - 2).Select(a => (long)a)])));
        int groups = Pick([.. Enumerable.Range(1, shape[1]).Where(g => shape[1] % g == 0)]);
        _model.Node("GroupNormalization", [x, Constant([groups]), Constant([groups])], y, ("num_groups", groups));
        return shape;
    }

    private int[]? Moved(string x, int[] shape, string y)
    {
        int axis = _random.Next(shape.Length);
        switch (_random.Next(7))
        {
            case 0 when shape.Length > 1:
                _model.Node("Trilu", [x], y, ("upper", _random.Next(2)));
                return shape;
            case 1 when shape.Length > 1:
                int time = axis == 0 ? 1 : axis;
                _model.Node("ReverseSequence",
                    [x, Integers([.. Enumerable.Range(0, shape[0])
                        .Select(_ => (long)_random.Next(1, shape[time] + 1))])], y, ("batch_axis", 0),
                        ("time_axis", time));
                return shape;
            case 2 when shape[axis] > 1:
                _model.Node("Split", [x], y, ("axis", axis));
                if (shape[axis] % 2 == 0)
                    _model.Last.Output.Add($"{y}_rest");
                return With(shape, axis, shape[axis] % 2 == 0 ? shape[axis] / 2 : shape[axis]);
            case 3 when shape.Length > 1:
                _model.Node("Flatten", [x], y);
                return [shape[0], shape[1..].Aggregate(1, (a, b) => a * b)];
            case 4 when shape.Length > 1:
                int row = _random.Next(shape[1]);
                _model.Node("GatherND", [x, Matrix([1, 2], 0, row)], y);
                return [1, .. shape[2..]];
            case 5:
                return Plain(Pick("Acos", "Asin", "Acosh", "Asinh", "Atanh", "Cos", "Cosh", "Sinh", "Tan"), x,
                    shape, y);
            case 6:
                string op = Pick("ReduceL2", "ReduceLogSum");
                _model.Node(op, [x], y, ("axes", new long[] { axis }));
                return With(shape, axis, 1);
            default:
                return null;
        }
    }

    private string Matrix(int[] shape, params long[] values)
    {
        string flat = Integers(values), name = _model.Fresh("s");
        _model.Node("Reshape", [flat, Integers([.. shape.Select(d => (long)d)])], name);
        return name;
    }
}
