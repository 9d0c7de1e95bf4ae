#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/scan.h"

/* A copy of exactly `length` bytes on the heap: a sanitizer sees a read one byte too far. */
static char *exact(const char *text, size_t length)
{
    char *copy = malloc(length ? length : 1);
    assert_non_null(copy);
    memcpy(copy, text, length);
    return copy;
}

static bool accepts_bytes(const char *text, size_t length)
{
    char *line = exact(text, length);
    struct scan scan;
    scan_begin(&scan, line, length);
    scan_skip(&scan);
    bool accepted = scan_end(&scan);
    assert_int_equal(accepted, scan.why == NULL);
    assert_true(scan.at >= line && scan.at <= line + length);
    free(line);
    return accepted;
}

static bool accepts(const char *text)
{
    return accepts_bytes(text, strlen(text));
}

static const char line_of_everything[] =
    "{\"type\":\"assistant\",\"n\":[0,-1,2.5,1e5,-0.25E-3,12345678901234567890],"
    "\"text\":\"a \\\"quoted\\\" \\u00e9 \\ud83d\\ude00 \\ud800 tail that is longer than a block\","
    "\"wide\":\"gr\xc3\xbc\xc3\x9f \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x98\x80\",\"empty\":{},"
    "\"none\":[],\"t\":true,\"f\":false,\"z\":null, \"deep\" : [ [ { \"a\" : [ ] } ] ] }";

static void accepts_a_whole_line_and_no_prefix_of_it(void **state)
{
    (void)state;
    size_t length = strlen(line_of_everything);
    assert_true(accepts_bytes(line_of_everything, length));
    for (size_t cut = 0; cut < length; cut++)
        assert_false(accepts_bytes(line_of_everything, cut));
}

/* A string of `before` letters and then `tail`, which closes it. */
static bool accepts_tail(size_t before, const char *tail)
{
    char line[256] = "\"";
    memset(line + 1, 'x', before);
    memcpy(line + 1 + before, tail, strlen(tail) + 1);
    return accepts(line);
}

static void looks_at_every_byte_of_a_block(void **state)
{
    (void)state;
    for (size_t before = 0; before < 200; before++) {
        assert_true(accepts_tail(before, "\\n\""));
        assert_false(accepts_tail(before, "\n\""));
        assert_true(accepts_tail(before, "\xc3\xa9\""));
        assert_false(accepts_tail(before, "\xc3\""));
        assert_true(accepts_tail(before, "\x7f\""));
    }
}

static void accepts_white_space_anywhere(void **state)
{
    (void)state;
    assert_true(accepts(" \t\r\n{ \n\"a\"\t:\r1 , \"b\" : [ 1 , 2 ] } \r\n"));
    assert_false(accepts("{\v\"a\":1}"));
    assert_false(accepts("{\f}"));
    assert_false(accepts("{\xc2\xa0}"));
    assert_false(accepts("tr ue"));
}

static void accepts_scalars_on_their_own(void **state)
{
    (void)state;
    assert_true(accepts("1"));
    assert_true(accepts("\"a\""));
    assert_true(accepts("true"));
    assert_true(accepts("false"));
    assert_true(accepts("null"));
    assert_false(accepts(""));
    assert_false(accepts("  "));
    assert_false(accepts("nul"));
    assert_false(accepts("True"));
    assert_false(accepts("truee"));
    assert_false(accepts("NaN"));
    assert_false(accepts("Infinity"));
}

static void accepts_numbers_by_the_grammar_only(void **state)
{
    (void)state;
    static const char *const good[] = { "0",   "-0",   "1",      "-1",     "10",      "0.5",
                                        "1.0", "1e5",  "1E5",    "1e+5",   "1e-5",    "0e0",
                                        "0.0", "-1.5", "1e9999", "-0.0e9", "1.25E+07" };
    static const char *const bad[] = { "01",    "-",   "--1",  "+1", "1.",      ".5",  "1.e5",
                                       "1e",    "1e+", "-01",  "00", "0x10",    "1_0", "1,0",
                                       "1.2.3", "-a",  "1e5.", "1-", "\xd9\xa1" };
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        assert_true(accepts(good[i]));
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(accepts(bad[i]));
    char huge[5001] = { 0 };
    memset(huge, '9', 5000);
    assert_true(accepts(huge));
}

