#pragma once
/*
 * activity - how long an agent was really worked with. Pure.
 *
 * Active time is the sum, over every pair of successive records of all logs in question, of the
 * gap between them, at most ACTIVITY_GAP_NS each (docs/counting.md, R36). Records of subagents
 * are records too: what ran at the same time counts once. Source: the project's definition of
 * active time, sum of min(gap, 5 minutes).
 */
#include <stddef.h>
#include <stdint.h>

#include "model/call.h"

/* Spans in any order, overlapping or not; they are sorted in place. 0 for none. */
int64_t activity_active_ns(struct span *spans, size_t count);
/* Cut the spans to [from_ns, to_ns) in place, drop those outside, give how many are left. A
 * record at `from_ns` is inside, one at `to_ns` is not. A pause over an edge of the window counts
 * in no window. */
size_t activity_clip(struct span *spans, size_t count, int64_t from_ns, int64_t to_ns);
