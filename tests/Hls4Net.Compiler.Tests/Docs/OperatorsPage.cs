using System.Globalization;
using System.Text;
using Hls4Net.Diagnostics;
using Hls4Net.Onnx;

namespace Hls4Net.Tests.Docs;

/// <summary>docs/operators.md as the registry has it.</summary>
internal static class OperatorsPage
{
    public static string Text()
    {
        StringBuilder page = new();
        page.Append(CultureInfo.InvariantCulture, $"""
            # Operators

            These ONNX operators are read, from operator sets {OperatorRegistry.MinOpset} to {OperatorRegistry.MaxOpset} of the default domain. Anything else is
            [HLS1003](diagnostics.md#hls1003), which names the node. Whatever depends on constants only is computed when the model is read; functions that the
            model defines itself are read in the places of their calls, and loops on constants are unrolled.

            This page is written from the operator registry (`OperatorRegistry.cs`, `OperatorLimits.cs`) by `OperatorsPageTests`, with
            `HLS4NET_WRITE_DOCS=1`. *Exact* means: equal to the operator on the fixed-point numbers that reach it, before the result is rounded to its own
            type ([precision](precision.md)).


            """);
        Table(page, OperatorRegistry.Default);
        page.Append("\nOf the domains ").AppendJoin(", ", OperatorRegistry.QuantizerDomains.Select(d => $"`{d}`"))
            .Append(": QONNX's and FINN's quantizers, with every rounding mode, narrow ranges, scales, zero-points and "
                + "thresholds by channel. Exporters that wrote them without a domain are read too.\n\n");
        Table(page, OperatorRegistry.Quantizers);
        page.Append("\nOf the domain `qonnx.custom_op.channels_last`, on data [n, spatial…, channels]:\n\n");
        Table(page, OperatorRegistry.ChannelsLast);
        page.Append("\nOf the domain `ai.onnx.ml`, [decision trees](trees.md) and what stands around them:\n\n");
        Table(page, OperatorRegistry.MachineLearning);
        page.Append("\nOf the domain `com.microsoft`:\n\n");
        Table(page, OperatorRegistry.Microsoft);
        page.Append(
            "\n## Limits\n\nWhat is refused, and how; `RefusalTests` finds every place of the compiler that refuses a "
            + "model, and holds it against this table.\n\n| operator | what | diagnostic |\n| --- | --- | --- |\n");
        foreach (OperatorLimit limit in OperatorLimits.Forms)
            page.Append(CultureInfo.InvariantCulture,
                $"| {(limit.Operators.Length == 0 ? "all" : $"`{limit.Operators.Replace(", ", "`, `", StringComparison.Ordinal)}`")} | {limit.Meaning} | {Link(limit.Code)} |\n");
        if (OperatorLimits.Unread.Length > 0)
        {
            page.Append("\n## Not read\n\nThese are known, and refused with ")
                .Append(Link(Descriptors.UnsupportedOperator)).Append(".\n\n| operator | why |\n| --- | --- |\n");
            foreach (IGrouping<string, UnreadOperator> reason in OperatorLimits.Unread.GroupBy(u => u.Reason))
                page.Append("| ").AppendJoin(", ", reason.Select(u => $"`{u.Name}`"))
                    .Append(CultureInfo.InvariantCulture, $" | {reason.Key} |\n");
        }
        return page.ToString();
    }

    private static void Table(StringBuilder page, IEnumerable<OnnxOperator> operators)
    {
        page.Append(
            "| operator | sets | attributes | what becomes of it | accuracy | strategies | io_parallel | io_stream "
            + "|\n| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (OnnxOperator o in operators)
        {
            string sets = string.Create(CultureInfo.InvariantCulture,
                $"{Math.Max(o.Since, OperatorRegistry.MinOpset)}–{OperatorRegistry.MaxOpset}");
            page.Append(CultureInfo.InvariantCulture,
                $"| `{o.Name}` | {sets} | {o.Attributes} | {o.Becomes} | {o.Accuracy} | {o.Strategies} | yes | "
                + $"{(o.Streams ? "yes" : "no")} |\n");
        }
    }

    private static string Link(DiagnosticDescriptor code) =>
        $"[{code.Code}](diagnostics.md#{code.Code.ToLowerInvariant()})";
}
