#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/socket.h>
#include <sys/un.h>

#include "base/err.h"
#include "folder.h"

static enum err_code read_code(const char *path, size_t limit)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct err err = { 0 };
    const char *bytes;
    size_t length;
    return file_read(&arena, path, limit, &bytes, &length, &err) ? ERR_NONE : err.code;
}

static void reads_the_whole_file_with_a_nul_behind(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct err err = { 0 };
    const char *bytes;
    size_t length;
    const char *path = put_bytes(&arena, "a", "x\0y\n", 4);
    assert_true(file_read(&arena, path, 100, &bytes, &length, &err));
    assert_int_equal(length, 4);
    assert_memory_equal(bytes, "x\0y\n", 5);
    path = put_text(&arena, "empty", "");
    assert_true(file_read(&arena, path, 0, &bytes, &length, &err));
    assert_int_equal(length, 0);
    assert_string_equal(bytes, "");
}

static void the_limit_is_exact(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char *path = put_text(&arena, "a", "12345");
    assert_int_equal(read_code(path, 5), ERR_NONE);
    assert_int_equal(read_code(path, 4), ERR_DAMAGED);
}

static void only_a_missing_name_is_not_found(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char *file = put_text(&arena, "file", "");
    (void)put_link(&arena, "loop", "loop");
    assert_int_equal(read_code(in_folder(&arena, "none"), 9), ERR_NOT_FOUND);
    assert_int_equal(read_code(in_folder(&arena, "none/deeper"), 9), ERR_NOT_FOUND);
    assert_int_equal(read_code(arena_printf(&arena, "%s/below", file), 9), ERR_IO);
    assert_int_equal(read_code(in_folder(&arena, "loop"), 9), ERR_IO);
    assert_int_equal(read_code(arena_printf(&arena, "%s/%0300d", folder, 1), 9), ERR_IO);
}

static void what_is_no_regular_file_is_refused_without_waiting(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char *fifo = in_folder(&arena, "fifo");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    struct sockaddr_un name = { .sun_family = AF_UNIX };
    (void)snprintf(name.sun_path, sizeof(name.sun_path), "%s/socket", folder);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&name, sizeof(name)), 0);
    assert_int_equal(read_code(folder, 9), ERR_DAMAGED);
    assert_int_equal(read_code(fifo, 9), ERR_DAMAGED);
    assert_int_equal(read_code("/dev/null", 9), ERR_DAMAGED);
    assert_int_not_equal(read_code(name.sun_path, 9), ERR_NONE);
    assert_int_not_equal(read_code(name.sun_path, 9), ERR_NOT_FOUND);
    (void)close(fd);
}

static void parts_of_a_file_are_read_where_asked(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct err err = { 0 };
    char bytes[8] = "";
    size_t got;
    CLEANUP(file_close) int fd = file_open(put_text(&arena, "a", "0123456789"), &err);
    assert_true(fd >= 0);
    assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    assert_true(file_read_at(fd, 3, bytes, 4, &got, &err));
    assert_int_equal(got, 4);
    assert_memory_equal(bytes, "3456", 4);
    assert_true(file_read_at(fd, 8, bytes, 8, &got, &err));
    assert_int_equal(got, 2);
    assert_true(file_read_at(fd, 10, bytes, 8, &got, &err));
    assert_int_equal(got, 0);
    assert_true(file_read_at(fd, 1000, bytes, 8, &got, &err));
    assert_int_equal(got, 0);
}

static void reading_from_a_bad_descriptor_is_an_error(void **state)
{
    (void)state;
    struct err err = { 0 };
    char byte;
    size_t got;
    assert_false(file_read_at(-1, 0, &byte, 1, &got, &err));
    assert_int_equal(err.code, ERR_IO);
}

static void closing_twice_is_nothing(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct err err = { 0 };
    int fd = file_open(put_text(&arena, "a", ""), &err);
    file_close(&fd);
    assert_int_equal(fd, -1);
    file_close(&fd);
    assert_int_equal(fd, -1);
}

