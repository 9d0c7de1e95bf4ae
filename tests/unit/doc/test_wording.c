#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "doc/wording.h"
#include "doc_sample.h"

static void says_in(bool utf8, struct figure figure, const char *expected)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct wording wording;
    wording_init(&wording, &arena, utf8);
    assert_string_equal(wording_figure(&wording, &figure), expected);
}

static void says(struct figure figure, const char *expected)
{
    says_in(true, figure, expected);
}

static void says_money_in_cents(void **state)
{
    (void)state;
    says(figure_money(0, BASIS_MEASURED), "$0.00");
    says(figure_money(1, BASIS_MEASURED), "<$0.01");
    says(figure_money(9999999, BASIS_MEASURED), "<$0.01");
    says(figure_money(10000000, BASIS_MEASURED), "$0.01");
    says(figure_money(14999999, BASIS_MEASURED), "$0.01");
    says(figure_money(15000000, BASIS_MEASURED), "$0.02");
    says(figure_money(USD(1114), BASIS_MEASURED), "$11.14");
    says(figure_money(USD(99999) + 5000000, BASIS_MEASURED), "$1,000.00");
    says(figure_money(USD(123456), BASIS_MEASURED), "$1,234.56");
    says(figure_money(USD(123456789), BASIS_MEASURED), "$1,234,567.89");
    says(figure_money(-USD(150), BASIS_MEASURED), "-$1.50");
    says(figure_money(-1, BASIS_MEASURED), ">-$0.01");
    says(figure_money(INT64_MAX, BASIS_MEASURED), "$9,223,372,036.85");
    says(figure_money(INT64_MIN, BASIS_MEASURED), "-$9,223,372,036.85");
}

static void says_counts_in_thousands(void **state)
{
    (void)state;
    says(figure_count(0, BASIS_MEASURED), "0");
    says(figure_count(999, BASIS_MEASURED), "999");
    says(figure_count(1000, BASIS_MEASURED), "1,000");
    says(figure_count(1234567, BASIS_MEASURED), "1,234,567");
    says(figure_count(-1234, BASIS_MEASURED), "-1,234");
    says(figure_count(INT64_MIN, BASIS_MEASURED), "-9,223,372,036,854,775,808");
}

static void says_seconds_as_people_do(void **state)
{
    (void)state;
    says(figure_seconds(0, BASIS_MEASURED), "0m");
    says(figure_seconds(1, BASIS_MEASURED), "<1m");
    says(figure_seconds(59, BASIS_MEASURED), "<1m");
    says(figure_seconds(60, BASIS_MEASURED), "1m");
    says(figure_seconds(2460, BASIS_MEASURED), "41m");
    says(figure_seconds(3599, BASIS_MEASURED), "59m");
    says(figure_seconds(3600, BASIS_MEASURED), "1h 00m");
    says(figure_seconds(11700, BASIS_MEASURED), "3h 15m");
    says(figure_seconds(86399, BASIS_MEASURED), "23h 59m");
    says(figure_seconds(86400, BASIS_MEASURED), "1d 0h");
    says(figure_seconds(187200, BASIS_MEASURED), "2d 4h");
    says(figure_seconds(-300, BASIS_MEASURED), "-5m");
    says(figure_seconds(-5, BASIS_MEASURED), ">-1m");
}

static void says_a_time_as_the_wall_does(void **state)
{
    (void)state;
    says(figure_time(SAMPLE_NOW), "2026-10-06 14:32");
}

static void rounds_no_share_to_all_or_nothing(void **state)
{
    (void)state;
    says(figure_share(0, BASIS_MEASURED), "0 %");
    says(figure_share(0.001, BASIS_MEASURED), "<1 %");
    says(figure_share(0.83, BASIS_MEASURED), "83 %");
    says(figure_share(0.999, BASIS_MEASURED), ">99 %");
    says(figure_share(1, BASIS_MEASURED), "100 %");
    says(figure_share(1.2, BASIS_MEASURED), "120 %");
}

static void says_scores_with_two_digits(void **state)
{
    (void)state;
    says(figure_score(0.9, BASIS_MEASURED), "0.90");
    says(figure_score(0, BASIS_MEASURED), "0.00");
    says(figure_score(1, BASIS_MEASURED), "1.00");
}

static void marks_what_was_not_measured(void **state)
{
    (void)state;
    struct figure sum = figure_money(USD(331), BASIS_MEASURED);
    sum.incomplete = true;
    says(sum, "$3.31+");
    sum.basis = BASIS_ENTERED;
    says(sum, "$3.31*+");
    says(figure_score(0.91, BASIS_ENTERED), "0.91*");
    says(figure_share(0.5, BASIS_ENTERED), "50 %*");
    says(figure_money(USD(690), BASIS_ESTIMATED), "~$6.90");
    says(figure_count(0, BASIS_ESTIMATED), "~0");
    says(figure_money(USD(10), BASIS_MIXED), "$0.10^");
}

