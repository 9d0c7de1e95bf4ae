#include <string.h>

#include "base/err.h"
#include "store/ledger_inside.h"

/* Bits of sighting.flags, as in ledger.sql. */
enum { SIGHT_ORIGIN = 1, SIGHT_COPY = 2, SIGHT_PROJECT = 4 };

static const char unsettled_name[] = "owners unsettled";

/* The project of a fact in one session must not depend on which of its logs was read first. */
static int64_t project_of_both(struct ledger *ledger, int64_t a, int64_t b)
{
    if (a == b || strcmp(ledger_text(ledger, a), ledger_text(ledger, b)) < 0)
        return a;
    return b;
}

int64_t ledger_name_of_both(struct ledger *ledger, int64_t a, int64_t b)
{
    return !a ? b : !b ? a : project_of_both(ledger, a, b);
}

static bool unsettle(struct ledger *ledger, struct err *err)
{
    if (!ledger->unsettled && !ledger_fact_set(ledger, unsettled_name, 1, err))
        return false;
    ledger->unsettled = true;
    return true;
}

static bool sighting_find(struct ledger *ledger, const struct fact_key *key, int64_t session,
                          int64_t *project, int64_t *flags, struct err *err)
{
    static const char find_sql[] = "SELECT project, flags FROM sighting"
                                   " WHERE kind = ?1 AND a = ?2 AND b = ?3 AND session = ?4";
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    bool row;
    *project = *flags = 0;
    if (!ledger_use(ledger, find_sql, &stmt, err))
        return false;
    sql_bind(stmt, 1, key->kind);
    sql_bind(stmt, 2, key->a);
    sql_bind(stmt, 3, key->b);
    sql_bind(stmt, 4, session);
    if (!sql_step(stmt, &row, err))
        return false;
    if (row) {
        *project = sql_int(stmt, 0);
        *flags = sql_int(stmt, 1);
    }
    return true;
}

static bool sighting_put(struct ledger *ledger, const struct fact_key *key, int64_t session,
                         int64_t project, int64_t flags, struct err *err)
{
    static const char put_sql[] = "INSERT OR REPLACE INTO sighting VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    int64_t old_project;
    int64_t old_flags;
    if (!sighting_find(ledger, key, session, &old_project, &old_flags, err))
        return false;
    if (flags & old_flags & SIGHT_PROJECT)
        project = project_of_both(ledger, old_project, project);
    else if (old_flags & SIGHT_PROJECT)
        project = old_project;
    flags |= old_flags;
    if (flags == old_flags && project == old_project)
        return true;
    if (!unsettle(ledger, err) || !ledger_use(ledger, put_sql, &stmt, err))
        return false;
    sql_bind(stmt, 1, key->kind);
    sql_bind(stmt, 2, key->a);
    sql_bind(stmt, 3, key->b);
    sql_bind(stmt, 4, session);
    sql_bind(stmt, 5, project);
    sql_bind(stmt, 6, flags);
    return sql_do(stmt, err);
}

bool ledger_own(struct ledger *ledger, const struct fact_key *key, const struct fact_sight *sight,
                bool known, struct fact_owner *owner, struct err *err)
{
    bool copied = sight->origin != 0 && sight->origin != sight->session;
    if (!known)
        *owner =
            (struct fact_owner){ copied ? sight->origin : sight->session, sight->project, copied };
    else if (!owner->shared && !copied && owner->session == sight->session) {
        owner->project = project_of_both(ledger, owner->project, sight->project);
        return true;
    }
    if (!known && !copied)
        return true;
    if (known && !owner->shared &&
        !sighting_put(ledger, key, owner->session, owner->project, SIGHT_PROJECT, err))
        return false;
    owner->shared = true;
    int64_t flags = SIGHT_PROJECT | (copied ? SIGHT_COPY : 0);
    return sighting_put(ledger, key, sight->session, sight->project, flags, err) &&
           (!copied || sighting_put(ledger, key, sight->origin, 0, SIGHT_ORIGIN, err));
}

