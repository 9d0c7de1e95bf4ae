#include "unit/measure/price_asset.h"

#include "base/clock.h"
#include "measure/litellm.h"
#include "measure/price_import.h"

#define NEW_MODEL "\"new-1\":{\"input_cost_per_token\":1e-06,\"output_cost_per_token\":2e-06}"
/* As in the shipped table. */
#define SAME_MODEL                                                                                 \
    "\"claude-sonnet-5-5\":{\"input_cost_per_token\":2e-06,\"output_cost_per_token\":1e-05,"       \
    "\"cache_read_input_token_cost\":1e-07}"
#define CHANGED_MODEL                                                                              \
    "\"claude-sonnet-5-5\":{\"input_cost_per_token\":4e-06,\"output_cost_per_token\":1e-05,"       \
    "\"provider_specific_entry\":{\"fast\":2.5}}"

struct done {
    struct price_imported result;
    struct price_table *table; /* in force afterwards */
};

static struct price_table *table_of(struct arena *arena, const char *own)
{
    struct price_table *table = price_asset(arena);
    struct price_table *over = NULL;
    struct err err = { 0 };
    if (!own)
        return table;
    if (!price_table_parse(arena, own, strlen(own), "own.json", &over, &err))
        fail_msg("%s: %s", err.where, err.text);
    price_table_put_over(over, table);
    return over;
}

static struct done import(struct arena *arena, const char *own, const char *models,
                          const char *from)
{
    struct done done = { 0 };
    struct litellm file;
    struct err err = { 0 };
    const char *text = arena_printf(arena, "{%s}", models);
    struct litellm_file source = { text, strlen(text), "f.json", NULL };
    assert_true(litellm_parse(arena, &source, &file, &err));
    const char *built_in = price_asset_text(arena);
    struct price_import plan = {
        .models = &file,
        .table = table_of(arena, own),
        .built_in = built_in,
        .built_in_length = strlen(built_in),
        .own = own,
        .own_length = own ? strlen(own) : 0,
        .own_name = "own.json",
        .from = from,
        .date = "2026-12-03",
        .source = "a file",
    };
    if (!price_import(arena, &plan, &done.result, &err))
        fail_msg("%s: %s", err.where, err.text);
    done.table = table_of(arena, done.result.text);
    return done;
}

static int64_t input_of(const struct price_table *table, const char *model, const char *when)
{
    struct call call = { .model = model, .usage = { .input = 1 } };
    struct price price;
    assert_true(clock_parse(when, strlen(when), &call.at_ns));
    return price_find(table, &call, &price) ? price.rates.input : -1;
}

static void a_model_nobody_knew_is_added_for_all_times(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct done done = import(&arena, NULL, NEW_MODEL, NULL);
    assert_int_equal(done.result.added, 1);
    assert_int_equal(done.result.partial, 1);
    assert_string_equal(done.result.first_partial, "new-1");
    assert_int_equal(input_of(done.table, "new-1", "2025-01-01T00:00:00Z"), 1000000);
    assert_int_equal(input_of(done.table, "claude-opus-5-5", "2026-12-04T00:00:00Z"), 4000000);
    assert_non_null(strstr(done.result.text, "a file"));
    assert_string_equal(price_table_date(done.table), "2026-12-03");
}

static void what_costs_the_same_is_left_as_it_is(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct done done = import(&arena, NULL, SAME_MODEL, NULL);
    assert_int_equal(done.result.same, 1);
    assert_int_equal(done.result.added + done.result.changed, 0);
    assert_null(strstr(done.result.text, "sonnet"));
}

static void a_changed_model_is_replaced_whole(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct done done = import(&arena, NULL, CHANGED_MODEL, NULL);
    assert_int_equal(done.result.changed, 1);
    assert_int_equal(input_of(done.table, "claude-sonnet-5-5", "2026-10-01T00:00:00Z"), 4000000);
    struct call fast = { .model = "claude-sonnet-5-5", .speed = CALL_FAST };
    struct price price;
    assert_true(price_find(done.table, &fast, &price));
    assert_int_equal(price.rates.input, 10000000);
    assert_int_equal(price.rates.cache_read, PRICE_NONE);
    struct call us = { .model = "claude-sonnet-5-5", .flags = CALL_GEO_US };
    assert_true(price_find(done.table, &us, &price));
    assert_int_equal(price.percent, 110); /* as the table has it: the file does not say */
}

