#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

#define FFFD "\xef\xbf\xbd"
#define MAN "\xf0\x9f\x91\xa8"
#define WOMAN "\xf0\x9f\x91\xa9"
#define GIRL "\xf0\x9f\x91\xa7"
#define ZWJ "\xe2\x80\x8d"
#define FAMILY MAN ZWJ WOMAN ZWJ GIRL
#define THUMB_DARK "\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbf"
#define FLAG_DE "\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa"
#define FLAG_FR "\xf0\x9f\x87\xab\xf0\x9f\x87\xb7"
#define HEART "\xe2\x9d\xa4"
#define EMOJI_STYLE "\xef\xb8\x8f"
#define TEXT_STYLE "\xef\xb8\x8e"
#define E_ACUTE "e\xcc\x81"
#define DAY "\xe6\x97\xa5"

static void shown(const char *text, const char *expected)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    assert_string_equal(text_shown(&arena, text), expected);
}

static void shows_harmless_text_as_it_is(void **state)
{
    (void)state;
    shown("", "");
    shown("plain ~ text", "plain ~ text");
    shown("gr\xc3\xbc\xc3\x9f " DAY " " FAMILY " " FLAG_DE,
          "gr\xc3\xbc\xc3\x9f " DAY " " FAMILY " " FLAG_DE);
    shown("\xc2\xa0", "\xc2\xa0"); /* the first character behind C1 */
}

static void shows_control_bytes_as_their_numbers(void **state)
{
    (void)state;
    shown("\x1b[31mred\x1b[0m", "\\u{1b}[31mred\\u{1b}[0m");
    shown("\x01\x07\x08\x0d\x1f\x7f", "\\u{1}\\u{7}\\u{8}\\u{d}\\u{1f}\\u{7f}");
    shown("a\xc2\x80"
          "b\xc2\x9b"
          "c\xc2\x9f",
          "a\\u{80}b\\u{9b}c\\u{9f}");
}

static void shows_every_c0_byte_harmless(void **state)
{
    (void)state;
    for (char byte = 1; byte < 0x20; byte++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        const char text[] = { 'a', byte, 'b', '\0' };
        assert_null(strchr(text_shown(&arena, text), byte));
    }
}

static void shows_one_line(void **state)
{
    (void)state;
    shown("a\nb\tc\n", "a b c ");
    shown("a\xe2\x80\xa8"
          "b\xe2\x80\xa9"
          "c",
          "a\\u{2028}b\\u{2029}c");
}

static void shows_bidirectional_controls_as_their_numbers(void **state)
{
    (void)state;
    shown("\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xac\xe2\x80\xad\xe2\x80\xae",
          "\\u{202a}\\u{202b}\\u{202c}\\u{202d}\\u{202e}");
    shown("\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9",
          "\\u{2066}\\u{2067}\\u{2068}\\u{2069}");
    shown("\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c\xef\xbb\xbf", "\\u{200e}\\u{200f}\\u{61c}\\u{feff}");
}

static void shows_bad_bytes_as_u_fffd(void **state)
{
    (void)state;
    shown("a\xff"
          "b",
          "a" FFFD "b");
    shown("\xc3", FFFD);
    shown("\xe6\x97", FFFD FFFD);
    shown("\xed\xa0\x80", FFFD FFFD FFFD);
    shown("\xc0\x9b", FFFD FFFD); /* an overlong escape byte */
}

static void shows_texts_that_are_all_control(void **state)
{
    (void)state;
    char text[1001] = { 0 };
    memset(text, 0x1b, 1000);
    CLEANUP(arena_free) struct arena arena = { 0 };
    assert_int_equal(strlen(text_shown(&arena, text)), 6000);
}

static void valid(const char *text, size_t length, const char *expected)
{
    char *exact = malloc(length ? length : 1); /* a sanitizer sees a read past the end */
    assert_non_null(exact);
    memcpy(exact, text, length);
    CLEANUP(arena_free) struct arena arena = { 0 };
    assert_string_equal(text_valid(&arena, exact, length), expected);
    free(exact);
}

static void makes_texts_valid(void **state)
{
    (void)state;
    valid("", 0, "");
    valid("a\x1b\xc3\xa9", 4, "a\x1b\xc3\xa9");
    valid("a\0b", 3, "a" FFFD "b");
    valid("\xff\xfe", 2, FFFD FFFD);
    valid("a\xe6\x97\xa5", 3, "a" FFFD FFFD); /* cut inside a character */
    valid("\xf0\x9f\x98", 3, FFFD FFFD FFFD);
    valid("\xed\xa0\x80z", 4, FFFD FFFD FFFD "z");
    valid("abc", 2, "ab");
}

static void measures_columns(void **state)
{
    (void)state;
    assert_int_equal(text_width(""), 0);
    assert_int_equal(text_width("abc"), 3);
    assert_int_equal(text_width("gr\xc3\xbc\xc3\x9f"), 4);
    assert_int_equal(text_width(DAY DAY), 4);
    assert_int_equal(text_width("\xef\xbc\xa1"), 2); /* full-width A */
    assert_int_equal(text_width(E_ACUTE), 1);
    assert_int_equal(text_width("\xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa8"),
                     2); /* jamo: one syllable */
    assert_int_equal(text_width("a\xff"
                                "b"),
                     3);
}

