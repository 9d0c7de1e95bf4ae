#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "measure/toolbox.h"

static void counts_each_tool_by_how_its_calls_ended(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct toolbox box;
    toolbox_init(&box, &arena);
    toolbox_add(&box, "Read", TOOL_OK);
    toolbox_add(&box, "Bash", TOOL_ERROR);
    toolbox_add(&box, "Bash", TOOL_OK);
    toolbox_add(&box, "Bash", TOOL_DECLINED);
    toolbox_add(&box, "Bash", TOOL_PENDING);
    toolbox_add(&box, "Edit", TOOL_OK);
    toolbox_sort(&box);
    assert_int_equal(box.count, 3);
    assert_string_equal(box.rows[0].name, "Bash");
    assert_string_equal(box.rows[1].name, "Edit"); /* as often as Read */
    assert_string_equal(box.rows[2].name, "Read");
    for (int i = 0; i < TOOL_STATES; i++)
        assert_int_equal(box.rows[0].calls[i], 1);
    assert_int_equal(toolbox_calls(&box.rows[0]), 4);
    assert_int_equal(toolbox_calls(&box.total), 6);
}

static void declined_and_unanswered_calls_have_no_part_in_the_error_share(void **state)
{
    (void)state;
    struct toolbox_row row = { .calls = { [TOOL_OK] = 3, [TOOL_ERROR] = 1 } };
    int64_t ran;
    double share;
    assert_true(toolbox_error_share(&row, &ran, &share));
    assert_int_equal(ran, 4);
    assert_float_equal(share, 0.25, 0);
    row.calls[TOOL_DECLINED] = 50;
    row.calls[TOOL_PENDING] = 50;
    assert_true(toolbox_error_share(&row, &ran, &share));
    assert_float_equal(share, 0.25, 0);
    row.calls[TOOL_OK] = row.calls[TOOL_ERROR] = 0;
    assert_false(toolbox_error_share(&row, &ran, &share));
}

static void keeps_names_of_its_own_and_many_of_them(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct toolbox box;
    char name[20];
    toolbox_init(&box, &arena);
    for (int i = 0; i < 300; i++) {
        (void)snprintf(name, sizeof(name), "tool-%d", i % 100);
        toolbox_add(&box, name, TOOL_OK);
    }
    assert_int_equal(box.count, 100);
    assert_string_equal(box.rows[7].name, "tool-7");
    assert_int_equal(box.rows[99].calls[TOOL_OK], 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_each_tool_by_how_its_calls_ended),
        cmocka_unit_test(declined_and_unanswered_calls_have_no_part_in_the_error_share),
        cmocka_unit_test(keeps_names_of_its_own_and_many_of_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
