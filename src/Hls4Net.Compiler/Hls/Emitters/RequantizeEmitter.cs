using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

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
        FixedPointType factors = IntegerWidth.Covering(plan.Factor.Min(), plan.Factor.Max()), addends = IntegerWidth.Covering(plan.Addend.Min(), plan.Addend.Max());
        string factor = Parameter(source, plan.Factor, factors, "factor", channel), addend = Parameter(source, plan.Addend, addends, "addend", channel);
        // Wide enough for the product, the addend and their sum.
        int width = Math.Max(x.Width + 1 + factors.Width + 1, addends.Width + 1) + 1;
        using (source.ElementLoop("Element"))
        {
            body.Line($"const {dialect.Integer(x.Width, x.Signed)} mantissa = x[i].range();");
            string product = factor == "1" ? "mantissa" : $"mantissa * {factor}";
            body.Line($"const {dialect.Integer(width, true)} line = {(addend == "0" ? product : $"{product} + {addend}")};");
            string value = "line";
            int valueWidth = width;
            if (plan.Method == RequantizeMethod.MultiplyShift)
            {
                body.Line($"const {dialect.Integer(width, true)} level = line >> {plan.Shift};");
                value = "level";
            }
            else if (plan.Shift > 0 || plan.ZeroPoint != 0)
            {
                valueWidth = Math.Max(width - plan.Shift, 1) + 2;
                body.Line($"{dialect.Fixed(new FixedPointType(width, width - plan.Shift))} exact;");
                body.Line("exact.range() = line;");
                body.Line($"const {dialect.Fixed(new FixedPointType(valueWidth, valueWidth, true, plan.Rounding))} rounded = exact;");
                body.Line($"const {dialect.Integer(valueWidth, true)} level = rounded.range();");
                value = "level";
                if (plan.ZeroPoint != 0)
                {
                    valueWidth = Math.Max(valueWidth, IntegerWidth.Covering(Math.Min(0, plan.ZeroPoint), Math.Max(0, plan.ZeroPoint)).Width + 1) + 2;
                    body.Line($"const {dialect.Integer(valueWidth, true)} centred = level - {dialect.Integer(valueWidth - 1, true)}({plan.ZeroPoint});");
                    value = "centred";
                }
            }
            string integer = dialect.Integer(valueWidth, true);
            (bool below, bool above) = Leaves(source, plan);
            string held = above ? $"{value} > {plan.Max} ? {integer}({plan.Max}) : {value}" : value;
            if (below)
                held = $"{value} < {plan.Min} ? {integer}({plan.Min}) : {(above ? $"({held})" : held)}";
            body.Line($"const {result} value = {held};");
            body.Line("y[i].range() = value;");
        }
    }

    private static void Compare(LayerSource source, RequantizePlan plan, string channel, string result)
    {
        CppWriter body = source.Body;
        Dialect dialect = source.Dialect;
        FixedPointType x = source.Layer.Input.Type;
        int count = plan.ThresholdCount;
        ConstantArray? thresholds = count == 0 ? null
            : source.IntegerArray("thresholds", dialect.Integer(IntegerWidth.Covering(plan.Thresholds.Min(), plan.Thresholds.Max()).Width, plan.Thresholds.Min() < 0), plan.Thresholds);
        bool uniform = plan.Rising.Distinct().Count() == 1;
        string rising = uniform ? "" : source.IndexArray("rising", [.. plan.Rising.Select(r => r ? 1 : 0)]);
        if (thresholds is not null)
            body.Pragmas(dialect.Partition(thresholds.Name));
        using (source.ElementLoop("Element"))
        {
            body.Line($"int value = {plan.Min};");
            if (thresholds is not null)
            {
                body.Line($"const {dialect.Integer(x.Width, x.Signed)} mantissa = x[i].range();");
                using (body.Loop("Level", "k", count, dialect.Unroll()))
                {
                    string at = thresholds[channel == "0" ? "k" : $"({channel}) * {count} + k"];
                    string reached = uniform
                        ? (plan.Rising[0] ? $"mantissa >= {at}" : $"mantissa <= {at}")
                        : $"{rising}[{channel}] ? mantissa >= {at} : mantissa <= {at}";
                    body.Line($"if ({reached})").Line($"    value += {plan.Step};");
                }
            }
            body.Line($"const {result} level = value;");
            body.Line("y[i].range() = level;");
        }
    }

    private static string Parameter(LayerSource source, IReadOnlyList<long> values, FixedPointType type, string name, string channel)
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
        RequantizePlan free = plan with { Min = long.MinValue / 2, Max = long.MaxValue / 2 };
        bool below = false, above = false;
        for (int i = 0; i < source.InputSize; i++)
        {
            Interval range = source.Layer.Input.Typing!.Range[i];
            long a = free.Evaluate(i, (long)range.Min), b = free.Evaluate(i, (long)range.Max);
            below |= Math.Min(a, b) < plan.Min;
            above |= Math.Max(a, b) > plan.Max;
        }
        return (below, above);
    }
}