static void says_unknown_never_zero(void **state)
{
    (void)state;
    static const enum figure_kind kinds[] = { FIGURE_TEXT,    FIGURE_COUNT, FIGURE_MONEY,
                                              FIGURE_SECONDS, FIGURE_TIME,  FIGURE_SHARE,
                                              FIGURE_SCORE };
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        says(figure_unknown(kinds[i], "why"), "—");
        says_in(false, figure_unknown(kinds[i], NULL), "-");
    }
    struct figure nothing_priced = figure_money(0, BASIS_MEASURED);
    nothing_priced.incomplete = true;
    says(nothing_priced, "—");
}

static void makes_texts_harmless(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct wording wording;
    wording_init(&wording, &arena, true);
    assert_null(strchr(wording_text(&wording, "a\x1b[31mb"), '\x1b'));
    assert_null(strchr(wording_text(&wording, "a\x7f"), '\x7f'));
    assert_null(strchr(wording_text(&wording, "a\nb"), '\n'));
    assert_string_equal(wording_text(&wording, "日本語 · ok"), "日本語 · ok");
}

static void says_our_glyphs_in_ascii(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct wording wording;
    wording_init(&wording, &arena, false);
    assert_string_equal(wording_text(&wording, "a · b — c → d…"), "a | b - c -> d...");
    assert_string_equal(wording_text(&wording, "日本"), "日本");
}

static void puts_the_parts_own_texts_around_the_mark(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct wording wording;
    wording_init(&wording, &arena, true);
    struct part part = { .before = "tokens ",
                         .after = " in all",
                         .figure = figure_money(USD(792), BASIS_ENTERED) };
    assert_string_equal(wording_part(&wording, &part), "tokens $7.92* in all");
    part.before = NULL;
    part.after = NULL;
    assert_string_equal(wording_part(&wording, &part), "$7.92*");
    part.before = "a\x1b";
    assert_null(strchr(wording_part(&wording, &part), '\x1b'));
}

static void joins_what_reads_as_one(void **state)
{
    (void)state;
    assert_false(wording_joined("$1.00", "of it"));
    assert_false(wording_joined("$1.00", "(83 %)"));
    assert_true(wording_joined("$1.00", " of it"));
    assert_true(wording_joined("15 tasks in ", "3h"));
    assert_true(wording_joined("$3.31", "/$4.00"));
    assert_true(wording_joined("(", "83 %"));
    assert_true(wording_joined("83 %", ")"));
    assert_true(wording_joined("", "x"));
}

static void explains_only_the_marks_it_used(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct wording wording;
    wording_init(&wording, &arena, true);
    struct figure measured = figure_count(1, BASIS_MEASURED);
    (void)wording_figure(&wording, &measured);
    assert_null(wording_legend(&wording));
    struct figure entered = figure_count(1, BASIS_ENTERED);
    struct figure unknown = figure_unknown(FIGURE_COUNT, NULL);
    (void)wording_figure(&wording, &unknown);
    (void)wording_figure(&wording, &entered);
    assert_string_equal(wording_legend(&wording),
                        "Figures: measured unless marked  * entered  — unknown");
    struct figure rest = sample_part_priced(1);
    rest.basis = BASIS_ESTIMATED;
    (void)wording_figure(&wording, &rest);
    rest.basis = BASIS_MIXED;
    (void)wording_figure(&wording, &rest);
    wording.utf8 = false;
    assert_string_equal(wording_legend(&wording),
                        "Figures: measured unless marked  * entered  ~ estimated  "
                        "^ partly * or ~  + incomplete  - unknown");
}

static int set_up(void **state)
{
    (void)state;
    in_utc();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_money_in_cents),
        cmocka_unit_test(says_counts_in_thousands),
        cmocka_unit_test(says_seconds_as_people_do),
        cmocka_unit_test(says_a_time_as_the_wall_does),
        cmocka_unit_test(rounds_no_share_to_all_or_nothing),
        cmocka_unit_test(says_scores_with_two_digits),
        cmocka_unit_test(marks_what_was_not_measured),
        cmocka_unit_test(says_unknown_never_zero),
        cmocka_unit_test(makes_texts_harmless),
        cmocka_unit_test(says_our_glyphs_in_ascii),
        cmocka_unit_test(puts_the_parts_own_texts_around_the_mark),
        cmocka_unit_test(joins_what_reads_as_one),
        cmocka_unit_test(explains_only_the_marks_it_used),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
