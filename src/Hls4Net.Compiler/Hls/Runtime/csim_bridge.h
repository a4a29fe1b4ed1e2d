// The C interface of a simulation library, the same for every model.
//
// A model's bridge.cpp includes its firmware, names the types of its top function's ports, and instantiates the bridge:
//
//     #include "../firmware/muon_pt.h"      // void muon_pt(input_t x[36], cond_t c[2][3], result_t y[1]);
//     #include "csim_bridge.h"
//
//     typedef hls4net::ports<input_t[36], cond_t[2][3]> inputs;  // in the order of the parameters
//     typedef hls4net::ports<result_t[1]> outputs;               // the parameters after them
//     typedef hls4net::trace_sizes<30, 25, 1> layers;            // elements of HLS4NET_TRACE(0, …), (1, …), (2, …)
//     HLS4NET_BRIDGE("muon_pt 9f3a51", muon_pt, inputs, outputs, layers)
//
// A port is an array type of any rank, or hls4net::stream_of<T, ITEMS> for a parameter hls::stream<T>& (stream_of<T,
// ITEMS, DEPTH> for hls::stream<T, DEPTH>&) through which ITEMS items pass; T is a number or a struct with an array
// `data`; planar_port<stream_of<…>, CHANNELS> for one whose items are channels-last and whose samples outside are
// channels-first. A scalar parameter `result_t& y` is the port result_t.
//
// Exported, with C linkage; n counts samples, and a sample's ports are concatenated in order:
//
//     int         hls4net_abi();                   1; changes with the meaning of what follows
//     const char* hls4net_model();                 the identity given to HLS4NET_BRIDGE
//     int64_t     hls4net_input_size();            numbers of a sample's inputs
//     int64_t     hls4net_output_size();           numbers of a sample's outputs
//     int64_t     hls4net_trace_size();            numbers of a sample's traced layers
//     int         hls4net_predict_f32(const float* in, float* out, int64_t n);
//     int         hls4net_predict_f64(const double* in, double* out, int64_t n);
//     int         hls4net_predict_raw(const int64_t* in, int64_t* out, int64_t n);                    mantissas
//     int         hls4net_quantize_f32(const float* in, int64_t* mantissas, int64_t n);               inputs as converted
//     int         hls4net_quantize_f64(const double* in, int64_t* mantissas, int64_t n);
//     int         hls4net_trace_raw(const int64_t* in, int64_t* out, int64_t* layers, int64_t n);     mantissas
//     const char* hls4net_error();                 why the calling thread's last call failed
//
// and where weights are outside, HLS4NET_BRIDGE_WEIGHTS in its place:
//
//     int64_t     hls4net_weights_size();          numbers of all memories, one after another, word by word
//     int         hls4net_weights_raw(int64_t* mantissas);                                            the model's own
//     int         hls4net_predict_weights_raw(const int64_t* in, const int64_t* weights, int64_t* out, int64_t n);
//
// Functions that return a status return 0, or 1 after a failure. Floating-point inputs are quantized to the port's type; outputs are
// the nearest float or double. All functions may be called from many threads at once: the firmware keeps no state
// between samples. The firmware must be compiled with HLS4NET_CSIM for hls4net_trace_raw.
#ifndef HLS4NET_CSIM_BRIDGE_H
#define HLS4NET_CSIM_BRIDGE_H

#include <hls_stream.h>
#include "hls4net.h"
#include "hls4net/trace.h"
#include "hls4net/stream_memory.h"
#include <cmath>
#include <type_traits>

