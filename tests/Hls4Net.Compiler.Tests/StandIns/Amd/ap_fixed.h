// ap_fixed and ap_ufixed of the stand-in.
#ifndef STAND_IN_AP_FIXED_H
#define STAND_IN_AP_FIXED_H

#include "ap_int.h"

namespace stand_in {

// A mantissa in units of 2^-F2, of W2 bits, in units of 2^-F1 by a rounding mode.
template <int W2, bool S2, int SHIFT, ap_q_mode Q>
struct rounded {
    static wide of(wide v) {
        if (SHIFT <= 0)
            return left(v, SHIFT < 0 ? -SHIFT : 0);
        constexpr int shift = SHIFT < 1 ? 1 : SHIFT < 126 ? SHIFT : 126;
        const wide floor = v >> shift;
        if (Q == AP_TRN || (Q == AP_TRN_ZERO && !S2))
            return floor;
        const bool negative = v < 0;
        const uwide lost = uwide(v) & ((uwide(1) << shift) - 1);
        if (Q == AP_TRN_ZERO)
            return floor + (negative && lost != 0);
        // The bit that rounds is one of the number's: AMD's simulation reads it.
        check(SHIFT - 1 < W2, "read bit beyond MSB");
        const uwide half = uwide(1) << (shift - 1);
        if (lost != half)
            return floor + (lost > half);
        switch (Q) {
        case AP_RND:
            return floor + 1;
        case AP_RND_ZERO:
            return floor + negative;
        case AP_RND_INF:
            return floor + !negative;
        case AP_RND_MIN_INF:
            return floor;
        default:
            return floor + (floor & 1);
        }
    }
};

template <int W, bool S, ap_o_mode O, int N>
inline wide fitted(wide v) {
    static_assert(O != AP_WRAP_SM, "the stand-in has no sign-magnitude wrapping");
    const wide most = (wide(1) << (S ? W - 1 : W)) - 1, least = S ? (O == AP_SAT_SYM ? -most : -most - 1) : 0;
    if (v >= least && v <= most)
        return v;
    if (O == AP_SAT || O == AP_SAT_SYM)
        return v < least ? least : most;
    if (O == AP_SAT_ZERO)
        return 0;
    const wide wrapped = wrap<W, S>(v);
    if (N == 0)
        return wrapped;
    // The sign stays, the bits below it are saturated, the rest wraps.
    constexpr int kept = W - N < 0 ? 0 : W - N;
    const wide low = wide(uwide(wrapped) & ((uwide(1) << kept) - 1));
    return v < 0 ? wrap<W, S>((S ? -(wide(1) << (W - 1)) : 0) | low) : low | (most & ~((wide(1) << kept) - 1));
}

} // namespace stand_in

template <int W, int I, bool S, ap_q_mode Q = AP_TRN, ap_o_mode O = AP_WRAP, int N = 0>
struct ap_fixed_base {
    static const int width = W;
    static const int iwidth = I;
    static const ap_q_mode qmode = Q;
    static const ap_o_mode omode = O;
    static const bool is_signed = S;
    stand_in::wide V;

    ap_fixed_base() : V(0) {}
    template <int W2, int I2, bool S2, ap_q_mode Q2, ap_o_mode O2, int N2>
    ap_fixed_base(const ap_fixed_base<W2, I2, S2, Q2, O2, N2>& x)
        : V(stand_in::fitted<W, S, O, N>(stand_in::rounded<W2, S2, (W2 - I2) - (W - I), Q>::of(x.V))) {}
    template <int W2, bool S2>
    ap_fixed_base(const ap_int_base<W2, S2>& x) : ap_fixed_base(ap_fixed_base<W2, W2, S2>::of(x.V)) {}
    template <class T, class = typename std::enable_if<std::is_integral<T>::value>::type>
    ap_fixed_base(T x) : ap_fixed_base(typename stand_in::integer_of<T>::type(x)) {}
    ap_fixed_base(double x) : V(0) {
        // 2^60 and above, and what is below 2^-60 of a unit, are beyond the stand-in.
        const double scaled = ldexp(x, W - I);
        stand_in::check(fabs(scaled) < 1e18, "a double that is too large for the stand-in");
        ap_fixed_base<124, 64, true> exact;
        const double whole = floor(scaled);
        exact.V = (stand_in::wide(whole) << 60) + stand_in::wide((scaled - whole) * 1152921504606846976.0);
        V = stand_in::fitted<W, S, O, N>(stand_in::rounded<124, true, 60, Q>::of(exact.V));
    }

