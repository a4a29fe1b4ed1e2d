// The memory of streams. A simulation makes the same streams in the same order for every sample, so while a pool is open each
// stream gets back what the same one of the sample before had grown to: no allocation per sample.
#ifndef HLS4NET_STREAM_MEMORY_H
#define HLS4NET_STREAM_MEMORY_H

namespace hls4net {
namespace detail {

typedef decltype(sizeof(0)) memory_size;

// The memory of one stream while no stream has it: room for `capacity` items of its type.
struct stream_slot {
    void* items;
    memory_size capacity;
};

// The slots of a top function's streams, in the order in which they are made.
class stream_pool {
  public:
    stream_pool() = default;
    stream_pool(const stream_pool&) = delete;
    stream_pool& operator=(const stream_pool&) = delete;
    __attribute__((noinline)) ~stream_pool() {
        for (int i = 0; i < count_; i++)
            ::operator delete(slots_[i].items);
        delete[] slots_;
    }

    // The next sample's first stream gets the first slot.
    void rewind() { next_ = 0; }

    int take(stream_slot& memory) {
        if (next_ == count_)
            grow();
        memory = slots_[next_];
        slots_[next_] = stream_slot{nullptr, 0};
        return next_++;
    }
    void give(int slot, const stream_slot& memory) { slots_[slot] = memory; }

  private:
    __attribute__((noinline, cold)) void grow() {
        const int larger = count_ > 0 ? 2 * count_ : 16;
        stream_slot* slots = new stream_slot[larger]();
        for (int i = 0; i < count_; i++)
            slots[i] = slots_[i];
        delete[] slots_;
        slots_ = slots;
        count_ = larger;
    }

    stream_slot* slots_ = nullptr;
    int count_ = 0;
    int next_ = 0;
};

// The calling thread's pool, null where there is none. Hidden, because a variable shared between simulation libraries
// would keep each of them from being unloaded.
__attribute__((visibility("hidden"))) inline stream_pool*& current_pool() {
    static thread_local stream_pool* pool = nullptr;
    return pool;
}

// Opens a pool for the calling thread while it lives.
struct pool_scope {
    explicit pool_scope(stream_pool* pool) { current_pool() = pool; }
    pool_scope(const pool_scope&) = delete;
    ~pool_scope() { current_pool() = nullptr; }
};

// Room for the items of a stream, from the pool where one is open. Nothing here depends on their type, so that it is compiled once: every
// layer of a network has a type of its own.
class stream_memory {
  public:
    __attribute__((noinline)) stream_memory() : pool_(current_pool()) {
        if (pool_)
            slot_ = pool_->take(memory_);
    }
    stream_memory(const stream_memory&) = delete;
    stream_memory& operator=(const stream_memory&) = delete;
    __attribute__((noinline)) ~stream_memory() {
        if (pool_)
            pool_->give(slot_, memory_);
        else
            ::operator delete(memory_.items);
    }

    void* items() const { return memory_.items; }
    memory_size capacity() const { return memory_.capacity; }

    // Twice the room, for a ring that is full and begins at `head`. The capacity is a power of two, so that wrapping around is a mask.
    __attribute__((noinline, cold)) void grow(memory_size item, memory_size head) {
        const memory_size larger = memory_.capacity > 0 ? 2 * memory_.capacity : 16;
        char* items = static_cast<char*>(::operator new(larger * item));
        for (memory_size i = 0; i < memory_.capacity; i++)
            __builtin_memcpy(items + i * item, static_cast<char*>(memory_.items) + ((head + i) & (memory_.capacity - 1)) * item, item);
        ::operator delete(memory_.items);
        memory_ = stream_slot{items, larger};
    }

  private:
    stream_slot memory_ = {nullptr, 0};
    stream_pool* pool_ = nullptr;
    int slot_ = -1;
};

} // namespace detail
} // namespace hls4net

#endif
