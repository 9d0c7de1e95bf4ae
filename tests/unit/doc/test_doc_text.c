#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "doc_sample.h"

static const struct style wide = { .columns = 80, .utf8 = true };

static const char *status_with(struct arena *arena, struct style style)
{
    struct doc doc;
    sample_status(&doc, arena);
    return written(arena, &doc, "text", style);
}

static void shows_a_status_in_80_columns(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    assert_string_equal(
        status_with(&arena, wide),
        "Tue 2026-10-06 16:32 +02:00\n"
        "\n"
        "  ID                   PURPOSE               CALLS    COST  SHARE   QUAL  ACTIVE\n"
        "> ep_015_20261006_14…  why do we sleep, an…  1,234  $3.31+   83 %     —      41m\n"
        "  plan_20261006_1600   日本語 🚀 | `x` <b>       0  $0.62       —  0.91*     <1m\n"
        "────────────────────────────────────────────────────────────────────────────────\n"
        "  2 sessions                                 1,234  $3.93+\n"
        "\n"
        "Cost       $11.14^  tokens $7.92 · elevenlabs $2.67*\n"
        "           day budget $15.00* (74 %)\n"
        "Month end  —  at this pace ~$187.00\n"
        "\n"
        "Key learnings\n"
        "  L-034 ElevenLabs refuses more than 5k characters per call, so split the script\n"
        "  at a paragraph\n"
        "\n"
        "! BUDGET   ep_015 $3.31 of $4.00 (83 %); 9 of 14 earlier ones here ended above\n"
        "           that budget\n"
        "x QUALITY  ep_012 0.71 < 0.85 strong\n"
        "\n"
        "warning: no price for 'model-x'\n"
        "\n"
        "Figures: measured unless marked  * entered  ~ estimated  ^ partly * or ~\n"
        "+ incomplete  — unknown\n");
}

static void shows_a_status_in_120_columns(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    assert_string_equal(
        status_with(&arena, (struct style){ .columns = 120, .utf8 = true }),
        "Tue 2026-10-06 16:32 +02:00\n"
        "\n"
        "  ID                    PURPOSE                         CALLS    COST  SHARE   QUAL  "
        "ACTIVE\n"
        "> ep_015_20261006_1455  why do we sleep, and what for?  1,234  $3.31+   83 %     —      "
        "41m\n"
        "  plan_20261006_1600    日本語 🚀 | `x` <b>                 0  $0.62       —  0.91*     "
        "<1m\n"
        "─────────────────────────────────────────────────────────────────────────────────────"
        "──────\n"
        "  2 sessions                                            1,234  $3.93+\n"
        "\n"
        "Cost       $11.14^  tokens $7.92 · elevenlabs $2.67*\n"
        "           day budget $15.00* (74 %)\n"
        "Month end  —  at this pace ~$187.00\n"
        "\n"
        "Key learnings\n"
        "  L-034 ElevenLabs refuses more than 5k characters per call, so split the script at a "
        "paragraph\n"
        "\n"
        "! BUDGET   ep_015 $3.31 of $4.00 (83 %); 9 of 14 earlier ones here ended above that "
        "budget\n"
        "x QUALITY  ep_012 0.71 < 0.85 strong\n"
        "\n"
        "warning: no price for 'model-x'\n"
        "\n"
        "Figures: measured unless marked  * entered  ~ estimated  ^ partly * or ~  + incomplete  "
        "— unknown\n");
}

static void ends_no_line_in_a_blank(void **state)
{
    (void)state;
    for (int columns = 1; columns <= 130; columns++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        struct style style = { .columns = columns, .utf8 = columns % 2 == 0 };
        const char *text = status_with(&arena, style);
        assert_null(strstr(text, " \n"));
        assert_null(strstr(text, "\n\n\n"));
    }
}

static void needs_no_more_than_the_least_columns(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char *least = status_with(&arena, (struct style){ .columns = 40 });
    assert_string_equal(status_with(&arena, (struct style){ .columns = 3 }), least);
    assert_string_equal(status_with(&arena, (struct style){ .columns = -7 }), least);
}

static void uses_color_only_when_told(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    assert_null(strchr(status_with(&arena, wide), '\x1b'));
    const char *text =
        status_with(&arena, (struct style){ .columns = 80, .utf8 = true, .color = true });
    assert_ptr_equal(strstr(text, "\x1b[1mTue 2026-10-06 16:32 +02:00\x1b[0m\n"), text);
    assert_non_null(strstr(text, "\x1b[33m(74 %)\x1b[0m\n"));
    assert_non_null(strstr(text, "\x1b[33mBUDGET\x1b[0m"));
    assert_non_null(strstr(text, "\x1b[31mQUALITY\x1b[0m"));
    assert_non_null(strstr(text, "\x1b[1mKey learnings\x1b[0m\n"));
    assert_null(strstr(text, " \x1b[0m"));
}

static void shows_neither_facts_nor_what_was_written(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char *text = status_with(&arena, wide);
    assert_null(strstr(text, "nobody is told"));
    assert_null(strstr(text, "level"));
}

