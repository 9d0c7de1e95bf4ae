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
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "ingest/claude.h"
#include "ingest/harvester.h"
#include "ingest/lines.h"

#define TIME "\"timestamp\":\"2026-11-20T09:00:04.000Z\""
#define USAGE4                                                                                     \
    "\"input_tokens\":1,\"output_tokens\":2,\"cache_creation_input_tokens\":3,"                    \
    "\"cache_read_input_tokens\":4"
/* An assistant record with `usage` inside its usage object and `more` after its message. */
#define CALL(usage, more)                                                                          \
    "{\"type\":\"assistant\"," TIME ",\"requestId\":\"req_A\",\"uuid\":\"a1\",\"message\":"        \
    "{\"id\":\"msg_A\",\"model\":\"claude-opus-5\",\"stop_reason\":\"end_turn\",\"content\":[],"   \
    "\"usage\":{" usage "}}" more "}"

static const struct harvest *heard_bytes(struct arena *arena, const char *line, size_t length)
{
    struct harvester *harvester = harvester_new(arena);
    char *copy = arena_alloc(arena, length + 1);
    memcpy(copy, line, length);
    source_claude.line(harvester, copy, length, 1000);
    memset(copy, '?', length); /* the line goes away, the harvest stays */
    return harvester_result(harvester);
}

static const struct harvest *heard(struct arena *arena, const char *line)
{
    return heard_bytes(arena, line, strlen(line));
}

static int64_t instant(const char *text)
{
    int64_t at_ns = -1;
    assert_true(clock_parse(text, strlen(text), &at_ns));
    return at_ns;
}

static void check_nothing(const struct harvest *harvest)
{
    assert_int_equal(harvest->call_count, 0);
    assert_int_equal(harvest->tool_use_count, 0);
    assert_int_equal(harvest->tool_result_count, 0);
    assert_int_equal(harvest->prompt_count, 0);
    assert_int_equal(harvest->api_error_count, 0);
}

static const struct call *one_call(const struct harvest *harvest)
{
    assert_int_equal(harvest->damage_count, 0);
    assert_int_equal(harvest->call_count, 1);
    return &harvest->calls[0];
}

static void check_damage(const struct harvest *harvest, const char *reason)
{
    assert_int_equal(harvest->damage_count, 1);
    assert_string_equal(harvest->damages[0].reason, reason);
    assert_int_equal(harvest->damages[0].offset, 1000);
}

static void check_usage(const struct usage *usage, const int64_t expected[USAGE_FIELDS])
{
    assert_int_equal(usage->input, expected[0]);
    assert_int_equal(usage->output, expected[1]);
    assert_int_equal(usage->cache_write_5m, expected[2]);
    assert_int_equal(usage->cache_write_1h, expected[3]);
    assert_int_equal(usage->cache_read, expected[4]);
    assert_int_equal(usage->web_searches, expected[5]);
}

static void reads_a_whole_assistant_record(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const struct harvest *harvest = heard(
        &arena,
        "{\"parentUuid\":\"u1\",\"isSidechain\":true,\"type\":\"assistant\",\"requestId\":"
        "\"req_A\",\"apiBlockIndex\":1,\"message\":{\"id\":\"msg_A\",\"model\":"
        "\"claude-opus-5-5\",\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":"
        "\"toolu_1\",\"name\":\"Edit\",\"input\":{\"id\":null,\"usage\":{\"input_tokens\":9}}}],"
        "\"stop_reason\":\"tool_use\",\"usage\":{\"input_tokens\":4,"
        "\"cache_creation_input_tokens\":900,\"cache_read_input_tokens\":15000,"
        "\"output_tokens\":310,\"output_tokens_details\":{\"thinking_tokens\":120},"
        "\"server_tool_use\":{\"web_search_requests\":2,\"web_fetch_requests\":1},"
        "\"service_tier\":\"standard\",\"cache_creation\":{\"ephemeral_1h_input_tokens\":850,"
        "\"ephemeral_5m_input_tokens\":50},\"inference_geo\":\"us\",\"speed\":\"fast\"}},"
        "\"uuid\":\"a2\",\"timestamp\":\"2026-11-20T09:00:06.500Z\",\"sessionId\":\"S\",\"cwd\":"
        "\"/w/app\",\"version\":\"2.1.300\",\"gitBranch\":\"main\",\"forkedFrom\":{"
        "\"messageUuid\":\"a2\",\"sessionId\":\"S0\"}}");
    const struct call *call = one_call(harvest);
    assert_string_equal(call->message_id, "msg_A");
    assert_string_equal(call->request_id, "req_A");
    assert_string_equal(call->uuid, "a2");
    assert_string_equal(call->origin_session, "S0");
    assert_string_equal(call->model, "claude-opus-5-5");
    assert_string_equal(call->branch, "main");
    assert_int_equal(call->at_ns, instant("2026-11-20T09:00:06.5Z"));
    check_usage(&call->usage, (int64_t[]){ 4, 310, 50, 850, 15000, 2 });
    assert_int_equal(call->speed, CALL_FAST);
    assert_int_equal(call->flags, CALL_SIDECHAIN | CALL_GEO_US);
    assert_int_equal(call->advisor, 0);
    assert_int_equal(harvest->tool_use_count, 1);
    assert_string_equal(harvest->tool_uses[0].id, "toolu_1");
    assert_string_equal(harvest->tool_uses[0].name, "Edit");
    assert_int_equal(harvest->tool_uses[0].at_ns, call->at_ns);
    assert_string_equal(harvest->session, "S");
    assert_string_equal(harvest->cwd, "/w/app");
    assert_int_equal(harvest->span_count, 1);
    assert_int_equal(harvest->spans[0].from_ns, call->at_ns);
}

static void keys_come_in_any_order_and_with_spaces(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const struct harvest *harvest =
        heard(&arena, " \t{ \"message\" : { \"usage\" : { \"output_tokens\" : 7 , "
                      "\"input_tokens\" : 5 } , \"content\" : [ { \"name\" : \"Read\" , \"id\" : "
                      "\"t1\" , \"type\" : \"tool_use\" } ] , \"model\" : \"m\" , \"id\" : "
                      "\"msg\" } ,\r\n \"uuid\" : \"u\" , " TIME " , \"type\" : \"assistant\" } ");
    const struct call *call = one_call(harvest);
    check_usage(&call->usage, (int64_t[]){ 5, 7, 0, 0, 0, 0 });
    assert_string_equal(call->message_id, "msg");
    assert_string_equal(call->request_id, "");
    assert_string_equal(call->branch, "");
    assert_string_equal(call->origin_session, "");
    assert_int_equal(call->flags, CALL_OPEN);
    assert_int_equal(call->speed, CALL_STANDARD);
    assert_string_equal(harvest->tool_uses[0].id, "t1");
    assert_string_equal(harvest->tool_uses[0].name, "Read");
}

