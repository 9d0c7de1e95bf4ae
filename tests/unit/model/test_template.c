#include "model/template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "session_sample.h"

enum { ASSET_MOST = 1 << 20 };

static const struct {
    const char *name;
    enum level level;
} built_in[] = { { "development", LEVEL_DEVELOPMENT },
                 { "production", LEVEL_PRODUCTION },
                 { "planning", LEVEL_PLANNING },
                 { "coded", LEVEL_CODED } };

/* Assets are found beside the sources, which is what __FILE__ is relative to. */
static const char *asset(struct arena *arena, const char *name)
{
    static const char tail[] = "tests/unit/model/test_template.c";
    size_t root = strlen(__FILE__) - strlen(tail);
    const char *path =
        arena_printf(arena, "%.*sassets/template_%s.json", (int)root, __FILE__, name);
    FILE *in = fopen(path, "rbe");
    assert_non_null(in);
    char *text = arena_alloc(arena, ASSET_MOST);
    size_t size = fread(text, 1, ASSET_MOST - 1, in);
    assert_true(size > 0 && feof(in));
    (void)fclose(in);
    return text;
}

static struct level_template parsed(struct arena *arena, const char *text)
{
    struct level_template template;
    struct err err = { 0 };
    if (!template_parse(arena, text, strlen(text), "t.json", &template, &err))
        fail_msg("%s: %s", err.where, err.text);
    return template;
}

static void every_built_in_template_is_good(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    for (size_t i = 0; i < ARRAY_LEN(built_in); i++) {
        struct level_template template = parsed(&arena, asset(&arena, built_in[i].name));
        assert_int_equal(template.level, built_in[i].level);
        assert_string_equal(template.name, built_in[i].name);
        assert_int_equal(template.budget_nano_usd, -1);
        assert_int_equal(template.estimate_minutes, -1);
        assert_int_equal(json_kind(json_get(template.session, "stages")), JSON_IS_LIST);
        assert_int_equal(json_kind(json_get(template.session, "gates")), JSON_IS_LIST);
    }
}

static void check_names(const struct json *object, const char *names)
{
    char got[512] = "";
    size_t length = 0;
    for (const char *key = json_next_key(object, NULL); key; key = json_next_key(object, key))
        length += (size_t)snprintf(got + length, sizeof(got) - length, "%s ", key);
    assert_string_equal(got, names);
}

static void built_in_templates_have_the_names_of_the_contract(void **state)
{
    (void)state;
    static const char *const level_metrics[] = {
        "tools_created tests_run documentation_written development_velocity tool_effectiveness ",
        "episodes_produced quality_scores costs cost_per_episode quality_trend production_time ",
        ("requirements_defined designs_created migration_plans planning_completeness "
         "risk_assessment "),
        "builds tests gates commits releases cost_to_date ",
    };
    CLEANUP(arena_free) struct arena arena = { 0 };
    for (size_t i = 0; i < ARRAY_LEN(built_in); i++) {
        struct level_template template = parsed(&arena, asset(&arena, built_in[i].name));
        check_names(json_get(template.session, "level_metrics"), level_metrics[i]);
        check_names(json_at(template.session, "metrics"),
                    "cost_tracking quality_tracking progress_tracking ");
        check_names(json_at(template.session, "metrics.cost_tracking"),
                    "claude_tokens api_calls total_cost_usd ");
        check_names(json_at(template.session, "metrics.cost_tracking.api_calls"),
                    "perplexity elevenlabs web_search ");
        check_names(json_at(template.session, "metrics.quality_tracking.quality_scores"),
                    "brand_alignment content_quality technical_accuracy overall ");
        check_names(json_at(template.session, "metrics.progress_tracking"),
                    "tasks_completed tasks_pending blockers learnings ");
    }
}

/* A copy of the development template with the member at `path` set to the JSON `value`; NULL takes
 * the member out. */
static const char *with(struct arena *arena, const char *path, const char *value)
{
    struct json *root = NULL;
    struct json *new = NULL;
    struct err err = { 0 };
    const char *text = asset(arena, "development");
    const char *dot = strrchr(path, '.');
    assert_true(json_parse(arena, text, strlen(text), "t", &root, &err));
    struct json *parent =
        dot ? json_at(root, arena_printf(arena, "%.*s", (int)(dot - path), path)) : root;
    assert_int_equal(json_kind(parent), JSON_IS_OBJECT);
    json_remove(parent, dot ? dot + 1 : path);
    if (value) {
        assert_true(json_parse(arena, value, strlen(value), "v", &new, &err));
        json_set(parent, dot ? dot + 1 : path, new);
    }
    return sample_written(arena, root);
}

