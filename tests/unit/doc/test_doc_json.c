#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "doc_sample.h"

static const struct style pretty = { .columns = 80, .version = "0.1.0" };
static const struct style compact = { .columns = 80, .version = "0.1.0", .compact = true };

/* Written, and read back by our own strict reader: duplicate members would be refused. */
static struct json *read_back(struct arena *arena, const struct doc *doc, struct style style)
{
    struct err err = { 0 };
    struct json *value = NULL;
    const char *text = written(arena, doc, "json", style);
    bool parsed = json_parse(arena, text, strlen(text), "doc", &value, &err);
    if (!parsed)
        print_error("%s %s\n%s\n", err.text, err.where, text);
    assert_true(parsed);
    return value;
}

static const char *member_text(struct arena *arena, const struct json *value, const char *path)
{
    struct buf out;
    buf_init(&out, arena, 4096);
    assert_non_null(json_at(value, path));
    json_write_compact(json_at(value, path), &out);
    return out.text;
}

static void has_every_envelope_member_when_empty(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "session-manager/status", SAMPLE_NOW);
    assert_string_equal(written(&arena, &doc, "json", compact),
                        "{\"schema\":\"session-manager/status\",\"schema_version\":1,"
                        "\"tool_version\":\"0.1.0\",\"generated_at\":\"2026-10-06T14:32:00Z\","
                        "\"figures\":{},\"rows\":[],\"totals\":{},\"alerts\":[],\"warnings\":[]}");
    assert_string_equal(written(&arena, &doc, "json", pretty),
                        "{\n"
                        "  \"schema\": \"session-manager/status\",\n"
                        "  \"schema_version\": 1,\n"
                        "  \"tool_version\": \"0.1.0\",\n"
                        "  \"generated_at\": \"2026-10-06T14:32:00Z\",\n"
                        "  \"figures\": {},\n"
                        "  \"rows\": [],\n"
                        "  \"totals\": {},\n"
                        "  \"alerts\": [],\n"
                        "  \"warnings\": []\n"
                        "}\n");
}

static void says_the_same_pretty_and_compact(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    sample_status(&doc, &arena);
    assert_true(json_same(read_back(&arena, &doc, pretty), read_back(&arena, &doc, compact)));
    assert_null(strchr(written(&arena, &doc, "json", compact), '\n'));
}

static void is_written_as_json_itself_writes(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    sample_status(&doc, &arena);
    struct buf again;
    buf_init(&again, &arena, 1 << 20);
    json_write_compact(read_back(&arena, &doc, compact), &again);
    assert_string_equal(written(&arena, &doc, "json", compact), again.text);
}

static void keeps_facts_plain(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    sample_status(&doc, &arena);
    doc_fact(&doc, "spent", sample_part_priced(100));
    doc_fact(&doc, "since", figure_time(SAMPLE_NOW));
    doc_fact(&doc, "path", figure_text(NULL));
    struct json *value = read_back(&arena, &doc, pretty);
    assert_string_equal(json_text(value, "id", ""), "ep_015");
    assert_int_equal(json_count(value, "level", -1), 2);
    assert_string_equal(json_text(value, "since", ""), "2026-10-06T14:32:00Z");
    assert_int_equal(json_kind(json_get(value, "path")), JSON_IS_NULL);
    assert_string_equal(member_text(&arena, value, "spent"),
                        "{\"usd_nanos\":1000000000,\"complete\":false,"
                        "\"reason\":\"2 calls without a price\"}");
    assert_null(json_get(value, "wrote"));
}

static void echoes_the_window(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    sample_status(&doc, &arena);
    assert_string_equal(member_text(&arena, read_back(&arena, &doc, pretty), "window"),
                        "{\"from\":\"2026-10-05T14:32:00Z\",\"to\":\"2026-10-06T14:32:00Z\","
                        "\"tz\":\"UTC\",\"complete\":false}");
}

static const char *figure_as(struct arena *arena, struct figure figure)
{
    struct doc doc;
    doc_init(&doc, arena, "s", 0);
    line_add(&doc, doc_line(&doc, "x"), "f", figure);
    return member_text(arena, read_back(arena, &doc, pretty), "figures.f");
}