static void accepts_legal_escapes_only(void **state)
{
    (void)state;
    assert_true(accepts("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00aF\""));
    static const char *const bad[] = { "\"\\a\"",     "\"\\'\"",     "\"\\x41\"", "\"\\u12\"",
                                       "\"\\u12g4\"", "\"\\U0041\"", "\"\\\n\"",  "\"\\",
                                       "\"\\u",       "\"\\u123",    "\"\\\"",    "\"\\\\\\\"",
                                       "\"\\0\"",     "\"\\u 123\"" };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(accepts(bad[i]));
    assert_false(accepts_bytes("\"\\\0\"", 4));
}

static void accepts_lone_surrogates_when_escaped(void **state)
{
    (void)state;
    assert_true(accepts("\"\\ud800\""));
    assert_true(accepts("\"\\udc00\""));
    assert_true(accepts("\"\\udc00\\ud800\""));
    assert_true(accepts("\"\\u0000\""));
}

static void refuses_control_bytes_and_nuls(void **state)
{
    (void)state;
    for (int byte = 0; byte < 0x20; byte++) {
        const char line[] = { '"', 'a', (char)byte, 'b', '"' };
        assert_false(accepts_bytes(line, sizeof(line)));
    }
    assert_false(accepts_bytes("{}\0", 3));
    assert_false(accepts_bytes("\0{}", 3));
    assert_false(accepts_bytes("{\0}", 3));
    assert_false(accepts_bytes("[1,\0]", 5));
    assert_false(accepts_bytes("\0\0\0\0", 4));
}

static void refuses_what_is_not_utf8(void **state)
{
    (void)state;
    static const char *const good[] = {
        "\"\xc2\x80\"",     "\"\xdf\xbf\"",     "\"\xe0\xa0\x80\"",     "\"\xed\x9f\xbf\"",
        "\"\xee\x80\x80\"", "\"\xef\xbf\xbf\"", "\"\xf0\x90\x80\x80\"", "\"\xf4\x8f\xbf\xbf\"",
    };
    static const char *const bad[] = {
        "\"\x80\"",
        "\"\xbf\"",
        "\"\xc0\x80\"",
        "\"\xc1\xbf\"",
        "\"\xc2\"",
        "\"\xc2\x41\"",
        "\"\xe0\x9f\xbf\"",
        "\"\xe1\x80\"",
        "\"\xed\xa0\x80\"",
        "\"\xed\xbf\xbf\"",
        "\"\xf0\x8f\xbf\xbf\"",
        "\"\xf1\x80\x80\"",
        "\"\xf4\x90\x80\x80\"",
        "\"\xf5\x80\x80\x80\"",
        "\"\xff\"",
        "\"\xfe\"",
        "\"\xe6\x97",
        "\"\xf0\x9f\x98",
        "\"\xc3\xa9\xff\"",
        "{\"\xff\":1}",
    };
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        assert_true(accepts(good[i]));
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(accepts(bad[i]));
}

static void refuses_two_values_and_trailing_garbage(void **state)
{
    (void)state;
    assert_false(accepts("{\"a\":1}{\"b\":2}"));
    assert_false(accepts("{\"a\":1}\n{\"b\":2}"));
    assert_false(accepts("{\"a\":1 {\"b\":2}"));
    assert_false(accepts("{} x"));
    assert_false(accepts("{},"));
    assert_false(accepts("1 2"));
    assert_false(accepts("{}}"));
    assert_false(accepts("[]]"));
    assert_false(accepts("{\"a\":\"cut{\"a\":1}"));
}

