#include "ingest/claude_record.h"

#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

/* How a member is read: its value is next, `place` is where in the record it goes. */
struct member {
    const char *key;
    size_t key_length;
    void (*read)(struct scan *scan, struct arena *arena, struct claude_record *record,
                 const struct member *member);
    size_t place;
    unsigned flag;
};

static const char refusal[] = "The user doesn't want to proceed with this tool use";

static const struct scan_text nothing = { .bytes = "" };

static void text_read(struct scan *scan, struct scan_text *out)
{
    *out = nothing;
    (void)scan_string(scan, out);
}

/* The text of the member `name` of the object that is next, if it is one. */
static void inner_text_read(struct scan *scan, const char *name, struct scan_text *out)
{
    struct scan_text key;
    *out = nothing;
    if (!scan_object(scan)) {
        scan_skip(scan);
        return;
    }
    while (scan_member(scan, &key))
        if (scan_key_is(&key, name))
            text_read(scan, out);
        else
            scan_skip(scan);
}

/* A tool result's content: a text, or a list whose first text block is meant. */
static void content_text_read(struct scan *scan, struct scan_text *out)
{
    *out = nothing;
    if (scan_peek(scan) == SCAN_STRING) {
        text_read(scan, out);
    } else if (scan_list(scan)) {
        while (scan_item(scan))
            if (out->length == 0)
                inner_text_read(scan, "text", out);
            else
                scan_skip(scan);
    } else {
        scan_skip(scan);
    }
}

struct block_reading {
    struct scan_text type;
    struct scan_text id;
    struct scan_text tool_use_id;
    struct scan_text name;
    struct scan_text text;
    struct scan_text content;
    int64_t bytes; /* of `content` */
    bool failed;
};

/* A text is as long as what is between its quotes. */
static void sized_content_read(struct scan *scan, struct block_reading *block)
{
    bool text = scan_peek(scan) == SCAN_STRING; /* which passes over white space */
    const char *from = scan->at;
    content_text_read(scan, &block->content);
    block->bytes = text ? (int64_t)block->content.length : scan->at - from;
}

static void block_member_read(struct scan *scan, const struct scan_text *key,
                              struct block_reading *block)
{
    if (scan_key_is(key, "type"))
        text_read(scan, &block->type);
    else if (scan_key_is(key, "id"))
        text_read(scan, &block->id);
    else if (scan_key_is(key, "tool_use_id"))
        text_read(scan, &block->tool_use_id);
    else if (scan_key_is(key, "name"))
        text_read(scan, &block->name);
    else if (scan_key_is(key, "text"))
        text_read(scan, &block->text);
    else if (scan_key_is(key, "content"))
        sized_content_read(scan, block);
    else if (scan_key_is(key, "is_error"))
        (void)scan_bool(scan, &block->failed);
    else
        scan_skip(scan);
}

static bool block_read(struct scan *scan, struct block_reading *block)
{
    struct scan_text key;
    *block =
        (struct block_reading){ nothing, nothing, nothing, nothing, nothing, nothing, 0, false };
    if (!scan_object(scan)) {
        scan_skip(scan);
        return false;
    }
    while (scan_member(scan, &key))
        block_member_read(scan, &key, block);
    return true;
}

static bool is_refusal(struct arena *arena, const struct block_reading *block)
{
    return block->failed &&
           text_has_prefix(scan_copy(arena, &block->content, sizeof(refusal)), refusal);
}

/* The end of the list of blocks after this one. */
static struct claude_block **block_keep(struct arena *arena, const struct block_reading *block,
                                        struct claude_message *message, struct claude_block **end)
{
    bool result = scan_text_is(&block->type, "tool_result");
    if (scan_text_is(&block->type, "text") && message->text.length == 0)
        message->text = block->text;
    message->has_result |= result;
    const struct scan_text *id = result ? &block->tool_use_id : &block->id;
    if ((!result && !scan_text_is(&block->type, "tool_use")) || id->length == 0)
        return end;
    *end = arena_alloc(arena, sizeof(**end));
    **end = (struct claude_block){ .id = *id,
                                   .name = block->name,
                                   .bytes = block->bytes,
                                   .result = result,
                                   .failed = block->failed,
                                   .refused = result && is_refusal(arena, block) };
    return &(*end)->next;
}

