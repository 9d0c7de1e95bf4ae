#include "ingest/harvester.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"

enum { FIRST_ROOM = 16 }; /* a power of two, as all rooms are */

struct slot {
    int64_t hash;
    size_t place; /* in the array that is looked up, from 1; 0: free */
};

struct slots { /* open addressing; at most half full */
    struct slot *items;
    size_t size;
    size_t used;
};

struct harvester {
    struct arena *arena;
    struct harvest harvest;
    struct slots by_key; /* calls with a request id */
    const char **names;  /* texts that repeat: models, branches, tools */
    size_t name_count;
    struct slots by_name;
};

/* Room for one more item after `count`. Rooms are powers of two, so the count says when one is
 * full. */
static void *grown(struct arena *arena, void *items, size_t count, size_t size)
{
    if (!items || count == 0)
        return arena_alloc(arena, FIRST_ROOM * size);
    if (count < FIRST_ROOM || (count & (count - 1)) != 0)
        return items;
    void *more = arena_alloc(arena, count * 2 * size);
    return memcpy(more, items, count * size);
}

static void slot_put(struct slots *slots, struct slot slot)
{
    size_t at = (size_t)slot.hash & (slots->size - 1);
    while (slots->items[at].place)
        at = (at + 1) & (slots->size - 1);
    slots->items[at] = slot;
    slots->used++;
}

static void slot_add(struct arena *arena, struct slots *slots, int64_t hash, size_t place)
{
    if (slots->used * 2 >= slots->size) {
        struct slots more = { .size = slots->size ? slots->size * 2 : FIRST_ROOM };
        more.items = arena_alloc(arena, more.size * sizeof(*more.items));
        for (size_t i = 0; i < slots->size; i++)
            if (slots->items[i].place)
                slot_put(&more, slots->items[i]);
        *slots = more;
    }
    slot_put(slots, (struct slot){ hash, place });
}

/* The one copy of a text that will come again. */
static const char *name_kept(struct harvester *harvester, const char *name)
{
    struct slots *slots = &harvester->by_name;
    int64_t hash = hash_text(name);
    size_t at = slots->size ? (size_t)hash & (slots->size - 1) : 0;
    while (slots->size && slots->items[at].place) {
        const char *known = harvester->names[slots->items[at].place - 1];
        if (slots->items[at].hash == hash && strcmp(known, name) == 0)
            return known;
        at = (at + 1) & (slots->size - 1);
    }
    harvester->names =
        grown(harvester->arena, harvester->names, harvester->name_count, sizeof(*harvester->names));
    const char *kept = arena_strdup(harvester->arena, name);
    harvester->names[harvester->name_count++] = kept;
    slot_add(harvester->arena, slots, hash, harvester->name_count);
    return kept;
}

static const char *text_kept(struct harvester *harvester, const char *text)
{
    return *text ? arena_strdup(harvester->arena, text) : "";
}

static int64_t key_hash(const struct call *call)
{
    int64_t hash = hash_text(call->message_id);
    hash = hash_more(hash, call->request_id, strlen(call->request_id));
    return hash_more(hash, &call->advisor, sizeof(call->advisor));
}

static bool same_key(const struct call *a, const struct call *b)
{
    return a->advisor == b->advisor && strcmp(a->request_id, b->request_id) == 0 &&
           strcmp(a->message_id, b->message_id) == 0;
}

static struct call *call_find(const struct harvester *harvester, const struct call *call,
                              int64_t hash)
{
    const struct slots *slots = &harvester->by_key;
    if (slots->size == 0)
        return NULL;
    for (size_t at = (size_t)hash & (slots->size - 1); slots->items[at].place;
         at = (at + 1) & (slots->size - 1)) {
        struct call *known = &harvester->harvest.calls[slots->items[at].place - 1];
        if (slots->items[at].hash == hash && same_key(known, call))
            return known;
    }
    return NULL;
}

