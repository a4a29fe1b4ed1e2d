// Native integers by width, and the few bit operations everything else is made of.
//
// Every mantissa is kept in the smallest native integer that holds it: 8, 16, 32, 64 or 128 bits. That is what lets a
// compiler vectorise loops over arrays of fixed-point numbers as it does over arrays of integers.
#ifndef HLS4NET_NATIVE_H
#define HLS4NET_NATIVE_H

#include <stdint.h>

namespace hls4net {
namespace detail {

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

// Bits of the smallest native integer that holds `width` bits.
constexpr int native_bits(int width) {
    return width <= 8 ? 8 : width <= 16 ? 16 : width <= 32 ? 32 : width <= 64 ? 64 : 128;
}

constexpr int max(int a, int b) {
    return a > b ? a : b;
}
constexpr int min(int a, int b) {
    return a < b ? a : b;
}

template <int BITS, bool SIGNED>
struct native;

// clang-format off
template <> struct native<8, true> { typedef int8_t type; };
template <> struct native<8, false> { typedef uint8_t type; };
template <> struct native<16, true> { typedef int16_t type; };
template <> struct native<16, false> { typedef uint16_t type; };
template <> struct native<32, true> { typedef int32_t type; };
template <> struct native<32, false> { typedef uint32_t type; };
template <> struct native<64, true> { typedef int64_t type; };
template <> struct native<64, false> { typedef uint64_t type; };
template <> struct native<128, true> { typedef int128 type; };
template <> struct native<128, false> { typedef uint128 type; };
// clang-format on

// The integer that holds a WIDTH-bit mantissa.
template <int WIDTH, bool SIGNED>
using native_t = typename native<native_bits(WIDTH), SIGNED>::type;

// The unsigned integer of T's size: shifts and sums that may leave T's range are done in it, where they are defined.
template <class T>
using unsigned_t = typename native<8 * sizeof(T), false>::type;

// v * 2^COUNT modulo T's size.
template <int COUNT, class T>
constexpr T shift_left(T v) {
    return COUNT >= int(8 * sizeof(T)) ? T(0) : T(v << (COUNT < int(8 * sizeof(T)) ? COUNT : 0));
}

// The WIDTH low bits of v, read as a number.
template <int WIDTH, bool SIGNED, class U>
constexpr native_t<WIDTH, SIGNED> wrap(U v) {
    typedef native_t<WIDTH, SIGNED> T;
    constexpr int spare = native_bits(WIDTH) - WIDTH;
    return T(T(unsigned_t<T>(unsigned_t<T>(v) << spare)) >> spare);
}

// 2^exponent, for exponents a double has.
constexpr double power_of_two(int exponent) {
    double p = 1;
    for (; exponent > 0; exponent--)
        p *= 2;
    for (; exponent < 0; exponent++)
        p /= 2;
    return p;
}

template <int EXPONENT>
struct scale {
    static constexpr double value = power_of_two(EXPONENT);
};

// What std::enable_if and std::void_t are, without <type_traits>.
template <bool CONDITION, class T = void>
struct enable_if {};
template <class T>
struct enable_if<true, T> {
    typedef T type;
};

template <class T>
struct make_void {
    typedef void type;
};

} // namespace detail
} // namespace hls4net

#endif