static void measures_emoji(void **state)
{
    (void)state;
    assert_int_equal(text_width("\xf0\x9f\x98\x80"), 2);
    assert_int_equal(text_width(FAMILY), 2);
    assert_int_equal(text_width(THUMB_DARK), 2);
    assert_int_equal(text_width(FLAG_DE), 2);
    assert_int_equal(text_width(FLAG_DE FLAG_FR), 4);
    assert_int_equal(text_width(HEART), 1);
    assert_int_equal(text_width(HEART EMOJI_STYLE), 2);
    assert_int_equal(text_width(HEART TEXT_STYLE), 1);
    assert_int_equal(text_width("a" EMOJI_STYLE), 1);
    assert_int_equal(text_width("1" EMOJI_STYLE "\xe2\x83\xa3"), 2); /* a keycap */
}

static void cut(const char *text, size_t columns, bool utf8, const char *expected)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char *got = text_cut(&arena, text, columns, utf8);
    assert_string_equal(got, expected);
    assert_true(text_width(got) <= columns);
}

static void cuts_only_what_is_too_wide(void **state)
{
    (void)state;
    cut("", 0, true, "");
    cut("abc", 3, true, "abc");
    cut("abc", 3, false, "abc");
    cut("abcd", 3, true, "ab\xe2\x80\xa6");
    cut("abcdef", 5, false, "ab...");
    cut(DAY DAY, 4, true, DAY DAY);
}

static void cuts_at_the_edge_of_a_character(void **state)
{
    (void)state;
    cut(DAY DAY DAY, 4, true, DAY "\xe2\x80\xa6"); /* three columns: the fourth cannot be used */
    cut(DAY DAY DAY, 5, true, DAY DAY "\xe2\x80\xa6");
    cut(E_ACUTE E_ACUTE E_ACUTE, 2, true, E_ACUTE "\xe2\x80\xa6");
    cut(FAMILY FAMILY, 3, true, FAMILY "\xe2\x80\xa6");
    cut(FAMILY FAMILY, 2, true, "\xe2\x80\xa6");
}

static void cuts_even_where_the_sign_has_no_room(void **state)
{
    (void)state;
    cut("abcd", 0, true, "");
    cut("abcd", 1, true, "\xe2\x80\xa6");
    cut("abcd", 0, false, "");
    cut("abcd", 2, false, "..");
    cut("abcd", 3, false, "...");
}

static void head(const char *text, size_t characters, const char *expected)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    assert_string_equal(text_head(&arena, text, characters), expected);
}

static void takes_the_first_characters(void **state)
{
    (void)state;
    head("abc", 0, "");
    head("abc", 2, "ab");
    head("abc", 9, "abc");
    head(DAY "b", 1, DAY);
    head(E_ACUTE "b", 1, E_ACUTE);
    head(FAMILY FLAG_DE "x", 2, FAMILY FLAG_DE);
}

static void bounds_a_character_of_endless_marks(void **state)
{
    (void)state;
    char text[2002] = "a";
    for (size_t i = 1; i < 2001; i += 2) {
        text[i] = '\xcc';
        text[i + 1] = '\x81';
    }
    CLEANUP(arena_free) struct arena arena = { 0 };
    assert_true(strlen(text_head(&arena, text, 1)) < 100);
    assert_int_equal(text_width(text), 1);
}

static void compares_without_case(void **state)
{
    (void)state;
    assert_true(text_same("", ""));
    assert_true(text_same("DeV", "dEv"));
    assert_false(text_same("dev", "de"));
    assert_false(text_same("de", "dev"));
    assert_false(text_same("[", "{")); /* not a letter, though one bit apart */
    assert_false(text_same("\xc3\x84", "\xc3\xa4"));
}

static void knows_prefixes_and_suffixes(void **state)
{
    (void)state;
    assert_true(text_has_prefix("abc", "ab"));
    assert_true(text_has_prefix("abc", ""));
    assert_true(text_has_prefix("abc", "abc"));
    assert_false(text_has_prefix("abc", "abcd"));
    assert_false(text_has_prefix("abc", "AB"));
    assert_true(text_has_suffix("a.json", ".json"));
    assert_true(text_has_suffix("abc", ""));
    assert_false(text_has_suffix("json", ".json"));
    assert_false(text_has_suffix("a.jsonl", ".json"));
}

