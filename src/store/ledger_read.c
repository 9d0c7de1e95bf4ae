#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "store/ledger_inside.h"

bool ledger_cursor_open(struct ledger *ledger, const char *sql, const struct ledger_window *window,
                        struct ledger_cursor **out, struct err *err)
{
    CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = calloc(1, sizeof(*cursor));
    if (!cursor)
        abort();
    cursor->ledger = ledger;
    if (!sql_prepare(ledger->db, sql, &cursor->stmt, err))
        return false;
    sql_bind(cursor->stmt, 1, window->from_ns);
    sql_bind(cursor->stmt, 2, window->to_ns);
    sql_bind(cursor->stmt, 3, window->project);
    *out = cursor;
    cursor = NULL;
    return true;
}

bool ledger_cursor_step(struct ledger_cursor *cursor, bool *more, struct err *err)
{
    return sql_step(cursor->stmt, more, err) && (*more || ledger_texts_read(cursor->ledger, err));
}

void ledger_cursor_close(struct ledger_cursor **cursor)
{
    if (!*cursor)
        return;
    sql_finish(&(*cursor)->stmt);
    free(*cursor);
    *cursor = NULL;
}

bool ledger_calls_open(struct ledger *ledger, const struct ledger_window *window,
                       struct ledger_cursor **out, struct err *err)
{
    return ledger_cursor_open(
        ledger,
        "SELECT at_ns, session, project, model, branch, input, output,"
        " cache_write_5m, cache_write_1h, cache_read, web_searches,"
        " coalesce(cost_nano_usd, -1), speed, flags, agent, message_id, request_id FROM call"
        " WHERE at_ns >= ?1 AND at_ns < ?2 AND (?3 = 0 OR project = ?3) AND counted"
        " ORDER BY at_ns, message, uuid, request",
        window, out, err);
}

bool ledger_calls_next(struct ledger_cursor *cursor, struct ledger_call *out, bool *more,
                       struct err *err)
{
    sqlite3_stmt *stmt = cursor->stmt;
    if (!ledger_cursor_step(cursor, more, err))
        return false;
    if (*more)
        *out = (struct ledger_call){
            .at_ns = sql_int(stmt, 0),
            .session = sql_int(stmt, 1),
            .project = sql_int(stmt, 2),
            .model = sql_int(stmt, 3),
            .branch = sql_int(stmt, 4),
            .usage = { .input = sql_int(stmt, 5),
                       .output = sql_int(stmt, 6),
                       .cache_write_5m = sql_int(stmt, 7),
                       .cache_write_1h = sql_int(stmt, 8),
                       .cache_read = sql_int(stmt, 9),
                       .web_searches = sql_int(stmt, 10) },
            .cost_nano_usd = sql_int(stmt, 11),
            .speed = sql_int(stmt, 12) == CALL_FAST ? CALL_FAST : CALL_STANDARD,
            .flags = (unsigned)sql_int(stmt, 13),
            .agent = sql_int(stmt, 14),
        };
    return true;
}

bool ledger_logs_open(struct ledger *ledger, struct ledger_cursor **out, struct err *err)
{
    static const struct ledger_window nothing = { 0 };
    return ledger_cursor_open(ledger,
                              "SELECT id, device, inode, size, mtime_ns, ctime_ns, offset,"
                              " head_hash, tail_hash, path FROM log ORDER BY path",
                              &nothing, out, err);
}

bool ledger_logs_next(struct ledger_cursor *cursor, struct log_state *out, const char **path,
                      bool *more, struct err *err)
{
    sqlite3_stmt *stmt = cursor->stmt;
    if (!ledger_cursor_step(cursor, more, err))
        return false;
    *path = *more ? sql_text(stmt, 9) : "";
    if (*more)
        *out = ledger_log_of(stmt);
    return true;
}

void ledger_calls_ids(struct ledger_cursor *cursor, const char **message, const char **request)
{
    *message = sql_text(cursor->stmt, 15);
    *request = sql_text(cursor->stmt, 16);
}

bool ledger_tools_open(struct ledger *ledger, const struct ledger_window *window,
                       struct ledger_cursor **out, struct err *err)
{
    return ledger_cursor_open(ledger,
                              "SELECT at_ns, session, project, name, state, bytes,"
                              " coalesce(max(result_ns - at_ns, 0), -1) FROM tool"
                              " WHERE at_ns >= ?1 AND at_ns < ?2 AND (?3 = 0 OR project = ?3)"
                              " AND name <> 0 ORDER BY at_ns, id",
                              window, out, err);
}