static void escapes_are_undone(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const struct call *call =
        one_call(heard(&arena, "{\"t\\u0079pe\":\"ass\\u0069stant\",\"timestamp\":"
                               "\"2026-11-20T09:00:04\\u005a\",\"gitBranch\":\"a\\/b\",\"message\":"
                               "{\"usage\":{\"output\\u005ftokens\":7}}}"));
    assert_int_equal(call->usage.output, 7);
    assert_string_equal(call->branch, "a/b");
    assert_int_equal(call->at_ns, instant("2026-11-20T09:00:04Z"));
}

static void null_and_missing_counters_are_zero(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const struct call *call = one_call(
        heard(&arena, CALL("\"input_tokens\":null,\"output_tokens\":3,\"cache_creation\":null,"
                           "\"server_tool_use\":null,\"iterations\":null,\"speed\":null,"
                           "\"inference_geo\":null,\"service_tier\":null",
                           ",\"gitBranch\":null,\"cwd\":null,\"forkedFrom\":null")));
    check_usage(&call->usage, (int64_t[]){ 0, 3, 0, 0, 0, 0 });
    assert_int_equal(call->flags, 0);
    const struct call *empty = one_call(heard(&arena, CALL("", "")));
    check_usage(&empty->usage, (int64_t[]){ 0, 0, 0, 0, 0, 0 });
}

static void a_counter_that_is_no_count_spoils_the_call(void **state)
{
    (void)state;
    static const char *const lines[] = {
        CALL(USAGE4 ",\"output_tokens\":-1", ""),
        CALL(USAGE4 ",\"output_tokens\":1.5", ""),
        CALL(USAGE4 ",\"output_tokens\":1e3", ""),
        CALL(USAGE4 ",\"output_tokens\":\"7\"", ""),
        CALL(USAGE4 ",\"output_tokens\":true", ""),
        CALL(USAGE4 ",\"output_tokens\":[7]", ""),
        CALL(USAGE4 ",\"output_tokens\":9007199254740993", ""),
        CALL(USAGE4 ",\"output_tokens\":99999999999999999999999", ""),
        CALL("\"input_tokens\":-1", ""),
        CALL("\"cache_creation_input_tokens\":-1", ""),
        CALL("\"cache_read_input_tokens\":-1", ""),
        CALL("\"cache_creation\":{\"ephemeral_5m_input_tokens\":-1}", ""),
        CALL("\"cache_creation\":{\"ephemeral_1h_input_tokens\":0.5}", ""),
        CALL("\"cache_creation\":{\"ephemeral_5m_input_tokens\":9007199254740992,"
             "\"ephemeral_1h_input_tokens\":1}",
             ""),
        CALL("\"server_tool_use\":{\"web_search_requests\":\"2\"}", ""),
        "{\"type\":\"assistant\"," TIME ",\"message\":{\"usage\":[]}}",
        "{\"type\":\"assistant\"," TIME ",\"message\":{\"usage\":5}}",
    };
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        const struct harvest *harvest = heard(&arena, lines[i]);
        check_nothing(harvest);
        check_damage(harvest, "usage is not a count");
        assert_int_equal(harvest->damages[0].length, strlen(lines[i]));
        assert_int_equal(harvest->span_count, 1);
    }
}

static void the_largest_count_is_two_to_the_53(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const struct call *call =
        one_call(heard(&arena, CALL("\"output_tokens\":9007199254740992", "")));
    assert_int_equal(call->usage.output, INT64_C(9007199254740992));
}

static void tools_of_a_spoilt_call_are_kept(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const struct harvest *harvest = heard(
        &arena, "{\"type\":\"assistant\"," TIME ",\"message\":{\"usage\":{\"input_tokens\":-1}"
                ",\"content\":[{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"Bash\"}]}}");
    assert_int_equal(harvest->call_count, 0);
    check_damage(harvest, "usage is not a count");
    assert_int_equal(harvest->tool_use_count, 1);
}

static void cache_writes_are_the_larger_of_sum_and_split(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        int64_t write_5m;
        int64_t write_1h;
    } cases[] = {
        { CALL("\"cache_creation_input_tokens\":900", ""), 900, 0 },
        { CALL("\"cache_creation_input_tokens\":0,\"cache_creation\":{"
               "\"ephemeral_5m_input_tokens\":50,\"ephemeral_1h_input_tokens\":850}",
               ""),
          50, 850 },
        { CALL("\"cache_creation\":{\"ephemeral_5m_input_tokens\":0,"
               "\"ephemeral_1h_input_tokens\":0},\"cache_creation_input_tokens\":900",
               ""),
          900, 0 },
        { CALL("\"cache_creation\":{\"ephemeral_5m_input_tokens\":100,"
               "\"ephemeral_1h_input_tokens\":200},\"cache_creation_input_tokens\":900",
               ""),
          700, 200 },
        { CALL("\"cache_creation\":{\"ephemeral_1h_input_tokens\":1000},"
               "\"cache_creation_input_tokens\":900",
               ""),
          0, 1000 },
        { CALL("\"cache_creation\":7,\"cache_creation_input_tokens\":900", ""), 900, 0 },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        const struct call *call = one_call(heard(&arena, cases[i].line));
        assert_int_equal(call->usage.cache_write_5m, cases[i].write_5m);
        assert_int_equal(call->usage.cache_write_1h, cases[i].write_1h);
    }
}

static void speed_geo_and_tier_become_marks(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum call_speed speed;
        unsigned flags;
    } cases[] = {
        { CALL("\"speed\":\"standard\"", ""), CALL_STANDARD, 0 },
        { CALL("\"speed\":\"fast\"", ""), CALL_FAST, 0 },
        { CALL("\"inference_geo\":\"us\"", ""), CALL_STANDARD, CALL_GEO_US },
        { CALL("\"inference_geo\":\"not_available\"", ""), CALL_STANDARD, 0 },
        { CALL("\"inference_geo\":\"\"", ""), CALL_STANDARD, 0 },
        { CALL("\"service_tier\":\"standard\"", ""), CALL_STANDARD, 0 },
        { CALL("\"service_tier\":\"priority\"", ""), CALL_STANDARD, CALL_ODD_TIER },
        { CALL("\"service_tier\":\"batch\"", ""), CALL_STANDARD, CALL_ODD_TIER },
        { CALL("", ",\"isSidechain\":true"), CALL_STANDARD, CALL_SIDECHAIN },
        { CALL("", ",\"isSidechain\":false"), CALL_STANDARD, 0 },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        const struct call *call = one_call(heard(&arena, cases[i].line));
        assert_int_equal(call->speed, cases[i].speed);
        assert_int_equal(call->flags, cases[i].flags);
    }
}