static void refuse(struct arena *arena, const char *text, const char *member)
{
    struct level_template template;
    struct err err = { 0 };
    if (template_parse(arena, text, strlen(text), "/t/dev.json", &template, &err))
        fail_msg("taken: %s", text);
    assert_true(err.code == ERR_DAMAGED || err.code == ERR_NEWER);
    if (!strstr(err.text, member))
        fail_msg("'%s' does not name %s", err.text, member);
    assert_memory_equal(err.where, "/t/dev.json", 11);
}

static void every_block_of_a_wrong_kind_is_refused_by_name(void **state)
{
    (void)state;
    static const char *const needed[] = {
        "session.metrics.cost_tracking.api_calls",
        "session.metrics.quality_tracking.quality_scores",
        "session.metrics.progress_tracking.tasks_completed",
        "session.metrics.progress_tracking.tasks_pending",
        "session.metrics.progress_tracking.blockers",
        "session.metrics.progress_tracking.learnings",
        "session.level_metrics",
    };
    static const char *const values[] = { NULL, "null", "true", "5", "1.5", "\"x\"" };
    CLEANUP(arena_free) struct arena arena = { 0 };
    for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
        for (size_t v = 0; v < ARRAY_LEN(values); v++)
            refuse(&arena, with(&arena, needed[i], values[v]), needed[i]);
        bool is_list = strstr(needed[i], "progress") != NULL;
        refuse(&arena, with(&arena, needed[i], is_list ? "{}" : "[]"), needed[i]);
    }
    refuse(&arena, with(&arena, "session", "[]"), "session.metrics");
    refuse(&arena, with(&arena, "session.metrics", NULL), "session.metrics");
}

static void a_head_of_a_wrong_kind_is_refused_by_name(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        { "level", NULL },
        { "level", "0" },
        { "level", "5" },
        { "level", "\"1\"" },
        { "level", "-1" },
        { "schema_version", "2" },
        { "budget", "\"$4\"" },
        { "budget", "[]" },
        { "budget", "true" },
        { "estimate_minutes", "\"1h\"" },
        { "estimate_minutes", "1.5" },
        { "name", "5" },
    };
    CLEANUP(arena_free) struct arena arena = { 0 };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        refuse(&arena, with(&arena, bad[i][0], bad[i][1]), arena_printf(&arena, "'%s'", bad[i][0]));
    refuse(&arena, "[]", "no object");
    refuse(&arena, "{", "not valid JSON");
}

static void a_score_that_does_not_begin_null_is_refused(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    refuse(&arena, with(&arena, "session.metrics.quality_tracking.quality_scores.overall", "0"),
           "'overall'");
}

static void budget_and_estimate_are_taken_over(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    assert_int_equal(parsed(&arena, with(&arena, "budget", "4.25")).budget_nano_usd,
                     INT64_C(4250000000));
    assert_int_equal(parsed(&arena, with(&arena, "budget", "3")).budget_nano_usd,
                     INT64_C(3000000000));
    assert_int_equal(parsed(&arena, with(&arena, "budget", "1e300")).budget_nano_usd, -1);
    assert_int_equal(parsed(&arena, with(&arena, "estimate_minutes", "35")).estimate_minutes, 35);
    assert_string_equal(parsed(&arena, with(&arena, "name", "\"mine\"")).name, "mine");
    assert_string_equal(parsed(&arena, with(&arena, "name", NULL)).name, "development");
}

static void the_hash_follows_every_byte(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char *text = asset(&arena, "development");
    struct level_template first = parsed(&arena, text);
    struct level_template spaced = parsed(&arena, arena_printf(&arena, "%s ", text));
    assert_memory_equal(first.hash, "xxh3:", 5);
    assert_int_equal(strlen(first.hash), 5 + 16);
    assert_string_equal(first.hash, parsed(&arena, arena_strdup(&arena, text)).hash);
    assert_string_not_equal(first.hash, spaced.hash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_built_in_template_is_good),
        cmocka_unit_test(built_in_templates_have_the_names_of_the_contract),
        cmocka_unit_test(every_block_of_a_wrong_kind_is_refused_by_name),
        cmocka_unit_test(a_head_of_a_wrong_kind_is_refused_by_name),
        cmocka_unit_test(a_score_that_does_not_begin_null_is_refused),
        cmocka_unit_test(budget_and_estimate_are_taken_over),
        cmocka_unit_test(the_hash_follows_every_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
