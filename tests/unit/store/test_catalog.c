#include "store/catalog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include <sqlite3.h>

#include "store_sample.h"

static struct catalog *opened(struct arena *arena)
{
    struct catalog *catalog = NULL;
    struct err err = { 0 };
    if (!catalog_open(in_folder(arena, "cache/catalog.db"), 5000, &catalog, &err))
        fail_msg("%s", err.text);
    return catalog;
}

static const struct file_state before = { 1, 2, 3, 4, 5 };

static struct summary full(const char *path)
{
    static const struct session_claim claims[] = { { NULL, INT64_MIN, INT64_MAX },
                                                   { "agent one", -5, 7 },
                                                   { "b", 0, 0 } };
    struct summary summary = {
        .project = "/p/it's",
        .path = path,
        .archived = strstr(path, "/archive/") != NULL,
        .level = LEVEL_PRODUCTION,
        .status = SESSION_ABANDONED,
        .episode = 14,
        .purpose = "quotes ' \" and \xc3\xa9\nlines",
        .started_at_ns = SAMPLE_AT,
        .ended_at_ns = SAMPLE_AT + 1,
        .budget_nano_usd = INT64_MAX,
        .estimate_minutes = -1,
        .tasks_pending = 3,
        .tasks_done = 4,
        .quality = 0.875,
        .frozen_tokens = 123456789012,
        .frozen_nano_usd = -1,
        .frozen_active_s = 99,
        .claims = claims,
        .claim_count = ARRAY_LEN(claims),
    };
    /* Each file is a session of its own. */
    (void)snprintf(summary.id, sizeof(summary.id), "%s", strrchr(path, '/') + 1);
    return summary;
}

static void check_claims(const struct summary *got, const struct summary *expected)
{
    assert_int_equal(got->claim_count, expected->claim_count);
    for (size_t i = 0; i < got->claim_count; i++) {
        assert_int_equal(got->claims[i].from_ns, expected->claims[i].from_ns);
        assert_int_equal(got->claims[i].to_ns, expected->claims[i].to_ns);
        if (expected->claims[i].agent_session)
            assert_string_equal(got->claims[i].agent_session, expected->claims[i].agent_session);
        else
            assert_null(got->claims[i].agent_session);
    }
}

static void check_same(const struct summary *got, const struct summary *expected)
{
    assert_string_equal(got->id, expected->id);
    assert_string_equal(got->project, expected->project);
    assert_string_equal(got->path, expected->path);
    assert_string_equal(got->purpose, expected->purpose);
    const int64_t numbers[][2] = {
        { got->archived, expected->archived },
        { got->level, expected->level },
        { got->status, expected->status },
        { got->episode, expected->episode },
        { got->started_at_ns, expected->started_at_ns },
        { got->ended_at_ns, expected->ended_at_ns },
        { got->budget_nano_usd, expected->budget_nano_usd },
        { got->estimate_minutes, expected->estimate_minutes },
        { got->tasks_pending, expected->tasks_pending },
        { got->tasks_done, expected->tasks_done },
        { got->frozen_tokens, expected->frozen_tokens },
        { got->frozen_nano_usd, expected->frozen_nano_usd },
        { got->frozen_active_s, expected->frozen_active_s },
    };
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        assert_int_equal(numbers[i][0], numbers[i][1]);
    assert_memory_equal(&got->quality, &expected->quality, sizeof(got->quality));
    check_claims(got, expected);
}

static void put(struct catalog *catalog, const char *path)
{
    struct summary summary = full(path);
    struct err err = { 0 };
    if (!catalog_put(catalog, &summary, &before, &err))
        fail_msg("%s", err.text);
}

/* ERR_NONE when the row is there. */
static enum err_code look(struct catalog *catalog, const char *path, const struct file_state *now)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct summary summary;
    struct err err = { 0 };
    return catalog_get(catalog, &arena, path, now, &summary, &err) ? ERR_NONE : err.code;
}

static void a_summary_comes_back_as_it_was(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(catalog_close) struct catalog *catalog = opened(&arena);
    struct summary got;
    struct summary expected = full("/p/archive/x.json");
    struct err err = { 0 };
    put(catalog, "/p/archive/x.json");
    assert_true(catalog_get(catalog, &arena, "/p/archive/x.json", &before, &got, &err));
    check_same(&got, &expected);
    catalog_close(&catalog);
    assert_null(catalog);
    catalog_close(&catalog);
    catalog = opened(&arena); /* it has stayed */
    assert_true(catalog_get(catalog, &arena, "/p/archive/x.json", &before, &got, &err));
    check_same(&got, &expected);
}

static void a_row_is_good_only_while_the_file_is_as_it_was(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(catalog_close) struct catalog *catalog = opened(&arena);
    put(catalog, "/p/a/x.json");
    assert_int_equal(look(catalog, "/p/a/x.json", &before), ERR_NONE);
    assert_int_equal(look(catalog, "/p/a/y.json", &before), ERR_NOT_FOUND);
    for (int field = 0; field < 5; field++) {
        struct file_state now = before;
        int64_t *const fields[] = { &now.device, &now.inode, &now.size, &now.mtime_ns,
                                    &now.ctime_ns };
        (*fields[field])++;
        assert_int_equal(look(catalog, "/p/a/x.json", &now), ERR_NOT_FOUND);
    }
    assert_int_equal(look(catalog, "/p/a/x.json", &before), ERR_NONE);
}

