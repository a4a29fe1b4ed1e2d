using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Hls4Net.Rtl.Tools;

/// <summary>An ASIC's cell library.</summary>
/// <param name="Path">Full path of the file in Liberty's format.</param>
/// <param name="Text">What is in it, as Yosys reads it.</param>
/// <param name="Digest">Of the text.</param>
/// <param name="Areas">The area of every cell, in the library's unit.</param>
internal sealed record CellLibrary(string Path, string Text, string Digest, FrozenDictionary<string, double> Areas)
{
    /// <summary>The file's name in a folder that Yosys works in.</summary>
    public const string FileName = "cells.lib";

    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">It is no library, or has no cells to make everything of; the message says
    /// so.</exception>
    public static CellLibrary Of(string path)
    {
        LibertyGroup library = LibertyReader.Read(File.ReadAllText(path));
        LibertyGroup[] cells = [.. library.Groups.Where(g => g is { Name: "cell", Statements: not null })];
        Require(cells);
        string text = LibertyReader.Write(library);
        return new CellLibrary(
            path, text, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))),
            cells.GroupBy(NameOf).ToFrozenDictionary(g => g.Key,
                g => double.TryParse(g.Last().Attribute("area"), NumberStyles.Float, CultureInfo.InvariantCulture,
                    out double area) ? area : 0));
    }

    private static string NameOf(LibertyGroup cell) => cell.Arguments.Trim('"', ' ');

    // ABC ends without a word that says why where one of these is missing.
    private static void Require(LibertyGroup[] cells)
    {
        LibertyGroup[] usable = [.. cells.Where(c => c.Attribute("dont_use") != "true")];
        (int Inputs,
            string Function)[] gates =
            [.. usable.Where(c => !c.Groups.Any(g => g.Name is "ff" or "latch" or "statetable")).Select(Gate)
                .Where(g => g.Function.Length > 0)];
        string[] missing = [.. new[]
        {
            (gates.Any(g => g.Inputs == 1 && !Inverts(g.Function)), "a buffer"),
            (gates.Any(g => g.Inputs == 1 && Inverts(g.Function)), "an inverter"),
            (gates.Any(g => g.Inputs >= 2), "a gate of two inputs"),
            (usable.Any(c => c.Groups.Any(g => g.Name == "ff")), "a flip-flop"),
        }.Where(w => !w.Item1).Select(w => w.Item2)];
        if (missing.Length > 0)
            throw new FormatException(
                $"of its {cells.Length} cells none that may be used (dont_use) is {string.Join(", or ", missing)}, and "
                + "Yosys makes nothing without");
    }

    // Its inputs, and the function of its one output; none where it has several.
    private static (int Inputs, string Function) Gate(LibertyGroup cell)
    {
        LibertyGroup[] pins = [.. cell.Groups.Where(g => g.Name == "pin")];
        string[] functions = [.. pins.Where(p => p.Attribute("direction") == "output")
            .Select(p => p.Attribute("function") ?? "")];
        return (pins.Count(p => p.Attribute("direction") == "input"), functions.Length == 1 ? functions[0] : "");
    }

    private static bool Inverts(string function) => function.Count(c => c is '!' or '\'') % 2 == 1;
}
