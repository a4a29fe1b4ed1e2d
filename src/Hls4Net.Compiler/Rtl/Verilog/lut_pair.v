// y: two functions of the same five inputs; TABLE has the lower one's values at all addresses in its lower half, the upper one's in its upper half.
// With HLS4NET_XILINX defined: the two outputs of a LUT6.
// verilator lint_off DECLFILENAME
module hls4net_lut_pair #(
    parameter [63:0] TABLE = 64'd0
) (
    input  wire [4:0] a,
    output wire [1:0] y
);
`ifdef HLS4NET_XILINX
    LUT6_2 #(.INIT(TABLE)) lut (.O6(y[1]), .O5(y[0]), .I0(a[0]), .I1(a[1]), .I2(a[2]), .I3(a[3]), .I4(a[4]), .I5(1'b1));
`else
    assign y = {TABLE[{1'b1, a}], TABLE[{1'b0, a}]};
`endif
endmodule
// verilator lint_on DECLFILENAME
