#include "model/id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "base/clock.h"

static void ids_of_every_level_are_understood(void **state)
{
    (void)state;
    struct id id;
    assert_true(id_parse("dev_20261006_1455", &id));
    assert_int_equal(id.level, LEVEL_DEVELOPMENT);
    assert_int_equal(id.episode, -1);
    assert_int_equal(id.year, 2026);
    assert_int_equal(id.month, 10);
    assert_int_equal(id.day, 6);
    assert_int_equal(id.hour, 14);
    assert_int_equal(id.minute, 55);
    assert_int_equal(id.nth, 1);
    assert_true(id_parse("plan_20261006_0000_2", &id));
    assert_int_equal(id.level, LEVEL_PLANNING);
    assert_int_equal(id.nth, 2);
    assert_true(id_parse("code_20260101_2359_123", &id));
    assert_int_equal(id.level, LEVEL_CODED);
    assert_int_equal(id.nth, 123);
    assert_true(id_parse("ep_014_20261231_0905", &id));
    assert_int_equal(id.level, LEVEL_PRODUCTION);
    assert_int_equal(id.episode, 14);
    assert_true(id_parse("ep_1000_20261231_0905", &id));
    assert_int_equal(id.episode, 1000);
    assert_true(id_parse("ep_999999999_20261231_0905_3", &id));
    assert_int_equal(id.episode, 999999999);
    assert_true(id_parse("ep_000_20261231_0905", &id));
    assert_int_equal(id.episode, 0);
}

static const char *const near_misses[] = {
    "",
    "dev",
    "dev_",
    "dev_20261006",
    "dev_20261006_",
    "dev_20261006_145",
    "dev_20261006_14555",
    "dev_2026100_1455",
    "dev_202610066_1455",
    "dev_20261006-1455",
    "dev-20261006_1455",
    "dev20261006_1455",
    "dev__20261006_1455",
    "dev_20261006_1455_",
    "dev_20261006_1455_x",
    "dev_20261006_1455_2_",
    "dev_20261006_1455_2_3",
    "dev_20261006_1455_-2",
    "dev_20261006_1455_+2",
    "dev_20261006_1455 ",
    " dev_20261006_1455",
    "dev_20261006_1455\n",
    "dev_20261006_1455.json",
    "dev_20261006_1455/",
    "../dev_20261006_1455",
    "./dev_20261006_1455",
    "/dev_20261006_1455",
    "a/dev_20261006_1455",
    "DEV_20261006_1455",
    "Dev_20261006_1455",
    "dEv_20261006_1455",
    "coded_20261006_1455",
    "prod_20261006_1455",
    "production_20261006_1455",
    "ep_20261006_1455",
    "ep_1_20261006_1455",
    "ep_01_20261006_1455",
    "ep_14_20261006_1455",
    "ep__20261006_1455",
    "ep_0x1_20261006_1455",
    "ep_-01_20261006_1455",
    "ep_9999999999_20261006_1455",
    "EP_014_20261006_1455",
    "dev_014_20261006_1455",
    "dev_20261306_1455",
    "dev_20260006_1455",
    "dev_20261000_1455",
    "dev_20261032_1455",
    "dev_20261006_2400",
    "dev_20261006_1460",
    "dev_2026\331\241\331\24006_1455", /* Arabic digits */
    "dev_\357\274\2220261006_1455",    /* a wide digit */
    "d\303\251v_20261006_1455",
    "dev_20261006_1455\302\240",
    "\357\273\277dev_20261006_1455",
};

static void near_misses_are_no_ids(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(near_misses); i++)
        if (id_is(near_misses[i]))
            fail_msg("taken for an id: '%s'", near_misses[i]);
}

static void numbers_without_end_are_refused(void **state)
{
    (void)state;
    char digits[1001];
    char text[1200];
    memset(digits, '7', sizeof(digits) - 1);
    digits[sizeof(digits) - 1] = '\0';
    (void)snprintf(text, sizeof(text), "ep_%s_20261006_1455", digits);
    assert_false(id_is(text));
    (void)snprintf(text, sizeof(text), "dev_20261006_1455_%s", digits);
    assert_false(id_is(text));
    (void)snprintf(text, sizeof(text), "dev_%s_1455", digits);
    assert_false(id_is(text));
    (void)snprintf(text, sizeof(text), "dev_20261006_1455_%.78s", digits); /* just below ID_SIZE */
    assert_false(id_is(text));
}

/* The grammar takes any number behind the last line; only a clash makes one, so none is below 2. */
static void a_suffix_is_any_number(void **state)
{
    (void)state;
    struct id id;
    assert_true(id_parse("dev_20261006_1455_0", &id));
    assert_int_equal(id.nth, 0);
    assert_true(id_parse("dev_20261006_1455_02", &id));
    assert_int_equal(id.nth, 2);
}

