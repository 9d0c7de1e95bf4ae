#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "doc_sample.h"

static const struct style any = { .columns = 80, .utf8 = true };

static const struct column name_and_n[] = { { "name", "NAME", ALIGN_LEFT, 0 },
                                            { NULL, "ON SCREENS", ALIGN_LEFT, 0 },
                                            { "n", NULL, ALIGN_RIGHT, 0 } };

static struct row *add(struct doc *doc, struct table *table, const char *name, struct figure figure)
{
    struct row *row = table_row(doc, table);
    table_cell(doc, row, 0, figure_text(name));
    table_cell(doc, row, 1, figure_text("shown"));
    table_cell(doc, row, 2, figure);
    return row;
}

/* The row for one text or figure, without the line that ends it. */
static const char *row_with(struct arena *arena, const char *name, struct figure figure)
{
    static const char heads[] = "name,n\r\n";
    struct doc doc;
    doc_init(&doc, arena, "s", SAMPLE_NOW);
    add(&doc, doc_table(&doc, "rows", name_and_n, ARRAY_LEN(name_and_n)), name, figure);
    const char *text = written(arena, &doc, "csv", any);
    assert_int_equal(strncmp(text, heads, strlen(heads)), 0);
    char *row = arena_strdup(arena, text + strlen(heads));
    assert_true(strlen(row) >= 2);
    assert_string_equal(row + strlen(row) - 2, "\r\n");
    row[strlen(row) - 2] = '\0';
    return row;
}

static void has_the_keys_as_heads_and_neither_screens_columns_nor_totals(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", SAMPLE_NOW);
    doc_title(&doc, "a title");
    doc_note(&doc, "a note");
    struct table *table = doc_table(&doc, "rows", name_and_n, ARRAY_LEN(name_and_n));
    add(&doc, table, "a", figure_count(1, BASIS_MEASURED));
    add(&doc, table, "b", figure_count(-22, BASIS_MEASURED));
    table_cell(&doc, table_totals(&doc, table), 2, figure_count(-21, BASIS_MEASURED));
    doc_warning(&doc, "w", "a warning");
    assert_string_equal(written(&arena, &doc, "csv", any), "name,n\r\na,1\r\nb,-22\r\n");
}

static void quotes_what_would_end_a_field(void **state)
{
    static const char *const cases[][2] = {
        { "plain", "plain,1" },
        { "a,b", "\"a,b\",1" },
        { "say \"hi\"", "\"say \"\"hi\"\"\",1" },
        { "two\nlines", "\"two\nlines\",1" },
        { "cr\rhere", "\"cr\rhere\",1" },
        { "", ",1" },
        { " blanks ", " blanks ,1" },
        { "日本", "日本,1" },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        assert_string_equal(row_with(&arena, cases[i][0], figure_count(1, BASIS_MEASURED)),
                            cases[i][1]);
    }
}

static void a_text_is_never_a_formula(void **state)
{
    static const char *const cases[][2] = {
        { "=1+1", "'=1+1,1" },
        { "+1", "'+1,1" },
        { "-1", "'-1,1" },
        { "@sum", "'@sum,1" },
        { "\tx", "'\tx,1" },
        { "\rx", "\"'\rx\",1" },
        { "=\"a,b\"", "\"'=\"\"a,b\"\"\",1" },
        { "a=b", "a=b,1" },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        assert_string_equal(row_with(&arena, cases[i][0], figure_count(1, BASIS_MEASURED)),
                            cases[i][1]);
    }
}

