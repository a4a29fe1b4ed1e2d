using Hls4Net.Tools;

namespace Hls4Net.Tests.Synthesis;

public sealed class StepProgressTests
{
    [Fact]
    public void The_first_and_the_last_part_are_said_with_times_and_others_when_a_second_has_gone_by()
    {
        List<string> lines = [];
        using (StepProgress steps = new("muon_pt", "layer", 50, lines.Add))
        {
            for (int i = 1; i <= 50; i++)
            {
                steps.Start($"fc{i}");
                steps.Done($"fc{i}");
            }
        }
        Assert.InRange(lines.Count, 2, 49);
        Assert.Matches(@"^muon_pt: layer 1 of 50 \(fc1\) done, \d+ s elapsed, about \d+ s left$", lines[0]);
        Assert.Matches(@"^muon_pt: layer 50 of 50 \(fc50\) done, \d+ s elapsed$", lines[^1]);
    }

    [Theory]
    [InlineData(0.2, "0 s")]
    [InlineData(99, "99 s")]
    [InlineData(200, "3 min 20 s")]
    [InlineData(7500, "2 h 5 min")]
    public void Times_are_short(double seconds, string text) =>
        Assert.Equal(text, StepProgress.Text(TimeSpan.FromSeconds(seconds)));
}
