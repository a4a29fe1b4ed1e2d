using System.Collections;
using System.Reflection;
using PureHDF;
using PureHDF.VOL.Native;

namespace Hls4Net.Keras;

/// <summary>
/// Soft and external links of an HDF5 group, which no Keras file has. PureHDF follows them while it lists a group,
/// those that lead to themselves without an end, and shows them nowhere in public: its parsed header does.
/// </summary>
internal static class SymbolicLinks
{
    private const BindingFlags Members = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly PropertyInfo s_header = Property(typeof(NativeObject), "Header"),
        s_messages = Property(s_header.PropertyType, "HeaderMessages"),
        s_data = Property(s_messages.PropertyType.GetGenericArguments()[0], "Data"),
        s_link = Property(Named("LinkMessage"), "LinkInfo");

    private static readonly Type s_hard = Named("HardLinkInfo");

    /// <summary>True for a group whose header has such a link.</summary>
    public static bool AreIn(IH5Group group)
    {
        foreach (object message in (IEnumerable)s_messages.GetValue(s_header.GetValue(group))!)
        {
            object? data = s_data.GetValue(message);
            if (s_link.DeclaringType!.IsInstanceOfType(data) && !s_hard.IsInstanceOfType(s_link.GetValue(data)))
                return true;
        }
        return false;
    }

    private static PropertyInfo Property(Type type, string name) => type.GetProperty(name, Members)
        ?? throw new InvalidOperationException($"PureHDF's {type.Name} has no {name}");

    private static Type Named(string name) =>
        typeof(NativeObject).Assembly.GetType($"{typeof(NativeObject).Namespace}.{name}", throwOnError: true)!;
}
