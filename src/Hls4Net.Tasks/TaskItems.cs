using System.Collections;
using Hls4Net.Configuration;
using Microsoft.Build.Framework;

namespace Hls4Net.Tasks;

/// <summary>Translates MSBuild's items for the compiler.</summary>
internal static class TaskItems
{
    /// <summary>
    /// The item with its custom metadata as written, escapes included: only they tell a file's semicolon from a list's.
    /// </summary>
    public static ProjectItem ToProjectItem(this ITaskItem item, string kind) =>
        new(kind, item.ItemSpec, item.EscapedMetadata());

    /// <summary>Custom metadata in MSBuild's escaped form.</summary>
    public static Dictionary<string, string> EscapedMetadata(this ITaskItem item)
    {
        Dictionary<string, string> metadata = new(StringComparer.OrdinalIgnoreCase);
        IDictionary escaped = ((ITaskItem2)item).CloneCustomMetadataEscaped();
        foreach (DictionaryEntry entry in escaped)
            metadata[(string)entry.Key] = (string?)entry.Value ?? "";
        return metadata;
    }
}
