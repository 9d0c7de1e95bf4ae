#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "measure/block.h"

/* 2026-10-06T00:00:00Z */
#define MIDNIGHT (INT64_C(1791244800) * CLOCK_SECOND_NS)
#define AT(hour, minute) (MIDNIGHT + (hour)*CLOCK_HOUR_NS + (minute)*CLOCK_MINUTE_NS)

static const struct usage hundred = { .input = 10, .output = 20, .cache_read = 70 };

static void add(struct block_list *list, int64_t at_ns)
{
    block_list_add(list, at_ns, "m", &hundred, 1000000);
}

static void assert_row(const struct block_row *row, int64_t start_ns, int64_t end_ns, bool gap,
                       int64_t calls)
{
    assert_int_equal(row->start_ns, start_ns);
    assert_int_equal(row->end_ns, end_ns);
    assert_int_equal(row->gap, gap);
    assert_int_equal(row->sum.calls, calls);
}

static void has_no_block_without_a_call(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct block_list list;
    block_list_init(&list, &arena);
    block_list_finish(&list, AT(12, 0));
    assert_int_equal(list.count, 0);
}

static void begins_at_the_full_utc_hour_and_lasts_five(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct block_list list;
    struct err err = { 0 };
    assert_true(clock_zone_set("Asia/Kolkata", &err)); /* half an hour off: the hour is UTC's */
    block_list_init(&list, &arena);
    add(&list, AT(10, 59));
    add(&list, AT(11, 0));
    block_list_finish(&list, AT(20, 0));
    assert_int_equal(list.count, 1);
    assert_row(&list.rows[0], AT(10, 0), AT(15, 0), false, 2);
    assert_int_equal(list.rows[0].first_ns, AT(10, 59));
    assert_int_equal(list.rows[0].last_ns, AT(11, 0));
    assert_true(clock_zone_set("UTC", &err));
}

static void a_call_on_the_hour_begins_there(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct block_list list;
    block_list_init(&list, &arena);
    add(&list, AT(10, 0));
    assert_row(&list.rows[0], AT(10, 0), AT(15, 0), false, 1);
}

static void exactly_five_hours_from_the_start_still_belong_to_it(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct block_list list;
    block_list_init(&list, &arena);
    add(&list, AT(10, 30));
    add(&list, AT(14, 0));
    add(&list, AT(15, 0));
    assert_int_equal(list.count, 1);
    add(&list, AT(15, 0) + 1);
    assert_int_equal(list.count, 2);
    assert_row(&list.rows[0], AT(10, 0), AT(15, 0), false, 3);
    assert_row(&list.rows[1], AT(15, 0), AT(20, 0), false, 1);
}

static void exactly_five_hours_of_silence_make_no_gap(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct block_list list;
    block_list_init(&list, &arena);
    add(&list, AT(10, 30));
    add(&list, AT(15, 30));
    assert_int_equal(list.count, 2); /* past the block's end, but no gap */
    assert_row(&list.rows[1], AT(15, 0), AT(20, 0), false, 1);
}

static void a_longer_silence_makes_a_gap_from_five_hours_after_the_last_call(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct block_list list;
    block_list_init(&list, &arena);
    add(&list, AT(10, 30));
    add(&list, AT(18, 45));
    block_list_finish(&list, AT(19, 0));
    assert_int_equal(list.count, 3);
    assert_row(&list.rows[0], AT(10, 0), AT(15, 0), false, 1);
    assert_row(&list.rows[1], AT(15, 30), AT(18, 45), true, 0);
    assert_row(&list.rows[2], AT(18, 0), AT(23, 0), false, 1);
    assert_true(list.rows[2].active);
}

static void a_gap_within_the_next_blocks_first_hour_stands_after_it(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct block_list list;
    block_list_init(&list, &arena);
    add(&list, AT(10, 30));
    add(&list, AT(15, 45));
    add(&list, AT(16, 0));
    block_list_finish(&list, AT(16, 30));
    assert_int_equal(list.count, 3);
    assert_row(&list.rows[1], AT(15, 0), AT(20, 0), false, 2);
    assert_row(&list.rows[2], AT(15, 30), AT(15, 45), true, 0);
    assert_true(list.rows[1].active);
    assert_false(list.rows[2].active);
}

static void crosses_midnight(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct block_list list;
    block_list_init(&list, &arena);
    add(&list, AT(22, 10));
    add(&list, AT(24, 10));
    add(&list, AT(27, 0));
    add(&list, AT(27, 1));
    assert_int_equal(list.count, 2);
    assert_row(&list.rows[0], AT(22, 0), AT(27, 0), false, 3);
    assert_row(&list.rows[1], AT(27, 0), AT(32, 0), false, 1);
}

static void is_active_before_its_end_and_within_five_hours_of_the_last_call(void **state)
{
    static const struct {
        int64_t now_ns;
        bool active;
    } cases[] = {
        { AT(10, 30), true },
        { AT(15, 0) - 1, true },
        { AT(15, 0), false }, /* its end */
        { AT(16, 0), false },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        struct block_list list;
        block_list_init(&list, &arena);
        add(&list, AT(10, 30));
        block_list_finish(&list, cases[i].now_ns);
        assert_int_equal(list.rows[0].active, cases[i].active);
    }
}

