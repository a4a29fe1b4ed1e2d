using System.Runtime.InteropServices;
using Hls4Net.Numerics;

namespace Hls4Net.Programs.ShiftAdd;

/// <summary>A coefficient, which is not 0, of a node's value without its low zeros.</summary>
internal readonly record struct Factor(int Node, long Coefficient);

/// <summary>
/// A sum that is wanted, as integer multiples of nodes. How the multiples become digits is left open: 3 is 4 - 1 as
/// well as 2 + 1, whichever can be shared.
/// </summary>
internal sealed class LinearSum
{
    private readonly List<Factor> _factors = [];

    public ReadOnlySpan<Factor> Factors => CollectionsMarshal.AsSpan(_factors);

    /// <summary>Σ k^depth over all digits, see <see cref="DelayBudget"/>.</summary>
    public double Load { get; private set; }

    /// <summary>The cost of adding up its digits, if that was found already.</summary>
    public int? TreeCost { get; set; }

    /// <summary>The coefficient of a node, 0 where it has none.</summary>
    public long this[int node] => IndexOf(node) is int i and >= 0 ? _factors[i].Coefficient : 0;

    public void Remove(int node, double weight)
    {
        int i = IndexOf(node);
        Load -= SignedDigits.Count(_factors[i].Coefficient) * weight;
        _factors[i] = _factors[^1];
        _factors.RemoveAt(_factors.Count - 1);
        TreeCost = null;
    }

    public void Add(Factor factor, double weight)
    {
        _factors.Add(factor);
        Load += SignedDigits.Count(factor.Coefficient) * weight;
        TreeCost = null;
    }

    private int IndexOf(int node)
    {
        ReadOnlySpan<Factor> factors = Factors;
        for (int i = 0; i < factors.Length; i++)
        {
            if (factors[i].Node == node)
                return i;
        }
        return -1;
    }
}