namespace hls4net {

template <class T, int64_t ITEMS, int DEPTH = 0>
struct stream_of {};

// A stream of pixels whose samples are channels-first outside.
template <class STREAM, int64_t CHANNELS>
struct planar_port {};

// A port whose elements have types of their own: ELEMENTS::type(i) is that of element i.
template <class P, class ELEMENTS>
struct typed_port {};

template <int64_t... SIZES>
struct trace_sizes {};

namespace detail {

// What numbers look like outside: mantissas as int64_t, values as float or double.
template <class T>
inline void import_number(T& x, int64_t mantissa) {
    x = from_mantissa<T>(mantissa);
}
template <class T>
inline void import_number(T& x, double value) {
    x = quantize<T>(value);
}
template <class T>
inline void export_number(const T& x, int64_t& mantissa) {
    mantissa = hls4net::mantissa(x);
}
template <class T>
inline void export_number(const T& x, double& value) {
    value = x.to_double();
}
template <class T>
inline void export_number(const T& x, float& value) {
    value = x.to_float();
}

template <class V>
struct importer {
    const V* next;
    template <class T>
    void operator()(T& x) {
        import_number(x, *next++);
    }
};

template <class V>
struct exporter {
    V* next;
    template <class T>
    void operator()(const T& x) {
        export_number(x, *next++);
    }
};

// A parameter of the top function: an array or a number.
template <class P>
struct port {
    static constexpr int64_t size = elements<P>::count;
    P value;

    template <class F>
    void load(F& f) {
        elements<P>::visit(value, f);
    }
    template <class F>
    void store(F& f) {
        elements<P>::visit(value, f);
    }
    void check_consumed() {}
};

// A parameter of the top function: a stream.
template <class T, int64_t ITEMS, int DEPTH>
struct port<stream_of<T, ITEMS, DEPTH>> {
    static constexpr int64_t size = ITEMS * elements<T>::count;
    HLS4NET_FIFO(T, DEPTH) value{"of the top function"};

    template <class F>
    void load(F& f) {
        for (int64_t i = 0; i < ITEMS; i++) {
            T item;
            elements<T>::visit(item, f);
            value.write(item);
        }
    }
    template <class F>
    void store(F& f) {
        for (int64_t i = 0; i < ITEMS; i++) {
            T item = value.read();
            elements<T>::visit(item, f);
        }
        check_consumed();
    }
    void check_consumed() {
        if (!value.empty())
            fail("items are left over in a stream of the top function");
    }
};

// The grid and the range of a port's element: multiples of 2^-fraction, least to largest in these.
struct element_type {
    int fraction;
    double least, largest;
};

// Real numbers as the elements' own types hold them, to nearest and at most to their ends; mantissas as they are. NaN gives 0.
inline int64_t on_grid(int64_t mantissa, const element_type&) { return mantissa; }
inline double on_grid(double value, const element_type& type) {
    if (value != value)
        return 0;
    const double scaled = std::ldexp(value, type.fraction);
    double whole = std::floor(scaled);
    if (scaled - whole >= 0.5)
        whole += 1;
    whole = whole < type.least ? type.least : whole > type.largest ? type.largest : whole;
    return std::ldexp(whole, -type.fraction);
}

template <class ELEMENTS, class V>
struct element_walk {
    importer<V>& source;
    int64_t element;

    template <class T>
    void operator()(T& x) {
        typedef typename std::conditional<std::is_integral<V>::value, int64_t, double>::type number;
        import_number(x, on_grid(number(*source.next++), ELEMENTS::type(element++)));
    }
};

template <class P, class ELEMENTS>
struct port<typed_port<P, ELEMENTS>> : port<P> {
    template <class V>
    void load(importer<V>& f) {
        element_walk<ELEMENTS, V> walk = {f, 0};
        port<P>::load(walk);
    }
    template <class F>
    void load(F& f) {
        port<P>::load(f);
    }
};

// Numbers between a channels-first sample outside and channels-last items.
template <int64_t CHANNELS, class V, class ONE>
struct planar_walk {
    planes<CHANNELS, V*> order;

    template <class T>
    void operator()(T& x) {
        ONE one = {order.next()};
        one(x);
    }
};

template <class STREAM, int64_t CHANNELS>
struct port<planar_port<STREAM, CHANNELS>> : port<STREAM> {
    typedef port<STREAM> pixels;

    template <class V>
    void load(importer<V>& f) {
        planar_walk<CHANNELS, const V, importer<V>> walk = {{f.next, pixels::size, 0}};
        pixels::load(walk);
        f.next += pixels::size;
    }
    template <class V>
    void store(exporter<V>& f) {
        planar_walk<CHANNELS, V, exporter<V>> walk = {{f.next, pixels::size, 0}};
        pixels::store(walk);
        f.next += pixels::size;
    }
};

} // namespace detail

// The parameters of a top function, or some of them.
template <class... P>
struct ports;

template <>
struct ports<> {
    static constexpr int64_t size = 0;

