#include "measure/alert.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/clock.h"
#include "measure/worked.h"

#define DOLLAR INT64_C(1000000000)

static const struct alert_limits limits = { 0.80, 0.85, 1.20, 0.10 };

/* A session with nothing to be alarmed about. */
static struct summary calm(void)
{
    return (struct summary){ .budget_nano_usd = -1, .estimate_minutes = -1, .quality = -1 };
}

/* The one alert that holds; rule NULL when none does. */
static struct alert the_alert(struct arena *arena, const struct summary *session,
                              const struct worked *worked)
{
    struct alert *alerts;
    size_t count;
    alert_check(&limits, session, worked, arena, &alerts, &count);
    assert_true(count <= 1);
    return count ? alerts[0] : (struct alert){ 0 };
}

enum strength { SILENT, WEAK, STRONG };

static enum strength strength_of(const char *rule, const struct summary *session,
                                 const struct worked *worked)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct alert alert = the_alert(&arena, session, worked);
    if (!alert.rule)
        return SILENT;
    assert_string_equal(alert.rule, rule);
    assert_non_null(alert.text);
    return alert.strong ? STRONG : WEAK;
}

static enum strength cost(int64_t budget, int64_t spent)
{
    struct summary session = calm();
    struct worked worked = { .sum.cost_nano_usd = spent };
    session.budget_nano_usd = budget;
    return strength_of("cost", &session, &worked);
}

static enum strength time_of(int64_t estimate, int64_t active_ns)
{
    struct summary session = calm();
    struct worked worked = { .active_ns = active_ns };
    session.estimate_minutes = estimate;
    return strength_of("time", &session, &worked);
}

static enum strength errors(int64_t failed, int64_t all)
{
    struct summary session = calm();
    struct worked worked = { .tool_calls = all, .tool_errors = failed };
    return strength_of("errors", &session, &worked);
}

static enum strength quality(double score)
{
    struct summary session = calm();
    struct worked worked = { 0 };
    session.quality = score;
    return strength_of("quality", &session, &worked);
}

static void nothing_known_raises_nothing(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct summary session = calm();
    struct worked worked = { 0 };
    assert_null(the_alert(&arena, &session, &worked).rule);
}

static void cost_speaks_at_80_percent_and_is_strong_at_100(void **state)
{
    (void)state;
    for (int64_t budget = 5; budget < INT64_C(9000000) * DOLLAR; budget *= 5) {
        assert_int_equal(cost(budget, budget / 5 * 4 - 1), SILENT);
        assert_int_equal(cost(budget, budget / 5 * 4), WEAK);
        assert_int_equal(cost(budget, budget - 1), WEAK);
        assert_int_equal(cost(budget, budget), STRONG);
        assert_int_equal(cost(budget, budget + 1), STRONG);
    }
    assert_int_equal(cost(4 * DOLLAR, 3199999999), SILENT);
    assert_int_equal(cost(4 * DOLLAR, 3200000000), WEAK);
}

static void without_a_budget_no_cost_is_too_high(void **state)
{
    (void)state;
    assert_int_equal(cost(-1, 1000 * DOLLAR), SILENT);
    assert_int_equal(cost(0, 1000 * DOLLAR), SILENT);
    assert_int_equal(cost(4 * DOLLAR, 0), SILENT);
}

static void quality_speaks_below_85_and_only_weakly(void **state)
{
    (void)state;
    assert_int_equal(quality(0.85), SILENT);
    assert_int_equal(quality(0.8499999), WEAK);
    assert_int_equal(quality(0), WEAK);
    assert_int_equal(quality(1), SILENT);
    assert_int_equal(quality(-1), SILENT); /* not scored */
}

static void time_speaks_at_120_percent(void **state)
{
    (void)state;
    for (int64_t estimate = 5; estimate < 100000; estimate += 5) {
        int64_t limit = estimate / 5 * 6 * CLOCK_MINUTE_NS;
        assert_int_equal(time_of(estimate, limit - CLOCK_SECOND_NS), SILENT);
        assert_int_equal(time_of(estimate, limit), STRONG);
    }
    assert_int_equal(time_of(35, 42 * CLOCK_MINUTE_NS - 1), SILENT);
    assert_int_equal(time_of(35, 42 * CLOCK_MINUTE_NS), STRONG);
    assert_int_equal(time_of(-1, 1000 * CLOCK_HOUR_NS), SILENT);
    assert_int_equal(time_of(0, 1000 * CLOCK_HOUR_NS), SILENT);
}

