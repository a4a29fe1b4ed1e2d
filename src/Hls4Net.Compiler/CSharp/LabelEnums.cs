using System.Globalization;
using System.Security;
using System.Text;
using Hls4Net.Interfaces;
using Hls4Net.Text;

namespace Hls4Net.CSharp;

/// <summary>The texts that a classifier's labels stand for, as an enum of the generated class.</summary>
internal static class LabelEnums
{
    public static void Emit(CppWriter w, string className, DesignInterface design)
    {
        NameScope types = new();
        types.Declare(className);
        foreach (DesignPort port in design.Outputs.Where(p => !p.Labels.IsEmpty))
        {
            w.Line($"/// <summary>What the numbers of the output <c>{Escape(port.Name)}</c> stand for.</summary>");
            using (w.Block($"public enum {types.Declare(Name(port.Name, "Output") + "Class")}"))
            {
                NameScope members = new();
                for (int i = 0; i < port.Labels.Length; i++)
                {
                    w.Line($"/// <summary>{Escape(port.Labels[i])}</summary>").Line(string.Create(
                        CultureInfo.InvariantCulture, $"{members.Declare(Name(port.Labels[i], "Label"))} = {i},"));
                }
            }
            w.Line();
        }
    }

    // Words as C# writes the names of types and members, none of which is a keyword.
    private static string Name(string text, string otherwise)
    {
        StringBuilder name = new();
        foreach (string word in Identifiers.Of(text).Split('_'))
        {
            if (word.Length > 0)
                name.Append(char.ToUpperInvariant(word[0])).Append(word.AsSpan(1));
        }
        return name.Length == 0 || !text.Any(char.IsAsciiLetterOrDigit) ? otherwise : name.ToString();
    }

    // A label may hold what ends a line of the source.
    private static string Escape(string text) =>
        SecurityElement.Escape(CommentText.Of(text)) ?? "";
}