static void without_a_stop_reason_the_call_is_open(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    assert_int_equal(one_call(heard(&arena, "{\"type\":\"assistant\"," TIME ",\"message\":"
                                            "{\"stop_reason\":null,\"usage\":{}}}"))
                         ->flags,
                     CALL_OPEN);
    assert_int_equal(one_call(heard(&arena, "{\"type\":\"assistant\"," TIME ",\"message\":"
                                            "{\"usage\":{},\"stop_reason\":\"tool_use\"}}"))
                         ->flags,
                     0);
}

static void a_call_without_usage_is_none(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "{\"type\":\"assistant\"," TIME ",\"message\":{\"id\":\"m\",\"model\":\"x\"}}",
        "{\"type\":\"assistant\"," TIME ",\"message\":{\"usage\":null}}",
        "{\"type\":\"assistant\"," TIME ",\"message\":null}",
        "{\"type\":\"assistant\"," TIME ",\"message\":\"text\"}",
        "{\"type\":\"assistant\"," TIME ",\"message\":{\"content\":7}}",
        "{\"type\":\"assistant\"," TIME ",\"message\":{\"content\":[[],7,{}]}}",
        "{\"type\":\"assistant\"," TIME ",\"usage\":{\"input_tokens\":1}}",
        "{\"type\":\"assistant\"," TIME "}",
        "{\"type\":\"user\"," TIME ",\"isMeta\":true,\"message\":{\"usage\":{\"input_tokens\":1}}}",
        "{\"type\":\"user\"," TIME ",\"isMeta\":true,\"toolUseResult\":{\"usage\":{"
        "\"input_tokens\":1}}}",
        "{\"type\":\"next-months-type\",\"message\":{\"usage\":{\"input_tokens\":1}}}",
        "{\"message\":{\"usage\":{\"input_tokens\":1}}}",
        "{}",
    };
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        const struct harvest *harvest = heard(&arena, lines[i]);
        check_nothing(harvest);
        assert_int_equal(harvest->damage_count, 0);
    }
}

static void a_call_without_a_time_is_damage(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "{\"type\":\"assistant\",\"message\":{\"usage\":{}}}",
        "{\"type\":\"assistant\",\"timestamp\":null,\"message\":{\"usage\":{}}}",
        "{\"type\":\"assistant\",\"timestamp\":1700000000,\"message\":{\"usage\":{}}}",
        "{\"type\":\"assistant\",\"timestamp\":\"yesterday\",\"message\":{\"usage\":{}}}",
        "{\"type\":\"assistant\",\"timestamp\":\"\",\"message\":{\"usage\":{}}}",
    };
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        const struct harvest *harvest = heard(&arena, lines[i]);
        check_nothing(harvest);
        check_damage(harvest, "no time");
        assert_int_equal(harvest->span_count, 0);
    }
}

static void other_records_without_a_time_are_passed_over(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "{\"type\":\"user\",\"message\":{\"content\":\"hello\"}}",
        "{\"type\":\"assistant\",\"message\":{\"content\":[{\"type\":\"tool_use\",\"id\":\"t\"}]}}",
        "{\"type\":\"system\",\"subtype\":\"api_error\"}",
        "{\"type\":\"assistant\",\"isApiErrorMessage\":true,\"message\":{\"usage\":{}}}",
    };
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        const struct harvest *harvest = heard(&arena, lines[i]);
        check_nothing(harvest);
        assert_int_equal(harvest->damage_count, 0);
    }
}

static void a_synthetic_message_is_never_a_call(void **state)
{
    (void)state;
    static const char *const usages[] = { "{\"input_tokens\":5}", "{\"input_tokens\":-5}" };
    for (size_t i = 0; i < ARRAY_LEN(usages); i++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        const struct harvest *harvest = heard(
            &arena, arena_printf(&arena,
                                 "{\"type\":\"assistant\"," TIME ",\"isApiErrorMessage\":false,"
                                 "\"message\":{\"model\":\"<synthetic>\",\"usage\":%s}}",
                                 usages[i]));
        check_nothing(harvest);
        assert_int_equal(harvest->damage_count, 0);
    }
}

static void an_api_error_is_a_call_only_with_usage(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const struct harvest *empty =
        heard(&arena, CALL("\"input_tokens\":0", ",\"isApiErrorMessage\":true"));
    assert_int_equal(empty->call_count, 0);
    assert_int_equal(empty->api_error_count, 1);
    assert_string_equal(empty->api_errors[0].uuid, "a1");
    assert_int_equal(empty->api_errors[0].at_ns, instant("2026-11-20T09:00:04Z"));
    const struct harvest *billed =
        heard(&arena, CALL("\"input_tokens\":1", ",\"isApiErrorMessage\":true"));
    assert_int_equal(billed->call_count, 1);
    assert_int_equal(billed->api_error_count, 1);
    const struct harvest *searched =
        heard(&arena, CALL("\"server_tool_use\":{\"web_search_requests\":1}",
                           ",\"isApiErrorMessage\":true"));
    assert_int_equal(searched->call_count, 1);
}

static void a_system_record_of_an_api_error_is_one(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const struct harvest *harvest =
        heard(&arena, "{\"subtype\":\"api_error\",\"type\":\"system\",\"error\":{\"status\":529,"
                      "\"retryInMs\":61.5}," TIME ",\"uuid\":\"e1\"}");
    assert_int_equal(harvest->api_error_count, 1);
    assert_string_equal(harvest->api_errors[0].uuid, "e1");
    const struct harvest *other =
        heard(&arena, "{\"subtype\":\"turn_duration\",\"type\":\"system\"," TIME "}");
    check_nothing(other);
    assert_int_equal(other->span_count, 1);
}

#define ITERATIONS                                                                                 \
    USAGE4 ",\"iterations\":[{\"type\":\"message\",\"input_tokens\":100,\"model\":null},"          \
           "{\"output_tokens\":20,\"model\":\"claude-haiku-4-5\",\"type\":\"advisor_message\","    \
           "\"input_tokens\":10,\"cache_creation\":{\"ephemeral_1h_input_tokens\":6}},7,"          \
           "{\"type\":\"advisor_message\",\"model\":\"<synthetic>\",\"input_tokens\":1},"          \
           "{\"type\":\"advisor_message\",\"model\":\"m3\",\"input_tokens\":30,\"speed\":\"fast\"" \
           "}]"