static void a_call_not_counted_still_opens_and_holds_a_block(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct block_list list;
    block_list_init(&list, &arena);
    block_list_see(&list, AT(10, 30));
    add(&list, AT(14, 50));
    block_list_see(&list, AT(19, 0));
    block_list_finish(&list, AT(19, 10));
    assert_int_equal(list.count, 2);
    assert_row(&list.rows[0], AT(10, 0), AT(15, 0), false, 1);
    assert_int_equal(list.rows[0].first_ns, AT(14, 50));
    assert_row(&list.rows[1], AT(19, 0), AT(24, 0), false, 0);
    assert_int_equal(list.rows[1].first_ns, 0);
    assert_true(list.rows[1].active);
}

static void knows_the_models_of_a_block_by_cost(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct block_list list;
    block_list_init(&list, &arena);
    block_list_add(&list, AT(10, 0), "small", &hundred, 1);
    block_list_add(&list, AT(10, 1), "large", &hundred, 5);
    block_list_add(&list, AT(10, 2), "small", &hundred, 1);
    block_list_finish(&list, AT(11, 0));
    assert_int_equal(list.rows[0].models.count, 2);
    assert_string_equal(list.rows[0].models.items[0].key, "large");
    assert_int_equal(list.rows[0].models.items[1].sum.calls, 2);
    assert_int_equal(list.rows[0].sum.cost_nano_usd, 7);
}

static void keeps_every_call_of_many_blocks(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct block_list list;
    int64_t calls = 0;
    block_list_init(&list, &arena);
    for (int i = 0; i < 500; i++)
        add(&list, MIDNIGHT + (int64_t)i * 97 * CLOCK_MINUTE_NS + (i % 7 == 0 ? 0 : 1));
    block_list_finish(&list, MIDNIGHT);
    for (size_t i = 0; i < list.count; i++)
        calls += list.rows[i].sum.calls;
    assert_int_equal(calls, 500);
}

static void says_when_a_sum_is_too_large(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct block_list list;
    const struct usage most = { .input = INT64_MAX - 1 };
    block_list_init(&list, &arena);
    block_list_add(&list, AT(1, 0), "m", &most, 0);
    assert_false(list.overflow);
    block_list_add(&list, AT(1, 1), "m", &most, 0);
    assert_true(list.overflow);
}

static void looks_ahead_at_the_pace_so_far(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct block_list list;
    struct block_outlook outlook;
    block_list_init(&list, &arena);
    add(&list, AT(10, 20));
    add(&list, AT(10, 40));
    add(&list, AT(11, 0));
    block_list_finish(&list, AT(11, 30));
    assert_true(block_outlook(&list.rows[0], AT(11, 30), &outlook));
    /* 300 tokens and 3,000,000 nano-dollars in 40 minutes; 210 are left */
    assert_int_equal(outlook.tokens_per_minute, 8); /* 7.5 */
    assert_int_equal(outlook.tokens_per_hour, 450);
    assert_int_equal(outlook.nano_usd_per_hour, 4500000);
    assert_int_equal(outlook.minutes_left, 210);
    assert_int_equal(outlook.tokens, 300 + 1575);
    assert_int_equal(outlook.nano_usd, 3000000 + 15750000);
    assert_true(block_outlook(&list.rows[0], AT(11, 29) + 29 * CLOCK_SECOND_NS, &outlook));
    assert_int_equal(outlook.minutes_left, 211);
}

static void has_no_pace_from_one_instant_nor_in_a_block_that_is_over(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct block_list list;
    struct block_outlook outlook;
    block_list_init(&list, &arena);
    add(&list, AT(10, 20));
    add(&list, AT(10, 20));
    block_list_finish(&list, AT(10, 30));
    assert_true(list.rows[0].active);
    assert_false(block_outlook(&list.rows[0], AT(10, 30), &outlook));
    block_list_init(&list, &arena);
    add(&list, AT(10, 20));
    add(&list, AT(10, 40));
    block_list_finish(&list, AT(15, 0));
    assert_false(block_outlook(&list.rows[0], AT(15, 0), &outlook));
}

static void an_outlook_never_leaves_int64(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct block_list list;
    struct block_outlook outlook;
    const struct usage many = { .input = INT64_MAX / 4 };
    block_list_init(&list, &arena);
    block_list_add(&list, AT(10, 0), "m", &many, INT64_MAX / 4);
    block_list_add(&list, AT(10, 1), "m", &many, INT64_MAX / 4);
    block_list_finish(&list, AT(10, 2));
    assert_true(block_outlook(&list.rows[0], AT(10, 2), &outlook));
    assert_true(outlook.tokens == INT64_MAX);
    assert_true(outlook.nano_usd_per_hour == INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_no_block_without_a_call),
        cmocka_unit_test(begins_at_the_full_utc_hour_and_lasts_five),
        cmocka_unit_test(a_call_on_the_hour_begins_there),
        cmocka_unit_test(exactly_five_hours_from_the_start_still_belong_to_it),
        cmocka_unit_test(exactly_five_hours_of_silence_make_no_gap),
        cmocka_unit_test(a_longer_silence_makes_a_gap_from_five_hours_after_the_last_call),
        cmocka_unit_test(a_gap_within_the_next_blocks_first_hour_stands_after_it),
        cmocka_unit_test(crosses_midnight),
        cmocka_unit_test(is_active_before_its_end_and_within_five_hours_of_the_last_call),
        cmocka_unit_test(a_call_not_counted_still_opens_and_holds_a_block),
        cmocka_unit_test(knows_the_models_of_a_block_by_cost),
        cmocka_unit_test(keeps_every_call_of_many_blocks),
        cmocka_unit_test(says_when_a_sum_is_too_large),
        cmocka_unit_test(looks_ahead_at_the_pace_so_far),
        cmocka_unit_test(has_no_pace_from_one_instant_nor_in_a_block_that_is_over),
        cmocka_unit_test(an_outlook_never_leaves_int64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
