#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

static struct json *parsed(struct arena *arena, const char *text)
{
    struct json *value = NULL;
    struct err err = { 0 };
    if (!json_parse(arena, text, strlen(text), "t.json", &value, &err))
        fail_msg("%s: %s", err.where, err.text);
    return value;
}

static const char *written(struct arena *arena, const struct json *value)
{
    struct buf out;
    buf_init(&out, arena, 1 << 20);
    json_write_compact(value, &out);
    return out.text;
}

static void refuse(const char *text, size_t length, const char *where)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct json *value = NULL;
    struct err err = { 0 };
    if (json_parse(&arena, text, length, "t.json", &value, &err))
        fail_msg("taken: %s", text);
    assert_int_equal(err.code, ERR_DAMAGED);
    if (where)
        assert_string_equal(err.where, where);
    assert_memory_equal(err.where, "t.json", 6);
}

static void mistakes_are_damage_with_their_place(void **state)
{
    (void)state;
    refuse("{\n  \"a\": x\n}", 12, "t.json:2:8");
    refuse("[1, 2", 5, "t.json:1:5");
}

static void json_is_taken_strictly(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        " ",
        "{",
        "{}{}",
        "{} x",
        "[1,]",
        "{\"a\":1,}",
        "{'a':1}",
        "nul",
        "NaN",
        "01",
        "+1",
        ".5",
        "1.",
        "// x\n1",
        "\"\\x\"",
        "\"\n\"",
        "\"\\ud800\"",
        "\"\xff\"",
        "\"\xc0\x80\"",
        "\"open",
        "{\"a\" 1}",
        "{1:2}",
        "\xef\xbb\xbf{}",
        "\"\\u0000\"",
        "1e999",
        "9223372036854775808",
        "{\"a\":1,\"a\":1}",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        refuse(bad[i], strlen(bad[i]), NULL);
    refuse("{}\0{}", 5, "t.json, byte 2");
    refuse("{\0}", 3, "t.json, byte 1");
}

static void nesting_without_end_is_refused(void **state)
{
    (void)state;
    static char deep[200000];
    memset(deep, '[', sizeof(deep));
    refuse(deep, sizeof(deep), NULL);
}

static void a_part_of_a_longer_text_can_be_parsed(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct json *value = NULL;
    struct err err = { 0 };
    assert_true(json_parse(&arena, "[1]garbage", 3, "t", &value, &err));
    assert_int_equal(json_length(value), 1);
}

static void every_kind_is_told(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    static const enum json_kind kinds[] = { JSON_IS_NULL,  JSON_IS_BOOL,    JSON_IS_BOOL,
                                            JSON_IS_COUNT, JSON_IS_DECIMAL, JSON_IS_TEXT,
                                            JSON_IS_LIST,  JSON_IS_OBJECT,  JSON_IS_ABSENT };
    const struct json *list = parsed(&arena, "[null, true, false, 1, 1.0, \"1\", [], {}]");
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        assert_int_equal(json_kind(json_item(list, i)), kinds[i]);
    assert_int_equal(json_kind(parsed(&arena, "7")), JSON_IS_COUNT);
}

static void absent_or_mistyped_members_give_the_fallback(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const struct json *o = parsed(&arena, "{\"t\":\"x\",\"n\":5,\"d\":2.5,\"b\":true,\"z\":null}");
    assert_string_equal(json_text(o, "t", "f"), "x");
    assert_string_equal(json_text(o, "n", "f"), "f");
    assert_string_equal(json_text(o, "none", "f"), "f");
    assert_null(json_text(o, "z", NULL));
    assert_int_equal(json_count(o, "n", -1), 5);
    assert_int_equal(json_count(o, "d", -1), -1);
    assert_int_equal(json_count(o, "t", -1), -1);
    assert_true(json_decimal(o, "d", -1) > 2.4 && json_decimal(o, "d", -1) < 2.6);
    assert_true(json_decimal(o, "n", -1) > 4.9);
    assert_true(json_decimal(o, "t", -1) < 0);
    assert_true(json_bool(o, "b", false));
    assert_true(json_bool(o, "n", true));
    assert_false(json_bool(o, "none", false));
    assert_null(json_get(NULL, "t"));
    assert_string_equal(json_text(NULL, "t", "f"), "f");
    assert_string_equal(json_text(json_get(o, "t"), "t", "f"), "f");
    assert_string_equal(json_value_text(NULL, "f"), "f");
    assert_true(json_value_decimal(NULL, 3) > 2.9);
    assert_int_equal(json_length(json_get(o, "t")), 0);
    assert_null(json_item(o, 0));
}

static void a_path_walks_down(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const struct json *o = parsed(&arena, "{\"a\":{\"b\":{\"c\":7}},\"l\":[1]}");
    assert_int_equal(json_count(json_at(o, "a.b"), "c", 0), 7);
    assert_int_equal(json_kind(json_at(o, "a.b.c")), JSON_IS_COUNT);
    assert_null(json_at(o, "a.x.c"));
    assert_null(json_at(o, "a.b.c.d"));
    assert_null(json_at(o, "l.0"));
    assert_null(json_at(NULL, "a"));
    char long_key[200];
    memset(long_key, 'k', sizeof(long_key) - 1);
    long_key[sizeof(long_key) - 1] = '\0';
    assert_null(json_at(o, long_key));
}

