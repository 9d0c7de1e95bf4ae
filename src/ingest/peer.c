#include "ingest/peer.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "ingest/claude.h"
#include "ingest/lines.h"
#include "ingest/peer_line.h"

/*
 * One call once, by ccusage's rules: by message and request id; without a request id by message
 * id, session and time. Where that finds nothing, a line with the message id of an earlier line
 * of the same session is the same call if either of the two is a side chain's. What stands for a
 * call may change its key on the way: only the present one is compared.
 */

enum { FIRST_ROOM = 1024 };

struct link {
    int64_t hash;
    size_t call; /* index into calls */
    size_t next; /* 1 + index of a link with the same slot; 0: the last */
};

struct names { /* keys of calls; several calls may have one */
    struct link *links;
    size_t count;
    size_t room;
    size_t *slots; /* 1 + index of the first link */
    size_t slot_count;
};

struct peers {
    struct arena *arena;
    const struct peer_plan *plan;
    struct peer_record *records;
    size_t count;
    size_t room;
    size_t *calls; /* the record that stands for each call */
    size_t call_count;
    struct names by_key;
    struct names by_session;
    struct peer_logs *out;
};

static void *grow(struct arena *arena, const void *items, size_t count, size_t *room, size_t size)
{
    *room = *room ? *room * 2 : FIRST_ROOM;
    void *more = arena_alloc(arena, *room * size);
    if (count)
        memcpy(more, items, count * size);
    return more;
}

static void names_rehash(struct arena *arena, struct names *names)
{
    names->slot_count = names->room * 2;
    names->slots = arena_alloc(arena, names->slot_count * sizeof(*names->slots));
    memset(names->slots, 0, names->slot_count * sizeof(*names->slots));
    for (size_t i = 0; i < names->count; i++) {
        size_t *slot = &names->slots[(uint64_t)names->links[i].hash % names->slot_count];
        names->links[i].next = *slot;
        *slot = i + 1;
    }
}

static size_t *names_slot(const struct names *names, int64_t hash)
{
    return &names->slots[(uint64_t)hash % names->slot_count];
}

static void names_add(struct arena *arena, struct names *names, int64_t hash, size_t call)
{
    if (names->count == names->room) {
        names->links = grow(arena, names->links, names->count, &names->room, sizeof(*names->links));
        names_rehash(arena, names);
    }
    size_t *slot = names_slot(names, hash);
    for (size_t at = *slot; at; at = names->links[at - 1].next)
        if (names->links[at - 1].hash == hash && names->links[at - 1].call == call)
            return;
    names->links[names->count++] = (struct link){ hash, call, *slot };
    *slot = names->count;
}

static int64_t hash_field(int64_t seed, const char *text)
{
    return hash_more(seed, text, strlen(text) + 1);
}

static int64_t message_hash(const struct peer_record *record)
{
    int64_t advisor = record->theirs.call.advisor;
    return hash_more(hash_text(record->theirs.call.message_id), &advisor, sizeof(advisor));
}

static int64_t key_hash(const struct peer_record *record)
{
    int64_t hash = message_hash(record);
    if (*record->request)
        return hash_field(hash, record->request);
    hash = hash_field(hash, record->session);
    return hash_more(hash, &record->theirs.call.at_ns, sizeof(record->theirs.call.at_ns));
}

static int64_t session_hash(const struct peer_record *record)
{
    return hash_field(message_hash(record), record->session);
}

static bool is_side(const struct peer_record *record)
{
    return record->theirs.call.flags & CALL_SIDECHAIN;
}

/* The first call under that name that fits; call_count when none does. */
static size_t find(const struct peers *peers, const struct names *names, int64_t hash,
                   const struct peer_record *record)
{
    size_t found = peers->call_count;
    if (names->count == 0)
        return found;
    for (size_t at = *names_slot(names, hash); at; at = names->links[at - 1].next) {
        const struct link *link = &names->links[at - 1];
        if (link->hash != hash || link->call >= found)
            continue;
        const struct peer_record *stands = &peers->records[peers->calls[link->call]];
        bool fits =
            names == &peers->by_key ? key_hash(stands) == hash : is_side(stands) || is_side(record);
        if (fits)
            found = link->call;
    }
    return found;
}

