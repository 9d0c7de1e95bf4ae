#include "store/commit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/resource.h>

#include "../base/folder.h"
#include "base/err.h"
#include "base/file.h"

static void replaced(const char *path, const char *text)
{
    struct err err = { 0 };
    if (!commit_replace(path, text, strlen(text), &err))
        fail_msg("%s", err.text);
}

static size_t names_in(const char *path)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct file_list list;
    struct err err = { 0 };
    assert_true(file_names(&arena, path, &list, &err));
    return list.count;
}

static void a_file_is_made_and_replaced_whole(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char *path = in_folder(&arena, "a.json");
    replaced(path, "a long first text");
    assert_string_equal(text_at(&arena, path), "a long first text");
    replaced(path, "short");
    assert_string_equal(text_at(&arena, path), "short");
    replaced(path, "");
    assert_string_equal(text_at(&arena, path), "");
    assert_int_equal(names_in(folder), 1);
}

static void what_is_taken_is_not_created_again(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct err err = { 0 };
    const char *path = in_folder(&arena, "a");
    assert_true(commit_create(path, "one", 3, &err));
    assert_false(commit_create(path, "two", 3, &err));
    assert_int_equal(err.code, ERR_ACTIVE);
    assert_string_equal(text_at(&arena, path), "one");
    assert_false(commit_create(put_link(&arena, "link", "nowhere"), "x", 1, &err));
    assert_int_equal(err.code, ERR_ACTIVE);
    assert_false(commit_create(put_folder(&arena, "d"), "x", 1, &err));
    assert_int_equal(err.code, ERR_ACTIVE);
    assert_int_equal(names_in(folder), 3);
}

static void a_move_never_writes_over_anything(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct err err = { 0 };
    const char *from = put_text(&arena, "from", "moved");
    const char *to = put_text(&arena, "d/to", "there");
    assert_false(commit_move(from, to, &err));
    assert_int_equal(err.code, ERR_ACTIVE);
    assert_string_equal(text_at(&arena, from), "moved");
    assert_string_equal(text_at(&arena, to), "there");
    assert_true(commit_move(from, in_folder(&arena, "d/free"), &err));
    assert_false(is_there(from));
    assert_string_equal(text_at(&arena, in_folder(&arena, "d/free")), "moved");
    assert_false(commit_move(from, in_folder(&arena, "d/again"), &err));
    assert_int_equal(err.code, ERR_IO);
}

static void where_no_file_can_be_put_nothing_is_left(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct err err = { 0 };
    const char *target = put_folder(&arena, "d/target");
    const char *below_file = arena_printf(&arena, "%s/x", put_text(&arena, "file", "kept"));
    assert_false(commit_replace(target, "x", 1, &err)); /* over a folder */
    assert_int_equal(err.code, ERR_IO);
    assert_false(commit_replace(below_file, "x", 1, &err));
    assert_int_equal(err.code, ERR_IO);
    assert_false(commit_replace(in_folder(&arena, "none/x"), "x", 1, &err));
    assert_int_equal(err.code, ERR_IO);
    assert_false(commit_replace("no-folder", "x", 1, &err));
    assert_false(commit_replace(arena_printf(&arena, "%s/%05000d", folder, 1), "x", 1, &err));
    assert_string_equal(text_at(&arena, in_folder(&arena, "file")), "kept");
    assert_int_equal(names_in(in_folder(&arena, "d")), 1);
    assert_int_equal(names_in(folder), 2);
}