static void lets_foreign_texts_do_no_harm(void **state)
{
    (void)state;
    static const char evil[] = "\x1b]0;x\x07\x1b[2J\xc2\x9b"
                               "31m\r\ntwo\xe2\x80\xae\xff";
    static const struct column columns[] = { { "x", "X", ALIGN_LEFT, COLUMN_SHRINKS } };
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", 0);
    doc_title(&doc, "%s", evil);
    doc_heading(&doc, evil);
    struct line *line = doc_line(&doc, evil);
    line_add(&doc, line, NULL, figure_text(evil))->before = evil;
    struct row *row = table_row(&doc, doc_table(&doc, "rows", columns, 1));
    row->mark = evil;
    table_cell(&doc, row, 0, figure_text(evil));
    doc_table(&doc, "none", columns, 1)->empty = evil;
    doc_note(&doc, "%s", evil);
    doc_alert(&doc, evil, evil, true, evil);
    doc_warning(&doc, evil, "%s", evil);
    const char *text = written(&arena, &doc, "text", wide);
    assert_null(strpbrk(text, "\x1b\x07\r"));
    assert_null(strstr(text, "\xc2\x9b"));
    assert_null(strstr(text, "\xe2\x80\xae"));
    assert_null(strchr(text, '\xff'));
    assert_null(strstr(text, "\ntwo"));
}

static const char *with_lines(struct arena *arena, const char *first, const char *second)
{
    struct doc doc;
    doc_init(&doc, arena, "s", 0);
    line_text(&doc, doc_line(&doc, first), "one");
    line_text(&doc, doc_line(&doc, second), "two");
    doc_note(&doc, "between");
    line_text(&doc, doc_line(&doc, "x"), "three");
    return written(arena, &doc, "text", wide);
}

static void aligns_labels_of_lines_that_follow_each_other(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    assert_string_equal(with_lines(&arena, "Cost by level", "日本"), "Cost by level  one\n"
                                                                     "日本           two\n"
                                                                     "between\n"
                                                                     "x          three\n");
    assert_string_equal(with_lines(&arena, "TenLetters", "y"),
                        "TenLetters  one\ny           two\nbetween\nx          three\n");
    assert_string_equal(with_lines(&arena, "", ""), "one\ntwo\nbetween\nx          three\n");
    assert_string_equal(with_lines(&arena, "A", ""), "A          one\n           two\nbetween\n"
                                                     "x          three\n");
}

static void breaks_long_lines_between_parts(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", 0);
    struct line *line = doc_line(&doc, "Pending");
    line_text(&doc, line, "ep_015: audio synthesis");
    line_text(&doc, line, "final gate ");
    line_text(&doc, line, "(of 4)");
    line_text(&doc, line, "a-path-that-is/longer-than/the-whole-screen/file.json");
    line_text(&doc, line, "%s", "");
    assert_string_equal(written(&arena, &doc, "text", (struct style){ .columns = 40 }),
                        "Pending    ep_015: audio synthesis\n"
                        "           final gate (of 4)\n"
                        "           a-path-that-is/longer-than/the-whole-screen/file.json\n");
}

static void breaks_a_long_part_at_words(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", 0);
    struct line *line = doc_line(&doc, "Pending");
    line_text(&doc, line, "ep_015: audio synthesis · final gate · show notes");
    line_text(&doc, line, "more");
    line_text(&doc, doc_line(&doc, ""), "plan_1600: R-12 design · R-14 design");
    assert_string_equal(
        written(&arena, &doc, "text", (struct style){ .columns = 40, .utf8 = true }),
        "Pending    ep_015: audio synthesis ·\n"
        "           final gate · show notes\n"
        "           more\n"
        "           plan_1600: R-12 design · R-14\n"
        "           design\n");
}

static void keeps_gaps_single_and_inside(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", 0);
    doc_gap(&doc);
    doc_note(&doc, "a");
    doc_gap(&doc);
    doc_gap(&doc);
    doc_heading(&doc, "H");
    doc_line(&doc, ""); /* nothing to show: no line */
    doc_note(&doc, "b");
    doc_gap(&doc);
    assert_string_equal(written(&arena, &doc, "text", wide), "a\n\nH\nb\n");
}

static void says_nothing_for_nothing(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", 0);
    assert_string_equal(written(&arena, &doc, "text", wide), "");
    doc_title(&doc, "T");
    assert_string_equal(written(&arena, &doc, "text", wide), "T\n");
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
        cmocka_unit_test(shows_a_status_in_80_columns),
        cmocka_unit_test(shows_a_status_in_120_columns),
        cmocka_unit_test(ends_no_line_in_a_blank),
        cmocka_unit_test(needs_no_more_than_the_least_columns),
        cmocka_unit_test(uses_color_only_when_told),
        cmocka_unit_test(shows_neither_facts_nor_what_was_written),
        cmocka_unit_test(lets_foreign_texts_do_no_harm),
        cmocka_unit_test(aligns_labels_of_lines_that_follow_each_other),
        cmocka_unit_test(breaks_long_lines_between_parts),
        cmocka_unit_test(breaks_a_long_part_at_words),
        cmocka_unit_test(keeps_gaps_single_and_inside),
        cmocka_unit_test(says_nothing_for_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
