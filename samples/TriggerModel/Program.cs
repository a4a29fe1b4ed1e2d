// Runs the muon trigger's firmware, bit for bit, over simulated tracks and prints what the trigger would do with them:
// the efficiency for muons of every pT at a 20 GeV threshold, and the part of the tracks that each threshold lets
// through.

using System.Globalization;
using TriggerModel;

const double CurvatureUnit = 10.0; // GeV: the network's output is charge * CurvatureUnit / pT
const double Threshold = 20.0;
const int BarLength = 40;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

string data = Path.Combine(AppContext.BaseDirectory, "data");
NpyFile tracks = NpyFile.Read(Path.Combine(data, "x.npy"));
NpyFile truth = NpyFile.Read(Path.Combine(data, "truth.npy"));
if (truth.Rows != tracks.Rows || truth.Columns != Truth.Columns)
    throw new InvalidDataException($"truth.npy has {truth.Rows} x {truth.Columns} values for {tracks.Rows} tracks");

float[] firmware = new float[tracks.Rows];
MuonPt.PredictBatch(tracks.Values, firmware);

Console.WriteLine("The first tracks, one by one");
Console.WriteLine("  true q*pT [GeV]   firmware   floating point");
float[] single = new float[1];
for (int i = 0; i < 5; i++)
{
    MuonPt.Predict(tracks.Values.AsSpan(i * tracks.Columns, tracks.Columns), single);
    double truePt = truth[i, Truth.Charge] * truth[i, Truth.Pt];
    Console.WriteLine(
        $"  {truePt,15:F1}   {CurvatureUnit / single[0],8:F1}   {CurvatureUnit / truth[i, Truth.FloatOutput],14:F1}");
}

Console.WriteLine();
Console.WriteLine($"Efficiency at pT >= {Threshold:F0} GeV");
Console.WriteLine("  true pT [GeV]   tracks   float   firmware");
double[] edges = [3, 5, 8, 10, 12, 14, 16, 18, 20, 22, 24, 27, 30, 35, 40, 50, 70, 100, 150];
for (int bin = 0; bin + 1 < edges.Length; bin++)
{
    (double low, double high) = (edges[bin], edges[bin + 1]);
    int[] inBin = [.. Enumerable.Range(0, tracks.Rows)
        .Where(i => truth[i, Truth.Pt] >= low && truth[i, Truth.Pt] < high)];
    double byFloat = Efficiency(inBin, i => truth[i, Truth.FloatOutput]);
    double byFirmware = Efficiency(inBin, i => firmware[i]);
    string bar = new('#', (int)Math.Round(byFirmware * BarLength));
    Console.WriteLine(
        $"  {low,4:F0} to {high,4:F0}    {inBin.Length,6}  {byFloat,6:P0}  {byFirmware,8:P0}   "
        + $"|{bar.PadRight(BarLength)}|");
}

Console.WriteLine();
Console.WriteLine(
    "Tracks let through, of a falling pT spectrum from 3 GeV on; in the bars 10 characters are a factor of 10");
Console.WriteLine("  threshold [GeV]   perfect pT      float   firmware   firmware keeps");
foreach (double threshold in (double[])[5, 8, 10, 12, 15, 20, 25, 30, 40])
{
    double ideal = Rate(i => truth[i, Truth.Pt] >= threshold);
    double byFloat = Rate(i => Passes(truth[i, Truth.FloatOutput], threshold));
    double byFirmware = Rate(i => Passes(firmware[i], threshold));
    string oneIn = byFirmware > 0 ? $"1 in {1 / byFirmware:F0}" : "none";
    int length = byFirmware > 0 ? (int)Math.Round(Math.Max(0, BarLength + 10 * Math.Log10(byFirmware))) : 0;
    string bar = new('#', length);
    Console.WriteLine(
        $"  {threshold,15:F0}   {ideal,10:F5} {byFloat,10:F5} {byFirmware,10:F5}   {oneIn,14}   "
        + $"|{bar.PadRight(BarLength)}|");
}

// Compared without a division: pT >= threshold where |y| <= unit / threshold, which is how firmware would do it too.
static bool Passes(float y, double threshold) => Math.Abs(y) <= CurvatureUnit / threshold;

static double Efficiency(int[] chosen, Func<int, float> output) =>
    chosen.Length == 0 ? 0 : (double)chosen.Count(i => Passes(output(i), Threshold)) / chosen.Length;

double Rate(Func<int, bool> passes) =>
    Enumerable.Range(0, tracks.Rows).Where(passes).Sum(i => (double)truth[i, Truth.Weight]);

/// <summary>The columns of truth.npy that are used here; training/train.py has them all.</summary>
internal static class Truth
{
    /// <summary>+1 or -1.</summary>
    public const int Charge = 0;

    /// <summary>Transverse momentum in GeV.</summary>
    public const int Pt = 1;

    /// <summary>What the track counts in a falling spectrum; all sum to 1.</summary>
    public const int Weight = 3;

    /// <summary>The output of the network in floating point.</summary>
    public const int FloatOutput = 4;

    /// <summary>The number of columns.</summary>
    public const int Columns = 5;
}
