#include <string.h>

#include "base/err.h"
#include "base/hash.h"
#include "store/ledger_inside.h"

/* Seeds that keep hashes of different things apart. */
enum { SEED_UUID = 1, SEED_NATURAL = 2, SEED_NAMELESS = 3 };

struct record { /* one row of `call`, or what will be one */
    int64_t message;
    int64_t request;
    int64_t at_ns;
    struct usage usage;
    unsigned flags;
    int64_t uuid;
    int64_t agent;
    struct fact_owner owner;
};

struct merging { /* one harvest's calls on their way into the ledger */
    struct ledger *ledger;
    const struct log_place *place;
    struct arena arena;
    int64_t *touched; /* messages of several requests, to be counted anew */
    size_t touched_count;
    size_t touched_room;
};

/* --- keys --- */

static int64_t message_hash(const struct call *call)
{
    int64_t hash;
    if (*call->message_id)
        hash = hash_text(call->message_id);
    else if (*call->uuid)
        hash = hash_more(SEED_UUID, call->uuid, strlen(call->uuid));
    else
        hash = hash_more(SEED_NAMELESS, &call->at_ns, sizeof(call->at_ns));
    if (call->advisor)
        hash = hash_more(hash, &call->advisor, sizeof(call->advisor));
    return hash;
}

static int64_t natural_hash(const struct merging *merging, const struct call *call)
{
    const char *session =
        *call->origin_session ? call->origin_session : merging->place->session_text;
    int64_t counts[] = { call->usage.input, usage_cache_write(&call->usage),
                         call->usage.cache_read };
    int64_t hash = hash_more(SEED_NATURAL, session, strlen(session));
    return hash_more(hash, counts, sizeof(counts));
}

/* --- rows --- */

static const char row_sql[] =
    "SELECT at_ns, input, output, cache_write_5m, cache_write_1h, cache_read,"
    " flags, uuid, session, project, shared, agent"
    " FROM call WHERE message = ?1 AND request = ?2";

static bool row_find(struct ledger *ledger, int64_t message, int64_t request, struct record *out,
                     bool *found, struct err *err)
{
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    if (!ledger_use(ledger, row_sql, &stmt, err))
        return false;
    sql_bind(stmt, 1, message);
    sql_bind(stmt, 2, request);
    if (!sql_step(stmt, found, err))
        return false;
    if (*found)
        *out = (struct record){
            .message = message,
            .request = request,
            .at_ns = sql_int(stmt, 0),
            .usage = { .input = sql_int(stmt, 1),
                       .output = sql_int(stmt, 2),
                       .cache_write_5m = sql_int(stmt, 3),
                       .cache_write_1h = sql_int(stmt, 4),
                       .cache_read = sql_int(stmt, 5) },
            .flags = (unsigned)sql_int(stmt, 6),
            .uuid = sql_int(stmt, 7),
            .owner = { sql_int(stmt, 8), sql_int(stmt, 9), sql_int(stmt, 10) != 0 },
            .agent = sql_int(stmt, 11),
        };
    return true;
}

/* A new call, or the better record of a known one: then its log, ids and `counted` stay. */
static bool row_put(struct merging *merging, const struct record *record, const struct call *call,
                    int64_t cost, struct err *err)
{
    static const char put_sql[] =
        "INSERT INTO call (message, request, at_ns, session, project, shared, input, output,"
        " cache_write_5m, cache_write_1h, cache_read, web_searches, cost_nano_usd, flags, uuid,"
        " speed, model, branch, log, agent, message_id, request_id) VALUES (?1, ?2, ?3, ?4, ?5, "
        "?6, ?7,"
        " ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)"
        " ON CONFLICT DO UPDATE SET at_ns = ?3, session = ?4, project = ?5, shared = ?6,"
        " input = ?7, output = ?8, cache_write_5m = ?9, cache_write_1h = ?10, cache_read = ?11,"
        " web_searches = ?12, cost_nano_usd = ?13, flags = ?14, uuid = ?15, speed = ?16,"
        " model = ?17, branch = ?18, agent = ?20";
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    int64_t model;
    int64_t branch;
    if (!ledger_intern(merging->ledger, call->model, &model, err) ||
        !ledger_intern(merging->ledger, call->branch, &branch, err) ||
        !ledger_use(merging->ledger, put_sql, &stmt, err))
        return false;
    const int64_t values[] = {
        record->message,
        record->request,
        record->at_ns,
        record->owner.session,
        record->owner.project,
        record->owner.shared,
        call->usage.input,
        call->usage.output,
        call->usage.cache_write_5m,
        call->usage.cache_write_1h,
        call->usage.cache_read,
        call->usage.web_searches,
        cost,
        record->flags,
        record->uuid,
        call->speed,
        model,
        branch,
        merging->place->log,
        record->agent,
    };
    for (size_t i = 0; i < ARRAY_LEN(values); i++)
        sql_bind(stmt, (int)i + 1, values[i]);
    if (cost == USAGE_UNPRICED)
        (void)sqlite3_bind_null(stmt, 13);
    sql_bind_text(stmt, 21, call->message_id);
    sql_bind_text(stmt, 22, call->request_id);
    ledger_roll_at(merging->ledger, record->at_ns);
    return sql_do(stmt, err);
}

