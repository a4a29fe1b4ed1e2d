// A stand-in of AMD's headers of the HLS types, for tests: the interface that UG1399 documents and the checks that AMD's
// simulation makes, on 128-bit integers. It has no member that AMD's lack. Not AMD's code, and no measure of it.
#ifndef STAND_IN_AP_COMMON_H
#define STAND_IN_AP_COMMON_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string>
#include <type_traits>

enum ap_q_mode { AP_RND, AP_RND_ZERO, AP_RND_MIN_INF, AP_RND_INF, AP_RND_CONV, AP_TRN, AP_TRN_ZERO };
enum ap_o_mode { AP_SAT, AP_SAT_ZERO, AP_SAT_SYM, AP_WRAP, AP_WRAP_SM };

namespace stand_in {

typedef __int128 wide;
typedef unsigned __int128 uwide;

[[noreturn]] inline void violated(const char* what) {
    fprintf(stderr, "stand-in of AMD's headers: %s\n", what);
    abort();
}
inline void check(bool holds, const char* what) {
    if (!holds)
        violated(what);
}

constexpr int max(int a, int b) { return a > b ? a : b; }

// The low W bits with their sign.
template <int W, bool S>
inline wide wrap(wide v) {
    static_assert(W > 0 && W <= 127, "the stand-in has numbers of up to 127 bits");
    const uwide low = uwide(v) & ((uwide(1) << W) - 1);
    return S && (low >> (W - 1) & 1) ? wide(low) - (wide(1) << W) : wide(low);
}

inline wide left(wide v, int bits) {
    check(bits < 127, "too wide for the stand-in");
    const wide shifted = wide(uwide(v) << bits);
    check(shifted >> bits == v, "too wide for the stand-in");
    return shifted;
}

// The kinds of operands: native integers are numbers of their own width.
template <class T>
struct native : std::integral_constant<bool, std::is_integral<T>::value> {};

template <int W, bool S>
struct native_of {
    typedef typename std::conditional<
        W <= 8, typename std::conditional<S, signed char, unsigned char>::type,
        typename std::conditional<
            W <= 16, typename std::conditional<S, short, unsigned short>::type,
            typename std::conditional<W <= 32, typename std::conditional<S, int, unsigned>::type,
                                      typename std::conditional<S, long long, unsigned long long>::type>::type>::type>::type type;
};

} // namespace stand_in

#endif
