namespace Hls4Net.Numerics;

/// <summary>The element-wise functions of ONNX that become tables.</summary>
public enum FunctionKind
{
    /// <summary>1 / (1 + exp(-x)).</summary>
    Sigmoid,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>log(exp(x) + 1).</summary>
    Softplus,

    /// <summary>x / (1 + |x|).</summary>
    Softsign,

    /// <summary>x where x ≥ 0, else alpha · (exp(x) - 1).</summary>
    Elu,

    /// <summary>gamma · x where x &gt; 0, else gamma · (alpha · exp(x) - alpha).</summary>
    Selu,

    /// <summary>max(0, x) + min(0, alpha · (exp(x / alpha) - 1)).</summary>
    Celu,

    /// <summary>The exponential function.</summary>
    Exp,

    /// <summary>The natural logarithm; minus infinity at 0 and below.</summary>
    Log,

    /// <summary>1 / x; plus infinity at 0, since a fixed-point zero has no sign.</summary>
    Reciprocal,

    /// <summary>The square root; 0 below 0.</summary>
    Sqrt,

    /// <summary>
    /// gamma · x^alpha; where x is negative and alpha no integer, as at 0. Plus or minus infinity at a pole.
    /// </summary>
    Power,

    /// <summary>The error function.</summary>
    Erf,

    /// <summary>The sine.</summary>
    Sin,

    /// <summary>The cosine.</summary>
    Cos,

    /// <summary>The tangent.</summary>
    Tan,

    /// <summary>The inverse sine; beyond -1 and 1 as there.</summary>
    Asin,

    /// <summary>The inverse cosine; beyond -1 and 1 as there.</summary>
    Acos,

    /// <summary>The inverse tangent.</summary>
    Atan,

    /// <summary>The hyperbolic sine.</summary>
    Sinh,

    /// <summary>The hyperbolic cosine.</summary>
    Cosh,

    /// <summary>The inverse hyperbolic sine.</summary>
    Asinh,

    /// <summary>The inverse hyperbolic cosine; 0 below 1.</summary>
    Acosh,

    /// <summary>The inverse hyperbolic tangent; minus and plus infinity from -1 and 1 on.</summary>
    Atanh,

    /// <summary>x · (1 + erf(x / √2)) / 2.</summary>
    Gelu,

    /// <summary>x · (1 + tanh(√(2/π) · (x + 0.044715 · x³))) / 2.</summary>
    GeluTanh,

    /// <summary>x · max(0, min(1, x / 6 + 1 / 2)).</summary>
    HardSwish,

    /// <summary>x / (1 + exp(-alpha · x)).</summary>
    Swish,

    /// <summary>x · tanh(log(1 + exp(x))).</summary>
    Mish,
}

/// <summary>
/// A real function with its attributes: one definition for the floating-point reference and for the tables.
/// Semantics are those of the ONNX operators of the same names.
/// </summary>
/// <param name="Kind">Which function.</param>
/// <param name="Alpha">ONNX's attribute alpha of Elu, Selu, Celu and Swish, the exponent of Power; not used by the
/// others.</param>
/// <param name="Gamma">ONNX's attribute gamma of Selu, the factor of Power; not used by the others.</param>
public sealed record UnaryFunction(FunctionKind Kind, double Alpha = 0, double Gamma = 0)
{
    /// <summary>ONNX's default alpha of Selu, the float nearest to Klambauer et al.'s 1.6732632….</summary>
    public const double SeluAlpha = 1.67326319217681884765625;

    /// <summary>ONNX's default gamma of Selu, the float nearest to Klambauer et al.'s 1.0507009….</summary>
    public const double SeluGamma = 1.05070102214813232421875;

    /// <summary>Elu with ONNX's default alpha unless given.</summary>
    public static UnaryFunction Elu(double alpha = 1) => new(FunctionKind.Elu, alpha);

    /// <summary>Selu with ONNX's defaults unless given.</summary>
    public static UnaryFunction Selu(double alpha = SeluAlpha, double gamma = SeluGamma) =>
        new(FunctionKind.Selu, alpha, gamma);

