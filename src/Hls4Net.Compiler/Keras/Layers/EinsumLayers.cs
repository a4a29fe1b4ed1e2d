using System.Collections.Immutable;
using Hls4Net.Graph;

namespace Hls4Net.Keras.Layers;

/// <summary>Products of a tensor and a kernel by an equation, and HGQ2's with a normalization folded in.</summary>
internal static class EinsumLayers
{
    // The library's own, whatever the configuration says.
    private const float Epsilon = 1e-7f;

    public static KerasTensor Dense(LayerCall call)
    {
        Constant? bias = Json.Get(call.Config, "bias_axes") is null ? null : call.Weight("bias", 1);
        if (!HgqLayer.Is(call))
            return DenseLayers.Activated(call, Product(call, call.Input, call.Weight("kernel", 0), bias));
        return HgqLayer.Result(call, Product(call, HgqLayer.Input(call, call.Input), HgqLayer.Kernel(call,
            call.Weight("kernel", 0)), bias is null ? null : HgqLayer.BiasOf(call, bias)));
    }

    /// <summary>A normalization of the result's axes folded into kernel and bias, which are quantized then.</summary>
    public static KerasTensor DenseBatchnorm(LayerCall call)
    {
        ImmutableArray<Constant> tensors = call.Weights.Tensors;
        bool scale = call.Weights.Find("gamma", -1) is not null || (call.Weights.IsNumbered && tensors.Length == 5);
        int place = 0;
        Constant kernel = HgqLayer.Tensor(call, "kernel", place++), bias = HgqLayer.Tensor(call, "bias", place++);
        Constant? gamma = scale ? HgqLayer.Tensor(call, "gamma", place++) : null;
        Constant mean = HgqLayer.Tensor(call, "moving_mean", place++),
            variance = HgqLayer.Tensor(call, "moving_variance", place);
        Constant factor = variance.Map(v => 1 / MathF.Sqrt((float)v + Epsilon));
        if (gamma is not null)
            factor = gamma.Zip(variance, (g, v) => (float)g / MathF.Sqrt((float)v + Epsilon));
        string equation = Equations.Expanded(call, call.Text("equation", ""), [call.Input.Rank, kernel.Shape.Rank]);
        string[] sides = equation.Split("->");
        string letters = sides[0].Split(',')[1];
        Constant scaled = Times(call, kernel, letters, factor, sides[1],
            call.Text("normalize_axes", call.Text("bias_axes", "")));
        Constant offset = bias.Zip(mean.Zip(factor, (m, s) => (float)m * (float)s).Reshape(bias.Shape),
            (b, d) => (float)b - (float)d);
        return HgqLayer.Result(call, Product(call, HgqLayer.Input(call, call.Input), HgqLayer.Kernel(call, scaled),
            HgqLayer.BiasOf(call, offset)));
    }

    /// <summary>
    /// A normalization of the input axis folded into kernel and bias; the bias gets the mean's product with the kernel
    /// as it is, as the library has it.
    /// </summary>
    public static KerasTensor BatchnormDense(LayerCall call)
    {
        int place = 0;
        Constant kernel = HgqLayer.Tensor(call, "kernel", place++);
        Constant? bias = call.Flag("use_bias", true) ? HgqLayer.Tensor(call, "bias", place++) : null;
        int rows = kernel.Shape[0], units = kernel.Shape[1];
        ImmutableArray<Constant> tensors = call.Weights.Tensors;
        bool scale = call.Weights.Find("bn_gamma", -1) is not null
            || (call.Weights.IsNumbered && tensors.Length == place + 3);
        Constant? gamma = scale ? HgqLayer.Tensor(call, "bn_gamma", place++) : null;
        Constant mean = HgqLayer.Tensor(call, "moving_mean", place++),
            variance = HgqLayer.Tensor(call, "moving_variance", place);
        float epsilon = (float)call.Number("epsilon", call.Number("bn_epsilon", 1e-3));
        double[] weights = new double[rows * units];
        float[] offset = new float[units];
        for (int i = 0; i < rows; i++)
        {
            float factor = (gamma is null ? 1 : (float)gamma.Values[i])
                / MathF.Sqrt((float)variance.Values[i] + epsilon);
            for (int j = 0; j < units; j++)
            {
                float w = (float)kernel.Values[(i * units) + j];
                weights[(i * units) + j] = factor * w;
                offset[j] += (float)mean.Values[i] * w;
            }
        }
        Constant shifted = new(new Shape(units), [.. offset.Select((o, j) =>
            (double)((bias is null ? 0 : (float)bias.Values[j]) - o))]);
        return HgqLayer.Result(call, DenseLayers.Product(call, HgqLayer.Input(call, call.Input), HgqLayer.Kernel(call,
            new Constant(kernel.Shape, [.. weights])), HgqLayer.BiasOf(call, shifted)));
    }

    /// <summary>The equation's product and a bias, which broadcasts.</summary>
    public static KerasTensor Product(LayerCall call, KerasTensor x, Constant kernel, Constant? bias,
        string? equation = null)
    {
        string text = Equations.Expanded(call, equation ?? call.Text("equation", ""), [x.Rank, kernel.Shape.Rank]);
        // The usual one is a matrix product of the last axis.
        if (IsDense(text))
            return DenseLayers.Product(call, x, kernel, bias);
        KerasTensor y = Equations.Emit(call, text, null, [x, call.Constant("kernel", kernel)]);
        return bias is null ? y : call.Pair("Add", "bias", y, call.Constant("bias_values", bias));
    }

    private static bool IsDense(string equation)
    {
        string[] sides = equation.Split("->"), terms = sides[0].Split(',');
        return terms[1].Length == 2 && terms[0][^1] == terms[1][0] && sides[1] == terms[0][..^1] + terms[1][1]
            && terms[0].Distinct().Count() == terms[0].Length;
    }

    // The factors lie along axes of the result, which are axes of the kernel too.
    private static Constant Times(LayerCall call, Constant kernel, string letters, Constant factor, string result,
        string axes)
    {
        if (axes.Length == 0 || axes.Any(a => !letters.Contains(a, StringComparison.Ordinal)))
            throw call.Unsupported($"normalizes the axes '{axes}', which the kernel '{letters}' does not have");
        string ordered = string.Concat(result.Where(axes.Contains));
        if (ordered.Length != axes.Length)
            throw call.Unsupported($"normalizes the axes '{axes}', which the result '{result}' does not have");
        int[] strides = new int[letters.Length];
        int step = 1;
        foreach (char axis in ordered.Reverse())
        {
            int at = letters.IndexOf(axis, StringComparison.Ordinal);
            strides[at] = step;
            step *= kernel.Shape[at];
        }
        if (step != factor.Values.Length)
            throw call.Fail(Diagnostics.Descriptors.InvalidShape,
                $"has {factor.Values.Length} factors for axes of {step} elements");
        double[] values = new double[kernel.Values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int rest = i, at = 0;
            for (int a = letters.Length - 1; a >= 0; a--)
            {
                at += rest % kernel.Shape[a] * strides[a];
                rest /= kernel.Shape[a];
            }
            values[i] = (float)kernel.Values[i] * (float)factor.Values[at];
        }
        return new Constant(kernel.Shape, [.. values]);
    }
}
