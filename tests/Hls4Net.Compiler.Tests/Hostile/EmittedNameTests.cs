using System.Text.RegularExpressions;
using Hls4Net.Configuration;
using Hls4Net.Simulation;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Tests.Properties;
using Hls4Net.Tests.Quantization;
using Hls4Net.Tests.Rtl;
using Hls4Net.Text;
using Hls4Net.Tools;

namespace Hls4Net.Tests.Hostile;

/// <summary>
/// Nodes and ports named after any identifier that an emitter prints: the sources still compile, and compute the same.
/// </summary>
public sealed partial class EmittedNameTests
{
    private const int Usual = 8, Many = 400;

    private static readonly string[] s_names = ["x", "u", "q", "fc", "sum", "leaky", "sigmoid", "softmax", "y", "z"];

    [SkippableFact]
    public void Sources_compile_and_compute_whatever_the_names()
    {
        using TempFolder folder = new();
        List<CompiledModel> models = [];
        foreach ((int seed, string[] names) in Trials(folder))
        {
            models.AddRange(new[] { IOType.IoParallel, IOType.IoStream }.Select((io, i) =>
                Compile(folder, $"top{seed}_{i}", names, io)));
        }
        using FirmwareBatch firmware = FirmwareBatch.Compile(models, "-O0");
        for (int i = 0; i < models.Count; i++)
        {
            ManagedSimulator simulator = new(models[i].Model.Network);
            long[] sample = [1, -7, 3, 5, 2, 0, -4, 6], outputs = new long[8],
                layers = new long[models[i].Model.Layers.Sum(l => l.Output.Shape.Size)];
            simulator.RunRaw(sample);
            Assert.Equal(0, firmware.TraceOf(i)(sample, outputs, layers, 1));
            Assert.Equal(models[i].Model.Network.Outputs.SelectMany(o => simulator[o.Value].ToArray()), outputs);
        }
    }

    [SkippableFact]
    public void Verilog_is_elaborated_whatever_the_names()
    {
        VerilogTools.Require("iverilog");
        using TempFolder folder = new();
        foreach ((int seed, string[] names) in Trials(folder))
            Elaborate(folder, seed, names);
    }

    [SkippableTheory]
    [InlineData("x", "valid")]
    [InlineData("y", "valid")]
    [InlineData("x", "x_y", "q", "in_x")]
    [InlineData("q", "u", "fc", "y")]
    [InlineData("x", "in", "u", "in_1")]
    [InlineData("q", "trace")]
    [InlineData("fc", "trace_q", "sum", "q_y")]
    [InlineData("fc", "q_compute", "sum", "q_terms")]
    public void Names_that_meet_a_port_wire_or_module_are_told_apart(params string[] changes)
    {
        VerilogTools.Require("iverilog");
        using TempFolder folder = new();
        Elaborate(folder, 0, Changed(changes));
    }

    [SkippableTheory]
    [InlineData("fc", "q_lowest")]
    [InlineData("fc", "q_highest")]
    [InlineData("fc", "q_lower_addend")]
    [InlineData("fc", "q_odd", "sum", "q_knee", "leaky", "q_base")]
    [InlineData("q", "Q", "fc", "q")]
    [InlineData("fc", "WEIGHTS_Q_H", "q", "q_t", "sum", "q")]
    public void Names_that_meet_a_constant_or_type_are_told_apart(params string[] changes)
    {
        using TempFolder folder = new();
        using FirmwareBatch firmware = FirmwareBatch.Compile(
            [Compile(folder, "top", Changed(changes), IOType.IoParallel),
                Compile(folder, "other", Changed(changes), IOType.IoStream)], "-O0");
    }

    // Glibc's and libstdc++'s, of the version that is installed.
    [SkippableFact]
    public void No_identifier_is_a_macro_of_the_headers()
    {
        using Gpp gpp = Gpp.Require();
        gpp.Write("macros.cpp",
            "#include \"csim_bridge.h\"\n#include \"hls_stream.h\"\n#include \"hls4net.h\"\n#include <cmath>\n#include "
            + "<cstdio>\n#include <fstream>\n#include <iostream>\n#include <sstream>\n#include <vector>\n");
        string text = Tool.Run(gpp.Folder, "g++", ["-std=c++14", "-Iinclude", "-dM", "-E", "macros.cpp"])!.Output;
        string[] macros = [.. Macro().Matches(text).Select(m => m.Groups[1].Value)
            .Where(m => !m.Contains("__", StringComparison.Ordinal) && !m.EndsWith('_'))];
        Assert.Contains("BYTE_ORDER", macros);
        Assert.DoesNotContain(macros, m => Identifiers.Of(m) == m);
    }

    [Theory]
    [InlineData("WEIGHTS")]
    [InlineData("EDGE")]
    [InlineData("ELU")]
    [InlineData("Conv_C")]
    [InlineData("Pool_MAX")]
    public void Names_that_are_like_macros_and_are_none_stay(string name) => Assert.Equal(name, Identifiers.Of(name));

