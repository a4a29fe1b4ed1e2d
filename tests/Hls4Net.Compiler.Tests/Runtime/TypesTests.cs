namespace Hls4Net.Tests.Runtime;

/// <summary>What firmware and users' own layers write with the types, beyond arithmetic on random values.</summary>
public sealed class TypesTests
{
    [SkippableFact]
    public void The_whole_interface_works_in_constant_expressions()
    {
        using Gpp gpp = Gpp.Require();
        gpp.Write("interface.cpp", """
            #include <ap_fixed.h>
            #include <ap_int.h>
            #include <hls4net.h>

            typedef ap_fixed<16, 6> T;
            constexpr T a = 1.5, b = -2;

            static_assert(sizeof(ap_fixed<8, 3>) == 1 && sizeof(T) == 2 && sizeof(ap_int<17>) == 4, "");
            static_assert(sizeof(ap_ufixed<64, 3>) == 8 && sizeof(ap_int<65>) == 16, "");
            static_assert(T::width == 16 && T::iwidth == 6 && T().length() == 16, "");

            // Built-in types convert to and from numbers, and stand in expressions.
            static_assert(T(1) == 1 && T(true) == 1 && T(1u) == 1L && T('\2') == 2 && T(1.5f) == 1.5 && T(2ull) > 1, "");
            static_assert(int(T(-1.5)) == -1 && T(-1.5).to_int() == -1 && T(2.75).to_int64() == 2, "");
            static_assert(bool(a) && !T(0) && double(a) == 1.5 && a.to_float() == 1.5f, "");
            static_assert(a + 1 == 2.5 && 1 - a == -0.5 && a * 3 == 4.5 && 3 / a == 2 && 1.5 == a && 1.4 < a, "");
            static_assert(decltype(a + 1)::width == 43 && decltype(a + 1)::iwidth == 33, "");
            static_assert(decltype(a * short(1))::width == 32 && decltype(a * true)::width == 17, "");
            static_assert((a > 0 ? a : b) == a && -b == 2 && +a == a && ~T(0) == T(-1.0 / 1024), "");

            // Integers.
            static_assert(ap_int<8>(200) == -56 && ap_uint<8>(-1) == 255 && ap_int<8>(-3.9) == -3, "");
            static_assert(ap_int<8>(-7) / ap_int<4>(2) == -3 && ap_int<8>(-7) % ap_int<4>(2) == -1, "");
            static_assert(decltype(ap_uint<8>() - ap_uint<8>())::is_signed && decltype(-ap_uint<8>())::width == 9, "");
            static_assert((ap_uint<8>(0x5A) & 0xF) == 10 && (ap_uint<8>(0x50) | ap_uint<4>(10)) == 0x5A, "");
            static_assert((ap_uint<8>(0x5A) ^ 0xFF) == 0xA5 && ap_int<8>(1) << 7 == -128 && ap_int<8>(-1) >> 100 == -1, "");
            static_assert(ap_uint<8>(1) << ap_uint<3>(4) == 16 && ap_int<8>(16) << -4 == 1 && ap_uint<8>(255) >> 8 == 0, "");
            static_assert((ap_int<100>(1) << 90 >> 89) == 2, "");
            constexpr int table[] = {10, 20, 30};
            static_assert(table[ap_uint<2>(2)] == 30, "");

            // Bits and ranges are read as unsigned integers.
            static_assert(a[10] && !a[11] && a.range() == 1536 && a.range(10, 9) == 3 && a(15, 9) == 3, "");
            static_assert(ap_uint<4>(a.range(11, 8)) == 6 && a.range(11, 8) + 1 == 7, "");

            constexpr T written() {
                T x = 0;
                x.range() = ap_int<16>(-1);
                x[0] = false;
                x[1] = x[0];
                x.range(15, 12) = 5;
                x(5, 4) = a.range(10, 9);
                x.range(3, 2) = ap_uint<8>(0xFC);
                return x;
            }
            static_assert(written().range() == 0x5FF0, "");

            constexpr T compound() {
                T x = 1;
                x += a;
                x -= 1;
                x *= b;
                x /= 2;
                x <<= 2;
                x >>= 1;
                x += 1;
                x++;
                --x;
                T y = x++;
                return y + x;
            }
            static_assert(compound() == -3, "");

            // Saturating sums saturate at each step.
            constexpr ap_fixed<8, 4, AP_RND, AP_SAT> saturated() {
                ap_fixed<8, 4, AP_RND, AP_SAT> x = 7;
                x += 3;
                x -= 1;
                return x;
            }
            static_assert(saturated() == 6.9375, "");

            static_assert(hls4net::mantissa(a) == 1536 && hls4net::from_mantissa<T>(-2048) == b, "");
            static_assert(hls4net::quantize<ap_fixed<8, 4, AP_RND, AP_SAT>>(1e300) == 7.9375, "");
            static_assert(hls4net::mantissa(ap_ufixed<64, 64>(-1)) == -1, "");
            """);
        gpp.Compile("interface.o", "-c", "interface.cpp");
    }

