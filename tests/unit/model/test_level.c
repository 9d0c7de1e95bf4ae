#include "model/level.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/attr.h"

static const struct {
    const char *word;
    enum level level;
} words[] = {
    { "dev", LEVEL_DEVELOPMENT },
    { "development", LEVEL_DEVELOPMENT },
    { "1", LEVEL_DEVELOPMENT },
    { "1-dev", LEVEL_DEVELOPMENT },
    { "level-1", LEVEL_DEVELOPMENT },
    { "prod", LEVEL_PRODUCTION },
    { "production", LEVEL_PRODUCTION },
    { "2", LEVEL_PRODUCTION },
    { "2-production", LEVEL_PRODUCTION },
    { "level-2", LEVEL_PRODUCTION },
    { "plan", LEVEL_PLANNING },
    { "planning", LEVEL_PLANNING },
    { "platform", LEVEL_PLANNING },
    { "3", LEVEL_PLANNING },
    { "3-platform", LEVEL_PLANNING },
    { "level-3", LEVEL_PLANNING },
    { "coded", LEVEL_CODED },
    { "code", LEVEL_CODED },
    { "4", LEVEL_CODED },
    { "4-coded", LEVEL_CODED },
    { "level-4", LEVEL_CODED },
};

/* `word` with every `step`-th character in upper case. */
static void in_capitals(const char *word, size_t step, char out[32])
{
    (void)snprintf(out, 32, "%s", word);
    for (size_t i = 0; out[i]; i++)
        if (i % step == 0 && out[i] >= 'a' && out[i] <= 'z')
            out[i] = (char)(out[i] - 'a' + 'A');
}

static void every_word_is_known_in_any_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        for (size_t step = 1; step < 4; step++) {
            char raised[32];
            in_capitals(words[i].word, step, raised);
            assert_int_equal(level_from_word(words[i].word), words[i].level);
            assert_int_equal(level_from_word(raised), words[i].level);
        }
}

static void words_inside_others_and_other_words_say_nothing(void **state)
{
    (void)state;
    static const char *const other[] = {
        "",        " ",       "de",   "devx",  "xdev",   "developmen", "0",       "5",
        "11",      "12",      "-1",   "1-",    "level",  "level-",     "level-5", "level-11",
        "lan",     "plans",   "cod",  "coder", "produc", " dev",       "dev ",    "dev development",
        "1 1-dev", "level 1", "form", "-dev",  "dev\n",  "d\xc3\xa9v", "ep",
    };
    for (size_t i = 0; i < ARRAY_LEN(other); i++)
        if (level_from_word(other[i]) != LEVEL_NONE)
            fail_msg("'%s' is taken for a level", other[i]);
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        char longer[40];
        (void)snprintf(longer, sizeof(longer), "%ss", words[i].word);
        assert_int_equal(level_from_word(longer), LEVEL_NONE);
    }
}

static void names_and_places_are_the_documented_ones(void **state)
{
    (void)state;
    static const char *const expected[][4] = {
        { "dev", "development", "dev", ".claude/level-1-dev" },
        { "prod", "production", "ep", ".claude/level-2-production" },
        { "plan", "planning", "plan", ".claude/level-3-platform-dev" },
        { "coded", "coded", "code", ".claude/level-4-coded" },
    };
    for (int i = 0; i < LEVEL_COUNT; i++) {
        const struct level_info *info = level_info((enum level)(i + 1));
        assert_int_equal(info->level, i + 1);
        assert_string_equal(info->word, expected[i][0]);
        assert_string_equal(info->type, expected[i][1]);
        assert_string_equal(info->prefix, expected[i][2]);
        assert_string_equal(info->folder, expected[i][3]);
        assert_int_equal(level_from_word(info->word), info->level);
        assert_int_equal(level_from_word(info->type), info->level);
    }
}

static const struct level_hint hints[] = {
    { "fix", LEVEL_DEVELOPMENT }, { "tool", LEVEL_DEVELOPMENT }, { "episode", LEVEL_PRODUCTION },
    { "design", LEVEL_PLANNING }, { "roadmap", LEVEL_PLANNING }, { "release", LEVEL_CODED },
};

static enum level of(const char *purpose)
{
    return level_from_purpose(purpose, hints, ARRAY_LEN(hints));
}

static void a_purpose_without_hints_says_nothing(void **state)
{
    (void)state;
    assert_int_equal(of(""), LEVEL_NONE);
    assert_int_equal(of("  ...  "), LEVEL_NONE);
    assert_int_equal(of("something else"), LEVEL_NONE);
    assert_int_equal(of("fixes prefix tools"), LEVEL_NONE); /* words inside others */
    assert_int_equal(level_from_purpose("fix", NULL, 0), LEVEL_NONE);
}

static void hints_are_found_in_any_case_between_any_signs(void **state)
{
    (void)state;
    assert_int_equal(of("FIX it"), LEVEL_DEVELOPMENT);
    assert_int_equal(of("the \"Roadmap\", please"), LEVEL_PLANNING);
    assert_int_equal(of("(release)"), LEVEL_CODED);
    assert_int_equal(of("episode/14"), LEVEL_PRODUCTION);
    assert_int_equal(of("a\tfix\nb"), LEVEL_DEVELOPMENT);
}

static void the_most_hints_win_and_ties_go_to_the_earlier(void **state)
{
    (void)state;
    assert_int_equal(of("fix the design and the roadmap"), LEVEL_PLANNING);
    assert_int_equal(of("design a tool"), LEVEL_PLANNING);
    assert_int_equal(of("tool for the design"), LEVEL_DEVELOPMENT);
    assert_int_equal(of("release design roadmap release"), LEVEL_CODED);
    assert_int_equal(of("fix fix design design design"), LEVEL_PLANNING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_is_known_in_any_case),
        cmocka_unit_test(words_inside_others_and_other_words_say_nothing),
        cmocka_unit_test(names_and_places_are_the_documented_ones),
        cmocka_unit_test(a_purpose_without_hints_says_nothing),
        cmocka_unit_test(hints_are_found_in_any_case_between_any_signs),
        cmocka_unit_test(the_most_hints_win_and_ties_go_to_the_earlier),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
