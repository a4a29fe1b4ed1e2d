using System.Runtime.CompilerServices;

namespace Hls4Net.Programs.Mapping;

/// <summary>Nodes in ascending order.</summary>
[InlineArray(LutCover.MostInputs)]
internal struct LeafList
{
    private int _first;
}

/// <summary>Nodes of which a table makes another.</summary>
internal record struct Cut
{
    /// <summary>The nodes.</summary>
    public LeafList Leaves;

    /// <summary>A bit for each of them, the same for some.</summary>
    public ulong Signature;

    /// <summary>How many they are.</summary>
    public byte Count;

    /// <summary>Levels of tables up to this one.</summary>
    public short Depth;

    /// <summary>The area of the table and the part of what is in front of it that is its own.</summary>
    public float Flow;

    public static Cut Of(int node)
    {
        Cut cut = new() { Count = 1, Signature = 1UL << (node & 63) };
        cut.Leaves[0] = node;
        return cut;
    }

    public static bool TryUnite(in Cut a, in Cut b, int most, out Cut united)
    {
        united = new Cut { Signature = a.Signature | b.Signature };
        int i = 0, j = 0, count = 0;
        while (i < a.Count || j < b.Count)
        {
            if (count == most)
                return false;
            if (j == b.Count || (i < a.Count && a.Leaves[i] < b.Leaves[j]))
                united.Leaves[count++] = a.Leaves[i++];
            else
            {
                if (i < a.Count && a.Leaves[i] == b.Leaves[j])
                    i++;
                united.Leaves[count++] = b.Leaves[j++];
            }
        }
        united.Count = (byte)count;
        return true;
    }

    public readonly bool SameLeaves(in Cut other)
    {
        if (Count != other.Count)
            return false;
        for (int i = 0; i < Count; i++)
        {
            if (Leaves[i] != other.Leaves[i])
                return false;
        }
        return true;
    }
}