/* The row's record stays; who owns it and what others of its records say may change. */
static bool row_amend(struct ledger *ledger, const struct record *record, struct err *err)
{
    static const char amend_sql[] = "UPDATE call SET flags = ?3, session = ?4, project = ?5,"
                                    " shared = ?6, agent = ?7 WHERE message = ?1 AND request = ?2";
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    if (!ledger_use(ledger, amend_sql, &stmt, err))
        return false;
    sql_bind(stmt, 1, record->message);
    sql_bind(stmt, 2, record->request);
    sql_bind(stmt, 3, record->flags);
    sql_bind(stmt, 4, record->owner.session);
    sql_bind(stmt, 5, record->owner.project);
    sql_bind(stmt, 6, record->owner.shared);
    sql_bind(stmt, 7, record->agent);
    return sql_do(stmt, err);
}

/* --- which record wins --- */

static bool record_beats(const struct record *a, const struct record *b)
{
    if ((a->flags ^ b->flags) & CALL_NESTED)
        return !(a->flags & CALL_NESTED);
    if (a->usage.output != b->usage.output)
        return a->usage.output > b->usage.output;
    int64_t total_a = usage_total(&a->usage);
    int64_t total_b = usage_total(&b->usage);
    if (total_a != total_b)
        return total_a > total_b;
    if (a->at_ns != b->at_ns)
        return a->at_ns < b->at_ns;
    return a->uuid < b->uuid;
}

/* A call is a side chain's when all its records say so. A nested record tells the thread of the
 * message that holds it: beside a direct one it has no say. */
static unsigned joint_flags(const struct record *winner, const struct record *loser)
{
    if ((winner->flags ^ loser->flags) & CALL_NESTED)
        return winner->flags;
    return winner->flags & (loser->flags | ~(unsigned)CALL_SIDECHAIN);
}

/* --- calls without a request id --- */

static bool alias_find(struct ledger *ledger, int64_t message, int64_t alias, int64_t *request,
                       bool *found, struct err *err)
{
    static const char find_sql[] =
        "SELECT request FROM gateway_alias WHERE message = ?1 AND alias = ?2";
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    if (!ledger_use(ledger, find_sql, &stmt, err))
        return false;
    sql_bind(stmt, 1, message);
    sql_bind(stmt, 2, alias);
    if (!sql_step(stmt, found, err))
        return false;
    if (*found)
        *request = sql_int(stmt, 0);
    return true;
}

static bool alias_put(struct ledger *ledger, int64_t message, int64_t alias, int64_t request,
                      struct err *err)
{
    static const char put_sql[] = "INSERT OR IGNORE INTO gateway_alias VALUES (?1, ?2, ?3)";
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    if (!ledger_use(ledger, put_sql, &stmt, err))
        return false;
    sql_bind(stmt, 1, message);
    sql_bind(stmt, 2, alias);
    sql_bind(stmt, 3, request);
    return sql_do(stmt, err);
}

/* Statements of three parameters: a message and two of its requests. */
static bool run_on_pair(struct ledger *ledger, const char *sql, const struct record *kept,
                        const struct record *gone, struct err *err)
{
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    if (!ledger_use(ledger, sql, &stmt, err))
        return false;
    sql_bind(stmt, 1, kept->message);
    sql_bind(stmt, 2, kept->request);
    sql_bind(stmt, 3, gone->request);
    return sql_do(stmt, err);
}

