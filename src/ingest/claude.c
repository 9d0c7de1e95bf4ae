#include "ingest/claude.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/scan.h"
#include "base/text.h"
#include "ingest/claude_record.h"
#include "ingest/harvester.h"

enum {
    ID_LIMIT = 256, /* bytes of an id, a model, a branch */
    CWD_LIMIT = 4096,
    PROMPT_LIMIT = 200, /* characters */
    PROMPT_BYTES = 4 * PROMPT_LIMIT
};

/* What Claude Code itself puts where a person's text goes. */
static const char *const not_typed[] = {
    "<command-name>", "<command-message>",   "<local-command-",
    "<bash-stdout>",  "<task-notification>", "[Request interrupted",
};

/* Up to this version an advisor's calls are not in the totals of the record that holds them. */
static const int64_t advisor_version[] = { 2, 1, 219 };

struct reading { /* of one line */
    struct harvester *harvester;
    struct arena *arena;  /* gone after the line */
    struct damage damage; /* the line, should it be one */
};

struct moment {
    int64_t at_ns;
    bool known;
};

static const char *id_of(struct reading *reading, const struct scan_text *text)
{
    return text->length ? scan_copy(reading->arena, text, ID_LIMIT) : "";
}

static struct moment moment_of(struct reading *reading, const struct scan_text *text)
{
    struct moment moment = { 0 };
    const char *bytes = text->bytes;
    size_t length = text->length;
    if (text->escaped) {
        bytes = scan_copy(reading->arena, text, CLOCK_TEXT);
        length = strlen(bytes);
    }
    moment.known = clock_parse(bytes, length, &moment.at_ns);
    return moment;
}

static void damaged(struct reading *reading, const char *reason)
{
    reading->damage.reason = reason;
    harvester_damage(reading->harvester, &reading->damage);
}

/* "2.1.218" is before 2.1.219; a text that is no version is before nothing. */
static bool before_advisor_version(const struct scan_text *version)
{
    const char *at = version->bytes;
    const char *end = at + version->length;
    for (size_t i = 0; i < ARRAY_LEN(advisor_version); i++) {
        int64_t number = 0;
        const char *first = at;
        for (; at < end && *at >= '0' && *at <= '9' && at - first < 9; at++)
            number = number * 10 + (*at - '0');
        if (at == first)
            return false;
        if (number != advisor_version[i])
            return number < advisor_version[i];
        if (at == end || *at++ != '.')
            return false;
    }
    return false;
}

static bool is_synthetic(const struct scan_text *model)
{
    return scan_text_is(model, "<synthetic>");
}

static unsigned flags_of(const struct claude_record *record)
{
    unsigned flags = record->message.usage.flags;
    if (record->flags & CLAUDE_SIDECHAIN)
        flags |= CALL_SIDECHAIN;
    if (record->is_nested)
        flags |= CALL_NESTED;
    if (record->message.stop_reason.length == 0)
        flags |= CALL_OPEN;
    return flags;
}

static struct call call_of(struct reading *reading, const struct claude_record *record,
                           int64_t at_ns)
{
    const struct claude_message *message = &record->message;
    return (struct call){
        .message_id = id_of(reading, &message->id),
        .request_id = id_of(reading, &record->request_id),
        .uuid = id_of(reading, &record->uuid),
        .origin_session = id_of(reading, &record->origin_session),
        .model = id_of(reading, &message->model),
        .branch = id_of(reading, &record->branch),
        .agent = id_of(reading, &record->agent),
        .at_ns = at_ns,
        .usage = message->usage.usage,
        .speed = message->usage.speed,
        .flags = flags_of(record),
    };
}

/* Advisors answer within a call of another model, to which their tokens then do not belong. */
static void take_advisors(struct reading *reading, const struct claude_record *record,
                          struct call call)
{
    if (!before_advisor_version(&record->version))
        return;
    for (const struct claude_usage *one = record->message.usage.advisors; one; one = one->next) {
        call.advisor++;
        call.model = id_of(reading, &one->model);
        call.usage = one->usage;
        call.speed = one->speed;
        call.flags |= one->flags;
        if (one->bad)
            damaged(reading, "usage is not a count");
        else if (!is_synthetic(&one->model))
            harvester_call(reading->harvester, &call);
    }
}

static void take_call(struct reading *reading, const struct claude_record *record,
                      struct moment moment)
{
    const struct claude_usage *usage = &record->message.usage;
    bool any = usage_total(&usage->usage) > 0 || usage->usage.web_searches > 0;
    if (!usage->given || is_synthetic(&record->message.model))
        return;
    if (usage->bad) {
        damaged(reading, "usage is not a count");
        return;
    }
    if ((record->flags & CLAUDE_API_ERROR) && !any)
        return;
    if (!moment.known) {
        damaged(reading, "no time");
        return;
    }
    struct call call = call_of(reading, record, moment.at_ns);
    harvester_call(reading->harvester, &call);
    take_advisors(reading, record, call);
}

static void take_api_error(struct reading *reading, const struct claude_record *record,
                           struct moment moment)
{
    if (!moment.known)
        return;
    harvester_api_error(reading->harvester,
                        &(struct api_error){ id_of(reading, &record->uuid), moment.at_ns });
}

static void take_assistant(struct reading *reading, const struct claude_record *record,
                           struct moment moment)
{
    take_call(reading, record, moment);
    if (record->flags & CLAUDE_API_ERROR)
        take_api_error(reading, record, moment);
    for (const struct claude_block *block = record->message.blocks; block; block = block->next)
        if (!block->result && moment.known)
            harvester_tool_use(reading->harvester,
                               &(struct tool_use){ id_of(reading, &block->id),
                                                   id_of(reading, &block->name), moment.at_ns });
}

