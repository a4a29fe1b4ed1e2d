using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using Hls4Net.Text;

namespace Hls4Net.Hls.Emitters;

/// <summary>
/// Prints the integer steps of <see cref="SoftmaxKernel"/> and <see cref="LogSoftmaxKernel"/>; the names are those of
/// their definitions.
/// </summary>
internal static class SoftmaxEmitter
{
    public static void Emit(LayerSource source, Softmax softmax)
    {
        SoftmaxKernel kernel = softmax.Kernel!;
        ExponentialNames exponential = Declare(source, kernel.Exponential);
        TableNames seed = TableEmitter.Declare(source, "reciprocal", kernel.Seed.Table);
        Groups(source, softmax.Count, softmax.Stride, element =>
        {
            CppWriter body = source.Body;
            int n = kernel.Count, c = IntegerWidth.CeilLog2(n), g = kernel.ProbabilityGuard,
                k = kernel.Seed.MaxExponent, q = kernel.Seed.SeedFraction;
            int product = kernel.Seed.ProductFraction, r = kernel.ReciprocalFraction;
            Exponentials(source, exponential, kernel.Exponential, n, c, element, keepDistances: false);
            Seed(source, seed, kernel.Seed);
            string Signed(int width) => source.Dialect.Integer(width, true);
            string Unsigned(int width) => source.Dialect.Integer(width, false);
            body.Line("// One Newton step: the reciprocal of the sum, never too large.");
            body.Line(
                $"const {Unsigned(r + 2)} factor = (({Signed(product + 3)}(1) << {product + 1}) - mantissa * seed) >> "
                + $"{kernel.FactorShift};");
            body.Line(
                $"const {Unsigned(r + k + 1)} reciprocal = {Unsigned(r + k + 1)}((seed * factor) >> {q + 1}) << ({k} - "
                + "exponent);");
            body.Line("// Rounding of running sums: the results add up to one, the maximum first and rounded up.");
            int width = kernel.Output.Fraction + g + 3;
            body.Line($"const {Signed(width)} half_open = {(1L << g) - 1};");
            body.Line(
                $"const {Signed(width)} largest_probability = (exponential[maximum] * reciprocal) >> "
                + $"{kernel.ProductShift};");
            body.Line($"const {Signed(width)} largest_result = (largest_probability + half_open) >> {g};");
            body.Line($"{Signed(width)} running = largest_probability - (largest_result << {g});");
            body.Line("bool tie = false;");
            using (body.Loop("Probability", "i", n, source.Dialect.Unroll()))
            using (body.Block("if (i != maximum)"))
            {
                body.Line($"const {Signed(width)} before = (running + half_open) >> {g};");
                body.Line(
                    $"const {Signed(width)} probability = (exponential[i] * reciprocal) >> {kernel.ProductShift};");
                body.Line("running += probability;");
                body.Line($"const {Signed(width)} result = ((running + half_open) >> {g}) - before;");
                body.Line("if (i < maximum && result == largest_result)");
                body.Line("    tie = true;");
                body.Line($"const {Integer(source, kernel.Output)} value = result;");
                body.Line($"hls4net::set_bits(y[{element("i")}], value);");
            }
            body.Line($"const {Signed(width)} raised = tie ? {Signed(width)}(largest_result + 1) : largest_result;");
            long most = (long)Int128.Min(kernel.Output.MaxMantissa, (Int128.One << (width - 1)) - 1);
            body.Line(
                $"const {Integer(source, kernel.Output)} largest_value = raised > {most} ? {Signed(width)}({most}) : "
                + "raised;");
            body.Line($"hls4net::set_bits(y[{element("maximum")}], largest_value);");
        });
    }

