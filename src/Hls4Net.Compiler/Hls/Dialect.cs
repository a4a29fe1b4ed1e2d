using Hls4Net.Configuration;
using Hls4Net.Interfaces;
using Hls4Net.Numerics;
using Hls4Net.Text;

namespace Hls4Net.Hls;

/// <summary>
/// How a vendor spells types, pragmas and its project; everything else in the generated source is common to all. A
/// pragma that a vendor does not have is empty, and not printed.
/// </summary>
internal abstract class Dialect
{
    /// <summary>The headers that the types come from.</summary>
    public abstract IEnumerable<string> Includes { get; }

    /// <summary>A fixed-point type.</summary>
    public abstract string Fixed(FixedPointType type);

    /// <summary>An integer of some bits.</summary>
    public abstract string Integer(int width, bool signed);

    /// <summary>A new sample every <paramref name="interval"/> clock cycles.</summary>
    public abstract string Pipeline(int interval);

    /// <summary>One step of a loop every cycle.</summary>
    public abstract string PipelineLoop();

    /// <summary>Layers run beside one another, each on its own sample.</summary>
    public abstract string Dataflow();

    public abstract string Unroll();

    /// <summary>Every element of an array in its own register.</summary>
    public abstract string Partition(string variable);

    /// <summary>The second dimension of an array side by side in one memory word.</summary>
    public abstract string ReshapeRows(string variable);

    /// <summary>Of an array of constants [words][elements] a memory, a word's elements side by side.</summary>
    public abstract IEnumerable<string> WeightMemory(string variable, WeightStorage storage);

    /// <summary>
    /// Of an array argument [words][elements] of the top function a memory outside, a word's elements side by side.
    /// </summary>
    public abstract IEnumerable<string> ExternalMemory(string port);

    /// <summary>Of an array [rows][pixels][elements] a memory for each row, a pixel a word.</summary>
    public abstract IEnumerable<string> RowMemories(string variable);

    /// <summary>At most so many multipliers.</summary>
    public abstract string LimitMultipliers(long limit);

    /// <summary>Pragmas of the top function for its array arguments.</summary>
    public abstract IEnumerable<string> Interface(DesignInterface design);

    /// <summary>
    /// True if an array argument is a memory of its own, which only the top function itself can read.
    /// </summary>
    public virtual bool PortsAreMemories => false;

    /// <summary>The headers that streams come from.</summary>
    public abstract IEnumerable<string> StreamIncludes { get; }

    /// <summary>
    /// The type of a stream of such items, as a variable of it is declared and, by reference, a parameter.
    /// </summary>
    public abstract string Stream(string item);

    /// <summary>The type of a stream between two processes that holds so many items.</summary>
    public abstract string Fifo(string item, int depth);

    /// <summary>The expression that takes the next item of a stream, and waits for it.</summary>
    public virtual string Read(string stream) => $"{stream}.read()";

    /// <summary>The statement that puts an item into a stream, and waits for a place.</summary>
    public virtual string Write(string stream, string item) => $"{stream}.write({item});";

    /// <summary>True if the pragmas of a loop or a function stand before it, false if they begin its body.</summary>
    public virtual bool PragmasBefore => false;

    /// <summary>A writer that puts pragmas where they belong.</summary>
    public CppWriter Writer() => new(pragmasBefore: PragmasBefore);

    /// <summary>
    /// A loop over a stream's items: a step every <paramref name="interval"/> cycles, whose results leave even where no
    /// further items come.
    /// </summary>
    public abstract string StreamPipeline(int interval);

    /// <summary>How many items a stream's FIFO holds.</summary>
    public abstract string StreamDepth(string stream, int depth);

    /// <summary>A struct as one word.</summary>
    public abstract string Aggregate(string variable);

    /// <summary>The function becomes a part of its caller.</summary>
    public abstract string Inline();

    /// <summary>Pragmas of the top function for its streams.</summary>
    public abstract IEnumerable<string> StreamInterface(DesignInterface design);

    /// <summary>The files that make the source a project of the vendor's tool.</summary>
    public abstract IEnumerable<GeneratedFile> Project(ModelOptions options, IReadOnlyList<string> sources,
        IReadOnlyList<string> testBench);
}