    template <class F>
    void load(F&) {}
    template <class F>
    void store(F&) {}
    void check_consumed() {}
    template <class F, class... VALUES>
    void pass_to(const F& f, VALUES&... values) {
        f(values...);
    }
};

template <class HEAD, class... TAIL>
struct ports<HEAD, TAIL...> {
    static constexpr int64_t size = detail::port<HEAD>::size + ports<TAIL...>::size;
    detail::port<HEAD> head;
    ports<TAIL...> tail;

    template <class F>
    void load(F& f) {
        head.load(f);
        tail.load(f);
    }
    template <class F>
    void store(F& f) {
        head.store(f);
        tail.store(f);
    }
    void check_consumed() {
        head.check_consumed();
        tail.check_consumed();
    }
    // Calls f(values…, these ports' values…).
    template <class F, class... VALUES>
    void pass_to(const F& f, VALUES&... values) {
        tail.pass_to(f, values..., head.value);
    }
};

namespace detail {

template <int64_t... SIZES>
constexpr int64_t sum_of() {
    const int64_t sizes[] = {SIZES..., 0};
    int64_t sum = 0;
    for (int64_t size : sizes)
        sum += size;
    return sum;
}

// Where the layers' results of a sample lie. By loops: unrolled networks have more layers than compilers nest templates.
template <int64_t... SIZES>
struct trace_layout {
    static constexpr int count = sizeof...(SIZES);
    static constexpr int64_t size = sum_of<SIZES...>();
    static void place(int64_t** starts, int64_t* first) {
        const int64_t sizes[] = {SIZES..., 0};
        for (int64_t size : sizes) {
            *starts++ = first;
            first += size;
        }
    }
};

__attribute__((visibility("hidden"))) inline failure& last_failure() {
    static thread_local failure f;
    return f;
}

// Sets the calling thread's trace while it lives.
struct trace_scope {
    explicit trace_scope(trace_sink* sink) { current_trace() = sink; }
    ~trace_scope() { current_trace() = nullptr; }
};

template <class INPUTS, class OUTPUTS, class LAYERS>
struct bridge;
template <class INPUTS, class OUTPUTS, int64_t... SIZES>
struct bridge<INPUTS, OUTPUTS, trace_sizes<SIZES...>> {
    typedef trace_layout<SIZES...> layout;

    // Ports can be too large for a thread's stack; they are made once per call and serve all its samples.
    struct buffers {
        INPUTS in;
        OUTPUTS out;
        stream_pool pool;
    };
    struct owner {
        buffers* p;
        __attribute__((noinline)) owner() : p(new buffers) {}
        owner(const owner&) = delete;
        __attribute__((noinline)) ~owner() { delete p; }
    };

    // Not inlined: compiled once for each type of numbers outside, not once for each function that uses it.
    template <class V>
    __attribute__((noinline)) static const V* load(INPUTS& ports, const V* in) {
        importer<V> source = {in};
        ports.load(source);
        return source.next;
    }
    template <class PORTS, class V>
    __attribute__((noinline)) static V* store(PORTS& ports, V* out) {
        exporter<V> target = {out};
        ports.store(target);
        return target.next;
    }
    template <class TOP>
    __attribute__((noinline)) static void execute(TOP top, buffers& b) {
        b.pool.rewind();
        pool_scope pool(&b.pool);
        b.in.pass_to([&](auto&... inputs) { b.out.pass_to(top, inputs...); });
        b.in.check_consumed();
    }

    template <class TOP, class V>
    static void run(TOP top, buffers& b, const V*& in, V*& out) {
        in = load(b.in, in);
        execute(top, b);
        out = store(b.out, out);
    }

    template <class TOP, class V>
    static void predict(TOP top, const V* in, V* out, int64_t n) {
        owner b;
        for (int64_t i = 0; i < n; i++)
            run(top, *b.p, in, out);
    }

