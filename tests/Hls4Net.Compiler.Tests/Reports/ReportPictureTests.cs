using System.Diagnostics;
using Hls4Net.Reports;

namespace Hls4Net.Tests.Reports;

/// <summary>
/// report.html in a browser; the pictures stay under artifacts/report-pictures for people to look at.
/// </summary>
public sealed class ReportPictureTests
{
    private const string Browser = "/usr/bin/chromium";

    [SkippableTheory]
    [InlineData("light", 1280, 2500)]
    [InlineData("dark", 1280, 2500)]
    [InlineData("narrow", 500, 2900)]
    public void The_page_renders(string name, int width, int height)
    {
        Skip.IfNot(File.Exists(Browser), $"{Browser} is not installed");
        using TempFolder folder = new();
        string page = folder.Write("report.html",
            System.Text.Encoding.UTF8.GetBytes(ReportHtml.Write(
                SampleReports.Network with { Synthesis = name == "dark" ? SampleReports.Synthesis : null })));
        string picture = Path.Combine(PictureFolder(), $"report-{name}.png");
        File.Delete(picture);
        Run(
            "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                "--disable-component-update",
            "--disable-sync", $"--user-data-dir={Path.Combine(folder.Path, "profile")}", "--hide-scrollbars",
                $"--window-size={width},{height}",
            $"--blink-settings=preferredColorScheme={(name == "dark" ? 0 : 1)}", $"--screenshot={picture}",
                new Uri(page).AbsoluteUri);
        Assert.InRange(new FileInfo(picture).Length, 20_000, 5_000_000);
    }

    private static void Run(params string[] arguments)
    {
        ProcessStartInfo start = new(Browser,
            arguments)
        { RedirectStandardError = true, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail("the browser did not end within two minutes");
        }
        Assert.True(process.ExitCode == 0, errors.Result);
    }

    private static string PictureFolder()
    {
        for (DirectoryInfo? d = new(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            if (File.Exists(Path.Combine(d.FullName, "Hls4Net.slnx")))
                return Directory.CreateDirectory(Path.Combine(d.FullName, "artifacts", "report-pictures")).FullName;
        }
        return Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "report-pictures")).FullName;
    }
}
