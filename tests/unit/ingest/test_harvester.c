#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "ingest/harvester.h"

#define MINUTE_NS (INT64_C(60) * 1000000000)

static struct call call_with(const char *message_id, const char *request_id, int64_t output)
{
    return (struct call){ .message_id = message_id,
                          .request_id = request_id,
                          .uuid = "u",
                          .origin_session = "",
                          .model = "m",
                          .branch = "",
                          .at_ns = 100,
                          .usage = { .input = 3, .output = output } };
}

/* What is left of two records of one call, whichever comes first. */
static struct call folded(struct arena *arena, struct call one, struct call other)
{
    struct call results[2];
    for (int i = 0; i < 2; i++) {
        struct harvester *harvester = harvester_new(arena);
        harvester_call(harvester, i ? &other : &one);
        harvester_call(harvester, i ? &one : &other);
        const struct harvest *harvest = harvester_result(harvester);
        assert_int_equal(harvest->call_count, 1);
        results[i] = harvest->calls[0];
    }
    assert_string_equal(results[0].uuid, results[1].uuid);
    assert_string_equal(results[0].model, results[1].model);
    assert_int_equal(results[0].usage.output, results[1].usage.output);
    assert_int_equal(results[0].at_ns, results[1].at_ns);
    assert_int_equal(results[0].flags, results[1].flags);
    return results[0];
}

static void a_new_harvest_is_empty(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct harvester *harvester = harvester_new(&arena);
    const struct harvest *harvest = harvester_result(harvester);
    assert_int_equal(harvest->call_count, 0);
    assert_int_equal(harvest->span_count, 0);
    assert_int_equal(harvest->lines, 0);
    assert_string_equal(harvest->session, "");
    assert_string_equal(harvest->cwd, "");
}

static void the_record_with_the_most_output_wins_whole(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct call one = call_with("msg", "req", 4);
    struct call other = call_with("msg", "req", 300);
    one.uuid = "first";
    one.usage.cache_read = 5000;
    one.at_ns = 50;
    other.uuid = "last";
    other.model = "n";
    other.branch = "main";
    other.origin_session = "s";
    other.speed = CALL_FAST;
    other.at_ns = 90;
    struct call call = folded(&arena, one, other);
    assert_string_equal(call.message_id, "msg");
    assert_string_equal(call.request_id, "req");
    assert_string_equal(call.uuid, "last");
    assert_string_equal(call.model, "n");
    assert_string_equal(call.branch, "main");
    assert_string_equal(call.origin_session, "s");
    assert_int_equal(call.speed, CALL_FAST);
    assert_int_equal(call.usage.output, 300);
    assert_int_equal(call.usage.cache_read, 0);
    assert_int_equal(call.at_ns, 90);
}

static void with_the_same_output_the_larger_total_wins(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct call one = call_with("msg", "req", 300);
    struct call other = call_with("msg", "req", 300);
    one.at_ns = 50;
    other.usage.cache_write_1h = 1;
    other.at_ns = 90;
    assert_int_equal(folded(&arena, one, other).at_ns, 90);
}

static void with_the_same_tokens_the_earliest_wins(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct call one = call_with("msg", "req", 300);
    struct call other = call_with("msg", "req", 300);
    one.uuid = "b";
    one.at_ns = 50;
    other.uuid = "a";
    other.at_ns = 90;
    assert_string_equal(folded(&arena, one, other).uuid, "b");
}

static void all_else_equal_the_smaller_uuid_wins(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct call one = call_with("msg", "req", 300);
    struct call other = call_with("msg", "req", 300);
    one.uuid = "b";
    other.uuid = "a";
    assert_string_equal(folded(&arena, one, other).uuid, "a");
}