/* A full disk in small: no file may grow beyond 4000 bytes. */
static void a_write_that_fails_keeps_the_old_file(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct err err = { 0 };
    struct rlimit before;
    char *large = arena_alloc(&arena, 10000);
    memset(large, 'x', 9999);
    const char *path = put_text(&arena, "a", "old");
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit small = { 4000, before.rlim_max };
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    bool replaced_it = commit_replace(path, large, 9999, &err);
    bool made_it = commit_create(in_folder(&arena, "b"), large, 9999, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    (void)signal(SIGXFSZ, handler);
    assert_false(replaced_it);
    assert_false(made_it);
    assert_int_equal(err.code, ERR_IO);
    assert_string_equal(text_at(&arena, path), "old");
    assert_int_equal(names_in(folder), 1); /* no temporary file, no "b" */
    replaced(path, large);
    assert_int_equal(strlen(text_at(&arena, path)), 9999);
}

static void files_are_0600_and_folders_0700_whatever_the_umask(void **state)
{
    (void)state;
    static const mode_t masks[] = { 0, 022, 077, 0777 };
    for (size_t i = 0; i < ARRAY_LEN(masks); i++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        struct err err = { 0 };
        const char *below = arena_printf(&arena, "u%zu/v/w", i);
        const char *file = arena_printf(&arena, "%s/%s/file", folder, below);
        mode_t before = umask(masks[i]);
        bool made = commit_folder(folder, below, &err);
        bool created = commit_create(file, "x", 1, &err);
        bool again = commit_replace(file, "y", 1, &err);
        (void)umask(before);
        assert_true(made && created && again);
        assert_int_equal(mode_of(file), 0600);
        assert_int_equal(mode_of(in_folder(&arena, below)), 0700);
        assert_int_equal(mode_of(in_folder(&arena, arena_printf(&arena, "u%zu/v", i))), 0700);
        assert_int_equal(mode_of(in_folder(&arena, arena_printf(&arena, "u%zu", i))), 0700);
    }
}

static void an_open_file_becomes_private_when_it_is_replaced(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char *path = put_text(&arena, "a", "");
    assert_int_equal(chmod(path, 0644), 0);
    replaced(path, "x");
    assert_int_equal(mode_of(path), 0600);
}

static void folders_that_are_there_stay_as_they_are(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct err err = { 0 };
    const char *there = put_folder(&arena, "a");
    assert_int_equal(chmod(there, 0755), 0);
    assert_true(commit_folder(folder, "a/b/c", &err));
    assert_int_equal(mode_of(there), 0755);
    assert_int_equal(mode_of(in_folder(&arena, "a/b/c")), 0700);
    assert_true(commit_folder(folder, "a/b/c", &err));
    (void)put_text(&arena, "a/file", "kept");
    assert_false(commit_folder(folder, "a/file", &err));
    assert_false(commit_folder(folder, "a/file/below", &err));
    assert_int_equal(err.code, ERR_IO);
    assert_false(commit_folder(in_folder(&arena, "none"), "x", &err));
    assert_string_equal(text_at(&arena, in_folder(&arena, "a/file")), "kept");
}

static void the_folder_of_a_path_is_made_from_the_first_missing(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct err err = { 0 };
    assert_true(commit_parent(in_folder(&arena, "x/y/z/file"), &err));
    assert_int_equal(mode_of(in_folder(&arena, "x/y/z")), 0700);
    assert_false(is_there(in_folder(&arena, "x/y/z/file")));
    assert_true(commit_parent(in_folder(&arena, "file"), &err));
    assert_true(commit_parent("/file", &err));
    assert_false(commit_parent("relative/below/file", &err));
    assert_int_equal(err.code, ERR_IO);
}

static void what_dead_writers_left_is_swept_and_nothing_else(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    static const char *const kept[] = { "a.json", ".session-manager-x", "x.tmp", ".tmp",
                                        "session-manager-x.tmp" };
    for (size_t i = 0; i < ARRAY_LEN(kept); i++)
        (void)put_text(&arena, kept[i], "");
    (void)put_text(&arena, ".session-manager-a.json.tmp", "half");
    (void)put_text(&arena, ".session-manager-.tmp", "");
    commit_sweep(&arena, folder);
    assert_int_equal(names_in(folder), ARRAY_LEN(kept));
    for (size_t i = 0; i < ARRAY_LEN(kept); i++)
        assert_true(is_there(in_folder(&arena, kept[i])));
    commit_sweep(&arena, in_folder(&arena, "none"));
}

static void what_a_dead_writer_left_does_not_stop_the_next(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_text(&arena, ".session-manager-a.tmp", "half a file of another time");
    replaced(in_folder(&arena, "a"), "whole");
    assert_string_equal(text_at(&arena, in_folder(&arena, "a")), "whole");
    assert_int_equal(names_in(folder), 1);
    (void)put_text(&arena, ".session-manager-a.tmp", "half");
    (void)put_text(&arena, ".session-manager-b.tmp", "half");
    commit_forget(in_folder(&arena, "a"));
    assert_false(is_there(in_folder(&arena, ".session-manager-a.tmp")));
    assert_true(is_there(in_folder(&arena, ".session-manager-b.tmp")));
    assert_string_equal(text_at(&arena, in_folder(&arena, "a")), "whole");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_file_is_made_and_replaced_whole),
        IN_FOLDER(what_is_taken_is_not_created_again),
        IN_FOLDER(a_move_never_writes_over_anything),
        IN_FOLDER(where_no_file_can_be_put_nothing_is_left),
        IN_FOLDER(a_write_that_fails_keeps_the_old_file),
        IN_FOLDER(files_are_0600_and_folders_0700_whatever_the_umask),
        IN_FOLDER(an_open_file_becomes_private_when_it_is_replaced),
        IN_FOLDER(folders_that_are_there_stay_as_they_are),
        IN_FOLDER(the_folder_of_a_path_is_made_from_the_first_missing),
        IN_FOLDER(what_dead_writers_left_is_swept_and_nothing_else),
        IN_FOLDER(what_a_dead_writer_left_does_not_stop_the_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