static void advisors_in_older_logs_are_calls_of_their_own(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const struct harvest *harvest =
        heard(&arena, CALL(ITERATIONS, ",\"version\":\"2.1.218\",\"isSidechain\":true"));
    assert_int_equal(harvest->damage_count, 0);
    assert_int_equal(harvest->call_count, 3);
    check_usage(&harvest->calls[0].usage, (int64_t[]){ 1, 2, 3, 0, 4, 0 });
    assert_int_equal(harvest->calls[0].advisor, 0);
    check_usage(&harvest->calls[1].usage, (int64_t[]){ 10, 20, 0, 6, 0, 0 });
    assert_int_equal(harvest->calls[1].advisor, 1);
    assert_string_equal(harvest->calls[1].model, "claude-haiku-4-5");
    assert_string_equal(harvest->calls[1].message_id, "msg_A");
    assert_string_equal(harvest->calls[1].request_id, "req_A");
    assert_string_equal(harvest->calls[1].uuid, "a1");
    assert_int_equal(harvest->calls[1].flags, CALL_SIDECHAIN);
    assert_int_equal(harvest->calls[2].advisor, 3);
    assert_string_equal(harvest->calls[2].model, "m3");
    assert_int_equal(harvest->calls[2].speed, CALL_FAST);
    assert_int_equal(harvest->calls[0].speed, CALL_STANDARD);
}

static void advisors_count_by_version(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        size_t calls;
    } cases[] = {
        { CALL(ITERATIONS, ""), 1 },
        { CALL(ITERATIONS, ",\"version\":null"), 1 },
        { CALL(ITERATIONS, ",\"version\":\"latest\""), 1 },
        { CALL(ITERATIONS, ",\"version\":\"2.1\""), 1 },
        { CALL(ITERATIONS, ",\"version\":\"2.1.\""), 1 },
        { CALL(ITERATIONS, ",\"version\":\"2.1.219\""), 1 },
        { CALL(ITERATIONS, ",\"version\":\"2.1.1000\""), 1 },
        { CALL(ITERATIONS, ",\"version\":\"2.2.0\""), 1 },
        { CALL(ITERATIONS, ",\"version\":\"10.0.0\""), 1 },
        { CALL(ITERATIONS, ",\"version\":\"2.1.22\""), 3 },
        { CALL(ITERATIONS, ",\"version\":\"2.0.300\""), 3 },
        { CALL(ITERATIONS, ",\"version\":\"1.9.999\""), 3 },
        { CALL(ITERATIONS, ",\"version\":\"2.1.218-beta\""), 3 },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        assert_int_equal(heard(&arena, cases[i].line)->call_count, cases[i].calls);
    }
}

static void a_spoilt_advisor_does_not_spoil_its_call(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const struct harvest *harvest =
        heard(&arena, CALL(USAGE4 ",\"iterations\":[{\"type\":\"advisor_message\",\"input_tokens\":"
                                  "-1}]",
                           ",\"version\":\"2.1.1\""));
    assert_int_equal(harvest->call_count, 1);
    check_damage(harvest, "usage is not a count");
}

#define NESTED(inner, outer)                                                                       \
    "{\"type\":\"progress\",\"data\":{\"type\":\"agent_progress\",\"message\":{" inner             \
    "\"type\":\"assistant\",\"message\":{\"id\":\"m\",\"model\":\"x\",\"stop_reason\":\"end\","    \
    "\"content\":[{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"Read\"}],\"usage\":{" USAGE4     \
    "}}}},\"timestamp\":\"2026-11-20T10:00:00Z\",\"uuid\":\"outer\"" outer "}"

static void a_record_nested_in_progress_is_read_and_marked(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const struct harvest *harvest =
        heard(&arena, NESTED("\"timestamp\":\"2026-11-20T09:00:00Z\",\"uuid\":\"inner\","
                             "\"requestId\":\"req_I\",\"isSidechain\":true,",
                             ",\"isSidechain\":false,\"requestId\":\"req_O\",\"gitBranch\":\"b\""));
    const struct call *call = one_call(harvest);
    assert_string_equal(call->uuid, "inner");
    assert_string_equal(call->request_id, "req_I");
    assert_string_equal(call->branch, "b");
    assert_int_equal(call->at_ns, instant("2026-11-20T09:00:00Z"));
    assert_int_equal(call->flags, CALL_NESTED | CALL_SIDECHAIN);
    check_usage(&call->usage, (int64_t[]){ 1, 2, 3, 0, 4, 0 });
    assert_int_equal(harvest->tool_use_count, 1);
    assert_int_equal(harvest->span_count, 1);
    assert_int_equal(harvest->spans[0].from_ns, instant("2026-11-20T10:00:00Z"));
}

static void what_a_nested_record_lacks_the_outer_one_says(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const struct call *call =
        one_call(heard(&arena, NESTED("", ",\"isSidechain\":true,\"requestId\":\"req_O\"")));
    assert_string_equal(call->uuid, "outer");
    assert_string_equal(call->request_id, "req_O");
    assert_int_equal(call->at_ns, instant("2026-11-20T10:00:00Z"));
    assert_int_equal(call->flags, CALL_NESTED | CALL_SIDECHAIN);
    const struct call *main_one =
        one_call(heard(&arena, NESTED("\"isSidechain\":false,", ",\"isSidechain\":true")));
    assert_int_equal(main_one->flags, CALL_NESTED);
}

static void other_progress_holds_nothing(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "{\"type\":\"progress\"," TIME ",\"data\":{\"type\":\"hook_progress\",\"message\":\"x\"}}",
        "{\"type\":\"progress\"," TIME ",\"data\":null}",
        "{\"type\":\"progress\"," TIME ",\"data\":{\"message\":{\"type\":\"user\",\"message\":{"
        "\"content\":\"not a prompt\"}}}}",
        "{\"type\":\"progress\"," TIME ",\"data\":{\"message\":{\"type\":\"progress\",\"data\":{"
        "\"message\":{\"type\":\"assistant\",\"message\":{\"usage\":{\"input_tokens\":1}}}}}}}",
        "{\"type\":\"other\"," TIME ",\"data\":{\"message\":{\"type\":\"assistant\",\"message\":{"
        "\"usage\":{\"input_tokens\":1}}}}}",
    };
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        const struct harvest *harvest = heard(&arena, lines[i]);
        check_nothing(harvest);
        assert_int_equal(harvest->damage_count, 0);
    }
}

