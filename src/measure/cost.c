#include "measure/cost.h"

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "measure/price.h"
#include "model/call.h"
#include "model/usage.h"

/* A sum of counts times rates may leave int64 where the rounded result does not. */
__extension__ typedef __int128 wide;

enum { PERCENT = 100, PICO_IN_NANO = 1000 };

static bool add_product(wide *sum, int64_t count, int64_t rate)
{
    wide product = 0;
    if (count == 0)
        return true;
    if (count < 0 || rate < 0) /* no such price, or no such count */
        return false;
    return !__builtin_mul_overflow((wide)count, (wide)rate, &product) &&
           !__builtin_add_overflow(*sum, product, sum);
}

/* In pico-dollars. */
static bool add_tokens(const struct usage *usage, const struct rates *rates, wide *sum)
{
    return add_product(sum, usage->input, rates->input) &&
           add_product(sum, usage->output, rates->output) &&
           add_product(sum, usage->cache_write_5m, rates->cache_write_5m) &&
           add_product(sum, usage->cache_write_1h, rates->cache_write_1h) &&
           add_product(sum, usage->cache_read, rates->cache_read);
}

static wide divide_half_even(wide number, wide by)
{
    wide whole = number / by;
    wide twice_rest = number % by * 2;
    bool up = twice_rest > by || (twice_rest == by && whole % 2 != 0);
    return whole + (up ? 1 : 0);
}

int64_t cost_of_call(const struct price_table *table, const struct call *call)
{
    struct price price = { 0 };
    wide tokens = 0;
    wide searches = 0;
    wide sum = 0; /* in hundredths of a pico-dollar: percents stay whole */
    if (!price_find(table, call, &price) || !add_tokens(&call->usage, &price.rates, &tokens) ||
        !add_product(&searches, call->usage.web_searches, price.web_search_nano_usd))
        return USAGE_UNPRICED;
    if (__builtin_mul_overflow(tokens, (wide)price.percent, &tokens) ||
        __builtin_mul_overflow(searches, (wide)PERCENT * PICO_IN_NANO, &searches) ||
        __builtin_add_overflow(tokens, searches, &sum))
        return USAGE_UNPRICED;
    wide nano = divide_half_even(sum, (wide)PERCENT * PICO_IN_NANO);
    return nano > INT64_MAX ? USAGE_UNPRICED : (int64_t)nano;
}