static bool call_beats(const struct call *call, const struct call *known)
{
    if ((call->flags ^ known->flags) & CALL_NESTED)
        return !(call->flags & CALL_NESTED);
    if (call->usage.output != known->usage.output)
        return call->usage.output > known->usage.output;
    int64_t total = usage_total(&call->usage);
    int64_t known_total = usage_total(&known->usage);
    if (total != known_total)
        return total > known_total;
    if (call->at_ns != known->at_ns)
        return call->at_ns < known->at_ns;
    return strcmp(call->uuid, known->uuid) < 0;
}

/* The record is kept whole, but a call that any record of its own kind shows in the main thread is
 * there. A nested copy names the thread of its holder: it has no say beside a direct record. */
static void call_fold(struct harvester *harvester, struct call *known, const struct call *call)
{
    bool same_kind = !((call->flags ^ known->flags) & CALL_NESTED);
    bool main_thread = same_kind && !(call->flags & known->flags & CALL_SIDECHAIN);
    if (call_beats(call, known)) {
        struct call winner = *call;
        winner.message_id = known->message_id;
        winner.request_id = known->request_id;
        winner.uuid = text_kept(harvester, call->uuid);
        winner.origin_session = name_kept(harvester, call->origin_session);
        winner.model = name_kept(harvester, call->model);
        winner.branch = name_kept(harvester, call->branch);
        winner.agent = known->agent;
        *known = winner;
    }
    if (call->agent && *call->agent && (!*known->agent || strcmp(call->agent, known->agent) < 0))
        known->agent = name_kept(harvester, call->agent);
    if (main_thread)
        known->flags &= ~(unsigned)CALL_SIDECHAIN;
}

struct harvester *harvester_new(struct arena *arena)
{
    struct harvester *harvester = arena_alloc(arena, sizeof(*harvester));
    *harvester = (struct harvester){ .arena = arena, .harvest = { .session = "", .cwd = "" } };
    return harvester;
}

void harvester_line(struct harvester *harvester)
{
    harvester->harvest.lines++;
}

void harvester_call(struct harvester *harvester, const struct call *call)
{
    struct harvest *harvest = &harvester->harvest;
    int64_t hash = *call->request_id ? key_hash(call) : 0;
    struct call *known = *call->request_id ? call_find(harvester, call, hash) : NULL;
    if (known) {
        call_fold(harvester, known, call);
        return;
    }
    harvest->calls =
        grown(harvester->arena, harvest->calls, harvest->call_count, sizeof(*harvest->calls));
    struct call *kept = &harvest->calls[harvest->call_count++];
    *kept = *call;
    kept->message_id = text_kept(harvester, call->message_id);
    kept->request_id = text_kept(harvester, call->request_id);
    kept->uuid = text_kept(harvester, call->uuid);
    kept->origin_session = name_kept(harvester, call->origin_session);
    kept->model = name_kept(harvester, call->model);
    kept->branch = name_kept(harvester, call->branch);
    kept->agent = name_kept(harvester, call->agent ? call->agent : "");
    if (*call->request_id)
        slot_add(harvester->arena, &harvester->by_key, hash, harvest->call_count);
}

void harvester_tool_use(struct harvester *harvester, const struct tool_use *use)
{
    struct harvest *harvest = &harvester->harvest;
    harvest->tool_uses = grown(harvester->arena, harvest->tool_uses, harvest->tool_use_count,
                               sizeof(*harvest->tool_uses));
    harvest->tool_uses[harvest->tool_use_count++] =
        (struct tool_use){ text_kept(harvester, use->id), name_kept(harvester, use->name),
                           use->at_ns };
}

void harvester_tool_result(struct harvester *harvester, const struct tool_result *result)
{
    struct harvest *harvest = &harvester->harvest;
    harvest->tool_results = grown(harvester->arena, harvest->tool_results,
                                  harvest->tool_result_count, sizeof(*harvest->tool_results));
    harvest->tool_results[harvest->tool_result_count++] =
        (struct tool_result){ text_kept(harvester, result->id), result->state, result->at_ns,
                              result->bytes };
}