static void only_tool_use_blocks_with_an_id_are_tools(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const struct harvest *harvest = heard(
        &arena,
        "{\"type\":\"assistant\"," TIME ",\"message\":{\"content\":[{\"type\":\"text\",\"id\":"
        "\"x\"},{\"type\":\"tool_use\"},{\"type\":\"tool_use\",\"id\":\"\"},\"text\",null,"
        "{\"type\":\"server_tool_use\",\"id\":\"s\",\"name\":\"web_search\"},"
        "{\"type\":\"tool_use\",\"id\":\"t1\"},{\"type\":\"tool_use\",\"id\":\"t2\",\"name\":"
        "\"Bash\"},{\"type\":\"tool_result\",\"tool_use_id\":\"t3\"}]}}");
    assert_int_equal(harvest->tool_use_count, 2);
    assert_string_equal(harvest->tool_uses[0].id, "t1");
    assert_string_equal(harvest->tool_uses[0].name, "");
    assert_string_equal(harvest->tool_uses[1].id, "t2");
    assert_string_equal(harvest->tool_uses[1].name, "Bash");
    assert_int_equal(harvest->tool_result_count, 0);
}

#define RESULT(block, more)                                                                        \
    "{\"type\":\"user\"," TIME ",\"message\":{\"role\":\"user\",\"content\":[{\"type\":"           \
    "\"tool_result\",\"tool_use_id\":\"t1\"" block "}]}" more "}"
#define UNWANTED                                                                                   \
    "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if"

static void tool_results_have_a_state(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum tool_state state;
    } cases[] = {
        { RESULT("", ""), TOOL_OK },
        { RESULT(",\"is_error\":null", ""), TOOL_OK },
        { RESULT(",\"is_error\":false,\"content\":\"done\"", ""), TOOL_OK },
        { RESULT(",\"is_error\":true", ""), TOOL_ERROR },
        { RESULT(",\"content\":\"Exit code 1\",\"is_error\":true",
                 ",\"toolUseResult\":\"Error: Exit code 1\""),
          TOOL_ERROR },
        { RESULT(",\"is_error\":true", ",\"toolDenialKind\":\"user-rejected\""), TOOL_DECLINED },
        { RESULT(",\"is_error\":true", ",\"toolDenialKind\":null"), TOOL_ERROR },
        { RESULT(",\"is_error\":true", ",\"toolUseResult\":\"User rejected tool use\""),
          TOOL_DECLINED },
        { RESULT(",\"is_error\":true,\"content\":\"" UNWANTED "\"", ""), TOOL_DECLINED },
        { RESULT(",\"content\":\"The user doesn\\u0027t want to proceed with this tool use.\","
                 "\"is_error\":true",
                 ""),
          TOOL_DECLINED },
        { RESULT(",\"content\":[{\"type\":\"image\"},{\"type\":\"text\",\"text\":\"" UNWANTED
                 "\"},{\"type\":\"text\",\"text\":\"more\"}],\"is_error\":true",
                 ""),
          TOOL_DECLINED },
        { RESULT(",\"content\":\"" UNWANTED "\"", ""), TOOL_OK }, /* a tool that shows such text */
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        const struct harvest *harvest = heard(&arena, cases[i].line);
        assert_int_equal(harvest->tool_result_count, 1);
        assert_string_equal(harvest->tool_results[0].id, "t1");
        assert_int_equal(harvest->tool_results[0].state, cases[i].state);
        assert_int_equal(harvest->tool_results[0].at_ns, instant("2026-11-20T09:00:04Z"));
        assert_int_equal(harvest->prompt_count, 0);
        assert_int_equal(harvest->damage_count, 0);
    }
}

static void tool_results_have_a_length(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        int64_t bytes;
    } cases[] = {
        { RESULT("", ""), 0 },
        { RESULT(",\"content\": \"done\\n\"", ""), 6 }, /* as it stands there */
        { RESULT(",\"content\": [ {\"type\":\"image\"} ] ", ""), 20 },
        { RESULT(",\"content\":null", ""), 4 },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        const struct harvest *harvest = heard(&arena, cases[i].line);
        assert_int_equal(harvest->tool_result_count, 1);
        assert_int_equal(harvest->tool_results[0].bytes, cases[i].bytes);
    }
}

static void a_compaction_says_what_it_says(void **state)
{
    (void)state;
    static const struct {
        const char *meta;
        const char *trigger;
        int64_t pre;
        int64_t post;
    } cases[] = {
        { "{\"trigger\":\"auto\",\"preTokens\":167000,\"postTokens\":21000,\"x\":[]}", "auto",
          167000, 21000 },
        { "{\"preTokens\":-5,\"postTokens\":1.5,\"trigger\":7}", "", 0, 0 },
        { "null", "", 0, 0 },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        const struct harvest *harvest =
            heard(&arena, arena_printf(&arena,
                                       "{\"type\":\"system\",\"subtype\":\"compact_boundary\"," TIME
                                       ",\"uuid\":\"c1\",\"compactMetadata\":%s}",
                                       cases[i].meta));
        assert_int_equal(harvest->damage_count, 0);
        assert_int_equal(harvest->compaction_count, 1);
        assert_string_equal(harvest->compactions[0].uuid, "c1");
        assert_string_equal(harvest->compactions[0].trigger, cases[i].trigger);
        assert_int_equal(harvest->compactions[0].pre_tokens, cases[i].pre);
        assert_int_equal(harvest->compactions[0].post_tokens, cases[i].post);
        assert_int_equal(harvest->compactions[0].at_ns, instant("2026-11-20T09:00:04Z"));
    }
}

static void a_call_names_its_subagent(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const struct harvest *harvest =
        heard(&arena, "{\"type\":\"assistant\",\"agentId\":\"a7\"," TIME
                      ",\"requestId\":\"r\",\"message\":{\"id\":\"m\",\"model\":\"x\","
                      "\"usage\":{\"output_tokens\":1}}}");
    assert_int_equal(harvest->call_count, 1);
    assert_string_equal(harvest->calls[0].agent, "a7");
    harvest = heard(&arena, "{\"type\":\"assistant\"," TIME
                            ",\"requestId\":\"r\",\"message\":{\"id\":\"m\",\"model\":\"x\","
                            "\"usage\":{\"output_tokens\":1}}}");
    assert_string_equal(harvest->calls[0].agent, "");
}

#define PROMPT(content, more)                                                                      \
    "{\"type\":\"user\",\"uuid\":\"p1\"," TIME                                                     \
    ",\"message\":{\"role\":\"user\",\"content\":" content "}" more "}"

