// What Hls4Net's firmware uses beside the HLS types themselves. Compiles against AMD's headers and Bambu's as well:
// ap_fixed.h and ap_int.h are taken from the include path.
#ifndef HLS4NET_H
#define HLS4NET_H

#include <ap_fixed.h>
#include <ap_int.h>
#include <stdint.h>

#ifdef HLS4NET_AP_TYPES

#include <string.h>

#include "hls4net/elements.h"

namespace hls4net {
namespace detail {

template <int W, bool SIGNED>
struct integer {
    typedef ap_int<W> type;
};
template <int W>
struct integer<W, false> {
    typedef ap_uint<W> type;
};

} // namespace detail

// x's mantissa: x = mantissa(x) * 2^-fraction. A 64-bit unsigned one comes as the int64_t of the same bits.
template <class T>
constexpr int64_t mantissa(const T& x) {
    static_assert(detail::number_of<T>::width <= 64, "Hls4Net: only mantissas of at most 64 bits leave the simulation");
    return int64_t(detail::as_number<T>::mantissa(x));
}

// The T with this mantissa, of which T's width of low bits count.
template <class T>
constexpr T from_mantissa(int64_t mantissa) {
    typedef typename T::number_type X;
    static_assert(X::width <= 64, "Hls4Net: only mantissas of at most 64 bits enter the simulation");
    return T(detail::mantissa_tag(), detail::wrap<X::width, X::is_signed>(uint64_t(mantissa)));
}

// What a constant of type T is in the sources: its mantissa, in the smallest native integer.
template <class T>
using raw = typename T::number_type::store;

// The constant that a mantissa stands for.
template <class T>
constexpr T constant(raw<T> mantissa) {
    return T(detail::mantissa_tag(), mantissa);
}

// x's bits, as the integer of its width and sign.
template <class T, class X = typename T::number_type>
constexpr typename detail::integer<X::width, X::is_signed>::type bits_of(const T& x) {
    return typename detail::integer<X::width, X::is_signed>::type(detail::mantissa_tag(), x.V);
}

// Gives y the low bits of an integer.
template <class T, class V>
inline void set_bits(T& y, const V& value) {
    y.range() = value;
}

// value rounded and overflowed as T's modes say. NaN gives 0; an infinity the nearest bound where T saturates, else 0.
template <class T>
constexpr T quantize(double value) {
    return T(value);
}

// acc += product, where the compiler has proved that acc neither overflows nor loses fraction bits: no wrap is needed.
// With HLS4NET_CHECK defined, a proof that doesn't hold is a failure.
template <class A, class P, class X = typename A::number_type, class Y = detail::number_of<P>>
inline void accumulate(A& acc, const P& product) {
    typedef detail::unsigned_t<typename X::store> U;
    constexpr int lost = detail::max(Y::fraction - X::fraction, 0);
#ifdef HLS4NET_CHECK
    const detail::sum_t<X, Y> exact = acc + product;
#endif
    acc.V = typename X::store(U(acc.V) + detail::shift_left<detail::max(X::fraction - Y::fraction, 0)>(
                                             U(detail::as_number<P>::mantissa(product) >> lost)));
#ifdef HLS4NET_CHECK
    if (detail::wrap<X::width, X::is_signed>(acc.V) != acc.V || exact != acc)
        detail::fail("hls4net::accumulate: the accumulator overflowed or lost bits");
#endif
}

// A number of W bits, with or without a sign, that never has to be cut to them. Both are signed, so that they mix.
template <int W>
using bits = detail::native_t<W <= 32 ? 32 : W, true>;
template <int W>
using ubits = detail::native_t<W <= 31 ? 32 : W + 1, true>;

// Bit b of words[w] is the sign of x[64 * w + b], 1 for a number below zero; bits beyond the N numbers are 0.
template <int N, class T>
inline void pack_signs(const T* x, ap_uint<64>* words) {
    for (int w = 0; w < (N + 63) / 64; w++) {
        const int count = N - 64 * w < 64 ? N - 64 * w : 64;
        uint64_t word = 0;
        int b = 0;
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        // Eight numbers of a byte each: a product brings their signs side by side.
        for (; sizeof(T) == 1 && b + 8 <= count; b += 8) {
            uint64_t bytes;
            memcpy(&bytes, x + 64 * w + b, 8);
            word |= (((bytes >> 7) & 0x0101010101010101u) * 0x0102040810204080u >> 56) << b;
        }
#endif
        for (; b < count; b++)
            word |= uint64_t(detail::as_number<T>::mantissa(x[64 * w + b]) < 0) << b;
        words[w] = word;
    }
}

// How many bits are 1.
inline ap_uint<7> count_ones(const ap_uint<64>& word) {
    return ap_uint<7>(detail::mantissa_tag(), uint8_t(__builtin_popcountll(word.V)));
}

} // namespace hls4net