    public static void Emit(LayerSource source, LogSoftmax softmax)
    {
        LogSoftmaxKernel kernel = softmax.Kernel!;
        ExponentialNames exponential = Declare(source, kernel.Exponential);
        TableNames seed = TableEmitter.Declare(source, "reciprocal", kernel.Seed.Table);
        TableNames logs = TableEmitter.Declare(source, "log", kernel.Logs),
            powers = TableEmitter.Declare(source, "power", kernel.Powers);
        Groups(source, softmax.Count, softmax.Stride, element =>
        {
            CppWriter body = source.Body;
            int n = kernel.Count, c = IntegerWidth.CeilLog2(n), product = kernel.Seed.ProductFraction,
                u = kernel.LogFraction;
            Exponentials(source, exponential, kernel.Exponential, n, c, element, keepDistances: true);
            Seed(source, seed, kernel.Seed);
            string Signed(int width) => source.Dialect.Integer(width, true);
            int sum = Math.Max(kernel.SumWidth, kernel.Input.Width + 1 + kernel.SumFraction - kernel.Input.Fraction)
                + 1;
            body.Line("// log(sum) = log(2^exponent) + log(1 / seed) + log(1 + u).");
            body.Line(
                $"const {Signed(u + 2)} u = (mantissa * seed - ({Signed(product + 3)}(1) << {product})) >> "
                + $"{product - u};");
            string log = TableEmitter.Look(source, logs, kernel.Logs, "seed_index", "log");
            body.Line($"const {Signed(sum)} log_seed = {log};");
            string power = TableEmitter.Look(source, powers, kernel.Powers, "exponent", "power");
            body.Line($"const {Signed(sum)} log_power = {power};");
            body.Line($"const {Signed(sum)} logarithm = log_power + log_seed + u - ((u * u) >> {u + 1});");
            using (body.Loop("Result", "i", n, source.Dialect.Unroll()))
            {
                int shift = kernel.SumFraction - kernel.Output.Fraction;
                body.Line(
                    $"const {Signed(sum)} exact = {Signed(sum)}({1L << (shift - 1)}) - ({Signed(sum)}(distance[i]) << "
                    + $"{kernel.SumFraction - kernel.Input.Fraction}) - (logarithm << {kernel.SumFraction - u});");
                body.Line($"const {Signed(sum)} result = exact >> {shift};");
                string value = kernel.ClampsOutput
                    ? $"result < {kernel.OutMin} ? {Signed(sum)}({kernel.OutMin}) : result > {kernel.OutMax} ? "
                        + $"{Signed(sum)}({kernel.OutMax}) : result" : "result";
                body.Line($"const {Integer(source, kernel.Output)} value = {value};");
                body.Line($"hls4net::set_bits(y[{element("i")}], value);");
            }
        });
    }

    public static void Emit(LayerSource source, Hardmax hardmax) =>
        Groups(source, hardmax.Count, hardmax.Stride, element =>
    {
        source.Body.Line("int maximum = 0;");
        using (source.Body.Loop("Maximum", "i", hardmax.Count, source.Dialect.Unroll()))
            source.Body.Line($"if (x[{element("i")}] > x[{element("maximum")}])").Line("    maximum = i;");
        using (source.Body.Loop("Result", "i", hardmax.Count, source.Dialect.Unroll()))
            source.Body.Line($"y[{element("i")}] = i == maximum;");
    });

    private sealed record ExponentialNames(TableNames[] Digits);

    private static ExponentialNames Declare(LayerSource source, ExponentialProduct exponential) =>
        new([.. exponential.Digits.Select((digit, j) => TableEmitter.Declare(source, $"exp{j}", digit.Table))]);

    private static void Groups(LayerSource source, int count, int stride, Action<Func<string, string>> group)
    {
        if (count == source.InputSize)
        {
            group(i => i);
            return;
        }
        using (source.Body.Loop("Group", "group", source.InputSize / count, source.Dialect.Unroll()))
        {
            source.Body.Line(stride == 1 ? $"const int start = group * {count};"
                : $"const int start = group / {stride} * {stride * count} + group % {stride};");
            group(i => stride == 1 ? $"start + {i}" : $"start + {i} * {stride}");
        }
    }

