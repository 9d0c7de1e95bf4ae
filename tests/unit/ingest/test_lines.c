#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "ingest/lines.h"

static char folder[] = "/tmp/test_lines_XXXXXX";

static const char *path_in(struct arena *arena)
{
    return arena_printf(arena, "%s/log", folder);
}

static const char *given_bytes(struct arena *arena, const char *bytes, size_t length)
{
    const char *path = path_in(arena);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, length, out), length);
    assert_int_equal(fclose(out), 0);
    return path;
}

static const char *given(struct arena *arena, const char *text)
{
    return given_bytes(arena, text, strlen(text));
}

static struct lines *opened(const char *path, int64_t offset)
{
    struct lines *lines = NULL;
    struct err err = { 0 };
    if (!lines_open(path, offset, NULL, &lines, &err))
        fail_msg("%s", err.text);
    return lines;
}

static bool next(struct lines *lines, struct line *line)
{
    struct err err = { 0 };
    bool more;
    if (!lines_next(lines, line, &more, &err))
        fail_msg("%s", err.text);
    return more;
}

static void check(struct lines *lines, const char *text, int64_t offset, int64_t after, bool tail)
{
    struct line line;
    assert_true(next(lines, &line));
    assert_false(line.too_long);
    assert_int_equal(line.length, strlen(text));
    assert_memory_equal(line.bytes, text, line.length);
    assert_int_equal(line.offset, offset);
    assert_int_equal(line.next, after);
    assert_int_equal(line.tail, tail);
}

static void check_end(struct lines *lines)
{
    struct line line;
    assert_false(next(lines, &line));
    assert_false(next(lines, &line));
}

static void gives_each_line_with_its_place(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(lines_close) struct lines *lines = opened(given(&arena, "one\n\nthree\n"), 0);
    check(lines, "one", 0, 4, false);
    check(lines, "", 4, 5, false);
    check(lines, "three", 5, 11, false);
    check_end(lines);
}

static void an_empty_file_has_no_lines(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(lines_close) struct lines *lines = opened(given(&arena, ""), 0);
    check_end(lines);
}

static void starts_where_it_is_told_to(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(lines_close) struct lines *lines = opened(given(&arena, "one\ntwo\n"), 4);
    check(lines, "two", 4, 8, false);
    check_end(lines);
}

static void past_the_end_there_is_nothing(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char *path = given(&arena, "one\n");
    CLEANUP(lines_close) struct lines *at_end = opened(path, 4);
    check_end(at_end);
    CLEANUP(lines_close) struct lines *beyond = opened(path, 4000);
    check_end(beyond);
}

static void the_tail_comes_once_and_is_marked(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(lines_close) struct lines *lines = opened(given(&arena, "one\n{\"cut"), 0);
    check(lines, "one", 0, 4, false);
    check(lines, "{\"cut", 4, 9, true);
    check_end(lines);
}

static void a_return_before_a_newline_is_stripped_and_no_other(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(lines_close) struct lines *lines = opened(given(&arena, "a\r\n\r\nb\rc\r\r\nd\r"), 0);
    check(lines, "a", 0, 3, false);
    check(lines, "", 3, 5, false);
    check(lines, "b\rc\r", 5, 11, false);
    check(lines, "d\r", 11, 13, true);
    check_end(lines);
}

static void a_byte_order_mark_is_passed_over_at_the_start_only(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char *path = given(&arena, "\xef\xbb\xbf{}\n\xef\xbb\xbf{}\n");
    CLEANUP(lines_close) struct lines *lines = opened(path, 0);
    check(lines, "{}", 3, 6, false);
    check(lines, "\xef\xbb\xbf{}", 6, 12, false);
    check_end(lines);
    CLEANUP(lines_close) struct lines *later = opened(path, 6);
    check(later, "\xef\xbb\xbf{}", 6, 12, false);
}

static void only_a_byte_order_mark_is_an_empty_file(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(lines_close) struct lines *lines = opened(given(&arena, "\xef\xbb\xbf"), 0);
    check_end(lines);
    CLEANUP(lines_close) struct lines *part = opened(given(&arena, "\xef\xbb"), 0);
    check(part, "\xef\xbb", 0, 2, true);
}

static void nul_bytes_are_bytes_like_any(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(lines_close) struct lines *lines = opened(given_bytes(&arena, "a\0b\nc\n", 6), 0);
    struct line line;
    assert_true(next(lines, &line));
    assert_int_equal(line.length, 3);
    assert_memory_equal(line.bytes, "a\0b", 3);
    check(lines, "c", 4, 6, false);
}

/* Lines of many lengths: every border of a piece falls somewhere inside, before and behind one. */
static void lines_across_pieces_come_whole(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    enum { COUNT = 4000, PERIOD = 2000 };
    size_t size = 0;
    char *bytes = arena_alloc(&arena, (size_t)COUNT * (PERIOD + 1));
    for (size_t i = 0; i < COUNT; i++) {
        memset(bytes + size, 'a' + (int)(i % 26), i % PERIOD);
        size += i % PERIOD;
        bytes[size++] = '\n';
    }
    CLEANUP(lines_close) struct lines *lines = opened(given_bytes(&arena, bytes, size), 0);
    int64_t offset = 0;
    for (size_t i = 0; i < COUNT; i++) {
        struct line line;
        assert_true(next(lines, &line));
        assert_int_equal(line.length, i % PERIOD);
        assert_int_equal(line.offset, offset);
        assert_memory_equal(line.bytes, bytes + offset, line.length);
        offset = line.next;
    }
    assert_int_equal(offset, size);
    check_end(lines);
}

