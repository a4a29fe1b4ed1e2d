// Conversion of values to a fixed-point type: rounding (AMD's "quantization modes") and overflow, both exact.
#ifndef HLS4NET_CONVERT_H
#define HLS4NET_CONVERT_H

#include "native.h"

// What becomes of the bits below the least significant one.
enum ap_q_mode {
    AP_RND,         // to nearest, ties towards plus infinity
    AP_RND_ZERO,    // to nearest, ties towards zero
    AP_RND_MIN_INF, // to nearest, ties towards minus infinity
    AP_RND_INF,     // to nearest, ties away from zero
    AP_RND_CONV,    // to nearest, ties to even
    AP_TRN,         // towards minus infinity
    AP_TRN_ZERO     // towards zero
};

// What becomes of values beyond the range.
enum ap_o_mode {
    AP_SAT,      // the nearest value there is
    AP_SAT_ZERO, // zero
    AP_SAT_SYM,  // the nearest value of a range that is symmetric around zero
    AP_WRAP,     // modulo 2^W; with N > 0 the N top bits saturate
    AP_WRAP_SM   // sign-magnitude wrap-around
};

namespace hls4net {
namespace detail {

// Whether `floor` must go up by one. `half` is the first bit that is lost, `sticky` tells whether a bit below it is
// set.
template <ap_q_mode Q>
constexpr bool rounds_up(bool half, bool sticky, bool negative, bool floor_is_odd) {
    return Q == AP_RND           ? half
           : Q == AP_RND_ZERO    ? half & (sticky | negative)
           : Q == AP_RND_MIN_INF ? half & sticky
           : Q == AP_RND_INF     ? half & (sticky | !negative)
           : Q == AP_RND_CONV    ? half & (sticky | floor_is_odd)
           : Q == AP_TRN_ZERO    ? negative & (half | sticky)
                                 : false;
}

// v / 2^SHIFT rounded; v has WIDTH bits. SHIFT <= 0 loses nothing and returns v itself.
template <ap_q_mode Q, int SHIFT, int WIDTH, class T>
constexpr T round_off(T v) {
    // Clamped, so that the code behind a condition that is false is legal too.
    constexpr int shift = max(1, min(SHIFT, WIDTH));
    typedef unsigned_t<T> U;
    const bool negative = !(v > 0) && v != 0;
    return SHIFT <= 0      ? v
           : SHIFT > WIDTH ? T(Q == AP_TRN && negative ? -1 : 0) // |v / 2^SHIFT| < 1/2
                           : T(T(T(v >> (shift - 1)) >> 1) +
                               T(rounds_up<Q>((v >> (shift - 1)) & 1, (U(v) & U((U(1) << (shift - 1)) - 1)) != 0,
                                              negative, (v >> (shift - 1) >> 1) & 1)));
}

// Largest mantissa, and smallest, of a type.
template <int W, bool S>
constexpr native_t<W, S> max_mantissa() {
    return native_t<W, S>(unsigned_t<native_t<W, S>>(~unsigned_t<native_t<W, S>>(0)) >>
                          (native_bits(W) - W + (S ? 1 : 0)));
}

template <int W, bool S, ap_o_mode O>
constexpr native_t<W, S> min_mantissa() {
    typedef native_t<W, S> T;
    return !S ? T(0) : O == AP_SAT_SYM ? T(-max_mantissa<W, S>()) : T(-max_mantissa<W, S>() - 1);
}

// The modes that mix bits of the overflowed value with saturated ones. `v` has its low W bits, `negative` is its sign
// and `lost` the bit of weight 2^W that it had before rounding.
template <int W, bool S, ap_o_mode O, int N, class U>
constexpr native_t<W, S> partly_saturate(U v, bool negative, bool lost) {
    constexpr U sign = U(U(1) << (W - 1));
    constexpr int kept = max(W - N, 0); // low bits that stay
    constexpr U saturated = U((U(~U(0)) >> (8 * int(sizeof(U)) - W)) & ~((kept < W ? U(U(1) << kept % W) : U(0)) - 1));
    if (O == AP_WRAP_SM) {
        const bool top = (v & sign) != 0;
        if (N == 0) {
            v = lost != top ? U(~v) : v;
            return wrap<W, S>(U(lost ? v | sign : v & U(~sign)));
        }
        const bool lowest_saturated = N == 1 ? top : (v >> kept % W & 1) != 0;
        v = (N == 1 ? lowest_saturated != negative : lowest_saturated == negative) ? U(~v) : v;
    }
    if (!S)
        return wrap<W, S>(U(v | saturated));
    return wrap<W, S>(U((v & U(~saturated)) | (negative ? sign : U(saturated & U(~sign)))));
}

// The mantissa of a W-bit type for q * 2^K, q already rounded.
// MAGNITUDE and CARRY bound it: -2^MAGNITUDE <= q < 2^MAGNITUDE, or <= 2^MAGNITUDE with CARRY; NEGATIVE: q may be < 0.
// Checks that can't fail cost nothing: they are decided here, at compile time.
template <int W, bool S, ap_o_mode O, int N, int MAGNITUDE, bool CARRY, bool NEGATIVE, int K, class T>
constexpr native_t<W, S> fit(T q, bool lost) {
    typedef native_t<W, S> D;
    typedef unsigned_t<D> U;
    typedef unsigned_t<T> B;
    constexpr int room = W - (S ? 1 : 0);
    constexpr bool over_possible = MAGNITUDE + K + (CARRY ? 1 : 0) > room;
    constexpr bool under_possible =
        NEGATIVE && (!S || MAGNITUDE + K > room || (O == AP_SAT_SYM && MAGNITUDE + K >= room));
    // The bounds are divided by 2^K rather than q multiplied, which could take more bits than there are.
    constexpr int bound = max(0, min(room - K, 8 * int(sizeof(T)) - 1));
    constexpr T high = T(B(B(1) << bound) - 1);
    constexpr T low = !S ? T(0) : O == AP_SAT_SYM ? T(-high) : room < K ? T(0) : T(-high - 1);
    const U shifted = shift_left<K>(U(q));
    if (!over_possible && !under_possible)
        return D(shifted);
    if (O == AP_WRAP && N == 0)
        return wrap<W, S>(shifted);
    const bool over = over_possible && q > high;
    const bool under = under_possible && q < low;
    const bool outside = (int(over) | int(under)) != 0; // no branch
    return O == AP_SAT || O == AP_SAT_SYM ? (over    ? max_mantissa<W, S>()
                                             : under ? min_mantissa<W, S, O>()
                                                     : D(shifted))
           : O == AP_SAT_ZERO             ? (outside ? D(0) : D(shifted))
           : outside                      ? partly_saturate<W, S, O, N>(shifted, under, lost)
                                          : D(shifted);
}

// From a W2-bit mantissa with F2 fraction bits to a W-bit one with F of them.
template <int W, int F, bool S, ap_q_mode Q, ap_o_mode O, int N, int W2, int F2, bool S2>
constexpr native_t<W, S> convert(native_t<W2, S2> v) {
    constexpr int shift = F2 - F;
    constexpr int magnitude = max(0, W2 - (S2 ? 1 : 0) - max(shift, 0));
    constexpr int lost = W + shift; // place of the bit of weight 2^W in v
    constexpr bool has_lost = O == AP_WRAP_SM && lost >= 0 && (S2 || lost < W2);
    return fit<W, S, O, N, magnitude, (shift > 0 && Q != AP_TRN && Q != AP_TRN_ZERO), S2, max(-shift, 0)>(
        round_off<Q, shift, W2>(v), has_lost && ((v >> max(0, min(lost, W2 - 1))) & 1) != 0);
}

// The rare doubles: 2^62 and more in the target's units (no fraction bits are left then), infinities, NaN. A finite one
// may have become infinite on the way to these units.
template <int W, bool S, ap_o_mode O, int N>
__attribute__((noinline, cold)) constexpr native_t<W, S> convert_large(double v, bool finite) {
    typedef native_t<W, S> D;
    if (v != v)
        return D(0);
    const bool negative = v < 0;
    double magnitude = negative ? -v : v;
    const bool beyond = magnitude > 1.7976931348623157e308;
    if (beyond && !finite)
        return O != AP_SAT && O != AP_SAT_SYM ? D(0) : negative ? min_mantissa<W, S, O>() : max_mantissa<W, S>();
    if (magnitude < scale<126>::value)
        return fit<W, S, O, N, 126, false, true, 0>(
            negative ? -int128(magnitude) : int128(magnitude),
            W < 127 ? (negative ? -int128(magnitude) : int128(magnitude)) >> min(W, 126) & 1 : negative);
    if (!negative && magnitude < scale<W - (S ? 1 : 0)>::value)
        return D(uint128(magnitude));
    if (S && negative && magnitude <= scale<W - 1>::value && (O != AP_SAT_SYM || magnitude < scale<W - 1>::value))
        return D(-uint128(magnitude));
    if (O == AP_SAT || O == AP_SAT_SYM)
        return negative ? min_mantissa<W, S, O>() : max_mantissa<W, S>();
    if (O == AP_SAT_ZERO)
        return D(0);
    if (beyond)
        magnitude = 0; // a double's lowest bit is far above the type's highest
    for (double power = scale<1023>::value; power >= scale<128>::value; power /= 2)
        magnitude -= magnitude >= power ? power : 0; // exact
    const uint128 low = negative ? -uint128(magnitude) : uint128(magnitude);
    if (O == AP_WRAP && N == 0)
        return wrap<W, S>(low);
    return partly_saturate<W, S, O, N>(unsigned_t<D>(low), negative, low >> (W % 128) & 1);
}

// From a double, as if it were a fixed-point number of unlimited width.
template <int W, int F, bool S, ap_q_mode Q, ap_o_mode O, int N>
constexpr native_t<W, S> convert(double v) {
    static_assert(F > -400 && F < 400, "Hls4Net: binary points more than 400 bits away are not supported");
    const double given = v;
    v *= scale<F>::value;
    if (!(v > -scale<62>::value && v < scale<62>::value))
        return convert_large<W, S, O, N>(v, given - given == 0);
    if (F < 0 && v == 0 && given != 0)
        v = given < 0 ? -scale<-1000>::value : scale<-1000>::value; // too small for a double, but not zero
    int64_t floor = int64_t(v);
    const double rest = v - double(floor); // exact, of v's sign
    const bool negative = v < 0;
    if (rest < 0)
        floor--;
    const bool lost = O == AP_WRAP_SM && (floor >> min(W, 63) & 1);
    if (rest != 0)
        floor += rounds_up<Q>(negative ? rest >= -0.5 : rest >= 0.5, rest != 0.5 && rest != -0.5, negative, floor & 1);
    return fit<W, S, O, N, 62, true, true, 0>(floor, lost);
}

} // namespace detail
} // namespace hls4net

#endif
