#include <stdlib.h>

#include "base/err.h"
#include "store/ledger_inside.h"

struct ledger_costs {
    struct ledger *ledger;
    sqlite3_stmt *stmt;
};

/* --- the walk --- */

bool ledger_costs_open(struct ledger *ledger, int64_t since_ns, struct ledger_costs **out,
                       struct err *err)
{
    static const char walk_sql[] =
        "SELECT message, request, model, at_ns, input, output, cache_write_5m, cache_write_1h,"
        " cache_read, web_searches, speed, flags, coalesce(cost_nano_usd, -1), counted FROM call"
        " WHERE at_ns >= ?1 ORDER BY at_ns, message, request";
    CLEANUP(ledger_costs_close) struct ledger_costs *costs = calloc(1, sizeof(*costs));
    if (!costs)
        abort();
    costs->ledger = ledger;
    if (!sql_prepare(ledger->db, walk_sql, &costs->stmt, err))
        return false;
    sql_bind(costs->stmt, 1, since_ns);
    *out = costs;
    costs = NULL;
    return true;
}

bool ledger_costs_next(struct ledger_costs *costs, struct ledger_costed *out, bool *more,
                       struct err *err)
{
    sqlite3_stmt *stmt = costs->stmt;
    if (!sql_step(stmt, more, err))
        return false;
    if (!*more)
        return ledger_texts_read(costs->ledger, err);
    *out = (struct ledger_costed){
        .key = { .message = sql_int(stmt, 0),
                 .request = sql_int(stmt, 1),
                 .call = { .message_id = "",
                           .request_id = "",
                           .uuid = "",
                           .origin_session = "",
                           .model = ledger_text(costs->ledger, sql_int(stmt, 2)),
                           .branch = "",
                           .at_ns = sql_int(stmt, 3),
                           .usage = { .input = sql_int(stmt, 4),
                                      .output = sql_int(stmt, 5),
                                      .cache_write_5m = sql_int(stmt, 6),
                                      .cache_write_1h = sql_int(stmt, 7),
                                      .cache_read = sql_int(stmt, 8),
                                      .web_searches = sql_int(stmt, 9) },
                           .speed = sql_int(stmt, 10) == CALL_FAST ? CALL_FAST : CALL_STANDARD,
                           .flags = (unsigned)sql_int(stmt, 11) } },
        .cost_nano_usd = sql_int(stmt, 12),
        .counted = sql_int(stmt, 13) != 0,
    };
    return true;
}

void ledger_costs_close(struct ledger_costs **costs)
{
    if (!*costs)
        return;
    sql_finish(&(*costs)->stmt);
    free(*costs);
    *costs = NULL;
}

/* --- the change --- */

static bool remember(struct ledger *ledger, const struct ledger_repricing *done, struct err *err)
{
    static const char add_sql[] = "INSERT INTO repricing (at_ns, since_ns, table_hash, table_name,"
                                  " calls, before_nano_usd, after_nano_usd)"
                                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    if (!ledger_use(ledger, add_sql, &stmt, err))
        return false;
    sql_bind(stmt, 1, done->at_ns);
    sql_bind(stmt, 2, done->since_ns);
    sql_bind(stmt, 3, done->table_hash);
    sql_bind_text(stmt, 4, done->table);
    sql_bind(stmt, 5, done->calls);
    sql_bind(stmt, 6, done->before_nano_usd);
    sql_bind(stmt, 7, done->after_nano_usd);
    return sql_do(stmt, err);
}

/* The one place where a cost that stood changes: whatever the ledger keeps that was summed up from
 * costs must follow here, and in ledger_cost_set() that gives calls without a cost their first. */
bool ledger_reprice(struct ledger *ledger, const struct ledger_costed *changed, size_t count,
                    const struct ledger_repricing *done, struct err *err)
{
    for (size_t i = 0; i < count; i++)
        if (!ledger_cost_set(ledger, &changed[i].key, changed[i].cost_nano_usd, err))
            return false;
    return remember(ledger, done, err);
}

/* --- what was done --- */

bool ledger_repricings(struct ledger *ledger, struct arena *arena, struct ledger_repricing **out,
                       size_t *count, struct err *err)
{
    enum { MOST = 100 };
    static const char all_sql[] =
        "SELECT at_ns, since_ns, table_hash, table_name, calls, before_nano_usd, after_nano_usd"
        " FROM repricing ORDER BY rowid DESC LIMIT 100";
    CLEANUP(sql_finish) sqlite3_stmt *stmt = NULL;
    *out = arena_alloc(arena, MOST * sizeof(**out));
    *count = 0;
    if (!sql_prepare(ledger->db, all_sql, &stmt, err))
        return false;
    while (*count < MOST) {
        bool row;
        if (!sql_step(stmt, &row, err))
            return false;
        if (!row)
            return true;
        (*out)[(*count)++] = (struct ledger_repricing){
            .at_ns = sql_int(stmt, 0),
            .since_ns = sql_int(stmt, 1),
            .table_hash = sql_int(stmt, 2),
            .table = arena_strdup(arena, sql_text(stmt, 3)),
            .calls = sql_int(stmt, 4),
            .before_nano_usd = sql_int(stmt, 5),
            .after_nano_usd = sql_int(stmt, 6),
        };
    }
    return true;
}