static void content_read(struct scan *scan, struct arena *arena, struct claude_message *message)
{
    struct claude_block **end = &message->blocks;
    *end = NULL;
    message->text = nothing;
    message->has_result = false;
    if (scan_peek(scan) == SCAN_STRING) {
        text_read(scan, &message->text);
        return;
    }
    if (!scan_list(scan)) {
        scan_skip(scan);
        return;
    }
    while (scan_item(scan)) {
        struct block_reading block;
        if (block_read(scan, &block))
            end = block_keep(arena, &block, message, end);
    }
}

static void message_member_read(struct scan *scan, struct arena *arena, const struct scan_text *key,
                                struct claude_message *message)
{
    if (scan_key_is(key, "content"))
        content_read(scan, arena, message);
    else if (scan_key_is(key, "usage"))
        claude_usage_read(scan, arena, &message->usage);
    else if (scan_key_is(key, "id"))
        text_read(scan, &message->id);
    else if (scan_key_is(key, "model"))
        text_read(scan, &message->model);
    else if (scan_key_is(key, "stop_reason"))
        text_read(scan, &message->stop_reason);
    else
        scan_skip(scan);
}

static struct claude_message message_new(void)
{
    return (struct claude_message){
        .id = nothing, .model = nothing, .stop_reason = nothing, .text = nothing
    };
}

static void read_message(struct scan *scan, struct arena *arena, struct claude_record *record,
                         const struct member *member)
{
    (void)member;
    struct scan_text key;
    record->message = message_new();
    if (!scan_object(scan)) {
        scan_skip(scan);
        return;
    }
    while (scan_member(scan, &key))
        message_member_read(scan, arena, &key, &record->message);
}

static void read_text(struct scan *scan, struct arena *arena, struct claude_record *record,
                      const struct member *member)
{
    (void)arena;
    text_read(scan, (struct scan_text *)(void *)((char *)record + member->place));
}

static void read_flag(struct scan *scan, struct arena *arena, struct claude_record *record,
                      const struct member *member)
{
    (void)arena;
    bool flag;
    if (!scan_bool(scan, &flag))
        return;
    record->given |= member->flag;
    record->flags = flag ? record->flags | member->flag : record->flags & ~member->flag;
}

static void read_denial(struct scan *scan, struct arena *arena, struct claude_record *record,
                        const struct member *member)
{
    (void)arena;
    if (scan_peek(scan) != SCAN_NULL)
        record->flags |= member->flag;
    scan_skip(scan);
}

/* Mostly a large object of the tool; of interest is only the text that stands for a refusal. */
static void read_tool_result(struct scan *scan, struct arena *arena, struct claude_record *record,
                             const struct member *member)
{
    (void)arena;
    struct scan_text text = nothing;
    if (scan_string(scan, &text) && scan_text_is(&text, "User rejected tool use"))
        record->flags |= member->flag;
}

static void read_origin(struct scan *scan, struct arena *arena, struct claude_record *record,
                        const struct member *member)
{
    (void)arena;
    (void)member;
    inner_text_read(scan, "kind", &record->origin_kind);
}

static void read_fork(struct scan *scan, struct arena *arena, struct claude_record *record,
                      const struct member *member)
{
    (void)arena;
    (void)member;
    inner_text_read(scan, "sessionId", &record->origin_session);
}

static int64_t tokens_read(struct scan *scan)
{
    int64_t tokens = 0;
    return scan_count(scan, &tokens) && tokens > 0 ? tokens : 0;
}

static void read_compaction(struct scan *scan, struct arena *arena, struct claude_record *record,
                            const struct member *member)
{
    (void)arena;
    (void)member;
    struct scan_text key;
    if (!scan_object(scan)) {
        scan_skip(scan);
        return;
    }
    while (scan_member(scan, &key))
        if (scan_key_is(&key, "trigger"))
            text_read(scan, &record->compact_trigger);
        else if (scan_key_is(&key, "preTokens"))
            record->compact_pre = tokens_read(scan);
        else if (scan_key_is(&key, "postTokens"))
            record->compact_post = tokens_read(scan);
        else
            scan_skip(scan);
}

static void read_data(struct scan *scan, struct arena *arena, struct claude_record *record,
                      const struct member *member);

