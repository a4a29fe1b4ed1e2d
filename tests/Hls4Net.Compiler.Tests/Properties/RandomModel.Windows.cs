namespace Hls4Net.Tests.Properties;

/// <summary>Convolutions and poolings of random models: every attribute occurs.</summary>
internal sealed partial class RandomModel
{
    private int[]? Convolution(string x, int[] shape, string y)
    {
        if (shape.Length is < 3 or > 4 || shape[1] > 8)
            return null;
        bool transposed = _random.Next(4) == 0;
        int[] divisors = [.. Enumerable.Range(1, shape[1]).Where(d => shape[1] % d == 0)];
        int groups = _random.Next(2) == 0 ? 1 : Pick(divisors), channels = shape[1] / groups,
            units = groups * _random.Next(1, 4);
        Axis[] axes = [.. shape[2..].Select(size => MakeAxis(size, transposed))];
        int[] result = [shape[0], units, .. axes.Select(a => transposed ? a.TransposedOutputs : a.Outputs)];
        if (result.Any(d => d is < 1 or > 12))
            return null;
        string weights = Constant(transposed ? [shape[1], units / groups, .. axes.Select(a => a.Kernel)]
            : [units, channels, .. axes.Select(a => a.Kernel)]);
        string[] inputs = _random.Next(2) == 0 ? [x, weights] : [x, weights, Constant([units])];
        List<(string, object)> attributes = [.. Attributes(axes)];
        if (groups > 1)
            attributes.Add(("group", groups));
        _model.Node(transposed ? "ConvTranspose" : "Conv", inputs, y, [.. attributes]);
        return result;
    }

    private int[]? Pool(string x, int[] shape, string y)
    {
        if (shape.Length is < 3 or > 4)
            return null;
        if (_random.Next(4) == 0)
        {
            _model.Node(Pick("GlobalMaxPool", "GlobalAveragePool"), [x], y);
            return [.. shape[..2], .. shape[2..].Select(_ => 1)];
        }
        Axis[] axes = [.. shape[2..].Select(size => MakeAxis(size, transposed: false) with { Dilation = 1 })];
        axes = [.. axes.Select(a =>
            a with { Before = Math.Min(a.Before, a.Kernel - 1), After = Math.Min(a.After, a.Kernel - 1) })];
        int[] result = [.. shape[..2], .. axes.Select(a => a.Outputs)];
        if (result.Any(d => d < 1))
            return null;
        List<(string, object)> attributes = [("kernel_shape", axes.Select(a => (long)a.Kernel).ToArray()),
            .. Attributes(axes).Where(a => a.Name != "dilations")];
        bool average = _random.Next(2) == 0;
        if (average && _random.Next(2) == 0)
            attributes.Add(("count_include_pad", 1));
        _model.Node(average ? "AveragePool" : "MaxPool", [x], y, [.. attributes]);
        return result;
    }

    private Axis MakeAxis(int size, bool transposed)
    {
        int kernel = _random.Next(1, Math.Min(transposed ? 3 : 4, size + 2)), stride = _random.Next(1, 3),
            dilation = _random.Next(4) == 0 ? 2 : 1;
        return new Axis(size, kernel, stride, _random.Next(0, kernel), _random.Next(0, kernel), dilation);
    }

    private static (string Name, object Value)[] Attributes(Axis[] axes) =>
    [
        ("strides", axes.Select(a => (long)a.Stride).ToArray()),
        ("pads", axes.Select(a => (long)a.Before).Concat(axes.Select(a => (long)a.After)).ToArray()),
        ("dilations", axes.Select(a => (long)a.Dilation).ToArray()),
    ];

    private sealed record Axis(int Size, int Kernel, int Stride, int Before, int After, int Dilation)
    {
        private int Extent => ((Kernel - 1) * Dilation) + 1;

        public int Outputs => Size + Before + After < Extent ? 0 : ((Size + Before + After - Extent) / Stride) + 1;

        public int TransposedOutputs => (Stride * (Size - 1)) + Extent - Before - After;
    }
}
