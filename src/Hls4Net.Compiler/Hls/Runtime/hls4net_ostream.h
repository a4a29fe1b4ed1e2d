// Numbers on std::ostream, for test benches. On its own because <ostream> costs more compile time than all the rest.
#ifndef HLS4NET_OSTREAM_H
#define HLS4NET_OSTREAM_H

#include "hls4net/number.h"

#include <ostream>

namespace hls4net {
namespace detail {

template <class T, class X = typename T::number_type>
std::ostream& operator<<(std::ostream& out, const T& x) {
    return out << x.to_double();
}

} // namespace detail
} // namespace hls4net

#endif