static void gives_every_figure_its_basis(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    assert_string_equal(figure_as(&arena, figure_of(figure_money(5, BASIS_MEASURED), 4)),
                        "{\"usd_nanos\":5,\"basis\":\"measured\",\"complete\":true,\"n\":4}");
    assert_string_equal(figure_as(&arena, sample_part_priced(1)),
                        "{\"usd_nanos\":10000000,\"basis\":\"measured\",\"complete\":false,"
                        "\"reason\":\"2 calls without a price\"}");
    assert_string_equal(figure_as(&arena, figure_count(INT64_MAX, BASIS_ENTERED)),
                        "{\"value\":9223372036854775807,\"basis\":\"entered\"}");
    assert_string_equal(figure_as(&arena, figure_seconds(60, BASIS_ESTIMATED)),
                        "{\"seconds\":60,\"basis\":\"estimated\"}");
    assert_string_equal(figure_as(&arena, figure_share(0.83, BASIS_MIXED)),
                        "{\"value\":0.83,\"basis\":\"mixed\"}");
    assert_string_equal(figure_as(&arena, figure_of(figure_score(0, BASIS_ENTERED), 0)),
                        "{\"value\":0,\"basis\":\"entered\",\"n\":0}");
    assert_string_equal(figure_as(&arena, figure_time(SAMPLE_NOW + 120000000)),
                        "{\"at\":\"2026-10-06T14:32:00.120Z\",\"basis\":\"measured\"}");
    assert_string_equal(figure_as(&arena, figure_text("words")), "\"words\"");
}

static void says_null_and_why_for_unknown_figures(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    assert_string_equal(figure_as(&arena, figure_unknown(FIGURE_MONEY, "too early")),
                        "{\"usd_nanos\":null,\"basis\":\"unknown\",\"reason\":\"too early\"}");
    assert_string_equal(figure_as(&arena, figure_of(figure_unknown(FIGURE_SCORE, NULL), 2)),
                        "{\"value\":null,\"basis\":\"unknown\",\"n\":2,\"reason\":\"not known\"}");
    assert_string_equal(figure_as(&arena, figure_unknown(FIGURE_SECONDS, "open")),
                        "{\"seconds\":null,\"basis\":\"unknown\",\"reason\":\"open\"}");
    assert_string_equal(figure_as(&arena, figure_unknown(FIGURE_TIME, "open")),
                        "{\"at\":null,\"basis\":\"unknown\",\"reason\":\"open\"}");
    assert_string_equal(figure_as(&arena, figure_unknown(FIGURE_TEXT, "unnamed")),
                        "{\"value\":null,\"basis\":\"unknown\",\"reason\":\"unnamed\"}");
    assert_string_equal(figure_as(&arena, figure_count(0, BASIS_UNKNOWN)),
                        "{\"value\":null,\"basis\":\"unknown\",\"reason\":\"not known\"}");
}

static void keeps_the_first_of_two_figures_of_one_name(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", 0);
    struct line *line = doc_line(&doc, "x");
    line_add(&doc, line, "f", figure_text("one"));
    line_add(&doc, line, NULL, figure_text("on screens only"));
    line_add(&doc, doc_line(&doc, "y"), "f", figure_text("two"));
    assert_string_equal(member_text(&arena, read_back(&arena, &doc, pretty), "figures"),
                        "{\"f\":\"one\"}");
}

static void keeps_cells_compact(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    sample_status(&doc, &arena);
    struct json *value = read_back(&arena, &doc, pretty);
    struct buf row;
    buf_init(&row, &arena, 4096);
    json_write_compact(json_item(json_get(value, "rows"), 1), &row);
    assert_string_equal(row.text,
                        "{\"id\":\"plan_20261006_1600\",\"purpose\":\"日本語 🚀 | `x` <b>\","
                        "\"calls\":0,\"cost\":{\"usd_nanos\":620000000,\"complete\":true},"
                        "\"share\":null,\"quality\":0.91,\"active\":30,\"at\":null}");
    assert_string_equal(member_text(&arena, value, "totals"),
                        "{\"id\":\"2 sessions\",\"calls\":1234,"
                        "\"cost\":{\"usd_nanos\":3930000000,\"complete\":false,"
                        "\"reason\":\"2 calls without a price\"}}");
}

static void says_why_a_cell_has_no_cost(void **state)
{
    (void)state;
    static const struct column columns[] = { { "cost", "COST", ALIGN_RIGHT, 0 },
                                             { NULL, "SCREEN", ALIGN_LEFT, 0 } };
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", 0);
    struct row *row = table_row(&doc, doc_table(&doc, "rows", columns, 2));
    table_cell(&doc, row, 0, figure_unknown(FIGURE_MONEY, "no log"));
    table_cell(&doc, row, 1, figure_text("not for machines"));
    assert_string_equal(member_text(&arena, read_back(&arena, &doc, pretty), "rows"),
                        "[{\"cost\":{\"usd_nanos\":null,\"complete\":false,"
                        "\"reason\":\"no log\"}}]");
}

