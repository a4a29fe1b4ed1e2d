using System.IO.Compression;
using System.Reflection;

namespace Hls4Net.Sdk.Tests.Harness;

/// <summary>The packages under test, packed by the build of this project.</summary>
internal static class Packages
{
    private static readonly Lazy<string> s_extracted = new(Extract);

    public static string RepositoryRoot { get; } = Metadata("RepositoryRoot");

    /// <summary>A folder feed with the packages.</summary>
    public static string Feed { get; } = Metadata("PackageFolder");

    public static string Version { get; } = Metadata("PackageVersion");

    /// <summary>
    /// A package folder in which Hls4Net.Sdk is extracted already: as NuGet would do it, without its races when builds
    /// run side by side.
    /// </summary>
    public static string Extracted => s_extracted.Value;

    public static string Nupkg(string id) => Path.Combine(Feed, $"{id}.{Version}.nupkg");

    private static string Extract()
    {
        string folder = Path.Combine(TempFolder.Shared, "packages");
        string package = Path.Combine(folder, "hls4net.sdk", Version);
        ZipFile.ExtractToDirectory(Nupkg("Hls4Net.Sdk"), package);
        File.WriteAllText(Path.Combine(package, ".nupkg.metadata"),
            """{ "version": 2, "contentHash": "test", "source": "test" }""");
        return folder;
    }

    private static string Metadata(string key) =>
        typeof(Packages).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
