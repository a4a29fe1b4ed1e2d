// ap_int and ap_uint for the C simulation: the names and the arithmetic of AMD's header, on native integers.
#ifndef HLS4NET_AP_INT_H
#define HLS4NET_AP_INT_H

#include "hls4net/operators.h"

// A W-bit signed integer.
template <int W>
struct ap_int : hls4net::detail::int_base<W, true> {
    typedef hls4net::detail::int_base<W, true> number_type;

    ap_int() = default;
    constexpr ap_int(hls4net::detail::mantissa_tag tag, typename number_type::store v) : number_type(tag, v) {}
    constexpr ap_int(double value) : number_type(value) {}
    template <class T, class = hls4net::detail::number_of<T>>
    constexpr ap_int(const T& value) : number_type(value) {}
};

// A W-bit unsigned integer.
template <int W>
struct ap_uint : hls4net::detail::int_base<W, false> {
    typedef hls4net::detail::int_base<W, false> number_type;

    ap_uint() = default;
    constexpr ap_uint(hls4net::detail::mantissa_tag tag, typename number_type::store v) : number_type(tag, v) {}
    constexpr ap_uint(double value) : number_type(value) {}
    template <class T, class = hls4net::detail::number_of<T>>
    constexpr ap_uint(const T& value) : number_type(value) {}
};

#endif
