#include "unit/measure/price_asset.h"

#include "base/clock.h"
#include "model/usage.h"

#define HEAD                                                                                       \
    "{\"schema\":\"session-manager/prices\",\"schema_version\":1,\"date\":\"2026-11-22\","         \
    "\"currency\":\"USD\",\"sources\":[{\"id\":\"s\"}],\"web_search_usd_per_1000\":\"10\","
#define ONE_MODEL(rows) HEAD "\"models\":[{\"names\":[\"m-1\"],\"rows\":[" rows "]}]}"

static int64_t at(const char *text)
{
    int64_t at_ns = 0;
    assert_true(clock_parse(text, strlen(text), &at_ns));
    return at_ns;
}

static struct call call_of(const char *model, const char *when)
{
    return (struct call){ .model = model, .at_ns = at(when), .usage = { .input = 1 } };
}

static void expect_refused(const char *text, const char *where, const char *why)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct price_table *table = NULL;
    struct err err = { 0 };
    assert_false(price_table_parse(&arena, text, strlen(text), "t.json", &table, &err));
    assert_int_equal(err.code, ERR_DAMAGED);
    if (!strstr(err.where, where) || !strstr(err.text, why))
        fail_msg("'%s' at '%s' instead of '%s' at '%s'", err.text, err.where, why, where);
}

static struct price_table *parsed(struct arena *arena, const char *text)
{
    struct price_table *table = NULL;
    struct err err = { 0 };
    if (!price_table_parse(arena, text, strlen(text), "t.json", &table, &err))
        fail_msg("%s: %s", err.where, err.text);
    return table;
}

static void expect_rates(const struct rates *rates, const int64_t want[5])
{
    assert_int_equal(rates->input, want[0]);
    assert_int_equal(rates->output, want[1]);
    assert_int_equal(rates->cache_write_5m, want[2]);
    assert_int_equal(rates->cache_write_1h, want[3]);
    assert_int_equal(rates->cache_read, want[4]);
}

static void the_shipped_table_says_its_date_and_hash(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct price_table *table = price_asset(&arena);
    assert_string_equal(price_table_date(table), "2026-11-22");
    assert_true(price_table_hash(table) == price_table_hash(price_asset(&arena)));
    struct price_table *other = parsed(&arena, ONE_MODEL("{\"source\":\"s\"}"));
    assert_true(price_table_hash(table) != price_table_hash(other));
}

