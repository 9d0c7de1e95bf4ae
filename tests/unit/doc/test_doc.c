#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "doc_sample.h"

static void knows_the_writers_by_name(void **state)
{
    (void)state;
    assert_string_equal(doc_writer_find("text")->format, "text");
    assert_string_equal(doc_writer_find("json")->format, "json");
    assert_string_equal(doc_writer_find("md")->format, "md");
    assert_null(doc_writer_find("pdf"));
    assert_null(doc_writer_find(""));
}

static void says_nothing_of_n_unless_told(void **state)
{
    (void)state;
    struct figure figure = figure_count(7, BASIS_ENTERED);
    assert_int_equal(figure.n, -1);
    assert_int_equal(figure_of(figure, 3).n, 3);
    assert_int_equal(figure_of(figure, 3).number, 7);
    assert_int_equal(figure_unknown(FIGURE_MONEY, "why").n, -1);
}

static void holds_a_figure_of_unknown_basis_for_unknown(void **state)
{
    (void)state;
    struct figure figures[] = {
        figure_count(0, BASIS_UNKNOWN),       figure_money(0, BASIS_UNKNOWN),
        figure_seconds(0, BASIS_UNKNOWN),     figure_share(0, BASIS_UNKNOWN),
        figure_score(0, BASIS_UNKNOWN),       figure_text(NULL),
        figure_unknown(FIGURE_COUNT, NULL),   { .kind = FIGURE_TEXT },
        { .kind = FIGURE_COUNT, .number = 3 }
    };
    for (size_t i = 0; i < ARRAY_LEN(figures); i++)
        assert_false(figure_known(&figures[i]));
}

static void holds_a_measured_zero_for_known(void **state)
{
    (void)state;
    struct figure figures[] = { figure_count(0, BASIS_MEASURED), figure_money(0, BASIS_MEASURED),
                                figure_share(0, BASIS_MEASURED), figure_time(0), figure_text("") };
    for (size_t i = 0; i < ARRAY_LEN(figures); i++)
        assert_true(figure_known(&figures[i]));
}

static void takes_no_number_out_of_a_division_by_zero(void **state)
{
    (void)state;
    struct figure share = figure_share((double)NAN, BASIS_MEASURED);
    struct figure score = figure_score((double)INFINITY, BASIS_MEASURED);
    assert_false(figure_known(&share));
    assert_false(figure_known(&score));
    assert_int_equal(share.kind, FIGURE_SHARE);
    assert_non_null(share.reason);
}

static void copies_the_texts_it_is_given(void **state)
{
    (void)state;
    static const struct column columns[] = { { "x", "X", ALIGN_LEFT, 0 } };
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    char text[] = "before";
    doc_init(&doc, &arena, "s", 0);
    doc_title(&doc, "%s", text);
    doc_fact(&doc, "fact", figure_text(text));
    doc_heading(&doc, text);
    struct line *line = doc_line(&doc, "label");
    line_add(&doc, line, "part", figure_text(text));
    line_add(&doc, line, "reason", figure_unknown(FIGURE_COUNT, text));
    line_text(&doc, line, "%s", text);
    table_cell(&doc, table_row(&doc, doc_table(&doc, "t", columns, 1)), 0, figure_text(text));
    doc_note(&doc, "%s", text);
    doc_alert(&doc, "rule", text, false, text);
    doc_warning(&doc, "code", "%s", text);
    doc_wrote(&doc, "%s", text);
    memcpy(text, "AFTER!", sizeof(text));
    struct style style = { .columns = 80, .version = "1" };
    assert_null(strstr(written(&arena, &doc, "text", style), "AFTER!"));
    assert_null(strstr(written(&arena, &doc, "json", style), "AFTER!"));
    assert_string_equal(doc.wrote, "before");
}

static void keeps_blocks_and_rows_in_order(void **state)
{
    (void)state;
    static const struct column columns[] = { { "x", "X", ALIGN_LEFT, 0 } };
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", 0);
    struct line *early = doc_line(&doc, "a");
    struct table *table = doc_table(&doc, "rows", columns, 1);
    doc_note(&doc, "end");
    line_text(&doc, early, "%d", 1); /* a line can grow after others were begun */
    line_text(&doc, early, "%d", 2);
    struct row *first = table_row(&doc, table);
    struct row *second = table_row(&doc, table);
    assert_int_equal(doc.blocks->kind, BLOCK_LINE);
    assert_int_equal(doc.blocks->next->kind, BLOCK_TABLE);
    assert_int_equal(doc.blocks->next->next->kind, BLOCK_NOTE);
    assert_string_equal(early->parts->figure.text, "1");
    assert_string_equal(early->parts->next->figure.text, "2");
    assert_ptr_equal(table->rows, first);
    assert_ptr_equal(first->next, second);
    assert_null(second->next);
}

static void begins_rows_with_unknown_cells(void **state)
{
    (void)state;
    static const struct column columns[] = { { "x", "X", ALIGN_LEFT, 0 },
                                             { "y", "Y", ALIGN_LEFT, 0 } };
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", 0);
    struct table *table = doc_table(&doc, "rows", columns, 2);
    struct row *row = table_row(&doc, table);
    for (size_t i = 0; i < 2; i++) {
        assert_false(figure_known(&row->cells[i]));
        assert_false(figure_given(&row->cells[i]));
    }
    table_cell(&doc, row, 1, figure_unknown(FIGURE_TEXT, "nobody said"));
    assert_true(figure_given(&row->cells[1]));
    assert_null(table->totals);
    assert_ptr_equal(table_totals(&doc, table), table_totals(&doc, table));
    assert_non_null(table->totals);
}

static void keeps_the_later_of_two_facts(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", 0);
    doc_fact(&doc, "id", figure_text("old"));
    doc_fact(&doc, "path", figure_text("p"));
    doc_fact(&doc, "id", figure_text("new"));
    assert_string_equal(doc.facts->figure.text, "new");
    assert_string_equal(doc.facts->next->key, "path");
    assert_null(doc.facts->next->next);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_writers_by_name),
        cmocka_unit_test(says_nothing_of_n_unless_told),
        cmocka_unit_test(holds_a_figure_of_unknown_basis_for_unknown),
        cmocka_unit_test(holds_a_measured_zero_for_known),
        cmocka_unit_test(takes_no_number_out_of_a_division_by_zero),
        cmocka_unit_test(copies_the_texts_it_is_given),
        cmocka_unit_test(keeps_blocks_and_rows_in_order),
        cmocka_unit_test(begins_rows_with_unknown_cells),
        cmocka_unit_test(keeps_the_later_of_two_facts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