    [SkippableFact]
    public void Weights_are_constants_without_code_to_initialise_them()
    {
        using Gpp gpp = Gpp.Require();
        string rows = string.Join(", ", Enumerable.Range(0, 36).Select(i =>
            "{" + string.Join(", ", Enumerable.Range(0, 30)
                .Select(j => FormattableString.Invariant($"{(i * 30 + j) % 17 / 8.0 - 1}"))) + "}"));
        gpp.Write("weights.cpp", $$"""
            #include <ap_fixed.h>
            extern const ap_fixed<16, 2> w[36][30];
            const ap_fixed<16, 2> w[36][30] = {{{rows}}};
            const ap_fixed<16, 2, AP_RND_CONV, AP_SAT>* local(int i) {
                static const ap_fixed<16, 2, AP_RND_CONV, AP_SAT> table[3] = {0.3, -5, 1};
                return table + i;
            }
            """);
        gpp.Compile("weights.o", "-c", "-O0", "weights.cpp");
        Assert.DoesNotContain(".init_array", gpp.Tool("objdump", "-h", "weights.o"), StringComparison.Ordinal);
        string symbols = gpp.Tool("nm", "weights.o");
        Assert.Matches(@"(?m)^\S+ R w$", symbols);
        Assert.DoesNotContain("_ZGV", symbols, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_type_beyond_the_supported_widths_is_refused_in_words()
    {
        using Gpp gpp = Gpp.Require();
        gpp.Write("wide.cpp", """
            #include <ap_fixed.h>
            ap_fixed<100, 50> x = 1;
            double y = (x * x).to_double();
            """);
        (int exitCode, string _, string errors) = gpp.TryCompile("wide.o", "-c", "wide.cpp");
        Assert.NotEqual(0, exitCode);
        Assert.Contains("Hls4Net: the C simulation supports widths from 1 to 128 bits", errors,
            StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Sums_of_products_are_vectorised()
    {
        using Gpp gpp = Gpp.Require();
        gpp.Write("loop.cpp", """
            #include <hls4net.h>
            typedef ap_fixed<16, 4> T;
            template <class A> void sum(A* __restrict__ acc, const T (*w)[64], const T* x) {
                for (int i = 0; i < 64; i++)
                    for (int j = 0; j < 64; j++)
                        hls4net::accumulate(acc[j], w[i][j] * x[i]);
            }
            template <class A> void wrapping_sum(A* __restrict__ acc, const T (*w)[64], const T* x) {
                for (int i = 0; i < 64; i++)
                    for (int j = 0; j < 64; j++)
                        acc[j] += w[i][j] * x[i];
            }
            template void sum(ap_fixed<26, 2>*, const T (*)[64], const T*);
            template void sum(ap_fixed<48, 24>*, const T (*)[64], const T*);
            template void wrapping_sum(ap_fixed<26, 2>*, const T (*)[64], const T*);
            template void wrapping_sum(ap_fixed<48, 24>*, const T (*)[64], const T*);
            void saturate(ap_fixed<8, 3, AP_RND, AP_SAT>* __restrict__ y, const ap_fixed<26, 8>* x) {
                for (int j = 0; j < 64; j++)
                    y[j] = x[j];
            }
            """);
        (int exitCode, string _, string log) = gpp.TryCompile("loop.o", "-c", "-O3",
            "-fopt-info-vec-optimized=loop.txt", "loop.cpp");
        Assert.True(exitCode == 0, log);
        string[] vectorised = [.. File.ReadLines(Path.Combine(gpp.Folder, "loop.txt"))
            .Where(l => l.Contains("loop.cpp") && l.Contains("loop vectorized"))];
        Assert.Equal(5, vectorised.Length);
    }
}
