#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ingest/repricing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "measure/cost.h"
#include "measure/price.h"
#include "store/ledger.h"

#define SECOND INT64_C(1000000000)

struct world {
    struct arena arena;
    char folder[64];
    char path[96];
    struct ledger *ledger;
};

static int make_world(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    struct err err = { 0 };
    if (!world)
        return -1;
    (void)snprintf(world->folder, sizeof(world->folder), "/tmp/test_repricing_XXXXXX");
    if (!mkdtemp(world->folder))
        return -1;
    (void)snprintf(world->path, sizeof(world->path), "%s/ledger.db", world->folder);
    *state = world;
    return ledger_open(world->path, LEDGER_WRITE, 1000, &world->ledger, &err) ? 0 : -1;
}

static int drop_world(void **state)
{
    struct world *world = *state;
    char journal[128];
    ledger_close(&world->ledger);
    (void)snprintf(journal, sizeof(journal), "%s-journal", world->path);
    (void)unlink(journal);
    (void)unlink(world->path);
    (void)rmdir(world->folder);
    arena_free(&world->arena);
    free(world);
    return 0;
}

/* A table with one model, "m", at so many dollars a million of input. */
static struct price_table *table_at(struct world *world, const char *usd)
{
    struct price_table *table = NULL;
    struct err err = { 0 };
    const char *text = arena_printf(
        &world->arena,
        "{\"schema\":\"session-manager/prices\",\"schema_version\":1,\"date\":\"2026-11-22\","
        "\"currency\":\"USD\",\"sources\":[{\"id\":\"s\"}],\"models\":[{\"names\":[\"m\"],"
        "\"rows\":[{\"input\":\"%s\",\"source\":\"s\"}]}]}",
        usd);
    if (!price_table_parse(&world->arena, text, strlen(text), "t.json", &table, &err))
        fail_msg("%s", err.text);
    return table;
}

/* Calls at seconds 1, 2, 3 ... with as many tokens of input. */
static void count_calls(struct world *world, const struct price_table *prices, int count)
{
    struct call calls[4] = { 0 };
    int64_t costs[4] = { 0 };
    struct err err = { 0 };
    for (int i = 0; i < count; i++) {
        calls[i] = (struct call){
            .message_id = arena_printf(&world->arena, "msg_%d", i),
            .request_id = arena_printf(&world->arena, "req_%d", i),
            .uuid = arena_printf(&world->arena, "u_%d", i),
            .origin_session = "",
            .model = i == 3 ? "other" : "m",
            .branch = "",
            .at_ns = (i + 1) * SECOND,
            .usage = { .input = i + 1 },
        };
        costs[i] = cost_of_call(prices, &calls[i]);
    }
    struct harvest harvest = {
        .calls = calls, .call_count = (size_t)count, .session = "s", .cwd = "/p"
    };
    struct log_owner owner = { .path = "/l", .session = "s", .project = "/p" };
    struct log_state log = { .offset = 1, .file = { .size = 1 } };
    assert_true(ledger_begin(world->ledger, &err));
    if (!ledger_merge(world->ledger, &owner, &harvest, costs, &log, &err))
        fail_msg("%s", err.text);
    assert_true(ledger_commit(world->ledger, &err));
}

static struct repricing reprice(struct world *world, const char *usd, int64_t since_s, bool write)
{
    struct repricing result = { 0 };
    struct err err = { 0 };
    struct repricing_plan plan = {
        .prices = table_at(world, usd),
        .since_ns = since_s * SECOND,
        .now_ns = 99 * SECOND,
        .write = write,
    };
    if (!repricing_run(world->ledger, &plan, &world->arena, &result, &err))
        fail_msg("%s", err.text);
    return result;
}

static void expect_costs(struct world *world, const int64_t *want, size_t count)
{
    CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = NULL;
    struct ledger_window window = { INT64_MIN, INT64_MAX, 0 };
    struct err err = { 0 };
    assert_true(ledger_calls_open(world->ledger, &window, &cursor, &err));
    struct ledger_call call = { 0 };
    bool more = false;
    for (size_t i = 0; i < count; i++) {
        assert_true(ledger_calls_next(cursor, &call, &more, &err) && more);
        assert_int_equal(call.cost_nano_usd, want[i]);
    }
    assert_true(ledger_calls_next(cursor, &call, &more, &err) && !more);
}

static size_t events(struct world *world, struct ledger_repricing **out)
{
    struct err err = { 0 };
    size_t count = 0;
    assert_true(ledger_repricings(world->ledger, &world->arena, out, &count, &err));
    return count;
}

