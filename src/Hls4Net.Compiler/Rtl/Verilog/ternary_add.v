// y = a + b + c modulo 2^W, b and c subtracted where asked.
// With HLS4NET_XILINX defined: a LUT6 (two functions of five inputs) and a bit of carry chain for each position. The upper function is the
// parity of the three bits and of the carry saved at the position below, the lower one the carry saved for the position above (Xilinx WP245).
// The EXT highest positions hold nothing but the operands' sign extensions. What subtractions add enters as the carry and as the saved carry.
// verilator lint_off DECLFILENAME
// verilator lint_off UNUSED
module hls4net_ternary_add #(
    parameter W = 8,
    parameter EXT = 0,
    parameter [0:0] NEG_B = 1'b0,
    parameter [0:0] NEG_C = 1'b0
) (
    input  wire [W-1:0] a,
    input  wire [W-1:0] b,
    input  wire [W-1:0] c,
    output wire [W-1:0] y
);
`ifdef HLS4NET_XILINX
    localparam N = W - EXT;                // positions with bits of their own
    localparam B = (W + 3) / 4;            // CARRY4s
    localparam [15:0] PARITY = NEG_B ^ NEG_C ? 16'h9669 : 16'h6996;
    localparam [7:0] MAJORITY = NEG_B ? (NEG_C ? 8'h2B : 8'hB2) : (NEG_C ? 8'h8E : 8'hE8);
    wire [N:0] saved;
    wire [4*B-1:0] s, d, o, co;
    assign saved[0] = NEG_B & NEG_C;
    assign y = o[W-1:0];
    genvar i;
    generate
        for (i = 0; i < 4 * B; i = i + 1) begin : position
            if (i < N) begin : full
                LUT6_2 #(.INIT({PARITY, PARITY, MAJORITY, MAJORITY, MAJORITY, MAJORITY})) lut (
                    .O6(s[i]), .O5(saved[i+1]), .I0(a[i]), .I1(b[i]), .I2(c[i]), .I3(saved[i]), .I4(1'b0), .I5(1'b1));
                assign d[i] = saved[i];
            end else if (i < W) begin : extension
                wire bi = b[i] ^ NEG_B, ci = c[i] ^ NEG_C, bl = b[i-1] ^ NEG_B, cl = c[i-1] ^ NEG_C;
                assign s[i] = a[i] ^ bi ^ ci ^ ((a[i-1] & bl) | (a[i-1] & cl) | (bl & cl));
                assign d[i] = i == N ? saved[N] : 1'b0;
            end else begin : none
                assign s[i] = 1'b0;
                assign d[i] = 1'b0;
            end
        end
        for (i = 0; i < B; i = i + 1) begin : carry
            if (i == 0) begin : first
                CARRY4 chain (.CI(1'b0), .CYINIT(NEG_B | NEG_C), .DI(d[3:0]), .S(s[3:0]), .O(o[3:0]), .CO(co[3:0]));
            end else begin : next
                CARRY4 chain (.CI(co[4*i-1]), .CYINIT(1'b0), .DI(d[4*i+3:4*i]), .S(s[4*i+3:4*i]), .O(o[4*i+3:4*i]), .CO(co[4*i+3:4*i]));
            end
        end
    endgenerate
`else
    wire [W-1:0] ab = NEG_B ? a - b : a + b;
    assign y = NEG_C ? ab - c : ab + c;
`endif
endmodule
// verilator lint_on UNUSED
// verilator lint_on DECLFILENAME
