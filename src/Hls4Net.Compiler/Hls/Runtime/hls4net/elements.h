// Walks the numbers inside a value: a number, an array of any rank, a stream, or a struct with an array `data`.
#ifndef HLS4NET_ELEMENTS_H
#define HLS4NET_ELEMENTS_H

#ifdef HLS4NET_AP_TYPES
#include "number.h"

namespace hls {
template <class T, int DEPTH>
class stream;
}

namespace hls4net {
namespace detail {

// Well formed for numbers alone, whose bits it tells.
template <class T>
using leaf = number_of<T>;

} // namespace detail
} // namespace hls4net

#else
// The tool's own types, which hls4net.h knows.
#include <hls_stream.h>
#include <vector>

namespace hls4net {
namespace detail {

template <class T>
struct make_void {
    typedef void type;
};
template <class T, class = typename raw_of<T>::type>
struct leaf_of {
    static const int width = raw_of<T>::width;
};
template <class T>
using leaf = leaf_of<T, typename raw_of<T>::type>;

} // namespace detail
} // namespace hls4net

#endif

namespace hls4net {
namespace detail {

// count: how many numbers a T has; visit(x, f) calls f(number) for each, in memory order.
template <class T, class = void>
struct elements {
    typedef elements<decltype(T::data)> inner;
    static constexpr int64_t count = inner::count;
    template <class X, class F>
    static void visit(X& x, F& f) {
        inner::visit(x.data, f);
    }
};

template <class T>
struct elements<T, typename make_void<leaf<T>>::type> {
    static constexpr int64_t count = 1;
    template <class X, class F>
    static void visit(X& x, F& f) {
        f(x);
    }
};

template <class T, decltype(sizeof(0)) N>
struct elements<T[N], void> {
    static constexpr int64_t count = int64_t(N) * elements<T>::count;
    template <class X, class F>
    static void visit(X& x, F& f) {
        for (decltype(sizeof(0)) i = 0; i < N; i++)
            elements<T>::visit(x[i], f);
    }
};

// What a stream holds when it is visited; it has no count of its own.
#ifdef HLS4NET_AP_TYPES
template <class T, int DEPTH>
struct elements<hls::stream<T, DEPTH>, void> {
    template <class X, class F>
    static void visit(X& x, F& f) {
        for (decltype(x.size()) i = 0; i < x.size(); i++)
            elements<T>::visit(x.peek(i), f);
    }
};
#else
// The tool's streams cannot be looked into: what is read is written again.
template <class T>
struct elements<hls::stream<T>, void> {
    template <class X, class F>
    static void visit(X& x, F& f) {
        hls::stream<T>& stream = const_cast<hls::stream<T>&>(x);
        std::vector<T> items;
        while (!stream.empty())
            items.push_back(stream.read());
        for (const T& item : items) {
            elements<T>::visit(item, f);
            stream.write(item);
        }
    }
};
#endif

} // namespace detail
} // namespace hls4net

#endif
