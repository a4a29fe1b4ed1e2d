namespace Hls4Net.Configuration;

/// <summary>
/// An item as a project states it. Metadata values are in MSBuild's escaped form, where <c>%3b</c> is a semicolon that
/// does not separate a list.
/// </summary>
/// <param name="Kind">HlsModel or HlsLayer.</param>
/// <param name="Include">What the item includes, as the project names it, unescaped.</param>
/// <param name="Metadata">Custom metadata by name; names compare without case.</param>
public sealed record ProjectItem(string Kind, string Include, IReadOnlyDictionary<string, string> Metadata);