/* A record shows that two calls stored so far are one. */
static bool rows_join(struct ledger *ledger, int64_t message, int64_t kept_request,
                      int64_t gone_request, struct err *err)
{
    static const char take_sql[] =
        "UPDATE call SET (at_ns, input, output, cache_write_5m, cache_write_1h, cache_read,"
        " web_searches, cost_nano_usd, speed, model, branch, uuid) ="
        " (SELECT at_ns, input, output, cache_write_5m, cache_write_1h, cache_read, web_searches,"
        " cost_nano_usd, speed, model, branch, uuid FROM call WHERE message = ?1 AND request = ?3)"
        " WHERE message = ?1 AND request = ?2";
    static const char drop_sql[] =
        "DELETE FROM call WHERE message = ?1 AND request = ?3 AND ?2 <> ?3";
    static const char aliases_sql[] =
        "UPDATE gateway_alias SET request = ?2 WHERE message = ?1 AND request = ?3";
    struct record kept;
    struct record gone;
    bool found;
    bool both;
    if (!row_find(ledger, message, kept_request, &kept, &found, err) ||
        !row_find(ledger, message, gone_request, &gone, &both, err))
        return false;
    if (!found || !both)
        return err_set(err, ERR_DAMAGED, "the ledger names a call that it does not hold");
    struct fact_key kept_key = { FACT_CALL, message, kept_request };
    struct fact_key gone_key = { FACT_CALL, message, gone_request };
    bool take = record_beats(&gone, &kept);
    kept.flags = take ? joint_flags(&gone, &kept) : joint_flags(&kept, &gone);
    kept.agent = ledger_name_of_both(ledger, kept.agent, gone.agent);
    ledger_roll_at(ledger, kept.at_ns);
    ledger_roll_at(ledger, gone.at_ns);
    return ledger_own_at(ledger, kept.owner.session, kept.at_ns, err) &&
           ledger_own_at(ledger, gone.owner.session, gone.at_ns, err) &&
           ledger_own_join(ledger, &kept_key, &gone_key, &gone.owner, &kept.owner, err) &&
           (!take || run_on_pair(ledger, take_sql, &kept, &gone, err)) &&
           row_amend(ledger, &kept, err) && run_on_pair(ledger, drop_sql, &kept, &gone, err) &&
           run_on_pair(ledger, aliases_sql, &kept, &gone, err);
}

/* Which call a record without a request id tells of: it is known by its uuid (a copy in another
 * session has the same) and by its natural key (other records of the same call). */
static bool gateway_request(struct merging *merging, const struct call *call, int64_t message,
                            int64_t *request, struct err *err)
{
    struct ledger *ledger = merging->ledger;
    int64_t natural = natural_hash(merging, call);
    int64_t uuid = hash_more(SEED_UUID, call->uuid, strlen(call->uuid));
    int64_t by_uuid = 0;
    bool known;
    bool known_uuid = false;
    *request = natural;
    if (!alias_find(ledger, message, natural, request, &known, err) ||
        (*call->uuid && !alias_find(ledger, message, uuid, &by_uuid, &known_uuid, err)))
        return false;
    if (known && known_uuid && by_uuid != *request &&
        !rows_join(ledger, message, *request, by_uuid, err))
        return false;
    if (!known && known_uuid)
        *request = by_uuid;
    return (known || alias_put(ledger, message, natural, *request, err)) &&
           (known_uuid || !*call->uuid || alias_put(ledger, message, uuid, *request, err));
}

/* --- side questions --- */

static bool has_siblings(struct ledger *ledger, const struct record *record, bool *yes,
                         struct err *err)
{
    static const char others_sql[] =
        "SELECT 1 FROM call WHERE message = ?1 AND request <> ?2 LIMIT 1";
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    if (!ledger_use(ledger, others_sql, &stmt, err))
        return false;
    sql_bind(stmt, 1, record->message);
    sql_bind(stmt, 2, record->request);
    return sql_step(stmt, yes, err);
}

static bool touch(struct merging *merging, const struct record *record, struct err *err)
{
    bool yes;
    if (merging->touched_count && merging->touched[merging->touched_count - 1] == record->message)
        return true;
    if (!has_siblings(merging->ledger, record, &yes, err))
        return false;
    if (!yes)
        return true;
    if (merging->touched_count == merging->touched_room) {
        size_t room = merging->touched_room ? merging->touched_room * 2 : 16;
        int64_t *more = arena_alloc(&merging->arena, room * sizeof(*more));
        if (merging->touched_count)
            memcpy(more, merging->touched, merging->touched_count * sizeof(*more));
        merging->touched = more;
        merging->touched_room = room;
    }
    merging->touched[merging->touched_count++] = record->message;
    return true;
}

/* Side questions replay their parent's message under a request of their own. Beside a call of the
 * main thread none of them counts; among themselves the best does. */
