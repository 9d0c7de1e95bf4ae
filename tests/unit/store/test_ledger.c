#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/ledger.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"

/* --- a world in small: records as logs tell them --- */

struct told { /* one record of a call, in the log of a session */
    const char *session;
    const char *message_id;
    const char *request_id;
    const char *uuid;
    int64_t second; /* of its time */
    int64_t output;
    int64_t input;
    unsigned flags;
    const char *origin;
};

static char folder[64];
static char path[128];

static int make_folder(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/test_ledger_XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(path, sizeof(path), "%s/ledger.db", folder);
    return 0;
}

static int drop_folder(void **state)
{
    (void)state;
    char journal[160];
    (void)snprintf(journal, sizeof(journal), "%s-journal", path);
    (void)unlink(journal);
    (void)unlink(path);
    (void)rmdir(folder);
    return 0;
}

static struct ledger *ledger_now(enum ledger_mode mode)
{
    struct err err = { 0 };
    struct ledger *ledger = NULL;
    if (!ledger_open(path, mode, 5000, &ledger, &err))
        fail_msg("%s", err.text);
    return ledger;
}

static enum err_code code_of_open(enum ledger_mode mode, int wait_ms)
{
    struct err err = { 0 };
    CLEANUP(ledger_close) struct ledger *ledger = NULL;
    return ledger_open(path, mode, wait_ms, &ledger, &err) ? ERR_NONE : err.code;
}

static struct call call_of(const struct told *told)
{
    return (struct call){
        .message_id = told->message_id,
        .request_id = told->request_id,
        .uuid = told->uuid,
        .origin_session = told->origin ? told->origin : "",
        .model = "claude-opus-5",
        .branch = "main",
        .at_ns = told->second * CLOCK_SECOND_NS,
        .usage = { .input = told->input, .output = told->output, .cache_read = 1000 },
        .flags = told->flags,
    };
}

static void merge_one(struct ledger *ledger, const char *session, const char *project,
                      const struct harvest *harvest, const int64_t *costs)
{
    struct err err = { 0 };
    char log[64];
    (void)snprintf(log, sizeof(log), "/logs/%s.jsonl", session);
    struct log_owner owner = { log, session, project, NULL };
    struct log_state log_state = { .offset = 10, .file = { .size = 10 } };
    if (!ledger_merge(ledger, &owner, harvest, costs, &log_state, &err))
        fail_msg("%s", err.text);
}

static void merge_told(struct ledger *ledger, const struct told *told)
{
    char project[64];
    (void)snprintf(project, sizeof(project), "/home/%s", told->session);
    struct call call = call_of(told);
    int64_t cost = told->output * 10;
    struct harvest harvest = { .calls = &call, .call_count = 1, .session = "", .cwd = "" };
    merge_one(ledger, told->session, project, &harvest, &cost);
}

static int64_t text_id(struct ledger *ledger, const char *text)
{
    struct err err = { 0 };
    int64_t id = -1;
    assert_true(ledger_text_id(ledger, text, &id, &err));
    return id;
}

static void begin(struct ledger *ledger)
{
    struct err err = { 0 };
    if (!ledger_begin(ledger, &err))
        fail_msg("%s", err.text);
}

static void commit(struct ledger *ledger)
{
    struct err err = { 0 };
    if (!ledger_settle_owners(ledger, &err) || !ledger_commit(ledger, &err))
        fail_msg("%s", err.text);
}

static const struct ledger_window always = { INT64_MIN, INT64_MAX, 0 };

static void dump_calls(struct ledger *ledger, struct buf *out)
{
    struct err err = { 0 };
    CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = NULL;
    struct ledger_call call;
    bool more;
    assert_true(ledger_calls_open(ledger, &always, &cursor, &err));
    for (;;) {
        assert_true(ledger_calls_next(cursor, &call, &more, &err));
        if (!more)
            return;
        buf_addf(out, "%d %s %s %s in %d out %d cost %d flags %u\n",
                 (int)(call.at_ns / CLOCK_SECOND_NS), ledger_text(ledger, call.session),
                 ledger_text(ledger, call.project), ledger_text(ledger, call.model),
                 (int)call.usage.input, (int)call.usage.output, (int)call.cost_nano_usd,
                 call.flags);
    }
}

static void dump_tools(struct ledger *ledger, struct buf *out)
{
    struct err err = { 0 };
    CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = NULL;
    struct ledger_tool tool;
    bool more;
    assert_true(ledger_tools_open(ledger, &always, &cursor, &err));
    for (;;) {
        assert_true(ledger_tools_next(cursor, &tool, &more, &err));
        if (!more)
            return;
        buf_addf(out, "%d tool %s %s %d\n", (int)(tool.at_ns / CLOCK_SECOND_NS),
                 ledger_text(ledger, tool.session), ledger_text(ledger, tool.name),
                 (int)tool.state);
    }
}

static void dump_prompts(struct ledger *ledger, struct buf *out)
{
    struct err err = { 0 };
    CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = NULL;
    struct ledger_event event;
    bool more;
    assert_true(ledger_prompts_open(ledger, &always, &cursor, &err));
    for (;;) {
        assert_true(ledger_events_next(cursor, &event, &more, &err));
        if (!more)
            return;
        buf_addf(out, "%d prompt %s %s\n", (int)(event.at_ns / CLOCK_SECOND_NS),
                 ledger_text(ledger, event.session), event.text);
    }
}

static const char *dump(struct ledger *ledger, struct arena *arena)
{
    struct buf buf;
    buf_init(&buf, arena, 1 << 20);
    buf_add(&buf, "");
    dump_calls(ledger, &buf);
    dump_tools(ledger, &buf);
    dump_prompts(ledger, &buf);
    return buf.text ? buf.text : "";
}

static void assert_sound(struct ledger *ledger)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct err err = { 0 };
    const char **findings;
    size_t count;
    assert_true(ledger_check(ledger, &arena, &findings, &count, &err));
    for (size_t i = 0; i < count; i++)
        print_message("# %s\n", findings[i]);
    assert_int_equal(count, 0);
}

/* Merge a story into a new ledger, and give what the cursors say. */
static const char *told_dump(const struct told *told, size_t count, struct arena *arena)
{
    CLEANUP(ledger_close) struct ledger *ledger = ledger_now(LEDGER_WRITE);
    begin(ledger);
    for (size_t i = 0; i < count; i++)
        merge_told(ledger, &told[i]);
    commit(ledger);
    assert_sound(ledger);
    return dump(ledger, arena);
}

static void assert_told(const struct told *told, size_t count, const char *expected)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    assert_string_equal(told_dump(told, count, &arena), expected);
    (void)unlink(path);
    struct told *back = arena_alloc(&arena, count * sizeof(*back)); /* the other way round */
    for (size_t i = 0; i < count; i++)
        back[i] = told[count - 1 - i];
    assert_string_equal(told_dump(back, count, &arena), expected);
}

/* --- what counts once --- */

static void keeps_the_record_with_most_output_whole(void **state)
{
    (void)state;
    const struct told told[] = {
        { .session = "a",
          .message_id = "m",
          .request_id = "r",
          .uuid = "1",
          .second = 1,
          .output = 1,
          .input = 9 },
        { .session = "a",
          .message_id = "m",
          .request_id = "r",
          .uuid = "2",
          .second = 2,
          .output = 50,
          .input = 7 },
        { .session = "a",
          .message_id = "m",
          .request_id = "r",
          .uuid = "3",
          .second = 3,
          .output = 50,
          .input = 7 },
    };
    assert_told(told, 3, "2 a /home/a claude-opus-5 in 7 out 50 cost 500 flags 0\n");
}

static void keeps_calls_of_different_requests_of_the_main_thread(void **state)
{
    (void)state;
    const struct told told[] = {
        { .session = "a",
          .message_id = "m",
          .request_id = "r",
          .uuid = "1",
          .second = 1,
          .output = 1 },
        { .session = "a",
          .message_id = "m",
          .request_id = "s",
          .uuid = "2",
          .second = 2,
          .output = 2 },
    };
    assert_told(told, 2,
                "1 a /home/a claude-opus-5 in 0 out 1 cost 10 flags 0\n"
                "2 a /home/a claude-opus-5 in 0 out 2 cost 20 flags 0\n");
}

