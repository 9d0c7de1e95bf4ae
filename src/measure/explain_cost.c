#include "measure/explain_cost.h"

#include <stdbool.h>

#include "measure/cost.h"
#include "measure/price.h"

__extension__ typedef __int128 wide;

enum {
    THRESHOLD = 200000, /* tokens of one counter */
    PICO_IN_NANO = 1000,
};

#define LONG_PROMPT (INT64_C(1) << 40) /* above every threshold of the table */

enum rule { /* ccusage's rules, in the order they are taken up */
            RULE_TIER = 1 << 0,
            RULE_SEARCH = 1 << 1,
            RULE_GEO = 1 << 2,
            RULE_FAST = 1 << 3,
            RULE_LONG = 1 << 4,
            RULE_HOUR = 1 << 5,
            RULE_DATE = 1 << 6,
};

static const enum explain_cause causes[EXPLAIN_COST_STEPS] = {
    EXPLAIN_TIER, EXPLAIN_SEARCH, EXPLAIN_GEO,  EXPLAIN_FAST,
    EXPLAIN_LONG, EXPLAIN_HOUR,   EXPLAIN_DATE,
};

struct factor { /* of a fast call, over standard ones */
    int64_t fast;
    int64_t standard;
};

static int64_t known(int64_t rate)
{
    return rate > 0 ? rate : 0;
}

static wide tiered(int64_t count, int64_t base, int64_t above)
{
    if (count <= THRESHOLD)
        return (wide)count * known(base);
    return (wide)THRESHOLD * known(base) + (wide)(count - THRESHOLD) * known(above);
}

static void ask(const struct call *call, int64_t prompt, enum call_speed speed, struct call *out)
{
    *out = *call;
    out->usage = (struct usage){ .input = prompt };
    out->flags = 0;
    out->speed = speed;
}

static struct factor factor_of(const struct price_table *prices, const struct call *call)
{
    struct call asked;
    struct price fast;
    struct price standard;
    ask(call, 0, CALL_FAST, &asked);
    if (call->speed != CALL_FAST || !price_find(prices, &asked, &fast))
        return (struct factor){ 1, 1 };
    ask(call, 0, CALL_STANDARD, &asked);
    if (!price_find(prices, &asked, &standard) || standard.rates.input <= 0)
        return (struct factor){ 1, 1 };
    return (struct factor){ known(fast.rates.input), standard.rates.input };
}

static int64_t half_even(wide number, wide by)
{
    wide whole = number / by;
    wide twice = number % by * 2;
    whole += twice > by || (twice == by && whole % 2 != 0) ? 1 : 0;
    return whole > INT64_MAX ? 0 : (int64_t)whole;
}

/* Rates for each counter by itself: the higher ones for what is above the threshold. */
static int64_t by_counter(const struct price_table *prices, const struct call *call, unsigned rules)
{
    struct call asked;
    struct price base;
    struct price high;
    ask(call, 0, CALL_STANDARD, &asked);
    if (!price_find(prices, &asked, &base))
        return 0;
    ask(call, LONG_PROMPT, CALL_STANDARD, &asked);
    if (!price_find(prices, &asked, &high))
        high = base;
    if (rules & RULE_HOUR) {
        base.rates.cache_write_1h = 2 * known(base.rates.input);
        high.rates.cache_write_1h = 2 * known(high.rates.input);
    }
    const struct usage *usage = &call->usage;
    struct factor factor = factor_of(prices, call);
    wide sum = tiered(usage->input, base.rates.input, high.rates.input) +
               tiered(usage->output, base.rates.output, high.rates.output) +
               tiered(usage->cache_write_5m, base.rates.cache_write_5m, high.rates.cache_write_5m) +
               tiered(usage->cache_write_1h, base.rates.cache_write_1h, high.rates.cache_write_1h) +
               tiered(usage->cache_read, base.rates.cache_read, high.rates.cache_read);
    return half_even(sum * factor.fast, (wide)PICO_IN_NANO * factor.standard);
}

/* A fast call is a standard one where the model has no fast price, else the factor is our own. */
static void fast_as_ccusage(const struct price_table *prices, struct call *call)
{
    struct price ignored;
    if (call->speed == CALL_FAST && !price_find(prices, call, &ignored))
        call->speed = CALL_STANDARD;
}

static int64_t cost_by(const struct price_table *prices, const struct call *original,
                       unsigned rules, int64_t now_ns)
{
    struct call call = *original;
    if (rules & RULE_DATE)
        call.at_ns = now_ns;
    if (rules & RULE_TIER)
        call.flags &= ~(unsigned)CALL_ODD_TIER;
    if (rules & RULE_SEARCH)
        call.usage.web_searches = 0;
    if (rules & RULE_GEO)
        call.flags &= ~(unsigned)CALL_GEO_US;
    if (rules & RULE_FAST)
        fast_as_ccusage(prices, &call);
    if (rules & RULE_LONG)
        return by_counter(prices, &call, rules);
    int64_t cost = cost_of_call(prices, &call);
    return cost == USAGE_UNPRICED ? 0 : cost;
}

int64_t explain_peer_cost(const struct price_table *prices, const struct call *call, int64_t now_ns)
{
    return cost_by(prices, call, ~0U, now_ns);
}

void explain_cost_steps(const struct price_table *prices, const struct call *call, int64_t now_ns,
                        struct explain_cost_step out[EXPLAIN_COST_STEPS])
{
    unsigned rules = 0;
    int64_t before = cost_by(prices, call, rules, now_ns);
    for (unsigned i = 0; i < EXPLAIN_COST_STEPS; i++) {
        rules |= 1U << i;
        int64_t after = cost_by(prices, call, rules, now_ns);
        out[i] = (struct explain_cost_step){ causes[i], after - before };
        before = after;
    }
}
