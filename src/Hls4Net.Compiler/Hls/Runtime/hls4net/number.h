// The two kinds of numbers, fixed_base (ap_fixed, ap_ufixed) and int_base (ap_int, ap_uint), on a common set of bits.
//
// ap_fixed<…> and the others derive from these and add constructors only, so that every operator returns one of the two
// and the same code serves both. A number is its mantissa V: trivially copyable, no larger than the native integer.
#ifndef HLS4NET_NUMBER_H
#define HLS4NET_NUMBER_H

#include "convert.h"
#include "failure.h"

// Tells code that compiles against AMD's headers as well that these are Hls4Net's.
#define HLS4NET_AP_TYPES 1

namespace hls4net {
namespace detail {

template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O, int N>
struct fixed_base;
template <int W, bool S>
struct int_base;

// What T is in an expression: `type` is its kind of number, mantissa(x) its mantissa, `builtin` is T where T is built
// in. No `type` where T isn't a number; floating types are none, AMD's operators don't take them either.
template <class T, class = void>
struct as_number {};
template <class T>
struct as_number<T, typename make_void<typename T::number_type>::type> {
    typedef typename T::number_type type;
    static constexpr typename type::store mantissa(const type& x) { return x.V; }
};

template <class T, bool SIGNED, int WIDTH = 8 * sizeof(T)>
struct builtin_integer {
    typedef T builtin;
    typedef int_base<WIDTH, SIGNED> type;
    static constexpr native_t<WIDTH, SIGNED> mantissa(T x) { return native_t<WIDTH, SIGNED>(x); }
};

// clang-format off
template <> struct as_number<bool> : builtin_integer<bool, false, 1> {};
template <> struct as_number<char> : builtin_integer<char, (char(-1) < 0)> {};
template <> struct as_number<signed char> : builtin_integer<signed char, true> {};
template <> struct as_number<unsigned char> : builtin_integer<unsigned char, false> {};
template <> struct as_number<short> : builtin_integer<short, true> {};
template <> struct as_number<unsigned short> : builtin_integer<unsigned short, false> {};
template <> struct as_number<int> : builtin_integer<int, true> {};
template <> struct as_number<unsigned> : builtin_integer<unsigned, false> {};
template <> struct as_number<long> : builtin_integer<long, true> {};
template <> struct as_number<unsigned long> : builtin_integer<unsigned long, false> {};
template <> struct as_number<long long> : builtin_integer<long long, true> {};
template <> struct as_number<unsigned long long> : builtin_integer<unsigned long long, false> {};
template <> struct as_number<float> { typedef float builtin; };
template <> struct as_number<double> { typedef double builtin; };
// clang-format on

template <class T>
using number_of = typename as_number<T>::type;

// Marks constructors that take a mantissa as it is.
struct mantissa_tag {};

// A bit of a number that can be written: x[i] = true.
template <class T>
struct bit_ref {
    T& number;
    int index;

    constexpr operator bool() const { return number.test(index); }
    constexpr bool to_bool() const { return number.test(index); }
    constexpr bool operator~() const { return !number.test(index); }

    constexpr bit_ref& operator=(bool value) {
        number.set(index, value);
        return *this;
    }
    constexpr bit_ref& operator=(const bit_ref& other) { return *this = bool(other); }
};

// The bits hi … lo of a number, read as an unsigned integer; T is const where they can't be written.
template <class T>
struct range_ref {
    typedef native_t<T::width, false> U;

    T& number;
    int hi;
    int lo;

    constexpr int length() const { return hi - lo + 1; }
    constexpr U mask() const { return U(U(~U(0)) >> (8 * int(sizeof(U)) - length())); }
    constexpr U get() const { return U(U(U(number.V) >> lo) & mask()); }
    // Where all bits are written, what the number held before is not read: it may be uninitialised.
    constexpr void put(U value) {
        number.V = wrap<T::width, T::is_signed>(
            length() == T::width ? value : U((U(number.V) & U(~U(mask() << lo))) | U(U(value & mask()) << lo)));
    }