/* Dollars a million: input, output, write 5 m, write 1 h, read; in pico-dollars a token. */
static void every_model_of_the_list_costs_what_the_list_says(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct price_table *table = price_asset(&arena);
    static const struct {
        const char *model;
        int64_t rates[5];
        int64_t us_percent;
    } list[] = {
        { "claude-fable-5-2", { 8000000, 40000000, 10000000, 16000000, 200000 }, 110 },
        { "claude-fable-5-1", { 10000000, 50000000, 12500000, 20000000, 250000 }, 110 },
        { "claude-mythos-5-1", { 10000000, 50000000, 12500000, 20000000, 250000 }, 110 },
        { "claude-fable-5", { 10000000, 50000000, 12500000, 20000000, 1000000 }, 110 },
        { "claude-mythos-5", { 10000000, 50000000, 12500000, 20000000, 1000000 }, 110 },
        { "claude-opus-5-5", { 4000000, 20000000, 5000000, 8000000, 200000 }, 110 },
        { "claude-opus-5", { 5000000, 25000000, 6250000, 10000000, 500000 }, 110 },
        { "claude-opus-4-8", { 5000000, 25000000, 6250000, 10000000, 500000 }, 110 },
        { "claude-opus-4-7", { 5000000, 25000000, 6250000, 10000000, 500000 }, 110 },
        { "claude-opus-4-6", { 5000000, 25000000, 6250000, 10000000, 500000 }, 110 },
        { "claude-opus-4-5-20251101", { 5000000, 25000000, 6250000, 10000000, 500000 }, 100 },
        { "claude-opus-4-1-20250805", { 15000000, 75000000, 18750000, 30000000, 1500000 }, 100 },
        { "claude-opus-4-20250514", { 15000000, 75000000, 18750000, 30000000, 1500000 }, 100 },
        { "claude-3-opus-20240229", { 15000000, 75000000, 18750000, 30000000, 1500000 }, 100 },
        { "claude-sonnet-5-5", { 2000000, 10000000, 2500000, 4000000, 100000 }, 110 },
        { "claude-sonnet-5", { 2000000, 10000000, 2500000, 4000000, 200000 }, 110 },
        { "claude-sonnet-4-6", { 3000000, 15000000, 3750000, 6000000, 300000 }, 110 },
        { "claude-sonnet-4-5-20250929", { 3000000, 15000000, 3750000, 6000000, 300000 }, 100 },
        { "claude-sonnet-4-20250514", { 3000000, 15000000, 3750000, 6000000, 300000 }, 100 },
        { "claude-3-7-sonnet-20250219", { 3000000, 15000000, 3750000, 6000000, 300000 }, 100 },
        { "claude-haiku-5-5", { 100000, 500000, 125000, 200000, 10000 }, 110 },
        { "claude-haiku-4-5-20251001", { 1000000, 5000000, 1250000, 2000000, 100000 }, 100 },
        { "claude-3-5-haiku-20241022", { 800000, 4000000, 1000000, 1600000, 80000 }, 100 },
        { "claude-3-haiku-20240307", { 250000, 1250000, 300000, PRICE_NONE, 30000 }, 100 },
    };
    for (size_t i = 0; i < ARRAY_LEN(list); i++) {
        struct call call = call_of(list[i].model, "2026-11-22T12:00:00Z");
        struct price price;
        if (!price_find(table, &call, &price))
            fail_msg("no price for %s", list[i].model);
        expect_rates(&price.rates, list[i].rates);
        assert_int_equal(price.percent, 100);
        assert_int_equal(price.web_search_nano_usd, 10000000);
        call.flags = CALL_GEO_US;
        assert_true(price_find(table, &call, &price));
        assert_int_equal(price.percent, list[i].us_percent);
    }
}