static void refuses_ill_formed_containers(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "{",      "[",          "}",       "]",          "{]",
        "[}",     "{,}",        "[,]",     "[1,]",       "[,1]",
        "[1 2]",  "{\"a\":1,}", "{\"a\"}", "{\"a\":}",   "{\"a\" 1}",
        "{a:1}",  "{1:1}",      "{'a':1}", "{\"a\":1;}", "{\"a\":1 \"b\":2}",
        "{:1}",   "{\"a\",1}",  "[1:2]",   "{\"a\":1]",  "[{\"a\":1]}",
        "/**/{}", "{\"a\"::1}", "[1,,2]"
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(accepts(bad[i]));
}

static void refuses_a_byte_order_mark(void **state)
{
    (void)state;
    assert_false(accepts("\xef\xbb\xbf{}")); /* whoever splits the lines takes it off */
}

static bool accepts_levels(size_t levels)
{
    char *line = malloc(2 * levels);
    assert_non_null(line);
    memset(line, '[', levels);
    memset(line + levels, ']', levels);
    bool accepted = accepts_bytes(line, 2 * levels);
    free(line);
    return accepted;
}

static void refuses_too_many_levels_however_many(void **state)
{
    (void)state;
    assert_true(accepts_levels(SCAN_DEPTH));
    assert_false(accepts_levels(SCAN_DEPTH + 1));
    assert_false(accepts_levels(1000000));
}

static void counts_levels_from_the_outside(void **state)
{
    (void)state;
    char line[2 * SCAN_DEPTH + 3] = "[";
    struct scan scan;
    memset(line + 1, '[', SCAN_DEPTH);
    memset(line + 1 + SCAN_DEPTH, ']', SCAN_DEPTH + 1);
    scan_begin(&scan, line, strlen(line));
    assert_true(scan_list(&scan));
    assert_true(scan_item(&scan));
    scan_skip(&scan);
    assert_string_equal(scan.why, "too many levels");
    assert_ptr_equal(scan.at, line + SCAN_DEPTH);
}

static void walks_members_and_skips_the_rest(void **state)
{
    (void)state;
    const char *line =
        " {\"skip\":{\"type\":[{}]},\"type\":\"user\",\"n\":42,\"on\":true,\"x\":[1]} ";
    struct scan scan;
    struct scan_text key;
    struct scan_text type = { 0 };
    int64_t n = 0;
    bool on = false;
    int members = 0;
    scan_begin(&scan, line, strlen(line));
    assert_true(scan_object(&scan));
    for (; scan_member(&scan, &key); members++) {
        if (scan_key_is(&key, "type"))
            assert_true(scan_string(&scan, &type));
        else if (scan_key_is(&key, "n"))
            assert_true(scan_count(&scan, &n));
        else if (scan_key_is(&key, "on"))
            assert_true(scan_bool(&scan, &on));
        else
            scan_skip(&scan);
    }
    assert_true(scan_end(&scan));
    assert_int_equal(members, 5);
    assert_true(scan_text_is(&type, "user"));
    assert_false(type.escaped);
    assert_int_equal(n, 42);
    assert_true(on);
}

static int64_t sum_of_list(struct scan *scan)
{
    int64_t sum = 0;
    while (scan_item(scan)) {
        int64_t n = 0;
        sum += scan_count(scan, &n) ? n : 0;
    }
    return sum;
}

static void walks_nested_lists_and_objects(void **state)
{
    (void)state;
    const char *line = "[[],[1,2],{\"a\":{}},3]";
    struct scan scan;
    struct scan_text key;
    scan_begin(&scan, line, strlen(line));
    assert_true(scan_list(&scan));
    assert_true(scan_item(&scan) && scan_list(&scan));
    assert_int_equal(sum_of_list(&scan), 0);
    assert_true(scan_item(&scan) && scan_list(&scan));
    assert_int_equal(sum_of_list(&scan), 3);
    assert_true(scan_item(&scan) && scan_object(&scan));
    assert_true(scan_member(&scan, &key) && scan_object(&scan));
    assert_false(scan_member(&scan, &key));
    assert_false(scan_member(&scan, &key));
    assert_int_equal(sum_of_list(&scan), 3);
    assert_true(scan_end(&scan));
}

