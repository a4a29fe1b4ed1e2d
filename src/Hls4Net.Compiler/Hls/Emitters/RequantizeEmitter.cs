using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using Hls4Net.Text;

namespace Hls4Net.Hls.Emitters;

/// <summary>Prints a requantization: a rounding, a multiplication and a shift, or comparisons.</summary>
internal static class RequantizeEmitter
{
    public static void Emit(LayerSource source, Requantize requantize)
    {
        RequantizePlan plan = requantize.Plan!;
        FixedPointType x = source.Layer.Input.Type, y = source.Layer.Output.Type;
        CppWriter body = source.Body;
        Dialect dialect = source.Dialect;
        string channel = BroadcastIndex.Expression(source, "channel", [.. plan.Channels], plan.ChannelCount);
        string result = dialect.Integer(y.Width, y.Signed);
        if (plan.Method == RequantizeMethod.Thresholds)
        {
            Compare(source, plan, channel, result);
            return;
        }
        Lines parameters = new(source, plan, channel);
        using (source.ElementLoop("Element"))
        {
            body.Line($"const {dialect.Integer(x.Width, x.Signed)} mantissa = hls4net::bits_of(x[i]);");
            if (parameters.Odd is null)
            {
                body.Line($"const {result} value = {OnLine(source, plan, parameters, "", parameters.Addend)};");
            }
            else
            {
                // Of the neighbours of a tie the even one.
                body.Line($"const {result} up = {OnLine(source, plan, parameters, "up_", parameters.Addend)};");
                body.Line(
                    $"const {result} down = {OnLine(source, plan, parameters, "down_", parameters.LowerAddend!)};");
                body.Line(
                    $"const {result} value = {(parameters.Odd == "0" ? "up[0]" : $"up[0] != {parameters.Odd}")} ? down "
                    + ": up;");
            }
            body.Line("hls4net::set_bits(y[i], value);");
        }
    }

    // The lines that compute a result, their variables with a prefix, and the result as an expression.
    private static string OnLine(LayerSource source, RequantizePlan plan, Lines parameters, string prefix,
        string addend)
    {
        CppWriter body = source.Body;
        Dialect dialect = source.Dialect;
        int width = parameters.Width;
        string wide = dialect.Integer(width, true), value = $"{prefix}line";
        string product = parameters.Factor == "1" ? "mantissa" : $"mantissa * {parameters.Factor}";
        body.Line($"const {wide} {value} = {(addend == "0" ? product : $"{product} + {addend}")};");
        if (plan.Method == RequantizeMethod.MultiplyShift)
        {
            body.Line($"const {wide} {prefix}level = {value} >> {plan.Shift};");
            value = $"{prefix}level";
            if (parameters.Base is not null)
            {
                body.Line($"const {wide} {prefix}moved = {value} + {parameters.Base};");
                value = $"{prefix}moved";
            }
        }
        else if (plan.Shift > 0 || plan.ZeroPoint != 0)
        {
            (value, width) = Round(source, plan, width);
        }
        // One type for both sides of a choice, which holds the bounds too.
        int covering = Covering([Math.Min(plan.Min, 0), plan.Max]).Width + 1;
        string integer = dialect.Integer(Math.Max(width, covering), true),
            held = covering > width ? $"{integer}({value})" : value;
        if (parameters.Highest is string highest)
            held = $"{value} > {highest} ? {integer}({highest}) : {held}";
        if (parameters.Lowest is string lowest)
            held = $"{value} < {lowest} ? {integer}({lowest}) : {(parameters.Highest is null ? held : $"({held})")}";
        return held;
    }

    // The fixed-point conversion that rounds; the variable with the result, and its width.
    private static (string Value, int Width) Round(LayerSource source, RequantizePlan plan, int width)
    {
        CppWriter body = source.Body;
        Dialect dialect = source.Dialect;
        int rounded = Math.Max(width - plan.Shift, 1) + 2;
        body.Line($"{dialect.Fixed(new FixedPointType(width, width - plan.Shift))} exact;");
        body.Line("hls4net::set_bits(exact, line);");
        body.Line($"const {dialect.Fixed(new FixedPointType(rounded, rounded, true, plan.Rounding))} rounded = exact;");
        body.Line($"const {dialect.Integer(rounded, true)} level = hls4net::bits_of(rounded);");
        if (plan.ZeroPoint == 0)
            return ("level", rounded);
        int centred = Math.Max(rounded, Covering([Math.Min(0, plan.ZeroPoint), Math.Max(0, plan.ZeroPoint)]).Width + 1)
            + 2;
        body.Line(
            $"const {dialect.Integer(centred, true)} centred = level - "
            + $"{dialect.Integer(centred - 1, true)}({plan.ZeroPoint});");
        return ("centred", centred);
    }

