#include "measure/cost.h"

#include "unit/measure/price_asset.h"

#include "base/clock.h"
#include "model/usage.h"

/* In all comments: nano-dollars a token, which is the list's dollars a million times 1,000. */

static int64_t cost_at(struct call call, const char *when)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    assert_true(clock_parse(when, strlen(when), &call.at_ns));
    return cost_of_call(price_asset(&arena), &call);
}

static int64_t cost(const char *model, struct usage usage)
{
    return cost_at((struct call){ .model = model, .usage = usage }, "2026-11-22T12:00:00Z");
}

/* One model "m" with the rates given as members, say "\"input\":\"0.0005\"". */
static int64_t cost_by(const char *members, struct usage usage)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct price_table *table = NULL;
    struct err err = { 0 };
    const char *text = arena_printf(
        &arena,
        "{\"schema\":\"session-manager/prices\",\"schema_version\":1,\"date\":\"2026-01-01\","
        "\"currency\":\"USD\",\"sources\":[{\"id\":\"s\"}],\"web_search_usd_per_1000\":"
        "\"0.000001\",\"models\":[{\"names\":[\"m\"],\"rows\":[{%s,\"source\":\"s\"}]}]}",
        members);
    if (!price_table_parse(&arena, text, strlen(text), "t", &table, &err))
        fail_msg("%s: %s", err.where, err.text);
    return cost_of_call(table, &(struct call){ .model = "m", .usage = usage });
}

static void every_class_of_tokens_has_its_own_rate(void **state)
{
    (void)state;
    /* Opus 5: 4*5000 + 310*25000 + 700*6250 + 200*10000 + 15000*500
     *       = 20,000 + 7,750,000 + 4,375,000 + 2,000,000 + 7,500,000 */
    assert_int_equal(cost("claude-opus-5", (struct usage){ .input = 4,
                                                           .output = 310,
                                                           .cache_write_5m = 700,
                                                           .cache_write_1h = 200,
                                                           .cache_read = 15000 }),
                     21645000);
}

static void one_hour_writes_cost_more_than_five_minute_ones(void **state)
{
    (void)state;
    /* Sonnet 4.6: 1000*3750 and 1000*6000 */
    assert_int_equal(cost("claude-sonnet-4-6", (struct usage){ .cache_write_5m = 1000 }), 3750000);
    assert_int_equal(cost("claude-sonnet-4-6", (struct usage){ .cache_write_1h = 1000 }), 6000000);
}

static void nothing_used_costs_nothing(void **state)
{
    (void)state;
    assert_int_equal(cost("claude-opus-5", (struct usage){ 0 }), 0);
}

static void opus_5_5_does_not_cost_what_opus_5_costs(void **state)
{
    (void)state;
    struct usage usage = { .input = 1000, .cache_read = 1000 };
    /* 1000*4000 + 1000*200, and 1000*5000 + 1000*500 */
    assert_int_equal(cost("claude-opus-5-5", usage), 4200000);
    assert_int_equal(cost("claude-opus-5", usage), 5500000);
    assert_int_equal(cost("claude-opus-5-6", usage), USAGE_UNPRICED);
}

static void decorations_do_not_change_the_price(void **state)
{
    (void)state;
    static const char *const names[] = { "claude-opus-4-5", "claude-opus-4-5-20251101",
                                         "claude-opus-4-5[1m]", "claude-opus-4-5@20251101",
                                         "us.anthropic.claude-opus-4-5-20251101-v1:0" };
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        assert_int_equal(cost(names[i], (struct usage){ .output = 10 }), 250000);
}

static void long_context_prices_the_whole_call(void **state)
{
    (void)state;
    /* Sonnet 4.5, prompt 200,000: 150000*3000 + 50000*300 + 1000*15000
     *                           = 450,000,000 + 15,000,000 + 15,000,000 */
    struct usage usage = { .input = 150000, .cache_read = 50000, .output = 1000 };
    assert_int_equal(cost("claude-sonnet-4-5", usage), 480000000);
    /* One token more, 200,001: 150001*6000 + 50000*600 + 1000*22500
     *                        = 900,006,000 + 30,000,000 + 22,500,000 */
    usage.input++;
    assert_int_equal(cost("claude-sonnet-4-5", usage), 952506000);
    /* Sonnet 4.6 knows no such step: 150001*3000 + 15,000,000 + 15,000,000 */
    assert_int_equal(cost("claude-sonnet-4-6", usage), 480003000);
}