static void consumes_a_value_of_another_kind(void **state)
{
    (void)state;
    const char *line = "[{\"a\":[1]},\"s\",[2],1.5,null,7,true]";
    struct scan scan;
    struct scan_text text;
    int64_t count = -1;
    bool on = false;
    scan_begin(&scan, line, strlen(line));
    assert_true(scan_list(&scan));
    assert_true(scan_item(&scan));
    assert_false(scan_string(&scan, &text));
    assert_true(scan_item(&scan));
    assert_false(scan_count(&scan, &count));
    assert_true(scan_item(&scan));
    assert_false(scan_bool(&scan, &on));
    assert_true(scan_item(&scan));
    assert_false(scan_count(&scan, &count));
    assert_true(scan_item(&scan));
    assert_false(scan_string(&scan, &text));
    assert_true(scan_item(&scan));
    assert_true(scan_count(&scan, &count));
    assert_true(scan_item(&scan));
    assert_true(scan_bool(&scan, &on));
    assert_false(scan_item(&scan));
    assert_true(scan_end(&scan));
    assert_int_equal(count, 7);
    assert_true(on);
}

static bool count_of(const char *line, int64_t *count)
{
    struct scan scan;
    scan_begin(&scan, line, strlen(line));
    bool good = scan_count(&scan, count);
    assert_true(scan_end(&scan));
    return good;
}

static void counts_only_integers_that_fit(void **state)
{
    (void)state;
    int64_t count = 0;
    assert_true(count_of("9223372036854775807", &count));
    assert_true(count == INT64_MAX);
    assert_true(count_of("-9223372036854775808", &count));
    assert_true(count == INT64_MIN);
    assert_true(count_of("-0", &count));
    assert_int_equal(count, 0);
    count = 5;
    assert_false(count_of("9223372036854775808", &count));
    assert_false(count_of("-9223372036854775809", &count));
    assert_false(count_of("99999999999999999999999", &count));
    assert_false(count_of("1.0", &count));
    assert_false(count_of("1e2", &count));
    assert_false(count_of("\"1\"", &count));
    assert_false(count_of("null", &count));
    assert_int_equal(count, 5);
}

static void reads_both_truth_values(void **state)
{
    (void)state;
    bool value = true;
    struct scan scan;
    scan_begin(&scan, "false", 5);
    assert_true(scan_bool(&scan, &value));
    assert_false(value);
    assert_true(scan_end(&scan));
    scan_begin(&scan, "tru", 3);
    assert_false(scan_bool(&scan, &value));
    assert_false(scan_end(&scan));
}

static enum scan_kind kind_of_text(const char *line)
{
    struct scan scan;
    scan_begin(&scan, line, strlen(line));
    enum scan_kind kind = scan_peek(&scan);
    assert_null(scan.why);
    return kind;
}

static void tells_the_kind_of_the_next_value(void **state)
{
    (void)state;
    assert_int_equal(kind_of_text(" {"), SCAN_OBJECT);
    assert_int_equal(kind_of_text("["), SCAN_LIST);
    assert_int_equal(kind_of_text("\t\""), SCAN_STRING);
    assert_int_equal(kind_of_text("-"), SCAN_NUMBER);
    assert_int_equal(kind_of_text("7"), SCAN_NUMBER);
    assert_int_equal(kind_of_text("t"), SCAN_TRUE);
    assert_int_equal(kind_of_text("f"), SCAN_FALSE);
    assert_int_equal(kind_of_text("n"), SCAN_NULL);
    assert_int_equal(kind_of_text("x"), SCAN_BAD);
    assert_int_equal(kind_of_text("]"), SCAN_BAD);
    assert_int_equal(kind_of_text(" "), SCAN_BAD);
}

static void does_not_enter_what_is_no_container(void **state)
{
    (void)state;
    struct scan scan;
    scan_begin(&scan, "[]", 2);
    assert_false(scan_object(&scan));
    assert_null(scan.why);
    assert_true(scan_list(&scan));
    scan_begin(&scan, "{}", 2);
    assert_false(scan_list(&scan));
    assert_null(scan.why);
    scan_skip(&scan);
    assert_true(scan_end(&scan));
}

