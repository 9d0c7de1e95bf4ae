#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "store/ledger_inside.h"

#define QUARTER_NS (INT64_C(60) * 1000000000 * LEDGER_ROLLUP_MINUTES)

static const char stale_name[] = "rollups stale";

struct group { /* a row of `rollup` */
    int64_t quarter;
    struct ledger_rollup roll;
};

/* The groups of one quarter, while its calls are walked. */
struct rolling {
    struct ledger *ledger;
    struct arena arena;
    struct group *groups;
    size_t count;
    size_t room;
    bool checking; /* compare with what is stored instead of storing */
    int64_t right; /* how many of those compared are stored so */
    int64_t seen;  /* how many were compared */
};

static void rolling_end(struct rolling *rolling)
{
    arena_free(&rolling->arena);
}

static int64_t quarter_of(int64_t at_ns)
{
    return at_ns / QUARTER_NS - (at_ns % QUARTER_NS < 0);
}

/* --- which quarters --- */

void ledger_roll_at(struct ledger *ledger, int64_t at_ns)
{
    if (!ledger->rolls_late || ledger->quarters.used == 0)
        (void)ledger_numbers_add(&ledger->quarters, quarter_of(at_ns) + 1); /* never 0 */
}

void ledger_rollups_defer(struct ledger *ledger)
{
    ledger->rolls_late = true;
}

bool ledger_rollups_stale(struct ledger *ledger, bool *out, struct err *err)
{
    int64_t value;
    if (!ledger_fact_get(ledger, stale_name, &value, err))
        return false;
    *out = value != 0;
    return true;
}

/* --- summing --- */

static struct group *group_of(struct rolling *rolling, const struct group *key)
{
    const struct ledger_rollup *roll = &key->roll;
    for (size_t i = rolling->count; i-- > 0;) {
        const struct ledger_rollup *known = &rolling->groups[i].roll;
        if (known->session == roll->session && known->project == roll->project &&
            known->model == roll->model && known->branch == roll->branch)
            return &rolling->groups[i];
    }
    if (rolling->count == rolling->room) {
        rolling->room = rolling->room ? rolling->room * 2 : 64;
        struct group *more = arena_alloc(&rolling->arena, rolling->room * sizeof(*more));
        if (rolling->count)
            memcpy(more, rolling->groups, rolling->count * sizeof(*more));
        rolling->groups = more;
    }
    rolling->groups[rolling->count] = *key;
    return &rolling->groups[rolling->count++];
}

/* A sum that no int64 holds must not depend on the order in which it got there. */
static void group_add(struct group *group, const struct ledger_call *call)
{
    struct ledger_rollup *roll = &group->roll;
    if (!usage_sum_add(&roll->sum, &call->usage, call->cost_nano_usd))
        roll->sum = (struct usage_sum){ .usage = { .input = INT64_MAX } };
    if (call->at_ns < roll->first_at_ns)
        roll->first_at_ns = call->at_ns;
    if (call->at_ns > roll->last_at_ns)
        roll->last_at_ns = call->at_ns;
}

/* --- storing and comparing --- */

static const char put_sql[] = "INSERT INTO rollup VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
                              " ?11, ?12, ?13, ?14, ?15, ?16, ?17)";
static const char same_sql[] =
    "SELECT 1 FROM rollup WHERE (quarter, session, project, model, branch) = (?1, ?2, ?3, ?4, ?5)"
    " AND (first_ns, last_ns, calls, input, output, cache_write_5m, cache_write_1h, cache_read,"
    " web_searches, cost_nano_usd, unpriced_calls, unpriced_tokens) ="
    " (?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";