static void telling_changes_nothing(void **state)
{
    struct world *world = *state;
    struct ledger_repricing *done = NULL;
    count_calls(world, table_at(world, "1000"), 3);
    struct repricing result = reprice(world, "2000", 2, false);
    assert_int_equal(result.calls, 2);
    assert_int_equal(result.changed, 2);
    assert_int_equal(result.before_nano_usd, 5000000);
    assert_int_equal(result.after_nano_usd, 10000000);
    expect_costs(world, (const int64_t[]){ 1000000, 2000000, 3000000 }, 3);
    assert_int_equal(events(world, &done), 0);
}

static void writing_changes_calls_since_then_and_is_remembered(void **state)
{
    struct world *world = *state;
    struct ledger_repricing *done = NULL;
    count_calls(world, table_at(world, "1000"), 3);
    (void)reprice(world, "2000", 2, true);
    expect_costs(world, (const int64_t[]){ 1000000, 4000000, 6000000 }, 3);
    (void)reprice(world, "3000", 3, true);
    expect_costs(world, (const int64_t[]){ 1000000, 4000000, 9000000 }, 3);
    assert_int_equal(events(world, &done), 2);
    assert_int_equal(done[1].calls, 2);
    assert_int_equal(done[1].since_ns, 2 * SECOND);
    assert_int_equal(done[1].at_ns, 99 * SECOND);
    assert_int_equal(done[1].before_nano_usd, 5000000);
    assert_int_equal(done[1].after_nano_usd, 10000000);
    assert_true(done[1].table_hash == price_table_hash(table_at(world, "2000")));
    assert_string_equal(done[1].table, "built-in 2026-11-22");
    assert_int_equal(done[0].calls, 1);
}

static void nothing_is_remembered_where_nothing_changes(void **state)
{
    struct world *world = *state;
    struct ledger_repricing *done = NULL;
    count_calls(world, table_at(world, "1000"), 3);
    struct repricing result = reprice(world, "1000", 0, true);
    assert_int_equal(result.calls, 3);
    assert_int_equal(result.changed, 0);
    assert_int_equal(events(world, &done), 0);
}

static void a_known_cost_never_becomes_unknown(void **state)
{
    struct world *world = *state;
    struct price_table *other = table_at(world, "7");
    struct call call = { .model = "other", .at_ns = SECOND, .usage = { .input = 1 } };
    assert_int_equal(cost_of_call(other, &call), USAGE_UNPRICED);
    count_calls(world, table_at(world, "1000"), 4);
    struct repricing result = reprice(world, "2000", 0, true);
    assert_int_equal(result.calls, 4);
    assert_int_equal(result.kept, 0); /* it never had one */
    expect_costs(world, (const int64_t[]){ 2000000, 4000000, 6000000, USAGE_UNPRICED }, 4);
}

static void sums_that_do_not_fit_are_not_written(void **state)
{
    struct world *world = *state;
    struct err err = { 0 };
    struct ledger_repricing *done = NULL;
    count_calls(world, table_at(world, "1000"), 3);
    struct ledger_costed huge[2] = { 0 };
    CLEANUP(ledger_costs_close) struct ledger_costs *costs = NULL;
    bool more = false;
    assert_true(ledger_costs_open(world->ledger, 2 * SECOND, &costs, &err));
    for (size_t i = 0; i < 2; i++) {
        assert_true(ledger_costs_next(costs, &huge[i], &more, &err) && more);
        huge[i].cost_nano_usd = INT64_MAX - 1;
    }
    ledger_costs_close(&costs);
    struct ledger_repricing event = { .table = "t", .calls = 2 };
    assert_true(ledger_begin(world->ledger, &err));
    assert_true(ledger_reprice(world->ledger, huge, 2, &event, &err));
    assert_true(ledger_commit(world->ledger, &err));
    struct repricing result = reprice(world, "2000", 0, true);
    assert_true(result.overflow);
    expect_costs(world, (const int64_t[]){ 1000000, INT64_MAX - 1, INT64_MAX - 1 }, 3);
    assert_int_equal(events(world, &done), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(telling_changes_nothing, make_world, drop_world),
        cmocka_unit_test_setup_teardown(writing_changes_calls_since_then_and_is_remembered,
                                        make_world, drop_world),
        cmocka_unit_test_setup_teardown(nothing_is_remembered_where_nothing_changes, make_world,
                                        drop_world),
        cmocka_unit_test_setup_teardown(a_known_cost_never_becomes_unknown, make_world, drop_world),
        cmocka_unit_test_setup_teardown(sums_that_do_not_fit_are_not_written, make_world,
                                        drop_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