#else

#ifdef __AC_FIXED_H

// Bambu's ap_fixed.h, whose types are names for those of ac_fixed.h.
namespace hls4net {
namespace detail {

template <class T>
struct raw_of;
template <int W, int I, bool S, ac_q_mode Q, ac_o_mode O>
struct raw_of<ac_fixed<W, I, S, Q, O> > {
    typedef ac_int<W, S> type;
};
template <int W, bool S>
struct raw_of<ac_int<W, S> > {
    typedef ac_int<W, S> type;
};

template <class T>
struct slice {
    static typename raw_of<T>::type get(const T& x) { return x.template slc<T::width>(0); }
    template <class V>
    static void set(T& y, const V& value) {
        y.set_slc(0, typename raw_of<T>::type(value));
    }
};

inline void set_bit(ap_uint<64>& word, int i, bool value) {
    word.set_slc(i, ap_uint<1>(value));
}
inline bool bit(const ap_uint<64>& word, int i) {
    return word.slc<1>(i) != 0;
}

} // namespace detail
} // namespace hls4net

#else

namespace hls4net {
namespace detail {

template <class T>
struct raw_of;
template <int W, int I, ap_q_mode Q, ap_o_mode O, int N>
struct raw_of<ap_fixed<W, I, Q, O, N> > {
    typedef ap_int<W> type;
    static const int width = W, integer = I;
};
template <int W, int I, ap_q_mode Q, ap_o_mode O, int N>
struct raw_of<ap_ufixed<W, I, Q, O, N> > {
    typedef ap_uint<W> type;
    static const int width = W, integer = I;
};
template <int W>
struct raw_of<ap_int<W> > {
    typedef ap_int<W> type;
    static const int width = W, integer = W;
};
template <int W>
struct raw_of<ap_uint<W> > {
    typedef ap_uint<W> type;
    static const int width = W, integer = W;
};

template <class T>
struct slice {
    static typename raw_of<T>::type get(const T& x) {
#pragma HLS INLINE
        const typename raw_of<T>::type bits = x.range();
        return bits;
    }
    template <class V>
    static void set(T& y, const V& value) {
#pragma HLS INLINE
        y.range() = value;
    }
};

inline void set_bit(ap_uint<64>& word, int i, bool value) {
#pragma HLS INLINE
    word[i] = value;
}
inline bool bit(const ap_uint<64>& word, int i) {
#pragma HLS INLINE
    return word[i];
}

} // namespace detail
} // namespace hls4net

#endif

