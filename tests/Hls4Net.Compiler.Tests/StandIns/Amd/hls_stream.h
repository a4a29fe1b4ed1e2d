// hls::stream of the stand-in: of one parameter, as in Vivado HLS (UG902), which Vitis HLS takes too.
#ifndef STAND_IN_HLS_STREAM_H
#define STAND_IN_HLS_STREAM_H

#include <deque>
#include <string>

#include "ap_common.h"

namespace hls {

template <typename T>
class stream {
  public:
    stream() {}
    stream(const std::string name) : name_(name) {}

    bool empty() const { return items_.empty(); }
    bool full() const { return false; }
    T read() {
        stand_in::check(!items_.empty(), "an empty stream is read");
        const T item = items_.front();
        items_.pop_front();
        return item;
    }
    void read(T& item) { item = read(); }
    void write(const T& item) { items_.push_back(item); }
    void operator>>(T& item) { item = read(); }
    void operator<<(const T& item) { write(item); }

  private:
    stream(const stream&);
    stream& operator=(const stream&);

    std::string name_;
    std::deque<T> items_;
};

} // namespace hls

#endif
