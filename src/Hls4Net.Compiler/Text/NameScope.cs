using System.Globalization;

namespace Hls4Net.Text;

/// <summary>
/// The names that are declared in generated sources: each stands for one thing, whatever made it. Upper and lower case
/// are not told apart, because files are named after layers and not every file system does.
/// </summary>
internal sealed class NameScope
{
    private readonly HashSet<string> _declared = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<(object Owner, string Role), string> _names = [];

    /// <summary>
    /// Declares a name: the one wanted, or where that is taken, with the first free number behind it.
    /// </summary>
    /// <param name="wanted">The name.</param>
    /// <param name="endings">Endings with which it is declared as well, such as those of a stream's handshake.</param>
    public string Declare(string wanted, params ReadOnlySpan<string> endings)
    {
        string name = wanted;
        for (int n = 2; IsTaken(name, endings); n++)
            name = string.Create(CultureInfo.InvariantCulture, $"{wanted}_{n}");
        _declared.Add(name);
        foreach (string ending in endings)
            _declared.Add(name + ending);
        return name;
    }

    /// <summary>
    /// The name of something that belongs to a layer or a value: declared when it is first asked for, and the same from
    /// then on.
    /// </summary>
    /// <param name="owner">The layer or value.</param>
    /// <param name="role">What it is of its owner.</param>
    /// <param name="wanted">The name that it has where that is free.</param>
    /// <param name="endings">Endings with which it is declared as well.</param>
    public string Of(object owner, string role, string wanted, params ReadOnlySpan<string> endings)
    {
        if (!_names.TryGetValue((owner, role), out string? name))
            _names.Add((owner, role), name = Declare(wanted, endings));
        return name;
    }

    private bool IsTaken(string name, ReadOnlySpan<string> endings)
    {
        foreach (string ending in endings)
        {
            if (_declared.Contains(name + ending))
                return true;
        }
        return _declared.Contains(name);
    }
}