static void a_nested_record_never_beats_a_direct_one(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct call direct = call_with("msg", "req", 4);
    struct call nested = call_with("msg", "req", 300);
    direct.flags = CALL_SIDECHAIN;
    nested.flags = CALL_NESTED;
    struct call call = folded(&arena, direct, nested);
    assert_int_equal(call.usage.output, 4);
    assert_int_equal(call.flags, CALL_SIDECHAIN);
}

static void nested_records_fold_among_themselves(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct call one = call_with("msg", "req", 4);
    struct call other = call_with("msg", "req", 300);
    one.flags = CALL_NESTED;
    other.flags = CALL_NESTED;
    assert_int_equal(folded(&arena, one, other).usage.output, 300);
}

static void a_call_is_a_sidechains_only_if_all_its_records_are(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct call one = call_with("msg", "req", 4);
    struct call other = call_with("msg", "req", 300);
    other.flags = CALL_SIDECHAIN;
    assert_int_equal(folded(&arena, one, other).flags, 0);
    one.flags = CALL_SIDECHAIN;
    assert_int_equal(folded(&arena, one, other).flags, CALL_SIDECHAIN);
    one.flags = CALL_SIDECHAIN | CALL_OPEN;
    other.flags = 0;
    assert_int_equal(folded(&arena, one, other).flags, 0);
}

static void other_ids_and_other_advisors_are_other_calls(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct harvester *harvester = harvester_new(&arena);
    struct call calls[] = { call_with("msg", "req", 4), call_with("msg", "req2", 4),
                            call_with("msg2", "req", 4), call_with("", "req", 4),
                            call_with("msg", "req", 4) };
    calls[4].advisor = 1;
    for (size_t i = 0; i < 2 * ARRAY_LEN(calls); i++)
        harvester_call(harvester, &calls[i % ARRAY_LEN(calls)]);
    const struct harvest *harvest = harvester_result(harvester);
    assert_int_equal(harvest->call_count, ARRAY_LEN(calls));
    for (size_t i = 0; i < ARRAY_LEN(calls); i++)
        assert_string_equal(harvest->calls[i].message_id, calls[i].message_id);
}

static void records_without_a_request_id_are_all_kept(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct harvester *harvester = harvester_new(&arena);
    struct call call = call_with("msg", "", 4);
    harvester_call(harvester, &call);
    harvester_call(harvester, &call);
    assert_int_equal(harvester_result(harvester)->call_count, 2);
}

static void texts_are_copied(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct harvester *harvester = harvester_new(&arena);
    char text[] = "mine";
    struct call call = { text, text, text, text, text, text, .at_ns = 1 };
    harvester_call(harvester, &call);
    harvester_tool_use(harvester, &(struct tool_use){ text, text, 1 });
    harvester_tool_result(harvester, &(struct tool_result){ text, TOOL_OK, 1, 9 });
    harvester_prompt(harvester, &(struct prompt){ text, text, 1 });
    harvester_api_error(harvester, &(struct api_error){ text, 1 });
    harvester_origin(harvester, text, text);
    text[0] = '?';
    call.usage.output = 9; /* a winner's texts are copied as well */
    call.message_id = call.request_id = "mine";
    harvester_call(harvester, &call);
    text[0] = '!';
    const struct harvest *harvest = harvester_result(harvester);
    assert_int_equal(harvest->call_count, 1);
    assert_string_equal(harvest->calls[0].message_id, "mine");
    assert_string_equal(harvest->calls[0].uuid, "?ine");
    assert_string_equal(harvest->calls[0].model, "?ine");
    assert_string_equal(harvest->calls[0].branch, "?ine");
    assert_string_equal(harvest->calls[0].origin_session, "?ine");
    assert_string_equal(harvest->tool_uses[0].id, "mine");
    assert_string_equal(harvest->tool_uses[0].name, "mine");
    assert_string_equal(harvest->tool_results[0].id, "mine");
    assert_string_equal(harvest->prompts[0].uuid, "mine");
    assert_string_equal(harvest->prompts[0].text, "mine");
    assert_string_equal(harvest->api_errors[0].uuid, "mine");
    assert_string_equal(harvest->session, "mine");
    assert_string_equal(harvest->cwd, "mine");
}

