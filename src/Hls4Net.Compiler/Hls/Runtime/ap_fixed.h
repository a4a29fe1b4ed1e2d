// ap_fixed and ap_ufixed for the C simulation: the names and the arithmetic of AMD's header, bit for bit, on native
// integers. Everything is constexpr, so that weight tables are constants of the program.
#ifndef HLS4NET_AP_FIXED_H
#define HLS4NET_AP_FIXED_H

#include "hls4net/operators.h"

// A signed fixed-point number of W bits, I of them (the sign's included) left of the binary point.
// Q rounds and O handles overflow when a value is converted to this type; N bits saturate in the wrapping modes.
template <int W, int I, ap_q_mode Q = AP_TRN, ap_o_mode O = AP_WRAP, int N = 0>
struct ap_fixed : hls4net::detail::fixed_base<W, I, true, Q, O, N> {
    typedef hls4net::detail::fixed_base<W, I, true, Q, O, N> number_type;

    ap_fixed() = default;
    constexpr ap_fixed(hls4net::detail::mantissa_tag tag, typename number_type::store v) : number_type(tag, v) {}
    constexpr ap_fixed(double value) : number_type(value) {}
    template <class T, class = hls4net::detail::number_of<T>>
    constexpr ap_fixed(const T& value) : number_type(value) {}
};

// An unsigned fixed-point number of W bits, I of them left of the binary point.
template <int W, int I, ap_q_mode Q = AP_TRN, ap_o_mode O = AP_WRAP, int N = 0>
struct ap_ufixed : hls4net::detail::fixed_base<W, I, false, Q, O, N> {
    typedef hls4net::detail::fixed_base<W, I, false, Q, O, N> number_type;

    ap_ufixed() = default;
    constexpr ap_ufixed(hls4net::detail::mantissa_tag tag, typename number_type::store v) : number_type(tag, v) {}
    constexpr ap_ufixed(double value) : number_type(value) {}
    template <class T, class = hls4net::detail::number_of<T>>
    constexpr ap_ufixed(const T& value) : number_type(value) {}
};

#endif
