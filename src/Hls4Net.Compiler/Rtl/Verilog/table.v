// y = entry a of a table of 2^A entries of W bits; TABLE has bit 0 of all entries lowest, then bit 1 of all of them, and so on.
// With HLS4NET_XILINX defined: LUT6s for the low six bits of the address, and what chooses among them is left to synthesis. Synthesis makes more LUTs of the
// same table, since it begins with gates.
// verilator lint_off DECLFILENAME
module hls4net_table #(
    parameter A = 7, // more than 6
    parameter W = 8,
    parameter [W*(1<<A)-1:0] TABLE = 0
) (
    input  wire [A-1:0] a,
    output wire [W-1:0] y
);
    genvar b;
`ifdef HLS4NET_XILINX
    genvar s;
`endif
    generate
        for (b = 0; b < W; b = b + 1) begin : bits
`ifdef HLS4NET_XILINX
            wire [(1<<(A-6))-1:0] parts;
            for (s = 0; s < 1 << (A-6); s = s + 1) begin : part
                localparam [63:0] INIT = TABLE[(b << A) + (s << 6) +: 64];
                if (INIT == 64'd0 || INIT == ~64'd0)
                    assign parts[s] = INIT[0];
                else
                    LUT6 #(.INIT(INIT)) lut (.O(parts[s]), .I0(a[0]), .I1(a[1]), .I2(a[2]), .I3(a[3]), .I4(a[4]), .I5(a[5]));
            end
            assign y[b] = parts[a[A-1:6]];
`else
            wire [(1<<A)-1:0] entries = TABLE[b << A +: 1 << A];
            assign y[b] = entries[a];
`endif
        end
    endgenerate
endmodule
// verilator lint_on DECLFILENAME