static void takes_a_providers_decorations_off(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    static const char *const names[][2] = {
        { "claude-opus-5", "claude-opus-5" },
        { "claude-opus-5[1m]", "claude-opus-5" },
        { "claude-opus-4-5-20251101", "claude-opus-4-5" },
        { "claude-sonnet-4-5-20250929[1m]", "claude-sonnet-4-5" },
        { "anthropic.claude-opus-5", "claude-opus-5" },
        { "us.anthropic.claude-opus-4-5-20251101-v1:0", "claude-opus-4-5" },
        { "eu.anthropic.claude-sonnet-4-5-20250929-v1:0[1m]", "claude-sonnet-4-5" },
        { "global.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5" },
        { "apac.anthropic.claude-3-5-haiku-20241022-v2:0", "claude-3-5-haiku" },
        { "anthropic.claude-3-haiku-20240307-v1:0:200k", "claude-3-haiku" },
        { "us.anthropic.claude-opus-4-6-v1", "claude-opus-4-6" },
        { "claude-opus-4-5@20251101", "claude-opus-4-5" },
        { "claude-3-5-haiku-v2@20241022", "claude-3-5-haiku" },
        { "claude-opus-5@default", "claude-opus-5" },
        { "anthropic/claude-opus-5", "claude-opus-5" },
        { "bedrock/us.anthropic.claude-opus-5", "claude-opus-5" },
        { "vertex_ai/claude-opus-5@20260724", "claude-opus-5" },
        { "claude-opus-5-5", "claude-opus-5-5" },
        { "claude-opus-4-vx", "claude-opus-4-vx" },
        { "claude-opus-2025111", "claude-opus-2025111" },
        { "[1m]", "[1m]" },
        { "us.", "us." },
        { "", "" },
        { "-v1", "-v1" },
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        assert_string_equal(price_model_name(&arena, names[i][0]), names[i][1]);
}

static void never_falls_back_to_a_shorter_name(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct price_table *table = price_asset(&arena);
    static const char *const unknown[] = {
        "claude-opus-5-9", "claude-fable-5-3", "claude-opus", "claude-opus-5-", "claude-opus-50",
        "CLAUDE-OPUS-5",   "my-claude-opus-5", "kimi-k2.5",   "<synthetic>",    ""
    };
    for (size_t i = 0; i < ARRAY_LEN(unknown); i++) {
        struct call call = call_of(unknown[i], "2026-11-22T12:00:00Z");
        struct price price;
        if (price_find(table, &call, &price))
            fail_msg("a price for '%s'", unknown[i]);
    }
}

static int64_t read_rate_at(const struct price_table *table, const char *model, const char *when)
{
    struct call call = call_of(model, when);
    struct price price;
    assert_true(price_find(table, &call, &price));
    return price.rates.cache_read;
}

static void a_price_changes_at_midnight_utc(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct price_table *table = price_asset(&arena);
    const char *model = "claude-sonnet-5-5";
    assert_int_equal(read_rate_at(table, model, "2026-10-06T23:59:59.999Z"), 200000);
    assert_int_equal(read_rate_at(table, model, "2026-10-07T00:00:00Z"), 100000);
    assert_int_equal(read_rate_at(table, model, "2026-10-07T01:59:59+02:00"), 200000);
    assert_int_equal(read_rate_at(table, model, "2027-10-07T00:00:00Z"), 100000);
}

static void the_first_row_holds_for_earlier_calls_too(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct price_table *table = price_asset(&arena);
    assert_int_equal(read_rate_at(table, "claude-sonnet-5-5", "2026-09-20T00:00:00Z"), 200000);
    assert_int_equal(read_rate_at(table, "claude-opus-5", "2026-07-01T00:00:00Z"), 500000);
}

static int64_t input_rate_of(const struct price_table *table, const char *model, struct usage usage)
{
    struct call call = call_of(model, "2026-11-22T12:00:00Z");
    struct price price;
    call.usage = usage;
    assert_true(price_find(table, &call, &price));
    return price.rates.input;
}

static void a_long_prompt_changes_the_rates_of_the_whole_call(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct price_table *table = price_asset(&arena);
    struct usage at_limit = { .input = 1, .cache_write_5m = 2, .cache_write_1h = 3 };
    at_limit.cache_read = 200000 - 6;
    at_limit.output = 50000; /* no part of the prompt */
    struct usage over = at_limit;
    over.cache_write_1h++;
    assert_int_equal(input_rate_of(table, "claude-sonnet-4-5", at_limit), 3000000);
    assert_int_equal(input_rate_of(table, "claude-sonnet-4-5", over), 6000000);
    assert_int_equal(input_rate_of(table, "claude-sonnet-4", over), 6000000);
    assert_int_equal(input_rate_of(table, "claude-sonnet-4-6", over), 3000000);
    assert_int_equal(input_rate_of(table, "claude-haiku-5-5", (struct usage){ .input = 100000 }),
                     100000);
    assert_int_equal(input_rate_of(table, "claude-haiku-5-5", (struct usage){ .input = 100001 }),
                     500000);

    struct call call = call_of("claude-sonnet-4-5", "2026-01-01T00:00:00Z");
    struct price price;
    call.usage = over;
    assert_true(price_find(table, &call, &price));
    expect_rates(&price.rates, (int64_t[]){ 6000000, 22500000, 7500000, 12000000, 600000 });
    call.model = "claude-haiku-5-5";
    assert_true(price_find(table, &call, &price));
    expect_rates(&price.rates, (int64_t[]){ 500000, 2500000, 625000, 1000000, 50000 });
}

static bool fast_at(const struct price_table *table, const char *model, const char *when,
                    struct price *price)
{
    struct call call = call_of(model, when);
    call.speed = CALL_FAST;
    return price_find(table, &call, price);
}

static void fast_mode_has_its_own_rates_while_it_is_sold(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct price_table *table = price_asset(&arena);
    struct price price;
    const char *now = "2026-11-22T12:00:00Z";
    assert_true(fast_at(table, "claude-opus-5", now, &price));
    expect_rates(&price.rates, (int64_t[]){ 10000000, 50000000, 12500000, 20000000, 1000000 });
    assert_true(fast_at(table, "claude-opus-5-5", now, &price));
    expect_rates(&price.rates, (int64_t[]){ 8000000, 40000000, 10000000, 16000000, 400000 });
    assert_true(fast_at(table, "claude-opus-4-8", "2026-11-30T23:59:59Z", &price));
    expect_rates(&price.rates, (int64_t[]){ 10000000, 50000000, 12500000, 20000000, 1000000 });
    assert_false(fast_at(table, "claude-opus-4-8", "2026-12-01T00:00:00Z", &price));
    assert_true(fast_at(table, "claude-opus-4-7", "2026-07-24T23:59:59Z", &price));
    expect_rates(&price.rates, (int64_t[]){ 30000000, 150000000, 37500000, 60000000, 3000000 });
    assert_false(fast_at(table, "claude-opus-4-7", "2026-07-25T00:00:00Z", &price));
    assert_true(fast_at(table, "claude-opus-4-6", "2026-03-01T00:00:00Z", &price));
    assert_int_equal(price.rates.input, 30000000);
    assert_true(fast_at(table, "claude-opus-4-6", now, &price)); /* runs and bills as standard */
    expect_rates(&price.rates, (int64_t[]){ 5000000, 25000000, 6250000, 10000000, 500000 });
    assert_false(fast_at(table, "claude-fable-5-2", now, &price));
    assert_false(fast_at(table, "claude-sonnet-5", now, &price));
    assert_false(fast_at(table, "claude-haiku-4-5", now, &price));
}

static void an_odd_service_tier_has_no_price(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct call call = call_of("claude-opus-5", "2026-11-22T12:00:00Z");
    struct price price;
    call.flags = CALL_ODD_TIER;
    assert_false(price_find(price_asset(&arena), &call, &price));
}

static void a_rate_left_out_is_none_and_decimals_are_exact(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct price_table *table =
        parsed(&arena, ONE_MODEL("{\"input\":\"0.000001\",\"output\":\"1000000\","
                                 "\"cache_read\":\"0\",\"source\":\"s\"}"));
    struct call call = call_of("m-1", "2026-11-22T12:00:00Z");
    struct price price;
    assert_true(price_find(table, &call, &price));
    expect_rates(&price.rates, (int64_t[]){ 1, INT64_C(1000000000000), PRICE_NONE, PRICE_NONE, 0 });
}

static void refuses_what_is_no_price(void **state)
{
    (void)state;
    static const char *const bad[] = { "\"0.0000001\"", "\"-1\"", "\"$5\"",  "\"\"",       "5",
                                       "0.5",           "\"x\"",  "\"1e3\"", "\" 1\"",     "null",
                                       "\"1,5\"",       "\".5\"", "\"5x\"",  "\"1000001\"" };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        expect_refused(arena_printf(&arena, ONE_MODEL("{\"input\":%s,\"source\":\"s\"}"), bad[i]),
                       "t.json: models[0].rows[0]", "input");
    }
}

