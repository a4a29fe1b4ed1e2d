// The trace of a C simulation: the mantissas of chosen layers, for comparison with another execution of the model.
#ifndef HLS4NET_TRACE_H
#define HLS4NET_TRACE_H

#include "elements.h"
#include "failure.h"

namespace hls4net {

// Where a trace goes. Layer i is written from layers[i] up to layers[i + 1]; layers has count + 1 entries.
struct trace_sink {
    int64_t* const* layers;
    int count;
    int64_t recorded; // values written so far
};

namespace detail {

// The calling thread's sink, null while nothing is traced. Hidden, because a variable shared between simulation
// libraries would keep each of them from being unloaded.
__attribute__((visibility("hidden"))) inline trace_sink*& current_trace() {
    static thread_local trace_sink* sink = nullptr;
    return sink;
}

struct recorder {
    int64_t* next;
    int64_t* end;

    template <class T>
    void operator()(const T& x) {
        static_assert(leaf<T>::width <= 64, "Hls4Net: only numbers of at most 64 bits can be traced");
        if (next == end)
            fail("trace: a layer has more values than the bridge declares");
        *next++ = hls4net::mantissa(x);
    }
};

// The places of channels-last elements, in their order, in a channels-first array.
template <int64_t CHANNELS, class P>
struct planes {
    P first;
    int64_t size;
    int64_t count;

    P next() {
        const P at = first + (count % CHANNELS) * (size / CHANNELS) + count / CHANNELS;
        count++;
        return at;
    }
};

template <int64_t CHANNELS>
struct planar_recorder {
    recorder to;
    planes<CHANNELS, int64_t*> order;

    template <class T>
    void operator()(const T& x) {
        if (order.count == order.size)
            fail("trace: a layer has more values than the bridge declares");
        recorder one = {order.next(), to.end};
        one(x);
    }
};

inline recorder start_recording(const trace_sink& sink, int index) {
    if (index < 0 || index >= sink.count)
        fail("trace: a layer's index is beyond those the bridge declares");
    return {sink.layers[index], sink.layers[index + 1]};
}

inline void finish_recording(trace_sink& sink, int index, const recorder& r) {
    if (r.next != r.end)
        fail("trace: a layer has fewer values than the bridge declares");
    sink.recorded += r.end - sink.layers[index];
}

// Whole layers' recordings: apart from the layers, small and not optimized for speed, since traces are rare.
template <class T>
__attribute__((noinline, cold)) void record(trace_sink& sink, int index, const T& values) {
    recorder r = start_recording(sink, index);
    elements<T>::visit(values, r);
    finish_recording(sink, index, r);
}
template <class T>
__attribute__((noinline, cold)) void record(trace_sink& sink, int index, const T* values, int64_t count) {
    recorder r = start_recording(sink, index);
    for (int64_t i = 0; i < count; i++)
        elements<T>::visit(values[i], r);
    finish_recording(sink, index, r);
}
template <int64_t CHANNELS, class T>
__attribute__((noinline, cold)) void record_planar(trace_sink& sink, int index, const T& pixels) {
    recorder r = start_recording(sink, index);
    planes<CHANNELS, int64_t*> order = {r.next, r.end - r.next, 0};
    planar_recorder<CHANNELS> f = {r, order};
    elements<T>::visit(pixels, f);
    f.to.next = r.next + f.order.count;
    finish_recording(sink, index, f.to);
}

} // namespace detail

// Records all numbers in `values`, an array of any rank or a stream, as layer `index`.
template <class T>
inline void trace(int index, const T& values) {
    if (trace_sink* sink = detail::current_trace())
        detail::record(*sink, index, values);
}

// Records `count` elements from `values` on as layer `index`.
template <class T>
inline void trace(int index, const T* values, int64_t count) {
    if (trace_sink* sink = detail::current_trace())
        detail::record(*sink, index, values, count);
}

// Items come channels last; the layer is channels first.
template <int64_t CHANNELS>
struct planar {};

// Records the numbers of a stream of pixels as the channels-first layer `index`.
template <class T, int64_t CHANNELS>
inline void trace(int index, const T& pixels, planar<CHANNELS>) {
    if (trace_sink* sink = detail::current_trace())
        detail::record_planar<CHANNELS>(*sink, index, pixels);
}

template <class T>
void trace(int, const T*) {
    static_assert(sizeof(T) == 0,
                  "Hls4Net: an array parameter is a pointer; give HLS4NET_TRACE its number of elements");
}

} // namespace hls4net

#endif