static void counts_no_side_question_beside_its_parent(void **state)
{
    (void)state;
    const struct told told[] = {
        { .session = "a",
          .message_id = "m",
          .request_id = "r",
          .uuid = "1",
          .second = 1,
          .output = 1 },
        { .session = "a",
          .message_id = "m",
          .request_id = "s",
          .uuid = "2",
          .second = 2,
          .output = 99,
          .flags = CALL_SIDECHAIN },
    };
    assert_told(told, 2, "1 a /home/a claude-opus-5 in 0 out 1 cost 10 flags 0\n");
}

static void counts_the_best_of_side_chains_of_one_message(void **state)
{
    (void)state;
    const struct told told[] = {
        { .session = "a",
          .message_id = "m",
          .request_id = "r",
          .uuid = "1",
          .second = 1,
          .output = 1,
          .flags = CALL_SIDECHAIN },
        { .session = "a",
          .message_id = "m",
          .request_id = "s",
          .uuid = "2",
          .second = 2,
          .output = 99,
          .flags = CALL_SIDECHAIN },
        { .session = "a",
          .message_id = "m",
          .request_id = "t",
          .uuid = "3",
          .second = 3,
          .output = 5,
          .flags = CALL_SIDECHAIN },
    };
    assert_told(told, 3, "2 a /home/a claude-opus-5 in 0 out 99 cost 990 flags 1\n");
}

static void takes_a_call_for_a_side_chain_only_when_all_records_say_so(void **state)
{
    (void)state;
    const struct told told[] = {
        { .session = "a",
          .message_id = "m",
          .request_id = "r",
          .uuid = "1",
          .second = 1,
          .output = 9,
          .flags = CALL_SIDECHAIN },
        { .session = "a",
          .message_id = "m",
          .request_id = "r",
          .uuid = "2",
          .second = 2,
          .output = 1 },
        { .session = "a",
          .message_id = "m",
          .request_id = "s",
          .uuid = "3",
          .second = 3,
          .output = 99,
          .flags = CALL_SIDECHAIN },
    };
    assert_told(told, 3, "1 a /home/a claude-opus-5 in 0 out 9 cost 90 flags 0\n");
}

static void prefers_a_direct_record_to_a_nested_one(void **state)
{
    (void)state;
    const struct told told[] = {
        { .session = "a",
          .message_id = "m",
          .request_id = "r",
          .uuid = "1",
          .second = 1,
          .output = 80,
          .flags = CALL_NESTED },
        { .session = "a",
          .message_id = "m",
          .request_id = "r",
          .uuid = "2",
          .second = 2,
          .output = 20,
          .flags = CALL_SIDECHAIN },
        { .session = "a",
          .message_id = "n",
          .request_id = "q",
          .uuid = "3",
          .second = 3,
          .output = 7,
          .flags = CALL_NESTED },
    };
    assert_told(told, 3,
                "2 a /home/a claude-opus-5 in 0 out 20 cost 200 flags 1\n"
                "3 a /home/a claude-opus-5 in 0 out 7 cost 70 flags 2\n");
}

static void keeps_advisor_iterations_apart(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(ledger_close) struct ledger *ledger = ledger_now(LEDGER_WRITE);
    struct told told = {
        .session = "a", .message_id = "m", .request_id = "r", .uuid = "1", .second = 1, .output = 3
    };
    struct call calls[3] = { call_of(&told), call_of(&told), call_of(&told) };
    calls[1].advisor = 1;
    calls[2].advisor = 2;
    int64_t costs[3] = { 1, 2, USAGE_UNPRICED };
    struct harvest harvest = { .calls = calls, .call_count = 3, .session = "", .cwd = "" };
    begin(ledger);
    merge_one(ledger, "a", "/p", &harvest, costs);
    merge_one(ledger, "a", "/p", &harvest, costs);
    commit(ledger);
    size_t lines = 0;
    for (const char *at = dump(ledger, &arena); (at = strchr(at, '\n')); at++)
        lines++;
    assert_int_equal(lines, 3);
}

/* --- calls without a request id --- */

static void keeps_the_calls_of_a_relay_with_one_id_apart(void **state)
{
    (void)state;
    const struct told told[] = {
        { .session = "a",
          .message_id = "x",
          .request_id = "",
          .uuid = "1",
          .second = 1,
          .output = 5,
          .input = 10 },
        { .session = "a",
          .message_id = "x",
          .request_id = "",
          .uuid = "2",
          .second = 2,
          .output = 6,
          .input = 20 },
        { .session = "a",
          .message_id = "x",
          .request_id = "",
          .uuid = "3",
          .second = 3,
          .output = 9,
          .input = 20 },
    };
    assert_told(told, 3,
                "1 a /home/a claude-opus-5 in 10 out 5 cost 50 flags 0\n"
                "3 a /home/a claude-opus-5 in 20 out 9 cost 90 flags 0\n");
}

static void knows_a_gateway_call_in_a_copy_by_its_uuid(void **state)
{
    (void)state;
    /* b is a copy of a, cut in the middle of the message, that went on. */
    const struct told told[] = {
        { .session = "a",
          .message_id = "g",
          .request_id = "",
          .uuid = "1",
          .second = 1,
          .output = 1,
          .input = 10 },
        { .session = "a",
          .message_id = "g",
          .request_id = "",
          .uuid = "2",
          .second = 2,
          .output = 40,
          .input = 10 },
        { .session = "b",
          .message_id = "g",
          .request_id = "",
          .uuid = "1",
          .second = 1,
          .output = 1,
          .input = 10 },
        { .session = "b",
          .message_id = "h",
          .request_id = "",
          .uuid = "3",
          .second = 9,
          .output = 7,
          .input = 30 },
    };
    assert_told(told, 4,
                "2 a /home/a claude-opus-5 in 10 out 40 cost 400 flags 0\n"
                "9 b /home/b claude-opus-5 in 30 out 7 cost 70 flags 0\n");
}

static void joins_two_calls_that_turn_out_to_be_one(void **state)
{
    (void)state;
    /* The link between a's second record and b's copy is read last. */
    const struct told told[] = {
        { .session = "b",
          .message_id = "g",
          .request_id = "",
          .uuid = "1",
          .second = 1,
          .output = 1,
          .input = 10 },
        { .session = "a",
          .message_id = "g",
          .request_id = "",
          .uuid = "2",
          .second = 2,
          .output = 40,
          .input = 10 },
        { .session = "b",
          .message_id = "h",
          .request_id = "",
          .uuid = "3",
          .second = 9,
          .output = 7,
          .input = 30 },
        { .session = "a",
          .message_id = "g",
          .request_id = "",
          .uuid = "1",
          .second = 1,
          .output = 1,
          .input = 10 },
    };
    assert_told(told, 4,
                "2 a /home/a claude-opus-5 in 10 out 40 cost 400 flags 0\n"
                "9 b /home/b claude-opus-5 in 30 out 7 cost 70 flags 0\n");
}

static void counts_the_same_counts_in_other_sessions_of_a_relay_apart(void **state)
{
    (void)state;
    const struct told told[] = {
        { .session = "a",
          .message_id = "x",
          .request_id = "",
          .uuid = "1",
          .second = 1,
          .output = 5,
          .input = 10 },
        { .session = "b",
          .message_id = "x",
          .request_id = "",
          .uuid = "2",
          .second = 2,
          .output = 5,
          .input = 10 },
    };
    assert_told(told, 2,
                "1 a /home/a claude-opus-5 in 10 out 5 cost 50 flags 0\n"
                "2 b /home/b claude-opus-5 in 10 out 5 cost 50 flags 0\n");
}