static void says_where_a_table_is_wrong(void **state)
{
    (void)state;
    expect_refused("{", "t.json:1:", "JSON");
    expect_refused("[]", "t.json: top level", "not an object");
    expect_refused("{}", "t.json: top level", "schema");
    expect_refused(HEAD "\"models\":3}", "top level", "models");
    expect_refused(HEAD "\"modells\":[]}", "top level", "modells");
    expect_refused(HEAD "\"models\":[{\"names\":[\"a\"],\"rows\":[]}]}", "models[0]", "rows");
    expect_refused(HEAD "\"models\":[{\"names\":[],\"rows\":[]}]}", "models[0]", "names");
    expect_refused(HEAD "\"models\":[{\"names\":[\"a\"],\"percent\":1}]}", "models[0]", "percent");
    expect_refused(HEAD "\"models\":[{\"names\":[\"a\"],\"us_percent\":99,\"rows\":[]}]}",
                   "models[0]", "us_percent");
    expect_refused(ONE_MODEL("{\"cach_read\":\"1\",\"source\":\"s\"}"), "models[0].rows[0]",
                   "cach_read");
    expect_refused(ONE_MODEL("{\"input\":\"1\"}"), "models[0].rows[0]", "source");
    expect_refused(ONE_MODEL("{\"input\":\"1\",\"source\":\"z\"}"), "models[0].rows[0]", "'z'");
    expect_refused(ONE_MODEL("{\"source\":\"s\"},{\"source\":\"s\"}"), "models[0].rows[1]", "from");
    expect_refused(ONE_MODEL("{\"from\":\"2026-13-01\",\"source\":\"s\"}"), "rows[0]", "from");
    expect_refused(ONE_MODEL("{\"from\":\"2026-1-01\",\"source\":\"s\"}"), "rows[0]", "from");
    expect_refused(ONE_MODEL("{\"from\":\"2026-02-02\",\"source\":\"s\"},"
                             "{\"from\":\"2026-02-02\",\"source\":\"s\"}"),
                   "rows[1]", "order");
    expect_refused(ONE_MODEL("{\"source\":\"s\",\"above\":{\"input\":\"1\"}}"), "rows[0]",
                   "prompt_tokens");
    expect_refused(ONE_MODEL("{\"source\":\"s\",\"fast\":{\"speed\":\"1\"}}"), "rows[0]", "speed");
    expect_refused(ONE_MODEL("{\"source\":\"s\",\"fast\":\"slow\"}"), "rows[0]", "not an object");
    expect_refused(ONE_MODEL("{\"source\":\"s\",\"fast\":{},\"above\":{\"prompt_tokens\":1}}"),
                   "rows[0]", "above");
}

