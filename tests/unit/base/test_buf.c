#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"

static void begins_as_an_empty_text(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct buf buf;
    buf_init(&buf, &arena, 10);
    assert_string_equal(buf.text, "");
    assert_int_equal(buf.length, 0);
    assert_false(buf.overflow);
}

static void grows_and_stays_terminated(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct buf buf;
    buf_init(&buf, &arena, 1 << 20);
    for (int i = 0; i < 10000; i++) {
        buf_addf(&buf, "%04d", i);
        assert_int_equal(buf.text[buf.length], '\0');
    }
    assert_int_equal(buf.length, 40000);
    assert_false(buf.overflow);
    assert_memory_equal(buf.text, "0000000100020003", 16);
    assert_string_equal(buf.text + 39996, "9999");
}

static void the_end_of_the_text_never_lands_in_a_neighbour(void **state)
{
    (void)state;
    char text[600];
    memset(text, 'x', sizeof(text));
    for (size_t length = 1; length < sizeof(text); length++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        struct buf buf;
        buf_init(&buf, &arena, 1000);
        char *neighbour = arena_strdup(&arena, "neighbour");
        buf_addn(&buf, text, length);
        assert_string_equal(neighbour, "neighbour");
        assert_int_equal(strlen(buf.text), length);
    }
}

static void the_limit_itself_still_fits(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct buf buf;
    buf_init(&buf, &arena, 5);
    buf_add(&buf, "12345");
    assert_false(buf.overflow);
    assert_string_equal(buf.text, "12345");
    buf_add(&buf, "");
    assert_false(buf.overflow);
    buf_add(&buf, "6");
    assert_true(buf.overflow);
    assert_string_equal(buf.text, "12345");
}

static void what_goes_beyond_the_limit_is_dropped_and_told(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct buf buf;
    buf_init(&buf, &arena, 300);
    for (int i = 0; i < 100; i++)
        buf_add(&buf, "1234567");
    assert_true(buf.overflow);
    assert_int_equal(buf.length, 300);
    assert_int_equal(strlen(buf.text), 300);
    assert_string_equal(buf.text + 294, "123456");
}

static void bytes_may_hold_a_nul(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct buf buf;
    buf_init(&buf, &arena, 100);
    buf_addn(&buf, "a\0b", 3);
    assert_int_equal(buf.length, 3);
    assert_memory_equal(buf.text, "a\0b", 4);
}

static void formats_of_every_length_are_whole(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    for (int length = 505; length < 520; length++) { /* around the room on the stack */
        struct buf buf;
        buf_init(&buf, &arena, 1000);
        buf_addf(&buf, "%0*d|", length, 7);
        assert_int_equal(buf.length, length + 1);
        assert_string_equal(buf.text + length - 1, "7|");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(begins_as_an_empty_text),
        cmocka_unit_test(grows_and_stays_terminated),
        cmocka_unit_test(the_end_of_the_text_never_lands_in_a_neighbour),
        cmocka_unit_test(the_limit_itself_still_fits),
        cmocka_unit_test(what_goes_beyond_the_limit_is_dropped_and_told),
        cmocka_unit_test(bytes_may_hold_a_nul),
        cmocka_unit_test(formats_of_every_length_are_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