#define NAME(text) (text), sizeof(text) - 1
/* clang-format off */
static const struct member members[] = {
    { NAME("type"), read_text, offsetof(struct claude_record, type),       0 },
    { NAME("uuid"), read_text, offsetof(struct claude_record, uuid),       0 },
    { NAME("message"), read_message, 0,                                       0 },
    { NAME("timestamp"), read_text, offsetof(struct claude_record, timestamp),  0 },
    { NAME("isSidechain"), read_flag, 0,                           CLAUDE_SIDECHAIN },
    { NAME("cwd"), read_text, offsetof(struct claude_record, cwd),        0 },
    { NAME("sessionId"), read_text, offsetof(struct claude_record, session),    0 },
    { NAME("version"), read_text, offsetof(struct claude_record, version),    0 },
    { NAME("gitBranch"), read_text, offsetof(struct claude_record, branch),     0 },
    { NAME("agentId"), read_text, offsetof(struct claude_record, agent), 0 },
    { NAME("compactMetadata"), read_compaction, 0, 0 },
    { NAME("requestId"), read_text, offsetof(struct claude_record, request_id), 0 },
    { NAME("toolUseResult"), read_tool_result, 0,                       CLAUDE_DENIED },
    { NAME("isMeta"), read_flag, 0,                                CLAUDE_META },
    { NAME("origin"), read_origin, 0,                                        0 },
    { NAME("subtype"), read_text, offsetof(struct claude_record, subtype),    0 },
    { NAME("data"), read_data, 0,                                          0 },
    { NAME("forkedFrom"), read_fork, 0,                                          0 },
    { NAME("isApiErrorMessage"), read_flag, 0,                          CLAUDE_API_ERROR },
    { NAME("toolDenialKind"), read_denial, 0,                            CLAUDE_DENIED },
    { NAME("isCompactSummary"), read_flag, 0,                             CLAUDE_SUMMARY },
    { NAME("isVisibleInTranscriptOnly"), read_flag, 0,                    CLAUDE_SUMMARY },
};
/* clang-format on */

static inline bool is_member(const struct scan_text *key, const struct member *member)
{
    if (key->escaped)
        return scan_key_is(key, member->key);
    return key->length == member->key_length &&
           memcmp(key->bytes, member->key, member->key_length) == 0;
}

static void members_read(struct scan *scan, struct arena *arena, struct claude_record *record)
{
    struct scan_text key;
    while (scan_member(scan, &key)) {
        size_t i = 0;
        while (i < ARRAY_LEN(members) && !is_member(&key, &members[i]))
            i++;
        if (i < ARRAY_LEN(members))
            members[i].read(scan, arena, record, &members[i]);
        else
            scan_skip(scan);
    }
}

static struct claude_record record_new(void)
{
    return (struct claude_record){ .type = nothing,
                                   .subtype = nothing,
                                   .timestamp = nothing,
                                   .uuid = nothing,
                                   .request_id = nothing,
                                   .session = nothing,
                                   .cwd = nothing,
                                   .version = nothing,
                                   .branch = nothing,
                                   .agent = nothing,
                                   .compact_trigger = nothing,
                                   .origin_kind = nothing,
                                   .origin_session = nothing,
                                   .message = message_new() };
}

/* A progress record holds a whole other record at data.message; a text at that place is none. */
static void nested_read(struct scan *scan, struct arena *arena, struct claude_record *record)
{
    if (!scan_object(scan)) {
        scan_skip(scan);
        return;
    }
    if (!record->nested)
        record->nested = arena_alloc(arena, sizeof(*record->nested));
    *record->nested = record_new();
    record->nested->is_nested = true;
    members_read(scan, arena, record->nested);
}

static void read_data(struct scan *scan, struct arena *arena, struct claude_record *record,
                      const struct member *member)
{
    (void)member;
    struct scan_text key;
    if (record->is_nested || !scan_object(scan)) {
        scan_skip(scan);
        return;
    }
    while (scan_member(scan, &key))
        if (scan_key_is(&key, "message"))
            nested_read(scan, arena, record);
        else
            scan_skip(scan);
}

bool claude_record_read(struct scan *scan, struct arena *arena, struct claude_record *out)
{
    *out = record_new();
    if (!scan_object(scan))
        return false;
    members_read(scan, arena, out);
    return true;
}
