// Processes that take turns, for a simulation in which the depths of streams are hard limits (HLS4NET_STREAM_DEPTH_CHECK): a
// process that finds a stream empty or full lets the others go on, as in hardware. If none can, the design is deadlocked.
#ifndef HLS4NET_TASKS_H
#define HLS4NET_TASKS_H

#include <ucontext.h>

#include "failure.h"

namespace hls4net {
namespace detail {

// A call to be made on a stack of its own.
class task {
  public:
    task() = default;
    task(const task&) = delete;
    task& operator=(const task&) = delete;
    virtual ~task() { delete[] stack; }
    virtual void run() = 0;

    static constexpr int stack_size = 8 << 20;
    ucontext_t context;
    char* stack = new char[stack_size];
    task* next = nullptr;
    bool done = false;
    const char* what = "";
    const char* stream = "";
};

template <class F>
class call : public task {
  public:
    explicit call(const F& f) : f_(f) {}
    void run() override { f_(); }

  private:
    F f_;
};

// The processes of the top function that the calling thread is in.
struct task_list {
    task* first = nullptr;
    task** end = &first;
    task* running = nullptr;
    ucontext_t scheduler;
    bool moved = false;
    bool failed = false;
    failure reason;

    ~task_list() { clear(); }

    void clear() {
        while (first) {
            task* t = first;
            first = t->next;
            delete t;
        }
        end = &first;
        running = nullptr;
        failed = false;
    }
};

__attribute__((visibility("hidden"))) inline task_list*& current_tasks() {
    static thread_local task_list* tasks = nullptr;
    return tasks;
}

// A stream was read or written.
inline void moved() {
    if (current_tasks())
        current_tasks()->moved = true;
}

inline void wait(const char* what, const char* name) {
    task_list* tasks = current_tasks();
    if (!tasks || !tasks->running)
        fail(what, name);
    task* t = tasks->running;
    t->what = what;
    t->stream = name;
    swapcontext(&t->context, &tasks->scheduler);
}

// No exception leaves the stack it was thrown on.
inline void run_task() {
    task_list* tasks = current_tasks();
    task* t = tasks->running;
    try {
        t->run();
    } catch (const failure& f) {
        tasks->failed = true;
        tasks->reason = f;
    }
    t->done = true;
    swapcontext(&t->context, &tasks->scheduler);
}

} // namespace detail

// Lives as long as a top function runs.
class processes {
  public:
    processes() { detail::current_tasks() = &tasks_; }
    processes(const processes&) = delete;
    processes& operator=(const processes&) = delete;
    ~processes() { detail::current_tasks() = nullptr; }

    template <class F>
    void start(const F& f) {
        detail::task* t = new detail::call<F>(f);
        *tasks_.end = t;
        tasks_.end = &t->next;
        getcontext(&t->context);
        t->context.uc_stack.ss_sp = t->stack;
        t->context.uc_stack.ss_size = detail::task::stack_size;
        t->context.uc_link = nullptr;
        makecontext(&t->context, &detail::run_task, 0);
    }

    // Runs all until they are done.
    void join() {
        bool waiting = true;
        while (waiting) {
            waiting = false;
            tasks_.moved = false;
            detail::task* blocked = nullptr;
            for (detail::task* t = tasks_.first; t; t = t->next) {
                if (t->done)
                    continue;
                tasks_.running = t;
                swapcontext(&tasks_.scheduler, &t->context);
                tasks_.running = nullptr;
                if (tasks_.failed)
                    throw tasks_.reason;
                if (t->done)
                    tasks_.moved = true;
                else
                    blocked = t;
            }
            waiting = blocked != nullptr;
            if (waiting && !tasks_.moved)
                detail::fail(blocked->what[0] == 'r' ? "deadlock: nothing will come from the stream" : "deadlock: no room will come in the stream",
                             blocked->stream);
        }
    }

  private:
    detail::task_list tasks_;
};

} // namespace hls4net

#endif
