#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "ingest/source.h"

static void the_first_source_is_claude(void **state)
{
    (void)state;
    assert_non_null(source_at(0));
    assert_string_equal(source_at(0)->name, "claude");
}

static void every_source_is_complete_and_has_its_own_name(void **state)
{
    (void)state;
    for (size_t i = 0; source_at(i); i++) {
        assert_non_null(source_at(i)->find);
        assert_non_null(source_at(i)->line);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(source_at(i)->name, source_at(k)->name);
    }
}

static void past_the_end_there_is_none(void **state)
{
    (void)state;
    size_t count = 0;
    while (source_at(count))
        count++;
    assert_null(source_at(count));
    assert_null(source_at(SIZE_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_source_is_claude),
        cmocka_unit_test(every_source_is_complete_and_has_its_own_name),
        cmocka_unit_test(past_the_end_there_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
