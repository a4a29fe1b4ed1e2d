// Walks the numbers inside a value: a number, an array of any rank, a stream, or a struct with an array `data`.
#ifndef HLS4NET_ELEMENTS_H
#define HLS4NET_ELEMENTS_H

#include "number.h"

namespace hls {
template <class T, int DEPTH>
class stream;
}

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
struct elements<T, typename make_void<number_of<T>>::type> {
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
template <class T, int DEPTH>
struct elements<hls::stream<T, DEPTH>, void> {
    template <class X, class F>
    static void visit(X& x, F& f) {
        for (decltype(x.size()) i = 0; i < x.size(); i++)
            elements<T>::visit(x.peek(i), f);
    }
};

} // namespace detail
} // namespace hls4net

#endif