static enum tool_state state_of(const struct claude_record *record,
                                const struct claude_block *block)
{
    if ((record->flags & CLAUDE_DENIED) || block->refused)
        return TOOL_DECLINED;
    return block->failed ? TOOL_ERROR : TOOL_OK;
}

static bool is_prompt(const struct claude_record *record, const char *text)
{
    if (record->is_nested || record->message.has_result ||
        (record->flags & (CLAUDE_META | CLAUDE_SIDECHAIN | CLAUDE_SUMMARY)))
        return false;
    if (record->origin_kind.length && !scan_text_is(&record->origin_kind, "human"))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(not_typed); i++)
        if (text_has_prefix(text, not_typed[i]))
            return false;
    return true;
}

static void take_prompt(struct reading *reading, const struct claude_record *record, int64_t at_ns)
{
    const char *text = scan_copy(reading->arena, &record->message.text, PROMPT_BYTES);
    if (is_prompt(record, text))
        harvester_prompt(reading->harvester,
                         &(struct prompt){ id_of(reading, &record->uuid),
                                           text_head(reading->arena, text, PROMPT_LIMIT), at_ns });
}

static void take_user(struct reading *reading, const struct claude_record *record,
                      struct moment moment)
{
    if (!moment.known)
        return;
    for (const struct claude_block *block = record->message.blocks; block; block = block->next)
        if (block->result)
            harvester_tool_result(reading->harvester,
                                  &(struct tool_result){ id_of(reading, &block->id),
                                                         state_of(record, block), moment.at_ns,
                                                         block->bytes });
    take_prompt(reading, record, moment.at_ns);
}

static void take_system(struct reading *reading, const struct claude_record *record,
                        struct moment moment)
{
    if (scan_text_is(&record->subtype, "api_error"))
        take_api_error(reading, record, moment);
    else if (moment.known && scan_text_is(&record->subtype, "compact_boundary"))
        harvester_compaction(
            reading->harvester,
            &(struct compaction){ .uuid = id_of(reading, &record->uuid),
                                  .trigger = id_of(reading, &record->compact_trigger),
                                  .pre_tokens = record->compact_pre,
                                  .post_tokens = record->compact_post,
                                  .at_ns = moment.at_ns });
}

static void inherit(struct scan_text *text, const struct scan_text *outer)
{
    if (text->length == 0)
        *text = *outer;
}

/* What the nested record does not say itself, the record around it says. */
static struct claude_record nested_of(const struct claude_record *outer)
{
    struct claude_record nested = *outer->nested;
    inherit(&nested.timestamp, &outer->timestamp);
    inherit(&nested.uuid, &outer->uuid);
    inherit(&nested.request_id, &outer->request_id);
    inherit(&nested.version, &outer->version);
    inherit(&nested.branch, &outer->branch);
    inherit(&nested.agent, &outer->agent);
    inherit(&nested.origin_session, &outer->origin_session);
    if (!(nested.given & CLAUDE_SIDECHAIN))
        nested.flags |= outer->flags & CLAUDE_SIDECHAIN;
    return nested;
}

static void take_progress(struct reading *reading, const struct claude_record *record,
                          struct moment moment)
{
    (void)moment;
    if (!record->nested)
        return;
    struct claude_record nested = nested_of(record);
    struct moment at = moment_of(reading, &nested.timestamp);
    if (scan_text_is(&nested.type, "assistant"))
        take_assistant(reading, &nested, at);
    else if (scan_text_is(&nested.type, "user"))
        take_user(reading, &nested, at);
}

static void take_nothing(struct reading *reading, const struct claude_record *record,
                         struct moment moment)
{
    (void)reading;
    (void)record;
    (void)moment;
}

/* The records of a conversation. Other types appear every month: they hold nothing we count. */
static const struct {
    const char *type;
    void (*take)(struct reading *reading, const struct claude_record *record, struct moment moment);
} kinds[] = {
    { "assistant", take_assistant }, { "user", take_user },         { "system", take_system },
    { "attachment", take_nothing },  { "progress", take_progress },
};

static void take(struct reading *reading, const struct claude_record *record)
{
    harvester_origin(reading->harvester, id_of(reading, &record->session),
                     record->cwd.length ? scan_copy(reading->arena, &record->cwd, CWD_LIMIT) : "");
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (!scan_text_is(&record->type, kinds[i].type))
            continue;
        struct moment moment = moment_of(reading, &record->timestamp);
        if (moment.known)
            harvester_seen(reading->harvester, moment.at_ns);
        kinds[i].take(reading, record, moment);
        return;
    }
}

static bool is_blank(const char *line, size_t length)
{
    while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\t' ||
                          line[length - 1] == '\r' || line[length - 1] == '\n'))
        length--;
    return length == 0;
}

static void claude_line(struct harvester *harvester, const char *line, size_t length,
                        int64_t offset)
{
    if (is_blank(line, length))
        return;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct reading reading = { .harvester = harvester,
                               .arena = &arena,
                               .damage = { .offset = offset, .length = (int64_t)length } };
    struct claude_record record;
    struct scan scan;
    scan_begin(&scan, line, length);
    bool is_object = claude_record_read(&scan, &arena, &record);
    if (!is_object)
        scan_skip(&scan);
    if (!scan_end(&scan))
        damaged(&reading, scan.why);
    else if (!is_object)
        damaged(&reading, "not an object");
    else
        take(&reading, &record);
}

const struct source source_claude = {
    .name = "claude",
    .find = claude_paths,
    .line = claude_line,
};
