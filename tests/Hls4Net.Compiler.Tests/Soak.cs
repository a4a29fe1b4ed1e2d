using System.Globalization;

namespace Hls4Net.Tests;

/// <summary>
/// How much a test of random cases tries, and from which seed on: few by default, many where HLS4NET_LONG is set;
/// HLS4NET_COUNT and HLS4NET_SEED say other numbers.
/// </summary>
internal static class Soak
{
    /// <summary>True for the long forms.</summary>
    public static bool IsLong => Environment.GetEnvironmentVariable("HLS4NET_LONG") is not (null or "");

    /// <summary>The first seed.</summary>
    public static int FirstSeed => Number("HLS4NET_SEED") ?? 0;

    /// <summary>The seeds of a run.</summary>
    /// <param name="usual">How many in every run.</param>
    /// <param name="many">How many in a long one.</param>
    public static IEnumerable<int> Seeds(int usual, int many) => Enumerable.Range(FirstSeed, Count(usual, many));

    /// <summary>What counts are multiplied by: 1, in the long form more.</summary>
    /// <param name="many">The factor of the long form.</param>
    public static int Scale(int many) => IsLong ? many : 1;

    /// <summary>How many cases are tried.</summary>
    public static int Count(int usual, int many) => Number("HLS4NET_COUNT") ?? (IsLong ? many : usual);

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.Integer, CultureInfo.InvariantCulture,
            out int value) ? value : null;
}
