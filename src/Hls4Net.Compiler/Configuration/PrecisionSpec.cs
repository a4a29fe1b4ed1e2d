using System.Globalization;
using System.Text.RegularExpressions;
using Hls4Net.Numerics;

namespace Hls4Net.Configuration;

/// <summary>
/// A precision as users write it: <c>auto</c>, <c>auto(12)</c>, <c>exact</c>, or a type such as
/// <c>fixed(16,6,RND,SAT)</c>.
/// </summary>
public abstract partial record PrecisionSpec
{
    private PrecisionSpec()
    {
    }

    /// <summary>The compiler chooses; at most <paramref name="Width"/> bits where given, else 16.</summary>
    public sealed record Auto(int? Width) : PrecisionSpec
    {
        /// <inheritdoc/>
        public override string ToString() =>
            Width is int width ? string.Create(CultureInfo.InvariantCulture, $"auto({width})") : "auto";
    }

    /// <summary>As many bits as hold every value without loss.</summary>
    public sealed record Exact : PrecisionSpec
    {
        /// <inheritdoc/>
        public override string ToString() => "exact";
    }

    /// <summary>Exactly this type.</summary>
    public sealed record Pinned(FixedPointType Type) : PrecisionSpec
    {
        /// <inheritdoc/>
        public override string ToString() => Type.ToString();
    }

    /// <summary>The spellings, for messages.</summary>
    public const string Grammar =
        "auto, auto(12), exact, fixed(16,6), ufixed(8,0,RND,SAT), int(8), uint(8); ap_fixed<16,6>, ap_int<8>, "
        + "ac_fixed<16,6,true> are read too";

    /// <summary>Reads a precision; null where the text is none, with the reason.</summary>
    public static PrecisionSpec? TryParse(string text, out string? reason)
    {
        Match m = Syntax().Match(text);
        reason = null;
        if (!m.Success)
            return Fail($"'{text}' is not a precision", out reason);
        string name = m.Groups["name"].Value.ToLowerInvariant();
        string[] args = m.Groups["args"].Success
            ? [.. m.Groups["args"].Value.Split(',').Select(a => a.Trim())]
            : [];
        switch (name)
        {
            case "auto" when args.Length == 0:
                return new Auto(null);
            case "auto" when args.Length == 1:
                return Number(args[0]) is int w and >= 2 and <= 32
                    ? new Auto(w)
                    : Fail($"the width of '{text}' must be 2 to 32", out reason);
            case "exact" when args.Length == 0:
                return new Exact();
            case "int" or "ap_int" or "uint" or "ap_uint" when args.Length == 1:
                return ParseType(text, args[0], args[0], !name.Contains('u'), [], out reason);
            case "ac_int" when args.Length == 2:
                return Boolean(args[1]) is bool intSigned
                    ? ParseType(text, args[0], args[0], intSigned, [], out reason)
                    : Fail($"the second argument of '{text}' must be true or false", out reason);
            case "fixed" or "ap_fixed" or "ufixed" or "ap_ufixed" when args.Length is >= 2 and <= 5:
                return ParseType(text, args[0], args[1], !name.Contains('u'), args[2..], out reason);
            case "ac_fixed" when args.Length is >= 3 and <= 5:
                return Boolean(args[2]) is bool fixedSigned
                    ? ParseType(text, args[0], args[1], fixedSigned, args[3..], out reason)
                    : Fail($"the third argument of '{text}' must be true or false", out reason);
            default:
                return Fail($"'{text}' is not a precision", out reason);
        }
    }

    private static PrecisionSpec? ParseType(string text, string width, string integer, bool signed, string[] modes,
        out string? reason)
    {
        reason = null;
        if (Number(width) is not int w || w < 1 || w > FixedPointType.MaxWidthOf(signed))
            return Fail($"the width of '{text}' must be 1 to {FixedPointType.MaxWidthOf(signed)}", out reason);
        if (Number(integer) is not int i || Math.Abs(i) > 256)
            return Fail($"the integer bits of '{text}' must be a number from -256 to 256", out reason);
        Rounding rounding = Rounding.Trn;
        Overflow overflow = Overflow.Wrap;
        int n = 0;
        if (modes.Length > 0 && !Modes.TryRounding(modes[0], out rounding))
            return Fail($"'{modes[0]}' in '{text}' is not a rounding mode ({Modes.Roundings})", out reason);
        if (modes.Length > 1 && !Modes.TryOverflow(modes[1], out overflow))
            return Fail($"'{modes[1]}' in '{text}' is not an overflow mode ({Modes.Overflows})", out reason);
        if (overflow == Overflow.WrapSm && !signed)
            return Fail($"'{modes[1]}' in '{text}' is for signed types only: it keeps a sign", out reason);
        if (modes.Length > 2)
        {
            if (Number(modes[2]) is not int bits || bits < 0 || bits > w)
                return Fail($"the saturation bits of '{text}' must be 0 to its width", out reason);
            n = bits;
        }
        return new Pinned(new FixedPointType(w, i, signed, rounding, overflow, n));
    }

    private static PrecisionSpec? Fail(string text, out string? reason)
    {
        reason = text;
        return null;
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int n) ? n : null;

    private static bool? Boolean(string text) => bool.TryParse(text, out bool b) ? b : null;

    [GeneratedRegex(@"^\s*(?<name>[A-Za-z_]+)\s*(?:[(<]\s*(?<args>[^()<>]*?)\s*[)>])?\s*$")]
    private static partial Regex Syntax();
}
