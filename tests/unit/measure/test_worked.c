#include "measure/worked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "measure/service.h"

static const struct service_rule rules[] = { { "mcp__perplexity*", "perplexity" },
                                             { "WebSearch", "web_search" } };
static const struct service_rules services = { rules, ARRAY_LEN(rules) };

static void call(struct worked *worked, struct arena *arena, const char *model, int64_t tokens,
                 int64_t cost)
{
    worked_call(worked, arena, model, &(struct usage){ .input = tokens }, cost);
}

static void tools(struct worked *worked, struct arena *arena, const char *name,
                  enum tool_state tool_state, int times)
{
    for (int i = 0; i < times; i++)
        worked_tool(worked, arena, &services, name, tool_state);
}

static void calls_are_summed_over_all_and_by_model(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct worked worked = { 0 };
    char same_text[] = "opus";
    call(&worked, &arena, "opus", 10, 100);
    call(&worked, &arena, "haiku", 5, 1);
    call(&worked, &arena, same_text, 20, 200);
    call(&worked, &arena, "new", 1, USAGE_UNPRICED);
    assert_int_equal(worked.sum.calls, 4);
    assert_int_equal(worked.sum.usage.input, 36);
    assert_int_equal(worked.sum.cost_nano_usd, 301);
    assert_int_equal(worked.sum.unpriced_calls, 1);
    assert_int_equal(worked.model_count, 3);
    assert_string_equal(worked.models[0].model, "opus");
    assert_int_equal(worked.models[0].sum.calls, 2);
    assert_int_equal(worked.models[0].sum.cost_nano_usd, 300);
    assert_false(worked.overflow);
}

static void models_come_by_cost_then_tokens_then_name(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct worked worked = { 0 };
    char got[16] = "";
    call(&worked, &arena, "d", 1, 5);
    call(&worked, &arena, "b", 7, 5);
    call(&worked, &arena, "a", 7, 5);
    call(&worked, &arena, "c", 1, 90);
    call(&worked, &arena, "e", 999, 0);
    worked_finish(&worked);
    for (size_t i = 0; i < worked.model_count; i++)
        got[i] = worked.models[i].model[0];
    assert_string_equal(got, "cabde");
}

static void many_models_and_services_are_all_kept(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct worked worked = { 0 };
    for (int i = 0; i < 100; i++) {
        const char *name = arena_printf(&arena, "m%02d", i);
        struct service_rule rule = { name, name };
        worked_tool(&worked, &arena, &(struct service_rules){ &rule, 1 }, name, TOOL_OK);
        call(&worked, &arena, name, 1, 100 - i);
    }
    worked_finish(&worked);
    assert_int_equal(worked.model_count, 100);
    assert_int_equal(worked.service_count, 100);
    for (int i = 0; i < 100; i++) {
        assert_string_equal(worked.models[i].model, arena_printf(&arena, "m%02d", i));
        assert_string_equal(worked.services[i].service, arena_printf(&arena, "m%02d", i));
        assert_int_equal(worked.services[i].calls, 1);
    }
}

static void a_sum_that_leaves_its_type_is_told(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct worked worked = { 0 };
    call(&worked, &arena, "a", INT64_MAX - 1, 0);
    assert_false(worked.overflow);
    call(&worked, &arena, "b", 1, 0);
    assert_true(worked.overflow);
}

static void tool_calls_count_answered_or_not_but_declined_ones(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct worked worked = { 0 };
    tools(&worked, &arena, "Read", TOOL_OK, 4);
    tools(&worked, &arena, "Read", TOOL_ERROR, 3);
    tools(&worked, &arena, "Read", TOOL_PENDING, 2);
    tools(&worked, &arena, "Read", TOOL_DECLINED, 5);
    assert_int_equal(worked.tool_calls, 9);
    assert_int_equal(worked.tool_pending, 2);
    int64_t failed;
    int64_t all;
    double share;
    assert_true(worked_error_share(&worked, &failed, &all, &share));
    assert_int_equal(all, 7);
    assert_int_equal(worked.tool_errors, 3);
    assert_int_equal(worked.tool_declined, 5);
    assert_int_equal(worked.service_count, 0);
}

