#include <string.h>

#include "base/err.h"
#include "base/hash.h"
#include "store/ledger_inside.h"

struct happening { /* a row of `tool`, `prompt`, `api_error` or `compaction` */
    int64_t at_ns;
    struct fact_owner owner;
    int64_t name;        /* of a tool; a compaction's trigger; else 0 */
    int64_t state;       /* of a tool; a compaction's tokens before it; else 0 */
    int64_t result_ns;   /* of a tool whose result was seen; else 0 */
    int64_t bytes;       /* of a tool's result; a compaction's tokens after it; else 0 */
    const char *text;    /* of a prompt; else "" */
    struct fact_key key; /* a: the row's id */
};

struct happening_sql { /* the same for every kind: ?1 id ?2 at ?3 session ?4 project ?5 shared */
    const char *find;
    const char *put;
};

/* clang-format off */
static const struct happening_sql statements[] = {
    [FACT_TOOL] = {
        "SELECT at_ns, session, project, shared, name, state, coalesce(result_ns, 0), bytes"
        " FROM tool WHERE id = ?1",
        "INSERT INTO tool (id, at_ns, session, project, shared, name, state, result_ns, bytes)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, nullif(?9, 0), ?10) ON CONFLICT DO UPDATE"
        " SET at_ns = ?2, session = ?3, project = ?4, shared = ?5, name = ?6, state = ?7,"
        " result_ns = nullif(?9, 0), bytes = ?10" },
    [FACT_PROMPT] = {
        "SELECT at_ns, session, project, shared, 0, 0, 0, 0 FROM prompt WHERE id = ?1",
        "INSERT INTO prompt (id, at_ns, session, project, shared, text)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?8) ON CONFLICT DO UPDATE"
        " SET at_ns = ?2, session = ?3, project = ?4, shared = ?5" },
    [FACT_API_ERROR] = {
        "SELECT at_ns, session, project, shared, 0, 0, 0, 0 FROM api_error WHERE id = ?1",
        "INSERT INTO api_error (id, at_ns, session, project, shared, text)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?8) ON CONFLICT DO UPDATE"
        " SET at_ns = ?2, session = ?3, project = ?4, shared = ?5" },
    [FACT_COMPACTION] = {
        "SELECT at_ns, session, project, shared, trigger, pre_tokens, 0, post_tokens"
        " FROM compaction WHERE id = ?1",
        "INSERT INTO compaction (id, at_ns, session, project, shared, trigger, pre_tokens,"
        " post_tokens) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?10) ON CONFLICT DO UPDATE"
        " SET at_ns = ?2, session = ?3, project = ?4, shared = ?5, trigger = ?6, pre_tokens = ?7,"
        " post_tokens = ?10" },
};
/* clang-format on */

static bool happening_find(struct ledger *ledger, const struct fact_key *key, struct happening *out,
                           bool *found, struct err *err)
{
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    if (!ledger_use(ledger, statements[key->kind].find, &stmt, err))
        return false;
    sql_bind(stmt, 1, key->a);
    if (!sql_step(stmt, found, err))
        return false;
    *out = (struct happening){ .text = "", .key = *key };
    if (*found) {
        out->at_ns = sql_int(stmt, 0);
        out->owner =
            (struct fact_owner){ sql_int(stmt, 1), sql_int(stmt, 2), sql_int(stmt, 3) != 0 };
        out->name = sql_int(stmt, 4);
        out->state = sql_int(stmt, 5);
        out->result_ns = sql_int(stmt, 6);
        out->bytes = sql_int(stmt, 7);
    }
    return true;
}

static bool happening_put(struct ledger *ledger, const struct happening *it, struct err *err)
{
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    if (!ledger_use(ledger, statements[it->key.kind].put, &stmt, err))
        return false;
    sql_bind(stmt, 1, it->key.a);
    sql_bind(stmt, 2, it->at_ns);
    sql_bind(stmt, 3, it->owner.session);
    sql_bind(stmt, 4, it->owner.project);
    sql_bind(stmt, 5, it->owner.shared);
    if (it->key.kind == FACT_TOOL || it->key.kind == FACT_COMPACTION) {
        sql_bind(stmt, 6, it->name);
        sql_bind(stmt, 7, it->state);
        sql_bind(stmt, 9, it->result_ns);
        sql_bind(stmt, 10, it->bytes);
    } else {
        sql_bind_text(stmt, 8, it->text);
    }
    return sql_do(stmt, err);
}

