#include "measure/activity.h"

#include <stdlib.h>

static int by_start(const void *a, const void *b)
{
    const struct span *left = a;
    const struct span *right = b;
    return (left->from_ns > right->from_ns) - (left->from_ns < right->from_ns);
}

static int64_t at_most(int64_t value, int64_t limit)
{
    return value < limit ? value : limit;
}

int64_t activity_active_ns(struct span *spans, size_t count)
{
    if (count == 0)
        return 0;
    qsort(spans, count, sizeof(*spans), by_start);
    int64_t active = 0;
    int64_t end = spans[0].from_ns; /* of all that was seen so far */
    for (size_t i = 0; i < count; i++) {
        if (spans[i].from_ns > end) {
            active += at_most(spans[i].from_ns - end, ACTIVITY_GAP_NS);
            end = spans[i].from_ns;
        }
        if (spans[i].to_ns > end) {
            active += spans[i].to_ns - end;
            end = spans[i].to_ns;
        }
    }
    return active;
}

size_t activity_clip(struct span *spans, size_t count, int64_t from_ns, int64_t to_ns)
{
    size_t kept = 0;
    for (size_t i = 0; i < count && from_ns < to_ns; i++) {
        struct span span = spans[i];
        if (span.from_ns >= to_ns || span.to_ns < from_ns)
            continue;
        span.from_ns = span.from_ns > from_ns ? span.from_ns : from_ns;
        span.to_ns = at_most(span.to_ns, to_ns);
        spans[kept++] = span;
    }
    return kept;
}
