namespace Hls4Net.Tests.Runtime;

/// <summary>hls::stream.</summary>
public sealed class StreamTests
{
    private const string Program = """
        #include <ap_fixed.h>
        #include <hls_stream.h>
        #include <stdio.h>

        #define CHECK(CONDITION) if (!(CONDITION)) { printf("line %d: %s\n", __LINE__, #CONDITION); return 1; }

        int main() {
            hls::stream<ap_fixed<16, 6>, 4> s("features");
            CHECK(s.empty() && s.size() == 0 && !s.full());
            ap_fixed<16, 6> x = 7;
            CHECK(!s.read_nb(x) && x == 7);

            // Around the ring and through its growth, items keep their order.
            int written = 0, read = 0;
            for (int round = 0; round < 200; round++) {
                for (int i = 0; i < LIMIT && written - read < LIMIT; i++)
                    s << ap_fixed<16, 6>(written++ % 30);
                for (int i = 0; i < (round % 3) + 1 && read < written; i++, read++) {
                    if (i % 2)
                        s >> x;
                    else
                        x = s.read();
                    CHECK(x == read % 30);
                }
            }
            while (s.read_nb(x))
                CHECK(x == read++ % 30);
            CHECK(read == written && s.empty());

            for (int i = 0; i < 4; i++)
                CHECK(s.write_nb(i));
            CHECK(s.full() == (LIMIT == 4) && s.write_nb(4) == (LIMIT != 4));
            try {
                for (;;)
                    s.read();
            } catch (const hls4net::failure& f) {
                puts(f.text);
            }
            try {
                for (int i = 0; i < 5; i++)
                    s.write(i);
            } catch (const hls4net::failure& f) {
                puts(f.text);
            }
        }
        """;

    [SkippableFact]
    public void A_stream_keeps_order_and_grows()
    {
        using Gpp gpp = Gpp.Require();
        gpp.Write("stream.cpp", Program);
        gpp.Compile("stream", "-DLIMIT=100", "-fsanitize=address,undefined", "stream.cpp");
        Assert.Equal("read from an empty stream 'features'\n", gpp.Execute("stream"));
    }

    [SkippableFact]
    public void A_stream_with_a_hard_depth_refuses_more()
    {
        using Gpp gpp = Gpp.Require();
        gpp.Write("stream.cpp", Program);
        gpp.Compile("stream", "-DLIMIT=4", "-DHLS4NET_STREAM_DEPTH_CHECK", "stream.cpp");
        Assert.Equal("read from an empty stream 'features'\nwrite to a stream that is full 'features'\n",
            gpp.Execute("stream"));
    }
}