static void demands_that_the_value_is_read_to_its_end(void **state)
{
    (void)state;
    struct scan scan;
    struct scan_text key;
    scan_begin(&scan, "{\"a\":1}", 7);
    assert_false(scan_end(&scan));
    scan_begin(&scan, "{\"a\":1}", 7);
    assert_true(scan_object(&scan));
    assert_false(scan_end(&scan));
    scan_begin(&scan, "{\"a\":1}", 7);
    assert_true(scan_object(&scan));
    assert_true(scan_member(&scan, &key));
    scan_skip(&scan);
    assert_false(scan_end(&scan));
}

static void notices_a_value_that_was_not_read(void **state)
{
    (void)state;
    struct scan scan;
    struct scan_text key;
    scan_begin(&scan, "{\"a\":}", 6);
    assert_true(scan_object(&scan));
    assert_true(scan_member(&scan, &key));
    assert_false(scan_object(&scan));
    assert_false(scan_member(&scan, &key));
    assert_false(scan_end(&scan));
    scan_begin(&scan, "[1 2]", 5);
    assert_true(scan_list(&scan));
    assert_true(scan_item(&scan));
    scan_skip(&scan);
    scan_skip(&scan);
    assert_non_null(scan.why);
}

static void keeps_the_first_mistake_and_its_place(void **state)
{
    (void)state;
    const char *line = "{\"a\":tru,\"b\":\"\\q\"}";
    struct scan scan;
    struct scan_text text = { 0 };
    int64_t count = 9;
    bool on = true;
    scan_begin(&scan, line, strlen(line));
    assert_true(scan_object(&scan));
    assert_true(scan_member(&scan, &text));
    scan_skip(&scan);
    const char *why = scan.why;
    assert_non_null(why);
    assert_ptr_equal(scan.at, line + 5);
    assert_false(scan_object(&scan));
    assert_false(scan_list(&scan));
    assert_false(scan_member(&scan, &text));
    assert_false(scan_item(&scan));
    assert_false(scan_string(&scan, &text));
    assert_false(scan_count(&scan, &count));
    assert_false(scan_bool(&scan, &on));
    assert_int_equal(scan_peek(&scan), SCAN_BAD);
    scan_skip(&scan);
    assert_false(scan_end(&scan));
    assert_ptr_equal(scan.why, why);
    assert_ptr_equal(scan.at, line + 5);
    assert_int_equal(count, 9);
    assert_true(on);
}

static struct scan_text text_in(const char *line)
{
    struct scan scan;
    struct scan_text text = { 0 };
    scan_begin(&scan, line, strlen(line));
    assert_true(scan_string(&scan, &text));
    assert_true(scan_end(&scan));
    return text;
}

static bool is(const char *line, const char *name)
{
    struct scan_text text = text_in(line);
    assert_int_equal(scan_key_is(&text, name), scan_text_is(&text, name));
    return scan_key_is(&text, name);
}

static void compares_keys_whole(void **state)
{
    (void)state;
    assert_true(is("\"type\"", "type"));
    assert_false(is("\"type\"", "typ"));
    assert_false(is("\"typ\"", "type"));
    assert_false(is("\"Type\"", "type"));
    assert_true(is("\"\"", ""));
    assert_false(is("\"\"", "a"));
    assert_false(is("\"a\"", ""));
}

static void compares_keys_with_their_escapes_undone(void **state)
{
    (void)state;
    assert_true(is("\"t\\u0079pe\"", "type"));
    assert_true(is("\"a\\/b\"", "a/b"));
    assert_true(is("\"\\u00E9\"", "\xc3\xa9"));
    assert_true(is("\"\xc3\xa9\\n\"", "\xc3\xa9\n"));
    assert_false(is("\"t\\u0079pe\"", "typ"));
    assert_false(is("\"t\\u0079p\"", "type"));
    assert_false(is("\"t\\\\ype\"", "type"));
    assert_false(is("\"\\u0000\"", ""));
}

static void copies(const char *line, size_t limit, const char *expected)
{
    struct scan_text text = text_in(line);
    CLEANUP(arena_free) struct arena arena = { 0 };
    assert_string_equal(scan_copy(&arena, &text, limit), expected);
}

