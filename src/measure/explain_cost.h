#pragma once
/* explain_cost - the way from our price of a call to ccusage's, one rule at a time. Pure. */
#include <stddef.h>
#include <stdint.h>

#include "measure/explain.h"

enum { EXPLAIN_COST_STEPS = 7 };

struct explain_cost_step {
    enum explain_cause cause;
    int64_t nano_usd; /* what this rule alone adds, on top of the steps before */
};

/* From `call` at our price (0 where it has none) to explain_peer_cost() of it. */
void explain_cost_steps(const struct price_table *prices, const struct call *call, int64_t now_ns,
                        struct explain_cost_step out[EXPLAIN_COST_STEPS]);
