// The memory of streams. A simulation makes the same streams in the same order for every sample, so while a pool is open each
// stream gets back what the same one of the sample before had grown to: no allocation per sample.
#ifndef HLS4NET_STREAM_MEMORY_H
#define HLS4NET_STREAM_MEMORY_H

namespace hls4net {
namespace detail {

typedef decltype(sizeof(0)) memory_size;

// The memory of one stream while no stream has it.
struct stream_slot {
    void* items;
    memory_size capacity;
    void (*release)(void*);
};

// The slots of a top function's streams, in the order in which they are made.
class stream_pool {
  public:
    stream_pool() = default;
    stream_pool(const stream_pool&) = delete;
    stream_pool& operator=(const stream_pool&) = delete;
    ~stream_pool() {
        for (int i = 0; i < count_; i++)
            if (slots_[i].items)
                slots_[i].release(slots_[i].items);
        delete[] slots_;
    }

    // The next sample's first stream gets the first slot.
    void rewind() { next_ = 0; }

    int take(stream_slot& memory) {
        if (next_ == count_)
            grow();
        memory = slots_[next_];
        slots_[next_].items = nullptr;
        slots_[next_].capacity = 0;
        return next_++;
    }
    void give(int slot, const stream_slot& memory) { slots_[slot] = memory; }

  private:
    void grow() {
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

// Room for some items, from the pool where one is open.
template <class T>
class stream_memory {
  public:
    stream_memory() : pool_(current_pool()) {
        if (pool_)
            slot_ = pool_->take(memory_);
    }
    explicit stream_memory(memory_size capacity) : memory_{new T[capacity], capacity, &release} {}
    stream_memory(const stream_memory&) = delete;
    stream_memory& operator=(const stream_memory&) = delete;
    ~stream_memory() {
        if (pool_)
            pool_->give(slot_, memory_);
        else if (memory_.items)
            release(memory_.items);
    }

    T* items() const { return static_cast<T*>(memory_.items); }
    memory_size capacity() const { return memory_.capacity; }

    // The memories change places, not the slots they belong to.
    void swap(stream_memory& other) {
        const stream_slot mine = memory_;
        memory_ = other.memory_;
        other.memory_ = mine;
    }

  private:
    static void release(void* items) { delete[] static_cast<T*>(items); }

    stream_slot memory_ = {nullptr, 0, nullptr};
    stream_pool* pool_ = nullptr;
    int slot_ = -1;
};

} // namespace detail
} // namespace hls4net

#endif
