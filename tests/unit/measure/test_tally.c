#include "measure/tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/attr.h"

static void nothing_added_is_nothing(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct tally tally;
    tally_init(&tally, &arena);
    tally_sort(&tally, TALLY_BY_COST);
    assert_int_equal(tally.count, 0);
    assert_int_equal(tally.total.calls, 0);
    assert_false(tally.overflow);
}

static void keys_are_copied(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct tally tally;
    char key[] = "day";
    tally_init(&tally, &arena);
    tally_add(&tally, key, 1, &(struct usage){ .input = 1 }, 1);
    key[0] = 'X';
    tally_add(&tally, "day", 2, &(struct usage){ .input = 1 }, 1);
    assert_int_equal(tally.count, 1);
    assert_string_equal(tally.rows[0].key, "day");
    assert_int_equal(tally.rows[0].sum.calls, 2);
}

static void a_row_knows_its_first_and_last_instant(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct tally tally;
    static const int64_t times[] = { 50, 20, 90, 60 };
    tally_init(&tally, &arena);
    for (size_t i = 0; i < ARRAY_LEN(times); i++)
        tally_add(&tally, "", times[i], &(struct usage){ 0 }, 0);
    assert_int_equal(tally.rows[0].first_at_ns, 20);
    assert_int_equal(tally.rows[0].last_at_ns, 90);
}

/* --- against a sum that is plainly right --- */

enum { KEYS = 12000, CALLS = 40000 };

struct naive {
    int64_t fields[USAGE_FIELDS];
    int64_t calls;
    int64_t cost;
    int64_t unpriced;
    int64_t first;
    int64_t last;
};

static uint64_t next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void naive_add(struct naive *row, const int64_t *fields, int64_t at_ns, int64_t cost)
{
    for (size_t i = 0; i < USAGE_FIELDS; i++)
        row->fields[i] += fields[i];
    row->first = row->calls == 0 || at_ns < row->first ? at_ns : row->first;
    row->last = row->calls == 0 || at_ns > row->last ? at_ns : row->last;
    row->calls++;
    row->cost += cost < 0 ? 0 : cost;
    row->unpriced += cost < 0;
}

static void check_sum(const struct usage_sum *sum, const struct naive *row)
{
    const struct usage *usage = &sum->usage;
    const int64_t got[USAGE_FIELDS] = { usage->input,          usage->output,
                                        usage->cache_write_5m, usage->cache_write_1h,
                                        usage->cache_read,     usage->web_searches };
    assert_memory_equal(got, row->fields, sizeof(got));
    assert_int_equal(sum->calls, row->calls);
    assert_int_equal(sum->cost_nano_usd, row->cost);
    assert_int_equal(sum->unpriced_calls, row->unpriced);
}

static void fill(struct tally *tally, struct naive *rows, struct naive *total)
{
    uint64_t seed = 20261006;
    for (size_t i = 0; i < CALLS; i++) {
        size_t key = i < KEYS ? i : (size_t)(next(&seed) % KEYS);
        int64_t fields[USAGE_FIELDS];
        char text[32];
        for (size_t f = 0; f < USAGE_FIELDS; f++)
            fields[f] = (int64_t)(next(&seed) % 100000);
        int64_t at_ns = (int64_t)(next(&seed) % 1000000);
        int64_t cost = next(&seed) % 10 ? (int64_t)(next(&seed) % 1000000) : USAGE_UNPRICED;
        struct usage usage = { fields[0], fields[1], fields[2], fields[3], fields[4], fields[5] };
        (void)snprintf(text, sizeof(text), "key-%zu", key);
        tally_add(tally, text, at_ns, &usage, cost);
        naive_add(&rows[key], fields, at_ns, cost);
        naive_add(total, fields, at_ns, cost);
    }
}

static void sums_agree_with_a_naive_sum_of_thousands_of_keys(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct naive *rows = arena_alloc(&arena, KEYS * sizeof(*rows));
    struct naive total = { 0 };
    struct tally tally;
    tally_init(&tally, &arena);
    fill(&tally, rows, &total);
    assert_int_equal(tally.count, KEYS);
    assert_false(tally.overflow);
    check_sum(&tally.total, &total);
    for (size_t i = 0; i < KEYS; i++) { /* rows stand in the order of their first call */
        char text[32];
        (void)snprintf(text, sizeof(text), "key-%zu", i);
        assert_string_equal(tally.rows[i].key, text);
        check_sum(&tally.rows[i].sum, &rows[i]);
        assert_int_equal(tally.rows[i].first_at_ns, rows[i].first);
        assert_int_equal(tally.rows[i].last_at_ns, rows[i].last);
    }
}

/* --- order --- */

static void check_order(enum tally_order order, const char *expected)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct tally tally;
    char got[16] = "";
    static const struct {
        const char *key;
        int64_t at_ns;
        int64_t input;
        int64_t cost;
    } calls[] = { { "c", 30, 5, 100 },
                  { "a", 20, 9, 100 },
                  { "d", 20, 1, 900 },
                  { "b", 10, 5, 100 },
                  { "e", 90, 1, 0 } };
    tally_init(&tally, &arena);
    for (size_t i = 0; i < ARRAY_LEN(calls); i++)
        tally_add(&tally, calls[i].key, calls[i].at_ns, &(struct usage){ .input = calls[i].input },
                  calls[i].cost);
    tally_sort(&tally, order);
    for (size_t i = 0; i < tally.count; i++)
        got[i] = tally.rows[i].key[0];
    assert_string_equal(got, expected);
}

static void rows_are_put_in_order(void **state)
{
    (void)state;
    check_order(TALLY_BY_KEY, "abcde");
    check_order(TALLY_BY_COST, "dabce"); /* then by tokens, then by key */
    check_order(TALLY_BY_LAST, "badce");
}

static void a_sum_that_leaves_its_type_is_told(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct tally tally;
    tally_init(&tally, &arena);
    tally_add(&tally, "a", 1, &(struct usage){ .input = INT64_MAX - 1 }, 0);
    assert_false(tally.overflow);
    tally_add(&tally, "b", 1, &(struct usage){ .input = 1 }, 0); /* only the total is too much */
    assert_true(tally.overflow);
}

static void a_cost_that_leaves_its_type_is_told(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct tally tally;
    tally_init(&tally, &arena);
    tally_add(&tally, "a", 1, &(struct usage){ 0 }, INT64_MAX);
    tally_add(&tally, "a", 1, &(struct usage){ 0 }, 1);
    assert_true(tally.overflow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_added_is_nothing),
        cmocka_unit_test(keys_are_copied),
        cmocka_unit_test(a_row_knows_its_first_and_last_instant),
        cmocka_unit_test(sums_agree_with_a_naive_sum_of_thousands_of_keys),
        cmocka_unit_test(rows_are_put_in_order),
        cmocka_unit_test(a_sum_that_leaves_its_type_is_told),
        cmocka_unit_test(a_cost_that_leaves_its_type_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
