#pragma once
/*
 * ingest - brings the ledger up to date with the agents' logs. The only room with threads.
 *
 * Finds the log files, reads only what is new of each (a file rewritten in place is read again
 * from its start), in parallel by size, and merges in transactions of at most INGEST_BATCH_MS
 * (INGEST_FIRST_BATCH_MS). One log that cannot be read does not stop the others: it is counted and
 * named.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct arena;
struct err;
struct ledger;
struct price_table;

/* The first import into an empty ledger takes longer ones: nobody has anything to add to it yet,
 * readers are not kept waiting but by the commit, and each commit writes most pages again. A kill
 * costs at most one batch. */
enum { INGEST_BATCH_MS = 50, INGEST_FIRST_BATCH_MS = 1000 };

struct ingest_plan {
    const char *const *folders; /* agents' config folders, existing or not */
    size_t folder_count;
    const struct price_table *prices;
    int threads; /* 0: one a core */
    /* Told now and then from the calling thread; may be NULL. */
    void (*progress)(void *to, int64_t done_bytes, int64_t all_bytes);
    void *progress_to;
};

struct ingest_report {
    int64_t logs;      /* found */
    int64_t logs_read; /* with something new */
    int64_t bytes_read;
    int64_t lines;
    int64_t unreadable;           /* logs that could not be read at all */
    const char *first_unreadable; /* "path: reason", NULL when none */
    int64_t tails;                /* logs whose last line is not finished yet */
};

/* False only when the ledger itself fails. Calls unpriced so far are priced again when the price
 * table has changed. */
bool ingest_run(struct ledger *ledger, const struct ingest_plan *plan, struct arena *arena,
                struct ingest_report *out, struct err *err) MUST_USE;