static bool happening_same(const struct happening *a, const struct happening *b)
{
    return a->at_ns == b->at_ns && a->name == b->name && a->state == b->state &&
           a->result_ns == b->result_ns && a->bytes == b->bytes &&
           a->owner.session == b->owner.session && a->owner.project == b->owner.project &&
           a->owner.shared == b->owner.shared;
}

/* The earlier of two records of one tool call names it and gives the time, but only a use has a
 * name; the state only grows (pending, ok, error, declined), so that order does not matter. A copy
 * may have left a part of the result out: the earliest and the longest stand. */
static void happening_fold(struct happening *now, const struct happening *more)
{
    bool named = now->name != 0 || now->key.kind != FACT_TOOL;
    bool more_named = more->name != 0 || more->key.kind != FACT_TOOL;
    if (more_named == named ? more->at_ns < now->at_ns : more_named) {
        now->at_ns = more->at_ns;
        now->name = more->name;
    }
    if (more->state > now->state)
        now->state = more->state;
    if (more->result_ns && (!now->result_ns || more->result_ns < now->result_ns))
        now->result_ns = more->result_ns;
    if (more->bytes > now->bytes)
        now->bytes = more->bytes;
}

static bool merge_happening(struct ledger *ledger, const struct log_place *place,
                            const struct happening *it, struct err *err)
{
    struct fact_sight sight = { place->session, place->project, 0 };
    struct happening old;
    bool known = false;
    if (ledger_may_know(ledger, it->key.a) && !happening_find(ledger, &it->key, &old, &known, err))
        return false;
    struct happening now = known ? old : *it;
    if (known)
        happening_fold(&now, it);
    now.text = it->text;
    if (!ledger_own(ledger, &it->key, &sight, known, &now.owner, err))
        return false;
    return (known && happening_same(&now, &old)) || happening_put(ledger, &now, err);
}

/* The tool calls of a harvest: what it says of one is folded before the ledger is asked. */
struct tools {
    struct arena arena;
    struct happening *items;
    size_t count;
    size_t *slots; /* 1 + index into items, by id; open addressing, at most half full; 0: free */
    size_t slot_count;
};

static void tools_end(struct tools *tools)
{
    arena_free(&tools->arena);
}

static void tools_begin(struct tools *tools, const struct harvest *harvest)
{
    size_t most = harvest->tool_use_count + harvest->tool_result_count;
    tools->items = arena_alloc(&tools->arena, most * sizeof(*tools->items));
    for (tools->slot_count = 16; tools->slot_count < 2 * most;)
        tools->slot_count *= 2;
    tools->slots = arena_alloc(&tools->arena, tools->slot_count * sizeof(*tools->slots));
}

static void tools_add(struct tools *tools, const struct happening *it)
{
    size_t at = (size_t)it->key.a & (tools->slot_count - 1);
    while (tools->slots[at] && tools->items[tools->slots[at] - 1].key.a != it->key.a)
        at = (at + 1) & (tools->slot_count - 1);
    if (tools->slots[at]) {
        happening_fold(&tools->items[tools->slots[at] - 1], it);
        return;
    }
    tools->items[tools->count++] = *it;
    tools->slots[at] = tools->count;
}

static bool merge_tools(struct ledger *ledger, const struct log_place *place,
                        const struct harvest *harvest, struct err *err)
{
    CLEANUP(tools_end) struct tools tools = { .count = 0 };
    tools_begin(&tools, harvest);
    for (size_t i = 0; i < harvest->tool_use_count; i++) {
        const struct tool_use *use = &harvest->tool_uses[i];
        struct happening it = { .at_ns = use->at_ns,
                                .state = TOOL_PENDING,
                                .text = "",
                                .key = { FACT_TOOL, hash_text(use->id), 0 } };
        const char *name = *use->name ? use->name : "?"; /* 0 says that no use has been seen */
        if (!ledger_intern(ledger, name, &it.name, err))
            return false;
        tools_add(&tools, &it);
    }
    for (size_t i = 0; i < harvest->tool_result_count; i++) {
        const struct tool_result *result = &harvest->tool_results[i];
        struct happening it = { .at_ns = result->at_ns,
                                .state = result->state,
                                .result_ns = result->at_ns,
                                .bytes = result->bytes,
                                .text = "",
                                .key = { FACT_TOOL, hash_text(result->id), 0 } };
        tools_add(&tools, &it);
    }
    for (size_t i = 0; i < tools.count; i++)
        if (!merge_happening(ledger, place, &tools.items[i], err))
            return false;
    return true;
}

