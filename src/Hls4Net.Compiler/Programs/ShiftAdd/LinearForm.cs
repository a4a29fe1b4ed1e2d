using System.Numerics;

namespace Hls4Net.Programs.ShiftAdd;

/// <summary>
/// A linear function of the inputs and a constant, as the coefficients that are not zero: those of the inputs by their
/// numbers, and the constant, whose number is how many inputs there are. Of hundreds of inputs most nodes of a network
/// read few.
/// </summary>
internal sealed class LinearForm
{
    private readonly int[] _inputs;
    private readonly long[] _coefficients;

    /// <param name="inputs">Numbers of inputs, in ascending order.</param>
    /// <param name="coefficients">Their coefficients, none of which is zero.</param>
    public LinearForm(int[] inputs, long[] coefficients)
    {
        (_inputs, _coefficients) = (inputs, coefficients);
        long any = 0;
        foreach (long c in coefficients)
            any |= c;
        Zeros = any == 0 ? 0 : BitOperations.TrailingZeroCount(any);
    }

    /// <summary>The numbers of inputs that it depends on, in ascending order.</summary>
    public ReadOnlySpan<int> Inputs => _inputs;

    /// <summary>Their coefficients.</summary>
    public ReadOnlySpan<long> Coefficients => _coefficients;

    /// <summary>Low bits that all coefficients have zero.</summary>
    public int Zeros { get; }

    /// <summary>The coefficient of an input.</summary>
    public long this[int input] => Array.BinarySearch(_inputs, input) is int at and >= 0 ? _coefficients[at] : 0;

    /// <summary>A multiple of one input.</summary>
    public static LinearForm Of(int input, long coefficient) => new([input], [coefficient]);

    /// <summary>The form with a coefficient for each input and the constant.</summary>
    public static LinearForm Of(ReadOnlySpan<long> coefficients)
    {
        int[] inputs = new int[coefficients.Length];
        int count = 0;
        for (int i = 0; i < coefficients.Length; i++)
        {
            if (coefficients[i] != 0)
                inputs[count++] = i;
        }
        long[] values = new long[count];
        for (int i = 0; i < count; i++)
            values[i] = coefficients[inputs[i]];
        return new LinearForm(inputs[..count], values);
    }

    /// <summary>This one times ±2^shift, plus another.</summary>
    /// <param name="shift">Negative shifts drop bits that all coefficients have zero.</param>
    /// <param name="negative">True to subtract.</param>
    /// <param name="other">The other; null for zero.</param>
    public LinearForm TimesPlus(int shift, bool negative, LinearForm? other)
    {
        ReadOnlySpan<int> others = other is null ? [] : other._inputs;
        int[] inputs = new int[_inputs.Length + others.Length];
        long[] coefficients = new long[inputs.Length];
        int count = 0, i = 0, j = 0;
        while (i < _inputs.Length || j < others.Length)
        {
            bool own = j == others.Length || (i < _inputs.Length && _inputs[i] <= others[j]), its = i == _inputs.Length
                || (j < others.Length && others[j] <= _inputs[i]);
            int input = own ? _inputs[i] : others[j];
            long value = its ? other!._coefficients[j++] : 0;
            if (own)
            {
                long scaled = shift >= 0 ? _coefficients[i] << shift : _coefficients[i] >> -shift;
                value += negative ? -scaled : scaled;
                i++;
            }
            if (value != 0)
                (inputs[count], coefficients[count++]) = (input, value);
        }
        return count == inputs.Length ? new LinearForm(inputs, coefficients)
            : new LinearForm(inputs[..count], coefficients[..count]);
    }
}
