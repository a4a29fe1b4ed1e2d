// How the runtime reports a defect that only running shows: a stream read while empty, a division by zero, a broken
// promise under HLS4NET_CHECK. It is an exception, so that a host program that loads the simulation survives it.
#ifndef HLS4NET_FAILURE_H
#define HLS4NET_FAILURE_H

namespace hls4net {

struct failure {
    char text[240];
};

namespace detail {

// Throws a failure whose text is `what`, then " 'name'" where a name is given.
[[noreturn]] __attribute__((noinline, cold)) inline void fail(const char* what, const char* name = nullptr) {
    failure f;
    char* end = f.text + sizeof f.text - 1;
    char* p = f.text;
    for (const char* s = what; *s && p < end; s++)
        *p++ = *s;
    if (name) {
        for (const char* s = " '"; *s && p < end; s++)
            *p++ = *s;
        for (const char* s = name; *s && p < end; s++)
            *p++ = *s;
        if (p < end)
            *p++ = '\'';
    }
    *p = 0;
    throw f;
}

} // namespace detail
} // namespace hls4net

#endif
