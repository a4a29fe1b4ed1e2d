using System.Diagnostics;
using System.Reflection;

namespace Hls4Net.Diagnostics;

/// <summary>
/// A fault of the compiler itself: an exception that no check foresaw. Steps and nodes are noted on it as it passes
/// them, by exception filters, and the front door makes a diagnostic of it.
/// </summary>
public static class Fault
{
    private const string Step = "Hls4Net.Step", Node = "Hls4Net.Node";

    /// <summary>
    /// True for a fault; false for what the user can mend, has been told already, or has asked for by stopping the
    /// build.
    /// </summary>
    public static bool Is(Exception e) =>
        e is not (ModelException or CompilationFailedException or OperationCanceledException);

    /// <summary>
    /// Notes the step that an exception passes, the innermost only. Always false: a filter that lets it go on.
    /// </summary>
    public static bool PassesStep(Exception e, string step) => Note(e, Step, step);

    /// <summary>
    /// Notes the node or layer that an exception passes, the innermost only. Always false: a filter that lets it go on.
    /// </summary>
    public static bool PassesNode(Exception e, string node) => Note(e, Node, node);

    /// <summary>Reports a fault: where it was, and how to report it.</summary>
    public static void Report(Exception e, DiagnosticBag diagnostics)
    {
        string step = Text(e, Step) is string s ? $" in {s}" : "", node = Text(e, Node) is string n ? $" at {n}" : "";
        string place = Place(e) is string method ? $" ({method})" : "";
        diagnostics.Add(
            Descriptors.InternalError,
            $"the compiler failed{step}{node}: {e.GetType().Name}: {e.Message}{place}. This is a fault of Hls4Net and "
            + "not of the model: please report this line, and the model if you may share it");
    }

    private static bool Note(Exception e, string key, string text)
    {
        if (Is(e) && !e.Data.Contains(key))
            e.Data[key] = text;
        return false;
    }

    private static string? Text(Exception e, string key) => e.Data[key] as string
        ?? (e.InnerException is Exception inner ? Text(inner, key) : null);

    // The innermost method of ours.
    private static string? Place(Exception e)
    {
        if (e.InnerException is Exception inner && Place(inner) is string place)
            return place;
        MethodBase? method = new StackTrace(e).GetFrames().Select(f => f.GetMethod()).FirstOrDefault(IsOurs);
        return method is null ? null : $"{method.DeclaringType!.Name}.{method.Name}";
    }

    private static bool IsOurs(MethodBase? method) =>
        method?.DeclaringType?.Namespace?.StartsWith(nameof(Hls4Net), StringComparison.Ordinal) ?? false;
}