static void refuses_names_that_clash_or_cannot_be_found(void **state)
{
    (void)state;
    expect_refused(HEAD "\"models\":[{\"names\":[\"a\",\"a\"],\"rows\":[{\"source\":\"s\"}]}]}",
                   "models[0]", "'a'");
    expect_refused(HEAD "\"models\":[{\"names\":[\"a\"],\"rows\":[{\"source\":\"s\"}]},"
                        "{\"names\":[\"a\"],\"rows\":[{\"source\":\"s\"}]}]}",
                   "models[1]", "'a'");
    expect_refused(HEAD "\"models\":[{\"names\":[\"a-20250101\"],\"rows\":[]}]}", "models[0]",
                   "'a-20250101'");
    expect_refused(HEAD "\"models\":[{\"names\":[\"\"],\"rows\":[]}]}", "models[0]", "''");
}

static void finds_each_of_many_models(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char *text = HEAD "\"models\":[";
    for (int i = 0; i < 300; i++)
        text = arena_printf(&arena,
                            "%s%s{\"names\":[\"m-%d\"],\"rows\":[{\"input\":\"%d\",\"source\":"
                            "\"s\"}]}",
                            text, i ? "," : "", i, i);
    struct price_table *table = parsed(&arena, arena_printf(&arena, "%s]}", text));
    for (int i = 0; i < 300; i++) {
        struct call call = call_of(arena_printf(&arena, "m-%d", i), "2026-11-22T12:00:00Z");
        struct price price;
        assert_true(price_find(table, &call, &price));
        assert_int_equal(price.rates.input, INT64_C(1000000) * i);
    }
    struct call call = call_of("m-300", "2026-11-22T12:00:00Z");
    struct price price;
    assert_false(price_find(table, &call, &price));
}

/* --- one table over another --- */

static struct price_table *put_over(struct arena *arena, const char *rows)
{
    struct price_table *own =
        parsed(arena, arena_printf(arena,
                                   "{\"schema\":\"session-manager/prices\",\"schema_version\":1,"
                                   "\"date\":\"2026-12-01\",\"currency\":\"USD\","
                                   "\"sources\":[{\"id\":\"s\"}],\"models\":[%s]}",
                                   rows));
    price_table_put_over(own, price_asset(arena));
    return own;
}

static void an_own_table_goes_before_the_other_model_by_model(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct price_table *table =
        put_over(&arena, "{\"names\":[\"claude-opus-5\"],\"rows\":[{\"input\":\"1\","
                         "\"source\":\"s\"}]}");
    struct price price = { 0 };
    struct call call = call_of("claude-opus-5", "2026-10-06T00:00:00Z");
    assert_true(price_find(table, &call, &price));
    assert_int_equal(price.rates.input, 1000000);
    assert_int_equal(price.rates.output, PRICE_NONE); /* not from the other */
    assert_int_equal(price.web_search_nano_usd, 10000000);
    call.speed = CALL_FAST;
    assert_false(price_find(table, &call, &price));
    call = call_of("claude-opus-5-5", "2026-10-06T00:00:00Z");
    assert_true(price_find(table, &call, &price));
    assert_int_equal(price.rates.input, 4000000);
    call = call_of("never-heard-of", "2026-10-06T00:00:00Z");
    assert_false(price_find(table, &call, &price));
}

