#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "measure/litellm.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"

static int64_t price(const char *number)
{
    int64_t pico = -7;
    if (!litellm_price(number, strlen(number), &pico))
        fail_msg("'%s' was refused", number);
    return pico;
}

static bool refused(const char *number)
{
    int64_t pico;
    return !litellm_price(number, strlen(number), &pico);
}

static void the_same_price_may_be_written_in_many_ways(void **state)
{
    (void)state;
    static const char *const same[] = {
        "3e-06",     "0.000003",       "3E-6",      "0.3e-5",          "300e-8",
        "0.0000030", "3.000000000e-6", "30.0e-007", "0.00000300e+000", "0.0000000000003e7",
    };
    for (size_t i = 0; i < ARRAY_LEN(same); i++)
        assert_int_equal(price(same[i]), 3000000);
}

static void prices_are_exact_to_the_pico_dollar(void **state)
{
    (void)state;
    assert_int_equal(price("1.5e-7"), 150000);
    assert_int_equal(price("1e-9"), 1000);
    assert_int_equal(price("1e-12"), 1);
    assert_int_equal(price("0.000000000001"), 1);
    assert_int_equal(price("1.00000000001"
                           "e-1"),
                     INT64_C(100000000001));
    assert_int_equal(price("0.0000187500"), 18750000);
    assert_int_equal(price("6.25e-06"), 6250000);
    assert_int_equal(price("0"), 0);
    assert_int_equal(price("0.0"), 0);
    assert_int_equal(price("0e-99999999999999999999"), 0);
    assert_int_equal(price("1"), INT64_C(1000000000000));
    assert_int_equal(price("1.000000000000000000000000000000000000"), INT64_C(1000000000000));
}

static void what_cannot_be_kept_exactly_is_refused(void **state)
{
    (void)state;
    assert_true(refused("1e-13"));
    assert_true(refused("1.5e-12"));
    assert_true(refused("3.0000000000000001e-06"));
    assert_true(refused("0.00000300000000000000000000000000000001"));
    assert_true(refused("1.000000000001"));
    assert_true(refused("2"));
    assert_true(refused("1e999999999999999999999"));
    assert_true(refused("99999999999999999999e-20"));
    assert_true(refused("-3e-06"));
    assert_true(refused("-0"));
    assert_true(refused(""));
    assert_true(refused("."));
    assert_true(refused("e-6"));
    assert_true(refused("3e"));
    assert_true(refused("3e-"));
    assert_true(refused("3e-6x"));
    assert_true(refused("3.0.0e-6"));
    assert_true(refused("+3e-6"));
    assert_true(refused("nan"));
}

static struct litellm parsed(struct arena *arena, const char *text, const char *const *wanted)
{
    struct litellm out;
    struct err err = { 0 };
    struct litellm_file file = { text, strlen(text), "f.json", wanted };
    if (!litellm_parse(arena, &file, &out, &err))
        fail_msg("%s at %s", err.text, err.where);
    return out;
}

static void expect_refused(const char *text, const char *what, const char *where)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct litellm out;
    struct err err = { 0 };
    struct litellm_file file = { text, strlen(text), "f.json", NULL };
    assert_false(litellm_parse(&arena, &file, &out, &err));
    assert_int_equal(err.code, ERR_DAMAGED);
    if (!strstr(err.text, what) || !strstr(err.where, where))
        fail_msg("'%s' at '%s' instead of '%s' at '%s'", err.text, err.where, what, where);
}

#define BASIC "\"input_cost_per_token\":3e-06,\"output_cost_per_token\":1.5e-05"

static void reads_every_kind_of_price(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct litellm file =
        parsed(&arena,
               "{\"m-1\":{\"litellm_provider\":\"x\"," BASIC
               ",\"cache_creation_input_token_cost\":3.75e-06"
               ",\"cache_creation_input_token_cost_above_1hr\":6e-06"
               ",\"cache_read_input_token_cost\":3e-07"
               ",\"input_cost_per_token_above_200k_tokens\":6e-06"
               ",\"output_cost_per_token_above_200k_tokens\":2.25e-05"
               ",\"cache_creation_input_token_cost_above_200k_tokens\":7.5e-06"
               ",\"cache_creation_input_token_cost_above_1hr_above_200k_tokens\":1.2e-05"
               ",\"cache_read_input_token_cost_above_200k_tokens\":6e-07"
               ",\"input_cost_per_token_batches\":1e-06,\"supports\":{\"a\":[1,2,{}]}"
               ",\"provider_specific_entry\":{\"fast\":6.0,\"us\":1.1,\"other\":\"x\"}}}",
               NULL);
    assert_int_equal(file.count, 1);
    const struct litellm_model *model = &file.models[0];
    const struct rates *low = &model->bands.rates;
    const struct rates *high = &model->bands.above;
    assert_string_equal(model->name, "m-1");
    assert_int_equal(low->input, 3000000);
    assert_int_equal(low->output, 15000000);
    assert_int_equal(low->cache_write_5m, 3750000);
    assert_int_equal(low->cache_write_1h, 6000000);
    assert_int_equal(low->cache_read, 300000);
    assert_int_equal(model->bands.above_prompt, 200000);
    assert_int_equal(high->input, 6000000);
    assert_int_equal(high->output, 22500000);
    assert_int_equal(high->cache_write_5m, 7500000);
    assert_int_equal(high->cache_write_1h, 12000000);
    assert_int_equal(high->cache_read, 600000);
    assert_int_equal(model->fast_times, 600);
    assert_int_equal(model->us_percent, 110);
}

