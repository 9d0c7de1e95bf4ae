#include "store/shelf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/wait.h>

#include "store_sample.h"

static struct shelf *opened(struct arena *arena)
{
    struct shelf *shelf = NULL;
    struct err err = { 0 };
    struct home *home = arena_alloc(arena, sizeof(*home));
    *home = store_home(arena);
    if (!shelf_open(arena, home, 5000, &shelf, &err))
        fail_msg("%s", err.text);
    return shelf;
}

static struct session of_text(struct arena *arena, const char *text)
{
    struct session session;
    struct err err = { 0 };
    if (!session_parse(arena, text, strlen(text), "x", &session, &err))
        fail_msg("%s", err.text);
    return session;
}

static struct session session_of(struct arena *arena, const char *id, const char *more)
{
    return of_text(arena, store_text(arena, id, "active", more));
}

static const char *create(struct arena *arena, struct shelf *shelf, const char *id)
{
    const char *path = NULL;
    struct err err = { 0 };
    struct session session = session_of(arena, id, "\"mine\":1");
    if (!shelf_create(shelf, &session, &path, &err))
        fail_msg("%s", err.text);
    return path;
}

/* --- writing --- */

static void a_new_session_lies_in_its_levels_folder(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(shelf_close) struct shelf *shelf = opened(&arena);
    static const char *const places[][2] = {
        { "dev_20261006_1455", ".claude/level-1-dev/sessions/dev_20261006_1455.json" },
        { "ep_014_20261006_1455", ".claude/level-2-production/sessions/ep_014_20261006_1455.json" },
        { "plan_20261006_1455", ".claude/level-3-platform-dev/sessions/plan_20261006_1455.json" },
        { "code_20261006_1455", ".claude/level-4-coded/sessions/code_20261006_1455.json" },
    };
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        const char *text =
            arena_printf(&arena,
                         "{\"session_id\":\"%s\",\"level\":%zu,\"status\":\"active\","
                         "\"started_at\":\"2026-10-06T14:55:00Z\"}",
                         places[i][0], i + 1);
        struct session session = of_text(&arena, text);
        const char *path;
        struct err err = { 0 };
        assert_true(shelf_create(shelf, &session, &path, &err));
        assert_string_equal(path, in_folder(&arena, places[i][1]));
        assert_int_equal(mode_of(path), 0600);
        struct session back;
        assert_true(shelf_read(&arena, path, &back, &err));
        assert_true(json_same(back.root, session.root));
    }
    struct shelf_items items;
    struct err err = { 0 };
    assert_true(shelf_open_items(&arena, folder, &items, &err));
    assert_int_equal(items.count, 4);
    for (size_t i = 0; i < items.count; i++) { /* by level and id */
        assert_string_equal(items.items[i].id, places[i][0]);
        assert_false(items.items[i].archived);
    }
}

static void a_taken_id_is_refused_and_nothing_changes(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(shelf_close) struct shelf *shelf = opened(&arena);
    const char *path = put_open(&arena, "dev_20261006_1455", "\"first\":1");
    const char *archived = put_archived(&arena, "dev_20261006_1456", "\"first\":2");
    const char *broken = put_text(&arena, DEV "/dev_20261006_1457.json", "{ broken");
    const char *const taken[] = { path, archived, broken };
    for (size_t i = 0; i < ARRAY_LEN(taken); i++) {
        const char *before = text_at(&arena, taken[i]);
        const char *id = arena_printf(&arena, "dev_20261006_145%zu", 5 + i);
        struct session session = session_of(&arena, id, "");
        struct err err = { 0 };
        const char *ignored;
        assert_false(shelf_create(shelf, &session, &ignored, &err));
        assert_int_equal(err.code, ERR_ACTIVE);
        assert_string_equal(text_at(&arena, taken[i]), before);
    }
    assert_false(is_there(in_folder(&arena, DEV "/dev_20261006_1456.json")));
}

