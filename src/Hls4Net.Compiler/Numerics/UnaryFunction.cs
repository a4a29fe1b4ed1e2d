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

    /// <summary>The natural logarithm; minus infinity at 0, NaN below.</summary>
    Log,

    /// <summary>1 / x; plus infinity at 0, since a fixed-point zero has no sign.</summary>
    Reciprocal,
}

/// <summary>
/// A real function with its attributes: one definition for the floating-point reference and for the tables.
/// Semantics are those of the ONNX operators of the same names.
/// </summary>
/// <param name="Kind">Which function.</param>
/// <param name="Alpha">ONNX's attribute alpha of Elu, Selu and Celu; not used by the others.</param>
/// <param name="Gamma">ONNX's attribute gamma of Selu; not used by the others.</param>
public sealed record UnaryFunction(FunctionKind Kind, double Alpha = 0, double Gamma = 0)
{
    /// <summary>ONNX's default alpha of Selu, the float nearest to Klambauer et al.'s 1.6732632….</summary>
    public const double SeluAlpha = 1.67326319217681884765625;

    /// <summary>ONNX's default gamma of Selu, the float nearest to Klambauer et al.'s 1.0507009….</summary>
    public const double SeluGamma = 1.05070102214813232421875;

    /// <summary>Elu with ONNX's default alpha unless given.</summary>
    public static UnaryFunction Elu(double alpha = 1) => new(FunctionKind.Elu, alpha);

    /// <summary>Selu with ONNX's defaults unless given.</summary>
    public static UnaryFunction Selu(double alpha = SeluAlpha, double gamma = SeluGamma) => new(FunctionKind.Selu, alpha, gamma);

    /// <summary>Celu with ONNX's default alpha unless given.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Alpha is 0, by which the definition divides.</exception>
    public static UnaryFunction Celu(double alpha = 1)
    {
        ArgumentOutOfRangeException.ThrowIfZero(alpha);
        return new(FunctionKind.Celu, alpha);
    }

    /// <summary>The value at <paramref name="x"/>, to a few units in the last place of double; where the exponential grows large, to its argument times as many.</summary>
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
        FunctionKind.Log => Math.Log(x),
        FunctionKind.Reciprocal => x == 0 ? double.PositiveInfinity : 1 / x,
        _ => throw new ArgumentOutOfRangeException(nameof(x), Kind, "unknown function"),
    };

    /// <summary>The smallest and largest value on [<paramref name="lo"/>, <paramref name="hi"/>].</summary>
    public (double Min, double Max) Range(double lo, double hi)
    {
        if (Kind == FunctionKind.Reciprocal && lo <= 0 && hi >= 0)
            return (lo < 0 ? double.NegativeInfinity : Evaluate(hi), double.PositiveInfinity);
        double a = Evaluate(lo), b = Evaluate(hi);
        // Every function is monotone on each side of zero; negative attributes turn the direction there.
        double c = lo < 0 && hi > 0 && Kind != FunctionKind.Log ? Evaluate(0) : a;
        return (Math.Min(Math.Min(a, b), c), Math.Max(Math.Max(a, b), c));
    }

    /// <summary>
    /// A bound of |f'| on [<paramref name="lo"/>, <paramref name="hi"/>], infinite where f has a pole there:
    /// what <see cref="FunctionTable.RequantizedInput"/> needs to know.
    /// </summary>
    public double SlopeBound(double lo, double hi) => Kind switch
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
        _ => throw new ArgumentOutOfRangeException(nameof(lo), Kind, "unknown function"),
    };

    // Never exponentiates a positive number, so nothing overflows.
    private static double Sigmoid(double x)
    {
        double e = Math.Exp(-Math.Abs(x));
        return (x >= 0 ? 1 : e) / (1 + e);
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
