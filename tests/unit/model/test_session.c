#include "model/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "session_sample.h"

/* --- reading --- */

static void a_file_becomes_plain_fields(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct session session =
        sample(&arena, "\"purpose\":\"tools\",\"budget\":4.25,\"estimate_minutes\":90,"
                       "\"ended_at\":\"2026-10-06T16:00:00+01:00\"");
    assert_string_equal(session.id, SAMPLE_ID);
    assert_int_equal(session.level, LEVEL_DEVELOPMENT);
    assert_int_equal(session.status, SESSION_ACTIVE);
    assert_string_equal(session.purpose, "tools");
    assert_int_equal(session.episode, -1);
    assert_int_equal(session.started_at_ns, SAMPLE_AT);
    assert_int_equal(session.ended_at_ns, SAMPLE_AT + 5 * CLOCK_MINUTE_NS);
    assert_int_equal(session.budget_nano_usd, INT64_C(4250000000));
    assert_int_equal(session.estimate_minutes, 90);
    assert_false(session.needs_newer);
}

static void what_is_not_said_is_not_there(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    static const char *const more[] = { "", "\"purpose\":null,\"budget\":null,"
                                            "\"estimate_minutes\":null,\"ended_at\":null,"
                                            "\"metrics\":null,\"tags\":null,\"timeline\":null" };
    for (size_t i = 0; i < ARRAY_LEN(more); i++) {
        struct session session = sample(&arena, more[i]);
        assert_null(session.purpose);
        assert_int_equal(session.ended_at_ns, 0);
        assert_int_equal(session.budget_nano_usd, -1);
        assert_int_equal(session.estimate_minutes, -1);
    }
}

static void every_status_and_every_level_is_understood(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    static const char *const ids[] = { "dev_20261006_1455", "ep_014_20261006_1455",
                                       "plan_20261006_1455", "code_20261006_1455_2" };
    static const char *const names[] = { "active", "paused", "stale", "completed", "abandoned" };
    for (size_t i = 0; i < ARRAY_LEN(ids) * ARRAY_LEN(names); i++) {
        const char *id = ids[i % ARRAY_LEN(ids)];
        const char *name = names[i / ARRAY_LEN(ids)];
        const char *text = arena_printf(
            &arena, "{\"session_id\":\"%s\",\"level\":%zu,\"status\":\"%s\",\"started_at\":\"%s\"}",
            id, i % ARRAY_LEN(ids) + 1, name, "2026-10-06T14:55:00Z");
        struct session session;
        struct err err = { 0 };
        assert_true(session_parse(&arena, text, strlen(text), "x.json", &session, &err));
        assert_int_equal(session.level, i % ARRAY_LEN(ids) + 1);
        assert_string_equal(session_status_name(session.status), name);
        assert_int_equal(session_is_open(&session), i / ARRAY_LEN(ids) < 3);
        assert_int_equal(session.episode, session.level == LEVEL_PRODUCTION ? 14 : -1);
    }
}

static void refuse(const char *text, const char *member)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct session session;
    struct err err = { 0 };
    const char *name = "/p/" SAMPLE_ID ".json";
    if (session_parse(&arena, text, strlen(text), name, &session, &err))
        fail_msg("taken: %s", text);
    assert_int_equal(err.code, ERR_DAMAGED);
    if (!strstr(err.text, member))
        fail_msg("'%s' does not name %s", err.text, member);
    assert_memory_equal(err.where, name, strlen(name));
}