static void saving_replaces_open_and_archived_ones_where_they_are(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(shelf_close) struct shelf *shelf = opened(&arena);
    const char *const paths[] = { put_open(&arena, "dev_20261006_1455", ""),
                                  put_archived(&arena, "dev_20251006_1456", "") };
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        struct session session;
        const char *path;
        struct err err = { 0 };
        assert_true(shelf_read(&arena, paths[i], &session, &err));
        session_tag(&session, "k", "v");
        assert_true(shelf_save(shelf, &session, &path, &err));
        assert_string_equal(path, paths[i]);
        assert_non_null(strstr(text_at(&arena, path), "\"k\": \"v\""));
    }
    struct session gone = session_of(&arena, "dev_20201006_1455", "");
    const char *path;
    struct err err = { 0 };
    assert_false(shelf_save(shelf, &gone, &path, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void a_file_of_a_newer_writer_is_left_to_the_byte(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(shelf_close) struct shelf *shelf = opened(&arena);
    const char *path = put_open(&arena, "dev_20261006_1455", "\"min_writer\":2,  \"new\":[]");
    const char *before = text_at(&arena, path);
    struct session theirs;
    const char *ignored;
    struct err err = { 0 };
    assert_true(shelf_read(&arena, path, &theirs, &err));
    assert_false(shelf_save(shelf, &theirs, &ignored, &err));
    assert_int_equal(err.code, ERR_NEWER);
    assert_false(shelf_archive(shelf, &theirs, "summary", &ignored, &ignored, &err));
    assert_int_equal(err.code, ERR_NEWER);
    struct session read_before = session_of(&arena, "dev_20261006_1455", ""); /* it was ours then */
    err = (struct err){ 0 };
    assert_false(shelf_save(shelf, &read_before, &ignored, &err));
    assert_int_equal(err.code, ERR_NEWER);
    assert_string_equal(text_at(&arena, path), before);
    assert_false(is_there(in_folder(&arena, DEV "/archive")));
}

static void a_broken_file_is_never_written_over(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(shelf_close) struct shelf *shelf = opened(&arena);
    const char *path = put_text(&arena, DEV "/dev_20261006_1455.json", "{\"session_id\": ");
    struct session session = session_of(&arena, "dev_20261006_1455", "");
    const char *ignored;
    struct err err = { 0 };
    assert_false(shelf_read(&arena, path, &session, &err));
    assert_int_equal(err.code, ERR_DAMAGED);
    session = session_of(&arena, "dev_20261006_1455", "");
    assert_false(shelf_save(shelf, &session, &ignored, &err));
    assert_int_equal(err.code, ERR_DAMAGED);
    assert_false(shelf_archive(shelf, &session, "summary", &ignored, &ignored, &err));
    assert_int_equal(err.code, ERR_DAMAGED);
    shelf_close(&shelf);
    shelf = opened(&arena); /* sweeping does not touch it either */
    assert_string_equal(text_at(&arena, path), "{\"session_id\": ");
}

static void ending_moves_it_beside_its_summary(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(shelf_close) struct shelf *shelf = opened(&arena);
    const char *open_at = create(&arena, shelf, "dev_20261006_1455");
    struct session session = session_of(&arena, "dev_20261006_1455", "\"mine\":1");
    const char *path;
    const char *summary;
    struct err err = { 0 };
    session_end(&session, SESSION_COMPLETED, "done", SAMPLE_AT);
    assert_true(shelf_archive(shelf, &session, "# What was done\n", &path, &summary, &err));
    assert_string_equal(path, in_folder(&arena, DEV "/archive/2026/dev_20261006_1455.json"));
    assert_string_equal(summary, in_folder(&arena, DEV "/archive/2026/dev_20261006_1455.md"));
    assert_string_equal(text_at(&arena, summary), "# What was done\n");
    assert_non_null(strstr(text_at(&arena, path), "\"completed\""));
    assert_false(is_there(open_at));
    assert_int_equal(mode_of(in_folder(&arena, DEV "/archive/2026")), 0700);
    struct shelf_item item;
    assert_true(shelf_find(&arena, folder, "dev_20261006_1455", &item, &err));
    assert_true(item.archived);
    assert_string_equal(item.path, path);
}

static void a_move_cut_short_is_finished_by_the_next_writer(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    static const char *const ended[] = { "completed", "abandoned" };
    const char *active = put_open(&arena, "dev_20261006_1000", "");
    for (size_t i = 0; i < ARRAY_LEN(ended); i++) {
        const char *id = arena_printf(&arena, "dev_20261006_145%zu", i);
        const char *text = store_text(&arena, id, ended[i], "\"mine\":[]");
        const char *open_at = put_text(&arena, arena_printf(&arena, DEV "/%s.json", id), text);
        CLEANUP(shelf_close) struct shelf *shelf = opened(&arena);
        assert_non_null(shelf);
        assert_false(is_there(open_at));
        const char *now = in_folder(&arena, arena_printf(&arena, DEV "/archive/2026/%s.json", id));
        assert_string_equal(text_at(&arena, now), text);
    }
    assert_true(is_there(active));
}

static void a_move_that_would_write_over_another_is_not_made(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char *archived = put_archived(&arena, "dev_20261006_1455", "\"first\":1");
    const char *text = store_text(&arena, "dev_20261006_1455", "completed", "\"second\":2");
    const char *open_at = put_text(&arena, DEV "/dev_20261006_1455.json", text);
    CLEANUP(shelf_close) struct shelf *shelf = opened(&arena);
    assert_non_null(shelf);
    assert_string_equal(text_at(&arena, open_at), text);
    assert_non_null(strstr(text_at(&arena, archived), "first"));
}

static void what_dead_writers_left_is_swept(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char *const left[] = {
        put_text(&arena, DEV "/.session-manager-dev_20261006_1455.json.tmp", "half"),
        put_text(&arena, ".claude/session-manager/.session-manager-config.json.tmp", "half"),
        put_text(&arena, ".claude/session-manager/templates/.session-manager-dev.json.tmp", "half"),
    };
    const char *note = put_text(&arena, DEV "/notes.md", "mine");
    CLEANUP(shelf_close) struct shelf *shelf = opened(&arena);
    assert_non_null(shelf);
    for (size_t i = 0; i < ARRAY_LEN(left); i++)
        assert_false(is_there(left[i]));
    assert_string_equal(text_at(&arena, note), "mine");
}

static void one_writer_at_a_time(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(shelf_close) struct shelf *shelf = opened(&arena);
    struct home home = store_home(&arena);
    struct shelf *second = NULL;
    struct err err = { 0 };
    assert_false(shelf_open(&arena, &home, 20, &second, &err));
    assert_int_equal(err.code, ERR_BUSY);
    assert_null(second);
    shelf_close(&shelf);
    assert_null(shelf);
    shelf_close(&shelf);
    shelf = opened(&arena);
}

static void the_data_folder_is_made_with_its_own_gitignore(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(shelf_close) struct shelf *shelf = opened(&arena);
    const char *ignore = in_folder(&arena, ".claude/session-manager/.gitignore");
    assert_non_null(strstr(text_at(&arena, ignore), "lock\n"));
    assert_int_equal(mode_of(in_folder(&arena, ".claude/session-manager")), 0700);
    shelf_close(&shelf);
    (void)put_text(&arena, ".claude/session-manager/.gitignore", "of mine\n");
    shelf = opened(&arena);
    assert_string_equal(text_at(&arena, ignore), "of mine\n");
}

static void settings_and_templates_are_put_below_the_data_folder(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(shelf_close) struct shelf *shelf = opened(&arena);
    struct err err = { 0 };
    assert_true(shelf_put_file(shelf, "config.json", "{}\n", 3, &err));
    assert_true(shelf_put_file(shelf, "templates/dev.json", "[]\n", 3, &err));
    assert_string_equal(text_at(&arena, in_folder(&arena, ".claude/session-manager/config.json")),
                        "{}\n");
    const char *template = in_folder(&arena, ".claude/session-manager/templates/dev.json");
    assert_string_equal(text_at(&arena, template), "[]\n");
    assert_int_equal(mode_of(template), 0600);
}

static void without_a_project_there_is_no_shelf(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct home home = { .no_project = "nowhere" };
    struct shelf *shelf = NULL;
    struct err err = { 0 };
    assert_false(shelf_open(&arena, &home, 0, &shelf, &err));
    assert_int_equal(err.code, ERR_USAGE);
}

/* --- reading --- */

static void only_session_files_are_listed(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct shelf_items items;
    struct err err = { 0 };
    assert_true(shelf_open_items(&arena, folder, &items, &err)); /* nothing there at all */
    assert_int_equal(items.count, 0);
    assert_true(shelf_archived_items(&arena, folder, &items, &err));
    assert_int_equal(items.count, 0);
    (void)put_open(&arena, "dev_20261006_1455", "");
    (void)put_text(&arena, DEV "/README.md", "");
    (void)put_text(&arena, DEV "/dev_20261006_1456.md", "");
    (void)put_text(&arena, DEV "/.session-manager-dev_20261006_1457.json.tmp", "");
    (void)put_archived(&arena, "dev_20251231_2359", "");
    (void)put_archived(&arena, "dev_20261006_0000", "");
    (void)put_text(&arena, DEV "/archive/old/dev_20240101_0000.json", "");
    (void)put_text(&arena, DEV "/archive/2026-old/dev_20240101_0000.json", "");
    assert_true(shelf_open_items(&arena, folder, &items, &err));
    assert_int_equal(items.count, 1);
    assert_true(shelf_archived_items(&arena, folder, &items, &err));
    assert_int_equal(items.count, 2);
    assert_string_equal(items.items[0].id, "dev_20251231_2359");
    assert_true(items.items[0].archived);
    const char **folders;
    size_t count;
    assert_true(shelf_archive_folders(&arena, folder, &folders, &count, &err));
    assert_int_equal(count, 2);
    assert_string_equal(folders[1], in_folder(&arena, DEV "/archive/2026"));
}

static void a_session_is_found_by_its_whole_id_only(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct shelf_item item;
    struct err err = { 0 };
    const char *open_at = put_open(&arena, "dev_20261006_1455", "");
    const char *archived = put_archived(&arena, "dev_20251006_1455", "");
    assert_true(shelf_find(&arena, folder, "dev_20261006_1455", &item, &err));
    assert_string_equal(item.path, open_at);
    assert_string_equal(item.id, "dev_20261006_1455");
    assert_false(item.archived);
    assert_true(shelf_find(&arena, folder, "dev_20251006_1455", &item, &err));
    assert_string_equal(item.path, archived);
    assert_true(item.archived);
    assert_false(shelf_find(&arena, folder, "dev_20261006_1456", &item, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_false(shelf_find(&arena, folder, "../dev_20261006_1455", &item, &err));
    assert_int_equal(err.code, ERR_USAGE);
    assert_false(shelf_find(&arena, folder, "dev_2026", &item, &err));
    assert_int_equal(err.code, ERR_USAGE);
}

static void a_folder_that_cannot_be_read_is_not_taken_for_an_empty_one(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct shelf_items items;
    struct shelf_item item;
    struct err err = { 0 };
    (void)put_text(&arena, DEV, "a file in its place");
    assert_false(shelf_open_items(&arena, folder, &items, &err));
    assert_int_equal(err.code, ERR_IO);
    err = (struct err){ 0 };
    (void)put_link(&arena, ".claude/level-4-coded", "level-4-coded"); /* leads nowhere, for ever */
    assert_false(shelf_find(&arena, folder, "code_20261006_1455", &item, &err));
    assert_int_equal(err.code, ERR_IO);
}

static void two_writers_at_once_lose_nothing(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    enum { WRITERS = 4, EACH = 5 };
    const char *path = put_open(&arena, "dev_20261006_1455", "");
    for (int writer = 0; writer < WRITERS; writer++) {
        pid_t pid = fork();
        assert_true(pid >= 0);
        for (int i = 0; pid == 0 && i < EACH; i++) {
            struct shelf *shelf = opened(&arena);
            struct session session;
            struct err err = { 0 };
            const char *at;
            if (!shelf_read(&arena, path, &session, &err))
                _exit(1);
            (void)session_log(&session, "note", SAMPLE_AT);
            if (!shelf_save(shelf, &session, &at, &err))
                _exit(1);
            shelf_close(&shelf);
        }
        if (pid == 0)
            _exit(0);
    }
    for (int writer = 0; writer < WRITERS; writer++) {
        int status = -1;
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    struct session session;
    struct err err = { 0 };
    assert_true(shelf_read(&arena, path, &session, &err));
    assert_int_equal(json_length(json_get(session.root, "timeline")), WRITERS * EACH);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_new_session_lies_in_its_levels_folder),
        IN_FOLDER(a_taken_id_is_refused_and_nothing_changes),
        IN_FOLDER(saving_replaces_open_and_archived_ones_where_they_are),
        IN_FOLDER(a_file_of_a_newer_writer_is_left_to_the_byte),
        IN_FOLDER(a_broken_file_is_never_written_over),
        IN_FOLDER(ending_moves_it_beside_its_summary),
        IN_FOLDER(a_move_cut_short_is_finished_by_the_next_writer),
        IN_FOLDER(a_move_that_would_write_over_another_is_not_made),
        IN_FOLDER(what_dead_writers_left_is_swept),
        IN_FOLDER(one_writer_at_a_time),
        IN_FOLDER(the_data_folder_is_made_with_its_own_gitignore),
        IN_FOLDER(settings_and_templates_are_put_below_the_data_folder),
        IN_FOLDER(without_a_project_there_is_no_shelf),
        IN_FOLDER(only_session_files_are_listed),
        IN_FOLDER(a_session_is_found_by_its_whole_id_only),
        IN_FOLDER(a_folder_that_cannot_be_read_is_not_taken_for_an_empty_one),
        IN_FOLDER(two_writers_at_once_lose_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
