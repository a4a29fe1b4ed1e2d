// Runs the track quality forest's firmware, bit for bit, over simulated tracks, and prints what cuts on it keep of
// genuine tracks and of fakes, beside what XGBoost itself says.

using System.Globalization;
using TrackQuality;
using TriggerModel;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

string data = Path.Combine(AppContext.BaseDirectory, "data");
NpyFile tracks = NpyFile.Read(Path.Combine(data, "x.npy"));
NpyFile truth = NpyFile.Read(Path.Combine(data, "truth.npy"));
if (truth.Rows != tracks.Rows || truth.Columns != Truth.Columns)
    throw new InvalidDataException($"truth.npy has {truth.Rows} x {truth.Columns} values for {tracks.Rows} tracks");

float[] firmware = new float[tracks.Rows];
TrackQualityModel.PredictBatch(tracks.Values, firmware);

Console.WriteLine("The first tracks, one by one");
Console.WriteLine("  genuine   firmware   XGBoost");
for (int i = 0; i < 5; i++)
    Console.WriteLine($"  {(truth[i, Truth.Genuine] > 0 ? "yes" : "no"),7}   {firmware[i],8:F4}   "
        + $"{truth[i, Truth.Quality],7:F4}");

Console.WriteLine();
Console.WriteLine("What a cut keeps");
Console.WriteLine("  quality above   genuine tracks: XGBoost   firmware   fakes: XGBoost   firmware");
foreach (double cut in (double[])[0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95])
{
    Console.WriteLine($"  {cut,13:F2}   {Kept(1, cut, i => truth[i, Truth.Quality]),23:P1}   "
        + $"{Kept(1, cut, i => firmware[i]),8:P1}   {Kept(0, cut, i => truth[i, Truth.Quality]),14:P1}   "
        + $"{Kept(0, cut, i => firmware[i]),8:P1}");
}

// The cut as the trigger has it, one bit.
float[] passes = new float[tracks.Rows];
TrackCut.PredictBatch(tracks.Values, passes);
int differing = Enumerable.Range(0, tracks.Rows).Count(i => passes[i] > 0 != truth[i, Truth.Quality] > 0.9f);
Console.WriteLine();
Console.WriteLine($"The bit of quality above 0.9: {Kept(1, 0, i => passes[i]):P1} of genuine tracks, "
    + $"{Kept(0, 0, i => passes[i]):P1} of fakes; {differing} of {tracks.Rows:N0} differ from XGBoost's");

double Kept(int genuine, double cut, Func<int, float> quality)
{
    int[] chosen = [.. Enumerable.Range(0, tracks.Rows).Where(i => truth[i, Truth.Genuine] == genuine)];
    return (double)chosen.Count(i => quality(i) > cut) / chosen.Length;
}

/// <summary>The columns of truth.npy.</summary>
internal static class Truth
{
    /// <summary>1 for a track of a particle, 0 for a fake.</summary>
    public const int Genuine = 0;

    /// <summary>What XGBoost predicts.</summary>
    public const int Quality = 1;

    /// <summary>The number of columns.</summary>
    public const int Columns = 2;
}
