#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ingest/ingest.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "embed.h"
#include "measure/price.h"
#include "store/ledger.h"

struct world { /* an agent's config folder and a ledger, in a folder of their own */
    struct arena arena;
    const char *root;
    const char *ledger;
    const char *config;
    const char *logs;
    struct price_table *prices;
};

static struct price_table *prices_of(struct world *world)
{
    struct err err = { 0 };
    struct price_table *table = NULL;
    const struct embed *file = embed_find("prices.json");
    if (!price_table_parse(&world->arena, (const char *)file->bytes, file->size, "prices.json",
                           &table, &err))
        fail_msg("%s", err.text);
    return table;
}

static int make_world(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    char root[] = "/tmp/test_ingest_XXXXXX";
    if (!world || !mkdtemp(root)) {
        free(world);
        return -1;
    }
    struct arena *arena = &world->arena;
    world->root = arena_strdup(arena, root);
    world->ledger = arena_printf(arena, "%s/ledger.db", root);
    world->config = arena_printf(arena, "%s/claude", root);
    const char *projects = arena_printf(arena, "%s/projects", world->config);
    world->logs = arena_printf(arena, "%s/-home-p", projects);
    world->prices = prices_of(world);
    *state = world;
    return mkdir(world->config, 0700) || mkdir(projects, 0700) || mkdir(world->logs, 0700);
}

static int drop_world(void **state)
{
    struct world *world = *state;
    pid_t pid = fork();
    if (pid == 0) {
        (void)execlp("rm", "rm", "-rf", "--", world->root, (char *)NULL);
        _exit(1);
    }
    (void)waitpid(pid, NULL, 0);
    arena_free(&world->arena);
    free(world);
    return 0;
}

static const char *log_named(struct world *world, const char *name)
{
    return arena_printf(&world->arena, "%s/%s.jsonl", world->logs, name);
}

