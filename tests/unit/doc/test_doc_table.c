#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "doc_sample.h"

static const struct column name_and_count[] = { { "name", "NAME", ALIGN_LEFT, COLUMN_SHRINKS },
                                                { "n", "N", ALIGN_RIGHT, 0 } };

static const struct style wide = { .columns = 80, .utf8 = true };

static void add(struct doc *doc, struct table *table, const char *name, struct figure figure)
{
    struct row *row = table_row(doc, table);
    table_cell(doc, row, 0, figure_text(name));
    table_cell(doc, row, 1, figure);
}

static void aligns_wide_characters(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", 0);
    struct table *table = doc_table(&doc, "rows", name_and_count, 2);
    add(&doc, table, "日本語", figure_count(1, BASIS_MEASURED));
    add(&doc, table, "plain", figure_count(22, BASIS_MEASURED));
    add(&doc, table, "🚀e\xcc\x81", figure_count(1333, BASIS_MEASURED));
    assert_string_equal(written(&arena, &doc, "text", wide), "NAME        N\n"
                                                             "日本語      1\n"
                                                             "plain      22\n"
                                                             "🚀e\xcc\x81     1,333\n");
}

static void keeps_digits_below_digits(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", 0);
    struct table *table = doc_table(&doc, "rows", name_and_count, 2);
    add(&doc, table, "a", sample_part_priced(1331));
    add(&doc, table, "b", figure_money(USD(62), BASIS_MEASURED));
    add(&doc, table, "c", figure_money(USD(62), BASIS_ESTIMATED));
    assert_string_equal(written(&arena, &doc, "text", wide),
                        "NAME        N\n"
                        "a     $13.31+\n"
                        "b      $0.62\n"
                        "c     ~$0.62\n"
                        "\n"
                        "Figures: measured unless marked  ~ estimated  + incomplete\n");
}

static void gives_a_column_to_marks_only_when_there_is_one(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", 0);
    struct table *table = doc_table(&doc, "rows", name_and_count, 2);
    add(&doc, table, "a", figure_count(1, BASIS_MEASURED));
    assert_string_equal(written(&arena, &doc, "text", wide), "NAME  N\na     1\n");
    table->rows->mark = ">";
    add(&doc, table, "b", figure_count(2, BASIS_MEASURED));
    assert_string_equal(written(&arena, &doc, "text", wide), "  NAME  N\n> a     1\n  b     2\n");
}

static void says_that_it_is_empty(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", 0);
    struct table *table = doc_table(&doc, "rows", name_and_count, 2);
    assert_string_equal(written(&arena, &doc, "text", wide), "");
    table->empty = "no sessions";
    assert_string_equal(written(&arena, &doc, "text", wide), "no sessions\n");
}

static void leaves_out_columns_without_a_head(void **state)
{
    (void)state;
    static const struct column columns[] = { { "a", NULL, ALIGN_LEFT, 0 },
                                             { "b", "B", ALIGN_LEFT, 0 } };
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", 0);
    struct table *table = doc_table(&doc, "rows", columns, 2);
    add(&doc, table, "hidden", figure_text("seen"));
    assert_string_equal(written(&arena, &doc, "text", wide), "B\nseen\n");
    struct doc none;
    doc_init(&none, &arena, "s", 0);
    table_row(&none, doc_table(&none, "rows", columns, 1));
    assert_string_equal(written(&arena, &none, "text", wide), "");
}

static void shows_totals_under_a_rule(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", 0);
    struct table *table = doc_table(&doc, "rows", name_and_count, 2);
    add(&doc, table, "a", figure_count(999, BASIS_MEASURED));
    table_cell(&doc, table_totals(&doc, table), 1, figure_count(1000, BASIS_MEASURED));
    assert_string_equal(written(&arena, &doc, "text", (struct style){ .columns = 80 }),
                        "NAME      N\n"
                        "a       999\n"
                        "-----------\n"
                        "      1,000\n");
    table_cell(&doc, table->totals, 0, figure_unknown(FIGURE_TEXT, "asked and not known"));
    assert_non_null(strstr(written(&arena, &doc, "text", wide), "\n—     1,000\n"));
}