void harvester_prompt(struct harvester *harvester, const struct prompt *prompt)
{
    struct harvest *harvest = &harvester->harvest;
    harvest->prompts =
        grown(harvester->arena, harvest->prompts, harvest->prompt_count, sizeof(*harvest->prompts));
    harvest->prompts[harvest->prompt_count++] =
        (struct prompt){ text_kept(harvester, prompt->uuid), text_kept(harvester, prompt->text),
                         prompt->at_ns };
}

void harvester_api_error(struct harvester *harvester, const struct api_error *error)
{
    struct harvest *harvest = &harvester->harvest;
    harvest->api_errors = grown(harvester->arena, harvest->api_errors, harvest->api_error_count,
                                sizeof(*harvest->api_errors));
    harvest->api_errors[harvest->api_error_count++] =
        (struct api_error){ text_kept(harvester, error->uuid), error->at_ns };
}

void harvester_compaction(struct harvester *harvester, const struct compaction *compaction)
{
    struct harvest *harvest = &harvester->harvest;
    harvest->compactions = grown(harvester->arena, harvest->compactions, harvest->compaction_count,
                                 sizeof(*harvest->compactions));
    struct compaction *kept = &harvest->compactions[harvest->compaction_count++];
    *kept = *compaction;
    kept->uuid = text_kept(harvester, compaction->uuid);
    kept->trigger = name_kept(harvester, compaction->trigger);
}

void harvester_damage(struct harvester *harvester, const struct damage *damage)
{
    struct harvest *harvest = &harvester->harvest;
    harvest->damages =
        grown(harvester->arena, harvest->damages, harvest->damage_count, sizeof(*harvest->damages));
    harvest->damages[harvest->damage_count++] = *damage;
}

/* Is `later` at most one gap after `earlier`? Unsigned: a difference of instants may not fit. */
static bool within_gap(int64_t earlier, int64_t later)
{
    return later <= earlier || (uint64_t)later - (uint64_t)earlier <= (uint64_t)ACTIVITY_GAP_NS;
}

void harvester_seen(struct harvester *harvester, int64_t at_ns)
{
    struct harvest *harvest = &harvester->harvest;
    struct span *last = harvest->span_count ? &harvest->spans[harvest->span_count - 1] : NULL;
    if (last && within_gap(last->to_ns, at_ns) && within_gap(at_ns, last->from_ns)) {
        last->from_ns = at_ns < last->from_ns ? at_ns : last->from_ns;
        last->to_ns = at_ns > last->to_ns ? at_ns : last->to_ns;
        return;
    }
    harvest->spans =
        grown(harvester->arena, harvest->spans, harvest->span_count, sizeof(*harvest->spans));
    harvest->spans[harvest->span_count++] = (struct span){ at_ns, at_ns };
}

void harvester_origin(struct harvester *harvester, const char *session, const char *cwd)
{
    if (!*harvester->harvest.session)
        harvester->harvest.session = text_kept(harvester, session);
    if (!*harvester->harvest.cwd)
        harvester->harvest.cwd = text_kept(harvester, cwd);
}

static int by_start(const void *a, const void *b)
{
    const struct span *one = a;
    const struct span *other = b;
    return (one->from_ns > other->from_ns) - (one->from_ns < other->from_ns);
}

/* Records come nearly in order: what did not is put in place here, once. */
static void spans_join(struct harvest *harvest)
{
    if (harvest->span_count < 2)
        return;
    qsort(harvest->spans, harvest->span_count, sizeof(*harvest->spans), by_start);
    struct span *last = harvest->spans;
    for (size_t i = 1; i < harvest->span_count; i++) {
        const struct span *span = &harvest->spans[i];
        if (!within_gap(last->to_ns, span->from_ns))
            *++last = *span;
        else if (span->to_ns > last->to_ns)
            last->to_ns = span->to_ns;
    }
    harvest->span_count = (size_t)(last - harvest->spans) + 1;
}

const struct harvest *harvester_result(struct harvester *harvester)
{
    spans_join(&harvester->harvest);
    return &harvester->harvest;
}
