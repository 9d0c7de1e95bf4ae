#include "ingest/peer_line.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/scan.h"
#include "ingest/peer_strict.h"

enum { ID_LIMIT = 256 };

static const char marker[] = "\"usage\":{"; /* ccusage looks for these bytes first */

struct views { /* of one line: by ccusage, and by us */
    struct peer_entry direct;
    struct peer_entry nested;
    struct claude_record record;
    const struct peer_entry *entry; /* what ccusage reads of it; NULL: nothing */
};

/* 20, 24, 25 or 29 characters, a 'T', seconds or milliseconds, 'Z' or an offset. */
static bool shape_fits(const struct scan_text *text)
{
    static const char *const shapes[] = {
        "dddd-dd-ddTdd:dd:ddZ",
        "dddd-dd-ddTdd:dd:dd.dddZ",
        "dddd-dd-ddTdd:dd:dds",
        "dddd-dd-ddTdd:dd:dd.ddds",
    };
    static const size_t lengths[] = { 20, 24, 25, 29 };
    for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
        if (text->length != lengths[i])
            continue;
        for (const char *want = shapes[i], *at = text->bytes; *want && *want != 's'; want++, at++)
            if (*want == 'd' ? *at < '0' || *at > '9' : *at != *want)
                return false;
        return true;
    }
    return false;
}

static bool time_fits(const struct scan_text *text)
{
    int64_t ignored;
    return shape_fits(text) && text->bytes[17] < '6' &&
           clock_parse(text->bytes, text->length, &ignored);
}

static bool version_fits(const struct scan_text *version)
{
    const char *at = version->bytes;
    const char *end = at + version->length;
    for (int part = 0; part < 3; part++) {
        const char *first = at;
        while (at < end && *at >= '0' && *at <= '9')
            at++;
        if (at == first)
            return false;
        if (part < 2 && (at == end || *at++ != '.'))
            return false;
    }
    return true;
}

static bool is_empty(const struct peer_entry *entry, unsigned bit, const struct scan_text *text)
{
    return (entry->seen & bit) && text->length == 0;
}

static enum explain_cause refusal(const struct peer_entry *entry, bool nested)
{
    if (!time_fits(&entry->timestamp))
        return EXPLAIN_TIMESTAMP;
    if (!nested && (entry->seen & PEER_VERSION) && !version_fits(&entry->version))
        return EXPLAIN_VERSION;
    if (is_empty(entry, PEER_SESSION, &entry->session) ||
        is_empty(entry, PEER_REQUEST, &entry->request) || is_empty(entry, PEER_ID, &entry->id) ||
        is_empty(entry, PEER_MODEL, &entry->model))
        return EXPLAIN_EMPTY;
    return EXPLAIN_NONE;
}

/* Why ccusage does not read the line; EXPLAIN_NONE, and which of its messages it takes. */
static enum explain_cause judge(const char *bytes, size_t length, bool after_mark,
                                struct views *views)
{
    bool direct = peer_fits(&views->direct);
    if (after_mark)
        return EXPLAIN_BYTE_ORDER_MARK;
    if (!memmem(bytes, length, marker, sizeof(marker) - 1))
        return EXPLAIN_SPACING;
    if (peer_has_null(bytes, length))
        return EXPLAIN_NULL;
    if (peer_has_lone_surrogate(bytes, length))
        return EXPLAIN_SURROGATE;
    if (!direct && !peer_fits(&views->nested))
        return EXPLAIN_TYPED;
    const struct peer_entry *entry = direct ? &views->direct : &views->nested;
    enum explain_cause cause = refusal(entry, !direct);
    if (cause == EXPLAIN_NONE)
        views->entry = entry;
    return cause;
}

static const char *copy(struct arena *arena, const struct scan_text *text)
{
    return text->length ? scan_copy(arena, text, ID_LIMIT) : "";
}

static const struct scan_text *either(const struct scan_text *inner, const struct scan_text *outer)
{
    return inner->length ? inner : outer;
}