bool ledger_tools_next(struct ledger_cursor *cursor, struct ledger_tool *out, bool *more,
                       struct err *err)
{
    sqlite3_stmt *stmt = cursor->stmt;
    if (!ledger_cursor_step(cursor, more, err))
        return false;
    if (*more)
        *out = (struct ledger_tool){
            .at_ns = sql_int(stmt, 0),
            .session = sql_int(stmt, 1),
            .project = sql_int(stmt, 2),
            .name = sql_int(stmt, 3),
            .state = (enum tool_state)sql_int(stmt, 4),
            .result_bytes = sql_int(stmt, 5),
            .took_ns = sql_int(stmt, 6),
        };
    return true;
}

bool ledger_prompts_open(struct ledger *ledger, const struct ledger_window *window,
                         struct ledger_cursor **out, struct err *err)
{
    return ledger_cursor_open(ledger,
                              "SELECT at_ns, session, project, text FROM prompt"
                              " WHERE at_ns >= ?1 AND at_ns < ?2 AND (?3 = 0 OR project = ?3)"
                              " ORDER BY at_ns, id",
                              window, out, err);
}

bool ledger_api_errors_open(struct ledger *ledger, const struct ledger_window *window,
                            struct ledger_cursor **out, struct err *err)
{
    return ledger_cursor_open(ledger,
                              "SELECT at_ns, session, project, text FROM api_error"
                              " WHERE at_ns >= ?1 AND at_ns < ?2 AND (?3 = 0 OR project = ?3)"
                              " ORDER BY at_ns, id",
                              window, out, err);
}

bool ledger_events_next(struct ledger_cursor *cursor, struct ledger_event *out, bool *more,
                        struct err *err)
{
    sqlite3_stmt *stmt = cursor->stmt;
    if (!ledger_cursor_step(cursor, more, err))
        return false;
    if (*more)
        *out = (struct ledger_event){
            .at_ns = sql_int(stmt, 0),
            .session = sql_int(stmt, 1),
            .project = sql_int(stmt, 2),
            .text = sql_text(stmt, 3),
        };
    return true;
}

bool ledger_compactions_open(struct ledger *ledger, const struct ledger_window *window,
                             struct ledger_cursor **out, struct err *err)
{
    return ledger_cursor_open(ledger,
                              "SELECT at_ns, session, project, trigger, pre_tokens, post_tokens"
                              " FROM compaction WHERE at_ns >= ?1 AND at_ns < ?2"
                              " AND (?3 = 0 OR project = ?3) ORDER BY at_ns, id",
                              window, out, err);
}

bool ledger_compactions_next(struct ledger_cursor *cursor, struct ledger_compaction *out,
                             bool *more, struct err *err)
{
    sqlite3_stmt *stmt = cursor->stmt;
    if (!ledger_cursor_step(cursor, more, err))
        return false;
    if (*more)
        *out = (struct ledger_compaction){
            .at_ns = sql_int(stmt, 0),
            .session = sql_int(stmt, 1),
            .project = sql_int(stmt, 2),
            .trigger = sql_int(stmt, 3),
            .pre_tokens = sql_int(stmt, 4),
            .post_tokens = sql_int(stmt, 5),
        };
    return true;
}

bool ledger_spans_open(struct ledger *ledger, const struct ledger_window *window,
                       struct ledger_cursor **out, struct err *err)
{
    return ledger_cursor_open(
        ledger,
        "SELECT session, project, from_ns, to_ns FROM span JOIN log ON id = log"
        " WHERE to_ns >= ?1 AND from_ns < ?2 AND (?3 = 0 OR project = ?3)"
        " ORDER BY from_ns, to_ns, path",
        window, out, err);
}

bool ledger_spans_next(struct ledger_cursor *cursor, struct ledger_span *out, bool *more,
                       struct err *err)
{
    sqlite3_stmt *stmt = cursor->stmt;
    if (!ledger_cursor_step(cursor, more, err))
        return false;
    if (*more)
        *out = (struct ledger_span){
            .session = sql_int(stmt, 0),
            .project = sql_int(stmt, 1),
            .span = { sql_int(stmt, 2), sql_int(stmt, 3) },
        };
    return true;
}

