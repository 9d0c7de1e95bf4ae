#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "ingest/peer_strict.h"

static bool has_null(const char *line)
{
    return peer_has_null(line, strlen(line));
}

static bool is_lone(const char *line)
{
    return peer_has_lone_surrogate(line, strlen(line));
}

static bool fits(const char *line)
{
    struct peer_entry direct;
    struct peer_entry nested;
    assert_true(peer_strict_read(line, strlen(line), &direct, &nested));
    return peer_fits(&direct);
}

static void minds_a_null_of_its_fields_at_any_depth(void **state)
{
    (void)state;
    assert_true(has_null("{\"a\":[{\"b\":{\"id\" : null}}]}"));
    assert_false(has_null("{\"uuid\":null,\"x\":[null]}"));
    assert_false(has_null("{\"x\":\"\\\"id\\\":null\"}"));
}

static void minds_no_null_model_of_an_iteration(void **state)
{
    (void)state;
    assert_false(has_null("{\"message\":{\"usage\":{\"iterations\":[{\"model\":null}]}}}"));
    assert_true(has_null("{\"message\":{\"usage\":{\"iterations\":[{\"id\":null}]}}}"));
    assert_true(has_null("{\"usage\":{\"iterations\":[{\"model\":null}]}}"));
}

static void tells_half_a_character_from_a_whole_one(void **state)
{
    (void)state;
    assert_true(is_lone("\"\\ud83d\""));
    assert_true(is_lone("\"\\ude00\""));
    assert_false(is_lone("\"\\ud83d\\ude00\""));
    assert_false(is_lone("\"\\\\ud83d\""));
}

static void wants_time_message_and_both_counters(void **state)
{
    (void)state;
    assert_true(fits("{\"timestamp\":\"t\",\"message\":{\"usage\":"
                     "{\"input_tokens\":1,\"output_tokens\":2}}}"));
    assert_false(fits("{\"timestamp\":\"t\",\"message\":{\"usage\":{\"input_tokens\":1}}}"));
    assert_false(fits("{\"timestamp\":\"t\",\"message\":{\"usage\":"
                      "{\"input_tokens\":1.5,\"output_tokens\":2}}}"));
    assert_false(fits("{\"message\":{\"usage\":{\"input_tokens\":1,\"output_tokens\":2}}}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(minds_a_null_of_its_fields_at_any_depth),
        cmocka_unit_test(minds_no_null_model_of_an_iteration),
        cmocka_unit_test(tells_half_a_character_from_a_whole_one),
        cmocka_unit_test(wants_time_message_and_both_counters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