/* As ingest/claude reads it: what a nested message does not say, the record around it says. */
static struct call call_of(struct arena *arena, const struct claude_record *outer, bool nested)
{
    const struct claude_record *inner = nested ? outer->nested : outer;
    const struct scan_text *at = either(&inner->timestamp, &outer->timestamp);
    struct call call = {
        .message_id = copy(arena, &inner->message.id),
        .request_id = copy(arena, either(&inner->request_id, &outer->request_id)),
        .uuid = "",
        .origin_session = "",
        .branch = "",
        .model = copy(arena, &inner->message.model),
        .usage = inner->message.usage.usage,
        .speed = inner->message.usage.speed,
        .flags = inner->message.usage.flags,
    };
    if (nested)
        call.flags |= CALL_NESTED;
    if (inner->flags & CLAUDE_SIDECHAIN)
        call.flags |= CALL_SIDECHAIN;
    if (!clock_parse(at->bytes, at->length, &call.at_ns))
        call.at_ns = 0;
    return call;
}

static enum explain_cause foreign(const struct claude_record *record)
{
    if (!scan_text_is(&record->type, "assistant"))
        return EXPLAIN_NOT_ASSISTANT;
    if (scan_text_is(&record->message.model, "<synthetic>"))
        return EXPLAIN_SYNTHETIC;
    return record->message.usage.bad ? EXPLAIN_IMPOSSIBLE : EXPLAIN_NONE;
}

static void fill_read(struct arena *arena, const struct views *views, struct peer_line *out)
{
    const struct peer_entry *entry = views->entry;
    struct peer_record *record = &out->record;
    record->theirs.theirs = entry->usage.usage;
    record->session = copy(arena, &entry->session);
    record->request = copy(arena, &entry->request);
    record->fast_known = peer_has_speed(&entry->usage);
    out->beyond = entry->usage.beyond;
    /* A nested message says itself whether it is a side chain; ours may have inherited it. */
    record->theirs.call.flags &= ~(unsigned)CALL_SIDECHAIN;
    if (entry->side)
        record->theirs.call.flags |= CALL_SIDECHAIN;
    if (record->theirs.foreign == EXPLAIN_IMPOSSIBLE)
        record->theirs.call.usage = entry->usage.usage;
    for (size_t i = 0; entry == &views->direct && i < entry->advisor_count; i++) {
        struct peer_record *advisor = &out->advisors[out->advisor_count++];
        *advisor = *record;
        advisor->theirs.call.model = copy(arena, &entry->advisors[i].model);
        advisor->theirs.call.advisor = (int)i + 1;
        advisor->theirs.call.speed = entry->advisors[i].usage.speed;
        advisor->theirs.call.usage = entry->advisors[i].usage.usage;
        advisor->theirs.theirs = entry->advisors[i].usage.usage;
        advisor->fast_known = peer_has_speed(&entry->advisors[i].usage);
        out->beyond |= entry->advisors[i].usage.beyond;
    }
}

bool peer_line_read(struct arena *arena, const char *bytes, size_t length, bool after_mark,
                    struct peer_line *out)
{
    struct views views = { 0 };
    struct scan scan;
    if (!memmem(bytes, length, "\"usage\"", 7))
        return false;
    CLEANUP(arena_free) struct arena scratch = { 0 };
    scan_begin(&scan, bytes, length);
    if (!claude_record_read(&scan, &scratch, &views.record) || !scan_end(&scan) ||
        !peer_strict_read(bytes, length, &views.direct, &views.nested))
        return false;
    enum explain_cause dropped = judge(bytes, length, after_mark, &views);
    bool nested = views.entry ? views.entry == &views.nested : !views.record.message.usage.given;
    if (nested && !views.record.nested)
        return false;
    const struct claude_record *record = nested ? views.record.nested : &views.record;
    if (!views.entry && !record->message.usage.given)
        return false;
    *out = (struct peer_line){
        .record = { .theirs = { .call = call_of(arena, &views.record, nested),
                                .session = "",
                                .dropped = dropped,
                                .foreign = foreign(record) },
                    .session = "",
                    .request = "" },
    };
    if (views.entry)
        fill_read(arena, &views, out);
    return true;
}
