using System.Security.Cryptography;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Layers;
using Hls4Net.Numerics;
using Hls4Net.Onnx;
using Hls4Net.Pipeline;
using Hls4Net.Scheduling;
using Hls4Net.Simulation;
using Hls4Net.Transforms;
using Hls4Net.Transforms.Widths;
using Hls4Net.Vectors;

namespace Hls4Net;

/// <summary>The front door: an ONNX model and its options in, firmware out.</summary>
public static class ModelCompiler
{
    /// <summary>Reads, lowers and types a model. What the user must mend is reported; null if that was an error.</summary>
    public static CompiledModel? Compile(ModelOptions options, DiagnosticBag diagnostics)
    {
        try
        {
            Network imported = Importer.Import(options, diagnostics);
            Network network = RealTransforms.Run(options.TransposeInputs ? ChannelsLastInputs.Apply(imported) : imported);
            TestVectors? vectors = TestVectors.Load(
                options, [.. imported.Inputs.Select(i => (i.Name, i.PortShape))], [.. network.Outputs.Select(o => (o.Name, o.Value.PortShape))], diagnostics);
            if (diagnostics.HasErrors)
                return null;
            if (vectors is not null)
                UnusualVectors.Report(vectors, [.. imported.Inputs.Select(i => (i.Name, i.PortShape))], diagnostics);
            if (options.TransposeInputs && vectors is not null)
                vectors = vectors with { Inputs = ChannelsLast.Permuted(vectors.Inputs, imported.Inputs) };
            network = AlignFeatures.Apply(network, options, vectors);
            IReadOnlyDictionary<Value, RealRange>? calibration = vectors is null ? null : ReferenceSimulator.Calibrate(network, vectors.Samples);
            WidthPlan? plan = vectors is null ? null : WidthSearch.Choose(network, options, calibration!, vectors);
            (Network typed, IReadOnlyDictionary<string, LayerPrecision> precisions, _) = AssignTypes.Apply(network, options, calibration, diagnostics, plan);
            if (diagnostics.HasErrors)
                return null;
            typed = DropUnseenBits.Apply(DropUnreadElements.Apply(typed), precisions);
            string sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(options.ModelPath)));
            HashSet<string> shared = [.. precisions.Where(p => p.Value.ReuseFactor is not null).Select(p => p.Key)];
            TypedModel model = TargetInterval.Apply(options, GroupLayers.Apply(typed, precisions), shared);
            return new CompiledModel(new Compilation(options, sha256, imported, network, WeightMemories.Apply(options, model, precisions), vectors));
        }
        catch (ModelException e)
        {
            diagnostics.Add(e.Descriptor, e.Message, e.File);
        }
        catch (CompilationFailedException)
        {
            // Reported where it was found.
        }
        catch (Exception e) when (Fault.Is(e))
        {
            Fault.Report(e, diagnostics);
        }
        return null;
    }
}