static void haiku_5_5_has_its_step_at_100_000(void **state)
{
    (void)state;
    /* 100000 in all: 90000*100 + 9000*10 + 600*125 + 400*200 + 1000*500
     *              = 9,000,000 + 90,000 + 75,000 + 80,000 + 500,000 */
    struct usage usage = { 90000, 1000, 600, 400, 9000, 0 };
    assert_int_equal(cost("claude-haiku-5-5", usage), 9745000);
    /* 100001: 90000*500 + 9001*50 + 600*625 + 400*1000 + 1000*2500
     *       = 45,000,000 + 450,050 + 375,000 + 400,000 + 2,500,000 */
    usage.cache_read++;
    assert_int_equal(cost("claude-haiku-5-5", usage), 48725050);
}

static void fast_calls_pay_the_fast_rates(void **state)
{
    (void)state;
    struct call call = { .model = "claude-opus-5-5",
                         .speed = CALL_FAST,
                         .usage = { 100, 10, 20, 30, 1000, 0 } };
    const char *now = "2026-11-22T12:00:00Z";
    /* 100*8000 + 10*40000 + 20*10000 + 30*16000 + 1000*400
     * = 800,000 + 400,000 + 200,000 + 480,000 + 400,000 */
    assert_int_equal(cost_at(call, now), 2280000);
    call.model = "claude-opus-4-6"; /* as standard: 100*5000+10*25000+20*6250+30*10000+1000*500 */
    assert_int_equal(cost_at(call, now), 1675000);
    call.model = "claude-fable-5-2";
    assert_int_equal(cost_at(call, now), USAGE_UNPRICED);
}

static void us_only_inference_costs_a_tenth_more_on_tokens_only(void **state)
{
    (void)state;
    struct call call = { .model = "claude-opus-5",
                         .flags = CALL_GEO_US,
                         .usage = { .input = 100, .web_searches = 2 } };
    /* 100*5000*1.1 + 2*10,000,000 */
    assert_int_equal(cost_at(call, "2026-11-22T12:00:00Z"), 20550000);
    call.model = "claude-opus-4-5"; /* before 4.6: no such factor */
    assert_int_equal(cost_at(call, "2026-11-22T12:00:00Z"), 20500000);
}

static void web_searches_are_ten_dollars_a_thousand(void **state)
{
    (void)state;
    assert_int_equal(cost("claude-opus-5", (struct usage){ .web_searches = 1000 }),
                     INT64_C(10000000000));
}

static void the_price_of_the_calls_utc_day_holds(void **state)
{
    (void)state;
    struct call call = { .model = "claude-sonnet-5-5", .usage = { .cache_read = 1000 } };
    assert_int_equal(cost_at(call, "2026-10-06T23:59:59.999Z"), 200000); /* 1000*200 */
    assert_int_equal(cost_at(call, "2026-10-07T00:00:00Z"), 100000);     /* 1000*100 */
}

static void rounds_half_to_even_once_for_the_whole_call(void **state)
{
    (void)state;
    /* "0.0005" is 500 pico-dollars a token: halves of a nano-dollar. */
    const char *half = "\"input\":\"0.0005\",\"output\":\"0.0005\"";
    static const int64_t want[] = { 0, 0, 1, 2, 2, 2, 3, 4, 4 };
    for (int64_t n = 0; n < (int64_t)ARRAY_LEN(want); n++)
        assert_int_equal(cost_by(half, (struct usage){ .input = n }), want[n]);
    /* 0.5 + 0.5 = 1, not 0 + 0 */
    assert_int_equal(cost_by(half, (struct usage){ .input = 1, .output = 1 }), 1);
    /* 0.5 + one search of 1 nano-dollar = 1.5 -> 2, not 0 + 1 */
    assert_int_equal(cost_by(half, (struct usage){ .input = 1, .web_searches = 1 }), 2);
    /* 0.499 and 0.501 */
    assert_int_equal(cost_by("\"input\":\"0.000499\"", (struct usage){ .input = 1 }), 0);
    assert_int_equal(cost_by("\"input\":\"0.000501\"", (struct usage){ .input = 1 }), 1);
}

