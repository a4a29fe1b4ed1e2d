// hls::stream for the C simulation.
//
// A simulation runs one layer after the other, so a stream may hold a whole tensor at a time, whatever the depth of the
// FIFO in hardware. With HLS4NET_STREAM_DEPTH_CHECK defined, DEPTH is a hard limit (0: none), and processes take turns.
#ifndef HLS4NET_HLS_STREAM_H
#define HLS4NET_HLS_STREAM_H

#include "hls4net/failure.h"
#include "hls4net/stream_memory.h"

// Line buffers start empty, and arrays fill item by item: that nothing is read before it was written follows from the order of
// items, which g++ cannot see.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#ifdef HLS4NET_STREAM_DEPTH_CHECK
#include "hls4net/tasks.h"
#else
namespace hls4net {
namespace detail {

inline void moved() {}

// One layer runs after the other: nothing will change.
[[noreturn]] inline void wait(const char* what, const char* name) { fail(what, name); }

} // namespace detail
} // namespace hls4net
#endif

namespace hls {

template <class T, int DEPTH = 0>
class stream;

// What a function takes: a stream of any depth.
template <class T>
class stream<T, 0> {
  public:
    typedef decltype(sizeof(0)) size_type;

    stream() = default;
    // The name appears in failures; the text must outlive the stream.
    explicit stream(const char* name) : name_(name) {}
    stream(const stream&) = delete;
    stream& operator=(const stream&) = delete;

    void set_name(const char* name) { name_ = name; }
    const char* get_name() const { return name_; }

    bool empty() const { return size_ == 0; }
    bool full() const { return limit_ > 0 && size_ >= limit_; }
    size_type size() const { return size_; }

    T read() {
        while (empty())
            hls4net::detail::wait("read from an empty stream", name_);
        hls4net::detail::moved();
        const size_type at = head_;
        head_ = (head_ + 1) & (memory_.capacity() - 1);
        size_--;
        return items()[at];
    }
    void read(T& item) { item = read(); }
    bool read_nb(T& item) {
        if (empty())
            return false;
        item = read();
        return true;
    }
    void operator>>(T& item) { item = read(); }

    void write(const T& item) {
        while (full())
            hls4net::detail::wait("write to a stream that is full", name_);
        hls4net::detail::moved();
        if (size_ == memory_.capacity()) {
            memory_.grow(sizeof(T), head_);
            head_ = 0;
        }
        items()[(head_ + size_++) & (memory_.capacity() - 1)] = item;
    }
    bool write_nb(const T& item) {
        if (full())
            return false;
        write(item);
        return true;
    }
    void operator<<(const T& item) { write(item); }

    // The item that the index-th read from now would give. Not part of HLS; for traces.
    const T& peek(size_type index) const { return items()[(head_ + index) & (memory_.capacity() - 1)]; }

  protected:
    stream(const char* name, size_type limit) : name_(name), limit_(limit) {}

  private:
    static_assert(__is_trivially_copyable(T), "Hls4Net: the items of a stream are numbers or structs of numbers");

    T* items() const { return static_cast<T*>(memory_.items()); }

    hls4net::detail::stream_memory memory_;
    size_type head_ = 0;
    size_type size_ = 0;
    const char* name_ = "unnamed";
    size_type limit_ = 0;
};

template <class T, int DEPTH>
class stream : public stream<T, 0> {
  public:
    stream() : stream("unnamed") {}
    explicit stream(const char* name) : stream<T, 0>(name, checked ? DEPTH : 0) {}

  private:
#ifdef HLS4NET_STREAM_DEPTH_CHECK
    static constexpr bool checked = true;
#else
    static constexpr bool checked = false;
#endif
};

} // namespace hls

#endif
