#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void hashes_are_the_same_on_every_machine(void **state)
{
    (void)state;
    /* XXH3 of nothing, as published; it is stored in databases, so it may never change. */
    assert_int_equal((uint64_t)hash_bytes("", 0), UINT64_C(0x2d06800538d394c2));
    assert_int_equal(hash_text(""), hash_bytes("", 0));
}

static void a_text_is_its_bytes_without_the_end(void **state)
{
    (void)state;
    assert_int_equal(hash_text("abc"), hash_bytes("abc", 3));
    assert_int_not_equal(hash_text("abc"), hash_bytes("abc", 4));
    assert_int_not_equal(hash_bytes("a\0b", 3), hash_bytes("a\0c", 3));
}

static void one_bit_makes_another_hash(void **state)
{
    (void)state;
    char bytes[300];
    memset(bytes, 'x', sizeof(bytes));
    int64_t before = hash_bytes(bytes, sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] ^= 1;
        assert_int_not_equal(hash_bytes(bytes, sizeof(bytes)), before);
        bytes[i] ^= 1;
    }
    assert_int_equal(hash_bytes(bytes, sizeof(bytes)), before);
}

static void chained_fields_depend_on_all_before_and_their_edges(void **state)
{
    (void)state;
    int64_t ab_c = hash_more(hash_text("ab"), "c", 1);
    int64_t a_bc = hash_more(hash_text("a"), "bc", 2);
    assert_int_not_equal(ab_c, a_bc);
    assert_int_not_equal(ab_c, hash_more(hash_text("xb"), "c", 1));
    assert_int_not_equal(ab_c, hash_more(hash_text("ab"), "d", 1));
    assert_int_equal(ab_c, hash_more(hash_text("ab"), "c", 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_the_same_on_every_machine),
        cmocka_unit_test(a_text_is_its_bytes_without_the_end),
        cmocka_unit_test(one_bit_makes_another_hash),
        cmocka_unit_test(chained_fields_depend_on_all_before_and_their_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
