#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "doc_sample.h"

static void writes_the_tree_and_nothing_else(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", SAMPLE_NOW);
    doc_title(&doc, "not written");
    doc.tree = json_new_object(&arena);
    json_set_count(doc.tree, "b", 1);
    json_set_decimal(doc.tree, "a", 0.5);
    assert_string_equal(written(&arena, &doc, "ccusage", (struct style){ .columns = 80 }),
                        "{\n  \"b\": 1,\n  \"a\": 0.5\n}\n");
    assert_string_equal(written(&arena, &doc, "ccusage", (struct style){ .compact = true }),
                        "{\"b\":1,\"a\":0.5}");
}

static void writes_nothing_without_one(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct doc doc;
    doc_init(&doc, &arena, "s", SAMPLE_NOW);
    assert_string_equal(written(&arena, &doc, "ccusage", (struct style){ .columns = 80 }), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_the_tree_and_nothing_else),
        cmocka_unit_test(writes_nothing_without_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