static bool count_anew(struct ledger *ledger, int64_t message, struct err *err)
{
    static const char best_sql[] =
        "SELECT request, flags & 1 FROM call WHERE message = ?1 AND request_id <> ''"
        " ORDER BY flags & 1, flags & 2, output DESC,"
        " input + output + cache_write_5m + cache_write_1h + cache_read DESC, at_ns, uuid, request"
        " LIMIT 1";
    static const char count_sql[] =
        "UPDATE call SET counted = (flags & 1 = 0 OR (request = ?2 AND ?3))"
        " WHERE message = ?1 AND request_id <> ''"
        " AND counted <> (flags & 1 = 0 OR (request = ?2 AND ?3)) RETURNING at_ns";
    CLEANUP(sql_leave) sqlite3_stmt *best = NULL;
    CLEANUP(sql_leave) sqlite3_stmt *count = NULL;
    bool row;
    if (!ledger_use(ledger, best_sql, &best, err) || !ledger_use(ledger, count_sql, &count, err))
        return false;
    sql_bind(best, 1, message);
    if (!sql_step(best, &row, err))
        return false;
    if (!row)
        return true;
    sql_bind(count, 1, message);
    sql_bind(count, 2, sql_int(best, 0));
    sql_bind(count, 3, sql_int(best, 1)); /* all are side chains */
    while (row) {
        if (!sql_step(count, &row, err))
            return false;
        if (row)
            ledger_roll_at(ledger, sql_int(count, 0));
    }
    return true;
}

/* --- merging --- */

static bool merge_known(struct merging *merging, const struct record *old, struct record *record,
                        const struct call *call, int64_t cost, struct err *err)
{
    struct ledger *ledger = merging->ledger;
    bool better = record_beats(record, old);
    unsigned flags = better ? joint_flags(record, old) : joint_flags(old, record);
    const struct fact_owner *owner = &record->owner;
    bool other_owner = owner->session != old->owner.session ||
                       owner->project != old->owner.project || owner->shared != old->owner.shared;
    record->agent = ledger_name_of_both(ledger, old->agent, record->agent);
    if (!better && flags == old->flags && !other_owner && record->agent == old->agent)
        return true;
    ledger_roll_at(ledger, old->at_ns);
    bool alone = !owner->shared && better;
    if (alone && (!ledger_own_at(ledger, owner->session, old->at_ns, err) ||
                  !ledger_own_at(ledger, owner->session, record->at_ns, err)))
        return false;
    record->flags = flags;
    return better ? row_put(merging, record, call, cost, err) : row_amend(ledger, record, err);
}

static bool merge_call(struct merging *merging, const struct call *call, int64_t cost,
                       struct err *err)
{
    struct ledger *ledger = merging->ledger;
    struct record old;
    struct record record = {
        .message = message_hash(call),
        .request = hash_text(call->request_id),
        .at_ns = call->at_ns,
        .usage = call->usage,
        .flags = call->flags,
        .uuid = hash_text(call->uuid),
    };
    struct fact_sight sight = { merging->place->session, merging->place->project, 0 };
    bool known = false;
    if (!*call->request_id && !gateway_request(merging, call, record.message, &record.request, err))
        return false;
    bool may_know = ledger_may_know(ledger, record.message);
    record.agent = merging->place->agent;
    if (!ledger_intern(ledger, call->origin_session, &sight.origin, err) ||
        (call->agent && *call->agent && !ledger_intern(ledger, call->agent, &record.agent, err)) ||
        (may_know && !row_find(ledger, record.message, record.request, &old, &known, err)))
        return false;
    if (known)
        record.owner = old.owner;
    struct fact_key key = { FACT_CALL, record.message, record.request };
    if (!ledger_own(ledger, &key, &sight, known, &record.owner, err))
        return false;
    bool stored = known ? merge_known(merging, &old, &record, call, cost, err)
                        : (record.owner.shared ||
                           ledger_own_at(ledger, record.owner.session, record.at_ns, err)) &&
                              row_put(merging, &record, call, cost, err);
    return stored && (!may_know || !*call->request_id || touch(merging, &record, err));
}

static void merging_end(struct merging *merging)
{
    arena_free(&merging->arena);
}

bool ledger_merge_calls(struct ledger *ledger, const struct log_place *place,
                        const struct harvest *harvest, const int64_t *costs, struct err *err)
{
    CLEANUP(merging_end) struct merging merging = { .ledger = ledger, .place = place };
    for (size_t i = 0; i < harvest->call_count; i++)
        if (!merge_call(&merging, &harvest->calls[i], costs[i], err))
            return false;
    for (size_t i = 0; i < merging.touched_count; i++)
        if (!count_anew(ledger, merging.touched[i], err))
            return false;
    return true;
}
