#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "model/usage.h"

static const struct usage some = { .input = 1,
                                   .output = 20,
                                   .cache_write_5m = 300,
                                   .cache_write_1h = 4000,
                                   .cache_read = 50000,
                                   .web_searches = 600000 };

static void derives_tokens_from_the_counters(void **state)
{
    (void)state;
    assert_int_equal(usage_cache_write(&some), 4300);
    assert_int_equal(usage_prompt(&some), 54301);
    assert_int_equal(usage_total(&some), 54321); /* searches are no tokens */
    const struct usage none = { 0 };
    assert_int_equal(usage_total(&none), 0);
}

static void caps_what_no_count_can_hold(void **state)
{
    (void)state;
    const struct usage writes = { .cache_write_5m = INT64_MAX, .cache_write_1h = 1 };
    assert_true(usage_cache_write(&writes) == INT64_MAX);
    assert_true(usage_total(&writes) == INT64_MAX);
    const struct usage reads = { .input = INT64_MAX - 1, .cache_read = 1, .output = 1 };
    assert_true(usage_prompt(&reads) == INT64_MAX);
    assert_true(usage_total(&reads) == INT64_MAX);
}

static void adds_priced_calls(void **state)
{
    (void)state;
    struct usage_sum sum = { 0 };
    assert_true(usage_sum_add(&sum, &some, 7));
    assert_true(usage_sum_add(&sum, &some, 0)); /* free is a price */
    assert_int_equal(sum.calls, 2);
    assert_int_equal(sum.cost_nano_usd, 7);
    assert_int_equal(sum.unpriced_calls, 0);
    assert_int_equal(sum.unpriced_tokens, 0);
    assert_int_equal(sum.usage.input, 2);
    assert_int_equal(sum.usage.output, 40);
    assert_int_equal(sum.usage.cache_write_5m, 600);
    assert_int_equal(sum.usage.cache_write_1h, 8000);
    assert_int_equal(sum.usage.cache_read, 100000);
    assert_int_equal(sum.usage.web_searches, 1200000);
}

static void counts_unpriced_calls_beside_the_cost(void **state)
{
    (void)state;
    struct usage_sum sum = { 0 };
    assert_true(usage_sum_add(&sum, &some, 7));
    assert_true(usage_sum_add(&sum, &some, USAGE_UNPRICED));
    assert_int_equal(sum.calls, 2);
    assert_int_equal(sum.cost_nano_usd, 7);
    assert_int_equal(sum.unpriced_calls, 1);
    assert_int_equal(sum.unpriced_tokens, 54321);
    assert_int_equal(usage_total(&sum.usage), 2 * 54321);
}

static void joins_sums(void **state)
{
    (void)state;
    struct usage_sum a = { 0 };
    struct usage_sum b = { 0 };
    struct usage_sum all = { 0 };
    assert_true(usage_sum_add(&a, &some, 5));
    assert_true(usage_sum_add(&b, &some, USAGE_UNPRICED));
    assert_true(usage_sum_add(&b, &some, 6));
    assert_true(usage_sum_add(&all, &some, 5));
    assert_true(usage_sum_add(&all, &some, USAGE_UNPRICED));
    assert_true(usage_sum_add(&all, &some, 6));
    assert_true(usage_sum_join(&a, &b));
    assert_memory_equal(&a, &all, sizeof(a));
}

/* The sum holds `full`; one call more of `one` must be refused and leave the sum alone. */
static void refuses(struct usage_sum full, struct usage one, int64_t cost_nano_usd)
{
    struct usage_sum sum = full;
    assert_false(usage_sum_add(&sum, &one, cost_nano_usd));
    assert_memory_equal(&sum, &full, sizeof(sum));
}

static void refuses_sums_that_leave_int64(void **state)
{
    (void)state;
    const int64_t max = INT64_MAX;
    const struct usage none = { 0 };
    refuses((struct usage_sum){ .usage.input = max }, (struct usage){ .input = 1 }, 0);
    refuses((struct usage_sum){ .usage.output = max }, (struct usage){ .output = 1 }, 0);
    refuses((struct usage_sum){ .usage.cache_write_5m = max },
            (struct usage){ .cache_write_5m = 1 }, 0);
    refuses((struct usage_sum){ .usage.cache_write_1h = max },
            (struct usage){ .cache_write_1h = 1 }, 0);
    refuses((struct usage_sum){ .usage.cache_read = max }, (struct usage){ .cache_read = 1 }, 0);
    refuses((struct usage_sum){ .usage.web_searches = max }, (struct usage){ .web_searches = 1 },
            0);
    refuses((struct usage_sum){ .usage.input = max - 9 }, (struct usage){ .output = 10 }, 0);
    refuses((struct usage_sum){ .calls = max }, none, 0);
    refuses((struct usage_sum){ .cost_nano_usd = max }, none, 1);
    refuses((struct usage_sum){ .unpriced_calls = max }, none, USAGE_UNPRICED);
    refuses((struct usage_sum){ .unpriced_tokens = max }, (struct usage){ .input = 1 },
            USAGE_UNPRICED);
    struct usage_sum nearly = { .cost_nano_usd = max - 1 };
    assert_true(usage_sum_add(&nearly, &none, 1));
    assert_true(nearly.cost_nano_usd == max);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(derives_tokens_from_the_counters),
        cmocka_unit_test(caps_what_no_count_can_hold),
        cmocka_unit_test(adds_priced_calls),
        cmocka_unit_test(counts_unpriced_calls_beside_the_cost),
        cmocka_unit_test(joins_sums),
        cmocka_unit_test(refuses_sums_that_leave_int64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