    /// <summary>The parameters of a line as the loop reads them, their arrays declared before it.</summary>
    private sealed class Lines
    {
        public Lines(LayerSource source, RequantizePlan plan, string channel)
        {
            FixedPointType factors = Covering(plan.Factor), addends = Covering(plan.Addend.AddRange(plan.LowerAddend));
            Factor = Parameter(source, plan.Factor, factors, "factor", channel);
            Addend = Parameter(source, plan.Addend, addends, "addend", channel);
            if (!plan.LowerAddend.IsEmpty)
                LowerAddend = Parameter(source, plan.LowerAddend, addends, "lower_addend", channel);
            if (!plan.Odd.IsEmpty)
                Odd = Parameter(source, plan.Odd, new FixedPointType(1, 1, Signed: false), "odd", channel);
            if (!plan.Knees.IsEmpty)
            {
                ImmutableArray<long> knees = Bounds(plan, plan.Knees, 1);
                string knee = Parameter(source, knees, Covering(knees), "knee", channel),
                    type = source.Dialect.Integer(addends.Width, addends.Signed);
                Addend = $"(({Comparison(source, plan, channel)(knee)}) ? {type}({Addend}) : {type}({LowerAddend}))";
            }
            // Wide enough for the product, the addend and their sum.
            Width = Math.Max(source.Layer.Input.Type.Width + 1 + factors.Width + 1, addends.Width + 1) + 1;
            if (!plan.Base.IsEmpty)
            {
                Base = Parameter(source, plan.Base, Covering(plan.Base), "base", channel);
                Width = Math.Max(Width, Covering(plan.Base).Width + 2);
            }
            (bool below, bool above) = Leaves(source, plan);
            Lowest = below ? Bound(source, plan.Lowest, plan.Min, "lowest", channel) : null;
            Highest = above ? Bound(source, plan.Highest, plan.Max, "highest", channel) : null;
        }

        public int Width { get; }

        public string Factor { get; }

        public string Addend { get; }

        /// <summary>The second line's addend; null where there is one line.</summary>
        public string? LowerAddend { get; }

        /// <summary>What makes odd results even levels; null where parity does not matter.</summary>
        public string? Odd { get; }

        /// <summary>What is added behind the shift; null for nothing.</summary>
        public string? Base { get; }

        /// <summary>What results are held to; null where none is lower.</summary>
        public string? Lowest { get; }

        /// <summary>See <see cref="Lowest"/>.</summary>
        public string? Highest { get; }
    }

    private static void Compare(LayerSource source, RequantizePlan plan, string channel, string result)
    {
        CppWriter body = source.Body;
        Dialect dialect = source.Dialect;
        FixedPointType x = source.Layer.Input.Type;
        int count = plan.ThresholdCount;
        ImmutableArray<long> bounds = Bounds(plan, plan.Thresholds, count);
        ConstantArray? thresholds = count == 0 ? null
            : source.IntegerArray("thresholds",
                dialect.Integer(IntegerWidth.Covering(bounds.Min(), bounds.Max()).Width, bounds.Min() < 0), bounds);
        Func<string, string> reached = Comparison(source, plan, channel);
        if (thresholds is null)
            body.Line("(void)x; // every reachable input gives the same result");
        else
            body.Pragmas(dialect.Partition(thresholds.Name));
        string At(string level) =>
            thresholds![channel == "0" ? level : count == 1 ? channel : $"({channel}) * {count} + {level}"];
        using (source.ElementLoop("Element"))
        {
            if (thresholds is not null)
                body.Line($"const {dialect.Integer(x.Width, x.Signed)} mantissa = hls4net::bits_of(x[i]);");
            if (count == 0)
            {
                body.Line($"const {result} level = {plan.Min};");
            }
            else if (count == 1)
            {
                body.Line($"const {result} level = {reached(At("0"))} ? {plan.Min + plan.Step} : {plan.Min};");
            }
            else if (count <= FewThresholds)
            {
                // Without a loop inside, g++ vectorises the one over the elements.
                string sum = string.Join(" + ", Enumerable.Range(0, count).Select(k => $"int({reached(At($"{k}"))})"));
                body.Line($"const int count = {sum};");
                body.Line(
                    $"const {result} level = "
                    + $"{(plan.Min == 0 ? "" : $"{plan.Min} + ")}{(plan.Step == 1 ? "" : $"{plan.Step} * ")}count;");
            }
            else
            {
                // A plain counter, if it holds the results.
                body.Line(
                    $"{(plan.Min >= int.MinValue && plan.Max <= int.MaxValue ? "int" : dialect.Integer(64, true))} "
                    + $"value = {plan.Min};");
                using (body.Loop("Level", "k", count, dialect.Unroll()))
                    body.Line($"if ({reached(At("k"))})").Line($"    value += {plan.Step};");
                body.Line($"const {result} level = value;");
            }
            body.Line("hls4net::set_bits(y[i], level);");
        }
    }

