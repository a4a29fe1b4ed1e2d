using System.Text;

namespace Hls4Net.Text;

/// <summary>Identifiers of C, Verilog and C# that a user recognises a name of the model in.</summary>
internal static class Identifiers
{
    private const int MaxLength = 100;

    /// <summary>The text with everything that C does not allow in a name replaced by single underscores.</summary>
    public static string Of(string text)
    {
        StringBuilder b = new();
        foreach (char c in text)
        {
            if (char.IsAsciiLetterOrDigit(c))
                b.Append(c);
            else if (b.Length > 0 && b[^1] != '_')
                b.Append('_');
        }
        // File systems take names of 255 bytes, and suffixes come on top.
        string name = b.ToString(0, Math.Min(b.Length, MaxLength)).TrimEnd('_');
        if (name.Length == 0)
            return "layer";
        // A prefix keeps names clear of leading digits and of every keyword of C++ and Verilog, all of which are lower
        // case.
        return char.IsAsciiDigit(name[0]) || Keywords.IsReserved(name) ? $"layer_{name}" : name;
    }
}