static void puts_other_tables_under_their_key(void **state)
{
    (void)state;
    static const struct column columns[] = { { "n", "N", ALIGN_RIGHT, 0 } };
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", 0);
    struct table *models = doc_table(&doc, "models", columns, 1);
    table_cell(&doc, table_row(&doc, models), 0, figure_count(1, BASIS_MEASURED));
    struct table *rows = doc_table(&doc, "rows", columns, 1);
    table_cell(&doc, table_row(&doc, rows), 0, figure_count(2, BASIS_MEASURED));
    struct table *days = doc_table(&doc, "days", columns, 1);
    table_cell(&doc, table_totals(&doc, days), 0, figure_count(3, BASIS_MEASURED));
    table_row(&doc, doc_table(&doc, NULL, columns, 1));
    struct json *value = read_back(&arena, &doc, pretty);
    assert_string_equal(member_text(&arena, value, "rows"), "[{\"n\":2}]");
    assert_string_equal(member_text(&arena, value, "totals"), "{}");
    assert_string_equal(member_text(&arena, value, "models"), "{\"rows\":[{\"n\":1}]}");
    assert_string_equal(member_text(&arena, value, "days"), "{\"rows\":[],\"totals\":{\"n\":3}}");
    assert_int_equal(json_length(value), 11);
}

static void lists_alerts_and_warnings(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    sample_status(&doc, &arena);
    struct json *value = read_back(&arena, &doc, pretty);
    const struct json *weak = json_item(json_get(value, "alerts"), 0);
    const struct json *strong = json_item(json_get(value, "alerts"), 1);
    assert_string_equal(json_text(weak, "rule", ""), "budget");
    assert_string_equal(json_text(weak, "session", ""), "ep_015");
    assert_false(json_bool(weak, "strong", true));
    assert_true(json_bool(strong, "strong", false));
    assert_int_equal(json_kind(json_get(strong, "session")), JSON_IS_NULL);
    assert_string_equal(json_text(strong, "text", ""), "ep_012 0.71 < 0.85 strong");
    assert_string_equal(member_text(&arena, value, "warnings"),
                        "[{\"code\":\"unpriced_model\",\"text\":\"no price for 'model-x'\"}]");
}

static void carries_foreign_texts_unharmed(void **state)
{
    (void)state;
    static const char odd[] = "\x1b[31m \"quoted\" \\ \x01\t\n日本";
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", 0);
    doc_fact(&doc, "id", figure_text(odd));
    doc_fact(&doc, "a \"key\"", figure_text("kept"));
    doc_fact(&doc, "broken", figure_text("a\xff"));
    assert_null(strchr(written(&arena, &doc, "json", pretty), '\x1b'));
    struct json *value = read_back(&arena, &doc, pretty);
    assert_string_equal(json_text(value, "id", ""), odd);
    assert_string_equal(json_text(value, "a \"key\"", ""), "kept");
    assert_string_equal(json_text(value, "broken", ""), "a\xef\xbf\xbd");
}

static void writes_numbers_that_are_read_back_the_same(void **state)
{
    (void)state;
    static const double numbers[] = { 0.1, 1.0 / 3, 0.83, 1e-9, 12345678.9, 0.1 + 0.2 };
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        struct doc doc;
        doc_init(&doc, &arena, "s", 0);
        doc_fact(&doc, "x", figure_share(numbers[i], BASIS_MEASURED));
        double back = json_decimal(read_back(&arena, &doc, pretty), "x", -1);
        assert_memory_equal(&back, &numbers[i], sizeof(back));
    }
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
        cmocka_unit_test(has_every_envelope_member_when_empty),
        cmocka_unit_test(says_the_same_pretty_and_compact),
        cmocka_unit_test(is_written_as_json_itself_writes),
        cmocka_unit_test(keeps_facts_plain),
        cmocka_unit_test(echoes_the_window),
        cmocka_unit_test(gives_every_figure_its_basis),
        cmocka_unit_test(says_null_and_why_for_unknown_figures),
        cmocka_unit_test(keeps_the_first_of_two_figures_of_one_name),
        cmocka_unit_test(keeps_cells_compact),
        cmocka_unit_test(says_why_a_cell_has_no_cost),
        cmocka_unit_test(puts_other_tables_under_their_key),
        cmocka_unit_test(lists_alerts_and_warnings),
        cmocka_unit_test(carries_foreign_texts_unharmed),
        cmocka_unit_test(writes_numbers_that_are_read_back_the_same),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
