using Hls4Net.Configuration;
using Hls4Net.Tests.Models;

namespace Hls4Net.Tests;

/// <summary>The shared folder's small models that once failed, with their vectors where they have some.</summary>
internal static class SharedCases
{
    /// <summary>Options for a case; skips the test, saying so, where the shared data are missing.</summary>
    public static ModelOptions Options(string name)
    {
        string folder = SharedData.Require("cases", name);
        Skip.IfNot(Directory.Exists(folder), $"the shared test data have no case {name}");
        string inputs = Path.Combine(folder, "input.npy"), outputs = Path.Combine(folder, "expected.npy");
        ModelOptions options = ModelHarness.Options(Path.Combine(folder, "model.onnx"));
        return options with
        {
            TestInputs = File.Exists(inputs) ? [inputs] : [],
            TestOutputs = File.Exists(outputs) ? [outputs] : [],
        };
    }
}