static size_t widest_line(struct arena *arena, const char *text)
{
    size_t widest = 0;
    while (*text) {
        size_t length = strcspn(text, "\n");
        size_t width = text_width(arena_printf(arena, "%.*s", (int)length, text));
        widest = width > widest ? width : widest;
        text += length + (text[length] == '\n');
    }
    return widest;
}

static void shrinks_what_may_shrink_and_nothing_else(void **state)
{
    (void)state;
    static const struct column columns[] = { { "a", "NAME", ALIGN_LEFT, COLUMN_SHRINKS },
                                             { "b", "FIXED", ALIGN_LEFT, 0 } };
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", 0);
    struct table *table = doc_table(&doc, "rows", columns, 2);
    add(&doc, table, "0123456789012345678901234567890123456789", figure_text("0123456789"));
    const char *text = written(&arena, &doc, "text", (struct style){ .columns = 40 });
    assert_int_equal(widest_line(&arena, text), 40);
    assert_non_null(strstr(text, "\n0123456789012345678901234...  0123456789\n"));
    add(&doc, table, "x", figure_text("01234567890123456789012345678901234567890123456789"));
    text = written(&arena, &doc, "text", (struct style){ .columns = 40, .utf8 = true });
    assert_non_null(strstr(text, "\n0123456…  0123456789\n"));
    assert_int_equal(widest_line(&arena, text), 60);
}

static void leaves_out_a_column_that_no_row_knows(void **state)
{
    (void)state;
    static const struct column columns[] = { { "a", "NAME", ALIGN_LEFT, 0 },
                                             { "b", "BUDGET", ALIGN_RIGHT, COLUMN_IF_KNOWN } };
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    struct style style = { .columns = 80, .utf8 = true };
    doc_init(&doc, &arena, "s", 0);
    struct table *table = doc_table(&doc, "rows", columns, 2);
    add(&doc, table, "x", figure_unknown(FIGURE_MONEY, "no budget"));
    assert_null(strstr(written(&arena, &doc, "text", style), "BUDGET"));
    assert_null(strstr(written(&arena, &doc, "md", style), "BUDGET"));
    assert_non_null(strstr(written(&arena, &doc, "json", style), "\"b\""));
    add(&doc, table, "y", figure_money(1000000000, BASIS_ENTERED));
    assert_non_null(strstr(written(&arena, &doc, "text", style), "BUDGET"));
    assert_non_null(strstr(written(&arena, &doc, "md", style), "BUDGET"));
}

static void fits_any_screen_wide_enough(void **state)
{
    (void)state;
    for (int columns = 60; columns <= 120; columns++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        struct doc doc;
        sample_status(&doc, &arena);
        const char *text =
            written(&arena, &doc, "text", (struct style){ .columns = columns, .utf8 = true });
        assert_true(widest_line(&arena, text) <= (size_t)columns);
    }
}

static void writes_a_hundred_thousand_rows(void **state)
{
    (void)state;
    enum { ROWS = 100000 };
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", 0);
    struct table *table = doc_table(&doc, "rows", name_and_count, 2);
    for (int i = 0; i < ROWS; i++)
        add(&doc, table, "日本", figure_count(i, BASIS_MEASURED));
    static const char *const formats[] = { "text", "json", "md" };
    static const char *const last[] = { "日本  99,999\n", "99999\n    }\n  ]", "| 99,999 |\n" };
    for (size_t i = 0; i < ARRAY_LEN(formats); i++)
        assert_non_null(strstr(written(&arena, &doc, formats[i], wide), last[i]));
}

static const struct column with_spares[] = { { "name", "NAME", ALIGN_LEFT, COLUMN_SHRINKS },
                                             { "a", "FIRST", ALIGN_RIGHT, COLUMN_SPARE },
                                             { "b", "SECOND", ALIGN_RIGHT, COLUMN_SPARE },
                                             { "n", "N", ALIGN_RIGHT, 0 } };

