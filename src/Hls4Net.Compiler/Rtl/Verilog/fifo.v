// A queue. A place is taken before the item for it comes (take, only where there is room) and filled when it does (push), so that a
// pipeline in front never has to stand still; an item can be read in the cycle after it was pushed.
// verilator lint_off DECLFILENAME
// verilator lint_off WIDTH
module hls4net_fifo #(
    parameter WIDTH = 8,
    parameter DEPTH = 2,
    parameter BITS = 2 // of a number up to DEPTH
) (
    input  wire clk,
    input  wire rst,
    output wire room,
    input  wire take,
    input  wire push,
    input  wire [WIDTH-1:0] d,
    output wire valid,
    input  wire pop,
    output wire [WIDTH-1:0] q
);
    reg [BITS-1:0] taken, filled;
    assign room = taken != DEPTH;
    assign valid = filled != 0;
    always @(posedge clk) begin
        taken <= rst ? 0 : taken + take - pop;
        filled <= rst ? 0 : filled + push - pop;
    end
    generate
        if (DEPTH == 1) begin : one
            reg [WIDTH-1:0] item;
            assign q = item;
            always @(posedge clk)
                if (push) item <= d;
        end else begin : many
            reg [WIDTH-1:0] items [0:DEPTH-1];
            reg [BITS-1:0] first, free;
            wire [BITS-1:0] head = !pop ? first : first == DEPTH - 1 ? 0 : first + 1'b1;
            always @(posedge clk) begin
                first <= rst ? 0 : head;
                if (rst) free <= 0;
                else if (push) free <= free == DEPTH - 1 ? 0 : free + 1'b1;
                if (push) items[free] <= d;
            end
            if (DEPTH <= 64) begin : logic_cells
                assign q = items[first];
            end else begin : block_memory
                // Block memory gives what it is asked for in the cycle after; what is being written passes by.
                reg [WIDTH-1:0] read, passed;
                reg passes;
                assign q = passes ? passed : read;
                always @(posedge clk) begin
                    read <= items[head];
                    passed <= d;
                    passes <= push && free == head;
                end
            end
        end
    endgenerate
endmodule
// verilator lint_on WIDTH
// verilator lint_on DECLFILENAME