    static ap_fixed_base of(stand_in::wide v) {
        ap_fixed_base r;
        r.V = v;
        return r;
    }
    // Towards minus infinity, as a conversion to an integer.
    stand_in::wide to_integer() const { return W - I >= 0 ? V >> (W - I < 127 ? W - I : 126) : stand_in::left(V, W - I < 0 ? I - W : 0); }

    explicit operator bool() const { return V != 0; }
    explicit operator int() const { return to_int(); }
    explicit operator double() const { return to_double(); }
    int to_int() const { return int(V < 0 && W > I ? -((-V) >> (W - I)) : to_integer()); }
    double to_double() const { return ldexp(double(V), I - W); }
    float to_float() const { return float(to_double()); }
    int length() const { return W; }
    bool operator!() const { return V == 0; }

    ap_range_ref<ap_fixed_base, W> range(int high, int low) const {
        stand_in::check(low >= 0 && high < W && high >= low, "a range beyond the MSB");
        return ap_range_ref<ap_fixed_base, W>{const_cast<ap_fixed_base&>(*this), high, low};
    }
    ap_range_ref<ap_fixed_base, W> range() const { return range(W - 1, 0); }
    bool operator[](int i) const {
        stand_in::check(i >= 0 && i < W, "read bit beyond MSB");
        return stand_in::uwide(V) >> i & 1;
    }

    ap_fixed_base<W + 1, I + 1, true> operator-() const { return ap_fixed_base<W + 1, I + 1, true>::of(-V); }
    ap_fixed_base operator<<(int bits) const { return of(stand_in::wrap<W, S>(stand_in::wide(stand_in::uwide(V) << bits))); }
    ap_fixed_base operator>>(int bits) const { return of(V >> bits); }
#define STAND_IN_ASSIGN(OP)                    \
    template <class T>                         \
    ap_fixed_base& operator OP##=(const T& x) { \
        *this = ap_fixed_base(*this OP x);     \
        return *this;                          \
    }
    STAND_IN_ASSIGN(+)
    STAND_IN_ASSIGN(-)
    STAND_IN_ASSIGN(*)
    STAND_IN_ASSIGN(/)
    STAND_IN_ASSIGN(<<)
    STAND_IN_ASSIGN(>>)
#undef STAND_IN_ASSIGN
};

namespace stand_in {

template <int W, bool S>
inline ap_fixed_base<W, W, S> fixed_of(const ap_int_base<W, S>& x) {
    return ap_fixed_base<W, W, S>::of(x.V);
}
template <class T, class X = typename integer_of<T>::type, class = typename std::enable_if<std::is_integral<T>::value>::type>
inline ap_fixed_base<X::width, X::width, X::is_signed> fixed_of(T x) {
    return ap_fixed_base<X::width, X::width, X::is_signed>::of(wide(x));
}

} // namespace stand_in

#define STAND_IN_OPERANDS                                                                                   \
    template <int W1, int I1, bool S1, ap_q_mode Q1, ap_o_mode O1, int N1, int W2, int I2, bool S2, ap_q_mode Q2, ap_o_mode O2, int N2>
#define STAND_IN_TWO const ap_fixed_base<W1, I1, S1, Q1, O1, N1>&a, const ap_fixed_base<W2, I2, S2, Q2, O2, N2>&b
#define STAND_IN_F stand_in::max(W1 - I1, W2 - I2)
#define STAND_IN_SUM_I (stand_in::common(I1, S1, I2, S2) + 1)
#define STAND_IN_A stand_in::left(a.V, STAND_IN_F - (W1 - I1))
#define STAND_IN_B stand_in::left(b.V, STAND_IN_F - (W2 - I2))