static void put(const char *path, const char *mode, const char *text)
{
    FILE *file = fopen(path, mode);
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* A line with one call: its number is its id and its output. */
static const char *line_of(struct world *world, const char *session, int n)
{
    return arena_printf(&world->arena,
                        "{\"type\":\"assistant\",\"uuid\":\"u%d\",\"sessionId\":\"%s\","
                        "\"cwd\":\"/nowhere/p\",\"version\":\"2.1.258\","
                        "\"timestamp\":\"2026-10-06T10:%02d:%02d.000Z\",\"requestId\":\"req_%d\","
                        "\"message\":{\"id\":\"msg_%d\",\"role\":\"assistant\","
                        "\"model\":\"claude-opus-4-6\",\"stop_reason\":\"end_turn\",\"content\":[],"
                        "\"usage\":{\"input_tokens\":1,\"output_tokens\":%d}}}\n",
                        n, session, n / 60 % 60, n % 60, n, n, n);
}

static void put_lines(struct world *world, const char *log, const char *mode, int from, int to)
{
    struct buf text;
    buf_init(&text, &world->arena, 64 << 20);
    buf_add(&text, "");
    for (int n = from; n < to; n++)
        buf_add(&text, line_of(world, log, n));
    put(log_named(world, log), mode, text.text);
}

static bool run_with(struct world *world, int threads, struct ingest_report *report,
                     struct err *err)
{
    CLEANUP(ledger_close) struct ledger *ledger = NULL;
    const char *missing = "/nowhere/at/all";
    const char *again = arena_printf(&world->arena, "%s/../claude", world->config);
    const char *folders[] = { missing, world->config, again };
    struct ingest_plan plan = {
        .folders = folders, .folder_count = 3, .prices = world->prices, .threads = threads
    };
    return ledger_open(world->ledger, LEDGER_WRITE, 20000, &ledger, err) &&
           ingest_run(ledger, &plan, &world->arena, report, err);
}

static struct ingest_report run(struct world *world)
{
    struct ingest_report report;
    struct err err = { 0 };
    if (!run_with(world, 2, &report, &err))
        fail_msg("%s", err.text);
    return report;
}

/* All calls as text: the whole truth of a ledger. */
static const char *calls_of(struct world *world)
{
    CLEANUP(ledger_close) struct ledger *ledger = NULL;
    CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = NULL;
    struct err err = { 0 };
    struct ledger_window window = { INT64_MIN, INT64_MAX, 0 };
    struct buf out;
    buf_init(&out, &world->arena, 64 << 20);
    buf_add(&out, "");
    assert_true(ledger_open(world->ledger, LEDGER_READ, 1000, &ledger, &err));
    assert_true(ledger_calls_open(ledger, &window, &cursor, &err));
    for (;;) {
        struct ledger_call call;
        bool more;
        assert_true(ledger_calls_next(cursor, &call, &more, &err));
        if (!more)
            break;
        buf_addf(&out, "%s %s %s %d %d\n", ledger_text(ledger, call.session),
                 ledger_text(ledger, call.project), ledger_text(ledger, call.model),
                 (int)call.usage.output, (int)call.cost_nano_usd);
    }
    const char **findings;
    size_t count;
    assert_true(ledger_check(ledger, &world->arena, &findings, &count, &err));
    assert_int_equal(count, 0);
    return out.text;
}

static int count_of(struct world *world)
{
    int lines = 0;
    for (const char *at = calls_of(world); (at = strchr(at, '\n')); at++)
        lines++;
    return lines;
}

static void reads_every_log_once_whatever_its_folders_are_called(void **state)
{
    struct world *world = *state;
    put_lines(world, "a", "w", 0, 3);
    put_lines(world, "b", "w", 3, 5);
    assert_int_equal(symlink(log_named(world, "a"), log_named(world, "c")), 0);
    struct ingest_report report = run(world);
    assert_int_equal(report.logs, 2);
    assert_int_equal(report.logs_read, 2);
    assert_int_equal(report.lines, 5);
    assert_int_equal(report.unreadable, 0);
    assert_null(report.first_unreadable);
    assert_int_equal(count_of(world), 5);
    assert_non_null(strstr(calls_of(world), "a /nowhere/p claude-opus-4-6 2 55000\n"));
}

static void reads_nothing_when_nothing_is_new(void **state)
{
    struct world *world = *state;
    put_lines(world, "a", "w", 0, 3);
    (void)run(world);
    struct ingest_report report = run(world);
    assert_int_equal(report.logs, 1);
    assert_int_equal(report.logs_read, 0);
    assert_int_equal(report.bytes_read, 0);
}

static void reads_only_what_was_appended(void **state)
{
    struct world *world = *state;
    put_lines(world, "a", "w", 0, 200);
    (void)run(world);
    put_lines(world, "a", "a", 200, 202);
    struct ingest_report report = run(world);
    assert_int_equal(report.lines, 2);
    assert_int_equal(count_of(world), 202);
}

static void reads_a_rewritten_log_again_and_forgets_nothing(void **state)
{
    struct world *world = *state;
    put_lines(world, "a", "w", 0, 100);
    (void)run(world);
    put_lines(world, "a", "w", 50, 160); /* another beginning */
    assert_int_equal(run(world).lines, 110);
    assert_int_equal(count_of(world), 160);
    put_lines(world, "a", "w", 160, 161); /* shorter */
    assert_int_equal(run(world).lines, 1);
    assert_int_equal(count_of(world), 161);
    put_lines(world, "a", "w", 161, 162); /* as long as before */
    assert_int_equal(run(world).lines, 1);
    assert_int_equal(count_of(world), 162);
}

static void counts_a_whole_last_line_but_reads_on_from_before_it(void **state)
{
    struct world *world = *state;
    const char *line = line_of(world, "a", 7);
    char *bare = arena_strdup(&world->arena, line);
    bare[strlen(bare) - 1] = '\0';
    put(log_named(world, "a"), "w", bare);
    struct ingest_report report = run(world);
    assert_int_equal(report.tails, 0);
    assert_int_equal(count_of(world), 1);
    put(log_named(world, "a"), "a", "\n");
    assert_int_equal(run(world).lines, 1);
    assert_int_equal(count_of(world), 1);
}

static void waits_for_an_unfinished_last_line_at_every_byte(void **state)
{
    struct world *world = *state;
    const char *line = line_of(world, "a", 7);
    size_t whole = strlen(line) - 1;
    put_lines(world, "a", "w", 1, 2);
    for (size_t i = 0; i < whole; i += 37) {
        char piece[40];
        (void)snprintf(piece, sizeof(piece), "%.37s", line + i);
        put(log_named(world, "a"), "a", piece);
        bool finished = i + 37 >= whole;
        struct ingest_report report = run(world);
        assert_int_equal(report.tails, !finished);
        assert_int_equal(report.unreadable, 0);
        assert_int_equal(count_of(world), finished ? 2 : 1);
    }
}

static void reports_damage_with_its_place_and_goes_on(void **state)
{
    struct world *world = *state;
    struct err err = { 0 };
    CLEANUP(ledger_close) struct ledger *ledger = NULL;
    struct ledger_damage *damages;
    size_t count;
    put_lines(world, "a", "w", 0, 1);
    int64_t offset = (int64_t)strlen(line_of(world, "a", 0));
    put(log_named(world, "a"), "a", "{\"broken\":\n");
    put_lines(world, "a", "a", 1, 2);
    assert_int_equal(run(world).lines, 3);
    assert_int_equal(count_of(world), 2);
    assert_true(ledger_open(world->ledger, LEDGER_READ, 1000, &ledger, &err));
    assert_true(ledger_damages(ledger, &world->arena, 10, &damages, &count, &err));
    assert_int_equal(count, 1);
    assert_int_equal(damages[0].offset, offset);
    assert_string_equal(damages[0].path, log_named(world, "a"));
}

static void passes_over_a_line_that_is_too_long(void **state)
{
    struct world *world = *state;
    struct err err = { 0 };
    CLEANUP(ledger_close) struct ledger *ledger = NULL;
    struct ledger_damage *damages;
    size_t count;
    FILE *file = fopen(log_named(world, "a"), "w");
    assert_non_null(file);
    for (int i = 0; i < 33 << 20; i += 1 << 10)
        assert_true(fprintf(file, "%1024s", "x") == 1024);
    assert_true(fputs("\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    put_lines(world, "a", "a", 1, 2);
    assert_int_equal(run(world).lines, 2);
    assert_int_equal(count_of(world), 1);
    assert_true(ledger_open(world->ledger, LEDGER_READ, 1000, &ledger, &err));
    assert_true(ledger_damages(ledger, &world->arena, 10, &damages, &count, &err));
    assert_int_equal(count, 1);
    assert_string_equal(damages[0].reason, "line too long");
    assert_int_equal(damages[0].length, 33 << 20);
}

static void counts_logs_that_cannot_be_read_and_reads_the_others(void **state)
{
    struct world *world = *state;
    put_lines(world, "b", "w", 0, 2);
    assert_int_equal(mkfifo(log_named(world, "a"), 0600), 0); /* unreadable even for root */
    struct ingest_report report = run(world);
    assert_int_equal(count_of(world), 2);
    if (report.unreadable) { /* unless a log that is no file is not even listed */
        assert_int_equal(report.unreadable, 1);
        assert_non_null(strstr(report.first_unreadable, "/a.jsonl: "));
    }
}

static void gives_the_same_with_any_number_of_threads(void **state)
{
    struct world *world = *state;
    const char *expected = NULL;
    struct err err = { 0 };
    for (int i = 0; i < 12; i++) {
        char name[16];
        (void)snprintf(name, sizeof(name), "s%d", i);
        put_lines(world, name, "w", i * 40, i * 40 + 60); /* 20 calls in common with the next */
    }
    for (int threads = 0; threads < 9; threads++) {
        struct ingest_report report;
        (void)unlink(world->ledger);
        if (!run_with(world, threads, &report, &err))
            fail_msg("%s", err.text);
        assert_int_equal(report.lines, 720);
        const char *now = calls_of(world);
        if (expected)
            assert_string_equal(now, expected);
        expected = now;
    }
    assert_int_equal(count_of(world), 500);
}

static void reads_a_log_of_several_stretches_in_order(void **state)
{
    struct world *world = *state;
    put_lines(world, "a", "w", 0, 40000); /* some 12 MB */
    put_lines(world, "b", "w", 39999, 40001);
    struct ingest_report report = run(world);
    assert_int_equal(report.lines, 40002);
    assert_int_equal(count_of(world), 40001);
    assert_int_equal(run(world).logs_read, 0);
    put_lines(world, "a", "a", 40001, 40002);
    assert_int_equal(run(world).lines, 1);
}

static void prices_calls_again_when_the_table_has_changed(void **state)
{
    struct world *world = *state;
    struct err err = { 0 };
    const struct embed *file = embed_find("prices.json");
    char *text = arena_alloc(&world->arena, file->size + 1);
    memcpy(text, file->bytes, file->size);
    for (char *at = text; (at = strstr(at, "claude-opus-4-6")); at++)
        at[7] = 'O'; /* a model that table does not know */
    struct price_table *full = world->prices;
    assert_true(price_table_parse(&world->arena, text, file->size, "old", &world->prices, &err));
    put_lines(world, "a", "w", 1, 3);
    (void)run(world);
    assert_non_null(strstr(calls_of(world), "claude-opus-4-6 2 -1\n"));
    world->prices = full;
    assert_int_equal(run(world).logs_read, 0);
    assert_non_null(strstr(calls_of(world), "claude-opus-4-6 2 55000\n"));
}

static void tells_how_far_it_is(void *to, int64_t done_bytes, int64_t all_bytes)
{
    int64_t *last = to;
    assert_true(done_bytes >= *last && done_bytes <= all_bytes);
    *last = done_bytes;
}

static void tells_progress_up_to_the_end(void **state)
{
    struct world *world = *state;
    struct err err = { 0 };
    CLEANUP(ledger_close) struct ledger *ledger = NULL;
    struct ingest_report report;
    int64_t last = 0;
    put_lines(world, "a", "w", 0, 3);
    put_lines(world, "b", "w", 0, 3);
    const char *folders[] = { world->config };
    struct ingest_plan plan = { folders, 1, world->prices, 1, tells_how_far_it_is, &last };
    assert_true(ledger_open(world->ledger, LEDGER_WRITE, 1000, &ledger, &err));
    assert_true(ingest_run(ledger, &plan, &world->arena, &report, &err));
    assert_int_equal(last, report.bytes_read);
    assert_true(last > 0);
}

static void fails_when_the_ledger_is_locked(void **state)
{
    struct world *world = *state;
    struct err err = { 0 };
    CLEANUP(ledger_close) struct ledger *ledger = NULL;
    CLEANUP(ledger_close) struct ledger *other = NULL;
    struct ingest_report report;
    for (int i = 0; i < 20; i++) {
        char name[16];
        (void)snprintf(name, sizeof(name), "s%d", i);
        put_lines(world, name, "w", 0, 3);
    }
    const char *folders[] = { world->config };
    struct ingest_plan plan = { folders, 1, world->prices, 2, NULL, NULL };
    assert_true(ledger_open(world->ledger, LEDGER_WRITE, 10, &ledger, &err));
    assert_true(ledger_open(world->ledger, LEDGER_WRITE, 10, &other, &err));
    assert_true(ledger_begin(other, &err));
    assert_false(ingest_run(ledger, &plan, &world->arena, &report, &err));
    assert_int_equal(err.code, ERR_BUSY);
    ledger_rollback(other);
    assert_true(ingest_run(ledger, &plan, &world->arena, &report, &err));
}

static pid_t child_that_imports(struct world *world)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    struct ingest_report report;
    struct err err = { 0 };
    _exit(!run_with(world, 2, &report, &err));
}

static void put_many(struct world *world)
{
    for (int i = 0; i < 30; i++) {
        char name[16];
        (void)snprintf(name, sizeof(name), "s%d", i);
        put_lines(world, name, "w", i * 80, i * 80 + 120);
    }
}

static void ends_the_same_after_being_killed_anywhere(void **state)
{
    struct world *world = *state;
    put_many(world);
    (void)run(world);
    const char *expected = calls_of(world);
    (void)unlink(world->ledger);
    for (int round = 0; round < 12; round++) {
        pid_t pid = child_that_imports(world);
        assert_true(pid > 0);
        (void)usleep((useconds_t)(round * 1500));
        (void)kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        (void)run(world);
        assert_string_equal(calls_of(world), expected);
        (void)unlink(world->ledger);
    }
}

static void lets_two_imports_run_at_once(void **state)
{
    struct world *world = *state;
    put_many(world);
    (void)run(world);
    const char *expected = calls_of(world);
    (void)unlink(world->ledger);
    pid_t pids[2] = { child_that_imports(world), child_that_imports(world) };
    for (int i = 0; i < 2; i++) {
        int status = -1;
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_int_equal(status, 0);
    }
    assert_string_equal(calls_of(world), expected);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_world, drop_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_every_log_once_whatever_its_folders_are_called),
        TEST(reads_nothing_when_nothing_is_new),
        TEST(reads_only_what_was_appended),
        TEST(reads_a_rewritten_log_again_and_forgets_nothing),
        TEST(counts_a_whole_last_line_but_reads_on_from_before_it),
        TEST(waits_for_an_unfinished_last_line_at_every_byte),
        TEST(reports_damage_with_its_place_and_goes_on),
        TEST(passes_over_a_line_that_is_too_long),
        TEST(counts_logs_that_cannot_be_read_and_reads_the_others),
        TEST(gives_the_same_with_any_number_of_threads),
        TEST(reads_a_log_of_several_stretches_in_order),
        TEST(prices_calls_again_when_the_table_has_changed),
        TEST(tells_progress_up_to_the_end),
        TEST(fails_when_the_ledger_is_locked),
        TEST(ends_the_same_after_being_killed_anywhere),
        TEST(lets_two_imports_run_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