static void copies_texts_with_their_escapes_undone(void **state)
{
    (void)state;
    copies("\"plain\"", 100, "plain");
    copies("\"\"", 100, "");
    copies("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", 100, "\"\\/\b\f\n\r\t");
    copies("\"\\u0041\\u00e9\\u20AC\\ud83d\\ude00\"", 100, "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    copies("\"\\uffff\\ud7ff\\udbff\\udfff\"", 100, "\xef\xbf\xbf\xed\x9f\xbf\xf4\x8f\xbf\xbf");
    copies("\"\\u007f\\u0080\\u07ff\\u0800\"", 100, "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80");
}

static void copies_what_is_no_character_as_u_fffd(void **state)
{
    (void)state;
    copies("\"a\\ud800b\"", 100,
           "a\xef\xbf\xbd"
           "b");
    copies("\"\\udc00\"", 100, "\xef\xbf\xbd");
    copies("\"\\ud800\"", 100, "\xef\xbf\xbd");
    copies("\"\\ud800\\n\"", 100, "\xef\xbf\xbd\n");
    copies("\"\\ud800\\u0041\"", 100,
           "\xef\xbf\xbd"
           "A");
    copies("\"\\ud800\\ud83d\\ude00\"", 100, "\xef\xbf\xbd\xf0\x9f\x98\x80");
    copies("\"x\\u0000y\"", 100, "x\xef\xbf\xbdy");
}

static void cuts_copies_at_the_edge_of_a_character(void **state)
{
    (void)state;
    copies("\"abc\"", 3, "abc");
    copies("\"abc\"", 2, "ab");
    copies("\"abc\"", 0, "");
    copies("\"a\xc3\xa9z\"", 3, "a\xc3\xa9");
    copies("\"a\xc3\xa9z\"", 2, "a");
    copies("\"\xf0\x9f\x98\x80\"", 3, "");
    copies("\"a\\ud83d\\ude00b\"", 4, "a");
    copies("\"a\\ud83d\\ude00b\"", 5, "a\xf0\x9f\x98\x80");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_a_whole_line_and_no_prefix_of_it),
        cmocka_unit_test(looks_at_every_byte_of_a_block),
        cmocka_unit_test(accepts_white_space_anywhere),
        cmocka_unit_test(accepts_scalars_on_their_own),
        cmocka_unit_test(accepts_numbers_by_the_grammar_only),
        cmocka_unit_test(accepts_legal_escapes_only),
        cmocka_unit_test(accepts_lone_surrogates_when_escaped),
        cmocka_unit_test(refuses_control_bytes_and_nuls),
        cmocka_unit_test(refuses_what_is_not_utf8),
        cmocka_unit_test(refuses_two_values_and_trailing_garbage),
        cmocka_unit_test(refuses_ill_formed_containers),
        cmocka_unit_test(refuses_a_byte_order_mark),
        cmocka_unit_test(refuses_too_many_levels_however_many),
        cmocka_unit_test(counts_levels_from_the_outside),
        cmocka_unit_test(walks_members_and_skips_the_rest),
        cmocka_unit_test(walks_nested_lists_and_objects),
        cmocka_unit_test(consumes_a_value_of_another_kind),
        cmocka_unit_test(counts_only_integers_that_fit),
        cmocka_unit_test(reads_both_truth_values),
        cmocka_unit_test(tells_the_kind_of_the_next_value),
        cmocka_unit_test(does_not_enter_what_is_no_container),
        cmocka_unit_test(demands_that_the_value_is_read_to_its_end),
        cmocka_unit_test(notices_a_value_that_was_not_read),
        cmocka_unit_test(keeps_the_first_mistake_and_its_place),
        cmocka_unit_test(compares_keys_whole),
        cmocka_unit_test(compares_keys_with_their_escapes_undone),
        cmocka_unit_test(copies_texts_with_their_escapes_undone),
        cmocka_unit_test(copies_what_is_no_character_as_u_fffd),
        cmocka_unit_test(cuts_copies_at_the_edge_of_a_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