    template <class V>
    static void quantize(const V* in, int64_t* mantissas, int64_t n) {
        owner b;
        for (int64_t i = 0; i < n; i++) {
            in = load(b.p->in, in);
            mantissas = store(b.p->in, mantissas);
        }
    }

    template <class TOP>
    static void trace(TOP top, const int64_t* in, int64_t* out, int64_t* layers, int64_t n) {
        owner b;
        int64_t* starts[layout::count + 1];
        trace_sink sink = {starts, layout::count, 0};
        trace_scope scope(&sink);
        for (int64_t i = 0; i < n; i++) {
            layout::place(starts, layers + i * layout::size);
            sink.recorded = 0;
            run(top, *b.p, in, out);
            if (sink.recorded != layout::size)
                fail("trace: a layer was not recorded; is the firmware compiled with HLS4NET_CSIM?");
        }
    }
};

// Runs f; no exception crosses the C interface.
template <class F>
inline int guarded(const F& f) {
    try {
        f();
        return 0;
    } catch (const failure& f) {
        last_failure() = f;
    } catch (...) {
        last_failure() = failure{"an exception of unknown type; is memory exhausted?"};
    }
    return 1;
}

// Words for the memories outside, and a top function that is called with them.
template <class WEIGHTS>
struct weight_memories {
    WEIGHTS ports;

    explicit weight_memories(const int64_t* mantissas) {
        importer<int64_t> source = {mantissas};
        ports.load(source);
    }
    explicit weight_memories(void (*built_in)(int64_t*)) {
        int64_t* mantissas = new int64_t[WEIGHTS::size];
        built_in(mantissas);
        importer<int64_t> source = {mantissas};
        ports.load(source);
        delete[] mantissas;
    }
};

template <class TOP, class WEIGHTS>
struct with_weights {
    TOP top;
    weight_memories<WEIGHTS>* weights;

    template <class... VALUES>
    void operator()(VALUES&... values) const {
        weights->ports.pass_to(top, values...);
    }
};

template <class BRIDGE, class WEIGHTS, class TOP>
inline void predict_weights(TOP top, const int64_t* in, const int64_t* weights, int64_t* out, int64_t n) {
    struct owner {
        weight_memories<WEIGHTS>* p;
        ~owner() { delete p; }
    } memories = {new weight_memories<WEIGHTS>(weights)};
    BRIDGE::predict(with_weights<TOP, WEIGHTS>{top, memories.p}, in, out, n);
}

} // namespace detail

// Appends the words of a memory; returns what follows them.
template <class T, class RAW, decltype(sizeof(0)) WORDS, decltype(sizeof(0)) ELEMENTS>
inline int64_t* append_words(const RAW (&words)[WORDS][ELEMENTS], int64_t* mantissas) {
    for (decltype(sizeof(0)) i = 0; i < WORDS; i++) {
        for (decltype(sizeof(0)) j = 0; j < ELEMENTS; j++)
            *mantissas++ = mantissa(constant<T>(words[i][j]));
    }
    return mantissas;
}

} // namespace hls4net

#define HLS4NET_EXPORT extern "C" __attribute__((visibility("default")))