static void with_a_day_what_held_before_it_is_kept(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct done done = import(&arena, NULL, CHANGED_MODEL, "2026-12-01");
    const char *model = "claude-sonnet-5-5";
    assert_int_equal(input_of(done.table, model, "2026-11-30T23:59:59Z"), 2000000);
    assert_int_equal(input_of(done.table, model, "2026-12-01T00:00:00Z"), 4000000);
    struct done again = import(
        &arena, done.result.text,
        "\"claude-sonnet-5-5\":{\"input_cost_per_token\":5e-06,\"output_cost_per_token\":1e-05}",
        "2026-12-02");
    assert_int_equal(again.result.changed, 1);
    assert_int_equal(input_of(again.table, model, "2026-11-30T23:59:59Z"), 2000000);
    assert_int_equal(input_of(again.table, model, "2026-12-01T00:00:00Z"), 4000000);
    assert_int_equal(input_of(again.table, model, "2026-12-02T00:00:00Z"), 5000000);
    struct done same_day = import(
        &arena, again.result.text,
        "\"claude-sonnet-5-5\":{\"input_cost_per_token\":6e-06,\"output_cost_per_token\":1e-05}",
        "2026-12-02");
    assert_int_equal(input_of(same_day.table, model, "2026-12-01T00:00:00Z"), 4000000);
    assert_int_equal(input_of(same_day.table, model, "2026-12-02T00:00:00Z"), 6000000);
}

static void all_names_of_a_model_change_together(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct done done = import(
        &arena, NULL,
        "\"claude-opus-4-0\":{\"input_cost_per_token\":9e-06,\"output_cost_per_token\":1e-05}",
        NULL);
    assert_int_equal(input_of(done.table, "claude-opus-4", "2026-10-01T00:00:00Z"), 9000000);
    assert_int_equal(input_of(done.table, "claude-opus-4-0", "2026-10-01T00:00:00Z"), 9000000);
}

static void what_was_written_by_hand_stays(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    static const char own[] =
        "{\"schema\":\"session-manager/prices\",\"schema_version\":1,\"date\":\"2026-11-30\","
        "\"currency\":\"USD\",\"sources\":[{\"id\":\"me\",\"what\":\"my contract\"}],"
        "\"models\":[{\"names\":[\"mine\"],\"rows\":[{\"input\":\"7\",\"source\":\"me\"}]}]}";
    struct done done = import(&arena, own, NEW_MODEL, NULL);
    assert_int_equal(input_of(done.table, "mine", "2026-12-01T00:00:00Z"), 7000000);
    assert_int_equal(input_of(done.table, "new-1", "2026-12-01T00:00:00Z"), 1000000);
    assert_non_null(strstr(done.result.text, "my contract"));
}

static void an_own_file_that_is_damaged_is_refused(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct litellm none = { 0 };
    struct price_imported result;
    struct err err = { 0 };
    struct price_import plan = {
        .models = &none,
        .table = price_asset(&arena),
        .built_in = "{}",
        .built_in_length = 2,
        .own = "{",
        .own_length = 1,
        .own_name = "own.json",
        .date = "2026-12-03",
        .source = "a file",
    };
    assert_false(price_import(&arena, &plan, &result, &err));
    assert_int_equal(err.code, ERR_DAMAGED);
    assert_non_null(strstr(err.where, "own.json"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_nobody_knew_is_added_for_all_times),
        cmocka_unit_test(what_costs_the_same_is_left_as_it_is),
        cmocka_unit_test(a_changed_model_is_replaced_whole),
        cmocka_unit_test(with_a_day_what_held_before_it_is_kept),
        cmocka_unit_test(all_names_of_a_model_change_together),
        cmocka_unit_test(what_was_written_by_hand_stays),
        cmocka_unit_test(an_own_file_that_is_damaged_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
