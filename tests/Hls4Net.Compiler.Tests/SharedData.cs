namespace Hls4Net.Tests;

/// <summary>The shared test data beside the repository (models, goldens, vectors), where it exists.</summary>
internal static class SharedData
{
    private static readonly string? s_root = Find();

    /// <summary>The path below the shared folder; skips the test, saying so, where the folder is missing.</summary>
    public static string Require(params string[] parts)
    {
        Skip.If(s_root is null,
            "shared test data not found: neither HLS4NET_SHARED nor ../shared beside the repository");
        return Path.Combine([s_root!, .. parts]);
    }

    /// <summary>
    /// The path below the shared folder, or null where the folder is missing: for choosing test cases.
    /// </summary>
    public static string? TryFind(params string[] parts) => s_root is null ? null : Path.Combine([s_root, .. parts]);

    private static string? Find()
    {
        string? named = Environment.GetEnvironmentVariable("HLS4NET_SHARED");
        if (!string.IsNullOrEmpty(named))
            return Directory.Exists(named) ? named : null;
        for (DirectoryInfo? d = new(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            if (!File.Exists(Path.Combine(d.FullName, "Hls4Net.slnx")))
                continue;
            string shared = Path.Combine(d.Parent!.FullName, "shared");
            return Directory.Exists(Path.Combine(shared, "models")) ? shared : null;
        }
        return null;
    }
}
