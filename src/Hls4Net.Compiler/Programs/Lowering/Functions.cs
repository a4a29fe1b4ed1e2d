using Hls4Net.Numerics;

namespace Hls4Net.Programs.Lowering;

/// <summary>Function tables in integer operations: a ROM of results, or straight segments.</summary>
internal static class Functions
{
    public static int Evaluate(ProgramBuilder b, FunctionTable table, int x)
    {
        int clamped = b.Clamp(x, table.Lo, table.Hi);
        if (table.Shift == 0)
            return b.Table(clamped, table.Lo, table.Base);
        int distance = b.Difference(clamped, b.Constant(table.Lo));
        int segment = b.ShiftRight(distance, table.Shift), t = b.LowBits(distance, table.Shift, false);
        int rise = b.Product(b.Table(segment, 0, table.Slope), t);
        int y = b.ShiftRight(b.Sum(b.Table(segment, 0, table.Base), rise), table.Guard);
        return table.ClampsOutput ? b.Clamp(y, table.OutMin, table.OutMax)
            : b.Bounded(y, new(table.OutMin, table.OutMax));
    }
}