    constexpr int to_int() const { return int(get()); }
    constexpr unsigned to_uint() const { return unsigned(get()); }
    constexpr long long to_int64() const { return (long long)(get()); }
    constexpr unsigned long long to_uint64() const { return (unsigned long long)(get()); }
    constexpr operator unsigned long long() const { return to_uint64(); }

    constexpr range_ref& operator=(const range_ref& other) {
        put(other.get());
        return *this;
    }
    template <class V>
    constexpr range_ref& operator=(const range_ref<V>& other) {
        put(U(other.get()));
        return *this;
    }
    template <class V, class = number_of<V>>
    constexpr range_ref& operator=(const V& value) {
        static_assert(number_of<V>::is_integer, "Hls4Net: a bit range takes integers; write y.range() for y's bits");
        put(U(as_number<V>::mantissa(value)));
        return *this;
    }
};

template <class T>
struct as_number<bit_ref<T>> {
    typedef int_base<1, false> type;
    static constexpr uint8_t mantissa(const bit_ref<T>& x) { return bool(x); }
};
template <class T>
struct as_number<range_ref<T>> {
    typedef int_base<T::width, false> type;
    static constexpr typename type::store mantissa(const range_ref<T>& x) { return x.get(); }
};

// W bits, two's complement if SIGNED.
template <int W, bool SIGNED>
struct bits {
    static_assert(W >= 1 && W <= 128,
                  "Hls4Net: the C simulation supports widths from 1 to 128 bits; this type, or the "
                  "exact result of this operation, has a width beyond that. Cast the operands first");

    static constexpr int width = W;
    static constexpr bool is_signed = SIGNED;
    typedef native_t<W, SIGNED> store;

    store V;

    bits() = default;
    constexpr explicit bits(store v) : V(v) {}

    constexpr int length() const { return W; }
    constexpr bool test(int i) const { return (V >> i) & 1; }
    constexpr void set(int i, bool value = true) {
        typedef unsigned_t<store> U;
        V = wrap<W, SIGNED>(U((U(V) & U(~U(U(1) << i))) | U(U(value) << i)));
    }
    constexpr void clear(int i) { set(i, false); }

    constexpr bool operator[](int i) const { return test(i); }
    constexpr bit_ref<bits> operator[](int i) { return {*this, i}; }
    constexpr range_ref<const bits> range(int hi, int lo) const { return {*this, hi, lo}; }
    constexpr range_ref<const bits> range() const { return {*this, W - 1, 0}; }
    constexpr range_ref<const bits> operator()(int hi, int lo) const { return {*this, hi, lo}; }
    constexpr range_ref<bits> range(int hi, int lo) { return {*this, hi, lo}; }
    constexpr range_ref<bits> range() { return {*this, W - 1, 0}; }
    constexpr range_ref<bits> operator()(int hi, int lo) { return {*this, hi, lo}; }

    constexpr bool operator!() const { return V == 0; }
};

template <int W, bool SIGNED>
constexpr int bits<W, SIGNED>::width;
template <int W, bool SIGNED>
constexpr bool bits<W, SIGNED>::is_signed;

// Conversion of a number to the built-in type T.
template <class T>
struct to_builtin {
    template <class X>
    static constexpr T from(const X& x) {
        return T(number_of<T>(x).V);
    }
};
template <>
struct to_builtin<bool> {
    template <class X>
    static constexpr bool from(const X& x) {
        return x.V != 0;
    }
};
template <>
struct to_builtin<double> {
    template <class X>
    static constexpr double from(const X& x) {
        return double(x.V) * scale<-X::fraction>::value;
    }
};
template <>
struct to_builtin<float> {
    // The mantissa is what is rounded, so that the value is rounded once.
    template <class X>
    static constexpr float from(const X& x) {
        return float(double(float(x.V)) * scale<-X::fraction>::value);
    }
};

// What both kinds can be converted to by name.
template <class NUMBER, int W, bool S>
struct named_conversions : bits<W, S> {
    using bits<W, S>::bits;
    named_conversions() = default;

