using System.Globalization;
using System.Text;
using Hls4Net.Diagnostics;
using Hls4Net.Tests.Onnx;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Hostile;

/// <summary>Damaged files: cut off, foreign, or with some bytes changed.</summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    private static readonly ModelBuilder[] s_models = [HostileTest.Perceptron(), HostileTest.Layouts()];

    private static int Mutants => Soak.Count(2000, 30_000);

    [Fact]
    public void The_models_that_are_damaged_build() => Assert.All(s_models, m => HostileTest.Builds(m));

    [Fact]
    public void A_file_cut_off_anywhere_is_a_diagnostic()
    {
        // A model without its last output entry may be whole otherwise; nothing shorter builds.
        byte[] whole = s_models[0].ToBytes();
        for (int length = 0; length < whole.Length; length++)
            Assert.NotEmpty(HostileTest.Errors(whole[..length]));
    }

    [Fact]
    public void What_is_no_model_says_so()
    {
        HostileTest.Fails(Descriptors.NotAnOnnxModel, []);
        HostileTest.Fails(Descriptors.NotAnOnnxModel,
            Encoding.UTF8.GetBytes("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"));
        HostileTest.Fails(Descriptors.NotAnOnnxModel, Encoding.UTF8.GetBytes("<html><body>404</body></html>"));
        HostileTest.Fails(Descriptors.NotAnOnnxModel, new byte[1000]);
        HostileTest.Fails(Descriptors.NotAnOnnxModel, [.. Enumerable.Repeat((byte)255, 1000)]);
        Random random = new(1);
        for (int i = 0; i < 300; i++)
        {
            byte[] noise = new byte[random.Next(1, 300)];
            random.NextBytes(noise);
            HostileTest.Fails(Descriptors.NotAnOnnxModel, noise);
        }
    }

    [Fact]
    public void A_missing_file_and_a_folder_say_so()
    {
        using TempFolder folder = new();
        foreach (string path in new[] { Path.Combine(folder.Path, "none.onnx"), folder.Path })
            Assert.Equal(Descriptors.ModelNotFound,
                Assert.Single(HostileTest.Errors(Models.ModelHarness.Options(path))).Descriptor);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Changed_bytes_never_crash(int model)
    {
        byte[] whole = s_models[model].ToBytes();
        int built = 0;
        for (int seed = 0; seed < Mutants; seed++)
        {
            byte[] mutant = ModelMutator.MutateBytes(whole, new Random(seed));
            try
            {
                built += HostileTest.Errors(mutant).Count == 0 ? 1 : 0;
            }
            catch (Exception e)
            {
                Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"mutant {seed}: {e}"));
            }
        }
        output.WriteLine($"{built} of {Mutants} mutants build");
    }
}
