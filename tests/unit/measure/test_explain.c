#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "measure/explain.h"
#include "measure/price.h"
#include "unit/measure/price_asset.h"

enum { AT = 1000 };

struct bench {
    struct arena arena;
    struct price_table *prices;
    struct explanation got;
};

static struct call call_of(const char *message, const char *request, int64_t output)
{
    return (struct call){ .message_id = message,
                          .request_id = request,
                          .uuid = "",
                          .origin_session = "",
                          .branch = "",
                          .model = "claude-opus-5",
                          .at_ns = AT,
                          .usage = { .output = output } };
}

static struct explain_ours ours_of(struct call call)
{
    return (struct explain_ours){ .call = call, .session = "s", .cost_nano_usd = 0 };
}

static struct explain_theirs theirs_of(struct call call)
{
    return (
        struct explain_theirs){ .call = call, .session = "s", .theirs = call.usage, .kept = true };
}

static void compare(struct bench *bench, const struct explain_sides *sides,
                    const struct explain_window *window)
{
    const struct explain_window all = {
        .from_ns = 0, .to_ns = INT64_MAX, .their_from_ns = INT64_MIN, .their_to_ns = INT64_MAX
    };
    bench->prices = price_asset(&bench->arena);
    explain(&bench->arena, bench->prices, sides, window ? window : &all, &bench->got);
    int64_t output = 0;
    for (size_t i = 0; i < bench->got.count; i++)
        output += bench->got.items[i].more.output;
    assert_int_equal(output, bench->got.theirs.output - bench->got.ours.output);
}

static void a_call_only_we_have_is_missing_there(void **state)
{
    (void)state;
    struct bench bench = { 0 };
    struct explain_ours ours[] = { ours_of(call_of("m", "r", 7)) };
    compare(&bench, &(struct explain_sides){ .ours = ours, .our_count = 1 }, NULL);
    assert_int_equal(bench.got.causes[EXPLAIN_NO_LOG].more.output, -7);
    arena_free(&bench.arena);
}

static void the_reason_a_line_was_dropped_is_the_cause(void **state)
{
    (void)state;
    struct bench bench = { 0 };
    struct explain_ours ours[] = { ours_of(call_of("m", "r", 7)) };
    struct explain_theirs theirs[] = { theirs_of(call_of("m", "r", 7)),
                                       theirs_of(call_of("m", "r", 2)) };
    theirs[0].kept = false;
    theirs[0].dropped = EXPLAIN_NULL;
    compare(&bench, &(struct explain_sides){ ours, 1, theirs, 2 }, NULL);
    assert_int_equal(bench.got.causes[EXPLAIN_NULL].more.output, -5);
    assert_int_equal(bench.got.causes[EXPLAIN_NULL].items, 1);
    arena_free(&bench.arena);
}

static void lines_without_a_request_id_each_count_there(void **state)
{
    (void)state;
    struct bench bench = { 0 };
    struct explain_ours ours[] = { ours_of(call_of("m", "", 7)) };
    struct explain_theirs theirs[] = { theirs_of(call_of("m", "", 1)),
                                       theirs_of(call_of("m", "", 7)) };
    compare(&bench, &(struct explain_sides){ ours, 1, theirs, 2 }, NULL);
    assert_int_equal(bench.got.causes[EXPLAIN_STREAMED].more.output, 1);
    arena_free(&bench.arena);
}

static void a_call_outside_one_window_is_a_difference_of_days(void **state)
{
    (void)state;
    struct bench bench = { 0 };
    const struct explain_window window = {
        .from_ns = 0, .to_ns = AT, .their_from_ns = 0, .their_to_ns = (int64_t)2 * AT
    };
    struct explain_ours ours[] = { ours_of(call_of("m", "r", 7)) };
    struct explain_theirs theirs[] = { theirs_of(call_of("m", "r", 7)) };
    compare(&bench, &(struct explain_sides){ ours, 1, theirs, 1 }, &window);
    assert_int_equal(bench.got.causes[EXPLAIN_DAY].more.output, 7);
    arena_free(&bench.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_only_we_have_is_missing_there),
        cmocka_unit_test(the_reason_a_line_was_dropped_is_the_cause),
        cmocka_unit_test(lines_without_a_request_id_each_count_there),
        cmocka_unit_test(a_call_outside_one_window_is_a_difference_of_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
