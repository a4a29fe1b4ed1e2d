using Hls4Net.Numerics;

namespace Hls4Net.Programs;

/// <summary>Executes a program: its definition.</summary>
public sealed class ProgramEvaluator(IntegerProgram program)
{
    private readonly Int128[] _values = new Int128[program.Values.Length];

    /// <summary>Values of the run before, by number.</summary>
    public ReadOnlySpan<Int128> Values => _values;

    /// <summary>Runs one sample.</summary>
    public void Run(ReadOnlySpan<long> inputs, Span<long> outputs)
    {
        for (int n = 0; n < _values.Length; n++)
            _values[n] = Value(program.Values[n].Operation, inputs);
        for (int i = 0; i < outputs.Length; i++)
            outputs[i] = checked((long)_values[program.Outputs[i]]);
    }

    private Int128 Value(IntegerOperation operation, ReadOnlySpan<long> inputs)
    {
        switch (operation)
        {
            case IntegerOperation.Input input:
                return inputs[input.Index];
            case IntegerOperation.Constant constant:
                return constant.Value;
            case IntegerOperation.Sum sum:
                Int128 result = 0;
                foreach (SumTerm t in sum.Terms)
                {
                    Int128 shifted = t.Shift >= 0 ? _values[t.Value] << t.Shift : _values[t.Value] >> -t.Shift;
                    result += t.Negative ? -shifted : shifted;
                }
                return result;
            case IntegerOperation.Product product:
                return _values[product.A] * _values[product.B];
            case IntegerOperation.ShiftRight shift:
                return _values[shift.A] >> shift.Bits;
            case IntegerOperation.LowBits low:
                return FixedPoint.Wrap(_values[low.A], low.Bits, low.Signed);
            case IntegerOperation.AtLeast compare:
                return _values[compare.A] >= _values[compare.B] ? 1 : 0;
            case IntegerOperation.Select select:
                return _values[_values[select.Condition] != 0 ? select.IfSet : select.IfClear];
            case IntegerOperation.Table table:
                return table.Entries[(int)(_values[table.A] - table.First)];
            default:
                throw new ArgumentOutOfRangeException(nameof(operation));
        }
    }
}
