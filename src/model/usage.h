#pragma once
/*
 * usage - tokens of API calls, and sums of them. Pure.
 *
 * The five token counters are disjoint. Output holds thinking. Counts are never negative.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

enum { USAGE_FIELDS = 6 };

struct usage {
    int64_t input; /* neither written to nor read from the cache */
    int64_t output;
    int64_t cache_write_5m; /* with every write whose lifetime the log does not say */
    int64_t cache_write_1h;
    int64_t cache_read;
    int64_t web_searches; /* searches the API itself made: requests, not tokens */
};

struct usage_sum {
    struct usage usage;
    int64_t calls;
    int64_t cost_nano_usd;   /* of the priced calls */
    int64_t unpriced_calls;  /* calls of a model that has no price: the cost is incomplete */
    int64_t unpriced_tokens; /* theirs */
};

enum { USAGE_UNPRICED = -1 }; /* a cost that is not known; costs are never negative */

int64_t usage_prompt(const struct usage *usage); /* input + cache writes + cache reads */
int64_t usage_total(const struct usage *usage);  /* claude_tokens: the prompt and the output */
int64_t usage_cache_write(const struct usage *usage);
/* False when a sum would leave int64; the sum is then as it was. */
bool usage_sum_add(struct usage_sum *sum, const struct usage *usage,
                   int64_t cost_nano_usd) MUST_USE;
bool usage_sum_join(struct usage_sum *sum, const struct usage_sum *more) MUST_USE;
