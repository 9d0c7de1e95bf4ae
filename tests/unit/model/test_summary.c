#include "model/summary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "session_sample.h"

static struct summary summed(struct arena *arena, const char *more)
{
    struct session session = sample(arena, more);
    struct summary summary;
    summary_of(&session, arena, &summary);
    return summary;
}

static void a_bare_session_is_mostly_not_known(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct summary summary = summed(&arena, "");
    assert_string_equal(summary.id, SAMPLE_ID);
    assert_int_equal(summary.level, LEVEL_DEVELOPMENT);
    assert_int_equal(summary.status, SESSION_ACTIVE);
    assert_int_equal(summary.episode, -1);
    assert_string_equal(summary.purpose, "");
    assert_int_equal(summary.started_at_ns, SAMPLE_AT);
    assert_int_equal(summary.ended_at_ns, 0);
    assert_int_equal(summary.budget_nano_usd, -1);
    assert_int_equal(summary.estimate_minutes, -1);
    assert_int_equal(summary.tasks_pending, 0);
    assert_int_equal(summary.tasks_done, 0);
    assert_true(summary.quality < 0);
    assert_int_equal(summary.frozen_tokens, -1);
    assert_int_equal(summary.frozen_nano_usd, -1);
    assert_int_equal(summary.frozen_active_s, -1);
    assert_int_equal(summary.claim_count, 1);
    assert_null(summary.claims[0].agent_session);
}

static void everything_said_is_summed_up(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct summary summary =
        summed(&arena, "\"purpose\":\"tools\",\"budget\":2,\"estimate_minutes\":30,"
                       "\"ended_at\":\"2026-10-06T15:55:00Z\",\"agent_sessions\":[{\"id\":\"a\"},"
                       "{\"id\":\"b\"}],\"metrics\":{\"cost_tracking\":{\"claude_tokens\":1234,"
                       "\"total_cost_usd\":0.123456789},\"time_tracking\":{\"active_seconds\":77},"
                       "\"quality_tracking\":{\"quality_scores\":{\"overall\":0.9}},"
                       "\"progress_tracking\":{\"tasks_pending\":[\"a\",\"b\",\"c\"],"
                       "\"tasks_completed\":[\"d\"],\"tasks_dropped\":[\"e\",\"f\"]}}");
    assert_string_equal(summary.purpose, "tools");
    assert_int_equal(summary.budget_nano_usd, INT64_C(2000000000));
    assert_int_equal(summary.estimate_minutes, 30);
    assert_int_equal(summary.ended_at_ns, SAMPLE_AT + CLOCK_HOUR_NS);
    assert_int_equal(summary.tasks_pending, 3);
    assert_int_equal(summary.tasks_done, 1);
    assert_true(summary.quality > 0.899 && summary.quality < 0.901);
    assert_int_equal(summary.frozen_tokens, 1234);
    assert_int_equal(summary.frozen_nano_usd, 123456789);
    assert_int_equal(summary.frozen_active_s, 77);
    assert_int_equal(summary.claim_count, 2);
    assert_string_equal(summary.claims[1].agent_session, "b");
    assert_int_equal(summary.claims[1].to_ns, SAMPLE_AT + CLOCK_HOUR_NS);
}

static void zero_is_known_and_null_is_not(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct summary summary = summed(
        &arena, "\"metrics\":{\"cost_tracking\":{\"claude_tokens\":0,\"total_cost_usd\":0.0}}");
    assert_int_equal(summary.frozen_tokens, 0);
    assert_int_equal(summary.frozen_nano_usd, 0);
    summary = summed(&arena, "\"metrics\":{\"cost_tracking\":{\"claude_tokens\":null,"
                             "\"total_cost_usd\":null}}");
    assert_int_equal(summary.frozen_tokens, -1);
    assert_int_equal(summary.frozen_nano_usd, -1);
}

static void amounts_out_of_reach_are_not_known(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    static const char *const amounts[] = { "1e300", "-5", "\"4\"", "9.1e9" };
    for (size_t i = 0; i < ARRAY_LEN(amounts); i++) {
        const char *more = arena_printf(
            &arena, "\"metrics\":{\"cost_tracking\":{\"total_cost_usd\":%s}}", amounts[i]);
        assert_int_equal(summed(&arena, more).frozen_nano_usd, -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bare_session_is_mostly_not_known),
        cmocka_unit_test(everything_said_is_summed_up),
        cmocka_unit_test(zero_is_known_and_null_is_not),
        cmocka_unit_test(amounts_out_of_reach_are_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