static void tells_calls_without_any_id_by_their_uuid(void **state)
{
    (void)state;
    const struct told told[] = {
        { .session = "a",
          .message_id = "",
          .request_id = "",
          .uuid = "1",
          .second = 1,
          .output = 5,
          .input = 10 },
        { .session = "a",
          .message_id = "",
          .request_id = "",
          .uuid = "2",
          .second = 2,
          .output = 5,
          .input = 10 },
        { .session = "z",
          .message_id = "",
          .request_id = "",
          .uuid = "2",
          .second = 2,
          .output = 5,
          .input = 10 },
        { .session = "z",
          .message_id = "",
          .request_id = "",
          .uuid = "",
          .second = 3,
          .output = 4 },
        { .session = "z",
          .message_id = "",
          .request_id = "",
          .uuid = "",
          .second = 4,
          .output = 4 },
    };
    assert_told(told, 5,
                "1 a /home/a claude-opus-5 in 10 out 5 cost 50 flags 0\n"
                "2 a /home/a claude-opus-5 in 10 out 5 cost 50 flags 0\n"
                "3 z /home/z claude-opus-5 in 0 out 4 cost 40 flags 0\n"
                "4 z /home/z claude-opus-5 in 0 out 4 cost 40 flags 0\n");
}

/* --- owners --- */

static void gives_a_shared_call_to_the_session_that_began_first(void **state)
{
    (void)state;
    const struct told told[] = {
        { .session = "z",
          .message_id = "m0",
          .request_id = "r0",
          .uuid = "0",
          .second = 1,
          .output = 1 },
        { .session = "z",
          .message_id = "m1",
          .request_id = "r1",
          .uuid = "1",
          .second = 2,
          .output = 2 },
        { .session = "a",
          .message_id = "m1",
          .request_id = "r1",
          .uuid = "1",
          .second = 2,
          .output = 2 },
        { .session = "a",
          .message_id = "m2",
          .request_id = "r2",
          .uuid = "2",
          .second = 3,
          .output = 3 },
    };
    assert_told(told, 4,
                "1 z /home/z claude-opus-5 in 0 out 1 cost 10 flags 0\n"
                "2 z /home/z claude-opus-5 in 0 out 2 cost 20 flags 0\n"
                "3 a /home/a claude-opus-5 in 0 out 3 cost 30 flags 0\n");
}

static void takes_a_session_that_was_copied_whole_for_the_original(void **state)
{
    (void)state;
    const struct told told[] = {
        { .session = "z",
          .message_id = "m1",
          .request_id = "r1",
          .uuid = "1",
          .second = 2,
          .output = 2 },
        { .session = "a",
          .message_id = "m1",
          .request_id = "r1",
          .uuid = "1",
          .second = 2,
          .output = 2 },
        { .session = "a",
          .message_id = "m2",
          .request_id = "r2",
          .uuid = "2",
          .second = 3,
          .output = 3 },
    };
    assert_told(told, 3,
                "2 z /home/z claude-opus-5 in 0 out 2 cost 20 flags 0\n"
                "3 a /home/a claude-opus-5 in 0 out 3 cost 30 flags 0\n");
}

static void believes_a_copy_that_names_its_origin(void **state)
{
    (void)state;
    /* By their own calls alone b would be the older; c's log is never seen. */
    const struct told told[] = {
        { .session = "b",
          .message_id = "m0",
          .request_id = "r0",
          .uuid = "0",
          .second = 1,
          .output = 1 },
        { .session = "b",
          .message_id = "m1",
          .request_id = "r1",
          .uuid = "1",
          .second = 2,
          .output = 2,
          .origin = "z" },
        { .session = "z",
          .message_id = "m1",
          .request_id = "r1",
          .uuid = "1",
          .second = 2,
          .output = 2 },
        { .session = "z",
          .message_id = "m2",
          .request_id = "r2",
          .uuid = "2",
          .second = 3,
          .output = 3 },
        { .session = "b",
          .message_id = "m3",
          .request_id = "r3",
          .uuid = "3",
          .second = 4,
          .output = 4,
          .origin = "c" },
    };
    assert_told(told, 5,
                "1 b /home/b claude-opus-5 in 0 out 1 cost 10 flags 0\n"
                "2 z /home/z claude-opus-5 in 0 out 2 cost 20 flags 0\n"
                "3 z /home/z claude-opus-5 in 0 out 3 cost 30 flags 0\n"
                "4 c /home/b claude-opus-5 in 0 out 4 cost 40 flags 0\n");
}

static void follows_copies_of_copies_to_the_first(void **state)
{
    (void)state;
    const struct told told[] = {
        { .session = "c",
          .message_id = "m",
          .request_id = "r",
          .uuid = "1",
          .second = 1,
          .output = 1 },
        { .session = "b",
          .message_id = "m",
          .request_id = "r",
          .uuid = "1",
          .second = 1,
          .output = 1,
          .origin = "c" },
        { .session = "a",
          .message_id = "m",
          .request_id = "r",
          .uuid = "1",
          .second = 1,
          .output = 1,
          .origin = "b" },
    };
    assert_told(told, 3, "1 c /home/c claude-opus-5 in 0 out 1 cost 10 flags 0\n");
}

static void settles_again_when_an_older_call_of_a_session_comes_to_light(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(ledger_close) struct ledger *ledger = ledger_now(LEDGER_WRITE);
    const struct told first[] = {
        { .session = "a",
          .message_id = "m1",
          .request_id = "r1",
          .uuid = "1",
          .second = 5,
          .output = 2 },
        { .session = "b",
          .message_id = "m1",
          .request_id = "r1",
          .uuid = "1",
          .second = 5,
          .output = 2 },
        { .session = "a",
          .message_id = "m2",
          .request_id = "r2",
          .uuid = "2",
          .second = 6,
          .output = 3 },
        { .session = "b",
          .message_id = "m3",
          .request_id = "r3",
          .uuid = "3",
          .second = 7,
          .output = 3 },
    };
    begin(ledger);
    for (size_t i = 0; i < ARRAY_LEN(first); i++)
        merge_told(ledger, &first[i]);
    commit(ledger);
    assert_non_null(strstr(dump(ledger, &arena), "5 a /home/a"));
    begin(ledger);
    merge_told(ledger, &(struct told){ .session = "b",
                                       .message_id = "m0",
                                       .request_id = "r0",
                                       .uuid = "0",
                                       .second = 1,
                                       .output = 3 });
    commit(ledger);
    assert_non_null(strstr(dump(ledger, &arena), "5 b /home/b"));
}

/* --- any order, any number of times --- */

static const struct told world[] = {
    { "a", "m0", "r0", "u0", 1, 5, 0, 0, NULL },
    { "a", "m1", "r1", "u1", 2, 1, 0, 0, NULL },
    { "a", "m1", "r1", "u2", 3, 9, 0, 0, NULL },
    { "b", "m1", "r1", "u1", 2, 1, 0, 0, NULL },
    { "b", "m2", "r2", "u3", 4, 9, 0, 0, NULL },
    { "c", "m1", "r1", "u2", 3, 9, 0, 0, NULL },
    { "c", "m9", "r9", "u9", 4, 9, 0, 0, NULL },
    { "e", "m4", "r4", "u5", 2, 3, 0, 0, "f" },
    { "f", "m4", "r4", "u5", 2, 3, 0, 0, NULL },
    { "h", "m4", "r4", "u5", 2, 3, 0, 0, "e" },
    { "g", "g1", "", "v1", 5, 1, 10, 0, NULL },
    { "g", "g1", "", "v2", 6, 8, 10, 0, NULL },
    { "g", "x", "", "v3", 7, 8, 20, 0, NULL },
    { "g", "x", "", "v4", 7, 8, 30, 0, NULL },
    { "i", "g1", "", "v1", 5, 1, 10, 0, NULL },
    { "i", "x", "", "v3", 7, 8, 20, 0, NULL },
    { "i", "x", "", "v4", 7, 8, 30, 0, NULL },
    { "i", "x", "", "v5", 9, 8, 40, 0, NULL },
    { "j", "g1", "", "v1", 5, 1, 10, 0, "g" },
    { "k", "s1", "t1", "w1", 5, 4, 0, 0, NULL },
    { "k", "s1", "t2", "w2", 6, 40, 0, CALL_SIDECHAIN, NULL },
    { "l", "s1", "t2", "w2", 6, 40, 0, CALL_SIDECHAIN, NULL },
    { "k", "s2", "t3", "w3", 7, 4, 0, CALL_SIDECHAIN, NULL },
    { "k", "s2", "t4", "w4", 8, 40, 0, CALL_SIDECHAIN, NULL },
    { "k", "s2", "t4", "w5", 8, 40, 0, CALL_SIDECHAIN, NULL },
    { "k", "n1", "o1", "y1", 9, 99, 0, CALL_NESTED, NULL },
    { "k", "n1", "o1", "y2", 9, 50, 0, CALL_SIDECHAIN, NULL },
    { "k", "n1", "o1", "y3", 10, 9, 0, CALL_SIDECHAIN | CALL_OPEN, NULL },
};