static void leaves_out_spare_columns_from_the_last_on_before_it_cuts(void **state)
{
    static const struct {
        int columns;
        const char *text;
    } cases[] = {
        { 80, "NAME                  FIRST  SECOND  N\ntwenty-letters-long-      1       1  1\n" },
        { 40, "NAME                  FIRST  SECOND  N\ntwenty-letters-long-      1       1  1\n" },
    };
    static const char long_name[] = "a-name-of-more-letters-than-there-are-columns-on-it";
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        struct doc doc;
        doc_init(&doc, &arena, "s", 0);
        struct table *table = doc_table(&doc, "rows", with_spares, ARRAY_LEN(with_spares));
        struct row *row = table_row(&doc, table);
        table_cell(&doc, row, 0, figure_text("twenty-letters-long-"));
        for (size_t k = 1; k < ARRAY_LEN(with_spares); k++)
            table_cell(&doc, row, k, figure_count(1, BASIS_MEASURED));
        struct style style = { .columns = cases[i].columns, .utf8 = true };
        assert_string_equal(written(&arena, &doc, "text", style), cases[i].text);
        table_cell(&doc, row, 0, figure_text(long_name));
        assert_null(
            strstr(written(&arena, &doc, "text", (struct style){ .columns = 50 }), "SECOND"));
        assert_non_null(
            strstr(written(&arena, &doc, "text", (struct style){ .columns = 50 }), "FIRST"));
        assert_null(
            strstr(written(&arena, &doc, "text", (struct style){ .columns = 40 }), "FIRST"));
        assert_non_null(
            strstr(written(&arena, &doc, "text", (struct style){ .columns = 70 }), "SECOND"));
    }
}

static void shows_the_parts_of_a_row_below_it(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", 0);
    struct table *table = doc_table(&doc, "rows", name_and_count, 2);
    table->parts_key = "models";
    table->part_key = "model";
    add(&doc, table, "day", figure_count(3, BASIS_MEASURED));
    struct row *part = row_part(&doc, table, table->rows);
    table_cell(&doc, part, 0, figure_text("opus"));
    part = row_part(&doc, table, table->rows);
    table_cell(&doc, part, 0, figure_text("sonnet"));
    table_cell(&doc, part, 1, figure_count(3, BASIS_MEASURED));
    assert_string_equal(written(&arena, &doc, "text", wide), "NAME      N\n"
                                                             "day       3\n"
                                                             "  opus\n"
                                                             "  sonnet  3\n");
    assert_string_equal(written(&arena, &doc, "md", wide), "| NAME | N |\n"
                                                           "|---|---:|\n"
                                                           "| day | 3 |\n"
                                                           "| · opus |  |\n"
                                                           "| · sonnet | 3 |\n");
    assert_non_null(strstr(written(&arena, &doc, "json", (struct style){ .compact = true }),
                           "\"rows\":[{\"name\":\"day\",\"n\":3,\"models\":[{\"model\":\"opus\"},"
                           "{\"model\":\"sonnet\",\"n\":3}]}]"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aligns_wide_characters),
        cmocka_unit_test(keeps_digits_below_digits),
        cmocka_unit_test(gives_a_column_to_marks_only_when_there_is_one),
        cmocka_unit_test(says_that_it_is_empty),
        cmocka_unit_test(leaves_out_columns_without_a_head),
        cmocka_unit_test(shows_totals_under_a_rule),
        cmocka_unit_test(shrinks_what_may_shrink_and_nothing_else),
        cmocka_unit_test(leaves_out_a_column_that_no_row_knows),
        cmocka_unit_test(fits_any_screen_wide_enough),
        cmocka_unit_test(writes_a_hundred_thousand_rows),
        cmocka_unit_test(leaves_out_spare_columns_from_the_last_on_before_it_cuts),
        cmocka_unit_test(shows_the_parts_of_a_row_below_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
