using System.Collections.Immutable;
using Hls4Net.Keras.Layers;

namespace Hls4Net.Keras;

/// <summary>Translates a use of a layer; gives its results.</summary>
internal delegate ImmutableArray<KerasTensor> LayerTranslator(LayerCall call);

/// <summary>Classes of layers that are read alike.</summary>
/// <param name="Names">The classes; operations that are no layers have "ops." before their names.</param>
/// <param name="Translate">What translates a use.</param>
/// <param name="Becomes">What becomes of it, as the documentation has it.</param>
internal sealed record LayerClass(ImmutableArray<string> Names, LayerTranslator Translate, string Becomes);

/// <summary>The layers that are read, by the library that they are of; docs/keras.md is written from it.</summary>
internal static class LayerRegistry
{
    public static ImmutableArray<LayerClass> Keras { get; } =
    [
        Of(["Activation"], ActivationLayers.Activation, "the function's operator"),
        Of(["Add", "ops.Add"], MergeLayers.Of("Add"), "`Add`"),
        Of(["AlphaDropout", "ActivityRegularization", "Dropout", "GaussianDropout", "GaussianNoise", "Identity",
            "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"], ActivationLayers.Nothing, "nothing"),
        Of(["Average"], MergeLayers.Average, "`Add` and a factor"),
        Of(["AveragePooling1D", "AveragePooling2D", "AveragePooling3D"], PoolingLayers.Average,
            "`AveragePool` of the pixels in the image"),
        Of(["BatchNormalization"], NormalizationLayers.Batch, "a factor and an addend for each channel"),
        Of(["Bidirectional"], RecurrentLayers.Bidirectional,
            "the layer in both directions, and `Concat`, `Add` or `Mul`"),
        Of(["Concatenate"], MergeLayers.Concatenate, "`Concat`"),
        Of(["Conv1D", "Conv2D", "Conv3D"], ConvolutionLayers.Convolution, "`Conv`"),
        Of(["Conv1DTranspose", "Conv2DTranspose"], ConvolutionLayers.Transposed, "`ConvTranspose`"),
        Of(["Cropping1D", "Cropping2D"], ShapeLayers.Crop, "`Slice`"),
        Of(["Dense"], DenseLayers.Dense, "`Gemm`, of several axes `MatMul`"),
        Of(["DepthwiseConv1D", "DepthwiseConv2D"], ConvolutionLayers.Depthwise, "`Conv` with a group for each channel"),
        Of(["Dot"], MergeLayers.Dot, "`Einsum`"),
        Of(["ELU"], ActivationLayers.Elu, "`Elu`"),
        Of(["EinsumDense"], EinsumLayers.Dense, "`MatMul` or `Einsum`"),
        Of(["Flatten"], ShapeLayers.Flatten, "`Reshape`"),
        Of(["GRU", "LSTM", "SimpleRNN"], RecurrentLayers.Layer, "`GRU`, `LSTM`, `RNN`"),
        Of(["GlobalAveragePooling1D", "GlobalAveragePooling2D"], PoolingLayers.GlobalAverage, "`ReduceMean`"),
        Of(["GlobalMaxPooling1D", "GlobalMaxPooling2D"], PoolingLayers.GlobalMaximum, "`ReduceMax`"),
        Of(["InputLayer"], c => c.Input, "a port"),
        Of(["LayerNormalization"], NormalizationLayers.Layer, "`LayerNormalization` of the last axis"),
        Of(["LeakyReLU"], ActivationLayers.LeakyRelu, "`LeakyRelu`"),
        Of(["MaxPooling1D", "MaxPooling2D", "MaxPooling3D"], PoolingLayers.Maximum, "`MaxPool`"),
        Of(["Maximum"], MergeLayers.Of("Max"), "`Max`"),
        Of(["Minimum"], MergeLayers.Of("Min"), "`Min`"),
        Of(["MultiHeadAttention"], AttentionLayers.Keras, "`Einsum` products and `Softmax`"),
        Of(["Multiply"], MergeLayers.Of("Mul"), "`Mul`"),
        Of(["PReLU"], ActivationLayers.PRelu, "`PRelu`"),
        Of(["Permute"], ShapeLayers.Permute, "`Transpose`"),
        Of(["RNN"], RecurrentLayers.Around, "as the layer of its cell"),
        Of(["ReLU"], ActivationLayers.Relu, "`Relu`, `LeakyRelu`, `Clip`"),
        Of(["RepeatVector"], ShapeLayers.Repeat, "`Tile`"),
        Of(["Rescaling"], NormalizationLayers.Rescaling, "a factor and an addend"),
        Of(["Reshape"], ShapeLayers.Reshape, "`Reshape`"),
        Of(["SeparableConv1D", "SeparableConv2D"], ConvolutionLayers.Separable, "two `Conv`"),
        Of(["Softmax"], ActivationLayers.Softmax, "`Softmax`"),
        Of(["Subtract"], MergeLayers.Of("Sub"), "`Sub`"),
        Of(["ThresholdedReLU"], ActivationLayers.ThresholdedRelu, "`ThresholdedRelu`"),
        Of(["TimeDistributed"], RecurrentLayers.Distributed, "its layer, along the last axis or step by step"),
        Of(["UpSampling1D"], ShapeLayers.UpsampleLine, "`Tile`"),
        Of(["UpSampling2D"], ShapeLayers.Upsample, "`Resize`, nearest or bilinear"),
        Of(["ZeroPadding1D", "ZeroPadding2D"], ShapeLayers.Pad, "`Pad`"),
        Of(["ops.Absolute", "ops.Abs"], OperationLayers.One("Abs"), "`Abs`"),
        Of(["ops.Divide", "ops.TrueDivide"], OperationLayers.Pair("Div"), "`Div`"),
        Of(["ops.GetItem"], OperationLayers.Item, "`Slice`, and `Reshape` for single elements"),
        Of(["ops.Maximum"], OperationLayers.Pair("Max"), "`Max`"),
        Of(["ops.Minimum"], OperationLayers.Pair("Min"), "`Min`"),
        Of(["ops.Multiply"], OperationLayers.Pair("Mul"), "`Mul`"),
        Of(["ops.Negative"], OperationLayers.One("Neg"), "`Neg`"),
        Of(["ops.Relu"], OperationLayers.One("Relu"), "`Relu`"),
        Of(["ops.Sigmoid"], OperationLayers.One("Sigmoid"), "`Sigmoid`"),
        Of(["ops.Subtract"], OperationLayers.Pair("Sub"), "`Sub`"),
        Of(["ops.Tanh"], OperationLayers.One("Tanh"), "`Tanh`"),
    ];