static bool sightings_drop(struct ledger *ledger, const struct fact_key *key, struct err *err)
{
    static const char drop_sql[] = "DELETE FROM sighting WHERE kind = ?1 AND a = ?2 AND b = ?3";
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    if (!ledger_use(ledger, drop_sql, &stmt, err))
        return false;
    sql_bind(stmt, 1, key->kind);
    sql_bind(stmt, 2, key->a);
    sql_bind(stmt, 3, key->b);
    return sql_do(stmt, err);
}

static bool sightings_move(struct ledger *ledger, const struct fact_key *kept,
                           const struct fact_key *gone, struct err *err)
{
    static const char each_sql[] = "SELECT session, project, flags FROM sighting"
                                   " WHERE kind = ?1 AND a = ?2 AND b = ?3";
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    bool row;
    if (!ledger_use(ledger, each_sql, &stmt, err))
        return false;
    sql_bind(stmt, 1, gone->kind);
    sql_bind(stmt, 2, gone->a);
    sql_bind(stmt, 3, gone->b);
    for (;;) {
        if (!sql_step(stmt, &row, err))
            return false;
        if (!row)
            break;
        if (!sighting_put(ledger, kept, sql_int(stmt, 0), sql_int(stmt, 1), sql_int(stmt, 2), err))
            return false;
    }
    return sightings_drop(ledger, gone, err);
}

bool ledger_own_join(struct ledger *ledger, const struct fact_key *kept,
                     const struct fact_key *gone, const struct fact_owner *gone_owner,
                     struct fact_owner *owner, struct err *err)
{
    struct fact_sight sight = { gone_owner->session, gone_owner->project, 0 };
    if (!gone_owner->shared)
        return ledger_own(ledger, kept, &sight, true, owner, err);
    if (!owner->shared &&
        !sighting_put(ledger, kept, owner->session, owner->project, SIGHT_PROJECT, err))
        return false;
    owner->shared = true;
    return sightings_move(ledger, kept, gone, err);
}

bool ledger_own_at(struct ledger *ledger, int64_t session, int64_t at_ns, struct err *err)
{
    static const char find_sql[] = "SELECT 1 FROM contested WHERE session = ?1"
                                   " AND (first_ns IS NULL OR first_ns >= ?2)";
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    bool row;
    if (ledger->unsettled || ledger->uncontested)
        return true;
    if (!ledger_use(ledger, find_sql, &stmt, err))
        return false;
    sql_bind(stmt, 1, session);
    sql_bind(stmt, 2, at_ns);
    return sql_step(stmt, &row, err) && (!row || unsettle(ledger, err));
}

/* --- settling --- */

/* Facts by key, their sessions best owner first: one that a copy names and that is no copy itself;
 * then a session that has nothing of its own (it was copied whole); then the one whose own calls
 * began first. */
static const char ranked_sql[] = "SELECT s.kind, s.a, s.b, s.session, s.project, s.flags"
                                 " FROM sighting s JOIN contested c ON c.session = s.session"
                                 " LEFT JOIN text t ON t.id = s.session"
                                 " ORDER BY s.kind, s.a, s.b, s.flags & 1 DESC, s.flags & 2,"
                                 " c.first_ns IS NOT NULL, c.first_ns, coalesce(t.value, '')";

