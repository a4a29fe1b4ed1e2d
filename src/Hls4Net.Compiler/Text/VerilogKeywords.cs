using System.Collections.Frozen;

namespace Hls4Net.Text;

/// <summary>Words that Verilog or SystemVerilog reserves: tools read .v files as either.</summary>
internal static class VerilogKeywords
{
    private static readonly FrozenSet<string> s_words = """
        always and assign automatic begin bit bool break buf bufif0 bufif1 byte case casex casez cell chandle checker class clocking cmos config const
        constraint context continue cover cross deassign default defparam design disable dist do edge else end enum event eventually expect export
        extends extern final for force foreach forever fork function generate genvar global highz0 highz1 if iff ifnone implements implies import
        incdir include initial inout input inside instance int integer interconnect interface intersect join large let liblist library local
        localparam logic longint macromodule matches medium modport module nand negedge nettype new nexttime nmos nor not notif0 notif1 null or
        output package packed parameter pmos posedge primitive priority program property protected pull0 pull1 pulldown pullup pure rand randc
        rcmos real realtime ref reg reject_on release repeat restrict return rnmos rpmos rtran rtranif0 rtranif1 s_always scalared sequence
        shortint shortreal signed small soft solve specify specparam static string strong strong0 strong1 struct super supply0 supply1 sync_accept_on
        sync_reject_on table tagged task this throughout time timeprecision timeunit tran tranif0 tranif1 tri tri0 tri1 triand trior trireg type
        typedef union unique unique0 unsigned until untyped use uwire var vectored virtual void wait wand weak weak0 weak1 while wildcard wire with
        within wor xnor xor
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The name, or where that is a reserved word, the name with <c>_net</c> behind it.</summary>
    public static string Allowed(string name) => s_words.Contains(name) ? $"{name}_net" : name;
}
