using Hls4Net.Text;

namespace Hls4Net.Tests.Properties;

/// <summary>
/// Stand-ins for the tools' own headers of the HLS types: declarations alone, of the names, the template parameters and
/// the members that firmware uses, in C++11. All arithmetic gives one lenient type. They show that code is well formed,
/// and nothing of what it computes.
/// </summary>
internal static class StandInHeaders
{
    private const string Number = """
        #include <type_traits>
        struct number {
            number();
            template <class T> number(const T&);
            number operator[](int) const;
            number& operator[](int);
            template <class T> number& operator=(const T&);
            template <class T> number& operator+=(const T&);
            template <class T> number& operator-=(const T&);
            template <class T> number& operator*=(const T&);
            template <class T> number& operator<<=(const T&);
            template <class T> number& operator>>=(const T&);
            template <class T> number& operator|=(const T&);
            template <class T> number& operator&=(const T&);
            number& operator++();
            number operator-() const;
            number operator~() const;
            bool operator!() const;
            operator bool() const;
            int to_int() const;
            double to_double() const;
        };
        #define STAND_IN_OPERATOR(R, OP)                                                                                             \
            template <class A, class B, class = typename std::enable_if<std::is_base_of<number, A>::value || std::is_base_of<number, B>::value>::type> \
            R operator OP(const A&, const B&);
        STAND_IN_OPERATOR(number, +) STAND_IN_OPERATOR(number, -) STAND_IN_OPERATOR(number, *) STAND_IN_OPERATOR(number, /) STAND_IN_OPERATOR(number, %)
        STAND_IN_OPERATOR(number, &) STAND_IN_OPERATOR(number, |) STAND_IN_OPERATOR(number, ^) STAND_IN_OPERATOR(number, <<) STAND_IN_OPERATOR(number, >>)
        STAND_IN_OPERATOR(bool, <) STAND_IN_OPERATOR(bool, >) STAND_IN_OPERATOR(bool, <=) STAND_IN_OPERATOR(bool, >=) STAND_IN_OPERATOR(bool, ==) STAND_IN_OPERATOR(bool, !=)

        """;

    private const string AmdTypes = """
        enum ap_q_mode { AP_RND, AP_RND_ZERO, AP_RND_MIN_INF, AP_RND_INF, AP_RND_CONV, AP_TRN, AP_TRN_ZERO };
        enum ap_o_mode { AP_SAT, AP_SAT_ZERO, AP_SAT_SYM, AP_WRAP, AP_WRAP_SM };
        struct ranged : number {
            number range() const;
            number& range();
        };
        template <int W> struct ap_int : ranged { ap_int(); template <class T> ap_int(const T&); };
        template <int W> struct ap_uint : ranged { ap_uint(); template <class T> ap_uint(const T&); };
        template <int W, int I, ap_q_mode Q = AP_TRN, ap_o_mode O = AP_WRAP, int N = 0> struct ap_fixed : ranged { ap_fixed(); template <class T> ap_fixed(const T&); };
        template <int W, int I, ap_q_mode Q = AP_TRN, ap_o_mode O = AP_WRAP, int N = 0> struct ap_ufixed : ranged { ap_ufixed(); template <class T> ap_ufixed(const T&); };
        """;

    // As Bambu's ap_fixed.h and ap_int.h: AMD's names, for the types of ac_fixed.h and ac_int.h; a mode's number of
    // bits is dropped. No range().
    private const string BambuTypes = """
        #define __AC_FIXED_H
        enum ac_q_mode { AC_TRN, AC_RND, AC_TRN_ZERO, AC_RND_ZERO, AC_RND_INF, AC_RND_MIN_INF, AC_RND_CONV };
        enum ac_o_mode { AC_WRAP, AC_SAT, AC_SAT_ZERO, AC_SAT_SYM };
        template <int W, bool S> struct ac_int : number {
            static const int width = W;
            ac_int();
            template <class T> ac_int(const T&);
            template <int WS> ac_int<WS, S> slc(int) const;
            template <int W2, bool S2> ac_int& set_slc(int, const ac_int<W2, S2>&);
        };
        template <int W, int I, bool S = true, ac_q_mode Q = AC_TRN, ac_o_mode O = AC_WRAP> struct ac_fixed : number {
            static const int width = W;
            ac_fixed();
            template <class T> ac_fixed(const T&);
            template <int WS> ac_int<WS, S> slc(int) const;
            template <int W2, bool S2> ac_fixed& set_slc(int, const ac_int<W2, S2>&);
        };
        #define AP_RND ac_q_mode::AC_RND
        #define AP_RND_ZERO ac_q_mode::AC_RND_ZERO
        #define AP_RND_MIN_INF ac_q_mode::AC_RND_MIN_INF
        #define AP_RND_INF ac_q_mode::AC_RND_INF
        #define AP_RND_CONV ac_q_mode::AC_RND_CONV
        #define AP_TRN ac_q_mode::AC_TRN
        #define AP_TRN_ZERO ac_q_mode::AC_TRN_ZERO
        #define AP_SAT ac_o_mode::AC_SAT
        #define AP_SAT_ZERO ac_o_mode::AC_SAT_ZERO
        #define AP_SAT_SYM ac_o_mode::AC_SAT_SYM
        #define AP_WRAP ac_o_mode::AC_WRAP
        template <int W, int I, ac_q_mode Q = AC_TRN, ac_o_mode O = AC_WRAP, int N = 0> using ap_fixed = ac_fixed<W, I, true, Q, O>;
        template <int W, int I, ac_q_mode Q = AC_TRN, ac_o_mode O = AC_WRAP, int N = 0> using ap_ufixed = ac_fixed<W, I, false, Q, O>;
        template <int W> using ap_int = ac_int<W, true>;
        template <int W> using ap_uint = ac_int<W, false>;
        """;

    private const string Stream = """
        #pragma once
        namespace hls {
        template <class T, int DEPTH = 0> class stream {
          public:
            stream();
            explicit stream(const char*);
            template <int OTHER> operator stream<T, OTHER>&();
            T read();
            void write(const T&);
            bool empty();
        };
        }
        """;

    public static GeneratedFile[] Amd => Headers(Number + AmdTypes);

    public static GeneratedFile[] Bambu => Headers(Number + BambuTypes);

    private static GeneratedFile[] Headers(string types) =>
    [
        new("ap_fixed.h", $"#ifndef STAND_IN_H\n#define STAND_IN_H\n{types}\n#endif\n"),
        new("ap_int.h", "#include <ap_fixed.h>\n"),
        new("hls_stream.h", Stream + "\n"),
    ];
}