static void services_count_every_call_but_declined_ones(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct worked worked = { 0 };
    tools(&worked, &arena, "WebSearch", TOOL_OK, 1);
    tools(&worked, &arena, "mcp__perplexity__ask", TOOL_ERROR, 1);
    tools(&worked, &arena, "mcp__perplexity__search", TOOL_PENDING, 1);
    tools(&worked, &arena, "WebSearch", TOOL_DECLINED, 9);
    assert_int_equal(worked.service_count, 2);
    assert_string_equal(worked.services[0].service, "web_search");
    assert_int_equal(worked.services[0].calls, 1);
    assert_string_equal(worked.services[1].service, "perplexity");
    assert_int_equal(worked.services[1].calls, 2);
}

static void the_share_of_errors_leaves_declined_and_pending_out(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct worked worked = { 0 };
    int64_t failed;
    int64_t all;
    double share = 7;
    tools(&worked, &arena, "Read", TOOL_DECLINED, 3);
    tools(&worked, &arena, "Read", TOOL_PENDING, 3);
    assert_false(worked_error_share(&worked, &failed, &all, &share));
    assert_int_equal(all, 0);
    tools(&worked, &arena, "Read", TOOL_OK, 3);
    tools(&worked, &arena, "Read", TOOL_ERROR, 1);
    assert_true(worked_error_share(&worked, &failed, &all, &share));
    assert_int_equal(failed, 1);
    assert_int_equal(all, 4);
    assert_true(share > 0.2499 && share < 0.2501);
}

static void active_time_comes_from_all_spans(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct worked worked = { 0 };
    for (int i = 9; i >= 0; i--) /* ten minutes each hour, and five of every pause */
        worked_span(&worked, &arena,
                    (struct span){ i * CLOCK_HOUR_NS, i * CLOCK_HOUR_NS + 10 * CLOCK_MINUTE_NS });
    worked_finish(&worked);
    assert_int_equal(worked.active_ns, (100 + 9 * 5) * CLOCK_MINUTE_NS);
}

/* --- into the session file --- */

static struct json *root_of(struct arena *arena, const char *text)
{
    struct json *root = NULL;
    struct err err = { 0 };
    assert_true(json_parse(arena, text, strlen(text), "t", &root, &err));
    return root;
}

static const char *at(struct arena *arena, const struct json *root, const char *path)
{
    struct buf out;
    buf_init(&out, arena, 1 << 16);
    json_write_compact(json_at(root, path), &out);
    return out.text;
}

static const char seed[] =
    "{\"mine\":1,\"metrics\":{\"cost_tracking\":{\"claude_tokens\":null,\"api_calls\":{"
    "\"perplexity\":null,\"elevenlabs\":null},\"total_cost_usd\":null,\"note\":\"kept\"},"
    "\"quality_tracking\":{\"quality_scores\":{\"overall\":null}}}}";

static struct worked some_work(struct arena *arena)
{
    struct worked worked = { .prompts = 3, .api_errors = 2 };
    worked_call(&worked, arena, "opus",
                &(struct usage){ .input = 1,
                                 .output = 20,
                                 .cache_write_5m = 300,
                                 .cache_write_1h = 4000,
                                 .cache_read = 50000,
                                 .web_searches = 7 },
                INT64_C(1234567891));
    call(&worked, arena, "unheard", 100000, USAGE_UNPRICED);
    tools(&worked, arena, "mcp__perplexity__ask", TOOL_OK, 2);
    tools(&worked, arena, "WebSearch", TOOL_ERROR, 1);
    tools(&worked, arena, "Edit", TOOL_DECLINED, 1);
    worked_span(&worked, arena, (struct span){ 0, 90 * CLOCK_SECOND_NS + 5 });
    worked_finish(&worked);
    return worked;
}

