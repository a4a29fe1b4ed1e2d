using Hls4Net.Devices;
using Hls4Net.Numerics;
using Hls4Net.Programs;
using Hls4Net.Programs.Lowering;

namespace Hls4Net.Tests.Rtl;

/// <summary>Conversions in integer operations, every mode at every value of a small range.</summary>
public sealed class ConversionTests
{
    private const int Fraction = 3, Min = -70, Max = 69;

    public static TheoryData<Rounding> Roundings => [.. Enum.GetValues<Rounding>()];

    [Theory]
    [MemberData(nameof(Roundings))]
    public void Every_mode_gives_what_fixed_point_conversion_defines(Rounding rounding)
    {
        foreach (FixedPointType type in Types(rounding))
        {
            // An input before the one that is converted: numbers of values and constants must not be mixed up.
            ProgramBuilder builder = new(2, new Fabric(3));
            builder.Input(0, new Interval(-5, 5), 1);
            int value = builder.Input(1, new Interval(Min, Max), 1);
            ProgramEvaluator evaluator = new(builder.Finish([Conversion.Convert(builder, value, Fraction, type)]));
            long[] result = new long[1];
            for (int x = Min; x <= Max; x++)
            {
                evaluator.Run([(x * 7 % 11) - 5, x], result);
                long expected = (long)FixedPoint.Convert(x, Fraction, type, out _);
                Assert.True(expected == result[0], $"{x} in {type}: {result[0]}, not {expected}");
            }
        }
    }

    private static IEnumerable<FixedPointType> Types(Rounding rounding) =>
        from overflow in Enum.GetValues<Overflow>()
        from width in new[] { 1, 2, 3, 5, 9 }
        from integer in new[] { width + 2, width, width - 2, width - 4 }
        from signed in new[] { true, false }
        from saturationBits in overflow is Overflow.Wrap or Overflow.WrapSm ? new[] { 0, 1, 2, width } : [0]
        where saturationBits <= width && (signed || overflow != Overflow.WrapSm)
        select new FixedPointType(width, integer, signed, rounding, overflow, saturationBits);
}