#define HLS4NET_BRIDGE_CALL(IDENTITY, CALL, INPUTS, OUTPUTS, LAYERS)                                                   \
    typedef hls4net::detail::bridge<INPUTS, OUTPUTS, LAYERS> hls4net_bridge;                                           \
    /* Apart from the functions below, whose parameters a model may be named as. */                                    \
    static auto hls4net_entry()->decltype(CALL) {                                                                      \
        return CALL;                                                                                                   \
    }                                                                                                                  \
    HLS4NET_EXPORT int hls4net_abi() {                                                                                 \
        return 1;                                                                                                      \
    }                                                                                                                  \
    HLS4NET_EXPORT const char* hls4net_model() {                                                                       \
        return IDENTITY;                                                                                               \
    }                                                                                                                  \
    HLS4NET_EXPORT int64_t hls4net_input_size() {                                                                      \
        return INPUTS::size;                                                                                           \
    }                                                                                                                  \
    HLS4NET_EXPORT int64_t hls4net_output_size() {                                                                     \
        return OUTPUTS::size;                                                                                          \
    }                                                                                                                  \
    HLS4NET_EXPORT int64_t hls4net_trace_size() {                                                                      \
        return hls4net_bridge::layout::size;                                                                           \
    }                                                                                                                  \
    HLS4NET_EXPORT const char* hls4net_error() {                                                                       \
        return hls4net::detail::last_failure().text;                                                                   \
    }                                                                                                                  \
    HLS4NET_EXPORT int hls4net_predict_f32(const float* in, float* out, int64_t n) {                                   \
        return hls4net::detail::guarded([&] { hls4net_bridge::predict(hls4net_entry(), in, out, n); });                \
    }                                                                                                                  \
    HLS4NET_EXPORT int hls4net_predict_f64(const double* in, double* out, int64_t n) {                                 \
        return hls4net::detail::guarded([&] { hls4net_bridge::predict(hls4net_entry(), in, out, n); });                \
    }                                                                                                                  \
    HLS4NET_EXPORT int hls4net_predict_raw(const int64_t* in, int64_t* out, int64_t n) {                               \
        return hls4net::detail::guarded([&] { hls4net_bridge::predict(hls4net_entry(), in, out, n); });                \
    }                                                                                                                  \
    HLS4NET_EXPORT int hls4net_quantize_f32(const float* in, int64_t* mantissas, int64_t n) {                          \
        return hls4net::detail::guarded([&] { hls4net_bridge::quantize(in, mantissas, n); });                          \
    }                                                                                                                  \
    HLS4NET_EXPORT int hls4net_quantize_f64(const double* in, int64_t* mantissas, int64_t n) {                         \
        return hls4net::detail::guarded([&] { hls4net_bridge::quantize(in, mantissas, n); });                          \
    }                                                                                                                  \
    HLS4NET_EXPORT int hls4net_trace_raw(const int64_t* in, int64_t* out, int64_t* layers, int64_t n) {                \
        return hls4net::detail::guarded([&] { hls4net_bridge::trace(hls4net_entry(), in, out, layers, n); });          \
    }

#define HLS4NET_BRIDGE(IDENTITY, TOP, INPUTS, OUTPUTS, LAYERS) HLS4NET_BRIDGE_CALL(IDENTITY, &TOP, INPUTS, OUTPUTS, LAYERS)

// A top function with weights outside; BUILT_IN writes those that the model has.
#define HLS4NET_WITH_WEIGHTS(TOP, WEIGHTS, BUILT_IN)                                                                   \
    typedef hls4net::detail::with_weights<decltype(&TOP), WEIGHTS> hls4net_top;                                        \
    static hls4net_top hls4net_with_built_in() {                                                                       \
        static hls4net::detail::weight_memories<WEIGHTS> memories(&BUILT_IN);                                          \
        return hls4net_top{&TOP, &memories};                                                                           \
    }

#define HLS4NET_BRIDGE_WEIGHTS(IDENTITY, TOP, INPUTS, OUTPUTS, LAYERS, WEIGHTS, BUILT_IN)                              \
    HLS4NET_WITH_WEIGHTS(TOP, WEIGHTS, BUILT_IN)                                                                       \
    HLS4NET_BRIDGE_CALL(IDENTITY, hls4net_with_built_in(), INPUTS, OUTPUTS, LAYERS)                                    \
    static auto hls4net_outside()->decltype(&TOP) {                                                                    \
        return &TOP;                                                                                                   \
    }                                                                                                                  \
    HLS4NET_EXPORT int64_t hls4net_weights_size() {                                                                    \
        return WEIGHTS::size;                                                                                          \
    }                                                                                                                  \
    HLS4NET_EXPORT int hls4net_weights_raw(int64_t* mantissas) {                                                       \
        return hls4net::detail::guarded([&] { BUILT_IN(mantissas); });                                                 \
    }                                                                                                                  \
    HLS4NET_EXPORT int hls4net_predict_weights_raw(const int64_t* in, const int64_t* words, int64_t* out, int64_t n) { \
        return hls4net::detail::guarded(                                                                               \
            [&] { hls4net::detail::predict_weights<hls4net_bridge, WEIGHTS>(hls4net_outside(), in, words, out, n); }); \
    }

#endif