static void the_geo_factor_is_applied_before_rounding(void **state)
{
    (void)state;
    struct call call = { .model = "claude-haiku-5-5", .flags = CALL_GEO_US };
    const char *now = "2026-11-22T12:00:00Z";
    call.usage.cache_write_5m = 1; /* 125*1.1 = 137.5 -> 138 */
    assert_int_equal(cost_at(call, now), 138);
    call.usage.cache_write_5m = 3; /* 412.5 -> 412 */
    assert_int_equal(cost_at(call, now), 412);
    call.usage.cache_write_5m = 2; /* 275 */
    assert_int_equal(cost_at(call, now), 275);
}

static void a_missing_rate_matters_only_where_tokens_need_it(void **state)
{
    (void)state;
    /* Haiku 3: 10*250 + 10*300 */
    struct usage usage = { .input = 10, .cache_write_5m = 10 };
    assert_int_equal(cost("claude-3-haiku-20240307", usage), 5500);
    usage.cache_write_1h = 1;
    assert_int_equal(cost("claude-3-haiku-20240307", usage), USAGE_UNPRICED);
}

static void unknown_models_and_odd_tiers_are_unpriced(void **state)
{
    (void)state;
    assert_int_equal(cost("kimi-k2.5", (struct usage){ .input = 1 }), USAGE_UNPRICED);
    struct call call = { .model = "claude-opus-5",
                         .flags = CALL_ODD_TIER,
                         .usage = { .input = 1 } };
    assert_int_equal(cost_at(call, "2026-11-22T12:00:00Z"), USAGE_UNPRICED);
}

static void huge_counts_are_exact_or_unpriced(void **state)
{
    (void)state;
    /* 1e15*5000 = 5e18 fits though its pico-dollars do not; 2e15*5000 = 1e19 does not fit. */
    assert_int_equal(cost("claude-opus-5", (struct usage){ .input = INT64_C(1000000000000000) }),
                     INT64_C(5000000000000000000));
    assert_int_equal(cost("claude-opus-5", (struct usage){ .input = INT64_C(2000000000000000) }),
                     USAGE_UNPRICED);
    assert_int_equal(cost_by("\"input\":\"1000000\",\"output\":\"1000000\"",
                             (struct usage){ INT64_MAX, INT64_MAX, 0, 0, 0, INT64_MAX }),
                     USAGE_UNPRICED);
    /* One pico-dollar a thousand times: INT64_MAX/1000 = 9223372036854775.807 -> ...776 */
    assert_int_equal(cost_by("\"input\":\"0.000001\"", (struct usage){ .input = INT64_MAX }),
                     INT64_C(9223372036854776));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_class_of_tokens_has_its_own_rate),
        cmocka_unit_test(one_hour_writes_cost_more_than_five_minute_ones),
        cmocka_unit_test(nothing_used_costs_nothing),
        cmocka_unit_test(opus_5_5_does_not_cost_what_opus_5_costs),
        cmocka_unit_test(decorations_do_not_change_the_price),
        cmocka_unit_test(long_context_prices_the_whole_call),
        cmocka_unit_test(haiku_5_5_has_its_step_at_100_000),
        cmocka_unit_test(fast_calls_pay_the_fast_rates),
        cmocka_unit_test(us_only_inference_costs_a_tenth_more_on_tokens_only),
        cmocka_unit_test(web_searches_are_ten_dollars_a_thousand),
        cmocka_unit_test(the_price_of_the_calls_utc_day_holds),
        cmocka_unit_test(rounds_half_to_even_once_for_the_whole_call),
        cmocka_unit_test(the_geo_factor_is_applied_before_rounding),
        cmocka_unit_test(a_missing_rate_matters_only_where_tokens_need_it),
        cmocka_unit_test(unknown_models_and_odd_tiers_are_unpriced),
        cmocka_unit_test(huge_counts_are_exact_or_unpriced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
