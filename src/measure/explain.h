#pragma once
/*
 * explain - why our figures and those of `ccusage claude daily` differ, call by call. Pure.
 *
 * Given are our calls, and the same logs as ccusage reads them (ingest/peer). Records of one
 * message are matched; each difference gets one cause for its tokens, and its money is taken apart
 * rule by rule. All differences together are the whole difference, by construction. Money is at
 * our list prices for both: what is compared are rules, not price tables.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/call.h"
#include "model/usage.h"

struct arena;
struct price_table;

enum explain_cause {
    EXPLAIN_NONE,
    /* ccusage does not read the line */
    EXPLAIN_NULL,
    EXPLAIN_SPACING,
    EXPLAIN_BYTE_ORDER_MARK,
    EXPLAIN_SURROGATE,
    EXPLAIN_TYPED,
    EXPLAIN_TIMESTAMP,
    EXPLAIN_VERSION,
    EXPLAIN_EMPTY,
    EXPLAIN_NO_LOG,
    /* which line stands for a call, and what is a call of its own */
    EXPLAIN_STREAMED,
    EXPLAIN_COPIED,
    EXPLAIN_NO_MESSAGE_ID,
    EXPLAIN_SIDECHAIN,
    EXPLAIN_NESTED,
    EXPLAIN_TOTAL,
    EXPLAIN_TIE,
    EXPLAIN_OTHER_RECORD,
    EXPLAIN_NOT_ASSISTANT,
    EXPLAIN_SYNTHETIC,
    EXPLAIN_ADVISOR,
    EXPLAIN_IMPOSSIBLE,
    EXPLAIN_SPLIT,
    EXPLAIN_DAY,
    /* money only */
    EXPLAIN_TIER,
    EXPLAIN_SEARCH,
    EXPLAIN_GEO,
    EXPLAIN_FAST,
    EXPLAIN_LONG,
    EXPLAIN_HOUR,
    EXPLAIN_DATE,
    EXPLAIN_KEPT,
    EXPLAIN_CAUSES
};

struct explain_ours { /* one call as we count it */
    struct call call;
    const char *session;
    int64_t cost_nano_usd;
};

struct explain_theirs { /* one line with usage, or one advisor of it */
    struct call call;   /* as we would read it */
    const char *session;
    struct usage theirs;        /* as ccusage reads its counters */
    enum explain_cause dropped; /* why ccusage does not read it; EXPLAIN_NONE: it does */
    enum explain_cause foreign; /* why we would not count it; EXPLAIN_NONE: we would */
    bool kept;                  /* it stands in ccusage's sums */
};

struct explain_amount {
    int64_t input;
    int64_t output;
    int64_t cache_write;
    int64_t cache_read;
    int64_t nano_usd;
};

struct explain_item { /* one cause at one call: ccusage's figure less ours */
    enum explain_cause cause;
    const char *message_id;
    const char *session;
    const char *model;
    int64_t at_ns;
    struct explain_amount more;
};

struct explain_sides {
    struct explain_ours *ours;
    size_t our_count;
    struct explain_theirs *theirs;
    size_t their_count;
};

struct explain_window {
    int64_t from_ns;
    int64_t to_ns;
    int64_t their_from_ns; /* ccusage's days begin at midnight, and know no now */
    int64_t their_to_ns;
    const char *session; /* NULL: any */
    int64_t now_ns;      /* whose prices ccusage takes for all days */
};

struct explain_sum {
    int64_t items;
    struct explain_amount more;
};

struct explanation {
    struct explain_item *items; /* the largest first */
    size_t count;
    struct explain_sum causes[EXPLAIN_CAUSES];
    int64_t our_calls;
    int64_t their_calls;
    struct explain_amount ours;
    struct explain_amount theirs;
    bool overflow; /* a sum left int64: the figures are not to be used */
};

/* What a call costs by ccusage's formula at our prices: rates of today, long context counter by
 * counter above 200,000, one-hour writes at twice the input, one factor for fast, no searches, no
 * region, no tier. 0 where the model has no price. */
int64_t explain_peer_cost(const struct price_table *prices, const struct call *call,
                          int64_t now_ns);
/* Sorts both lists; what it gives lives in the arena and points into them. */
void explain(struct arena *arena, const struct price_table *prices,
             const struct explain_sides *sides, const struct explain_window *window,
             struct explanation *out);