bool ledger_totals(struct ledger *ledger, struct ledger_totals *out, struct err *err)
{
#define LOG_TOTALS                                                                                 \
    "SELECT (SELECT count(*) FROM log), (SELECT coalesce(sum(offset), 0) FROM log),"               \
    " (SELECT count(*) FROM damage), count(DISTINCT session), "
    static const char totals_sql[] = LOG_TOTALS "min(first_ns), max(last_ns) FROM rollup";
    static const char stale_sql[] = LOG_TOTALS "min(at_ns), max(at_ns) FROM call WHERE counted";
    CLEANUP(sql_finish) sqlite3_stmt *stmt = NULL;
    bool row;
    bool stale;
    if (!ledger_rollups_stale(ledger, &stale, err) ||
        !sql_prepare(ledger->db, stale ? stale_sql : totals_sql, &stmt, err) ||
        !sql_step(stmt, &row, err))
        return false;
    *out = (struct ledger_totals){
        .logs = sql_int(stmt, 0),
        .bytes = sql_int(stmt, 1),
        .damages = sql_int(stmt, 2),
        .sessions = sql_int(stmt, 3),
        .first_at_ns = sql_int(stmt, 4),
        .last_at_ns = sql_int(stmt, 5),
    };
    return true;
}

/* Grow `items` so that one more fits after `count`; rooms are powers of two. */
static void *room_for(struct arena *arena, void *items, size_t count, size_t size)
{
    if (count != 0 && (count & (count - 1)) != 0)
        return items;
    void *grown = arena_alloc(arena, (count ? count * 2 : 1) * size);
    if (count)
        memcpy(grown, items, count * size);
    return grown;
}

bool ledger_damages(struct ledger *ledger, struct arena *arena, size_t limit,
                    struct ledger_damage **out, size_t *count, struct err *err)
{
    static const char first_sql[] = "SELECT path, damage.offset, length, reason FROM damage"
                                    " JOIN log ON id = log ORDER BY path, damage.offset LIMIT ?1";
    CLEANUP(sql_finish) sqlite3_stmt *stmt = NULL;
    *out = NULL;
    *count = 0;
    if (!sql_prepare(ledger->db, first_sql, &stmt, err))
        return false;
    sql_bind(stmt, 1, limit > INT64_MAX ? INT64_MAX : (int64_t)limit);
    for (;;) {
        bool row;
        if (!sql_step(stmt, &row, err))
            return false;
        if (!row)
            return true;
        *out = room_for(arena, *out, *count, sizeof(**out));
        (*out)[(*count)++] = (struct ledger_damage){
            .path = arena_strdup(arena, sql_text(stmt, 0)),
            .offset = sql_int(stmt, 1),
            .length = sql_int(stmt, 2),
            .reason = arena_strdup(arena, sql_text(stmt, 3)),
        };
    }
}

/* The first column of every row, as texts. */
static bool texts_of(sqlite3_stmt *stmt, struct arena *arena, const char ***texts, size_t *count,
                     struct err *err)
{
    for (;;) {
        bool row;
        if (!sql_step(stmt, &row, err))
            return false;
        if (!row)
            return true;
        *texts = room_for(arena, *texts, *count, sizeof(**texts));
        (*texts)[(*count)++] = arena_strdup(arena, sql_text(stmt, 0));
    }
}

bool ledger_stores(struct ledger *ledger, struct arena *arena, const char ***folders, size_t *count,
                   struct err *err)
{
    CLEANUP(sql_finish) sqlite3_stmt *stmt = NULL;
    *folders = NULL;
    *count = 0;
    return sql_prepare(ledger->db, "SELECT folder FROM store ORDER BY folder", &stmt, err) &&
           texts_of(stmt, arena, folders, count, err);
}

/* Each gives one line a finding, none when all is well. */
static const char *const checks[] = {
    "SELECT integrity_check FROM pragma_integrity_check(20) WHERE integrity_check <> 'ok'",
    "SELECT count(*) || ' calls have negative counts' FROM call WHERE min(input, output,"
    " cache_write_5m, cache_write_1h, cache_read, web_searches, coalesce(cost_nano_usd, 0)) < 0"
    " HAVING count(*) > 0",
    "SELECT count(*) || ' calls name a text that is not there' FROM call WHERE"
    " (session <> 0 AND session NOT IN (SELECT id FROM text))"
    " OR (project <> 0 AND project NOT IN (SELECT id FROM text))"
    " OR (model <> 0 AND model NOT IN (SELECT id FROM text))"
    " OR (branch <> 0 AND branch NOT IN (SELECT id FROM text)) HAVING count(*) > 0",
    "SELECT count(*) || ' calls come from a log that is not there' FROM call"
    " WHERE log NOT IN (SELECT id FROM log) HAVING count(*) > 0",
    "SELECT count(*) || ' gateway names lead to no call' FROM gateway_alias g WHERE NOT EXISTS"
    " (SELECT 1 FROM call c WHERE c.message = g.message AND c.request = g.request)"
    " HAVING count(*) > 0",
    "SELECT count(*) || ' shared calls have no sightings' FROM call c WHERE shared AND NOT EXISTS"
    " (SELECT 1 FROM sighting WHERE kind = 0 AND a = c.message AND b = c.request)"
    " HAVING count(*) > 0",
    "SELECT count(*) || ' messages are counted by a side question and its parent' FROM"
    " (SELECT 1 FROM call WHERE request_id <> '' AND counted GROUP BY message"
    " HAVING count(*) > 1 AND max(flags & 1) = 1) HAVING count(*) > 0",
    "SELECT 'log ' || path || ' was read further than it is long' FROM log WHERE offset > size",
};