static void what_a_person_typed_is_a_prompt(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        const char *text;
    } cases[] = {
        { PROMPT("\"rename the parser\"", ""), "rename the parser" },
        { PROMPT("\"a\\nb \\u00e4\"", ""), "a\nb \xc3\xa4" },
        { PROMPT("[{\"type\":\"image\"},{\"type\":\"text\",\"text\":\"look\"},{\"type\":\"text\","
                 "\"text\":\"not this\"}]",
                 ""),
          "look" },
        { PROMPT("[{\"type\":\"image\"}]", ""), "" },
        { PROMPT("\"x\"", ",\"origin\":{\"kind\":\"human\"}"), "x" },
        { PROMPT("\"x\"", ",\"origin\":null,\"isMeta\":false,\"isSidechain\":false"), "x" },
        { PROMPT("\"about <command-name>\"", ""), "about <command-name>" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        const struct harvest *harvest = heard(&arena, cases[i].line);
        assert_int_equal(harvest->prompt_count, 1);
        assert_string_equal(harvest->prompts[0].text, cases[i].text);
        assert_string_equal(harvest->prompts[0].uuid, "p1");
        assert_int_equal(harvest->prompts[0].at_ns, instant("2026-11-20T09:00:04Z"));
    }
}

static void what_nobody_typed_is_no_prompt(void **state)
{
    (void)state;
    static const char *const lines[] = {
        PROMPT("\"x\"", ",\"isMeta\":true"),
        PROMPT("\"x\"", ",\"isSidechain\":true"),
        PROMPT("\"x\"", ",\"isCompactSummary\":true"),
        PROMPT("\"x\"", ",\"isVisibleInTranscriptOnly\":true"),
        PROMPT("\"x\"", ",\"origin\":{\"kind\":\"task-notification\"}"),
        PROMPT("\"x\"", ",\"origin\":{\"kind\":\"peer\"}"),
        PROMPT("\"<command-name>/model</command-name>\"", ""),
        PROMPT("\"<command-message>model</command-message>\"", ""),
        PROMPT("\"<local-command-stdout>ok</local-command-stdout>\"", ""),
        PROMPT("\"\\u003ctask-notification>\"", ""),
        PROMPT("\"[Request interrupted by user]\"", ""),
        PROMPT("[{\"type\":\"text\",\"text\":\"[Request interrupted by user for tool use]\"}]", ""),
        PROMPT("[{\"type\":\"tool_result\"},{\"type\":\"text\",\"text\":\"x\"}]", ""),
    };
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        check_nothing(heard(&arena, lines[i]));
    }
}

static void a_long_prompt_is_cut_at_200_characters(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    char wide[4 * 300 + 1] = "";
    for (size_t i = 0; i < 300; i++)
        memcpy(wide + 4 * i, "\xf0\x9f\x9a\x80", 5);
    const struct harvest *harvest = heard(
        &arena, arena_printf(
                    &arena, "{\"type\":\"user\"," TIME ",\"message\":{\"content\":\"%s\"}}", wide));
    assert_int_equal(strlen(harvest->prompts[0].text), 4 * 200);
    const struct harvest *narrow =
        heard(&arena,
              arena_printf(&arena,
                           "{\"type\":\"user\"," TIME ",\"message\":{\"content\":\"%0300d\"}}", 7));
    assert_int_equal(strlen(narrow->prompts[0].text), 200);
}

static void conversation_records_are_seen_and_no_others(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        size_t spans;
    } cases[] = {
        { "user", 1 },     { "assistant", 1 },       { "system", 1 },  { "attachment", 1 },
        { "progress", 1 }, { "queue-operation", 0 }, { "summary", 0 }, { "pr-link", 0 },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        const char *line = arena_printf(&arena, "{\"type\":\"%s\"," TIME "}", cases[i].type);
        assert_int_equal(heard(&arena, line)->span_count, cases[i].spans);
    }
}

static void any_line_may_name_session_and_folder(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const struct harvest *harvest =
        heard(&arena, "{\"type\":\"mode\",\"sessionId\":\"S\",\"cwd\":\"C:\\\\w\"}");
    assert_string_equal(harvest->session, "S");
    assert_string_equal(harvest->cwd, "C:\\w");
}

static void a_member_that_comes_twice_counts_as_the_last(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const struct harvest *harvest = heard(
        &arena, "{\"type\":\"user\",\"type\":\"assistant\"," TIME ",\"message\":{\"usage\":{"
                "\"input_tokens\":-9},\"content\":[{\"type\":\"tool_use\",\"id\":\"t1\"}]},"
                "\"message\":{\"usage\":{\"input_tokens\":9},\"usage\":{\"output_tokens\":2}}}");
    check_usage(&one_call(harvest)->usage, (int64_t[]){ 0, 2, 0, 0, 0, 0 });
    assert_int_equal(harvest->tool_use_count, 0);
}

static void blank_lines_are_nothing(void **state)
{
    (void)state;
    static const char *const lines[] = { "", " ", "\t \r", "\n" };
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        const struct harvest *harvest = heard(&arena, lines[i]);
        check_nothing(harvest);
        assert_int_equal(harvest->damage_count, 0);
    }
}

static void what_is_no_object_is_damage(void **state)
{
    (void)state;
    static const char *const lines[] = { "[]", "null", "7", "\"{}\"", "[{\"type\":\"user\"}]" };
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        const struct harvest *harvest = heard(&arena, lines[i]);
        check_nothing(harvest);
        check_damage(harvest, "not an object");
    }
}

static void a_line_cut_anywhere_is_damage_and_nothing_else(void **state)
{
    (void)state;
    static const char line[] =
        "{\"type\":\"assistant\"," TIME ",\"sessionId\":\"S\",\"message\":{\"model\":\"m\","
        "\"content\":[{\"type\":\"tool_use\",\"id\":\"t1\"}],\"usage\":{" USAGE4
        ",\"iterations\":[{\"type\":\"advisor_message\"}]}},\"data\":{\"message\":{}}}";
    for (size_t length = 1; length < sizeof(line) - 1; length++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        const struct harvest *harvest = heard_bytes(&arena, line, length);
        check_nothing(harvest);
        assert_int_equal(harvest->damage_count, 1);
        assert_non_null(harvest->damages[0].reason);
        assert_int_equal(harvest->damages[0].length, length);
        assert_int_equal(harvest->span_count, 0);
        assert_string_equal(harvest->session, "");
    }
    CLEANUP(arena_free) struct arena arena = { 0 };
    assert_int_equal(heard(&arena, line)->call_count, 1);
}

static void glued_lines_and_foreign_bytes_are_damage(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
    } lines[] = {
        { "{}{}", 4 },
        { CALL(USAGE4, "") "{\"type\":\"mode\"}",
          sizeof(CALL(USAGE4, "") "{\"type\":\"mode\"}") - 1 },
        { "{\"type\":\"us{\"type\":\"assistant\"}", 32 },
        { "\0\0\0\0", 4 },
        { "{}\0", 3 },
        { "{\"type\":\"a\xff\"}", 13 },
        { "\xef\xbb\xbf{}", 5 },
        { "hello", 5 },
    };
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        const struct harvest *harvest = heard_bytes(&arena, lines[i].bytes, lines[i].length);
        check_nothing(harvest);
        assert_int_equal(harvest->damage_count, 1);
    }
}