static void merge_tool(struct ledger *ledger, const char *session, bool is_use, int state)
{
    struct tool_use use = { "toolu_1", "Bash", 20 * CLOCK_SECOND_NS };
    struct tool_result result = { "toolu_1", (enum tool_state)state, 25 * CLOCK_SECOND_NS, 120 };
    struct prompt prompt = { "p1", "fix it", 30 * CLOCK_SECOND_NS };
    struct harvest harvest = { .tool_uses = &use,
                               .tool_use_count = is_use,
                               .tool_results = &result,
                               .tool_result_count = !is_use,
                               .prompts = &prompt,
                               .prompt_count = 1,
                               .session = "",
                               .cwd = "" };
    merge_one(ledger, session, "", &harvest, NULL);
}

static void merge_nth(struct ledger *ledger, size_t nth)
{
    if (nth < ARRAY_LEN(world))
        merge_told(ledger, &world[nth]);
    else if (nth == ARRAY_LEN(world))
        merge_tool(ledger, "a", true, 0);
    else if (nth == ARRAY_LEN(world) + 1)
        merge_tool(ledger, "b", true, 0);
    else if (nth == ARRAY_LEN(world) + 2)
        merge_tool(ledger, "a", false, TOOL_ERROR);
    else
        merge_tool(ledger, "c", false, TOOL_OK);
}

enum { WORLD = ARRAY_LEN(world) + 4 };

/* Fisher and Yates, with a little generator of its own: the same orders on every machine. */
static void shuffle(size_t *order, size_t count, uint32_t seed)
{
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    for (size_t i = count; i > 1; i--) {
        seed = seed * 1664525U + 1013904223U;
        size_t other = (seed >> 8) % i;
        size_t kept = order[i - 1];
        order[i - 1] = order[other];
        order[other] = kept;
    }
}

/* Everything, in the order `seed` gives, settled now and then on the way. */
static void merge_shuffled(struct ledger *ledger, uint32_t seed)
{
    size_t order[WORLD];
    shuffle(order, WORLD, seed);
    begin(ledger);
    for (size_t i = 0; i < WORLD; i++) {
        merge_nth(ledger, order[i]);
        if (i % 7 != seed % 7)
            continue;
        commit(ledger);
        begin(ledger);
    }
    commit(ledger);
}

static void gives_the_same_answers_in_any_order_of_reading(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char *expected = NULL;
    for (uint32_t seed = 0; seed < 60; seed++) {
        CLEANUP(ledger_close) struct ledger *ledger = ledger_now(LEDGER_WRITE);
        merge_shuffled(ledger, seed);
        assert_sound(ledger);
        const char *now = dump(ledger, &arena);
        if (expected)
            assert_string_equal(now, expected);
        expected = now;
        (void)unlink(path);
    }
    assert_non_null(strstr(expected, "20 tool a Bash 2\n"));
    assert_non_null(strstr(expected, "30 prompt a fix it\n"));
    assert_non_null(strstr(expected, "2 f /home/f"));
    assert_non_null(strstr(expected, "9 i /home/i"));
}

static void changes_nothing_when_everything_is_merged_again(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(ledger_close) struct ledger *ledger = ledger_now(LEDGER_WRITE);
    const char *once = NULL;
    for (int round = 0; round < 3; round++) {
        begin(ledger);
        for (size_t i = 0; i < WORLD; i++)
            merge_nth(ledger, i);
        commit(ledger);
        const char *now = dump(ledger, &arena);
        if (once)
            assert_string_equal(now, once);
        once = now;
    }
    bool unsettled = true;
    struct err err = { 0 };
    assert_true(ledger_unsettled(ledger, &unsettled, &err));
    assert_false(unsettled);
}

static void forgets_texts_of_a_transaction_that_was_rolled_back(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(ledger_close) struct ledger *ledger = ledger_now(LEDGER_WRITE);
    begin(ledger);
    merge_told(ledger, &(struct told){ .session = "gone",
                                       .message_id = "m",
                                       .request_id = "r",
                                       .uuid = "1",
                                       .second = 1,
                                       .output = 1 });
    int64_t id = text_id(ledger, "gone");
    assert_string_equal(ledger_text(ledger, id), "gone");
    ledger_rollback(ledger);
    assert_int_equal(text_id(ledger, "gone"), 0);
    assert_string_equal(ledger_text(ledger, id), "");
    assert_string_equal(dump(ledger, &arena), "");
    ledger_rollback(ledger); /* nothing is open */
    begin(ledger);
    merge_told(ledger, &(struct told){ .session = "kept",
                                       .message_id = "m",
                                       .request_id = "r",
                                       .uuid = "1",
                                       .second = 1,
                                       .output = 1 });
    commit(ledger);
    assert_string_equal(dump(ledger, &arena),
                        "1 kept /home/kept claude-opus-5 in 0 out 1 cost 10 flags 0\n");
}

static void finds_texts_among_many(void **state)
{
    (void)state;
    CLEANUP(ledger_close) struct ledger *ledger = ledger_now(LEDGER_WRITE);
    char name[32];
    begin(ledger);
    for (int i = 0; i < 3000; i++) {
        (void)snprintf(name, sizeof(name), "session-%d", i);
        merge_told(ledger, &(struct told){ .session = name,
                                           .message_id = name,
                                           .request_id = "r",
                                           .uuid = name,
                                           .second = 1,
                                           .output = 1 });
    }
    commit(ledger);
    CLEANUP(ledger_close) struct ledger *reader = ledger_now(LEDGER_READ);
    for (int i = 0; i < 3000; i++) {
        (void)snprintf(name, sizeof(name), "session-%d", i);
        int64_t id = text_id(reader, name);
        assert_int_not_equal(id, 0);
        assert_int_equal(id, text_id(ledger, name));
        assert_string_equal(ledger_text(reader, id), name);
    }
    assert_int_equal(text_id(reader, "never"), 0);
    assert_int_equal(text_id(reader, ""), 0);
    assert_string_equal(ledger_text(reader, 0), "");
    assert_string_equal(ledger_text(reader, -5), "");
    assert_string_equal(ledger_text(reader, 123456), "");
    assert_string_equal(ledger_text(reader, INT64_MAX), "");
}

/* --- tools, spans, damages, logs --- */

static void hands_out_no_tool_of_which_only_the_result_is_known(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(ledger_close) struct ledger *ledger = ledger_now(LEDGER_WRITE);
    begin(ledger);
    merge_tool(ledger, "a", false, TOOL_DECLINED);
    commit(ledger);
    assert_null(strstr(dump(ledger, &arena), "tool"));
    begin(ledger);
    merge_tool(ledger, "a", true, 0);
    commit(ledger);
    assert_non_null(strstr(dump(ledger, &arena), "20 tool a Bash 3\n"));
}