    constexpr double to_double() const { return to_builtin<double>::from(self()); }
    constexpr float to_float() const { return to_builtin<float>::from(self()); }
    constexpr int to_int() const { return to_builtin<int>::from(self()); }
    constexpr unsigned to_uint() const { return to_builtin<unsigned>::from(self()); }
    constexpr long to_long() const { return to_builtin<long>::from(self()); }
    constexpr unsigned long to_ulong() const { return to_builtin<unsigned long>::from(self()); }
    constexpr long long to_int64() const { return to_builtin<long long>::from(self()); }
    constexpr unsigned long long to_uint64() const { return to_builtin<unsigned long long>::from(self()); }

  private:
    constexpr const NUMBER& self() const { return static_cast<const NUMBER&>(*this); }
};

// A fixed-point number: V * 2^-fraction. I counts the bits left of the binary point, a sign included.
template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O, int N>
struct fixed_base : named_conversions<fixed_base<W, I, S, Q, O, N>, W, S> {
    static_assert(O != AP_WRAP_SM || (S && W < 128), "Hls4Net: AP_WRAP_SM is for signed types of at most 127 bits");
    static_assert(N >= 0 && N <= W, "Hls4Net: the number of saturated bits must lie between 0 and the width");

    static constexpr int iwidth = I;
    static constexpr int fraction = W - I;
    static constexpr bool is_integer = false;
    static constexpr ap_q_mode qmode = Q;
    static constexpr ap_o_mode omode = O;
    static constexpr int saturated_bits = N;
    typedef native_t<W, S> store;
    typedef fixed_base number_type;

    fixed_base() = default;
    constexpr fixed_base(mantissa_tag, store v) : named_conversions<fixed_base, W, S>(v) {}
    constexpr fixed_base(double value) : fixed_base(mantissa_tag(), convert<W, W - I, S, Q, O, N>(value)) {}
    template <class T, class X = number_of<T>>
    constexpr fixed_base(const T& value)
        : fixed_base(mantissa_tag(), convert<W, W - I, S, Q, O, N, X::width, X::fraction, X::is_signed>(
                                         as_number<T>::mantissa(value))) {}

    // Implicit to every built-in type, as with AMD's.
    template <class T, class = typename as_number<T>::builtin>
    constexpr operator T() const {
        return to_builtin<T>::from(*this);
    }
};

// An integer. Conversions to it truncate towards zero and wrap, as those of built-in integers do.
template <int W, bool S>
struct int_base : named_conversions<int_base<W, S>, W, S> {
    static constexpr int iwidth = W;
    static constexpr int fraction = 0;
    static constexpr bool is_integer = true;
    static constexpr ap_q_mode qmode = AP_TRN_ZERO;
    static constexpr ap_o_mode omode = AP_WRAP;
    static constexpr int saturated_bits = 0;
    typedef native_t<W, S> store;
    typedef int_base number_type;

    int_base() = default;
    constexpr int_base(mantissa_tag, store v) : named_conversions<int_base, W, S>(v) {}
    constexpr int_base(double value) : int_base(mantissa_tag(), convert<W, 0, S, AP_TRN_ZERO, AP_WRAP, 0>(value)) {}
    template <class T, class X = number_of<T>>
    constexpr int_base(const T& value)
        : int_base(mantissa_tag(), convert<W, 0, S, AP_TRN_ZERO, AP_WRAP, 0, X::width, X::fraction, X::is_signed>(
                                       as_number<T>::mantissa(value))) {}

    // One built-in type only: an ap_uint can be an array index, which needs an unambiguous conversion.
    constexpr operator native_t<min(W, 64), S>() const { return native_t<min(W, 64), S>(this->V); }
};

} // namespace detail
} // namespace hls4net

#endif