static void matches_patterns(void **state)
{
    (void)state;
    assert_true(text_matches("", ""));
    assert_true(text_matches("", "*"));
    assert_true(text_matches("", "**"));
    assert_false(text_matches("", "a"));
    assert_false(text_matches("a", ""));
    assert_true(text_matches("Claude-Opus-4", "claude-*"));
    assert_true(text_matches("claude-opus-4", "*opus*"));
    assert_true(text_matches("aXbXc", "a*x*C"));
    assert_true(text_matches("abab", "*ab"));
    assert_true(text_matches("aaab", "*aab"));
    assert_true(text_matches("abcabd", "*ab*d"));
    assert_false(text_matches("abc", "ab"));
    assert_false(text_matches("abc", "bc"));
    assert_false(text_matches("abc", "*b"));
    assert_false(text_matches("abc", "a*b"));
    assert_true(text_matches("a*c", "a*c"));
    assert_false(text_matches("abc", "a?c"));
}

static void reads_whole_counts(void **state)
{
    (void)state;
    int64_t n = 0;
    assert_true(text_count("0", &n));
    assert_int_equal(n, 0);
    assert_true(text_count("007", &n));
    assert_int_equal(n, 7);
    assert_true(text_count("9223372036854775807", &n));
    assert_true(n == INT64_MAX);
    static const char *const bad[] = { "",   "-1", "+1",  " 1",  "1 ",
                                       "1.", "1a", "0x1", "1,0", "9223372036854775808" };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(text_count(bad[i], &n));
    assert_true(n == INT64_MAX);
}

static int64_t money(const char *text)
{
    int64_t nano_usd = -1;
    assert_true(text_money(text, &nano_usd));
    return nano_usd;
}

static void reads_money_exactly(void **state)
{
    (void)state;
    assert_true(money("4") == INT64_C(4000000000));
    assert_true(money("4.00") == INT64_C(4000000000));
    assert_true(money("$4.25") == INT64_C(4250000000));
    assert_true(money("0.1") == INT64_C(100000000));
    assert_true(money("0.000000001") == 1);
    assert_true(money("0") == 0);
    assert_true(money("9199999999.999999999") == INT64_C(9199999999999999999));
}

static void refuses_what_is_not_money(void **state)
{
    (void)state;
    static const char *const bad[] = { "",
                                       "$",
                                       "-1",
                                       "+1",
                                       "1.",
                                       ".5",
                                       "1,000",
                                       "1.2.3",
                                       "1e3",
                                       "$$1",
                                       "0.0000000001",
                                       "1 ",
                                       " 1",
                                       "$ 1",
                                       "1$",
                                       "1.5x",
                                       "9200000000",
                                       "1.-5",
                                       "99999999999999999999999" };
    int64_t nano_usd = 7;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(text_money(bad[i], &nano_usd));
    assert_int_equal(nano_usd, 7);
}

static int64_t minutes(const char *text)
{
    int64_t value = -1;
    assert_true(text_minutes(text, &value));
    return value;
}

static void reads_minutes(void **state)
{
    (void)state;
    assert_int_equal(minutes("35m"), 35);
    assert_int_equal(minutes("1h30m"), 90);
    assert_int_equal(minutes("2h"), 120);
    assert_int_equal(minutes("2H15M"), 135);
    assert_int_equal(minutes("90"), 90);
    assert_int_equal(minutes("0h1m"), 1);
    assert_int_equal(minutes("1h0m"), 60);
}

static void refuses_what_is_not_minutes(void **state)
{
    (void)state;
    static const char *const bad[] = { "",
                                       "0",
                                       "0m",
                                       "0h",
                                       "0h0m",
                                       "h",
                                       "m",
                                       "1h30",
                                       "30m1h",
                                       "1.5h",
                                       "-5m",
                                       "5 m",
                                       "5mm",
                                       "5s",
                                       "1hm",
                                       "1h 30m",
                                       "m5",
                                       "9223372036854775807h",
                                       "9223372036854775808",
                                       "153722867280912930h9m" };
    int64_t value = 7;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(text_minutes(bad[i], &value));
    assert_int_equal(value, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_harmless_text_as_it_is),
        cmocka_unit_test(shows_control_bytes_as_their_numbers),
        cmocka_unit_test(shows_every_c0_byte_harmless),
        cmocka_unit_test(shows_one_line),
        cmocka_unit_test(shows_bidirectional_controls_as_their_numbers),
        cmocka_unit_test(shows_bad_bytes_as_u_fffd),
        cmocka_unit_test(shows_texts_that_are_all_control),
        cmocka_unit_test(makes_texts_valid),
        cmocka_unit_test(measures_columns),
        cmocka_unit_test(measures_emoji),
        cmocka_unit_test(cuts_only_what_is_too_wide),
        cmocka_unit_test(cuts_at_the_edge_of_a_character),
        cmocka_unit_test(cuts_even_where_the_sign_has_no_room),
        cmocka_unit_test(takes_the_first_characters),
        cmocka_unit_test(bounds_a_character_of_endless_marks),
        cmocka_unit_test(compares_without_case),
        cmocka_unit_test(knows_prefixes_and_suffixes),
        cmocka_unit_test(matches_patterns),
        cmocka_unit_test(reads_whole_counts),
        cmocka_unit_test(reads_money_exactly),
        cmocka_unit_test(refuses_what_is_not_money),
        cmocka_unit_test(reads_minutes),
        cmocka_unit_test(refuses_what_is_not_minutes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
