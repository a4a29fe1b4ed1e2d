using System.Text.RegularExpressions;
using Hls4Net.Diagnostics;

namespace Hls4Net.Synthesis;

/// <summary>What a line of AMD's tools reports.</summary>
/// <param name="Descriptor">The kind; null for a line that reports nothing wrong.</param>
/// <param name="Id">The tool's own number of the message: <c>HLS 200-70</c>.</param>
/// <param name="Text">The message.</param>
public sealed partial record ToolLine(DiagnosticDescriptor? Descriptor, string Id, string Text)
{
    /// <summary>Reads a line.</summary>
    public static ToolLine Parse(string line)
    {
        if (Message().Match(line) is not { Success: true } m)
            return new ToolLine(null, "", line);
        string id = m.Groups["id"].Value, text = m.Groups["text"].Value;
        bool error = m.Groups["kind"].Value is "ERROR" or "E" or "FATAL";
        // Warnings that a feature's licence was not got go before the error; some are no more than that a better one
        // was not.
        DiagnosticDescriptor descriptor = !error ? Descriptors.SynthesisToolWarning : Licence().IsMatch(text)
            ? Descriptors.SynthesisLicence : Descriptors.SynthesisToolError;
        return new ToolLine(descriptor, id, text);
    }

    /// <summary>What to do about it, as the end of a sentence.</summary>
    public string Advice => Descriptor == Descriptors.SynthesisLicence
        ? ". Set XILINXD_LICENSE_FILE to the licence server (port@host) or file, or take a Part that the free "
            + "edition has" : "";

    /// <summary>True for the lines that tell how far the tool is.</summary>
    public bool IsProgress => Descriptor is null && Progress().IsMatch(Text);

    // WARNING: [HLS 200-805] An internal stream 'x' has ...    ERROR: [HLS 200-70] Compilation errors found
    // @W [SYNCHK-76] ... (to 2018) CRITICAL WARNING: [XFORM 203-561] ... ERROR: [v++ 60-300] Failed to build kernel
    [GeneratedRegex(
        @"^\s*(?:(?:CRITICAL )?(?<kind>WARNING|ERROR|FATAL)\s*:|@(?<kind>[WE])\b)\s*(?:\[(?<id>[^\]]{1,40})\]\s*)?(?<text>.*)$")]
    private static partial Regex Message();

    [GeneratedRegex(@"\blicen[cs]e", RegexOptions.IgnoreCase)]
    private static partial Regex Licence();

    [GeneratedRegex(
        @"Analyzing design file|Starting hardware synthesis|Implementing module|Finished (Scheduling|Binding|creating RTL)|RTL model|C/RTL|co-simulation|Starting (synth_design|place_design|route_design|Logic|Placer|Routing)|Generating (all|RTL)",
        RegexOptions.IgnoreCase)]
    private static partial Regex Progress();
}