static bool rollups_check(struct ledger *ledger, struct arena *arena, const char ***findings,
                          size_t *count, struct err *err)
{
    int64_t wrong;
    if (!ledger_roll_check(ledger, &wrong, err)) {
        if (err->code != ERR_DAMAGED)
            return false;
        wrong = 0; /* the check of the file has told */
    }
    if (wrong == 0)
        return true;
    *findings = room_for(arena, *findings, *count, sizeof(**findings));
    (*findings)[(*count)++] =
        arena_printf(arena, "%" PRId64 " sums of calls are not what the calls say", wrong);
    return true;
}

bool ledger_check(struct ledger *ledger, struct arena *arena, const char ***findings, size_t *count,
                  struct err *err)
{
    *findings = NULL;
    *count = 0;
    for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
        CLEANUP(sql_finish) sqlite3_stmt *stmt = NULL;
        if (sql_prepare(ledger->db, checks[i], &stmt, err) &&
            texts_of(stmt, arena, findings, count, err))
            continue;
        if (err->code != ERR_DAMAGED)
            return false;
        *findings = room_for(arena, *findings, *count, sizeof(**findings));
        (*findings)[(*count)++] = arena_strdup(arena, err->text);
    }
    return rollups_check(ledger, arena, findings, count, err);
}

static void unpriced_read(struct ledger *ledger, sqlite3_stmt *stmt, struct ledger_unpriced *out)
{
    *out = (struct ledger_unpriced){
        .message = sql_int(stmt, 0),
        .request = sql_int(stmt, 1),
        .call = { .message_id = "",
                  .request_id = "",
                  .uuid = "",
                  .origin_session = "",
                  .model = ledger_text(ledger, sql_int(stmt, 2)),
                  .branch = "",
                  .at_ns = sql_int(stmt, 3),
                  .usage = { .input = sql_int(stmt, 4),
                             .output = sql_int(stmt, 5),
                             .cache_write_5m = sql_int(stmt, 6),
                             .cache_write_1h = sql_int(stmt, 7),
                             .cache_read = sql_int(stmt, 8),
                             .web_searches = sql_int(stmt, 9) },
                  .speed = sql_int(stmt, 10) == CALL_FAST ? CALL_FAST : CALL_STANDARD,
                  .flags = (unsigned)sql_int(stmt, 11) },
    };
}

bool ledger_unpriced(struct ledger *ledger, struct arena *arena,
                     const struct ledger_unpriced *after, struct ledger_unpriced **out,
                     size_t *count, struct err *err)
{
    static const char next_sql[] =
        "SELECT message, request, model, at_ns, input, output, cache_write_5m, cache_write_1h,"
        " cache_read, web_searches, speed, flags FROM call WHERE cost_nano_usd IS NULL"
        " AND (NOT ?3 OR (message, request) > (?1, ?2)) ORDER BY message, request";
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    *count = 0;
    *out = arena_alloc(arena, LEDGER_UNPRICED_MOST * sizeof(**out));
    if (!ledger_use(ledger, next_sql, &stmt, err))
        return false;
    sql_bind(stmt, 1, after ? after->message : 0);
    sql_bind(stmt, 2, after ? after->request : 0);
    sql_bind(stmt, 3, after != NULL);
    while (*count < LEDGER_UNPRICED_MOST) {
        bool row;
        if (!sql_step(stmt, &row, err))
            return false;
        if (!row)
            return true;
        unpriced_read(ledger, stmt, &(*out)[(*count)++]);
    }
    return true;
}

bool ledger_cost_set(struct ledger *ledger, const struct ledger_unpriced *call, int64_t nano_usd,
                     struct err *err)
{
    static const char set_sql[] =
        "UPDATE call SET cost_nano_usd = nullif(?3, -1) WHERE message = ?1 AND request = ?2"
        " RETURNING at_ns";
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    if (!ledger_use(ledger, set_sql, &stmt, err))
        return false;
    sql_bind(stmt, 1, call->message);
    sql_bind(stmt, 2, call->request);
    sql_bind(stmt, 3, nano_usd);
    bool changed;
    if (!sql_step(stmt, &changed, err))
        return false;
    if (changed)
        ledger_roll_at(ledger, sql_int(stmt, 0));
    return true;
}