static void members_are_walked_in_the_order_they_were_written(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct json *o = parsed(&arena, "{\"z\":1,\"a\":2,\"m\":3}");
    char seen[16] = "";
    size_t at = 0;
    for (const char *key = json_next_key(o, NULL); key; key = json_next_key(o, key))
        seen[at++] = key[0];
    assert_string_equal(seen, "zam");
    json_set_count(o, "a", 9); /* a change keeps the place */
    json_set_null(o, "new");
    assert_string_equal(written(&arena, o), "{\"z\":1,\"a\":9,\"m\":3,\"new\":null}");
    json_remove(o, "z");
    json_remove(o, "never there");
    assert_string_equal(written(&arena, o), "{\"a\":9,\"m\":3,\"new\":null}");
    assert_null(json_next_key(parsed(&arena, "{}"), NULL));
    assert_null(json_next_key(NULL, NULL));
}

static void everything_can_be_set(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct json *o = json_new_object(&arena);
    char text[] = "copied";
    json_set_text(o, "t", text);
    text[0] = 'X';
    json_set_text(o, "none", NULL);
    json_set_count(o, "c", INT64_MIN);
    json_set_decimal(o, "d", 0.1);
    json_set_bool(o, "b", false);
    json_set_count(json_set_object(o, "o"), "in", 1);
    struct json *list = json_set_list(o, "l");
    json_append_text(list, "x");
    json_set_bool(json_append_object(list), "y", true);
    json_append(list, json_get(o, "c"));
    assert_string_equal(written(&arena, o),
                        "{\"t\":\"copied\",\"none\":null,\"c\":-9223372036854775808,\"d\":0.1,"
                        "\"b\":false,\"o\":{\"in\":1},"
                        "\"l\":[\"x\",{\"y\":true},-9223372036854775808]}");
    json_take(list, 0);
    json_take(list, 99);
    assert_int_equal(json_length(list), 2);
    json_set(o, "again", json_get(o, "o")); /* shared, not copied */
    json_set_count(json_get(o, "again"), "in", 2);
    assert_int_equal(json_count(json_get(o, "o"), "in", 0), 2);
    assert_int_equal(json_length(json_new_list(&arena)), 0);
}

static void a_clone_goes_its_own_way(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct json *first = parsed(&arena, "{\"a\":{\"b\":[1]}}");
    struct json *second = json_clone(&arena, first);
    assert_true(json_same(first, second));
    json_append_text(json_at(second, "a.b"), "more");
    assert_false(json_same(first, second));
    assert_string_equal(written(&arena, first), "{\"a\":{\"b\":[1]}}");
}

static void money_survives_writing_and_reading(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    for (int64_t nano = 1; nano < INT64_C(900000000000000); nano = nano * 7 + 3) {
        struct json *o = json_new_object(&arena);
        json_set_decimal(o, "usd", (double)nano / 1e9);
        const struct json *back = parsed(&arena, written(&arena, o));
        double usd = json_decimal(back, "usd", -1) * 1e9 + 0.5;
        assert_int_equal((int64_t)usd, nano);
    }
}

static void written_for_people_with_two_spaces_and_a_newline(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct buf out;
    buf_init(&out, &arena, 1000);
    json_write(parsed(&arena, "{\"b\":[1,2],\"a\":\"\xc3\xa9 /\\u0007\"}"), &out);
    assert_string_equal(out.text, "{\n  \"b\": [\n    1,\n    2\n  ],\n  \"a\": \"\xc3\xa9 "
                                  "/\\u0007\"\n}\n");
}

static void a_document_larger_than_the_buf_is_noticed(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct buf out;
    buf_init(&out, &arena, 5);
    json_write(parsed(&arena, "[1,2,3,4]"), &out);
    assert_true(out.overflow);
}

static void quoting_escapes_what_json_needs_and_mends_the_rest(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct buf out;
    buf_init(&out, &arena, 1000);
    json_quote(&out, "a\"b\\c\n\x01\x7f\xff\xc3\xa9");
    assert_string_equal(out.text, "\"a\\\"b\\\\c\\u000a\\u0001\\u007f\xef\xbf\xbd\xc3\xa9\"");
    assert_int_equal(json_kind(parsed(&arena, out.text)), JSON_IS_TEXT);
    buf_init(&out, &arena, 1000);
    json_quote(&out, "");
    assert_string_equal(out.text, "\"\"");
}

static void every_byte_can_be_quoted_and_read_back(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    for (int byte = 1; byte < 128; byte++) {
        char text[3] = { (char)byte, 'x', '\0' };
        struct buf out;
        buf_init(&out, &arena, 100);
        json_quote(&out, text);
        assert_string_equal(json_value_text(parsed(&arena, out.text), NULL), text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_are_damage_with_their_place),
        cmocka_unit_test(json_is_taken_strictly),
        cmocka_unit_test(nesting_without_end_is_refused),
        cmocka_unit_test(a_part_of_a_longer_text_can_be_parsed),
        cmocka_unit_test(every_kind_is_told),
        cmocka_unit_test(absent_or_mistyped_members_give_the_fallback),
        cmocka_unit_test(a_path_walks_down),
        cmocka_unit_test(members_are_walked_in_the_order_they_were_written),
        cmocka_unit_test(everything_can_be_set),
        cmocka_unit_test(a_clone_goes_its_own_way),
        cmocka_unit_test(money_survives_writing_and_reading),
        cmocka_unit_test(written_for_people_with_two_spaces_and_a_newline),
        cmocka_unit_test(a_document_larger_than_the_buf_is_noticed),
        cmocka_unit_test(quoting_escapes_what_json_needs_and_mends_the_rest),
        cmocka_unit_test(every_byte_can_be_quoted_and_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
