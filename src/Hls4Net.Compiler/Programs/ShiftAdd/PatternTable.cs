namespace Hls4Net.Programs.ShiftAdd;

/// <summary>What is known of a pair of digits.</summary>
internal struct PatternEntry
{
    /// <summary>How often it stands in all sums.</summary>
    public int Count;

    /// <summary>The node that was made of it; 0 for none, which is an input.</summary>
    public int Node;

    /// <summary>With which gain it waits in the queue; 0 if it does not.</summary>
    public float Queued;

    /// <summary>LUTs of its adder, plus one; 0 if that is not known yet.</summary>
    public short CostPlusOne;

    /// <summary>True if it was counted up since the queue was last served.</summary>
    public bool Touched;
}

/// <summary>
/// Counts of pairs of digits by key, which is not 0: a hash table with open addressing, since the search does little
/// else but count.
/// </summary>
internal sealed class PatternTable
{
    private ulong[] _keys = new ulong[1 << 8];
    private PatternEntry[] _entries = new PatternEntry[1 << 8];
    private int _used;
    private PatternEntry _none;

    // What is counted of a matrix of thousands of inputs must not fill the memory: 100 MB.
    private const int Most = 1 << 21;

    /// <summary>
    /// The entry of a key; the reference holds until another key is looked up. Of so many keys no more are known, and
    /// count nothing.
    /// </summary>
    public ref PatternEntry this[ulong key]
    {
        get
        {
            int i = Slot(_keys, key);
            if (_keys[i] == 0 && _used == Most)
            {
                _none = default;
                return ref _none;
            }
            if (_keys[i] == 0)
            {
                if (++_used * 2 > _keys.Length)
                {
                    Grow();
                    i = Slot(_keys, key);
                }
                _keys[i] = key;
            }
            return ref _entries[i];
        }
    }

    public IEnumerable<ulong> Keys => _keys.Where(k => k != 0);

    private static int Slot(ulong[] keys, ulong key)
    {
        int mask = keys.Length - 1, i = (int)((key * 0x9E3779B97F4A7C15) >> 32) & mask;
        while (keys[i] != key && keys[i] != 0)
            i = (i + 1) & mask;
        return i;
    }

    private void Grow()
    {
        ulong[] keys = new ulong[_keys.Length * 2];
        PatternEntry[] entries = new PatternEntry[keys.Length];
        for (int i = 0; i < _keys.Length; i++)
        {
            if (_keys[i] == 0)
                continue;
            int slot = Slot(keys, _keys[i]);
            (keys[slot], entries[slot]) = (_keys[i], _entries[i]);
        }
        (_keys, _entries) = (keys, entries);
    }
}
