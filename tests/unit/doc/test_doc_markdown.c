#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "doc_sample.h"

static const struct style any = { .columns = 80 };

static void writes_the_whole_doc(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    sample_status(&doc, &arena);
    assert_string_equal(
        written(&arena, &doc, "md", any),
        "# Tue 2026-10-06 16:32 +02:00\n"
        "\n"
        "| | ID | PURPOSE | CALLS | COST | SHARE | QUAL | ACTIVE |\n"
        "|---|---|---|---:|---:|---:|---:|---:|\n"
        "| \\> | ep_015_20261006_1455 | why do we sleep, and what for? | 1,234 | $3.31+ | 83 % | — "
        "| 41m |\n"
        "|  | plan_20261006_1600 | 日本語 🚀 \\| \\`x\\` &lt;b> | 0 | $0.62 | — | 0.91\\* | &lt;1m "
        "|\n"
        "|  | **2 sessions** |  | **1,234** | **$3.93+** |  |  |  |\n"
        "\n"
        "- **Cost** $11.14^ · tokens $7.92 · elevenlabs $2.67\\*\n"
        "  - day budget $15.00\\* (74 %)\n"
        "- **Month end** — · at this pace \\~$187.00\n"
        "\n"
        "## Key learnings\n"
        "\n"
        "L-034 ElevenLabs refuses more than 5k characters per call, so split the script at a "
        "paragraph\n"
        "\n"
        "- **! budget** ep_015 $3.31 of $4.00 (83 %); 9 of 14 earlier ones here ended above that "
        "budget\n"
        "- **x quality** ep_012 0.71 &lt; 0.85 strong\n"
        "\n"
        "- **warning** no price for 'model-x'\n"
        "\n"
        "Figures: measured unless marked  \\* entered  \\~ estimated  ^ partly \\* or \\~  + "
        "incomplete  — unknown\n");
}

static void escapes(const char *text, const char *expected)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", 0);
    doc_note(&doc, "%s", text);
    assert_string_equal(written(&arena, &doc, "md", any), arena_printf(&arena, "%s\n", expected));
}

static void escapes_what_markdown_would_obey(void **state)
{
    (void)state;
    escapes("plain text, with (brackets) and 'quotes'.",
            "plain text, with (brackets) and 'quotes'.");
    escapes("a | b", "a \\| b");
    escapes("`code`", "\\`code\\`");
    escapes("*bold* _it_ ~~no~~", "\\*bold\\* \\_it\\_ \\~\\~no\\~\\~");
    escapes("snake_case_name", "snake_case_name");
    escapes("<script>&lt;", "&lt;script>&amp;lt;");
    escapes("[x](javascript:y) ![z]", "\\[x\\](javascript:y) !\\[z\\]");
    escapes("back\\slash {x}", "back\\\\slash \\{x\\}");
    escapes("$4.00 and $x$", "$4.00 and \\$x\\$");
    escapes("日本語_x_", "日本語_x\\_");
}

static void escapes_what_would_begin_a_block(void **state)
{
    (void)state;
    escapes("# head", "\\# head");
    escapes("- item", "\\- item");
    escapes("+ item", "\\+ item");
    escapes("> quote", "\\> quote");
    escapes("=====", "\\=====");
    escapes("---", "\\---");
    escapes("1. item", "1\\. item");
    escapes("12) item", "12\\) item");
    escapes("2026-10-06", "2026-10-06");
    escapes("      code?", "code?");
    escapes("two\n# lines", "two \\# lines");
}

static void shows_no_control_bytes(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", 0);
    doc_title(&doc, "a\x1b[31m\r\n# b");
    line_text(&doc, doc_line(&doc, ""), "# c\x07");
    const char *text = written(&arena, &doc, "md", any);
    assert_null(strpbrk(text, "\x1b\x07\r"));
    assert_null(strstr(text, "\n# "));
    assert_non_null(strstr(text, "\n- \\# c"));
}

static void says_that_a_table_is_empty(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", 0);
    struct table *table = doc_table(&doc, "rows", sample_columns, 2);
    assert_string_equal(written(&arena, &doc, "md", any), "");
    table->empty = "no sessions";
    assert_string_equal(written(&arena, &doc, "md", any), "no sessions\n");
    table_cell(&doc, table_row(&doc, table), 0, figure_text("- a"));
    assert_string_equal(written(&arena, &doc, "md", any), "| ID | PURPOSE |\n|---|---|\n"
                                                          "| - a | — |\n\n"
                                                          "Figures: measured unless marked  — "
                                                          "unknown\n");
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
        cmocka_unit_test(writes_the_whole_doc),
        cmocka_unit_test(escapes_what_markdown_would_obey),
        cmocka_unit_test(escapes_what_would_begin_a_block),
        cmocka_unit_test(shows_no_control_bytes),
        cmocka_unit_test(says_that_a_table_is_empty),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
