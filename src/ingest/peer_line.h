#pragma once
/* peer_line - one line of a log as ccusage reads it, and as we do. For peer.c. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ingest/claude_record.h"
#include "measure/explain.h"

struct arena;

enum { PEER_ADVISORS = 16 }; /* of one line; more are passed over */

struct peer_record {
    struct explain_theirs theirs;
    const char *session; /* what ccusage takes for its session; "" when none */
    const char *request; /* and for its request; "" when none */
    bool fast_known;     /* it has a speed */
};

struct peer_line {
    struct peer_record record;
    struct peer_record advisors[PEER_ADVISORS]; /* those ccusage counts */
    size_t advisor_count;
    bool beyond; /* read by ccusage, but a counter is too large to be compared */
};

/* False: no usage in it, or no JSON. Texts are copied to `arena`. */
bool peer_line_read(struct arena *arena, const char *bytes, size_t length, bool after_mark,
                    struct peer_line *out);