static void every_malformed_member_is_damage_that_names_it(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    static const char *const bad[][2] = {
        { "'schema_version'", "\"schema_version\":0" },
        { "'schema_version'", "\"schema_version\":-3" },
        { "'schema_version'", "\"schema_version\":\"1\"" },
        { "'min_writer'", "\"min_writer\":\"2\"" },
        { "'budget'", "\"budget\":\"$4\"" },
        { "'budget'", "\"budget\":1e300" },
        { "'budget'", "\"budget\":true" },
        { "'estimate_minutes'", "\"estimate_minutes\":\"1h\"" },
        { "'estimate_minutes'", "\"estimate_minutes\":1.5" },
        { "'purpose'", "\"purpose\":5" },
        { "'ended_at'", "\"ended_at\":\"yesterday\"" },
        { "'ended_at'", "\"ended_at\":5" },
        { "'ended_at'", "\"ended_at\":\"\"" },
        { "'tags'", "\"tags\":[\"a=b\"]" },
        { "'agent_sessions'", "\"agent_sessions\":{}" },
        { "'timeline'", "\"timeline\":\"none\"" },
        { "'metrics'", "\"metrics\":[]" },
        { "'metrics.cost_tracking'", "\"metrics\":{\"cost_tracking\":5}" },
        { "'metrics.cost_tracking.api_calls'",
          "\"metrics\":{\"cost_tracking\":{\"api_calls\":3}}" },
        { "'metrics.quality_tracking.quality_scores'",
          "\"metrics\":{\"quality_tracking\":{\"quality_scores\":[]}}" },
        { "'metrics.progress_tracking'", "\"metrics\":{\"progress_tracking\":[]}" },
        { "'metrics.progress_tracking.tasks_pending'",
          "\"metrics\":{\"progress_tracking\":{\"tasks_pending\":\"one\"}}" },
        { "'metrics.progress_tracking.tasks_completed'",
          "\"metrics\":{\"progress_tracking\":{\"tasks_completed\":{}}}" },
        { "'metrics.progress_tracking.blockers'",
          "\"metrics\":{\"progress_tracking\":{\"blockers\":0}}" },
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        refuse(sample_text(&arena, bad[i][1]), bad[i][0]);
}

static void what_every_file_must_have_is_missed_by_name(void **state)
{
    (void)state;
    static const char head[] = "{\"session_id\":\"" SAMPLE_ID "\",\"level\":1,";
    CLEANUP(arena_free) struct arena arena = { 0 };
    static const char *const bad[][2] = {
        { "'status'", "\"started_at\":\"2026-10-06T14:55:00Z\"}" },
        { "'status'", "\"status\":\"Active\",\"started_at\":\"2026-10-06T14:55:00Z\"}" },
        { "'status'", "\"status\":null,\"started_at\":\"2026-10-06T14:55:00Z\"}" },
        { "'started_at'", "\"status\":\"active\"}" },
        { "'started_at'", "\"status\":\"active\",\"started_at\":null}" },
        { "'started_at'", "\"status\":\"active\",\"started_at\":\"2026-10-06\"}" },
        { "'started_at'", "\"status\":\"active\",\"started_at\":1791298500}" },
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        refuse(arena_printf(&arena, "%s%s", head, bad[i][1]), bad[i][0]);
    refuse("{\"level\":1}", "'session_id'");
    refuse("{\"session_id\":\"../x\",\"level\":1}", "'session_id'");
    refuse("{\"session_id\":\"dev_20261006_1456\",\"level\":1}", "not the file's name");
    refuse("{\"session_id\":\"" SAMPLE_ID "\"}", "'level'");
    refuse("{\"session_id\":\"" SAMPLE_ID "\",\"level\":2}", "'level'");
    refuse("{\"session_id\":\"" SAMPLE_ID "\",\"level\":\"1\"}", "'level'");
    refuse("[]", "no object");
    refuse("null", "no object");
    refuse("{", "not valid JSON");
    refuse("", "not valid JSON");
}

static void a_file_of_a_newer_writer_can_be_read(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    assert_true(
        sample(&arena, "\"min_writer\":2,\"timeline\":{\"of another\":\"kind\"}").needs_newer);
    assert_false(sample(&arena, "\"min_writer\":1,\"schema_version\":7").needs_newer);
}

/* --- what others wrote is kept --- */

static void unknown_members_survive_in_place_and_order(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    static const char text[] =
        "{\"//\":\"mine\",\"status\":\"active\",\"zeta\":[1,{\"k\":null}],\"level\":1,"
        "\"session_id\":\"" SAMPLE_ID "\",\"x\":1.5,\"started_at\":\"2026-10-06T14:55:00Z\","
        "\"updated_at\":\"2026-10-06T14:55:00Z\",\"alpha\":{\"b\":1,\"a\":2},\"timeline\":[]}";
    struct session session = sample_parsed(&arena, text);
    assert_string_equal(sample_written(&arena, session.root), text);
    session_touch(&session, SAMPLE_AT + CLOCK_MINUTE_NS);
    (void)session_log(&session, "note", SAMPLE_AT);
    assert_string_equal(
        sample_written(&arena, session.root),
        "{\"//\":\"mine\",\"status\":\"active\",\"zeta\":[1,{\"k\":null}],\"level\":1,"
        "\"session_id\":\"" SAMPLE_ID "\",\"x\":1.5,\"started_at\":\"2026-10-06T14:55:00Z\","
        "\"updated_at\":\"2026-10-06T14:56:00Z\",\"alpha\":{\"b\":1,\"a\":2},\"timeline\":"
        "[{\"at\":\"2026-10-06T14:55:00Z\",\"event\":\"note\"}]}");
}

static void written_and_read_again_it_is_the_same(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct session session = sample(&arena, "\"budget\":0.1,\"tags\":{\"k\":\"v\"}");
    struct buf out;
    buf_init(&out, &arena, 1 << 16);
    session_write(&session, &out);
    struct session again = sample_parsed(&arena, out.text);
    assert_true(json_same(session.root, again.root));
    assert_int_equal(again.budget_nano_usd, 100000000);
    assert_string_equal(out.text + out.length - 2, "}\n");
}

/* --- making --- */

static const char template_text[] =
    "{\"metrics\":{\"cost_tracking\":{\"claude_tokens\":null,\"api_calls\":{\"perplexity\":null,"
    "\"elevenlabs\":null},\"total_cost_usd\":null},\"quality_tracking\":{\"quality_scores\":"
    "{\"brand_alignment\":null,\"overall\":null}},\"progress_tracking\":{\"tasks_completed\":[],"
    "\"tasks_pending\":[],\"blockers\":[],\"learnings\":[]}},\"level_metrics\":{\"builds\":null},"
    "\"stages\":[{\"id\":\"s1\"}],\"gates\":[],\"patterns\":[],\"house_rule\":\"kept\","
    "\"status\":\"completed\"}";

static struct session made(struct arena *arena, const struct session_start *start)
{
    struct json *template = NULL;
    struct session session;
    struct err err = { 0 };
    assert_true(json_parse(arena, template_text, strlen(template_text), "t", &template, &err));
    session_new(arena, start, template, &session);
    assert_string_equal(session_status_name(session.status), "active");
    return session;
}

static const struct session_start full_start = {
    .id = "ep_014_20261006_1455",
    .level = LEVEL_PRODUCTION,
    .episode = 14,
    .purpose = "the storm",
    .project = "podcast",
    .branch = "main",
    .git_head = "0123456789012345678901234567890123456789",
    .agent_session = "agent-1",
    .by = "command line",
    .template_name = "production",
    .template_hash = "xxh3:0",
    .started_at_ns = SAMPLE_AT,
    .budget_nano_usd = INT64_C(4000000000),
    .estimate_minutes = 35,
    .measured = true,
};

static void a_new_session_has_every_block_by_its_name_and_in_order(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    static const char *const names[] = {
        "schema",  "schema_version", "session_id", "level",         "type",
        "purpose", "status",         "started_at", "updated_at",    "ended_at",
        "project", "template",       "episode",    "budget",        "estimate_minutes",
        "tags",    "agent_sessions", "metrics",    "level_metrics", "stages",
        "gates",   "timeline",       "patterns",   "imported",      "house_rule",
    };
    struct session session = made(&arena, &full_start);
    size_t i = 0;
    for (const char *key = json_next_key(session.root, NULL); key;
         key = json_next_key(session.root, key), i++) {
        assert_true(i < ARRAY_LEN(names));
        assert_string_equal(key, names[i]);
    }
    assert_int_equal(i, ARRAY_LEN(names));
    assert_string_equal(json_text(session.root, "type", ""), "production");
    assert_string_equal(json_text(session.root, "status", ""), "active");
    assert_int_equal(json_count(session.root, "episode", -1), 14);
    assert_int_equal(json_length(json_get(session.root, "stages")), 1);
    assert_true(json_decimal(session.root, "budget", 0) > 3.99);
    assert_string_equal(json_text(json_get(session.root, "template"), "hash", ""), "xxh3:0");
}

static void counters_begin_at_zero_only_when_a_log_can_be_read(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct session_start start = full_start;
    struct session session = made(&arena, &start);
    assert_string_equal(sample_written(&arena, json_at(session.root, "metrics.cost_tracking")),
                        "{\"claude_tokens\":0,\"api_calls\":{\"perplexity\":0,\"elevenlabs\":0},"
                        "\"total_cost_usd\":0.0}");
    start.measured = false;
    session = made(&arena, &start);
    assert_string_equal(sample_written(&arena, json_at(session.root, "metrics.cost_tracking")),
                        "{\"claude_tokens\":null,\"api_calls\":{\"perplexity\":null,"
                        "\"elevenlabs\":null},\"total_cost_usd\":null}");
}

static void scores_begin_null(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct session session = made(&arena, &full_start);
    double score = 7;
    assert_false(session_score(&session, "overall", &score));
    assert_false(session_score(&session, "brand_alignment", &score));
    assert_false(session_score(&session, "no such score", &score));
    assert_string_equal(
        sample_written(&arena, json_at(session.root, "metrics.quality_tracking.quality_scores")),
        "{\"brand_alignment\":null,\"overall\":null}");
    session = sample(&arena, "\"metrics\":{\"quality_tracking\":{\"quality_scores\":{\"overall\":0,"
                             "\"half\":0.5}}}");
    assert_true(session_score(&session, "overall", &score));
    assert_true(score < 0.01);
    assert_true(session_score(&session, "half", &score));
    assert_true(score > 0.49);
}

static void the_timeline_begins_with_who_what_and_where(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct session session = made(&arena, &full_start);
    assert_int_equal(json_length(json_get(session.root, "timeline")), 1);
    assert_string_equal(
        sample_written(&arena, json_item(json_get(session.root, "timeline"), 0)),
        "{\"at\":\"2026-10-06T14:55:00Z\",\"event\":\"start\",\"level\":2,\"purpose\":\"the "
        "storm\","
        "\"project\":\"podcast\",\"branch\":\"main\","
        "\"git_head\":\"0123456789012345678901234567890123456789\",\"template\":\"production\","
        "\"by\":\"command line\",\"agent_session\":\"agent-1\"}");
}

static void a_session_made_from_little_can_be_read_again(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct session_start start = { .id = SAMPLE_ID,
                                   .level = LEVEL_DEVELOPMENT,
                                   .episode = 14, /* means nothing at this level */
                                   .project = "p",
                                   .started_at_ns = SAMPLE_AT,
                                   .budget_nano_usd = -1,
                                   .estimate_minutes = -1 };
    struct session session;
    session_new(&arena, &start, json_new_object(&arena), &session);
    struct session again = sample_parsed(&arena, sample_written(&arena, session.root));
    assert_string_equal(again.id, session.id);
    assert_int_equal(again.episode, -1);
    assert_int_equal(session.episode, -1);
    assert_int_equal(again.started_at_ns, session.started_at_ns);
    assert_int_equal(again.budget_nano_usd, -1);
    assert_int_equal(again.estimate_minutes, -1);
    assert_null(again.purpose);
    assert_null(session.purpose);
    assert_int_equal(json_kind(json_get(again.root, "episode")), JSON_IS_NULL);
    assert_int_equal(json_length(json_get(again.root, "agent_sessions")), 0);
    assert_int_equal(json_kind(json_get(again.root, "metrics")), JSON_IS_OBJECT);
}

/* --- changing --- */

static void ending_says_so_in_fields_file_and_timeline(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct session session = sample(
        &arena, "\"agent_sessions\":[{\"id\":\"a\",\"from\":\"2026-10-06T14:55:00Z\",\"to\":null},"
                "{\"id\":\"b\",\"from\":\"2026-10-06T14:55:00Z\",\"to\":\"2026-10-06T15:00:00Z\"},"
                "{\"id\":\"c\"},\"by hand\"]");
    session_end(&session, SESSION_ABANDONED, NULL, SAMPLE_AT + CLOCK_HOUR_NS);
    assert_int_equal(session.status, SESSION_ABANDONED);
    assert_int_equal(session.ended_at_ns, SAMPLE_AT + CLOCK_HOUR_NS);
    assert_false(session_is_open(&session));
    assert_string_equal(
        sample_written(&arena, json_get(session.root, "agent_sessions")),
        "[{\"id\":\"a\",\"from\":\"2026-10-06T14:55:00Z\",\"to\":\"2026-10-06T15:55:00Z\"},"
        "{\"id\":\"b\",\"from\":\"2026-10-06T14:55:00Z\",\"to\":\"2026-10-06T15:00:00Z\"},"
        "{\"id\":\"c\",\"to\":\"2026-10-06T15:55:00Z\"},\"by hand\"]");
    assert_string_equal(sample_written(&arena, json_get(session.root, "timeline")),
                        "[{\"at\":\"2026-10-06T15:55:00Z\",\"event\":\"end\","
                        "\"status\":\"abandoned\",\"why\":null}]");
    assert_string_equal(json_text(session.root, "updated_at", ""), "2026-10-06T15:55:00Z");
    struct session again = sample_parsed(&arena, sample_written(&arena, session.root));
    assert_int_equal(again.status, SESSION_ABANDONED);
    assert_int_equal(again.ended_at_ns, session.ended_at_ns);
}

static void tags_are_set_replaced_and_told_in_order(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct session session = sample(&arena, "");
    assert_null(session_tag_at(&session, &arena, 0));
    session_tag(&session, "z", "1");
    session_tag(&session, "a", "2");
    session_tag(&session, "z", "3=4");
    assert_string_equal(session_tag_at(&session, &arena, 0), "z=3=4");
    assert_string_equal(session_tag_at(&session, &arena, 1), "a=2");
    assert_null(session_tag_at(&session, &arena, 2));
}

static void a_purpose_said_later_is_copied_into_both(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct session session = sample(&arena, "");
    char purpose[] = "later";
    session_set_purpose(&session, &arena, purpose);
    purpose[0] = 'X';
    assert_string_equal(session.purpose, "later");
    assert_string_equal(json_text(session.root, "purpose", ""), "later");
}

static void progress_lists_are_made_when_missing_and_kept_when_there(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct session session = sample(&arena, "\"metrics\":{\"mine\":1}");
    json_append_text(session_progress(&session, "learnings"), "one");
    json_append_text(session_progress(&session, "learnings"), "two");
    assert_string_equal(sample_written(&arena, json_get(session.root, "metrics")),
                        "{\"mine\":1,\"progress_tracking\":{\"learnings\":[\"one\",\"two\"]}}");
}

static void entries_are_objects_or_plain_strings(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct session session = sample(&arena, "\"l\":[{\"text\":\"a\"},\"b\",5,{\"text\":5},null]");
    static const char *const texts[] = { "a", "b", "", "", "", "" };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        assert_string_equal(session_entry_text(json_item(json_get(session.root, "l"), i)),
                            texts[i]);
}

/* --- claims --- */

static void check_claim(const char *more, size_t index, const struct session_claim *expected,
                        size_t count)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct session session = sample(&arena, more);
    struct session_claim *claims;
    size_t got;
    session_claims(&session, &arena, &claims, &got);
    assert_int_equal(got, count);
    if (expected->agent_session)
        assert_string_equal(claims[index].agent_session, expected->agent_session);
    else
        assert_null(claims[index].agent_session);
    assert_int_equal(claims[index].from_ns, expected->from_ns);
    assert_int_equal(claims[index].to_ns, expected->to_ns);
}

static void an_unbound_session_claims_its_project(void **state)
{
    (void)state;
    check_claim("", 0, &(struct session_claim){ NULL, SAMPLE_AT, INT64_MAX }, 1);
    check_claim("\"agent_sessions\":[],\"ended_at\":\"2026-10-06T15:55:00Z\"", 0,
                &(struct session_claim){ NULL, SAMPLE_AT, SAMPLE_AT + CLOCK_HOUR_NS }, 1);
}

static void a_bound_session_claims_its_agents_intervals(void **state)
{
    (void)state;
    static const char two[] =
        "\"agent_sessions\":[{\"id\":\"a\",\"from\":\"2026-10-06T15:00:00Z\","
        "\"to\":\"2026-10-06T15:10:00Z\"},{\"id\":\"b\",\"from\":\"2026-10-06T15:20:00Z\","
        "\"to\":null}]";
    const int64_t five = SAMPLE_AT + 5 * CLOCK_MINUTE_NS;
    check_claim(two, 0, &(struct session_claim){ "a", five, five + 10 * CLOCK_MINUTE_NS }, 2);
    check_claim(two, 1, &(struct session_claim){ "b", five + 20 * CLOCK_MINUTE_NS, INT64_MAX }, 2);
    /* Open at both ends: from the start to the end of the session. */
    check_claim("\"ended_at\":\"2026-10-06T15:55:00Z\",\"agent_sessions\":[{\"id\":\"a\"}]", 0,
                &(struct session_claim){ "a", SAMPLE_AT, SAMPLE_AT + CLOCK_HOUR_NS }, 1);
}

static void a_new_session_claims_the_agent_it_was_started_from(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct session session = made(&arena, &full_start);
    struct session_claim *claims;
    size_t count;
    session_claims(&session, &arena, &claims, &count);
    assert_int_equal(count, 1);
    assert_string_equal(claims[0].agent_session, "agent-1");
    assert_int_equal(claims[0].from_ns, SAMPLE_AT);
    assert_int_equal(claims[0].to_ns, INT64_MAX);
    session_end(&session, SESSION_COMPLETED, "done", SAMPLE_AT + CLOCK_HOUR_NS);
    session_claims(&session, &arena, &claims, &count);
    assert_int_equal(claims[0].to_ns, SAMPLE_AT + CLOCK_HOUR_NS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_becomes_plain_fields),
        cmocka_unit_test(what_is_not_said_is_not_there),
        cmocka_unit_test(every_status_and_every_level_is_understood),
        cmocka_unit_test(every_malformed_member_is_damage_that_names_it),
        cmocka_unit_test(what_every_file_must_have_is_missed_by_name),
        cmocka_unit_test(a_file_of_a_newer_writer_can_be_read),
        cmocka_unit_test(unknown_members_survive_in_place_and_order),
        cmocka_unit_test(written_and_read_again_it_is_the_same),
        cmocka_unit_test(a_new_session_has_every_block_by_its_name_and_in_order),
        cmocka_unit_test(counters_begin_at_zero_only_when_a_log_can_be_read),
        cmocka_unit_test(scores_begin_null),
        cmocka_unit_test(the_timeline_begins_with_who_what_and_where),
        cmocka_unit_test(a_session_made_from_little_can_be_read_again),
        cmocka_unit_test(ending_says_so_in_fields_file_and_timeline),
        cmocka_unit_test(tags_are_set_replaced_and_told_in_order),
        cmocka_unit_test(a_purpose_said_later_is_copied_into_both),
        cmocka_unit_test(progress_lists_are_made_when_missing_and_kept_when_there),
        cmocka_unit_test(entries_are_objects_or_plain_strings),
        cmocka_unit_test(an_unbound_session_claims_its_project),
        cmocka_unit_test(a_bound_session_claims_its_agents_intervals),
        cmocka_unit_test(a_new_session_claims_the_agent_it_was_started_from),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