static void what_is_missing_has_no_price(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct litellm file =
        parsed(&arena, "{\"m-1\":{" BASIC ",\"cache_read_input_token_cost\":null}}", NULL);
    const struct price_bands *bands = &file.models[0].bands;
    assert_int_equal(bands->rates.cache_write_5m, PRICE_NONE);
    assert_int_equal(bands->rates.cache_write_1h, PRICE_NONE);
    assert_int_equal(bands->rates.cache_read, PRICE_NONE);
    assert_true(bands->above_prompt == INT64_MAX);
    assert_int_equal(file.models[0].fast_times, 0);
    assert_int_equal(file.models[0].us_percent, 0);
}

static void entries_that_do_not_price_tokens_are_passed_over_and_counted(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct litellm file =
        parsed(&arena,
               "{\"sample_spec\":{\"input_cost_per_token\":\"a text\"},"
               "\"picture\":{\"output_cost_per_image\":0.04},"
               "\"in-only\":{\"input_cost_per_token\":1e-08},"
               "\"too-fine\":{\"input_cost_per_token\":1e-13,\"output_cost_per_token\":0},"
               "\"two-steps\":{" BASIC ",\"input_cost_per_token_above_128k_tokens\":4e-06,"
               "\"input_cost_per_token_above_200k_tokens\":6e-06},"
               "\"good\":{" BASIC "}}",
               NULL);
    assert_int_equal(file.count, 1);
    assert_string_equal(file.models[0].name, "good");
    assert_int_equal(file.passed, 4);
    assert_int_equal(file.entries, 6);
}

static void only_wanted_models_are_read(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    static const char *const wanted[] = { "b", NULL };
    struct litellm file =
        parsed(&arena, "{\"a\":{\"input_cost_per_token\":\"not read\"},\"b\":{" BASIC "}}", wanted);
    assert_int_equal(file.count, 1);
    assert_string_equal(file.models[0].name, "b");
}

static void the_plain_name_speaks_first_then_the_newest_date(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    static const char one[] = "\"input_cost_per_token\":1e-06,\"output_cost_per_token\":0";
    static const char two[] = "\"input_cost_per_token\":2e-06,\"output_cost_per_token\":0";
    struct litellm file =
        parsed(&arena,
               arena_printf(&arena,
                            "{\"a-20250101\":{%s},\"a\":{%s},\"a-20260101\":{%s},"
                            "\"b-20260101\":{%s},\"b-20250101\":{%s},"
                            "\"us.anthropic.b-20270101-v1:0\":{%s},\"bedrock/b\":{%s},"
                            "\"b@20270101\":{%s}}",
                            one, two, one, two, one, one, one, one),
               NULL);
    assert_int_equal(file.count, 2);
    for (size_t i = 0; i < file.count; i++)
        assert_int_equal(file.models[i].bands.rates.input, 2000000);
}

static void bad_input_is_refused_with_its_place(void **state)
{
    (void)state;
    expect_refused("", "", "f.json, byte 0");
    expect_refused("[]", "not an object of models", "f.json, byte 0");
    expect_refused("{\"a\":{" BASIC "}", "", "f.json, byte");
    expect_refused("{\"a\":{" BASIC "}} x", "", "f.json, byte");
    expect_refused("{\"a\":1}", "a model that is no object", "f.json: 'a'");
    expect_refused("{\"a\":{\"input_cost_per_token\":-3e-06}}", "below zero",
                   "f.json: 'a', 'input_cost_per_token'");
    expect_refused("{\"a\":{\"input_cost_per_token\":\"3e-06\"}}", "no number",
                   "f.json: 'a', 'input_cost_per_token'");
    expect_refused("{\"a\":{\"cache_read_input_token_cost\":true}}", "no number",
                   "'cache_read_input_token_cost'");
    expect_refused("{\"a\":{" BASIC ",\"input_cost_per_token\":1}}", "twice", "'a'");
    expect_refused("{\"a\":{\"input_cost_per_token\":3e-}}", "", "f.json, byte");
    expect_refused("{\"a\":{" BASIC ",\"provider_specific_entry\":{\"us\":-1}}}", "a factor",
                   "'provider_specific_entry'");
    expect_refused("{\"a\":{" BASIC ",\"x\":\"\xff\"}}", "", "f.json, byte");
}

static void a_huge_file_ends_at_its_limit(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    enum { MANY = 20001, EACH = 100 };
    char *text = arena_alloc(&arena, (size_t)MANY * EACH);
    size_t used = 0;
    for (int i = 0; i < MANY; i++)
        used += (size_t)snprintf(text + used, EACH, "%c\"m%d\":{" BASIC "}", i ? ',' : '{', i);
    text[used] = '}';
    struct litellm out;
    struct err err = { 0 };
    struct litellm_file file = { text, used + 1, "f.json", NULL };
    assert_false(litellm_parse(&arena, &file, &out, &err));
    assert_non_null(strstr(err.text, "more than 20000 models"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_price_may_be_written_in_many_ways),
        cmocka_unit_test(prices_are_exact_to_the_pico_dollar),
        cmocka_unit_test(what_cannot_be_kept_exactly_is_refused),
        cmocka_unit_test(reads_every_kind_of_price),
        cmocka_unit_test(what_is_missing_has_no_price),
        cmocka_unit_test(entries_that_do_not_price_tokens_are_passed_over_and_counted),
        cmocka_unit_test(only_wanted_models_are_read),
        cmocka_unit_test(the_plain_name_speaks_first_then_the_newest_date),
        cmocka_unit_test(bad_input_is_refused_with_its_place),
        cmocka_unit_test(a_huge_file_ends_at_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
