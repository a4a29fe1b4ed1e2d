using Hls4Net.Devices;
using Hls4Net.Rtl.Tools;
using Hls4Net.Text;

namespace Hls4Net.Tests.Rtl;

/// <summary>Cell libraries in Liberty's format: read as vendors write them, written as Yosys reads them.</summary>
public sealed class LibertyTests
{
    /// <summary>The cells that anything can be made of; what is in each is on one line.</summary>
    internal const string Library = """
        library(cells) {
          cell(BUF) { area: 1; pin(A) { direction: input; } pin(Y) { direction: output; function: "A"; } }
          cell(INV) { area: 1; pin(A) { direction: input; } pin(Y) { direction: output; function: "A'"; } }
          cell(NAND2) { area: 1; pin(A) { direction: input; } pin(B) { direction: input; } pin(Y) { direction: output; function: "(A*B)'"; } }
          cell(NOR2) { area: 1; pin(A) { direction: input; } pin(B) { direction: input; } pin(Y) { direction: output; function: "(A+B)'"; } }
          cell(DFF) {
            area: 6;
            ff(IQ, IQN) { clocked_on: C; next_state: D; }
            pin(C) { direction: input; clock: true; } pin(D) { direction: input; } pin(Q) { direction: output; function: "IQ"; }
          }
        }
        """;

    private const string Module =
        "module m(input clk, input [3:0] a, input [3:0] b, output reg [4:0] y); always @(posedge clk) y <= (a + b) ^ "
        + "{b, 1'b0}; endmodule\n";

    [Theory]
    [InlineData("library(l){a:1;b:2 }", "library(l) {\na : 1;\nb : 2;\n}\n")]
    [InlineData("library (l) {\n  a : 1 // ends with the line\n  /* over\n lines */ b : \"x ; }\" ;\n};\n",
        "library(l) {\na : 1;\nb : \"x ; }\";\n}\n")]
    [InlineData("library(l) { preset : !SETN ; when : !a+b; v : 0.5 * VDD; }",
        "library(l) {\npreset : \"!SETN\";\nwhen : \"!a+b\";\nv : \"0.5 * VDD\";\n}\n")]
    [InlineData("library(l) { values ( \\\n \"1, 2\", \\\r\n \"3\" );\n unit (1,pf)\n cell(\"A\") { } }",
        "library(l) {\nvalues(\"1, 2\",   \"3\");\nunit(1,pf);\ncell(\"A\") {\n}\n}\n")]
    [InlineData("library(l) { enable : (CLK); function : \"A \\\n + B\"; pin(D[0]) { x : y } }",
        "library(l) {\nenable : \"(CLK)\";\nfunction : \"A    + B\";\npin(D[0]) {\nx : y;\n}\n}\n")]
    public void What_other_tools_take_is_written_a_statement_to_a_line(string text, string expected)
    {
        string written = LibertyReader.Write(LibertyReader.Read(text));
        Assert.Equal(expected, written);
        Assert.Equal(written, LibertyReader.Write(LibertyReader.Read(written)));
    }

    [Theory]
    [InlineData("", "line 1: expected the name")]
    [InlineData("library(l) {\n cell(A) {\n area : 1;\n}\n", "line 5: the brace of 'library(l)' is not closed")]
    [InlineData("library(l) {\n cell(A {\n}\n", "line 4: the parenthesis after 'cell' is not closed")]
    [InlineData("library(l) { a : \"x; }\n", "line 1: a quotation mark is not closed")]
    [InlineData("library(l) {\n a b; }", "line 2: expected ':' or '(' after 'a'")]
    [InlineData("library(l) {\n a : ; }", "line 2: 'a' has no value")]
    [InlineData("library(l) { }\ncell(A) { }", "line 2: something follows the library")]
    [InlineData("module m; endmodule", "line 1: expected ':' or '('")]
    [InlineData("area : 1;", "line 1: a library is")]
    public void What_is_no_library_is_refused_with_the_line(string text, string message) =>
        Assert.StartsWith(message, Assert.Throws<FormatException>(() => LibertyReader.Read(text)).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("BUF", "a buffer")]
    [InlineData("INV", "an inverter")]
    [InlineData("DFF", "a flip-flop")]
    public void Without_a_cell_that_Yosys_needs_it_is_refused_before(string without, string missing)
    {
        using TempFolder folder = new();
        string path = Path.Combine(folder.Path, "process.lib");
        File.WriteAllText(path,
            Library.Replace($"cell({without}) {{", $"cell({without}) {{ dont_use : true;", StringComparison.Ordinal));
        Assert.Contains($"of its 5 cells none that may be used (dont_use) is {missing}, and",
            Assert.Throws<FormatException>(() => CellLibrary.Of(path)).Message, StringComparison.Ordinal);
        File.WriteAllText(path, "library(l) { }");
        Assert.Contains(
            "of its 0 cells none that may be used (dont_use) is a buffer, or an inverter, or a gate of two inputs, or "
            + "a flip-flop", Assert.Throws<FormatException>(() => CellLibrary.Of(path)).Message,
            StringComparison.Ordinal);
    }

    [SkippableFact]
    public void However_it_is_written_Yosys_makes_the_same_of_it()
    {
        VerilogTools.Require("yosys");
        string[] forms =
        [
            Library,
            Library.ReplaceLineEndings(" "),
            // What Yosys 0.23 does not take: no semicolon before a brace, expressions without quotes.
            Library.Replace("; }", " }", StringComparison.Ordinal),
            Library.Replace("\"", "", StringComparison.Ordinal)
                .Replace("area: 1;", "area: 1; power_down_function: !a+b;", StringComparison.Ordinal),
            Library.Replace("{", "{\r\n/* so */", StringComparison.Ordinal),
        ];
        SynthesisFigures[] figures = [.. forms.Select(Synthesize)];
        Assert.Equal(5, figures[0].Ff);
        Assert.Null(figures[0].Uncounted);
        Assert.Equal((6 * figures[0].Ff) + (figures[0].Cells - figures[0].Ff), figures[0].Area, 6);
        Assert.All(figures, f => Assert.Equal(figures[0], f));

        static SynthesisFigures Synthesize(string library)
        {
            using TempFolder folder = new();
            string path = Path.Combine(folder.Path, "a process.lib");
            File.WriteAllText(path, library);
            return Yosys.Synthesize(folder.Path, [new GeneratedFile("m.v", Module)], "m", Family.Asic, dsp: false,
                library: CellLibrary.Of(path));
        }
    }

    [Fact]
    public void A_comment_or_a_space_makes_no_other_library()
    {
        using TempFolder folder = new();
        Assert.Equal(Of(Library).Digest,
            Of("/* of today */ " + Library.Replace("area", " area", StringComparison.Ordinal)).Digest);
        Assert.NotEqual(Of(Library).Digest, Of(Library.Replace("area: 6", "area: 7", StringComparison.Ordinal)).Digest);
        Assert.Equal(6, Of(Library).Areas["DFF"]);

        CellLibrary Of(string text)
        {
            string path = Path.Combine(folder.Path, "process.lib");
            File.WriteAllText(path, text);
            return CellLibrary.Of(path);
        }
    }
}