static bool group_end(struct rolling *rolling, const struct group *group, struct err *err)
{
    const struct ledger_rollup *roll = &group->roll;
    const struct usage_sum *sum = &roll->sum;
    const int64_t values[] = {
        group->quarter,
        roll->session,
        roll->project,
        roll->model,
        roll->branch,
        roll->first_at_ns,
        roll->last_at_ns,
        sum->calls,
        sum->usage.input,
        sum->usage.output,
        sum->usage.cache_write_5m,
        sum->usage.cache_write_1h,
        sum->usage.cache_read,
        sum->usage.web_searches,
        sum->cost_nano_usd,
        sum->unpriced_calls,
        sum->unpriced_tokens,
    };
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    bool row;
    if (!ledger_use(rolling->ledger, rolling->checking ? same_sql : put_sql, &stmt, err))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(values); i++)
        sql_bind(stmt, (int)i + 1, values[i]);
    if (!sql_step(stmt, &row, err))
        return false;
    rolling->right += row;
    rolling->seen++;
    return true;
}

static bool quarter_end(struct rolling *rolling, struct err *err)
{
    for (size_t i = 0; i < rolling->count; i++)
        if (!group_end(rolling, &rolling->groups[i], err))
            return false;
    rolling->count = 0;
    return true;
}

/* The quarters from one time to another, with as much memory as one of them needs. */
static bool roll(struct rolling *rolling, int64_t from_ns, int64_t to_ns, struct err *err)
{
    CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = NULL;
    struct ledger_window window = { from_ns, to_ns, 0 };
    struct ledger_call call;
    bool more;
    if (!ledger_calls_open(rolling->ledger, &window, &cursor, err))
        return false;
    for (;;) {
        if (!ledger_calls_next(cursor, &call, &more, err))
            return false;
        if (!more)
            return quarter_end(rolling, err);
        struct group key = {
            .quarter = quarter_of(call.at_ns),
            .roll = { call.session, call.project, call.model, call.branch, call.at_ns, call.at_ns,
                      .sum = { .calls = 0 } },
        };
        if (rolling->count && rolling->groups[0].quarter != key.quarter &&
            !quarter_end(rolling, err))
            return false;
        group_add(group_of(rolling, &key), &call);
    }
}

static bool quarter_renew(struct rolling *rolling, int64_t quarter, struct err *err)
{
    static const char drop_sql[] = "DELETE FROM rollup WHERE quarter = ?1";
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    if (!ledger_use(rolling->ledger, drop_sql, &stmt, err))
        return false;
    sql_bind(stmt, 1, quarter);
    int64_t from_ns = quarter * QUARTER_NS;
    int64_t to_ns;
    if (__builtin_add_overflow(from_ns, QUARTER_NS, &to_ns))
        to_ns = INT64_MAX;
    return sql_do(stmt, err) && roll(rolling, from_ns, to_ns, err);
}

bool ledger_roll_commit(struct ledger *ledger, struct err *err)
{
    CLEANUP(rolling_end) struct rolling rolling = { .ledger = ledger };
    struct ledger_numbers *quarters = &ledger->quarters;
    bool stale;
    if (quarters->used == 0)
        return true;
    if (!ledger_rollups_stale(ledger, &stale, err) ||
        (!stale && ledger->rolls_late && !ledger_fact_set(ledger, stale_name, 1, err)))
        return false;
    for (size_t i = 0; i < quarters->room && !stale && !ledger->rolls_late; i++)
        if (quarters->slots[i] && !quarter_renew(&rolling, quarters->slots[i] - 1, err))
            return false;
    ledger_numbers_clear(quarters);
    return true;
}

bool ledger_rollups_renew(struct ledger *ledger, struct err *err)
{
    CLEANUP(rolling_end) struct rolling rolling = { .ledger = ledger };
    bool stale;
    assert(ledger->writing);
    bool late = ledger->rolls_late && ledger->quarters.used;
    ledger->rolls_late = false;
    if (!ledger_rollups_stale(ledger, &stale, err))
        return false;
    if (!stale && !late)
        return true;
    ledger_numbers_clear(&ledger->quarters);
    return sql_run(ledger->db, "DELETE FROM rollup", err) &&
           roll(&rolling, INT64_MIN, INT64_MAX, err) && ledger_fact_set(ledger, stale_name, 0, err);
}