/* A record's uuid, or where there is none its session, time and text. */
static int64_t event_id(const struct log_place *place, const char *uuid, int64_t at_ns,
                        const char *text)
{
    if (*uuid)
        return hash_text(uuid);
    int64_t hash = hash_text(place->session_text);
    hash = hash_more(hash, &at_ns, sizeof(at_ns));
    return hash_more(hash, text, strlen(text));
}

static bool merge_events(struct ledger *ledger, const struct log_place *place,
                         const struct harvest *harvest, struct err *err)
{
    for (size_t i = 0; i < harvest->prompt_count; i++) {
        const struct prompt *prompt = &harvest->prompts[i];
        int64_t id = event_id(place, prompt->uuid, prompt->at_ns, prompt->text);
        struct happening it = { .at_ns = prompt->at_ns,
                                .text = prompt->text,
                                .key = { FACT_PROMPT, id, 0 } };
        if (!merge_happening(ledger, place, &it, err))
            return false;
    }
    for (size_t i = 0; i < harvest->api_error_count; i++) {
        const struct api_error *error = &harvest->api_errors[i];
        int64_t id = event_id(place, error->uuid, error->at_ns, "");
        struct happening it = { .at_ns = error->at_ns,
                                .text = "",
                                .key = { FACT_API_ERROR, id, 0 } };
        if (!merge_happening(ledger, place, &it, err))
            return false;
    }
    return true;
}

static bool merge_compactions(struct ledger *ledger, const struct log_place *place,
                              const struct harvest *harvest, struct err *err)
{
    for (size_t i = 0; i < harvest->compaction_count; i++) {
        const struct compaction *compaction = &harvest->compactions[i];
        int64_t id = event_id(place, compaction->uuid, compaction->at_ns, "");
        struct happening it = { .at_ns = compaction->at_ns,
                                .state = compaction->pre_tokens,
                                .bytes = compaction->post_tokens,
                                .text = "",
                                .key = { FACT_COMPACTION, id, 0 } };
        if (!ledger_intern(ledger, compaction->trigger, &it.name, err) ||
            !merge_happening(ledger, place, &it, err))
            return false;
    }
    return true;
}

/* --- spans and damages of one log --- */

/* Statements of three parameters: a log and two numbers. */
static bool run_on_log(struct ledger *ledger, const char *sql, int64_t log, const struct span *span,
                       struct err *err)
{
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    if (!ledger_use(ledger, sql, &stmt, err))
        return false;
    sql_bind(stmt, 1, log);
    sql_bind(stmt, 2, span->from_ns);
    sql_bind(stmt, 3, span->to_ns);
    return sql_do(stmt, err);
}

/* The stored spans of a log lie more than a gap apart. One more swallows those it comes near. */
static bool merge_span(struct ledger *ledger, int64_t log, const struct span *span, struct err *err)
{
    static const char near_sql[] = "SELECT min(from_ns), max(to_ns), count(*) FROM span"
                                   " WHERE log = ?1 AND from_ns <= ?3 AND to_ns >= ?2";
    static const char drop_sql[] =
        "DELETE FROM span WHERE log = ?1 AND from_ns <= ?3 AND to_ns >= ?2";
    static const char add_sql[] = "INSERT INTO span VALUES (?1, ?2, ?3)";
    struct span near = { span->from_ns - ACTIVITY_GAP_NS, span->to_ns + ACTIVITY_GAP_NS };
    struct span all = *span;
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    bool row;
    if (!ledger_use(ledger, near_sql, &stmt, err))
        return false;
    sql_bind(stmt, 1, log);
    sql_bind(stmt, 2, near.from_ns);
    sql_bind(stmt, 3, near.to_ns);
    if (!sql_step(stmt, &row, err))
        return false;
    if (sql_int(stmt, 2) > 0) {
        if (sql_int(stmt, 0) < all.from_ns)
            all.from_ns = sql_int(stmt, 0);
        if (sql_int(stmt, 1) > all.to_ns)
            all.to_ns = sql_int(stmt, 1);
    }
    return run_on_log(ledger, drop_sql, log, &near, err) &&
           run_on_log(ledger, add_sql, log, &all, err);
}

