#pragma once
/*
 * repricing - what the calls in the ledger would cost by the price table in force now, and on
 * request that they do.
 *
 * A call that the table has no price for keeps what it cost: known never becomes unknown.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

struct arena;
struct err;
struct ledger;
struct price_table;

struct repricing_plan {
    const struct price_table *prices;
    int64_t since_ns;
    int64_t now_ns;
    bool write; /* false: only tell */
};

struct repricing {           /* of calls that are counted */
    int64_t calls;           /* since then */
    int64_t changed;         /* that cost something else */
    int64_t priced;          /* of these, that had no cost before */
    int64_t kept;            /* that have a cost, but no price in the table */
    int64_t before_nano_usd; /* of the changed */
    int64_t after_nano_usd;
    bool overflow; /* a sum left int64: nothing was written */
};

/* Writes in one transaction, and nothing when nothing changes. */
bool repricing_run(struct ledger *ledger, const struct repricing_plan *plan, struct arena *arena,
                   struct repricing *out, struct err *err) MUST_USE;