static void facts_keep_their_order(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct harvester *harvester = harvester_new(&arena);
    for (int64_t i = 0; i < 1000; i++) {
        harvester_tool_use(harvester, &(struct tool_use){ "id", i % 2 ? "Bash" : "Read", i });
        harvester_tool_result(harvester, &(struct tool_result){ "id", TOOL_DECLINED, i, 0 });
        harvester_prompt(harvester, &(struct prompt){ "", "hello", i });
        harvester_api_error(harvester, &(struct api_error){ "", i });
        harvester_damage(harvester, &(struct damage){ i, 7, "why" });
        harvester_line(harvester);
    }
    const struct harvest *harvest = harvester_result(harvester);
    assert_int_equal(harvest->tool_use_count, 1000);
    assert_int_equal(harvest->tool_result_count, 1000);
    assert_int_equal(harvest->prompt_count, 1000);
    assert_int_equal(harvest->api_error_count, 1000);
    assert_int_equal(harvest->damage_count, 1000);
    assert_int_equal(harvest->lines, 1000);
    for (int64_t i = 0; i < 1000; i++) {
        assert_int_equal(harvest->tool_uses[i].at_ns, i);
        assert_string_equal(harvest->tool_uses[i].name, i % 2 ? "Bash" : "Read");
        assert_int_equal(harvest->tool_results[i].at_ns, i);
        assert_int_equal(harvest->tool_results[i].state, TOOL_DECLINED);
        assert_int_equal(harvest->prompts[i].at_ns, i);
        assert_int_equal(harvest->api_errors[i].at_ns, i);
        assert_int_equal(harvest->damages[i].offset, i);
        assert_string_equal(harvest->damages[i].reason, "why");
    }
}

static void the_first_origin_is_kept(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct harvester *harvester = harvester_new(&arena);
    harvester_origin(harvester, "", "");
    harvester_origin(harvester, "s1", "");
    harvester_origin(harvester, "s2", "/a");
    harvester_origin(harvester, "s3", "/b");
    assert_string_equal(harvester_result(harvester)->session, "s1");
    assert_string_equal(harvester_result(harvester)->cwd, "/a");
}

static void times_a_gap_apart_are_one_span_and_no_further(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct harvester *harvester = harvester_new(&arena);
    harvester_seen(harvester, 0);
    harvester_seen(harvester, ACTIVITY_GAP_NS);
    harvester_seen(harvester, 2 * ACTIVITY_GAP_NS + 1);
    const struct harvest *harvest = harvester_result(harvester);
    assert_int_equal(harvest->span_count, 2);
    assert_int_equal(harvest->spans[0].from_ns, 0);
    assert_int_equal(harvest->spans[0].to_ns, ACTIVITY_GAP_NS);
    assert_int_equal(harvest->spans[1].from_ns, 2 * ACTIVITY_GAP_NS + 1);
    assert_int_equal(harvest->spans[1].to_ns, 2 * ACTIVITY_GAP_NS + 1);
}

static void times_out_of_order_make_the_same_spans(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    /* 4 bridges 0 and 8 to one span; 60 and 64 another; 100 alone. */
    static const int64_t minutes[] = { 100, 8, 60, 0, 64, 62, 4, 0 };
    struct harvester *harvester = harvester_new(&arena);
    for (size_t i = 0; i < ARRAY_LEN(minutes); i++)
        harvester_seen(harvester, minutes[i] * MINUTE_NS);
    const struct harvest *harvest = harvester_result(harvester);
    assert_int_equal(harvest->span_count, 3);
    assert_int_equal(harvest->spans[0].from_ns, 0);
    assert_int_equal(harvest->spans[0].to_ns, 8 * MINUTE_NS);
    assert_int_equal(harvest->spans[1].from_ns, 60 * MINUTE_NS);
    assert_int_equal(harvest->spans[1].to_ns, 64 * MINUTE_NS);
    assert_int_equal(harvest->spans[2].from_ns, 100 * MINUTE_NS);
    assert_int_equal(harvest->spans[2].to_ns, 100 * MINUTE_NS);
}