    /// <summary>factor · x^exponent.</summary>
    public static UnaryFunction Power(double exponent, double factor = 1) => new(FunctionKind.Power, exponent, factor);

    /// <summary>x / (1 + exp(-alpha · x)).</summary>
    public static UnaryFunction Swish(double alpha = 1) => new(FunctionKind.Swish, alpha);

    /// <summary>The function as factor · x^exponent; null where it is none.</summary>
    public (double Factor, double Exponent)? AsPower => Kind switch
    {
        FunctionKind.Power => (Gamma, Alpha),
        FunctionKind.Reciprocal => (1, -1),
        FunctionKind.Sqrt => (1, 0.5),
        _ => null,
    };

    /// <summary>Celu with ONNX's default alpha unless given.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Alpha is 0, by which the definition divides.</exception>
    public static UnaryFunction Celu(double alpha = 1)
    {
        ArgumentOutOfRangeException.ThrowIfZero(alpha);
        return new(FunctionKind.Celu, alpha);
    }

    /// <summary>
    /// The value at <paramref name="x"/>, to a few units in the last place of double; where the exponential grows
    /// large, to its argument times as many.
    /// </summary>
    public double Evaluate(double x) => Kind switch
    {
        FunctionKind.Sigmoid => Sigmoid(x),
        FunctionKind.Tanh => Math.Tanh(x),
        FunctionKind.Softplus => Math.Max(x, 0) + Log1P(Math.Exp(-Math.Abs(x))),
        FunctionKind.Softsign => double.IsInfinity(x) ? Math.Sign(x) : x / (1 + Math.Abs(x)),
        FunctionKind.Elu => x >= 0 ? x : Alpha * ExpM1(x),
        FunctionKind.Selu => x > 0 ? Gamma * x : Gamma * Alpha * ExpM1(x),
        FunctionKind.Celu => Math.Max(x, 0) + Math.Min(0, Alpha * ExpM1(x / Alpha)),
        FunctionKind.Exp => Math.Exp(x),
        FunctionKind.Log => Math.Log(Math.Max(x, 0)),
        FunctionKind.Reciprocal => x == 0 ? double.PositiveInfinity : 1 / x,
        FunctionKind.Sqrt => Math.Sqrt(Math.Max(x, 0)),
        FunctionKind.Power => Gamma == 0 ? 0
            : Gamma * Math.Pow(x == 0 || (x < 0 && !double.IsInteger(Alpha)) ? 0 : x, Alpha),
        FunctionKind.Erf => ErrorFunction.Erf(x),
        FunctionKind.Sin => Math.Sin(x),
        FunctionKind.Cos => Math.Cos(x),
        FunctionKind.Tan => Math.Tan(x),
        FunctionKind.Asin => Math.Asin(Math.Clamp(x, -1, 1)),
        FunctionKind.Acos => Math.Acos(Math.Clamp(x, -1, 1)),
        FunctionKind.Atan => Math.Atan(x),
        // sinh(x) = (e + e / (e + 1)) / 2 with e = exp(x) - 1 keeps the digits of small arguments.
        FunctionKind.Sinh => Math.Abs(x) > 20 ? Math.Sinh(x)
            : Math.CopySign((ExpM1(Math.Abs(x)) + (ExpM1(Math.Abs(x)) / (ExpM1(Math.Abs(x)) + 1))) / 2, x),
        FunctionKind.Cosh => Math.Cosh(x),
        FunctionKind.Asinh => Math.CopySign(Math.Abs(x) > 1e100 ? Math.Log(Math.Abs(x)) + Math.Log(2)
            : Log1P(Math.Abs(x) + (x * x / (1 + Math.Sqrt((x * x) + 1)))), x),
        FunctionKind.Acosh => x <= 1 ? 0 : x > 1e100 ? Math.Log(x) + Math.Log(2)
            : Log1P(x - 1 + Math.Sqrt((x - 1) * (x + 1))),
        FunctionKind.Atanh => Math.CopySign(Math.Abs(x) >= 1 ? double.PositiveInfinity
            : Log1P(2 * Math.Abs(x) / (1 - Math.Abs(x))) / 2, x),
        // Where erf comes near -1, its complement has the digits.
        FunctionKind.Gelu => x * ErrorFunction.Erfc(-x / Math.Sqrt(2)) / 2,
        // (1 + tanh(u)) / 2 = sigmoid(2 u).
        FunctionKind.GeluTanh => x * Sigmoid(2 * Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))),
        FunctionKind.HardSwish => x * Math.Clamp((x / 6) + 0.5, 0, 1),
        FunctionKind.Swish => x * Sigmoid(Alpha * x),
        FunctionKind.Mish => x * MishGate(x),
        _ => throw new ArgumentOutOfRangeException(nameof(x), Kind, "unknown function"),
    };

    /// <summary>The smallest and largest value on [<paramref name="lo"/>, <paramref name="hi"/>].</summary>
    /// <param name="lo">The smallest argument.</param>
    /// <param name="hi">The largest argument.</param>
    /// <param name="step">Arguments are multiples of it: at a pole, where a result saturates, the values beside it
    /// count. Zero: infinities count too.</param>
    public (double Min, double Max) Range(double lo, double hi, double step = 0)
    {
        double[] values = [.. Turns(lo, hi, step).Where(x => x >= lo && x <= hi).Concat([lo, hi]).Select(Evaluate)];
        if (Kind is FunctionKind.Sin or FunctionKind.Cos && hi - lo >= 2 * Math.PI)
            return (-1, 1);
        if (step == 0 && AsPower is { Exponent: < 0 } && lo < 0 && hi >= 0)
            return (double.NegativeInfinity, double.PositiveInfinity);
        bool pole = AsPower is not null || Kind is FunctionKind.Log or FunctionKind.Tan or FunctionKind.Atanh;
        double[] finite = step == 0 || !pole ? values : [.. values.Where(double.IsFinite)];
        return finite.Length == 0 ? (0, 0) : (finite.Min(), finite.Max());
    }

    // Between these every function is monotone; also what lies beside poles.
    private IEnumerable<double> Turns(double lo, double hi, double step)
    {
        switch (Kind)
        {
            case FunctionKind.Gelu:
                return [-0.75179152471, 0];
            case FunctionKind.GeluTanh:
                return [-0.75246142332, 0];
            case FunctionKind.HardSwish:
                return [-3, -1.5, 0, 3];
            case FunctionKind.Swish:
                return [Alpha == 0 ? 0 : -1.27846454276 / Alpha, 0];
            case FunctionKind.Mish:
                return [-1.19241199366, 0];
            case FunctionKind.Atanh:
                return [-1, -1 + step, 0, 1 - step, 1];
            case FunctionKind.Sin or FunctionKind.Cos when hi - lo < 2 * Math.PI:
                return Enumerable.Range(0, 6).Select(k => (Math.Floor(lo / (Math.PI / 2)) + k) * Math.PI / 2);
            case FunctionKind.Tan when step > 0:
                double first = Math.Floor(lo / Math.PI);
                int poles = (int)Math.Min(1000, Math.Ceiling((hi - lo) / Math.PI) + 2);
                return Enumerable.Range(0, poles).Select(k => (first + k + 0.5) * Math.PI / step)
                    .SelectMany(p => new[] { Math.Floor(p) * step, Math.Ceiling(p) * step });
            case FunctionKind.Tan:
                return Math.Floor((lo / Math.PI) + 0.5) == Math.Floor((hi / Math.PI) + 0.5) ? [] : [Math.PI / 2];
            default:
                return step == 0 && Kind == FunctionKind.Log ? [] : [-step, 0, step];
        }
    }

    /// <summary>
    /// A bound of |f'| on [<paramref name="lo"/>, <paramref name="hi"/>], infinite where f has a pole there:
    /// what <see cref="FunctionTable.RequantizedInput"/> needs to know.
    /// </summary>
    public double SlopeBound(double lo, double hi)
    {
        double largest = Math.Max(Math.Abs(lo), Math.Abs(hi));
        return Kind switch
        {
            FunctionKind.Sigmoid => 0.25,
            FunctionKind.Tanh or FunctionKind.Softplus or FunctionKind.Softsign => 1,
            FunctionKind.Elu => Math.Max(1, Math.Abs(Alpha)),
            FunctionKind.Selu => Math.Abs(Gamma) * Math.Max(1, Math.Abs(Alpha)),
            // With a negative alpha the exponential branch grows to the left.
            FunctionKind.Celu => Alpha > 0 ? 1 : Math.Max(1, Math.Exp(lo / Alpha)),
            FunctionKind.Exp => Math.Exp(hi),
            FunctionKind.Log => lo > 0 ? 1 / lo : double.PositiveInfinity,
            FunctionKind.Reciprocal => lo > 0 || hi < 0 ? 1 / Math.Min(lo * lo, hi * hi) : double.PositiveInfinity,
            FunctionKind.Sqrt => lo > 0 ? 0.5 / Math.Sqrt(lo) : double.PositiveInfinity,
            FunctionKind.Power when Alpha >= 1 => Math.Abs(Gamma * Alpha) * Math.Pow(largest, Alpha - 1),
            FunctionKind.Power => lo > 0 ? Math.Abs(Gamma * Alpha) * Math.Pow(lo, Alpha - 1) : double.PositiveInfinity,
            FunctionKind.Erf => 2 / Math.Sqrt(Math.PI),
            FunctionKind.Sin or FunctionKind.Cos or FunctionKind.Atan or FunctionKind.Asinh => 1,
            FunctionKind.Tan => Math.Floor((lo / Math.PI) + 0.5) == Math.Floor((hi / Math.PI) + 0.5)
                ? 1 + Math.Max(Math.Pow(Math.Tan(lo), 2), Math.Pow(Math.Tan(hi), 2)) : double.PositiveInfinity,
            FunctionKind.Asin or FunctionKind.Acos => largest < 1 ? 1 / Math.Sqrt(1 - (largest * largest))
                : double.PositiveInfinity,
            FunctionKind.Sinh or FunctionKind.Cosh => Math.Cosh(largest),
            FunctionKind.Acosh => lo > 1 ? 1 / Math.Sqrt((lo * lo) - 1) : double.PositiveInfinity,
            FunctionKind.Atanh => largest < 1 ? 1 / (1 - (largest * largest)) : double.PositiveInfinity,
            FunctionKind.Gelu or FunctionKind.GeluTanh => 1.13,
            FunctionKind.HardSwish => 1.5,
            FunctionKind.Swish => 1.1,
            FunctionKind.Mish => 1.1,
            _ => throw new ArgumentOutOfRangeException(nameof(lo), Kind, "unknown function"),
        };
    }

    // Never exponentiates a positive number, so nothing overflows.
    private static double Sigmoid(double x)
    {
        double e = Math.Exp(-Math.Abs(x));
        return (x >= 0 ? 1 : e) / (1 + e);
    }

    // tanh(log(1 + e)) = (e² + 2 e) / (e² + 2 e + 2), by the smaller of e and 1 / e.
    private static double MishGate(double x)
    {
        double e = Math.Exp(-Math.Abs(x));
        return x >= 0 ? (1 + (2 * e)) / (1 + (2 * e) + (2 * e * e)) : e * (e + 2) / ((e * (e + 2)) + 2);
    }

    // Kahan's corrections (HP-15C manual): double.ExpM1 and double.LogP1 are computed as exp(x) - 1 and log(x + 1) and
    // lose the digits of small arguments. The errors of u cancel in the quotient.
    private static double ExpM1(double x)
    {
        double u = Math.Exp(x);
        if (u == 1)
            return x;
        return u - 1 == -1 || double.IsInfinity(u) ? u - 1 : (u - 1) * x / Math.Log(u);
    }

    private static double Log1P(double x)
    {
        double u = 1 + x;
        return u == 1 ? x : Math.Log(u) * x / (u - 1);
    }
}