static void measured_figures_are_frozen_under_their_names(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct worked worked = some_work(&arena);
    struct json *root = root_of(&arena, seed);
    worked_freeze(&worked, root);
    const struct json *cost = json_at(root, "metrics.cost_tracking");
    assert_int_equal(json_count(cost, "claude_tokens", -1), 154321);
    assert_string_equal(at(&arena, cost, "total_cost_usd"), "1.234567891");
    assert_string_equal(at(&arena, cost, "complete"), "false");
    assert_string_equal(at(&arena, cost, "basis"), "\"measured\"");
    assert_string_equal(at(&arena, cost, "n"), "2");
    assert_string_equal(at(&arena, cost, "web_searches"), "7");
    assert_string_equal(at(&arena, cost, "unpriced_calls"), "1");
    assert_string_equal(at(&arena, cost, "api_calls"),
                        "{\"perplexity\":2,\"elevenlabs\":0,\"web_search\":1}");
    assert_string_equal(at(&arena, cost, "tokens"),
                        "{\"input\":100001,\"output\":20,\"cache_write_5m\":300,"
                        "\"cache_write_1h\":4000,\"cache_read\":50000}");
    assert_string_equal(at(&arena, cost, "cost_by_basis"),
                        "{\"measured\":1.234567891,\"entered\":0.0,\"estimated\":0.0}");
    const struct json *models = json_get(cost, "by_model");
    assert_int_equal(json_length(models), 2);
    assert_string_equal(at(&arena, json_item(models, 0), "cost_usd"), "1.234567891");
    assert_string_equal(at(&arena, json_item(models, 1), "cost_usd"), "null");
    assert_string_equal(at(&arena, root, "metrics.time_tracking"),
                        "{\"active_seconds\":90,\"basis\":\"measured\"}");
    assert_string_equal(at(&arena, root, "metrics.error_tracking"),
                        "{\"tool_calls\":3,\"tool_errors\":1,\"tool_declined\":1,"
                        "\"api_errors\":2,\"basis\":\"measured\"}");
    assert_string_equal(at(&arena, cost, "note"), "\"kept\"");
    assert_string_equal(at(&arena, root, "metrics.quality_tracking"),
                        "{\"quality_scores\":{\"overall\":null}}");
}

static void freezing_twice_changes_nothing_more(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct worked worked = some_work(&arena);
    struct json *root = root_of(&arena, seed);
    worked_freeze(&worked, root);
    struct json *once = json_clone(&arena, root);
    worked_freeze(&worked, root);
    assert_true(json_same(root, once));
}

static void no_work_is_zero_and_complete(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct worked nothing = { 0 };
    struct json *root = root_of(&arena, "{}");
    worked_freeze(&nothing, root);
    const struct json *cost = json_at(root, "metrics.cost_tracking");
    assert_string_equal(at(&arena, cost, "claude_tokens"), "0");
    assert_string_equal(at(&arena, cost, "total_cost_usd"), "0.0");
    assert_string_equal(at(&arena, cost, "complete"), "true");
    assert_string_equal(at(&arena, cost, "by_model"), "[]");
}

static void what_is_not_known_is_null_and_leaves_nothing_measured_behind(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct worked worked = some_work(&arena);
    struct json *root = root_of(&arena, seed);
    worked_freeze(&worked, root);
    worked_freeze(NULL, root);
    assert_string_equal(at(&arena, root, "metrics.cost_tracking"),
                        "{\"claude_tokens\":null,\"api_calls\":{\"perplexity\":null,"
                        "\"elevenlabs\":null,\"web_search\":null},\"total_cost_usd\":null,"
                        "\"note\":\"kept\",\"basis\":\"unknown\"}");
    assert_null(json_at(root, "metrics.time_tracking.active_seconds"));
    assert_null(json_at(root, "metrics.time_tracking.basis"));
    assert_int_equal(json_length(json_at(root, "metrics.error_tracking")), 0);
    assert_int_equal(json_count(root, "mine", 0), 1);
    root = root_of(&arena, "{}"); /* nothing was there before */
    worked_freeze(NULL, root);
    assert_string_equal(at(&arena, root, "metrics.cost_tracking.total_cost_usd"), "null");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_are_summed_over_all_and_by_model),
        cmocka_unit_test(models_come_by_cost_then_tokens_then_name),
        cmocka_unit_test(many_models_and_services_are_all_kept),
        cmocka_unit_test(a_sum_that_leaves_its_type_is_told),
        cmocka_unit_test(tool_calls_count_answered_or_not_but_declined_ones),
        cmocka_unit_test(services_count_every_call_but_declined_ones),
        cmocka_unit_test(the_share_of_errors_leaves_declined_and_pending_out),
        cmocka_unit_test(active_time_comes_from_all_spans),
        cmocka_unit_test(measured_figures_are_frozen_under_their_names),
        cmocka_unit_test(freezing_twice_changes_nothing_more),
        cmocka_unit_test(no_work_is_zero_and_complete),
        cmocka_unit_test(what_is_not_known_is_null_and_leaves_nothing_measured_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
