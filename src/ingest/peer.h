#pragma once
/*
 * peer - Claude Code's logs as `ccusage claude daily` 20.0.24 reads them.
 *
 * For comparison only: nothing here is counted by us. Its rules were learned by watching that
 * program answer hand-made logs (tests/peer), and are told in docs/accuracy.md. Every line with a
 * usage object becomes a record, read by it or not, so that a difference can name its line.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "measure/explain.h"

struct arena;
struct err;
struct price_table;

struct peer_plan {
    const char *const *folders; /* agents' config folders, existing or not */
    size_t folder_count;
    const struct price_table *prices;
    int64_t now_ns;
};

struct peer_logs {
    struct explain_theirs *records;
    size_t count;
    int64_t beyond;     /* lines left out: counters too large to be compared */
    int64_t unreadable; /* files that could not be read */
};

/* A file that cannot be read is counted, not an error. */
bool peer_read(struct arena *arena, const struct peer_plan *plan, struct peer_logs *out,
               struct err *err) MUST_USE;
