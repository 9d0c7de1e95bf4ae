#include "model/usage.h"

static bool add(int64_t *sum, int64_t more)
{
    return !__builtin_add_overflow(*sum, more, sum);
}

/* A log may claim any number: what no int64 holds is INT64_MAX, never a wrapped figure. */
static int64_t capped(int64_t a, int64_t b)
{
    return add(&a, b) ? a : INT64_MAX;
}

int64_t usage_cache_write(const struct usage *usage)
{
    return capped(usage->cache_write_5m, usage->cache_write_1h);
}

int64_t usage_prompt(const struct usage *usage)
{
    return capped(capped(usage->input, usage_cache_write(usage)), usage->cache_read);
}

int64_t usage_total(const struct usage *usage)
{
    return capped(usage_prompt(usage), usage->output);
}

static bool join_usage(struct usage *sum, const struct usage *more)
{
    return add(&sum->input, more->input) && add(&sum->output, more->output) &&
           add(&sum->cache_write_5m, more->cache_write_5m) &&
           add(&sum->cache_write_1h, more->cache_write_1h) &&
           add(&sum->cache_read, more->cache_read) && add(&sum->web_searches, more->web_searches) &&
           usage_total(sum) < INT64_MAX;
}

bool usage_sum_join(struct usage_sum *sum, const struct usage_sum *more)
{
    struct usage_sum joined = *sum;
    if (!join_usage(&joined.usage, &more->usage) || !add(&joined.calls, more->calls) ||
        !add(&joined.cost_nano_usd, more->cost_nano_usd) ||
        !add(&joined.unpriced_calls, more->unpriced_calls) ||
        !add(&joined.unpriced_tokens, more->unpriced_tokens))
        return false;
    *sum = joined;
    return true;
}

bool usage_sum_add(struct usage_sum *sum, const struct usage *usage, int64_t cost_nano_usd)
{
    struct usage_sum one = { .usage = *usage, .calls = 1 };
    if (cost_nano_usd == USAGE_UNPRICED) {
        one.unpriced_calls = 1;
        one.unpriced_tokens = usage_total(usage);
    } else {
        one.cost_nano_usd = cost_nano_usd;
    }
    return usage_sum_join(sum, &one);
}
