// hls::stream for the C simulation.
//
// A simulation runs one layer after the other, so a stream may hold a whole tensor at a time, whatever the depth of the
// FIFO in hardware. With HLS4NET_STREAM_DEPTH_CHECK defined, DEPTH is a hard limit (0: none).
#ifndef HLS4NET_HLS_STREAM_H
#define HLS4NET_HLS_STREAM_H

#include "hls4net/failure.h"

namespace hls {

template <class T, int DEPTH = 0>
class stream {
  public:
    typedef decltype(sizeof(0)) size_type;

    stream() = default;
    // The name appears in failures; the text must outlive the stream.
    explicit stream(const char* name) : name_(name) {}
    stream(const stream&) = delete;
    stream& operator=(const stream&) = delete;
    ~stream() { delete[] items_; }

    void set_name(const char* name) { name_ = name; }
    const char* get_name() const { return name_; }

    bool empty() const { return size_ == 0; }
    bool full() const { return checked && DEPTH > 0 && size_ >= size_type(DEPTH); }
    size_type size() const { return size_; }

    T read() {
        if (empty())
            hls4net::detail::fail("read from an empty stream", name_);
        const size_type at = head_;
        head_ = (head_ + 1) & (capacity_ - 1);
        size_--;
        return items_[at];
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
        if (full())
            hls4net::detail::fail("write to a stream that is full", name_);
        if (size_ == capacity_)
            grow();
        items_[(head_ + size_++) & (capacity_ - 1)] = item;
    }
    bool write_nb(const T& item) {
        if (full())
            return false;
        write(item);
        return true;
    }
    void operator<<(const T& item) { write(item); }

    // The item that the index-th read from now would give. Not part of HLS; for traces.
    const T& peek(size_type index) const { return items_[(head_ + index) & (capacity_ - 1)]; }

  private:
#ifdef HLS4NET_STREAM_DEPTH_CHECK
    static constexpr bool checked = true;
#else
    static constexpr bool checked = false;
#endif

    // The capacity is a power of two, so that wrapping around is a mask.
    __attribute__((noinline)) void grow() {
        size_type larger = 16;
        while (larger < size_type(DEPTH) || larger <= size_)
            larger *= 2;
        T* items = new T[larger];
        for (size_type i = 0; i < size_; i++)
            items[i] = peek(i);
        delete[] items_;
        items_ = items;
        capacity_ = larger;
        head_ = 0;
    }

    T* items_ = nullptr;
    size_type capacity_ = 0;
    size_type head_ = 0;
    size_type size_ = 0;
    const char* name_ = "unnamed";
};

} // namespace hls

#endif