static size_t spans_of(struct ledger *ledger, struct ledger_window window, struct ledger_span *out)
{
    struct err err = { 0 };
    CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = NULL;
    size_t count = 0;
    bool more;
    assert_true(ledger_spans_open(ledger, &window, &cursor, &err));
    for (;;) {
        assert_true(ledger_spans_next(cursor, &out[count], &more, &err));
        if (!more)
            return count;
        count++;
    }
}

static void merge_span_of(struct ledger *ledger, int64_t from_s, int64_t to_s)
{
    struct span span = { from_s * CLOCK_SECOND_NS, to_s * CLOCK_SECOND_NS };
    struct harvest harvest = { .spans = &span, .span_count = 1, .session = "", .cwd = "" };
    merge_one(ledger, "a", "/p", &harvest, NULL);
}

static void extends_spans_over_short_gaps_only(void **state)
{
    (void)state;
    struct ledger_span spans[8];
    CLEANUP(ledger_close) struct ledger *ledger = ledger_now(LEDGER_WRITE);
    begin(ledger);
    merge_span_of(ledger, 1000, 1100);
    merge_span_of(ledger, 1400, 1500); /* exactly the gap: one span */
    merge_span_of(ledger, 1801, 1900); /* a second more: another */
    merge_span_of(ledger, 100, 200);
    merge_span_of(ledger, 1000, 1050); /* read again */
    commit(ledger);
    assert_int_equal(spans_of(ledger, always, spans), 3);
    assert_int_equal(spans[1].span.from_ns, 1000 * CLOCK_SECOND_NS);
    assert_int_equal(spans[1].span.to_ns, 1500 * CLOCK_SECOND_NS);
    struct ledger_window window = { 1450 * CLOCK_SECOND_NS, 1801 * CLOCK_SECOND_NS, 0 };
    assert_int_equal(spans_of(ledger, window, spans), 1);
    begin(ledger);
    merge_span_of(ledger, 400, 1700); /* bridges all */
    commit(ledger);
    assert_int_equal(spans_of(ledger, always, spans), 1);
    assert_int_equal(spans[0].span.to_ns, 1900 * CLOCK_SECOND_NS);
    assert_string_equal(ledger_text(ledger, spans[0].session), "a");
}

static void forgets_damages_of_a_log_that_is_read_again(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(ledger_close) struct ledger *ledger = ledger_now(LEDGER_WRITE);
    struct err err = { 0 };
    struct damage damages[] = { { 30, 3, "not JSON" }, { 10, 1, "not JSON" } };
    struct harvest harvest = { .damages = damages, .damage_count = 2, .session = "", .cwd = "" };
    struct log_owner owner = { "/log", "a", "/p", NULL };
    struct log_state log_state = { .offset = 40, .file = { .size = 40 } };
    struct ledger_damage *found;
    size_t count;
    begin(ledger);
    assert_true(ledger_merge(ledger, &owner, &harvest, NULL, &log_state, &err));
    commit(ledger);
    assert_true(ledger_damages(ledger, &arena, 10, &found, &count, &err));
    assert_int_equal(count, 2);
    assert_int_equal(found[0].offset, 10);
    assert_string_equal(found[1].reason, "not JSON");
    assert_string_equal(found[1].path, "/log");
    assert_true(ledger_damages(ledger, &arena, 1, &found, &count, &err));
    assert_int_equal(count, 1);
    harvest.damage_count = 0;
    begin(ledger);
    log_state.reread = true;
    assert_true(ledger_merge(ledger, &owner, &harvest, NULL, &log_state, &err));
    commit(ledger);
    assert_true(ledger_damages(ledger, &arena, 10, &found, &count, &err));
    assert_int_equal(count, 0);
}

static void remembers_how_far_a_log_was_read(void **state)
{
    (void)state;
    CLEANUP(ledger_close) struct ledger *ledger = ledger_now(LEDGER_WRITE);
    struct err err = { 0 };
    struct log_state found;
    struct harvest nothing = { .session = "", .cwd = "" };
    struct log_owner owner = { "/log", "", "", NULL };
    struct log_state log_state = { 0, { 1, 2, 3, 4, 5 }, 3, 6, -7, false };
    assert_true(ledger_log_find(ledger, "/log", &found, &err));
    assert_int_equal(found.id, 0);
    begin(ledger);
    assert_true(ledger_merge(ledger, &owner, &nothing, NULL, &log_state, &err));
    log_state.offset = 2;
    assert_true(ledger_merge(ledger, &owner, &nothing, NULL, &log_state, &err));
    commit(ledger);
    assert_true(ledger_log_find(ledger, "/log", &found, &err));
    assert_int_not_equal(found.id, 0);
    assert_int_equal(found.offset, 2);
    assert_int_equal(found.tail_hash, -7);
    assert_true(file_state_same(&found.file, &log_state.file));
}

static void keeps_the_first_known_owner_of_a_log(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(ledger_close) struct ledger *ledger = ledger_now(LEDGER_WRITE);
    struct err err = { 0 };
    struct harvest nothing = { .session = "", .cwd = "" };
    struct log_state log_state = { 0 };
    struct log_owner unknown = { "/log", "", "", NULL };
    struct log_owner first = { "/log", "s", "/p", NULL };
    struct log_owner other = { "/log", "t", "/q", NULL };
    struct told told = {
        .session = "", .message_id = "m", .request_id = "r", .uuid = "1", .second = 1, .output = 1
    };
    struct call call = call_of(&told);
    int64_t cost = USAGE_UNPRICED;
    struct harvest one = { .calls = &call, .call_count = 1, .session = "", .cwd = "" };
    begin(ledger);
    assert_true(ledger_merge(ledger, &unknown, &nothing, NULL, &log_state, &err));
    assert_true(ledger_merge(ledger, &first, &nothing, NULL, &log_state, &err));
    assert_true(ledger_merge(ledger, &other, &one, &cost, &log_state, &err));
    commit(ledger);
    assert_string_equal(dump(ledger, &arena), "1 s /p claude-opus-5 in 0 out 1 cost -1 flags 0\n");
}

static void walks_only_the_window_and_the_project_asked_for(void **state)
{
    (void)state;
    struct err err = { 0 };
    CLEANUP(ledger_close) struct ledger *ledger = ledger_now(LEDGER_WRITE);
    begin(ledger);
    for (int i = 0; i < 10; i++) {
        char id[8];
        (void)snprintf(id, sizeof(id), "m%d", i);
        merge_told(ledger, &(struct told){ .session = i % 2 ? "a" : "b",
                                           .message_id = id,
                                           .request_id = id,
                                           .uuid = id,
                                           .second = i,
                                           .output = 1 });
    }
    commit(ledger);
    struct ledger_window window = { 2 * CLOCK_SECOND_NS, 7 * CLOCK_SECOND_NS,
                                    text_id(ledger, "/home/a") };
    CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = NULL;
    struct ledger_call call;
    bool more;
    assert_true(ledger_calls_open(ledger, &window, &cursor, &err));
    assert_true(ledger_calls_next(cursor, &call, &more, &err) && more);
    assert_int_equal(call.at_ns, 3 * CLOCK_SECOND_NS);
    assert_true(ledger_calls_next(cursor, &call, &more, &err) && more);
    assert_int_equal(call.at_ns, 5 * CLOCK_SECOND_NS);
    assert_true(ledger_calls_next(cursor, &call, &more, &err));
    assert_false(more);
    struct ledger_totals totals;
    assert_true(ledger_totals(ledger, &totals, &err));
    assert_int_equal(totals.logs, 2);
    assert_int_equal(totals.bytes, 20);
    assert_int_equal(totals.sessions, 2);
    assert_int_equal(totals.first_at_ns, 0);
    assert_int_equal(totals.last_at_ns, 9 * CLOCK_SECOND_NS);
}