/* --- files ------------------------------------------------------------------------------- */

static char folder[sizeof("/tmp/test_claude_XXXXXX")];

static void put(struct arena *arena, const char *name, const char *text)
{
    char *path = arena_printf(arena, "%s/%s", folder, name);
    for (char *at = path + strlen(folder) + 1; (at = strchr(at, '/')); at++) {
        *at = '\0';
        (void)mkdir(path, 0700);
        *at = '/';
    }
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
}

static void drop(struct arena *arena, const char *path)
{
    struct file_list list;
    struct err err = { 0 };
    struct stat info;
    if (lstat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
        assert_int_equal(chmod(path, 0700), 0);
        assert_true(file_names(arena, path, &list, &err));
        for (size_t i = 0; i < list.count; i++)
            drop(arena, arena_printf(arena, "%s/%s", path, list.names[i]));
    }
    (void)remove(path);
}

static int make_folder(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/test_claude_XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int drop_folder(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    drop(&arena, folder);
    return 0;
}

static struct log_paths found(struct arena *arena)
{
    struct log_paths paths = { 0 };
    struct err err = { 0 };
    if (!source_claude.find(arena, folder, &paths, &err))
        fail_msg("%s", err.text);
    return paths;
}

static void check_path(struct arena *arena, const struct log_path *path, const char *name,
                       const char *session, const char *label)
{
    assert_string_equal(path->path, arena_printf(arena, "%s/projects/%s", folder, name));
    assert_string_equal(path->session, session);
    assert_string_equal(path->label, label);
    const char *agent = strrchr(name, '/');
    agent = agent && strncmp(agent, "/agent-", 7) == 0 ? agent + 7 : "";
    assert_string_equal(arena_printf(arena, *agent ? "%s.jsonl" : "%s", path->agent), agent);
}

static void a_folder_without_logs_has_none(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    assert_int_equal(found(&arena).count, 0);
    put(&arena, "projects/-w-app/notes.txt", "");
    put(&arena, "projects/-w-app/.jsonl", "");
    put(&arena, "history.jsonl", "{}");
    assert_int_equal(found(&arena).count, 0);
}

static void finds_every_layout_sorted_by_path(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    static const struct {
        const char *name;
        const char *session;
        const char *label;
    } logs[] = {
        { "-w-app/S1.jsonl", "S1", "-w-app" },
        { "-w-app/S1/subagents/agent-1.jsonl", "S1", "-w-app" },
        { "-w-app/S1/subagents/workflows/wf_1/agent-2.jsonl", "S1", "-w-app" },
        { "-w-app/S1/subagents/workflows/wf_1/journal.jsonl", "S1", "-w-app" },
        { "-w-app/S1/subagents/x/subagents/agent-3.jsonl", "S1", "-w-app" },
        { "-w-app/S2/chat.jsonl", "S2", "-w-app" },
        { "-w-app/agent-0123abcd.jsonl", "", "-w-app" },
        { "-w-app/subagents/agent-9.jsonl", "", "-w-app" },
        { "-w-app/team/S3/subagents/agent-4.jsonl", "S3", "-w-app" },
        { "-w/S4.jsonl", "S4", "-w" },
        { "loose.jsonl", "loose", "" },
    };
    for (size_t i = ARRAY_LEN(logs); i-- > 0;)
        put(&arena, arena_printf(&arena, "projects/%s", logs[i].name), "");
    put(&arena, "projects/-w-app/S1/subagents/agent-1.meta.json", "{}");
    struct log_paths paths = found(&arena);
    assert_int_equal(paths.count, ARRAY_LEN(logs));
    for (size_t i = 0; i < paths.count; i++)
        check_path(&arena, &paths.items[i], logs[i].name, logs[i].session, logs[i].label);
}

static void links_and_odd_files_are_not_followed(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    put(&arena, "projects/-w/S.jsonl", "");
    put(&arena, "elsewhere/other.jsonl", "");
    const char *projects = arena_printf(&arena, "%s/projects", folder);
    const char *other = arena_printf(&arena, "%s/elsewhere", folder);
    assert_int_equal(symlink(other, arena_printf(&arena, "%s/-link", projects)), 0);
    assert_int_equal(symlink(other, arena_printf(&arena, "%s/-w/link", projects)), 0);
    assert_int_equal(symlink("S.jsonl", arena_printf(&arena, "%s/-w/T.jsonl", projects)), 0);
    assert_int_equal(symlink("..", arena_printf(&arena, "%s/-w/up", projects)), 0);
    assert_int_equal(mkfifo(arena_printf(&arena, "%s/-w/F.jsonl", projects), 0600), 0);
    assert_int_equal(mkdir(arena_printf(&arena, "%s/-w/D.jsonl", projects), 0700), 0);
    struct log_paths paths = found(&arena);
    assert_int_equal(paths.count, 1);
    check_path(&arena, &paths.items[0], "-w/S.jsonl", "S", "-w");
}

static void a_folder_that_cannot_be_listed_is_handed_out_itself(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    put(&arena, "projects/-a/S.jsonl", "");
    put(&arena, "projects/-b/S.jsonl", "");
    const char *closed = arena_printf(&arena, "%s/projects/-a", folder);
    const char *open[] = { "", "/projects", "/projects/-b" };
    for (size_t i = 0; i < ARRAY_LEN(open); i++)
        assert_int_equal(chmod(arena_printf(&arena, "%s%s", folder, open[i]), 0755), 0);
    assert_int_equal(chmod(closed, 0), 0);
    uid_t me = geteuid();
    if (me == 0) /* to whom no folder is closed */
        assert_int_equal(seteuid(65534), 0);
    struct log_paths paths = found(&arena);
    assert_int_equal(seteuid(me), 0);
    assert_int_equal(paths.count, 2);
    check_path(&arena, &paths.items[0], "-a", "", "-a");
    check_path(&arena, &paths.items[1], "-b/S.jsonl", "S", "-b");
}

static void a_folder_that_cannot_be_entered_hands_out_its_names(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    put(&arena, "projects/-a/S.jsonl", "");
    assert_int_equal(chmod(folder, 0755), 0);
    assert_int_equal(chmod(arena_printf(&arena, "%s/projects", folder), 0755), 0);
    assert_int_equal(chmod(arena_printf(&arena, "%s/projects/-a", folder), 0444), 0);
    uid_t me = geteuid();
    if (me == 0)
        assert_int_equal(seteuid(65534), 0);
    struct log_paths paths = found(&arena);
    assert_int_equal(seteuid(me), 0);
    assert_int_equal(paths.count, 1);
    check_path(&arena, &paths.items[0], "-a/S.jsonl", "", "-a");
}

static void projects_that_are_no_folder_are_an_error(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    put(&arena, "projects", "");
    struct log_paths paths;
    struct err err = { 0 };
    assert_false(source_claude.find(&arena, folder, &paths, &err));
    assert_int_equal(err.code, ERR_IO);
}

static void many_logs_are_all_found(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    for (int i = 0; i < 200; i++)
        put(&arena, arena_printf(&arena, "projects/-%d/%03d.jsonl", i % 7, i), "");
    struct log_paths paths = found(&arena);
    assert_int_equal(paths.count, 200);
    for (size_t i = 1; i < paths.count; i++)
        assert_true(strcmp(paths.items[i - 1].path, paths.items[i].path) < 0);
}

static void depth_has_a_bound(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    put(&arena, "projects/1/2/3/4/5/6/7/8/deep.jsonl", "");
    put(&arena, "projects/1/2/3/4/5/6/7/8/9/10/11/12/13/deeper.jsonl", "");
    assert_int_equal(found(&arena).count, 1);
}

/* Reads the file as an import does: complete lines only. */
static void read_log(struct harvester *harvester, const char *path)
{
    CLEANUP(lines_close) struct lines *lines = NULL;
    struct err err = { 0 };
    struct line line;
    bool more;
    assert_true(lines_open(path, 0, NULL, &lines, &err));
    while (lines_next(lines, &line, &more, &err) && more)
        if (!line.tail)
            source_claude.line(harvester, line.bytes, line.length, line.offset);
}

static void a_small_corpus_is_read_whole(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    put(&arena, "projects/-w/S1.jsonl",
        "\xef\xbb\xbf" PROMPT("\"do it\"", ",\"sessionId\":\"S1\",\"cwd\":\"/w\"") "\r\n" CALL(
            "\"output_tokens\":1",
            "") "\n\n" CALL("\"output_tokens\":30",
                            "") "\n" RESULT("", "") "\n"
                                                    "{\"torn" CALL(
                                                        "\"output_tokens\":99",
                                                        "") "\n" CALL("\"output_tokens\":500", ""));
    put(&arena, "projects/-w/S1/subagents/agent-1.jsonl",
        CALL("\"input_tokens\":7", ",\"isSidechain\":true") "\n");
    struct log_paths paths = found(&arena);
    assert_int_equal(paths.count, 2);
    struct harvester *harvester = harvester_new(&arena);
    for (size_t i = 0; i < paths.count; i++)
        read_log(harvester, paths.items[i].path);
    const struct harvest *harvest = harvester_result(harvester);
    assert_int_equal(harvest->call_count, 1);
    assert_int_equal(harvest->calls[0].usage.output, 30);
    assert_int_equal(harvest->calls[0].flags, 0);
    assert_int_equal(harvest->prompt_count, 1);
    assert_int_equal(harvest->tool_result_count, 1);
    assert_int_equal(harvest->damage_count, 1);
    assert_string_equal(harvest->session, "S1");
    assert_string_equal(harvest->cwd, "/w");
}

#define FILES_TEST(test) cmocka_unit_test_setup_teardown(test, make_folder, drop_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_whole_assistant_record),
        cmocka_unit_test(keys_come_in_any_order_and_with_spaces),
        cmocka_unit_test(escapes_are_undone),
        cmocka_unit_test(null_and_missing_counters_are_zero),
        cmocka_unit_test(a_counter_that_is_no_count_spoils_the_call),
        cmocka_unit_test(the_largest_count_is_two_to_the_53),
        cmocka_unit_test(tools_of_a_spoilt_call_are_kept),
        cmocka_unit_test(cache_writes_are_the_larger_of_sum_and_split),
        cmocka_unit_test(speed_geo_and_tier_become_marks),
        cmocka_unit_test(without_a_stop_reason_the_call_is_open),
        cmocka_unit_test(a_call_without_usage_is_none),
        cmocka_unit_test(a_call_without_a_time_is_damage),
        cmocka_unit_test(other_records_without_a_time_are_passed_over),
        cmocka_unit_test(a_synthetic_message_is_never_a_call),
        cmocka_unit_test(an_api_error_is_a_call_only_with_usage),
        cmocka_unit_test(a_system_record_of_an_api_error_is_one),
        cmocka_unit_test(advisors_in_older_logs_are_calls_of_their_own),
        cmocka_unit_test(advisors_count_by_version),
        cmocka_unit_test(a_spoilt_advisor_does_not_spoil_its_call),
        cmocka_unit_test(a_record_nested_in_progress_is_read_and_marked),
        cmocka_unit_test(what_a_nested_record_lacks_the_outer_one_says),
        cmocka_unit_test(other_progress_holds_nothing),
        cmocka_unit_test(only_tool_use_blocks_with_an_id_are_tools),
        cmocka_unit_test(tool_results_have_a_state),
        cmocka_unit_test(tool_results_have_a_length),
        cmocka_unit_test(a_compaction_says_what_it_says),
        cmocka_unit_test(a_call_names_its_subagent),
        cmocka_unit_test(what_a_person_typed_is_a_prompt),
        cmocka_unit_test(what_nobody_typed_is_no_prompt),
        cmocka_unit_test(a_long_prompt_is_cut_at_200_characters),
        cmocka_unit_test(conversation_records_are_seen_and_no_others),
        cmocka_unit_test(any_line_may_name_session_and_folder),
        cmocka_unit_test(a_member_that_comes_twice_counts_as_the_last),
        cmocka_unit_test(blank_lines_are_nothing),
        cmocka_unit_test(what_is_no_object_is_damage),
        cmocka_unit_test(a_line_cut_anywhere_is_damage_and_nothing_else),
        cmocka_unit_test(glued_lines_and_foreign_bytes_are_damage),
        FILES_TEST(a_folder_without_logs_has_none),
        FILES_TEST(finds_every_layout_sorted_by_path),
        FILES_TEST(links_and_odd_files_are_not_followed),
        FILES_TEST(a_folder_that_cannot_be_listed_is_handed_out_itself),
        FILES_TEST(a_folder_that_cannot_be_entered_hands_out_its_names),
        FILES_TEST(projects_that_are_no_folder_are_an_error),
        FILES_TEST(many_logs_are_all_found),
        FILES_TEST(depth_has_a_bound),
        FILES_TEST(a_small_corpus_is_read_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