/* A sparse file with newlines at the given places. */
static const char *given_sparse(struct arena *arena, int64_t size, const int64_t *newlines,
                                size_t count)
{
    const char *path = given(arena, "");
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(ftruncate(fileno(out), size), 0);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(pwrite(fileno(out), "\n", 1, newlines[i]), 1);
    assert_int_equal(fclose(out), 0);
    return path;
}

static void the_longest_line_comes_whole(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    int64_t limit = LINES_LIMIT;
    int64_t newlines[] = { 4, limit + 5, limit + 7 };
    CLEANUP(lines_close)
    struct lines *lines = opened(given_sparse(&arena, limit + 8, newlines, 3), 0);
    struct line line;
    assert_true(next(lines, &line));
    assert_true(next(lines, &line));
    assert_false(line.too_long);
    assert_int_equal(line.length, limit);
    assert_int_equal(line.offset, 5);
    assert_int_equal(line.next, limit + 6);
    for (size_t i = 0; i < line.length; i += 4095)
        assert_int_equal(line.bytes[i], 0);
    assert_true(next(lines, &line));
    assert_int_equal(line.length, 1);
    check_end(lines);
}

static void a_line_one_byte_longer_is_passed_over(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    int64_t limit = LINES_LIMIT;
    int64_t newlines[] = { 4, limit + 6, limit + 8 };
    CLEANUP(lines_close)
    struct lines *lines = opened(given_sparse(&arena, limit + 9, newlines, 3), 0);
    struct line line;
    assert_true(next(lines, &line));
    assert_true(next(lines, &line));
    assert_true(line.too_long);
    assert_null(line.bytes);
    assert_int_equal(line.length, limit + 1);
    assert_int_equal(line.offset, 5);
    assert_int_equal(line.next, limit + 7);
    assert_false(line.tail);
    assert_true(next(lines, &line));
    assert_int_equal(line.offset, limit + 7);
    assert_int_equal(line.length, 1);
    check_end(lines);
}

static void a_very_long_line_is_passed_over_to_what_follows(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    int64_t size = (int64_t)5 * LINES_LIMIT + 12345;
    int64_t newlines[] = { size - 3, size - 1 };
    CLEANUP(lines_close) struct lines *lines = opened(given_sparse(&arena, size, newlines, 2), 0);
    struct line line;
    assert_true(next(lines, &line));
    assert_true(line.too_long);
    assert_int_equal(line.length, size - 3);
    assert_int_equal(line.next, size - 2);
    assert_true(next(lines, &line));
    assert_false(line.too_long);
    assert_int_equal(line.offset, size - 2);
    assert_int_equal(line.length, 1);
    check_end(lines);
}

static void a_tail_too_long_is_both(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    int64_t sizes[] = { LINES_LIMIT + 1, LINES_LIMIT + 2, (int64_t)3 * LINES_LIMIT };
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        CLEANUP(lines_close)
        struct lines *lines = opened(given_sparse(&arena, sizes[i], NULL, 0), 0);
        struct line line;
        assert_true(next(lines, &line));
        assert_true(line.too_long);
        assert_true(line.tail);
        assert_int_equal(line.length, sizes[i]);
        assert_int_equal(line.next, sizes[i]);
        check_end(lines);
    }
}

static void a_tail_as_long_as_allowed_comes_whole(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(lines_close)
    struct lines *lines = opened(given_sparse(&arena, LINES_LIMIT, NULL, 0), 0);
    struct line line;
    assert_true(next(lines, &line));
    assert_false(line.too_long);
    assert_true(line.tail);
    assert_int_equal(line.length, LINES_LIMIT);
    check_end(lines);
}

static void a_file_that_is_not_there_is_not_found(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(lines_close) struct lines *lines = NULL;
    struct err err = { 0 };
    assert_false(lines_open(arena_printf(&arena, "%s/none", folder), 0, NULL, &lines, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_null(lines);
}

static void a_folder_or_fifo_is_no_file(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(lines_close) struct lines *lines = NULL;
    struct err err = { 0 };
    assert_false(lines_open(folder, 0, NULL, &lines, &err));
    assert_int_equal(err.code, ERR_DAMAGED);
    const char *fifo = arena_printf(&arena, "%s/fifo", folder);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_false(lines_open(fifo, 0, NULL, &lines, &err));
    assert_int_equal(err.code, ERR_DAMAGED);
    assert_int_equal(unlink(fifo), 0);
}

static void closing_nothing_is_fine(void **state)
{
    (void)state;
    struct lines *lines = NULL;
    lines_close(&lines);
    assert_null(lines);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int drop_folder(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)unlink(path_in(&arena));
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_each_line_with_its_place),
        cmocka_unit_test(an_empty_file_has_no_lines),
        cmocka_unit_test(starts_where_it_is_told_to),
        cmocka_unit_test(past_the_end_there_is_nothing),
        cmocka_unit_test(the_tail_comes_once_and_is_marked),
        cmocka_unit_test(a_return_before_a_newline_is_stripped_and_no_other),
        cmocka_unit_test(a_byte_order_mark_is_passed_over_at_the_start_only),
        cmocka_unit_test(only_a_byte_order_mark_is_an_empty_file),
        cmocka_unit_test(nul_bytes_are_bytes_like_any),
        cmocka_unit_test(lines_across_pieces_come_whole),
        cmocka_unit_test(the_longest_line_comes_whole),
        cmocka_unit_test(a_line_one_byte_longer_is_passed_over),
        cmocka_unit_test(a_very_long_line_is_passed_over_to_what_follows),
        cmocka_unit_test(a_tail_too_long_is_both),
        cmocka_unit_test(a_tail_as_long_as_allowed_comes_whole),
        cmocka_unit_test(a_file_that_is_not_there_is_not_found),
        cmocka_unit_test(a_folder_or_fifo_is_no_file),
        cmocka_unit_test(closing_nothing_is_fine),
    };
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