static void keeps_facts_and_stores(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(ledger_close) struct ledger *ledger = ledger_now(LEDGER_WRITE);
    struct err err = { 0 };
    int64_t value = 9;
    const char **folders;
    size_t count;
    assert_true(ledger_fact_get(ledger, "prices", &value, &err));
    assert_int_equal(value, 0);
    begin(ledger);
    assert_true(ledger_fact_set(ledger, "prices", -4, &err));
    assert_true(ledger_fact_set(ledger, "prices", -5, &err));
    assert_true(ledger_store_add(ledger, "/b", &err));
    assert_true(ledger_store_add(ledger, "/a", &err));
    assert_true(ledger_store_add(ledger, "/b", &err));
    commit(ledger);
    assert_true(ledger_fact_get(ledger, "prices", &value, &err));
    assert_int_equal(value, -5);
    assert_true(ledger_stores(ledger, &arena, &folders, &count, &err));
    assert_int_equal(count, 2);
    assert_string_equal(folders[0], "/a");
}

static void prices_calls_later(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    CLEANUP(ledger_close) struct ledger *ledger = ledger_now(LEDGER_WRITE);
    struct err err = { 0 };
    enum { CALLS = LEDGER_UNPRICED_MOST + 3 };
    struct call *calls = arena_alloc(&arena, CALLS * sizeof(*calls));
    int64_t *costs = arena_alloc(&arena, CALLS * sizeof(*costs));
    for (int i = 0; i < CALLS; i++) {
        struct told told = { .session = "a",
                             .message_id = arena_printf(&arena, "m%d", i),
                             .request_id = "r",
                             .uuid = "u",
                             .second = i,
                             .output = 7 };
        calls[i] = call_of(&told);
        costs[i] = i == 2 ? 5 : USAGE_UNPRICED;
    }
    struct harvest harvest = { .calls = calls, .call_count = CALLS, .session = "", .cwd = "" };
    begin(ledger);
    merge_one(ledger, "a", "/p", &harvest, costs);
    struct ledger_unpriced *found;
    struct ledger_unpriced last;
    size_t count;
    assert_true(ledger_unpriced(ledger, &arena, NULL, &found, &count, &err));
    assert_int_equal(count, LEDGER_UNPRICED_MOST);
    assert_string_equal(found[0].call.model, "claude-opus-5");
    assert_int_equal(found[0].call.usage.output, 7);
    last = found[count - 1];
    for (size_t i = 0; i < count; i++)
        assert_true(ledger_cost_set(ledger, &found[i], 100, &err));
    assert_true(ledger_unpriced(ledger, &arena, &last, &found, &count, &err));
    assert_int_equal(count, 2);
    assert_true(ledger_unpriced(ledger, &arena, NULL, &found, &count, &err));
    assert_int_equal(count, 2);
    commit(ledger);
    const char *all = dump(ledger, &arena);
    assert_non_null(strstr(all, "cost 5 "));
    assert_non_null(strstr(all, "cost 100 "));
    assert_non_null(strstr(all, "cost -1 "));
}

/* --- the file --- */

static void says_there_is_no_ledger_to_read(void **state)
{
    (void)state;
    assert_int_equal(code_of_open(LEDGER_READ, 10), ERR_NOT_FOUND);
    FILE *file = fopen(path, "w"); /* as a process that died at once leaves it */
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(code_of_open(LEDGER_READ, 10), ERR_NOT_FOUND);
    assert_int_equal(code_of_open(LEDGER_WRITE, 10), ERR_NONE);
    assert_int_equal(code_of_open(LEDGER_READ, 10), ERR_NONE);
}

static void refuses_what_is_no_ledger(void **state)
{
    (void)state;
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 1000; i++)
        assert_true(fputs("this is no database ", file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(code_of_open(LEDGER_READ, 10), ERR_DAMAGED);
    assert_int_equal(code_of_open(LEDGER_WRITE, 10), ERR_DAMAGED);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_size, 20000); /* untouched */
}