static void numbers_stay_numbers(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct figure unpriced = sample_part_priced(0);
    const struct {
        struct figure figure;
        const char *row;
    } cases[] = {
        { figure_count(INT64_MIN, BASIS_MEASURED), "x,-9223372036854775808" },
        { figure_money(1, BASIS_MEASURED), "x,0.000000001" },
        { figure_money(USD(123456), BASIS_MEASURED), "x,1234.560000000" },
        { figure_money(-USD(5), BASIS_MEASURED), "x,-0.050000000" },
        { figure_money(INT64_MIN, BASIS_MEASURED), "x,-9223372036.854775808" },
        { sample_part_priced(1), "x,0.010000000" },
        { unpriced, "x," },
        { figure_seconds(3600, BASIS_MEASURED), "x,3600" },
        { figure_time(SAMPLE_NOW), "x,2026-10-06T14:32:00Z" },
        { figure_share(0.25, BASIS_MEASURED), "x,0.25" },
        { figure_score(0.9, BASIS_ENTERED), "x,0.9" },
        { figure_unknown(FIGURE_COUNT, "nobody knows"), "x," },
        { figure_count(3, BASIS_UNKNOWN), "x," },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_string_equal(row_with(&arena, "x", cases[i].figure), cases[i].row);
}

static void bad_bytes_do_not_get_out(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    assert_string_equal(row_with(&arena, "a\xff", figure_count(1, BASIS_MEASURED)),
                        "a\xef\xbf\xbd,1");
}

static void has_the_parts_instead_of_their_row(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", SAMPLE_NOW);
    struct table *table = doc_table(&doc, "rows", name_and_n, ARRAY_LEN(name_and_n));
    table->parts_key = "models";
    table->part_key = "model";
    struct row *row = add(&doc, table, "monday", figure_count(3, BASIS_MEASURED));
    for (int i = 1; i <= 2; i++) {
        struct row *part = row_part(&doc, table, row);
        table_cell(&doc, part, 0, figure_text(i == 1 ? "one" : "=two"));
        table_cell(&doc, part, 2, figure_count(i, BASIS_MEASURED));
    }
    add(&doc, table, "tuesday", figure_count(4, BASIS_MEASURED));
    assert_string_equal(written(&arena, &doc, "csv", any),
                        "name,model,n\r\nmonday,one,1\r\nmonday,'=two,2\r\ntuesday,,4\r\n");
}

static void takes_the_first_table_where_none_is_the_main_one(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", SAMPLE_NOW);
    add(&doc, doc_table(&doc, NULL, name_and_n, 3), "screen", figure_count(0, BASIS_MEASURED));
    add(&doc, doc_table(&doc, "first", name_and_n, 3), "a", figure_count(1, BASIS_MEASURED));
    add(&doc, doc_table(&doc, "second", name_and_n, 3), "b", figure_count(2, BASIS_MEASURED));
    assert_string_equal(written(&arena, &doc, "csv", any), "name,n\r\na,1\r\n");
}

static void without_a_table_is_one_row_of_facts_and_figures(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", SAMPLE_NOW);
    doc_fact(&doc, "id", figure_text("dev_1"));
    struct line *line = doc_line(&doc, "Cost");
    line_add(&doc, line, "cost", figure_money(USD(150), BASIS_MEASURED));
    line_text(&doc, line, "of");
    line_add(&doc, line, "budget", figure_unknown(FIGURE_MONEY, "none"));
    line_add(&doc, doc_line(&doc, "Again"), "cost", figure_money(USD(9), BASIS_MEASURED));
    assert_string_equal(written(&arena, &doc, "csv", any),
                        "id,cost,budget\r\ndev_1,1.500000000,\r\n");
}

static void an_empty_table_has_its_heads(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", SAMPLE_NOW);
    doc_table(&doc, "rows", name_and_n, ARRAY_LEN(name_and_n))->empty = "Nothing.";
    assert_string_equal(written(&arena, &doc, "csv", any), "name,n\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_the_keys_as_heads_and_neither_screens_columns_nor_totals),
        cmocka_unit_test(quotes_what_would_end_a_field),
        cmocka_unit_test(a_text_is_never_a_formula),
        cmocka_unit_test(numbers_stay_numbers),
        cmocka_unit_test(bad_bytes_do_not_get_out),
        cmocka_unit_test(has_the_parts_instead_of_their_row),
        cmocka_unit_test(takes_the_first_table_where_none_is_the_main_one),
        cmocka_unit_test(without_a_table_is_one_row_of_facts_and_figures),
        cmocka_unit_test(an_empty_table_has_its_heads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