static struct file_state state_at(const char *path)
{
    struct file_state state = { 0 };
    struct err err = { 0 };
    bool found = false;
    assert_true(file_stat(path, &state, &found, &err));
    assert_true(found);
    return state;
}

static void every_kind_of_change_is_seen_in_the_state(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char *path = put_text(&arena, "a", "one");
    struct file_state before = state_at(path);
    struct file_state again = state_at(path);
    assert_true(file_state_same(&before, &again));
    assert_int_equal(before.size, 3);
    make_old(path, 100);
    struct file_state older = state_at(path);
    assert_false(file_state_same(&before, &older));
    assert_int_equal(before.mtime_ns - older.mtime_ns, INT64_C(100000000000));
    for (int field = 0; field < 5; field++) {
        struct file_state other = before;
        int64_t *const fields[] = { &other.device, &other.inode, &other.size, &other.mtime_ns,
                                    &other.ctime_ns };
        (*fields[field])++;
        assert_false(file_state_same(&before, &other));
    }
}

static void nothing_of_that_name_is_not_an_error_but_all_else_is(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct file_state out;
    struct err err = { 0 };
    bool found = true;
    assert_true(file_stat(in_folder(&arena, "none"), &out, &found, &err));
    assert_false(found);
    (void)put_link(&arena, "loop", "loop");
    assert_false(file_stat(in_folder(&arena, "loop"), &out, &found, &err));
    assert_int_equal(err.code, ERR_IO);
}

static void names_come_sorted_without_the_dots(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct file_list list;
    struct err err = { 0 };
    for (int i = 99; i >= 0; i--)
        (void)put_text(&arena, arena_printf(&arena, "d/n%02d", i), "");
    (void)put_text(&arena, "d/.hidden", "");
    (void)put_folder(&arena, "d/Folder");
    assert_true(file_names(&arena, in_folder(&arena, "d"), &list, &err));
    assert_int_equal(list.count, 102);
    assert_string_equal(list.names[0], ".hidden");
    assert_string_equal(list.names[1], "Folder");
    for (size_t i = 2; i < list.count; i++)
        assert_string_equal(list.names[i], arena_printf(&arena, "n%02zu", i - 2));
}

static void a_folder_that_is_not_there_is_empty_but_a_file_is_no_folder(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct file_list list = { .count = 7 };
    struct err err = { 0 };
    assert_true(file_names(&arena, in_folder(&arena, "none"), &list, &err));
    assert_int_equal(list.count, 0);
    assert_false(file_names(&arena, put_text(&arena, "file", ""), &list, &err));
    assert_int_equal(err.code, ERR_IO);
}

static void links_are_followed_for_folders_only(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_folder(&arena, "d");
    const char *to_folder = put_link(&arena, "to_folder", "d");
    const char *dangling = put_link(&arena, "dangling", "nowhere");
    assert_true(file_is_folder(in_folder(&arena, "d")));
    assert_true(file_is_folder(to_folder));
    assert_false(file_is_folder(dangling));
    assert_false(file_is_folder(put_text(&arena, "file", "")));
    assert_false(file_is_folder(in_folder(&arena, "none")));
    assert_true(file_exists(dangling));
    assert_true(file_exists(in_folder(&arena, "file")));
    assert_true(file_exists(folder));
    assert_false(file_exists(in_folder(&arena, "none")));
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(reads_the_whole_file_with_a_nul_behind),
        IN_FOLDER(the_limit_is_exact),
        IN_FOLDER(only_a_missing_name_is_not_found),
        IN_FOLDER(what_is_no_regular_file_is_refused_without_waiting),
        IN_FOLDER(parts_of_a_file_are_read_where_asked),
        cmocka_unit_test(reading_from_a_bad_descriptor_is_an_error),
        IN_FOLDER(closing_twice_is_nothing),
        IN_FOLDER(every_kind_of_change_is_seen_in_the_state),
        IN_FOLDER(nothing_of_that_name_is_not_an_error_but_all_else_is),
        IN_FOLDER(names_come_sorted_without_the_dots),
        IN_FOLDER(a_folder_that_is_not_there_is_empty_but_a_file_is_no_folder),
        IN_FOLDER(links_are_followed_for_folders_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