    private const int FewThresholds = 3;

    // What mantissas are compared with: thresholds, and where channels fall beside others that rise the first mantissa
    // beyond theirs.
    private static ImmutableArray<long> Bounds(RequantizePlan plan, ImmutableArray<long> thresholds, int count) =>
        IsMixed(plan) ? [.. thresholds.Select((t, i) => plan.Rising[i / count] ? t : t + 1)] : thresholds;

    private static bool IsMixed(RequantizePlan plan) => plan.Rising.Distinct().Count() > 1;

    // How a mantissa is compared with a bound of its channel: one comparison, which falling channels invert.
    private static Func<string, string> Comparison(LayerSource source, RequantizePlan plan, string channel)
    {
        if (!IsMixed(plan))
            return bound => plan.Rising[0] ? $"mantissa >= {bound}" : $"mantissa <= {bound}";
        string rising = source.IndexArray("rising", [.. plan.Rising.Select(r => r ? 1 : 0)]);
        return bound => $"(mantissa >= {bound}) == ({rising}[{channel}] != 0)";
    }

    private static string Bound(LayerSource source, ImmutableArray<long> byChannel, long forAll, string name,
        string channel) =>
        byChannel.IsEmpty ? forAll.ToString(CultureInfo.InvariantCulture)
            : Parameter(source, byChannel, Covering(byChannel), name, channel);

    private static FixedPointType Covering(ImmutableArray<long> values) =>
        IntegerWidth.Covering(values.Min(), values.Max());

    private static string Parameter(LayerSource source, IReadOnlyList<long> values, FixedPointType type, string name,
        string channel)
    {
        string integer = source.Dialect.Integer(type.Width, type.Signed);
        if (values.Distinct().Count() == 1)
            return values[0] is 0 or 1 ? $"{values[0]}" : $"{integer}({values[0]})";
        ConstantArray array = source.IntegerArray(name, integer, values);
        source.Body.Pragmas(source.Dialect.Partition(array.Name));
        return array[channel];
    }

    // Whether any reachable mantissa's result has to be held at the ends.
    private static (bool Below, bool Above) Leaves(LayerSource source, RequantizePlan plan)
    {
        RequantizePlan free = plan with { Min = long.MinValue / 2, Max = long.MaxValue / 2, Lowest = [], Highest = [] };
        // A channel's function is monotone: the ends of what reaches it decide.
        Intervals ranges = source.Layer.Input.Typing!.Range;
        Dictionary<int, (int Element, Interval Range)> channels = [];
        for (int i = 0; i < source.InputSize; i++)
        {
            ref (int Element, Interval Range) seen = ref CollectionsMarshal.GetValueRefOrAddDefault(channels,
                plan.Channels[i], out bool known);
            seen = (i, known ? Interval.Hull(seen.Range, ranges[i]) : ranges[i]);
        }
        bool below = false, above = false;
        foreach ((int c, (int i, Interval range)) in channels)
        {
            long a = free.Evaluate(i, (long)range.Min), b = free.Evaluate(i, (long)range.Max);
            below |= Math.Min(a, b) < (plan.Lowest.IsEmpty ? plan.Min : plan.Lowest[c]);
            above |= Math.Max(a, b) > (plan.Highest.IsEmpty ? plan.Max : plan.Highest[c]);
        }
        return (below, above);
    }
}
