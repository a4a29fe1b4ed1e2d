using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Text;

namespace Hls4Net.Hls.Emitters;

/// <summary>A convolution on arrays: each output pixel's window, then the product with the kernel.</summary>
internal static class ConvolutionEmitter
{
    public static void Emit(LayerSource source, Convolution convolution)
    {
        CppWriter body = source.Body;
        Dialect dialect = source.Dialect;
        int channels = convolution.Channels, size = convolution.Window.Taps * channels;
        ProductEmitter product = new(source, convolution.Kernel, convolution.IsBinary(source.Layer.Input),
            convolution.Groups, convolution.GroupChannels, rows: Window.Pixels(source.Layer.Output.Shape));
        if (source.InputSize == size && convolution.Window.IsInside)
        {
            // The input is the window.
            product.Row(i => $"x[{i}]", j => $"y[{j}]");
            return;
        }
        WindowEmitter.Pixels(source, convolution.Window, unrolled: !product.IsSequential, pixel =>
        {
            body.Line($"{source.InputType} window[{size}];");
            body.Pragmas(dialect.Partition("window"));
            WindowEmitter.Taps(source, convolution.Window, (tap, inside, element) =>
            {
                using (body.Loop(null, "i", channels, dialect.Unroll()))
                {
                    string x = $"x[{element} * {channels} + i]";
                    body.Line(
                        $"window[{tap} * {channels} + i] = "
                        + $"{(inside is null ? x : $"{inside} ? {x} : {source.InputType}(0)")};");
                }
            });
            product.Row(i => $"window[{i}]", j => $"y[{pixel} * {convolution.Kernel.Units} + {j}]");
        });
    }
}