static bool owner_set(struct ledger *ledger, const struct fact_key *key, int64_t session,
                      int64_t project, struct err *err)
{
    static const char *const set_sql[] = {
        [FACT_CALL] = "UPDATE call SET session = ?3, project = ?4"
                      " WHERE message = ?1 AND request = ?2 AND (session, project) <> (?3, ?4)"
                      " RETURNING at_ns",
        [FACT_TOOL] = "UPDATE tool SET session = ?3, project = ?4"
                      " WHERE id = ?1 AND ?2 = 0 AND (session, project) <> (?3, ?4)",
        [FACT_PROMPT] = "UPDATE prompt SET session = ?3, project = ?4"
                        " WHERE id = ?1 AND ?2 = 0 AND (session, project) <> (?3, ?4)",
        [FACT_API_ERROR] = "UPDATE api_error SET session = ?3, project = ?4"
                           " WHERE id = ?1 AND ?2 = 0 AND (session, project) <> (?3, ?4)",
        [FACT_COMPACTION] = "UPDATE compaction SET session = ?3, project = ?4"
                            " WHERE id = ?1 AND ?2 = 0 AND (session, project) <> (?3, ?4)",
    };
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    if (!ledger_use(ledger, set_sql[key->kind], &stmt, err))
        return false;
    sql_bind(stmt, 1, key->a);
    sql_bind(stmt, 2, key->b);
    sql_bind(stmt, 3, session);
    sql_bind(stmt, 4, project);
    bool changed;
    if (!sql_step(stmt, &changed, err))
        return false;
    if (changed && key->kind == FACT_CALL)
        ledger_roll_at(ledger, sql_int(stmt, 0));
    return true;
}

struct candidate { /* the best owner of the fact whose sightings are being walked */
    struct fact_key key;
    int64_t session;
    int64_t project;
    bool some;
    bool project_known;
};

static bool candidate_settle(struct ledger *ledger, const struct candidate *best, struct err *err)
{
    return !best->some || owner_set(ledger, &best->key, best->session, best->project, err);
}

static bool candidate_next(struct ledger *ledger, sqlite3_stmt *stmt, struct candidate *best,
                           struct err *err)
{
    struct fact_key key = { (enum fact_kind)sql_int(stmt, 0), sql_int(stmt, 1), sql_int(stmt, 2) };
    if (key.kind > FACT_COMPACTION)
        return err_set(err, ERR_DAMAGED, "the ledger holds a sighting of an unknown kind");
    if (!best->some || key.kind != best->key.kind || key.a != best->key.a || key.b != best->key.b) {
        if (!candidate_settle(ledger, best, err))
            return false;
        *best = (struct candidate){ .key = key, .session = sql_int(stmt, 3), .some = true };
    }
    /* Of an origin whose own log was never seen the project is that of the best copy. */
    if (!best->project_known && (sql_int(stmt, 5) & SIGHT_PROJECT)) {
        best->project = sql_int(stmt, 4);
        best->project_known = true;
    }
    return true;
}

static bool contested_fill(struct ledger *ledger, struct err *err)
{
    static const char fill_sql[] =
        "DELETE FROM contested;"
        "INSERT INTO contested SELECT DISTINCT session, (SELECT min(at_ns) FROM call"
        " WHERE call.session = sighting.session AND shared = 0) FROM sighting";
    ledger->uncontested = false;
    return sql_run(ledger->db, fill_sql, err);
}

bool ledger_unsettled(struct ledger *ledger, bool *out, struct err *err)
{
    int64_t value;
    if (!ledger_fact_get(ledger, unsettled_name, &value, err))
        return false;
    *out = value != 0;
    return true;
}

bool ledger_settle_owners(struct ledger *ledger, struct err *err)
{
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    struct candidate best = { 0 };
    bool unsettled;
    if (!ledger_unsettled(ledger, &unsettled, err))
        return false;
    if (!unsettled)
        return true;
    if (!contested_fill(ledger, err) || !ledger_use(ledger, ranked_sql, &stmt, err))
        return false;
    for (;;) {
        bool row;
        if (!sql_step(stmt, &row, err))
            return false;
        if (!row)
            break;
        if (!candidate_next(ledger, stmt, &best, err))
            return false;
    }
    return candidate_settle(ledger, &best, err) && ledger_fact_set(ledger, unsettled_name, 0, err);
}