static enum err_code folder_look(struct catalog *catalog, const char *path,
                                 const struct file_state *now, size_t *count)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct summaries list;
    struct err err = { 0 };
    bool found = catalog_folder_get(catalog, &arena, path, now, &list, &err);
    *count = found ? list.count : 0;
    return found ? ERR_NONE : err.code;
}

static void forgets_where_a_moved_session_was(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(catalog_close) struct catalog *catalog = opened(&arena);
    put(catalog, "/p/a/x.json");
    put(catalog, "/p/a/y.json");
    put(catalog, "/p/a/archive/2026/x.json");
    assert_int_equal(look(catalog, "/p/a/x.json", &before), ERR_NOT_FOUND);
    assert_int_equal(look(catalog, "/p/a/y.json", &before), ERR_NONE);
    assert_int_equal(look(catalog, "/p/a/archive/2026/x.json", &before), ERR_NONE);
    put(catalog, "/p/a/x.json"); /* in both places: what its folder vouches for stays */
    assert_int_equal(look(catalog, "/p/a/archive/2026/x.json", &before), ERR_NONE);
}

static void a_folder_is_known_only_after_it_was_put_and_while_it_is_as_it_was(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(catalog_close) struct catalog *catalog = opened(&arena);
    struct file_state later = before;
    struct err err = { 0 };
    size_t count;
    for (int i = 0; i < 10; i++)
        put(catalog, arena_printf(&arena, "/p/a/x%d.json", i));
    put(catalog, "/p/a/deeper/y.json");
    put(catalog, "/p/ab/z.json");
    assert_int_equal(folder_look(catalog, "/p/a", &before, &count), ERR_NOT_FOUND);
    assert_true(catalog_folder_put(catalog, "/p/a", &before, &err));
    assert_int_equal(folder_look(catalog, "/p/a", &before, &count), ERR_NONE);
    assert_int_equal(count, 10);
    later.mtime_ns++;
    assert_int_equal(folder_look(catalog, "/p/a", &later, &count), ERR_NOT_FOUND);
    assert_true(catalog_folder_clear(catalog, "/p/a", &err));
    assert_int_equal(folder_look(catalog, "/p/a", &before, &count), ERR_NOT_FOUND);
    assert_int_equal(look(catalog, "/p/a/x0.json", &before), ERR_NOT_FOUND);
    assert_int_equal(look(catalog, "/p/a/deeper/y.json", &before), ERR_NONE);
    assert_int_equal(look(catalog, "/p/ab/z.json", &before), ERR_NONE);
}

static void clearing_throws_everything_away(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(catalog_close) struct catalog *catalog = opened(&arena);
    struct err err = { 0 };
    size_t count;
    put(catalog, "/p/a/x.json");
    assert_true(catalog_folder_put(catalog, "/p/a", &before, &err));
    assert_true(catalog_clear(catalog, &err));
    assert_int_equal(look(catalog, "/p/a/x.json", &before), ERR_NOT_FOUND);
    assert_int_equal(folder_look(catalog, "/p/a", &before, &count), ERR_NOT_FOUND);
}

static void many_puts_are_one_transaction(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(catalog_close) struct catalog *catalog = opened(&arena);
    CLEANUP(catalog_close) struct catalog *reader = opened(&arena);
    struct err err = { 0 };
    assert_true(catalog_begin(catalog, &err));
    put(catalog, "/p/a/x.json");
    assert_int_equal(look(reader, "/p/a/x.json", &before), ERR_NOT_FOUND);
    assert_true(catalog_commit(catalog, &err));
    assert_int_equal(look(reader, "/p/a/x.json", &before), ERR_NONE);
}

static void one_that_is_not_ours_is_thrown_away_and_made_anew(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    static const char *const spoil[] = { "PRAGMA user_version = 99", "PRAGMA user_version = 0",
                                         "PRAGMA application_id = 7" };
    const char *path = in_folder(&arena, "cache/catalog.db");
    for (size_t i = 0; i < ARRAY_LEN(spoil); i++) {
        CLEANUP(catalog_close) struct catalog *catalog = opened(&arena);
        sqlite3 *db = NULL;
        put(catalog, "/p/a/x.json");
        catalog_close(&catalog);
        assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, spoil[i], NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
        catalog = opened(&arena);
        assert_int_equal(look(catalog, "/p/a/x.json", &before), ERR_NOT_FOUND);
        put(catalog, "/p/a/x.json");
        assert_int_equal(look(catalog, "/p/a/x.json", &before), ERR_NONE);
    }
    (void)put_text(&arena, "cache/catalog.db",
                   "no database at all, but long enough to be read as one");
    CLEANUP(catalog_close) struct catalog *catalog = opened(&arena);
    put(catalog, "/p/a/x.json");
    assert_int_equal(mode_of(path), 0600);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_summary_comes_back_as_it_was),
        IN_FOLDER(a_row_is_good_only_while_the_file_is_as_it_was),
        IN_FOLDER(forgets_where_a_moved_session_was),
        IN_FOLDER(a_folder_is_known_only_after_it_was_put_and_while_it_is_as_it_was),
        IN_FOLDER(clearing_throws_everything_away),
        IN_FOLDER(many_puts_are_one_transaction),
        IN_FOLDER(one_that_is_not_ours_is_thrown_away_and_made_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
