// ap_int and ap_uint of the stand-in.
#ifndef STAND_IN_AP_INT_H
#define STAND_IN_AP_INT_H

#include "ap_common.h"

template <int W, bool S>
struct ap_int_base;
template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O, int N>
struct ap_fixed_base;

// Some bits of a number, without a sign, to be read or written.
template <class BASE, int W>
struct ap_range_ref {
    BASE& number;
    int high, low;

    int length() const { return high - low + 1; }
    stand_in::wide get() const { return stand_in::wide(stand_in::uwide(number.V) >> low & ((stand_in::uwide(1) << length()) - 1)); }
    operator unsigned long long() const { return (unsigned long long)get(); }
    template <int W2, bool S2>
    ap_range_ref& operator=(const ap_int_base<W2, S2>& value) {
        return set(value.V);
    }
    template <class T, class = typename std::enable_if<std::is_integral<T>::value>::type>
    ap_range_ref& operator=(T value) {
        return set(stand_in::wide(value));
    }

  private:
    ap_range_ref& set(stand_in::wide value) {
        const stand_in::uwide mask = ((stand_in::uwide(1) << length()) - 1) << low;
        number.V = stand_in::wrap<W, BASE::is_signed>(
            stand_in::wide((stand_in::uwide(number.V) & ~mask) | (stand_in::uwide(value) << low & mask)));
        return *this;
    }
};

// One bit of a number, to be read or written.
template <class BASE, int W>
struct ap_bit_ref {
    BASE& number;
    int index;

    operator bool() const { return stand_in::uwide(number.V) >> index & 1; }
    ap_bit_ref& operator=(unsigned long long value) {
        const stand_in::uwide bit = stand_in::uwide(1) << index;
        number.V = stand_in::wrap<W, BASE::is_signed>(
            stand_in::wide(value ? stand_in::uwide(number.V) | bit : stand_in::uwide(number.V) & ~bit));
        return *this;
    }
};

template <int W, bool S>
struct ap_int_base {
    static const int width = W;
    static const bool is_signed = S;
    stand_in::wide V;

    ap_int_base() : V(0) {}
    template <int W2, bool S2>
    ap_int_base(const ap_int_base<W2, S2>& x) : V(stand_in::wrap<W, S>(x.V)) {}
    template <class T, class = typename std::enable_if<std::is_integral<T>::value>::type>
    ap_int_base(T x) : V(stand_in::wrap<W, S>(stand_in::wide(x))) {}
    ap_int_base(double x) : V(stand_in::wrap<W, S>(stand_in::wide(x))) {}
    template <class BASE, int W2>
    ap_int_base(const ap_range_ref<BASE, W2>& x) : V(stand_in::wrap<W, S>(x.get())) {}
    template <class BASE, int W2>
    ap_int_base(const ap_bit_ref<BASE, W2>& x) : V(stand_in::wrap<W, S>(bool(x))) {}
    template <int W2, int I2, bool S2, ap_q_mode Q2, ap_o_mode O2, int N2>
    ap_int_base(const ap_fixed_base<W2, I2, S2, Q2, O2, N2>& x) : V(stand_in::wrap<W, S>(x.to_integer())) {}

    // To a native integer without asking, as AMD's.
    operator typename stand_in::native_of<W, S>::type() const { return (typename stand_in::native_of<W, S>::type)V; }
    bool to_bool() const { return V != 0; }
    int to_int() const { return int(V); }
    unsigned to_uint() const { return unsigned(V); }
    long long to_int64() const { return (long long)V; }
    unsigned long long to_uint64() const { return (unsigned long long)V; }
    double to_double() const { return double(V); }
    int length() const { return W; }
    bool operator!() const { return V == 0; }

    ap_bit_ref<ap_int_base, W> operator[](int i) {
        stand_in::check(i >= 0 && i < W, "a bit beyond the MSB is written");
        return ap_bit_ref<ap_int_base, W>{*this, i};
    }
    bool operator[](int i) const {
        stand_in::check(i >= 0 && i < W, "read bit beyond MSB");
        return stand_in::uwide(V) >> i & 1;
    }
    ap_range_ref<ap_int_base, W> range(int high, int low) const {
        stand_in::check(low >= 0 && high < W && high >= low, "a range beyond the MSB");
        return ap_range_ref<ap_int_base, W>{const_cast<ap_int_base&>(*this), high, low};
    }
    ap_range_ref<ap_int_base, W> range() const { return range(W - 1, 0); }

#define STAND_IN_ASSIGN(OP)                  \
    template <class T>                       \
    ap_int_base& operator OP##=(const T& x) { \
        *this = *this OP x;                  \
        return *this;                        \
    }
    STAND_IN_ASSIGN(+)
    STAND_IN_ASSIGN(-)
    STAND_IN_ASSIGN(*)
    STAND_IN_ASSIGN(&)
    STAND_IN_ASSIGN(|)
    STAND_IN_ASSIGN(^)
    STAND_IN_ASSIGN(<<)
    STAND_IN_ASSIGN(>>)
