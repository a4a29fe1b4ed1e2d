namespace Hls4Net.Rtl.Tools;

/// <summary>What the cells of Yosys' netlists take of an FPGA.</summary>
internal static class DeviceCells
{
    private static readonly SynthesisFigures s_nothing = new(0, 0, 0, 0, 0);

    /// <summary>What a cell takes; null for one that is not known.</summary>
    public static SynthesisFigures? Of(string cell) => cell switch
    {
        // AMD, of the series 7 and later: LUTs of distributed memory as UG474 and UG574 count them.
        "LUT1" or "LUT2" or "LUT3" or "LUT4" or "LUT5" or "LUT6" or "LUT6_2" or "SRL16E" or "SRLC16E" or "SRLC32E" =>
            Luts(1),
        "RAM32X1S" or "RAM64X1S" => Luts(1),
        "RAM32X1D" or "RAM64X1D" or "RAM128X1S" => Luts(2),
        "RAM32M" or "RAM64M" or "RAM128X1D" or "RAM256X1S" => Luts(4),
        "RAM32M16" or "RAM64M8" or "RAM256X1D" or "RAM512X1S" or "RAM64X8SW" or "RAM32X16DR8" => Luts(8),
        // Latches take a register's place.
        "FDRE" or "FDSE" or "FDCE" or "FDPE" or "FDRE_1" or "FDSE_1" or "FDCE_1" or "FDPE_1" or "LDCE" or "LDPE" =>
            s_nothing with { Ff = 1 },
        "DSP48E1" or "DSP48E2" => s_nothing with { Dsp = 1 },
        "CARRY4" => s_nothing with { Carry = 1 },
        "CARRY8" => s_nothing with { Carry = 2 },
        "RAMB18E1" or "RAMB18E2" => s_nothing with { Bram18 = 1 },
        "RAMB36E1" or "RAMB36E2" => s_nothing with { Bram18 = 2 },
        "URAM288" => s_nothing with { Uram = 1 },
        // Inverters are absorbed by what they drive; multiplexers stand between LUTs.
        "INV" or "MUXF7" or "MUXF8" or "MUXF9" or "GND" or "VCC" or "BUFG" or "BUFGCTRL" or "BUFHCE" or "IBUF"
            or "IBUFG" or "OBUF" or "OBUFT" or "IOBUF" => s_nothing,

        // Lattice ECP5: two LUTs of four inputs with their carry; a distributed memory of 16 words with the slice that
        // writes it.
        "CCU2C" => Luts(2) with { Carry = 1 },
        "TRELLIS_DPR16X4" => Luts(6),
        "TRELLIS_FF" => s_nothing with { Ff = 1 },
        "MULT18X18D" => s_nothing with { Dsp = 1 },
        "DP16KD" or "PDPW16KD" => s_nothing with { Bram18 = 1 },
        "PFUMX" or "L6MUX21" or "TRELLIS_IO" or "DCCA" or "GSR" or "SGSR" or "PUR" => s_nothing,

        // Lattice iCE40: a carry is in the logic cell of its LUT.
        "SB_LUT4" => Luts(1),
        "SB_MAC16" => s_nothing with { Dsp = 1 },
        "SB_CARRY" or "SB_GB" or "SB_IO" or "SB_GB_IO" => s_nothing,
        "SB_RAM40_4K" or "SB_RAM40_4KNR" or "SB_RAM40_4KNW" or "SB_RAM40_4KNRNW" => s_nothing with { Bram18 = 1 },
        _ when cell.StartsWith("SB_DFF", StringComparison.Ordinal) => s_nothing with { Ff = 1 },

        // Gowin: the number at the end of a distributed memory's name is its bits, of 16 words.
        "ALU" or "RAM16S1" or "RAM16SDP1" => Luts(1),
        "RAM16S2" or "RAM16SDP2" => Luts(2),
        "RAM16S4" or "RAM16SDP4" => Luts(4),
        "SP" or "SPX9" or "SDP" or "SDPX9" or "SDPB" or "SDPX9B" or "DP" or "DPX9" or "DPB" or "DPX9B" or "pROM"
            or "pROMX9" => s_nothing with { Bram18 = 1 },
        "MULT9X9" or "MULT12X12" or "MULT18X18" or "MULT27X36" or "MULT36X36" => s_nothing with { Dsp = 1 },
        "MUX2" or "MUX2_LUT5" or "MUX2_LUT6" or "MUX2_LUT7" or "MUX2_LUT8" or "TBUF" => s_nothing,
        _ when cell.StartsWith("DFF", StringComparison.Ordinal) => s_nothing with { Ff = 1 },
        _ => null,
    };

    private static SynthesisFigures Luts(long count) => s_nothing with { Lut = count };
}
