#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void memory_is_zero_aligned_and_its_own(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    unsigned char *before = NULL;
    for (size_t size = 1; size < 300; size++) {
        unsigned char *at = arena_alloc(&arena, size);
        assert_int_equal((uintptr_t)at % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(at[i], 0);
        memset(at, (int)size, size);
        if (before)
            assert_int_equal(before[size - 2], (size - 1) & 0xff);
        before = at;
    }
}

static void memory_that_was_used_before_is_zero_again(void **state)
{
    (void)state;
    for (int round = 0; round < 5; round++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        unsigned char *at = arena_alloc(&arena, 10000);
        for (size_t i = 0; i < 10000; i++)
            assert_int_equal(at[i], 0);
        memset(at, 0xaa, 10000); /* the next round is likely to be given the same */
    }
}

static void a_piece_larger_than_a_block_is_given_whole(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    char *small = arena_strdup(&arena, "small");
    char *large = arena_alloc(&arena, 1 << 20);
    memset(large, 'x', 1 << 20);
    char *after = arena_strdup(&arena, "after");
    memset(large, 'y', 1 << 20);
    assert_string_equal(small, "small");
    assert_string_equal(after, "after");
}

static void nothing_at_all_may_be_asked_for(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    assert_non_null(arena_alloc(&arena, 0));
}

static void a_copy_does_not_follow_its_original(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    char text[] = "one";
    const char *copy = arena_strdup(&arena, text);
    text[0] = 'X';
    assert_string_equal(copy, "one");
    assert_string_equal(arena_strdup(&arena, ""), "");
}

static void printf_takes_any_length(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    assert_string_equal(arena_printf(&arena, "%s-%d", "a", 7), "a-7");
    const char *long_text = arena_printf(&arena, "%050000d", 7);
    assert_int_equal(strlen(long_text), 50000);
    assert_string_equal(long_text + 49999, "7");
}

static char order[8];

static void note(void *it)
{
    size_t length = strlen(order);
    order[length] = *(const char *)it;
}

static void what_was_deferred_last_goes_first_and_once(void **state)
{
    (void)state;
    struct arena arena = { 0 };
    memset(order, 0, sizeof(order));
    arena_defer(&arena, note, arena_strdup(&arena, "a"));
    arena_defer(&arena, note, arena_strdup(&arena, "b"));
    arena_defer(&arena, note, arena_strdup(&arena, "c"));
    assert_string_equal(order, "");
    arena_free(&arena);
    assert_string_equal(order, "cba");
    arena_free(&arena);
    assert_string_equal(order, "cba");
}

static void a_freed_arena_can_be_used_again(void **state)
{
    (void)state;
    struct arena arena = { 0 };
    (void)arena_strdup(&arena, "first life");
    arena_free(&arena);
    assert_null(arena.head);
    assert_null(arena.deferred);
    assert_string_equal(arena_strdup(&arena, "second"), "second");
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zero_aligned_and_its_own),
        cmocka_unit_test(memory_that_was_used_before_is_zero_again),
        cmocka_unit_test(a_piece_larger_than_a_block_is_given_whole),
        cmocka_unit_test(nothing_at_all_may_be_asked_for),
        cmocka_unit_test(a_copy_does_not_follow_its_original),
        cmocka_unit_test(printf_takes_any_length),
        cmocka_unit_test(what_was_deferred_last_goes_first_and_once),
        cmocka_unit_test(a_freed_arena_can_be_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