#undef STAND_IN_ASSIGN
    ap_int_base& operator++() { return *this += 1; }
    ap_int_base<W + 1, true> operator-() const { return ap_int_base<1, false>(0) - *this; }
    ap_int_base<W, S> operator~() const {
        ap_int_base r;
        r.V = stand_in::wrap<W, S>(~V);
        return r;
    }
    ap_int_base operator<<(int bits) const { return bits < 0 ? *this >> -bits : made(bits >= W ? 0 : stand_in::wide(stand_in::uwide(V) << bits)); }
    ap_int_base operator>>(int bits) const { return bits < 0 ? *this << -bits : made(V >> stand_in::max(0, bits < 127 ? bits : 126)); }

  private:
    static ap_int_base made(stand_in::wide v) {
        ap_int_base r;
        r.V = stand_in::wrap<W, S>(v);
        return r;
    }
};

namespace stand_in {

// What an operand is as an ap_int_base.
template <class T, class = void>
struct integer_of;
template <int W, bool S>
struct integer_of<ap_int_base<W, S>> {
    typedef ap_int_base<W, S> type;
};
template <class T>
struct integer_of<T, typename std::enable_if<std::is_integral<T>::value>::type> {
    typedef ap_int_base<std::is_same<T, bool>::value ? 1 : int(8 * sizeof(T)), std::is_signed<T>::value> type;
};
template <int W, bool S>
ap_int_base<W, S> base_of(const ap_int_base<W, S>&);

constexpr int common(int w1, bool s1, int w2, bool s2) { return max(w1 + (s2 && !s1), w2 + (s1 && !s2)); }

} // namespace stand_in

#define STAND_IN_RESULT(OP, W, S, EXPRESSION)                                                     \
    template <int W1, bool S1, int W2, bool S2>                                                   \
    inline ap_int_base<(W), (S)> operator OP(const ap_int_base<W1, S1>& a, const ap_int_base<W2, S2>& b) { \
        ap_int_base<(W), (S)> r;                                                                  \
        r.V = stand_in::wrap<(W), (S)>(EXPRESSION);                                               \
        return r;                                                                                 \
    }
STAND_IN_RESULT(+, stand_in::common(W1, S1, W2, S2) + 1, S1 || S2, a.V + b.V)
STAND_IN_RESULT(-, stand_in::common(W1, S1, W2, S2) + 1, true, a.V - b.V)
STAND_IN_RESULT(*, W1 + W2, S1 || S2, a.V * b.V)
STAND_IN_RESULT(/, W1 + S2, S1 || S2, a.V / b.V)
STAND_IN_RESULT(%, S1 || !S2 ? W1 : W1, S1, a.V % b.V)
STAND_IN_RESULT(&, stand_in::common(W1, S1, W2, S2), S1 || S2, a.V & b.V)
STAND_IN_RESULT(|, stand_in::common(W1, S1, W2, S2), S1 || S2, a.V | b.V)
STAND_IN_RESULT(^, stand_in::common(W1, S1, W2, S2), S1 || S2, a.V ^ b.V)
#undef STAND_IN_RESULT

#define STAND_IN_MIXED(OP)                                                                                              \
    template <int W, bool S, class T, class = typename std::enable_if<std::is_integral<T>::value>::type>                \
    inline auto operator OP(const ap_int_base<W, S>& a, T b)->decltype(a OP typename stand_in::integer_of<T>::type(b)) { \
        return a OP typename stand_in::integer_of<T>::type(b);                                                          \
    }                                                                                                                   \
    template <int W, bool S, class T, class = typename std::enable_if<std::is_integral<T>::value>::type>                \
    inline auto operator OP(T a, const ap_int_base<W, S>& b)->decltype(typename stand_in::integer_of<T>::type(a) OP b) { \
        return typename stand_in::integer_of<T>::type(a) OP b;                                                          \
    }
#define STAND_IN_COMPARE(OP)                                                                   \
    template <int W1, bool S1, int W2, bool S2>                                                \
    inline bool operator OP(const ap_int_base<W1, S1>& a, const ap_int_base<W2, S2>& b) {      \
        return a.V OP b.V;                                                                     \
    }                                                                                          \
    STAND_IN_MIXED(OP)
STAND_IN_MIXED(+) STAND_IN_MIXED(-) STAND_IN_MIXED(*) STAND_IN_MIXED(/) STAND_IN_MIXED(%) STAND_IN_MIXED(&) STAND_IN_MIXED(|) STAND_IN_MIXED(^)
STAND_IN_COMPARE(<) STAND_IN_COMPARE(>) STAND_IN_COMPARE(<=) STAND_IN_COMPARE(>=) STAND_IN_COMPARE(==) STAND_IN_COMPARE(!=)

#undef STAND_IN_MIXED
#undef STAND_IN_COMPARE

template <int W>
struct ap_int : ap_int_base<W, true> {
    typedef ap_int_base<W, true> Base;
    ap_int() {}
    template <class T, class = typename std::enable_if<std::is_convertible<T, Base>::value>::type>
    ap_int(const T& x) : Base(x) {}
};

template <int W>
struct ap_uint : ap_int_base<W, false> {
    typedef ap_int_base<W, false> Base;
    ap_uint() {}
    template <class T, class = typename std::enable_if<std::is_convertible<T, Base>::value>::type>
    ap_uint(const T& x) : Base(x) {}
};

#endif