    public static ImmutableArray<LayerClass> QKeras { get; } =
    [
        Of(["QActivation"], ActivationLayers.Activation, "`Quant`, `BipolarQuant`, or the function and one of these"),
        Of(["QAveragePooling2D"], PoolingLayers.QuantizedAverage, "the sum of a window times a quantized factor"),
        Of(["QBatchNormalization"], NormalizationLayers.HgqBatch, "a factor and an addend for each channel"),
        Of(["QConv1D", "QConv2D"], ConvolutionLayers.Quantized, "`Conv` of quantized weights"),
        Of(["QConv2DBatchnorm"], FoldedLayers.Convolution,
            "`Conv` of weights that are quantized with the normalization in them"),
        Of(["QDense"], DenseLayers.QuantizedDense, "`Gemm` of quantized weights"),
        Of(["QDenseBatchnorm"], FoldedLayers.Dense,
            "`Gemm` of weights that are quantized with the normalization in them"),
        Of(["QDepthwiseConv2D"], ConvolutionLayers.QuantizedDepthwise,
            "`Conv` with a group for each channel, of quantized weights"),
        Of(["QSeparableConv1D", "QSeparableConv2D"], ConvolutionLayers.QuantizedSeparable,
            "two `Conv` of quantized weights"),
    ];