static void collecting_goes_on_after_a_look_at_the_result(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct harvester *harvester = harvester_new(&arena);
    for (int64_t i = 0; i < 100; i++) /* two interleaved stretches: many spans until joined */
        harvester_seen(harvester, (i % 2 ? 10000 : 0) * MINUTE_NS + i * MINUTE_NS);
    assert_int_equal(harvester_result(harvester)->span_count, 2);
    harvester_seen(harvester, 5000 * MINUTE_NS);
    const struct harvest *harvest = harvester_result(harvester);
    assert_int_equal(harvest->span_count, 3);
    assert_int_equal(harvest->spans[0].to_ns, 98 * MINUTE_NS);
    assert_int_equal(harvest->spans[1].from_ns, 5000 * MINUTE_NS);
    assert_int_equal(harvest->spans[2].to_ns, 10099 * MINUTE_NS);
}

static void the_ends_of_time_do_not_overflow(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct harvester *harvester = harvester_new(&arena);
    harvester_seen(harvester, INT64_MAX);
    harvester_seen(harvester, INT64_MIN);
    const struct harvest *harvest = harvester_result(harvester);
    assert_int_equal(harvest->span_count, 2);
    assert_int_equal(harvest->spans[0].from_ns, INT64_MIN);
}

static void a_million_records_fold_to_their_calls(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct harvester *harvester = harvester_new(&arena);
    enum { RECORDS = 1000000, CALLS = 250000 };
    for (int64_t i = 0; i < RECORDS; i++) {
        char request[32];
        (void)snprintf(request, sizeof(request), "req_%d", (int)(i % CALLS));
        struct call call = call_with("msg", request, i / CALLS);
        harvester_call(harvester, &call);
        harvester_seen(harvester, (RECORDS - i) * 2 * ACTIVITY_GAP_NS);
    }
    const struct harvest *harvest = harvester_result(harvester);
    assert_int_equal(harvest->call_count, CALLS);
    assert_int_equal(harvest->span_count, RECORDS);
    for (size_t i = 0; i < CALLS; i++)
        assert_int_equal(harvest->calls[i].usage.output, RECORDS / CALLS - 1);
    for (size_t i = 1; i < RECORDS; i++)
        assert_true(harvest->spans[i - 1].to_ns < harvest->spans[i].from_ns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_harvest_is_empty),
        cmocka_unit_test(the_record_with_the_most_output_wins_whole),
        cmocka_unit_test(with_the_same_output_the_larger_total_wins),
        cmocka_unit_test(with_the_same_tokens_the_earliest_wins),
        cmocka_unit_test(all_else_equal_the_smaller_uuid_wins),
        cmocka_unit_test(a_nested_record_never_beats_a_direct_one),
        cmocka_unit_test(nested_records_fold_among_themselves),
        cmocka_unit_test(a_call_is_a_sidechains_only_if_all_its_records_are),
        cmocka_unit_test(other_ids_and_other_advisors_are_other_calls),
        cmocka_unit_test(records_without_a_request_id_are_all_kept),
        cmocka_unit_test(texts_are_copied),
        cmocka_unit_test(facts_keep_their_order),
        cmocka_unit_test(the_first_origin_is_kept),
        cmocka_unit_test(times_a_gap_apart_are_one_span_and_no_further),
        cmocka_unit_test(times_out_of_order_make_the_same_spans),
        cmocka_unit_test(collecting_goes_on_after_a_look_at_the_result),
        cmocka_unit_test(the_ends_of_time_do_not_overflow),
        cmocka_unit_test(a_million_records_fold_to_their_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
