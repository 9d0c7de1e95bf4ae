#include "ingest/repricing.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "measure/cost.h"
#include "measure/price.h"
#include "store/ledger.h"

struct run {
    struct ledger *ledger;
    const struct repricing_plan *plan;
    struct arena *arena;
    struct repricing *out;
    struct ledger_costed *changed; /* also those that are in no sum */
    size_t count;
    size_t room;
};

static void keep(struct run *run, const struct ledger_costed *call)
{
    if (run->count == run->room) {
        run->room = run->room ? run->room * 2 : 256;
        struct ledger_costed *more = arena_alloc(run->arena, run->room * sizeof(*more));
        if (run->count)
            memcpy(more, run->changed, run->count * sizeof(*more));
        run->changed = more;
    }
    run->changed[run->count++] = *call;
}

static void take(struct run *run, struct ledger_costed *call)
{
    struct repricing *out = run->out;
    int64_t old = call->cost_nano_usd;
    call->cost_nano_usd = cost_of_call(run->plan->prices, &call->key.call);
    bool lost = call->cost_nano_usd == USAGE_UNPRICED;
    out->calls += call->counted;
    out->kept += call->counted && lost && old != USAGE_UNPRICED;
    if (lost || call->cost_nano_usd == old)
        return;
    keep(run, call);
    if (!call->counted)
        return;
    out->changed++;
    out->priced += old == USAGE_UNPRICED;
    out->overflow |= __builtin_add_overflow(out->before_nano_usd, old == USAGE_UNPRICED ? 0 : old,
                                            &out->before_nano_usd);
    out->overflow |=
        __builtin_add_overflow(out->after_nano_usd, call->cost_nano_usd, &out->after_nano_usd);
}

static bool walk(struct run *run, struct err *err)
{
    CLEANUP(ledger_costs_close) struct ledger_costs *costs = NULL;
    if (!ledger_costs_open(run->ledger, run->plan->since_ns, &costs, err))
        return false;
    for (;;) {
        struct ledger_costed call;
        bool more;
        if (!ledger_costs_next(costs, &call, &more, err))
            return false;
        if (!more)
            return true;
        take(run, &call);
    }
}

static bool write_down(struct run *run, struct err *err)
{
    const struct repricing *out = run->out;
    if (run->count == 0 || out->overflow)
        return true;
    struct ledger_repricing done = {
        .at_ns = run->plan->now_ns,
        .since_ns = run->plan->since_ns,
        .table_hash = price_table_hash(run->plan->prices),
        .table = price_table_name(run->arena, run->plan->prices),
        .calls = out->changed,
        .before_nano_usd = out->before_nano_usd,
        .after_nano_usd = out->after_nano_usd,
    };
    return ledger_reprice(run->ledger, run->changed, run->count, &done, err);
}

bool repricing_run(struct ledger *ledger, const struct repricing_plan *plan, struct arena *arena,
                   struct repricing *out, struct err *err)
{
    struct run run = { .ledger = ledger, .plan = plan, .arena = arena, .out = out };
    *out = (struct repricing){ 0 };
    if (!plan->write)
        return walk(&run, err);
    /* What is read is what is changed: nobody else writes between the two. */
    if (ledger_begin(ledger, err) && walk(&run, err) && write_down(&run, err) &&
        ledger_commit(ledger, err))
        return true;
    ledger_rollback(ledger);
    return false;
}