static int64_t peer_cost(const struct peers *peers, const struct peer_record *record)
{
    struct call call = record->theirs.call;
    call.usage = record->theirs.theirs;
    return explain_peer_cost(peers->plan->prices, &call, peers->plan->now_ns);
}

static bool is_better(const struct peers *peers, const struct peer_record *record,
                      const struct peer_record *stands)
{
    int64_t total = usage_total(&record->theirs.theirs);
    int64_t other = usage_total(&stands->theirs.theirs);
    if (is_side(record) != is_side(stands))
        return !is_side(record);
    if (total != other)
        return total > other;
    int64_t cost = peer_cost(peers, record);
    int64_t other_cost = peer_cost(peers, stands);
    if (cost != other_cost)
        return cost > other_cost;
    return record->fast_known && !stands->fast_known;
}

static void settle(struct peers *peers, size_t index)
{
    struct peer_record *record = &peers->records[index];
    size_t call = peers->call_count;
    bool named = *record->theirs.call.message_id;
    if (named) {
        call = find(peers, &peers->by_key, key_hash(record), record);
        if (call == peers->call_count)
            call = find(peers, &peers->by_session, session_hash(record), record);
    }
    if (call == peers->call_count)
        peers->calls[peers->call_count++] = index;
    else if (is_better(peers, record, &peers->records[peers->calls[call]]))
        peers->calls[call] = index;
    if (named) {
        names_add(peers->arena, &peers->by_key, key_hash(record), call);
        names_add(peers->arena, &peers->by_session, session_hash(record), call);
    }
}

static void add(struct peers *peers, const struct peer_record *record, const char *session)
{
    if (peers->count == peers->room) {
        size_t room = peers->room;
        peers->records =
            grow(peers->arena, peers->records, peers->count, &peers->room, sizeof(*peers->records));
        peers->calls =
            grow(peers->arena, peers->calls, peers->call_count, &room, sizeof(*peers->calls));
    }
    peers->records[peers->count] = *record;
    peers->records[peers->count].theirs.session = *session ? session : record->session;
    if (record->theirs.dropped == EXPLAIN_NONE)
        settle(peers, peers->count);
    peers->count++;
}

static void take(struct peers *peers, const struct line *line, bool after_mark, const char *session)
{
    struct peer_line read;
    if (line->too_long ||
        !peer_line_read(peers->arena, line->bytes, line->length, after_mark, &read))
        return;
    if (read.beyond) {
        peers->out->beyond++;
        return;
    }
    add(peers, &read.record, session);
    for (size_t i = 0; i < read.advisor_count; i++)
        add(peers, &read.advisors[i], session);
}

static bool read_log(struct peers *peers, const struct log_path *log, struct err *err)
{
    CLEANUP(lines_close) struct lines *lines = NULL;
    struct line line;
    bool more;
    if (!lines_open(log->path, 0, NULL, &lines, err))
        return false;
    for (bool first = true; lines_next(lines, &line, &more, err) && more; first = false)
        take(peers, &line, first && line.offset > 0, log->session); /* else nothing is before it */
    return err->code == ERR_NONE;
}

static void hand_over(struct peers *peers)
{
    struct peer_logs *out = peers->out;
    out->count = peers->count;
    out->records = arena_alloc(peers->arena, (peers->count + 1) * sizeof(*out->records));
    for (size_t i = 0; i < peers->call_count; i++)
        peers->records[peers->calls[i]].theirs.kept = true;
    for (size_t i = 0; i < peers->count; i++)
        out->records[i] = peers->records[i].theirs;
}

bool peer_read(struct arena *arena, const struct peer_plan *plan, struct peer_logs *out,
               struct err *err)
{
    struct peers peers = { .arena = arena, .plan = plan, .out = out };
    *out = (struct peer_logs){ 0 };
    for (size_t i = 0; i < plan->folder_count; i++) {
        struct log_paths paths;
        if (!claude_paths(arena, plan->folders[i], &paths, err))
            return false;
        for (size_t j = 0; j < paths.count; j++) {
            struct err ignored = { 0 };
            out->unreadable += !read_log(&peers, &paths.items[j], &ignored);
        }
    }
    hand_over(&peers);
    return true;
}