static void errors_speak_above_10_percent_of_at_least_ten_calls(void **state)
{
    (void)state;
    assert_int_equal(errors(0, 0), SILENT);
    assert_int_equal(errors(9, 9), SILENT); /* nine calls say too little */
    assert_int_equal(errors(0, 10), SILENT);
    for (int64_t failed = 1; failed < 3000; failed++)
        assert_int_equal(errors(failed, 10 * failed), SILENT); /* 10 % itself, exactly */
    assert_int_equal(errors(2, 10), WEAK);
    assert_int_equal(errors(1000, 9999), WEAK);
}

/* Lower ends of the 95 % Wilson interval: 3 of 10 0.1078, 2 of 10 0.0567, 17 of 100 0.1089,
 * 16 of 100 0.1010, 15 of 100 0.0931. */
static void an_error_rate_is_strong_when_its_interval_lies_above(void **state)
{
    (void)state;
    assert_int_equal(errors(2, 10), WEAK);
    assert_int_equal(errors(3, 10), STRONG);
    assert_int_equal(errors(11, 100), WEAK);
    assert_int_equal(errors(15, 100), WEAK);
    assert_int_equal(errors(16, 100), STRONG);
    assert_int_equal(errors(17, 100), STRONG);
    assert_int_equal(errors(10, 10), STRONG);
}

static void texts_say_the_figures(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct summary session = calm();
    struct worked worked = { .sum.cost_nano_usd = INT64_C(3209999999) };
    session.budget_nano_usd = 4 * DOLLAR;
    assert_string_equal(the_alert(&arena, &session, &worked).text, "$3.21 of $4.00 (80 %)");
    session = calm();
    session.quality = 0.7;
    assert_string_equal(the_alert(&arena, &session, &worked).text, "quality 0.70 < 0.85");
    session = calm();
    session.estimate_minutes = 35;
    worked = (struct worked){ .active_ns = 42 * CLOCK_MINUTE_NS + 59 * CLOCK_SECOND_NS };
    assert_string_equal(the_alert(&arena, &session, &worked).text,
                        "42m is 123 % of the 35m estimate");
    session = calm();
    worked = (struct worked){ .tool_calls = 50, .tool_errors = 9 };
    assert_string_equal(the_alert(&arena, &session, &worked).text,
                        "9 of 50 calls failed, 18 % > 10 %");
}

static void all_that_hold_come_in_the_order_of_the_table(void **state)
{
    (void)state;
    static const char *const rules[] = { "cost", "quality", "time", "errors" };
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct summary session = { .budget_nano_usd = 1, .estimate_minutes = 1, .quality = 0.1 };
    struct worked worked = {
        .sum.cost_nano_usd = 1, .active_ns = CLOCK_HOUR_NS, .tool_calls = 20, .tool_errors = 20
    };
    struct alert *alerts;
    size_t count;
    alert_check(&limits, &session, &worked, &arena, &alerts, &count);
    assert_int_equal(count, ARRAY_LEN(rules));
    for (size_t i = 0; i < count; i++)
        assert_string_equal(alerts[i].rule, rules[i]);
}

static void the_limits_are_the_callers(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    static const struct alert_limits high = { 2.0, 0.1, 3.0, 0.9 };
    struct summary session = { .budget_nano_usd = DOLLAR, .estimate_minutes = 10, .quality = 0.5 };
    struct worked worked = { .sum.cost_nano_usd = DOLLAR,
                             .active_ns = 29 * CLOCK_MINUTE_NS,
                             .tool_calls = 20,
                             .tool_errors = 18 };
    struct alert *alerts;
    size_t count;
    alert_check(&high, &session, &worked, &arena, &alerts, &count);
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_known_raises_nothing),
        cmocka_unit_test(cost_speaks_at_80_percent_and_is_strong_at_100),
        cmocka_unit_test(without_a_budget_no_cost_is_too_high),
        cmocka_unit_test(quality_speaks_below_85_and_only_weakly),
        cmocka_unit_test(time_speaks_at_120_percent),
        cmocka_unit_test(errors_speak_above_10_percent_of_at_least_ten_calls),
        cmocka_unit_test(an_error_rate_is_strong_when_its_interval_lies_above),
        cmocka_unit_test(texts_say_the_figures),
        cmocka_unit_test(all_that_hold_come_in_the_order_of_the_table),
        cmocka_unit_test(the_limits_are_the_callers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