static void tables_over_each_other_have_a_name_and_hash_of_both(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct price_table *table = put_over(&arena, "");
    assert_string_equal(price_table_name(&arena, price_asset(&arena)), "built-in 2026-11-22");
    assert_string_equal(price_table_name(&arena, table), "own 2026-12-01 over built-in 2026-11-22");
    assert_true(price_table_hash(table) != price_table_hash(price_asset(&arena)));
    assert_true(price_table_hash(table) == price_table_hash(put_over(&arena, "")));
}

static void lists_what_is_in_force_and_from_where(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct price_line *before;
    struct price_line *after;
    size_t count;
    size_t count_after;
    price_table_lines(price_asset(&arena), &arena, &before, &count);
    struct price_table *table = put_over(
        &arena, "{\"names\":[\"claude-opus-5\"],\"rows\":[{\"source\":\"s\"}]},"
                "{\"names\":[\"a-model\"],\"rows\":[{\"input\":\"0.125\",\"source\":\"s\"}]}");
    price_table_lines(table, &arena, &after, &count_after);
    assert_int_equal(count_after, count); /* one model more, one fast line less */
    assert_string_equal(after[0].model, "a-model");
    assert_true(after[0].own);
    assert_string_equal(price_text(&arena, after[0].rates.input), "0.125");
    for (size_t i = 1; i < count_after; i++) {
        assert_true(strcmp(after[i - 1].model, after[i].model) <= 0);
        assert_int_equal(after[i].own, strcmp(after[i].model, "claude-opus-5") == 0);
    }
    assert_string_equal(price_listed_as(table, "us.anthropic.claude-opus-4-0"), "claude-opus-4");
    assert_null(price_listed_as(table, "claude"));
}

static void prices_are_said_exactly(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    assert_string_equal(price_text(&arena, 0), "0.00");
    assert_string_equal(price_text(&arena, 3000000), "3.00");
    assert_string_equal(price_text(&arena, 1), "0.000001");
    assert_string_equal(price_text(&arena, 12500000), "12.50");
    assert_string_equal(price_text(&arena, INT64_C(1000000000000)), "1000000.00");
    assert_null(price_text(&arena, PRICE_NONE));
}

static void the_newest_row_of_a_model_is_found(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct price_bands bands;
    assert_true(price_newest(price_asset(&arena), "claude-sonnet-5-5", &bands));
    assert_int_equal(bands.rates.cache_read, 100000);
    assert_true(bands.above_prompt == INT64_MAX);
    assert_true(price_newest(price_asset(&arena), "claude-haiku-5-5", &bands));
    assert_int_equal(bands.above_prompt, 100000);
    assert_int_equal(bands.above.input, 500000);
    assert_false(price_newest(price_asset(&arena), "claude", &bands));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shipped_table_says_its_date_and_hash),
        cmocka_unit_test(every_model_of_the_list_costs_what_the_list_says),
        cmocka_unit_test(takes_a_providers_decorations_off),
        cmocka_unit_test(never_falls_back_to_a_shorter_name),
        cmocka_unit_test(a_price_changes_at_midnight_utc),
        cmocka_unit_test(the_first_row_holds_for_earlier_calls_too),
        cmocka_unit_test(a_long_prompt_changes_the_rates_of_the_whole_call),
        cmocka_unit_test(fast_mode_has_its_own_rates_while_it_is_sold),
        cmocka_unit_test(an_odd_service_tier_has_no_price),
        cmocka_unit_test(a_rate_left_out_is_none_and_decimals_are_exact),
        cmocka_unit_test(refuses_what_is_no_price),
        cmocka_unit_test(says_where_a_table_is_wrong),
        cmocka_unit_test(refuses_names_that_clash_or_cannot_be_found),
        cmocka_unit_test(finds_each_of_many_models),
        cmocka_unit_test(an_own_table_goes_before_the_other_model_by_model),
        cmocka_unit_test(tables_over_each_other_have_a_name_and_hash_of_both),
        cmocka_unit_test(lists_what_is_in_force_and_from_where),
        cmocka_unit_test(prices_are_said_exactly),
        cmocka_unit_test(the_newest_row_of_a_model_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