    private static string[] Changed(string[] changes)
    {
        string[] names = [.. s_names];
        for (int i = 0; i < changes.Length; i += 2)
            names[Array.IndexOf(s_names, changes[i])] = changes[i + 1];
        return names;
    }

    private static void Elaborate(TempFolder folder, int seed, string[] names)
    {
        foreach (IOType io in new[] { IOType.IoParallel, IOType.IoStream })
        {
            string design = $"top{seed}_{io}";
            CompiledModel model = Compile(folder, design, names, io);
            string work = Directory.CreateDirectory(Path.Combine(folder.Path, $"verilog_{design}")).FullName;
            string[] files = [.. model.EmitVerilog().Where(f => f.Path.EndsWith(".v", StringComparison.Ordinal))
                .Select(f => Written(work, f)), Written(work, new GeneratedFile("trace.v", model.Verilog.Trace))];
            var result = Tool.Run(work, "iverilog", ["-g2005", "-t", "null", .. files])!;
            Assert.True(result.ExitCode == 0, $"{string.Join(' ', names)}: {result.Output}");
        }
    }

    private static string Written(string folder, GeneratedFile file)
    {
        File.WriteAllText(Path.Combine(folder, file.Path), file.Text);
        return file.Path;
    }

    // Names from the pool; not those in which two tensors would have one.
    private static (int Seed, string[] Names)[] Trials(TempFolder folder)
    {
        string[] pool = Pool(folder);
        (int Seed, string[] Names)[] trials = [.. Soak.Seeds(Usual, Many).Select(seed => (seed, Drawn(seed)))];
        trials = [.. trials.Where(t => ((string[])[.. t.Names[..2], .. t.Names[8..]]).Distinct().Count() == 4)];
        Assert.NotEmpty(trials);
        return trials;

        string[] Drawn(int seed)
        {
            Random random = new(seed);
            return [.. s_names.Select(_ => pool[random.Next(pool.Length)])];
        }
    }

    // Every identifier, and each without its first or last part, which printers may put there again.
    private static string[] Pool(TempFolder folder)
    {
        HashSet<string> pool = new(StringComparer.Ordinal);
        foreach (IOType io in new[] { IOType.IoParallel, IOType.IoStream })
        {
            CompiledModel model = Compile(folder, $"pool_{io}", s_names, io);
            foreach (GeneratedFile file in model.EmitFirmware()
                .Concat(model.EmitCSim().Where(f => f.Path == "bridge.cpp")).Concat(model.EmitVerilog()))
            {
                foreach (string name in Identifier().Matches(Comment().Replace(file.Text, "")).Select(m => m.Value))
                {
                    int first = name.IndexOf('_', StringComparison.Ordinal), last = name.LastIndexOf('_');
                    pool.UnionWith(first > 0 && last < name.Length - 1 ? [name, name[(first + 1)..], name[..last]]
                        : [name]);
                }
            }
        }
        Assert.Superset(new HashSet<string>(["q_lowest", "q_highest", "fc_weights", "in_x_valid", "y_ready",
            "softmax_t"], StringComparer.Ordinal), pool);
        return [.. pool.Order(StringComparer.Ordinal)];
    }

    // A quantizer with bit widths by channel, products, two operands, a slope, a table, a softmax, and a value with two
    // readers.
    private static CompiledModel Compile(TempFolder folder, string name, string[] names, IOType io)
    {
        const string Domain = "qonnx.custom_op.general";
        ModelBuilder model = new ModelBuilder().Input(names[0], 1, 4).Input(names[1], 1, 4);
        model.Custom(Domain, "Quant", [names[0], model.Scalar(0.25), model.Scalar(0), model.Constant([4], 3, 4, 5, 2)],
            "t0").Last.Name = names[2];
        model.Node("MatMul", ["t0", model.Constant([4, 4], 1, -2, 3, 0.5, 0, 1, 0, 2, -1, 1, 0.25, 0, 2, 0, 1, 1)],
            "t1").Last.Name = names[3];
        model.Node("Add", ["t1", names[1]], "t2").Last.Name = names[4];
        model.Node("LeakyRelu", ["t2"], names[8], ("alpha", 0.1f)).Last.Name = names[5];
        model.Node("Sigmoid", [names[8]], "t3").Last.Name = names[6];
        model.Node("Softmax", ["t3"], names[9], ("axis", 1L)).Last.Name = names[7];
        return ModelHarness.Compile(model.Output(names[8], names[9]).Save(folder, name) with { IOType = io });
    }

    [GeneratedRegex(@"(?<!\w)[A-Za-z_]\w*")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"^#define ([A-Za-z]\w*)", RegexOptions.Multiline)]
    private static partial Regex Macro();

    [GeneratedRegex(@"//.*|""[^""\n]*""")]
    private static partial Regex Comment();
}
