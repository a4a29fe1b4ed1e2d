// Operators on numbers. An operation is exact: its result's type is wide enough for every value, by AMD's formulas
// (UG1399); rounding and overflow happen when the result is assigned.
#ifndef HLS4NET_OPERATORS_H
#define HLS4NET_OPERATORS_H

#include "number.h"

namespace hls4net {
namespace detail {

// The type of a result: an integer where both operands are.
template <bool INTEGER, int W, int I, bool S>
struct result {
    typedef fixed_base<W, I, S, AP_TRN, AP_WRAP, 0> type;
};
template <int W, int I, bool S>
struct result<true, W, I, S> {
    typedef int_base<W, S> type;
};

// The smallest type that has the values of both A and B, with CARRY integer bits more.
template <class A, class B, int CARRY, bool SIGNED = A::is_signed || B::is_signed>
struct common {
    static constexpr int integer =
        max(A::iwidth + (B::is_signed && !A::is_signed ? 1 : 0), B::iwidth + (A::is_signed && !B::is_signed ? 1 : 0)) +
        CARRY;
    static constexpr int fraction = max(A::fraction, B::fraction);
    typedef typename result<A::is_integer && B::is_integer, integer + fraction, integer, SIGNED>::type type;
};

template <class A, class B>
using sum_t = typename common<number_of<A>, number_of<B>, 1>::type;
template <class A, class B>
using difference_t = typename common<number_of<A>, number_of<B>, 1, true>::type;
template <class A, class B>
using logic_t = typename common<number_of<A>, number_of<B>, 0>::type;

template <class A, class B>
struct product {
    typedef typename result<A::is_integer && B::is_integer, A::width + B::width, A::iwidth + B::iwidth,
                            A::is_signed || B::is_signed>::type type;
};
template <class A, class B>
using product_t = typename product<number_of<A>, number_of<B>>::type;

template <class A, class B>
struct quotient {
    static constexpr int sign = B::is_signed ? 1 : 0;
    static constexpr bool is_signed = A::is_signed || B::is_signed;
    typedef typename result<A::is_integer && B::is_integer, sign + A::width + max(B::fraction, 0),
                            sign + A::iwidth + B::fraction, is_signed>::type type;
    // Both operands in one integer: wide enough for the dividend with the divisor's fraction bits, and for the divisor.
    static constexpr int width = max(A::width + max(B::fraction, 0) + (B::is_signed && !A::is_signed ? 1 : 0),
                                     B::width + (A::is_signed && !B::is_signed ? 1 : 0));
    static_assert(width <= 128, "Hls4Net: this division needs more than 128 bits; cast the operands first");
    typedef native_t<width, is_signed> wide;
};
template <class A, class B>
using quotient_t = typename quotient<number_of<A>, number_of<B>>::type;

template <class A, class B>
struct remainder {
    static constexpr int width = min(A::width, B::width + (!B::is_signed && A::is_signed ? 1 : 0));
    static_assert(A::is_integer && B::is_integer, "Hls4Net: % is for integers");
    typedef int_base<width, A::is_signed> type;
};
template <class A, class B>
using remainder_t = typename remainder<number_of<A>, number_of<B>>::type;

// x's mantissa with the binary point of R, whose range includes x's.
template <class R, class T>
constexpr typename R::store aligned(const T& x) {
    typedef unsigned_t<typename R::store> U;
    return typename R::store(
        shift_left<R::fraction - number_of<T>::fraction>(U(typename R::store(as_number<T>::mantissa(x)))));
}

template <class A, class B, class R = sum_t<A, B>>
constexpr R operator+(const A& a, const B& b) {
    return R(mantissa_tag(), typename R::store(aligned<R>(a) + aligned<R>(b)));
}

template <class A, class B, class R = difference_t<A, B>>
constexpr R operator-(const A& a, const B& b) {
    return R(mantissa_tag(), typename R::store(aligned<R>(a) - aligned<R>(b)));
}

template <class A, class B, class R = product_t<A, B>>
constexpr R operator*(const A& a, const B& b) {
    typedef typename R::store T;
    return R(mantissa_tag(), T(T(as_number<A>::mantissa(a)) * T(as_number<B>::mantissa(b))));
}

// Truncates towards zero in the last place of the result.
template <class A, class B, class R = quotient_t<A, B>>
constexpr R operator/(const A& a, const B& b) {
    typedef quotient<number_of<A>, number_of<B>> Q;
    typedef typename Q::wide T;
    typedef unsigned_t<T> U;
    const T divisor = T(as_number<B>::mantissa(b));
    if (divisor == 0)
        fail("division by zero");
    const T dividend = T(shift_left<max(number_of<B>::fraction, 0)>(U(T(as_number<A>::mantissa(a)))));
    // A quotient by -1 may leave the native range, which the processor traps on; the result's range it doesn't leave.
    typedef unsigned_t<typename R::store> V;
    return R(mantissa_tag(), Q::is_signed && divisor == T(-1) ? typename R::store(V(0) - V(typename R::store(dividend)))
                                                              : typename R::store(dividend / divisor));
}

// Has the dividend's sign, as that of built-in integers.
template <class A, class B, class R = remainder_t<A, B>>
constexpr R operator%(const A& a, const B& b) {
    typedef typename quotient<number_of<A>, number_of<B>>::wide T;
    const T divisor = T(as_number<B>::mantissa(b));
    if (divisor == 0)
        fail("division by zero");
    return R(mantissa_tag(), typename R::store(divisor == T(-1) && number_of<B>::is_signed
                                                   ? T(0)
                                                   : T(T(as_number<A>::mantissa(a)) % divisor)));
}

#define HLS4NET_BITWISE(OP)                                                                                            \
    template <class A, class B, class R = logic_t<A, B>>                                                               \
    constexpr R operator OP(const A& a, const B& b) {                                                                  \
        return R(mantissa_tag(), typename R::store(aligned<R>(a) OP aligned<R>(b)));                                   \
    }
HLS4NET_BITWISE(&)
HLS4NET_BITWISE(|)
HLS4NET_BITWISE(^)
#undef HLS4NET_BITWISE

// Values are compared, whatever the types; with a double as doubles.
#define HLS4NET_COMPARISON(OP)                                                                                         \
    template <class A, class B, class R = logic_t<A, B>>                                                               \
    constexpr bool operator OP(const A& a, const B& b) {                                                               \
        return aligned<R>(a) OP aligned<R>(b);                                                                         \
    }                                                                                                                  \
    template <class A, class = typename A::number_type>                                                                \
    constexpr bool operator OP(const A& a, double b) {                                                                 \
        return a.to_double() OP b;                                                                                     \
    }                                                                                                                  \
    template <class B, class = typename B::number_type>                                                                \
    constexpr bool operator OP(double a, const B& b) {                                                                 \
        return a OP b.to_double();                                                                                     \
    }
HLS4NET_COMPARISON(==)
HLS4NET_COMPARISON(!=)
HLS4NET_COMPARISON(<)
HLS4NET_COMPARISON(<=)
HLS4NET_COMPARISON(>)
HLS4NET_COMPARISON(>=)
#undef HLS4NET_COMPARISON

template <class A, class X = typename A::number_type>
constexpr X operator+(const A& a) {
    return a;
}

// One bit wider and signed: -(-2^(W-1)) is a value too.
template <class A, class X = typename A::number_type,
          class R = typename result<X::is_integer, X::width + 1, X::iwidth + 1, true>::type>
constexpr R operator-(const A& a) {
    return R(mantissa_tag(), typename R::store(-typename R::store(a.V)));
}

template <class A, class X = typename A::number_type>
constexpr X operator~(const A& a) {
    return X(mantissa_tag(), wrap<X::width, X::is_signed>(unsigned_t<typename X::store>(~a.V)));
}

// Shifts move bits within the type: what leaves it is lost, without rounding. A negative count shifts the other way.
template <class X>
constexpr X shifted_left(const X& x, int count) {
    typedef unsigned_t<typename X::store> U;
    return X(mantissa_tag(), count >= X::width ? typename X::store(0)
                             : count >= 0      ? wrap<X::width, X::is_signed>(U(U(x.V) << count))
                             : count > -X::width
                                 ? typename X::store(x.V >> -count)
                                 : typename X::store(X::is_signed && (x.V >> (X::width - 1)) != 0 ? -1 : 0));
}

template <class A, class B, class X = typename A::number_type, class = number_of<B>>
constexpr X operator<<(const A& a, const B& count) {
    return shifted_left<X>(a, int(as_number<B>::mantissa(count)));
}
template <class A, class B, class X = typename A::number_type, class = number_of<B>>
constexpr X operator>>(const A& a, const B& count) {
    return shifted_left<X>(a, -int(as_number<B>::mantissa(count)));
}

#define HLS4NET_COMPOUND(OP)                                                                                           \
    template <class A, class B, class X = typename A::number_type, class = number_of<B>>                               \
    constexpr A& operator OP##=(A& a, const B& b) {                                                                    \
        static_cast<X&>(a) = X(a OP b);                                                                                \
        return a;                                                                                                      \
    }
HLS4NET_COMPOUND(*)
HLS4NET_COMPOUND(/)
HLS4NET_COMPOUND(%)
HLS4NET_COMPOUND(&)
HLS4NET_COMPOUND(|)
HLS4NET_COMPOUND(^)
HLS4NET_COMPOUND(<<)
HLS4NET_COMPOUND(>>)
#undef HLS4NET_COMPOUND

// Sums modulo 2^W need no wider type than the sum's own: this is what makes `acc += w * x` as fast as on integers.
template <class X, class Y>
struct adds_modulo {
    static constexpr bool value = X::omode == AP_WRAP && X::saturated_bits == 0 && X::fraction >= Y::fraction;
};

template <bool MODULO>
struct adder {
    template <class X, class B>
    static constexpr void add(X& x, const B& b) {
        x = X(x + b);
    }
    template <class X, class B>
    static constexpr void subtract(X& x, const B& b) {
        x = X(x - b);
    }
};
template <>
struct adder<true> {
    template <class X, class B>
    static constexpr unsigned_t<typename X::store> term(const B& b) {
        return shift_left<X::fraction - number_of<B>::fraction>(
            unsigned_t<typename X::store>(as_number<B>::mantissa(b)));
    }
    template <class X, class B>
    static constexpr void add(X& x, const B& b) {
        typedef unsigned_t<typename X::store> U;
        x.V = wrap<X::width, X::is_signed>(U(U(x.V) + term<X>(b)));
    }
    template <class X, class B>
    static constexpr void subtract(X& x, const B& b) {
        typedef unsigned_t<typename X::store> U;
        x.V = wrap<X::width, X::is_signed>(U(U(x.V) - term<X>(b)));
    }
};

template <class A, class B, class X = typename A::number_type, class Y = number_of<B>>
constexpr A& operator+=(A& a, const B& b) {
    adder<adds_modulo<X, Y>::value>::add(static_cast<X&>(a), b);
    return a;
}
template <class A, class B, class X = typename A::number_type, class Y = number_of<B>>
constexpr A& operator-=(A& a, const B& b) {
    adder<adds_modulo<X, Y>::value>::subtract(static_cast<X&>(a), b);
    return a;
}

template <class A, class X = typename A::number_type>
constexpr A& operator++(A& a) {
    return a += 1;
}
template <class A, class X = typename A::number_type>
constexpr A& operator--(A& a) {
    return a -= 1;
}
template <class A, class X = typename A::number_type>
constexpr A operator++(A& a, int) {
    A before = a;
    a += 1;
    return before;
}
template <class A, class X = typename A::number_type>
constexpr A operator--(A& a, int) {
    A before = a;
    a -= 1;
    return before;
}

} // namespace detail
} // namespace hls4net

#endif
