#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "measure/plan.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"

#define TABLE(plans) "{\"schema\":\"session-manager/plans\",\"plans\":[" plans "]}"

static const char dated[] = TABLE(
    "{\"name\":\"pro\",\"rows\":[{\"usd\":\"20\"},{\"from\":\"2026-06-01\",\"usd\":\"21.50\"}]}");

static struct plan_price find(const char *text, const char *plan, const char *when)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct plan_price price;
    struct err err = { 0 };
    int64_t at_ns;
    assert_true(clock_parse(when, strlen(when), &at_ns));
    struct plan_question question = { text, strlen(text), plan, at_ns };
    if (!plan_price_find(&arena, &question, &price, &err))
        fail_msg("%s", err.text);
    return price;
}

static void the_row_of_the_time_holds(void **state)
{
    (void)state;
    assert_int_equal(find(dated, "pro", "2026-05-31T23:59:59Z").nano_usd, INT64_C(20000000000));
    assert_int_equal(find(dated, "pro", "2026-06-01T00:00:00Z").nano_usd, INT64_C(21500000000));
}

static void a_plan_that_is_not_there_is_not_known(void **state)
{
    (void)state;
    assert_false(find(dated, "api", "2026-06-01T00:00:00Z").known);
    assert_true(find(dated, "pro", "2026-06-01T00:00:00Z").known);
}

static void expect_refused(const char *text)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct plan_price price;
    struct err err = { 0 };
    struct plan_question question = { text, strlen(text), "pro", 0 };
    assert_false(plan_price_find(&arena, &question, &price, &err));
    assert_int_equal(err.code, ERR_DAMAGED);
}

static void what_is_no_such_table_is_refused(void **state)
{
    (void)state;
    expect_refused("{");
    expect_refused("{}");
    expect_refused(TABLE("{\"name\":\"pro\",\"rows\":[{\"usd\":20}]}"));
    expect_refused(TABLE("{\"name\":\"pro\",\"rows\":[{\"usd\":\"0\"}]}"));
    expect_refused(TABLE("{\"name\":\"pro\",\"rows\":[{\"usd\":\"20\",\"from\":\"soon\"}]}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_row_of_the_time_holds),
        cmocka_unit_test(a_plan_that_is_not_there_is_not_known),
        cmocka_unit_test(what_is_no_such_table_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