    /// <summary>
    /// The layers of HGQ and HGQ2; those that QKeras has under the same names are read by their settings.
    /// </summary>
    public static ImmutableArray<LayerClass> Hgq { get; } =
    [
        Of(["FixedPointQuantizer"], QuantizerLayers.FixedPoint, "a quantizer with a type for each element"),
        Of(["QAdd"], MergeLayers.Of("Add"), "quantizers and `Add`"),
        Of(["QAffinedUnaryFunctionLUT"], TableLayers.AffinedUnary,
            "a quantizer and a table, with a trained factor and addend in it"),
        Of(["QAveragePooling1D"], PoolingLayers.Average, "a quantizer and `AveragePool`"),
        Of(["QAveragePow2"], MergeLayers.AveragePowerOfTwo, "quantizers, `Add` and a power of two"),
        Of(["QBatchNormDense"], EinsumLayers.BatchnormDense,
            "a quantizer and `Gemm` of weights that are quantized with the normalization in them"),
        Of(["QConvT1D", "QConvT2D"], TableLayers.Convolution, "windows, and as QDenseT"),
        Of(["QDenseT"], TableLayers.Dense, "quantizers, a table for each pair of input and output, `ReduceSum`"),
        Of(["QDot"], MergeLayers.Dot, "quantizers and `Einsum`"),
        Of(["QEinsum"], MergeLayers.Einsum, "quantizers and `Einsum`"),
        Of(["QEinsumDense"], EinsumLayers.Dense, "a quantizer and `MatMul` or `Einsum`"),
        Of(["QEinsumDenseBatchnorm"], EinsumLayers.DenseBatchnorm,
            "a quantizer and a product of weights that are quantized with the normalization in them"),
        Of(["QEinsumDenseT"], TableLayers.Einsum,
            "quantizers, a table for each element of the input and of the kernel's own axes, `ReduceSum`"),
        Of(["QGlobalAveragePooling1D", "QGlobalAveragePooling2D"], PoolingLayers.GlobalAverage,
            "a quantizer and `ReduceMean`"),
        Of(["QGlobalMaxPooling1D", "QGlobalMaxPooling2D"], PoolingLayers.GlobalMaximum, "a quantizer and `ReduceMax`"),
        Of(["QLinformerAttention"], AttentionLayers.Linformer, "as QMultiHeadAttention, on shorter keys and values"),
        Of(["QMaxPooling1D", "QMaxPooling2D"], PoolingLayers.Maximum, "a quantizer and `MaxPool`"),
        Of(["QMaximum"], MergeLayers.Of("Max"), "quantizers and `Max`"),
        Of(["QMeanPow2"], ReductionLayers.MeanPowerOfTwo, "a quantizer, `ReduceSum` and a power of two"),
        Of(["QMinimum"], MergeLayers.Of("Min"), "quantizers and `Min`"),
        Of(["QMultiHeadAttention"], AttentionLayers.Quantized, "quantizers, `Einsum` products, tables"),
        Of(["QMultiply"], MergeLayers.Of("Mul"), "quantizers and `Mul`"),
        Of(["QSoftmax"], TableLayers.Softmax, "tables of the exponential and the inverse"),
        Of(["QSubtract"], MergeLayers.Of("Sub"), "quantizers and `Sub`"),
        Of(["QSum"], ReductionLayers.Sum, "a quantizer, `ReduceSum` and a factor"),
        Of(["QUnaryFunctionLUT"], TableLayers.Unary, "a quantizer and a table"),
        Of(["Quantizer"], QuantizerLayers.Quantizer, "a quantizer with a type for each element"),
    ];

    private static readonly Dictionary<string, LayerClass> s_all = Keras.Concat(QKeras).Concat(Hgq)
        .SelectMany(c => c.Names.Select(n => (n, c))).ToDictionary(p => p.n, p => p.c, StringComparer.Ordinal);

    /// <summary>What reads a class; null where nothing does.</summary>
    public static LayerClass? Find(string name) => s_all.GetValueOrDefault(name);

    /// <summary>What helps with a class that is not read.</summary>
    public static string Hint(string name) => name switch
    {
        "Masking" => "is not read, since the number of steps is fixed in firmware; train without it, and fill up with "
            + "steps that the network has learnt to ignore",
        "HQuantize" or "HDense" or "HConv1D" or "HConv2D" or "HConv1DBatchNorm" or "HConv2DBatchNorm"
            or "HDenseBatchNorm" or "HActivation" or "HAdd" or "HConcatenate" or "HBatchNormalization"
            or "PMaxPool1D" or "PMaxPool2D" or "PAvgPool1D" or "PAvgPool2D" or "PFlatten" or "PReshape"
            or "PConcatenate" or "PermuteDims" or "PDropout" or "Signature" =>
            "is of a training model of HGQ, whose integer bits follow from what it has seen; make its deployable "
            + "network (hgq.proxy.to_proxy_model) and save that one",
        _ => "is not read (docs/keras.md lists those that are); of a class of your own say what it computes: "
            + $"<HlsCustomOperator Include=\"{name}\" Definition=\"...onnx\" />",
    };

    private static LayerClass Of(ImmutableArray<string> names, Func<LayerCall, KerasTensor> translate,
        string becomes) =>
        new(names, call => [translate(call)], becomes);
}