bool ledger_roll_check(struct ledger *ledger, int64_t *wrong, struct err *err)
{
    CLEANUP(rolling_end) struct rolling rolling = { .ledger = ledger, .checking = true };
    bool stale;
    int64_t stored;
    *wrong = 0;
    if (!ledger_rollups_stale(ledger, &stale, err))
        return false;
    if (stale)
        return true;
    if (!roll(&rolling, INT64_MIN, INT64_MAX, err) ||
        !sql_ask(ledger->db, "SELECT count(*) FROM rollup", &stored, err))
        return false;
    *wrong = rolling.seen - rolling.right + (stored > rolling.right ? stored - rolling.right : 0);
    return true;
}

/* --- reading --- */

/* ?4 to ?5: full quarters; before ?6 and from ?7 on: the window's ends, call by call. */
static const char walk_sql[] =
    "SELECT session, project, model, branch, first_ns, last_ns, calls, input, output,"
    " cache_write_5m, cache_write_1h, cache_read, web_searches, cost_nano_usd, unpriced_calls,"
    " unpriced_tokens FROM rollup WHERE quarter >= ?4 AND quarter < ?5"
    " AND (?3 = 0 OR project = ?3)"
    " UNION ALL SELECT session, project, model, branch, at_ns, at_ns, 1, input, output,"
    " cache_write_5m, cache_write_1h, cache_read, web_searches, coalesce(cost_nano_usd, -1), 0, 0"
    " FROM call WHERE at_ns >= ?1 AND at_ns < ?6 AND (?3 = 0 OR project = ?3) AND counted"
    " UNION ALL SELECT session, project, model, branch, at_ns, at_ns, 1, input, output,"
    " cache_write_5m, cache_write_1h, cache_read, web_searches, coalesce(cost_nano_usd, -1), 0, 0"
    " FROM call WHERE at_ns >= ?7 AND at_ns < ?2 AND (?3 = 0 OR project = ?3) AND counted";

bool ledger_rollups_open(struct ledger *ledger, const struct ledger_window *window,
                         struct ledger_cursor **out, struct err *err)
{
    int64_t first = quarter_of(window->from_ns) + (window->from_ns % QUARTER_NS != 0);
    int64_t last = quarter_of(window->to_ns);
    bool stale;
    if (!ledger_rollups_stale(ledger, &stale, err) ||
        !ledger_cursor_open(ledger, walk_sql, window, out, err))
        return false;
    bool whole = !stale && first < last;
    sqlite3_stmt *stmt = (*out)->stmt;
    sql_bind(stmt, 4, whole ? first : 0);
    sql_bind(stmt, 5, whole ? last : 0);
    sql_bind(stmt, 6, whole ? first * QUARTER_NS : window->to_ns);
    sql_bind(stmt, 7, whole ? last * QUARTER_NS : window->to_ns);
    return true;
}

bool ledger_rollups_next(struct ledger_cursor *cursor, struct ledger_rollup *out, bool *more,
                         struct err *err)
{
    sqlite3_stmt *stmt = cursor->stmt;
    if (!ledger_cursor_step(cursor, more, err))
        return false;
    if (!*more)
        return true;
    struct usage usage = { sql_int(stmt, 7),  sql_int(stmt, 8),  sql_int(stmt, 9),
                           sql_int(stmt, 10), sql_int(stmt, 11), sql_int(stmt, 12) };
    *out = (struct ledger_rollup){
        .session = sql_int(stmt, 0),
        .project = sql_int(stmt, 1),
        .model = sql_int(stmt, 2),
        .branch = sql_int(stmt, 3),
        .first_at_ns = sql_int(stmt, 4),
        .last_at_ns = sql_int(stmt, 5),
    };
    int64_t cost = sql_int(stmt, 13);
    if (cost == USAGE_UNPRICED) /* a single call, without a price */
        return usage_sum_add(&out->sum, &usage, cost) ||
               err_set(err, ERR_DAMAGED, "the ledger holds a call with impossible counts");
    out->sum = (struct usage_sum){
        .usage = usage,
        .calls = sql_int(stmt, 6),
        .cost_nano_usd = cost,
        .unpriced_calls = sql_int(stmt, 14),
        .unpriced_tokens = sql_int(stmt, 15),
    };
    return true;
}