    // maximum, exponential[n], sum, and where asked distance[n].
    private static void Exponentials(LayerSource source, ExponentialNames names, ExponentialProduct exponential, int n,
        int c, Func<string, string> element, bool keepDistances)
    {
        CppWriter body = source.Body;
        Dialect dialect = source.Dialect;
        FixedPointType x = source.Layer.Input.Type;
        string mantissa = dialect.Integer(x.Width, x.Signed), distance = dialect.Integer(x.Width + 1, true);
        int p = exponential.Fraction;
        body.Line("int maximum = 0;");
        using (body.Loop("Maximum", "i", n, dialect.Unroll()))
            body.Line($"if (x[{element("i")}] > x[{element("maximum")}])").Line("    maximum = i;");
        body.Line($"const {mantissa} largest = hls4net::bits_of(x[{element("maximum")}]);");
        body.Line($"{dialect.Integer(p + 1, false)} exponential[{n}];").Pragmas(dialect.Partition("exponential"));
        if (keepDistances)
            body.Line($"{distance} distance[{n}];").Pragmas(dialect.Partition("distance"));
        body.Line($"{dialect.Integer(p + 1 + c, false)} sum = 0;");
        using (body.Loop("Exponential", "i", n, dialect.Unroll()))
        {
            body.Line($"const {mantissa} own = hls4net::bits_of(x[{element("i")}]);");
            body.Line($"const {distance} below = largest - own;");
            if (keepDistances)
                body.Line("distance[i] = below;");
            body.Line(exponential.ClampsHigh
                ? $"const {distance} held = below > {exponential.Limit} ? {distance}({exponential.Limit}) : below;"
                : $"const {distance} held = below;");
            for (int j = 0; j < exponential.Digits.Length; j++)
            {
                ExponentialDigit digit = exponential.Digits[j];
                body.Line($"const int digit{j} = int(held >> {digit.Shift}) & {(1L << digit.Bits) - 1};");
                string factor = TableEmitter.Look(source, names.Digits[j], digit.Table, $"digit{j}", $"digit{j}");
                string unsigned = dialect.Integer(p + 1, false);
                body.Line(j == 0
                    ? $"const {unsigned} product0 = {factor};"
                    : $"const {unsigned} product{j} = (product{j - 1} * {unsigned}({factor}) + "
                        + $"{dialect.Integer(2 * p + 1, false)}({1L << (p - 1)})) >> {p};");
            }
            body.Line($"exponential[i] = product{exponential.Digits.Length - 1};");
            body.Line($"sum += product{exponential.Digits.Length - 1};");
        }
    }

    // exponent, mantissa, seed_index and seed of the sum.
    private static void Seed(LayerSource source, TableNames names, MantissaSeed seed)
    {
        CppWriter body = source.Body;
        body.Line("// The sum as a mantissa in [1, 2) and a power of two.");
        body.Line("int exponent = 0;");
        if (seed.MaxExponent > 0)
        {
            using (body.Loop("Normalise", "b", seed.MaxExponent + 1, source.Dialect.Unroll()))
                body.Line($"if ((sum >> ({seed.Fraction} + b)) != 0)").Line("    exponent = b;");
        }
        string wide = source.Dialect.Integer(seed.MantissaFraction + 1, false);
        body.Line($"const {wide} mantissa = {wide}(sum) << ({seed.MaxExponent} - exponent);");
        body.Line(
            $"const int seed_index = int(mantissa >> {seed.MantissaFraction - seed.IndexBits}) & "
            + $"{(1L << seed.IndexBits) - 1};");
        string look = TableEmitter.Look(source, names, seed.Table, "seed_index", "seed");
        body.Line($"const {source.Dialect.Integer(seed.SeedFraction, false)} seed = {look};");
    }

    private static string Integer(LayerSource source, FixedPointType type) =>
        source.Dialect.Integer(type.Width, type.Signed);
}