static void made_ids_are_ids_and_say_the_same(void **state)
{
    (void)state;
    static const int episodes[] = { 0, 7, 14, 999, 1000, 123456789, 999999999 };
    static const int nths[] = { 1, 2, 10, 999999999 };
    struct civil start = { .year = 2026, .month = 2, .day = 9, .hour = 4, .minute = 7 };
    for (enum level level = LEVEL_DEVELOPMENT; level <= LEVEL_CODED; level++)
        for (size_t i = 0; i < ARRAY_LEN(episodes) * ARRAY_LEN(nths); i++) {
            int episode = episodes[i % ARRAY_LEN(episodes)];
            int nth = nths[i / ARRAY_LEN(episodes)];
            char text[ID_SIZE];
            struct id id;
            id_make(level, episode, &start, nth, text);
            assert_true(id_parse(text, &id));
            assert_int_equal(id.level, level);
            assert_int_equal(id.episode, level == LEVEL_PRODUCTION ? episode : -1);
            assert_int_equal(id.nth, nth);
            assert_int_equal(id.day * 10000 + id.hour * 100 + id.minute, 90407);
        }
}

static void made_ids_are_the_documented_ones(void **state)
{
    (void)state;
    struct civil start = { .year = 2026, .month = 10, .day = 6, .hour = 14, .minute = 55 };
    char text[ID_SIZE];
    id_make(LEVEL_DEVELOPMENT, 3, &start, 1, text);
    assert_string_equal(text, "dev_20261006_1455");
    id_make(LEVEL_PRODUCTION, 14, &start, 1, text);
    assert_string_equal(text, "ep_014_20261006_1455");
    id_make(LEVEL_PRODUCTION, 1000, &start, 2, text);
    assert_string_equal(text, "ep_1000_20261006_1455_2");
    id_make(LEVEL_PLANNING, -1, &start, 3, text);
    assert_string_equal(text, "plan_20261006_1455_3");
    id_make(LEVEL_CODED, -1, &start, 1, text);
    assert_string_equal(text, "code_20261006_1455");
}

static void people_may_say_less_than_the_whole_id(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        const char *word;
        bool fits;
    } cases[] = {
        { "dev_20261006_1455", "dev_20261006_1455", true },
        { "dev_20261006_1455", "dev_20261006", true },
        { "dev_20261006_1455", "d", true },
        { "dev_20261006_1455", "dev_1455", true },
        { "dev_20261006_1455", "dev_145", false },
        { "dev_20261006_1455", "dev_14550", false },
        { "dev_20261006_1455", "plan_1455", false },
        { "dev_20261006_1455", "1455", false },
        { "dev_20261006_1455", "", false },
        { "dev_20261006_1455", "DEV_20261006", false },
        { "dev_20261006_1455", "dev_20261006_1455_2", false },
        { "dev_20261006_1455_2", "dev_20261006_1455", true },
        { "dev_20261006_1455_2", "dev_1455", true },
        { "dev_20261006_0905", "dev_0905", true },
        { "dev_20261006_0905", "dev_905", false },
        { "code_20261006_1455", "code_1455", true },
        { "ep_014_20261006_1455", "ep_014", true },
        { "ep_014_20261006_1455", "ep_14", true },
        { "ep_014_20261006_1455", "ep_0014", true },
        { "ep_014_20261006_1455", "ep_1455", true },
        { "ep_014_20261006_1455", "ep_15", false },
        { "ep_014_20261006_1455", "ep_14x", false },
        { "ep_014_20261006_1455", "ep_", true },
        { "ep_1455_20261006_0900", "ep_1455", true },
        { "no id at all", "no", false },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        if (id_fits(cases[i].id, cases[i].word) != cases[i].fits)
            fail_msg("'%s' and '%s'", cases[i].id, cases[i].word);
}

static void words_with_other_characters_are_ill_formed(void **state)
{
    (void)state;
    static const char *const bad[] = { "",  "DEV", "dev-1",    "dev 1", "../x", "a.json",
                                       "@", "a/b", "\xc3\xa9", "x\n",   "*" };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(id_word(bad[i]));
    assert_true(id_word("dev_20261006_1455"));
    assert_true(id_word("d"));
    assert_true(id_word("0_9"));
    char word[ID_SIZE + 1];
    memset(word, 'a', ID_SIZE);
    word[ID_SIZE] = '\0';
    assert_false(id_word(word));
    word[ID_SIZE - 1] = '\0';
    assert_true(id_word(word));
}

static void only_the_name_of_a_session_file_gives_its_id(void **state)
{
    (void)state;
    char id[ID_SIZE];
    assert_true(id_of_file("dev_20261006_1455.json", id));
    assert_string_equal(id, "dev_20261006_1455");
    static const char *const bad[] = {
        "",
        ".json",
        "x.json",
        "dev_20261006_1455",
        "dev_20261006_1455.md",
        "README",
        "a.json",
        "archive",
        "dev_20261006_1455.JSON",
        "dev_20261006_1455.json~",
        ".session-manager-dev_20261006_1455.json.tmp",
        "dev_20261006_1455.json.json",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(id_of_file(bad[i], id));
    char name[400];
    memset(name, 'a', sizeof(name));
    memcpy(name + sizeof(name) - 6, ".json", 6);
    assert_false(id_of_file(name, id));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_of_every_level_are_understood),
        cmocka_unit_test(near_misses_are_no_ids),
        cmocka_unit_test(numbers_without_end_are_refused),
        cmocka_unit_test(a_suffix_is_any_number),
        cmocka_unit_test(made_ids_are_ids_and_say_the_same),
        cmocka_unit_test(made_ids_are_the_documented_ones),
        cmocka_unit_test(people_may_say_less_than_the_whole_id),
        cmocka_unit_test(words_with_other_characters_are_ill_formed),
        cmocka_unit_test(only_the_name_of_a_session_file_gives_its_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
