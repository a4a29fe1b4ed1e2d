using System.Runtime.InteropServices;
using System.Text;

namespace Hls4Net.Tests.Forests;

/// <summary>LightGBM itself, by its C interface: trains models and says what they predict.</summary>
internal static class LightgbmLibrary
{
    private const string Library = "lib_lightgbm";
    private const int Float32 = 0, Float64 = 1, RowMajor = 1, ToTheLast = -1;

    /// <summary>True where the library and what it needs are there.</summary>
    public static bool IsThere => NativeLibrary.TryLoad(Library, typeof(LightgbmLibrary).Assembly, null, out _);

    /// <summary>Trains a model.</summary>
    /// <param name="parameters">As LightGBM spells them, with blanks between.</param>
    /// <param name="x">Rows of features, one after another.</param>
    /// <param name="y">What to predict of each row.</param>
    /// <param name="rounds">How many times a tree is made for each output.</param>
    /// <returns>The model's text, and its predictions of the rows, one after another.</returns>
    public static (string Model, double[] Predictions) Train(string parameters, double[] x, float[] y, int rounds)
    {
        (int rows, int columns) = (y.Length, x.Length / y.Length);
        parameters += " verbosity=-1 num_threads=1 deterministic=true force_row_wise=true";
        Check(LGBM_DatasetCreateFromMat(x, Float64, rows, columns, RowMajor, parameters, 0, out nint data));
        Check(LGBM_DatasetSetField(data, "label", y, rows, Float32));
        Check(LGBM_BoosterCreate(data, parameters, out nint booster));
        for (int i = 0; i < rounds; i++)
            Check(LGBM_BoosterUpdateOneIter(booster, out _));
        Check(LGBM_BoosterSaveModelToString(booster, 0, ToTheLast, 0, 0, out long length, null));
        byte[] text = new byte[length];
        Check(LGBM_BoosterSaveModelToString(booster, 0, ToTheLast, 0, length, out _, text));
        Check(LGBM_BoosterGetNumClasses(booster, out int classes));
        double[] predictions = new double[rows * classes];
        Check(LGBM_BoosterPredictForMat(booster, x, Float64, rows, columns, RowMajor, 0, 0, ToTheLast, "", out _,
            predictions));
        Check(LGBM_BoosterFree(booster));
        Check(LGBM_DatasetFree(data));
        return (Encoding.UTF8.GetString(text).TrimEnd('\0'), predictions);
    }

    /// <summary>What a model's text predicts of rows of features, one after another.</summary>
    public static double[] Predict(string model, double[] x, int rows)
    {
        Check(LGBM_BoosterLoadModelFromString(model, out _, out nint booster));
        Check(LGBM_BoosterGetNumClasses(booster, out int classes));
        double[] predictions = new double[rows * classes];
        Check(LGBM_BoosterPredictForMat(booster, x, Float64, rows, x.Length / rows, RowMajor, 0, 0, ToTheLast, "",
            out _, predictions));
        Check(LGBM_BoosterFree(booster));
        return predictions;
    }

    private static void Check(int status)
    {
        if (status != 0)
            throw new InvalidOperationException(Marshal.PtrToStringUTF8(LGBM_GetLastError()));
    }

    [DllImport(Library)]
    private static extern nint LGBM_GetLastError();

    [DllImport(Library)]
    private static extern int LGBM_DatasetCreateFromMat(double[] data, int type, int rows, int columns, int rowMajor,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string parameters, nint reference, out nint dataset);

    [DllImport(Library)]
    private static extern int LGBM_DatasetSetField(nint dataset,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name, float[] data, int count, int type);

    [DllImport(Library)]
    private static extern int LGBM_BoosterCreate(nint dataset,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string parameters, out nint booster);

    [DllImport(Library)]
    private static extern int LGBM_BoosterLoadModelFromString(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string model, out int iterations, out nint booster);

    [DllImport(Library)]
    private static extern int LGBM_BoosterUpdateOneIter(nint booster, out int isFinished);

    [DllImport(Library)]
    private static extern int LGBM_BoosterGetNumClasses(nint booster, out int classes);

    [DllImport(Library)]
    private static extern int LGBM_BoosterSaveModelToString(nint booster, int first, int count, int importance,
        long room, out long length, byte[]? text);

    [DllImport(Library)]
    private static extern int LGBM_BoosterPredictForMat(nint booster, double[] data, int type, int rows, int columns,
        int rowMajor, int kind, int first, int count, [MarshalAs(UnmanagedType.LPUTF8Str)] string parameters,
        out long length, double[] results);

    [DllImport(Library)]
    private static extern int LGBM_BoosterFree(nint booster);

    [DllImport(Library)]
    private static extern int LGBM_DatasetFree(nint dataset);
}