static bool merge_damage(struct ledger *ledger, int64_t log, const struct damage *damage,
                         struct err *err)
{
    static const char add_sql[] = "INSERT OR REPLACE INTO damage VALUES (?1, ?2, ?3, ?4)";
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    if (!ledger_use(ledger, add_sql, &stmt, err))
        return false;
    sql_bind(stmt, 1, log);
    sql_bind(stmt, 2, damage->offset);
    sql_bind(stmt, 3, damage->length);
    sql_bind_text(stmt, 4, damage->reason);
    return sql_do(stmt, err);
}

static bool damages_forget(struct ledger *ledger, int64_t log, struct err *err)
{
    static const char forget_sql[] = "DELETE FROM damage WHERE log = ?1";
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    if (!ledger_use(ledger, forget_sql, &stmt, err))
        return false;
    sql_bind(stmt, 1, log);
    return sql_do(stmt, err);
}

static bool merge_rest(struct ledger *ledger, int64_t log, const struct harvest *harvest,
                       bool reread, struct err *err)
{
    if (reread && !damages_forget(ledger, log, err))
        return false;
    for (size_t i = 0; i < harvest->span_count; i++)
        if (!merge_span(ledger, log, &harvest->spans[i], err))
            return false;
    for (size_t i = 0; i < harvest->damage_count; i++)
        if (!merge_damage(ledger, log, &harvest->damages[i], err))
            return false;
    return true;
}

/* --- the log itself --- */

/* Session and project stay as first known; a log read anew may say otherwise. */
static bool place_find(struct ledger *ledger, const struct log_owner *owner, bool reread,
                       struct log_place *out, struct err *err)
{
    static const char find_sql[] = "SELECT id, session, project FROM log WHERE path = ?1";
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    bool known;
    int64_t session;
    int64_t project;
    int64_t agent;
    if (!ledger_intern(ledger, owner->agent ? owner->agent : "", &agent, err) ||
        !ledger_intern(ledger, owner->session, &session, err) ||
        !ledger_intern(ledger, owner->project, &project, err) ||
        !ledger_use(ledger, find_sql, &stmt, err))
        return false;
    sql_bind_text(stmt, 1, owner->path);
    if (!sql_step(stmt, &known, err))
        return false;
    *out = (struct log_place){ .session = session, .project = project, .agent = agent };
    if (known) {
        out->log = sql_int(stmt, 0);
        if (sql_int(stmt, 1) && (!reread || !session))
            out->session = sql_int(stmt, 1);
        if (sql_int(stmt, 2) && (!reread || !project))
            out->project = sql_int(stmt, 2);
    }
    out->session_text = ledger_text(ledger, out->session);
    return true;
}

static bool log_put(struct ledger *ledger, const char *path, const struct log_state *state,
                    struct log_place *place, struct err *err)
{
    static const char put_sql[] =
        "INSERT INTO log (session, project, device, inode, size, mtime_ns, ctime_ns, offset,"
        " head_hash, tail_hash, path) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
        " ON CONFLICT (path) DO UPDATE SET session = ?1, project = ?2, device = ?3, inode = ?4,"
        " size = ?5, mtime_ns = ?6, ctime_ns = ?7, offset = ?8, head_hash = ?9, tail_hash = ?10";
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    if (!ledger_use(ledger, put_sql, &stmt, err))
        return false;
    const int64_t values[] = {
        place->session,   place->project,       state->file.device,   state->file.inode,
        state->file.size, state->file.mtime_ns, state->file.ctime_ns, state->offset,
        state->head_hash, state->tail_hash,
    };
    for (size_t i = 0; i < ARRAY_LEN(values); i++)
        sql_bind(stmt, (int)i + 1, values[i]);
    sql_bind_text(stmt, 11, path);
    if (!sql_do(stmt, err))
        return false;
    if (place->log == 0)
        place->log = sqlite3_last_insert_rowid(ledger->db);
    return true;
}

bool ledger_merge(struct ledger *ledger, const struct log_owner *owner,
                  const struct harvest *harvest, const int64_t *costs,
                  const struct log_state *state, struct err *err)
{
    struct log_place place;
    return place_find(ledger, owner, state->reread, &place, err) &&
           log_put(ledger, owner->path, state, &place, err) &&
           ledger_merge_calls(ledger, &place, harvest, costs, err) &&
           merge_tools(ledger, &place, harvest, err) &&
           merge_events(ledger, &place, harvest, err) &&
           merge_compactions(ledger, &place, harvest, err) &&
           merge_rest(ledger, place.log, harvest, state->reread, err);
}