STAND_IN_OPERANDS inline ap_fixed_base<STAND_IN_SUM_I + STAND_IN_F, STAND_IN_SUM_I, S1 || S2> operator+(STAND_IN_TWO) {
    return ap_fixed_base<STAND_IN_SUM_I + STAND_IN_F, STAND_IN_SUM_I, S1 || S2>::of(STAND_IN_A + STAND_IN_B);
}
STAND_IN_OPERANDS inline ap_fixed_base<STAND_IN_SUM_I + STAND_IN_F, STAND_IN_SUM_I, true> operator-(STAND_IN_TWO) {
    return ap_fixed_base<STAND_IN_SUM_I + STAND_IN_F, STAND_IN_SUM_I, true>::of(STAND_IN_A - STAND_IN_B);
}
STAND_IN_OPERANDS inline ap_fixed_base<W1 + W2, I1 + I2, S1 || S2> operator*(STAND_IN_TWO) {
    return ap_fixed_base<W1 + W2, I1 + I2, S1 || S2>::of(a.V * b.V);
}
STAND_IN_OPERANDS inline ap_fixed_base<S2 + W1 + stand_in::max(W2 - I2, 0), S2 + I1 + (W2 - I2), S1 || S2> operator/(STAND_IN_TWO) {
    stand_in::check(b.V != 0, "division by zero");
    return ap_fixed_base<S2 + W1 + stand_in::max(W2 - I2, 0), S2 + I1 + (W2 - I2), S1 || S2>::of(stand_in::left(a.V, stand_in::max(W2 - I2, 0)) / b.V);
}
#define STAND_IN_MIXED(OP)                                                                                                                    \
    template <int W1, int I1, bool S1, ap_q_mode Q1, ap_o_mode O1, int N1, class T>                                                           \
    inline auto operator OP(const ap_fixed_base<W1, I1, S1, Q1, O1, N1>& a, const T& b)->decltype(a OP stand_in::fixed_of(b)) {                \
        return a OP stand_in::fixed_of(b);                                                                                                    \
    }                                                                                                                                         \
    template <int W1, int I1, bool S1, ap_q_mode Q1, ap_o_mode O1, int N1, class T>                                                           \
    inline auto operator OP(const T& a, const ap_fixed_base<W1, I1, S1, Q1, O1, N1>& b)->decltype(stand_in::fixed_of(a) OP b) {                \
        return stand_in::fixed_of(a) OP b;                                                                                                    \
    }
#define STAND_IN_COMPARE(OP)                                                                            \
    STAND_IN_OPERANDS inline bool operator OP(STAND_IN_TWO) { return STAND_IN_A OP STAND_IN_B; }        \
    template <int W1, int I1, bool S1, ap_q_mode Q1, ap_o_mode O1, int N1>                              \
    inline bool operator OP(const ap_fixed_base<W1, I1, S1, Q1, O1, N1>& a, double b) { return a.to_double() OP b; } \
    STAND_IN_MIXED(OP)
STAND_IN_MIXED(+) STAND_IN_MIXED(-) STAND_IN_MIXED(*) STAND_IN_MIXED(/)
STAND_IN_COMPARE(<) STAND_IN_COMPARE(>) STAND_IN_COMPARE(<=) STAND_IN_COMPARE(>=) STAND_IN_COMPARE(==) STAND_IN_COMPARE(!=)

template <int W, int I, ap_q_mode Q = AP_TRN, ap_o_mode O = AP_WRAP, int N = 0>
struct ap_fixed : ap_fixed_base<W, I, true, Q, O, N> {
    typedef ap_fixed_base<W, I, true, Q, O, N> Base;
    ap_fixed() {}
    template <class T, class = typename std::enable_if<std::is_convertible<T, Base>::value>::type>
    ap_fixed(const T& x) : Base(x) {}
};

template <int W, int I, ap_q_mode Q = AP_TRN, ap_o_mode O = AP_WRAP, int N = 0>
struct ap_ufixed : ap_fixed_base<W, I, false, Q, O, N> {
    typedef ap_fixed_base<W, I, false, Q, O, N> Base;
    ap_ufixed() {}
    template <class T, class = typename std::enable_if<std::is_convertible<T, Base>::value>::type>
    ap_ufixed(const T& x) : Base(x) {}
};

#endif