static void run_sql(const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void refuses_a_ledger_of_a_newer_version(void **state)
{
    (void)state;
    assert_int_equal(code_of_open(LEDGER_WRITE, 10), ERR_NONE);
    run_sql("PRAGMA user_version = 2");
    assert_int_equal(code_of_open(LEDGER_READ, 10), ERR_NEWER);
    assert_int_equal(code_of_open(LEDGER_WRITE, 10), ERR_NEWER);
}

static void finds_what_is_wrong_with_the_rows(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char **findings;
    size_t count;
    struct err err = { 0 };
    CLEANUP(ledger_close) struct ledger *ledger = ledger_now(LEDGER_WRITE);
    begin(ledger);
    for (size_t i = 0; i < WORLD; i++)
        merge_nth(ledger, i);
    commit(ledger);
    assert_sound(ledger);
    run_sql("UPDATE call SET output = -1 WHERE message_id = 'm0';"
            "UPDATE call SET model = 999 WHERE message_id = 'm0';"
            "DELETE FROM log WHERE path LIKE '%/k.jsonl'; DELETE FROM sighting;"
            "DELETE FROM call WHERE message_id = 'g1';"
            "UPDATE call SET counted = 1; UPDATE log SET size = 1");
    assert_true(ledger_check(ledger, &arena, &findings, &count, &err));
    assert_true(count >= 7);
}

/* --- sums of calls --- */

#define MINUTE INT64_C(60)

/* Three sessions over several hours, some of it without a price. */
static struct told spread(int nth)
{
    static const char *const sessions[] = { "a", "b", "c" };
    static char ids[64][8];
    (void)snprintf(ids[nth], sizeof(ids[nth]), "q%d", nth);
    return (struct told){ .session = sessions[nth % 3],
                          .message_id = ids[nth],
                          .request_id = "r",
                          .uuid = ids[nth],
                          .second = (int64_t)nth * 4 * MINUTE,
                          .output = 1 + nth,
                          .input = 3 };
}

static struct usage_sum rolled(struct ledger *ledger, int64_t from_ns, int64_t to_ns, int *rows)
{
    struct err err = { 0 };
    struct ledger_window window = { from_ns, to_ns, 0 };
    CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = NULL;
    struct ledger_rollup roll;
    struct usage_sum sum = { .calls = 0 };
    bool more;
    *rows = 0;
    assert_true(ledger_rollups_open(ledger, &window, &cursor, &err));
    while (ledger_rollups_next(cursor, &roll, &more, &err) && more) {
        assert_true(roll.first_at_ns >= from_ns && roll.last_at_ns < to_ns);
        assert_true(usage_sum_join(&sum, &roll.sum));
        ++*rows;
    }
    assert_int_equal(err.code, ERR_NONE);
    return sum;
}

static struct usage_sum walked(struct ledger *ledger, int64_t from_ns, int64_t to_ns)
{
    struct err err = { 0 };
    struct ledger_window window = { from_ns, to_ns, 0 };
    CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = NULL;
    struct ledger_call call;
    struct usage_sum sum = { .calls = 0 };
    bool more;
    assert_true(ledger_calls_open(ledger, &window, &cursor, &err));
    while (ledger_calls_next(cursor, &call, &more, &err) && more)
        assert_true(usage_sum_add(&sum, &call.usage, call.cost_nano_usd));
    return sum;
}

static void assert_rolled(struct ledger *ledger)
{
    int rows;
    for (int64_t from = -1; from < 62 * MINUTE; from += 7 * MINUTE + 1)
        for (int64_t to = from; to < 260 * MINUTE; to += 11 * MINUTE) {
            int64_t from_ns = from * CLOCK_SECOND_NS;
            int64_t to_ns = to * CLOCK_SECOND_NS;
            struct usage_sum sums = rolled(ledger, from_ns, to_ns, &rows);
            struct usage_sum calls = walked(ledger, from_ns, to_ns);
            assert_memory_equal(&sums, &calls, sizeof(sums));
        }
}

static void sums_exactly_what_any_window_holds(void **state)
{
    (void)state;
    CLEANUP(ledger_close) struct ledger *ledger = ledger_now(LEDGER_WRITE);
    int rows;
    for (int i = 0; i < 60; i++) {
        struct told told = spread(i);
        begin(ledger);
        merge_told(ledger, &told);
        commit(ledger);
    }
    assert_sound(ledger);
    assert_rolled(ledger);
    struct usage_sum sum = rolled(ledger, INT64_MIN, INT64_MAX, &rows);
    assert_int_equal(sum.calls, 60);
    assert_true(rows < 60); /* they are sums, not calls */
}

static void sums_late_when_told_to_and_reads_right_meanwhile(void **state)
{
    (void)state;
    struct err err = { 0 };
    CLEANUP(ledger_close) struct ledger *ledger = ledger_now(LEDGER_WRITE);
    CLEANUP(ledger_close) struct ledger *next = NULL;
    bool stale;
    int rows;
    ledger_rollups_defer(ledger);
    begin(ledger);
    for (int i = 0; i < 60; i++) {
        struct told told = spread(i);
        merge_told(ledger, &told);
    }
    commit(ledger);
    assert_true(ledger_rollups_stale(ledger, &stale, &err));
    assert_true(stale);
    assert_rolled(ledger);
    struct ledger_totals totals;
    assert_true(ledger_totals(ledger, &totals, &err));
    assert_int_equal(totals.sessions, 3);
    ledger_close(&ledger); /* killed here; the next one makes up for it */
    next = ledger_now(LEDGER_WRITE);
    begin(next);
    struct told told = spread(60);
    merge_told(next, &told);
    commit(next);
    assert_int_equal(rolled(next, INT64_MIN, INT64_MAX, &rows).calls, 61);
    begin(next);
    assert_true(ledger_rollups_renew(next, &err));
    commit(next);
    assert_true(ledger_rollups_stale(next, &stale, &err));
    assert_false(stale);
    assert_rolled(next);
    assert_int_equal(rolled(next, INT64_MIN, INT64_MAX, &rows).calls, 61);
    assert_true(rows < 61);
    assert_sound(next);
}

static void finds_sums_that_are_not_what_the_calls_say(void **state)
{
    (void)state;
    static const char *const wrongs[] = {
        "UPDATE rollup SET output = output + 1 WHERE quarter = 0 AND session ="
        " (SELECT min(session) FROM rollup)",
        "DELETE FROM rollup WHERE quarter = 1",
        "INSERT INTO rollup SELECT 9999, session, project, model, branch, first_ns, last_ns, calls,"
        " input, output, cache_write_5m, cache_write_1h, cache_read, web_searches, cost_nano_usd,"
        " unpriced_calls, unpriced_tokens FROM rollup LIMIT 1",
    };
    for (size_t i = 0; i < ARRAY_LEN(wrongs); i++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        CLEANUP(ledger_close) struct ledger *ledger = ledger_now(LEDGER_WRITE);
        struct err err = { 0 };
        const char **findings;
        size_t count;
        begin(ledger);
        for (int k = 0; k < 12; k++) {
            struct told told = spread(k);
            merge_told(ledger, &told);
        }
        commit(ledger);
        assert_sound(ledger);
        run_sql(wrongs[i]);
        assert_true(ledger_check(ledger, &arena, &findings, &count, &err));
        assert_int_equal(count, 1);
        assert_non_null(strstr(findings[0], "sums of calls"));
        (void)unlink(path);
    }
}

static void says_of_sums_beyond_any_number_that_they_are(void **state)
{
    (void)state;
    CLEANUP(ledger_close) struct ledger *ledger = ledger_now(LEDGER_WRITE);
    int64_t costs[] = { 1, 1 };
    struct err err = { 0 };
    struct told told = { .session = "a", .message_id = "m", .request_id = "r", .uuid = "u" };
    struct call calls[2] = { call_of(&told), call_of(&told) };
    calls[1].request_id = "s";
    calls[0].usage.input = calls[1].usage.input = INT64_MAX / 2 + 1;
    struct harvest harvest = { .calls = calls, .call_count = 2, .session = "", .cwd = "" };
    begin(ledger);
    merge_one(ledger, "a", "/home/a", &harvest, costs);
    commit(ledger);
    assert_sound(ledger);
    CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = NULL;
    struct ledger_rollup roll;
    bool more;
    assert_true(ledger_rollups_open(ledger, &always, &cursor, &err));
    assert_true(ledger_rollups_next(cursor, &roll, &more, &err) && more);
    assert_true(roll.sum.usage.input == INT64_MAX);
}

static void knows_what_another_process_has_written_meanwhile(void **state)
{
    (void)state;
    CLEANUP(ledger_close) struct ledger *one = ledger_now(LEDGER_WRITE);
    CLEANUP(ledger_close) struct ledger *other = ledger_now(LEDGER_WRITE);
    struct told first = spread(1);
    struct told second = spread(2);
    int rows;
    begin(one);
    merge_told(one, &first);
    commit(one);
    begin(other);
    merge_told(other, &second);
    commit(other);
    begin(one); /* whose first import this was: what it does not know may be there now */
    merge_told(one, &second);
    merge_told(one, &first);
    commit(one);
    assert_sound(one);
    assert_int_equal(rolled(one, INT64_MIN, INT64_MAX, &rows).calls, 2);
}

static void tells_how_long_a_tool_took_and_how_much_it_said(void **state)
{
    (void)state;
    for (int first = 0; first < 2; first++) {
        CLEANUP(ledger_close) struct ledger *ledger = ledger_now(LEDGER_WRITE);
        CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = NULL;
        struct err err = { 0 };
        struct ledger_tool tool;
        bool more;
        begin(ledger);
        merge_tool(ledger, "a", first == 0, TOOL_OK);
        if (first == 0) {
            assert_true(ledger_tools_open(ledger, &always, &cursor, &err));
            assert_true(ledger_tools_next(cursor, &tool, &more, &err) && more);
            assert_int_equal(tool.took_ns, -1);
            assert_int_equal(tool.result_bytes, 0);
            ledger_cursor_close(&cursor);
        }
        merge_tool(ledger, "a", first == 1, TOOL_OK);
        commit(ledger);
        assert_true(ledger_tools_open(ledger, &always, &cursor, &err));
        assert_true(ledger_tools_next(cursor, &tool, &more, &err) && more);
        assert_int_equal(tool.took_ns, 5 * CLOCK_SECOND_NS);
        assert_int_equal(tool.result_bytes, 120);
        ledger_cursor_close(&cursor);
        ledger_close(&ledger);
        (void)unlink(path);
    }
}

/* --- subagents and compactions --- */

static void knows_the_subagent_of_a_call_from_the_record_or_its_log(void **state)
{
    (void)state;
    for (int order = 0; order < 6; order++) {
        CLEANUP(ledger_close) struct ledger *ledger = ledger_now(LEDGER_WRITE);
        CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = NULL;
        struct err err = { 0 };
        struct told told = { .session = "s", .message_id = "m", .request_id = "r", .uuid = "u" };
        struct call plain = call_of(&told); /* of a log that tells no agent */
        struct call named = plain;
        named.agent = "b7";
        named.usage.output = 0; /* not the record that wins */
        struct call *const calls[] = { &plain, &named, &plain };
        static const char *const agents[] = { "", NULL, "c9" };
        static const int orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
                                          { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
        begin(ledger);
        for (int i = 0; i < 3; i++) {
            int nth = orders[order][i];
            static const char *const logs[] = { "/x", "/y", "/z" };
            int64_t cost = 1;
            struct harvest harvest = {
                .calls = calls[nth], .call_count = 1, .session = "", .cwd = ""
            };
            struct log_owner owner = { logs[nth], "s", "/p", agents[nth] };
            struct log_state log_state = { .offset = 1, .file = { .size = 1 } };
            assert_true(ledger_merge(ledger, &owner, &harvest, &cost, &log_state, &err));
        }
        commit(ledger);
        struct ledger_call call;
        bool more;
        assert_true(ledger_calls_open(ledger, &always, &cursor, &err));
        assert_true(ledger_calls_next(cursor, &call, &more, &err) && more);
        assert_string_equal(ledger_text(ledger, call.agent), "b7");
        assert_sound(ledger);
        ledger_cursor_close(&cursor);
        ledger_close(&ledger);
        (void)unlink(path);
    }
}

static void keeps_each_compaction_once(void **state)
{
    (void)state;
    CLEANUP(ledger_close) struct ledger *ledger = ledger_now(LEDGER_WRITE);
    CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = NULL;
    struct err err = { 0 };
    struct compaction compactions[] = { { "c1", "auto", 167000, 0, 5 },
                                        { "c2", "manual", 90000, 8000, 9 } };
    struct harvest harvest = {
        .compactions = compactions, .compaction_count = 2, .session = "", .cwd = ""
    };
    begin(ledger);
    merge_one(ledger, "b", "/p", &harvest, NULL); /* a fork, whose copy says more */
    compactions[0].post_tokens = 21000;
    merge_one(ledger, "a", "/p", &harvest, NULL);
    commit(ledger);
    assert_sound(ledger);
    struct ledger_compaction found;
    bool more;
    assert_true(ledger_compactions_open(ledger, &always, &cursor, &err));
    assert_true(ledger_compactions_next(cursor, &found, &more, &err) && more);
    assert_int_equal(found.at_ns, 5);
    assert_string_equal(ledger_text(ledger, found.trigger), "auto");
    assert_string_equal(ledger_text(ledger, found.session), "a");
    assert_int_equal(found.pre_tokens, 167000);
    assert_int_equal(found.post_tokens, 21000);
    assert_true(ledger_compactions_next(cursor, &found, &more, &err) && more);
    assert_string_equal(ledger_text(ledger, found.trigger), "manual");
    assert_true(ledger_compactions_next(cursor, &found, &more, &err));
    assert_false(more);
}

/* --- processes --- */

static pid_t child_that_merges(int who, int batches)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    struct err err = { 0 };
    struct ledger *ledger = NULL;
    if (!ledger_open(path, LEDGER_WRITE, 20000, &ledger, &err))
        _exit(1);
    for (int i = 0; i < batches; i++) {
        char id[32];
        (void)snprintf(id, sizeof(id), "%d-%d", who, i);
        struct told told = { .session = who ? "a" : "b",
                             .message_id = id,
                             .request_id = "r",
                             .uuid = id,
                             .second = i,
                             .output = 1 };
        struct call calls[2] = { call_of(&told), call_of(&told) };
        calls[1].message_id = "both"; /* the same call from both sides */
        int64_t costs[2] = { 1, 1 };
        struct harvest harvest = { .calls = calls, .call_count = 2, .session = "", .cwd = "" };
        struct log_owner owner = { who ? "/a" : "/b", told.session, "/p", NULL };
        struct log_state log_state = { .offset = i, .file = { .size = i } };
        if (!ledger_begin(ledger, &err) ||
            !ledger_merge(ledger, &owner, &harvest, costs, &log_state, &err) ||
            !ledger_settle_owners(ledger, &err) || !ledger_commit(ledger, &err))
            _exit(2);
    }
    _exit(0);
}

static void lets_two_processes_make_and_fill_it_at_once(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    for (int round = 0; round < 5; round++) {
        (void)unlink(path);
        pid_t pids[2] = { child_that_merges(0, 40), child_that_merges(1, 40) };
        for (int i = 0; i < 2; i++) {
            int status = -1;
            assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
            assert_int_equal(status, 0);
        }
        CLEANUP(ledger_close) struct ledger *ledger = ledger_now(LEDGER_READ);
        assert_sound(ledger);
        size_t lines = 0;
        for (const char *at = dump(ledger, &arena); (at = strchr(at, '\n')); at++)
            lines++;
        assert_int_equal(lines, 81);
    }
}

static void says_busy_when_somebody_else_writes(void **state)
{
    (void)state;
    struct err err = { 0 };
    CLEANUP(ledger_close) struct ledger *ledger = ledger_now(LEDGER_WRITE);
    CLEANUP(ledger_close) struct ledger *other = NULL;
    begin(ledger);
    assert_true(ledger_open(path, LEDGER_WRITE, 20, &other, &err));
    assert_false(ledger_begin(other, &err));
    assert_int_equal(err.code, ERR_BUSY);
    assert_int_equal(code_of_open(LEDGER_READ, 20), ERR_NONE); /* reading goes on */
    ledger_rollback(ledger);
    assert_true(ledger_begin(other, &err));
    ledger_rollback(other);
}

static void rolls_back_what_a_killed_writer_left(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    {
        CLEANUP(ledger_close) struct ledger *ledger = ledger_now(LEDGER_WRITE);
        begin(ledger);
        merge_told(ledger, &world[0]);
        commit(ledger);
    }
    for (int ms = 1; ms <= 32; ms *= 2) {
        pid_t pid = child_that_merges(1, 100000);
        assert_true(pid > 0);
        (void)usleep((useconds_t)ms * 1000);
        assert_int_equal(kill(pid, SIGKILL), 0);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        CLEANUP(ledger_close) struct ledger *ledger = ledger_now(LEDGER_READ);
        assert_sound(ledger);
        assert_non_null(strstr(dump(ledger, &arena), "1 a /home/a claude-opus-5 in 0 out 5"));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, drop_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keeps_the_record_with_most_output_whole),
        TEST(keeps_calls_of_different_requests_of_the_main_thread),
        TEST(counts_no_side_question_beside_its_parent),
        TEST(counts_the_best_of_side_chains_of_one_message),
        TEST(takes_a_call_for_a_side_chain_only_when_all_records_say_so),
        TEST(prefers_a_direct_record_to_a_nested_one),
        TEST(keeps_advisor_iterations_apart),
        TEST(keeps_the_calls_of_a_relay_with_one_id_apart),
        TEST(knows_a_gateway_call_in_a_copy_by_its_uuid),
        TEST(joins_two_calls_that_turn_out_to_be_one),
        TEST(counts_the_same_counts_in_other_sessions_of_a_relay_apart),
        TEST(tells_calls_without_any_id_by_their_uuid),
        TEST(gives_a_shared_call_to_the_session_that_began_first),
        TEST(takes_a_session_that_was_copied_whole_for_the_original),
        TEST(believes_a_copy_that_names_its_origin),
        TEST(follows_copies_of_copies_to_the_first),
        TEST(settles_again_when_an_older_call_of_a_session_comes_to_light),
        TEST(gives_the_same_answers_in_any_order_of_reading),
        TEST(changes_nothing_when_everything_is_merged_again),
        TEST(forgets_texts_of_a_transaction_that_was_rolled_back),
        TEST(finds_texts_among_many),
        TEST(hands_out_no_tool_of_which_only_the_result_is_known),
        TEST(extends_spans_over_short_gaps_only),
        TEST(forgets_damages_of_a_log_that_is_read_again),
        TEST(remembers_how_far_a_log_was_read),
        TEST(keeps_the_first_known_owner_of_a_log),
        TEST(walks_only_the_window_and_the_project_asked_for),
        TEST(keeps_facts_and_stores),
        TEST(prices_calls_later),
        TEST(says_there_is_no_ledger_to_read),
        TEST(refuses_what_is_no_ledger),
        TEST(refuses_a_ledger_of_a_newer_version),
        TEST(finds_what_is_wrong_with_the_rows),
        TEST(knows_the_subagent_of_a_call_from_the_record_or_its_log),
        TEST(keeps_each_compaction_once),
        TEST(sums_exactly_what_any_window_holds),
        TEST(sums_late_when_told_to_and_reads_right_meanwhile),
        TEST(finds_sums_that_are_not_what_the_calls_say),
        TEST(says_of_sums_beyond_any_number_that_they_are),
        TEST(knows_what_another_process_has_written_meanwhile),
        TEST(tells_how_long_a_tool_took_and_how_much_it_said),
        TEST(lets_two_processes_make_and_fill_it_at_once),
        TEST(says_busy_when_somebody_else_writes),
        TEST(rolls_back_what_a_killed_writer_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