namespace hls4net {

template <class T>
using raw = typename detail::raw_of<T>::type;

template <class T>
inline raw<T> bits_of(const T& x) {
#pragma HLS INLINE
    return detail::slice<T>::get(x);
}

template <class T, class V>
inline void set_bits(T& y, const V& value) {
#pragma HLS INLINE
    detail::slice<T>::set(y, value);
}

template <class T>
inline T constant(const raw<T>& mantissa) {
#pragma HLS INLINE
    T value;
    set_bits(value, mantissa);
    return value;
}

template <class A, class P>
inline void accumulate(A& acc, const P& product) {
#pragma HLS INLINE
    acc += product;
}

// What the C simulation with the tool's own headers needs beside: numbers of native types in and out.
#if defined(HLS4NET_CSIM) && !defined(__AC_FIXED_H)
template <class T>
inline int64_t mantissa(const T& x) {
    static_assert(detail::raw_of<T>::width <= 64, "Hls4Net: only mantissas of at most 64 bits leave the simulation");
    return int64_t(bits_of(x).to_int64());
}
template <class T>
inline T from_mantissa(int64_t mantissa) {
    static_assert(detail::raw_of<T>::width <= 64, "Hls4Net: only mantissas of at most 64 bits enter the simulation");
    return constant<T>(raw<T>(mantissa));
}

// The tool's headers have no answer to NaN and infinities: 0, and a number beyond T's range whose low bits are all zero.
template <class T>
inline T quantize(double value) {
    if (value != value)
        return T(0);
    const double beyond = __builtin_ldexp(1.0, detail::raw_of<T>::integer + detail::raw_of<T>::width);
    return T(value > beyond ? beyond : value < -beyond ? -beyond : value);
}
#endif

template <int W>
using bits = ap_int<W>;
template <int W>
using ubits = ap_uint<W>;

template <int N, class T>
inline void pack_signs(const T* x, ap_uint<64>* words) {
#pragma HLS INLINE
    for (int w = 0; w < (N + 63) / 64; w++) {
#pragma HLS UNROLL
        words[w] = 0;
    }
    for (int i = 0; i < N; i++) {
#pragma HLS UNROLL
        detail::set_bit(words[i / 64], i % 64, x[i] < 0);
    }
}

inline ap_uint<7> count_ones(const ap_uint<64>& word) {
#pragma HLS INLINE
    ap_uint<7> count = 0;
    for (int i = 0; i < 64; i++) {
#pragma HLS UNROLL
        count += int(detail::bit(word, i));
    }
    return count;
}

} // namespace hls4net

#endif

// HLS4NET_CONSTANT: begins a constant array. They belong to the one source file, or to one of their own.
#ifdef HLS4NET_SEPARATE_CONSTANTS
#define HLS4NET_CONSTANT extern __attribute__((visibility("hidden")))
#else
#define HLS4NET_CONSTANT static
#endif

// HLS4NET_LOCAL: a large local array. In the C simulation it would not fit a thread's stack, so each thread keeps its own elsewhere; it is written
// anew for every sample.
#if defined(__SYNTHESIS__) || defined(__BAMBU__)
#define HLS4NET_LOCAL
#else
#define HLS4NET_LOCAL static thread_local
#endif

// HLS4NET_TRACE(index, array): records the values of a layer of the C simulation, where a trace was asked for. The
// array may have any rank, may be a stream (whose items stay in it), or may be a pointer followed by the number of
// elements.
#if defined(HLS4NET_CSIM) && !defined(__AC_FIXED_H)
#include "hls4net/trace.h"
#define HLS4NET_TRACE(index, ...) ::hls4net::trace(index, __VA_ARGS__)
#else
#define HLS4NET_TRACE(index, ...) ((void)0)
#endif

// HLS4NET_FIFO(item, depth): a stream's type. That of Vivado HLS and Bambu's have no depth; synthesis takes the depth of AMD's
// from a pragma.
#if defined(HLS4NET_AP_TYPES) || defined(__AC_FIXED_H)
#define HLS4NET_FIFO(ITEM, DEPTH) hls::stream<ITEM, DEPTH>
#else
#define HLS4NET_FIFO(ITEM, DEPTH) hls::stream<ITEM>
#endif

// HLS4NET_PROCESS(layer(x, y)) calls a layer of a streaming design; HLS4NET_PROCESSES and HLS4NET_JOIN stand before the first and behind
// the last. Synthesis sees the calls alone; a simulation with hard limits runs them by turns.
#if defined(HLS4NET_STREAM_DEPTH_CHECK) && defined(HLS4NET_AP_TYPES)
#include "hls4net/tasks.h"
#define HLS4NET_PROCESSES() ::hls4net::processes processes
#define HLS4NET_PROCESS(CALL) processes.start([&] { CALL; })
#define HLS4NET_JOIN() processes.join()
#else
#define HLS4NET_PROCESSES() ((void)0)
#define HLS4NET_PROCESS(CALL) CALL
#define HLS4NET_JOIN() ((void)0)
#endif

#endif
