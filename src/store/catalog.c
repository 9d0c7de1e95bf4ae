#include "store/catalog.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "embed.h"
#include "store/sql.h"

enum { CATALOG_VERSION = 1, CATALOG_APPLICATION = 0x736d6361, CLAIMS_LIMIT = 1 << 20 };

static const char columns[] =
    "path, project, archived, id, level, status, episode, purpose, started_at_ns, ended_at_ns, "
    "budget_nano_usd, estimate_minutes, tasks_pending, tasks_done, quality, frozen_tokens, "
    "frozen_nano_usd, frozen_active_s, claims";

struct catalog {
    sqlite3 *db;
    sqlite3_stmt *get;
    sqlite3_stmt *put;
};

static bool open_once(const char *path, int wait_ms, sqlite3 **db, struct err *err)
{
    struct sql_plan plan = {
        .path = path,
        .schema = (const char *)embed_find("catalog.sql")->bytes,
        .application = CATALOG_APPLICATION,
        .version = CATALOG_VERSION,
        .wait_ms = wait_ms,
        .durable = false,
        .mode = SQL_WRITE,
    };
    return sql_open(&plan, db, err);
}

static bool prepare(struct catalog *catalog, struct err *err)
{
    char get[1024];
    char put[1024];
    (void)snprintf(get, sizeof(get),
                   "SELECT %s FROM session WHERE path = ?1 AND device = ?2 AND inode = ?3 AND "
                   "size = ?4 AND mtime_ns = ?5 AND ctime_ns = ?6",
                   columns);
    (void)snprintf(put, sizeof(put),
                   "INSERT OR REPLACE INTO session (%s, folder, device, inode, size, mtime_ns, "
                   "ctime_ns) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,"
                   "?18,?19,?20,?21,?22,?23,?24,?25)",
                   columns);
    return sql_prepare(catalog->db, get, &catalog->get, err) &&
           sql_prepare(catalog->db, put, &catalog->put, err);
}

bool catalog_open(const char *path, int wait_ms, struct catalog **out, struct err *err)
{
    CLEANUP(catalog_close) struct catalog *catalog = calloc(1, sizeof(*catalog));
    if (!catalog)
        abort();
    if (!open_once(path, wait_ms, &catalog->db, err)) {
        if (err->code != ERR_DAMAGED && err->code != ERR_NEWER)
            return false;
        (void)unlink(path); /* only a cache: a damaged or foreign one is thrown away */
        if (!open_once(path, wait_ms, &catalog->db, err))
            return false;
    }
    if (!prepare(catalog, err))
        return false;
    *out = catalog;
    catalog = NULL;
    return true;
}

void catalog_close(struct catalog **catalog)
{
    if (!*catalog)
        return;
    sql_finish(&(*catalog)->get);
    sql_finish(&(*catalog)->put);
    sql_close(&(*catalog)->db);
    free(*catalog);
    *catalog = NULL;
}

/* --- claims as text ------------------------------------------------------------------------- */

static const char *claims_text(const struct summary *summary, struct arena *arena)
{
    struct buf out;
    buf_init(&out, arena, CLAIMS_LIMIT);
    for (size_t i = 0; i < summary->claim_count; i++) {
        const struct session_claim *claim = &summary->claims[i];
        buf_addf(&out, "%" PRId64 " %" PRId64 " %s\n", claim->from_ns, claim->to_ns,
                 claim->agent_session ? claim->agent_session : "");
    }
    return out.text;
}

static void claims_parse(const char *text, struct arena *arena, struct summary *out)
{
    size_t most = 0;
    for (const char *c = text; *c; c++)
        most += *c == '\n';
    struct session_claim *claims = arena_alloc(arena, (most + 1) * sizeof(*claims));
    size_t count = 0;
    for (char *at = arena_strdup(arena, text); *at; count++) {
        char *next;
        claims[count].from_ns = strtoll(at, &next, 10);
        claims[count].to_ns = strtoll(next, &next, 10);
        char *end = strchr(next, '\n');
        if (!end)
            break;
        *end = '\0';
        claims[count].agent_session = next[0] && next[1] ? next + 1 : NULL;
        at = end + 1;
    }
    out->claims = claims;
    out->claim_count = count;
}

/* --- rows ----------------------------------------------------------------------------------- */

static void read_row(sqlite3_stmt *stmt, struct arena *arena, struct summary *out)
{
    *out = (struct summary){
        .path = arena_strdup(arena, sql_text(stmt, 0)),
        .project = arena_strdup(arena, sql_text(stmt, 1)),
        .archived = sql_int(stmt, 2) != 0,
        .level = (enum level)sql_int(stmt, 4),
        .status = (enum session_status)sql_int(stmt, 5),
        .episode = (int)sql_int(stmt, 6),
        .purpose = arena_strdup(arena, sql_text(stmt, 7)),
        .started_at_ns = sql_int(stmt, 8),
        .ended_at_ns = sql_int(stmt, 9),
        .budget_nano_usd = sql_int(stmt, 10),
        .estimate_minutes = sql_int(stmt, 11),
        .tasks_pending = sql_int(stmt, 12),
        .tasks_done = sql_int(stmt, 13),
        .quality = sqlite3_column_double(stmt, 14),
        .frozen_tokens = sql_int(stmt, 15),
        .frozen_nano_usd = sql_int(stmt, 16),
        .frozen_active_s = sql_int(stmt, 17),
    };
    (void)snprintf(out->id, sizeof(out->id), "%s", sql_text(stmt, 3));
    claims_parse(sql_text(stmt, 18), arena, out);
}

static void bind_state(sqlite3_stmt *stmt, int at, const struct file_state *state)
{
    sql_bind(stmt, at, state->device);
    sql_bind(stmt, at + 1, state->inode);
    sql_bind(stmt, at + 2, state->size);
    sql_bind(stmt, at + 3, state->mtime_ns);
    sql_bind(stmt, at + 4, state->ctime_ns);
}

bool catalog_get(struct catalog *catalog, struct arena *arena, const char *path,
                 const struct file_state *state, struct summary *out, struct err *err)
{
    sqlite3_stmt *stmt = catalog->get;
    bool found;
    sql_again(stmt);
    sql_bind_text(stmt, 1, path);
    bind_state(stmt, 2, state);
    if (!sql_step(stmt, &found, err))
        return false;
    if (found)
        read_row(stmt, arena, out);
    sql_again(stmt);
    return found || err_set(err, ERR_NOT_FOUND, "nothing is remembered of '%s'", path);
}

static bool folder_known(struct catalog *catalog, const char *folder,
                         const struct file_state *state, struct err *err)
{
    bool found;
    CLEANUP(sql_finish) sqlite3_stmt *stmt = NULL;
    if (!sql_prepare(catalog->db,
                     "SELECT 1 FROM folder WHERE path = ?1 AND device = ?2 AND inode = ?3 AND "
                     "mtime_ns = ?4 AND ctime_ns = ?5",
                     &stmt, err))
        return false;
    sql_bind_text(stmt, 1, folder);
    sql_bind(stmt, 2, state->device);
    sql_bind(stmt, 3, state->inode);
    sql_bind(stmt, 4, state->mtime_ns);
    sql_bind(stmt, 5, state->ctime_ns);
    if (!sql_step(stmt, &found, err))
        return false;
    return found || err_set(err, ERR_NOT_FOUND, "'%s' is not as remembered", folder);
}

static void add(struct arena *arena, struct summaries *list, const struct summary *summary)
{
    if ((list->count & (list->count + 1)) == 0) { /* full at 0, 1, 3, 7 ... */
        struct summary *grown = arena_alloc(arena, (list->count * 2 + 1) * sizeof(*grown));
        if (list->count)
            memcpy(grown, list->items, list->count * sizeof(*grown));
        list->items = grown;
    }
    list->items[list->count++] = *summary;
}

bool catalog_folder_get(struct catalog *catalog, struct arena *arena, const char *folder,
                        const struct file_state *state, struct summaries *out, struct err *err)
{
    *out = (struct summaries){ 0 };
    if (!folder_known(catalog, folder, state, err))
        return false;
    char sql[1024];
    (void)snprintf(sql, sizeof(sql), "SELECT %s FROM session WHERE folder = ?1 ORDER BY path",
                   columns);
    CLEANUP(sql_finish) sqlite3_stmt *stmt = NULL;
    if (!sql_prepare(catalog->db, sql, &stmt, err))
        return false;
    sql_bind_text(stmt, 1, folder);
    for (bool row;;) {
        struct summary summary;
        if (!sql_step(stmt, &row, err))
            return false;
        if (!row)
            return true;
        read_row(stmt, arena, &summary);
        add(arena, out, &summary);
    }
}

bool catalog_begin(struct catalog *catalog, struct err *err)
{
    return sql_run(catalog->db, "BEGIN IMMEDIATE", err);
}

bool catalog_commit(struct catalog *catalog, struct err *err)
{
    return sql_run(catalog->db, "COMMIT", err);
}

/* The file of a session that was moved is no more: its row goes when the new one comes. */
static bool forget_old_place(struct catalog *catalog, const struct summary *summary,
                             struct err *err)
{
    CLEANUP(sql_finish) sqlite3_stmt *stmt = NULL;
    if (!sql_prepare(catalog->db,
                     "DELETE FROM session WHERE id = ?1 AND project = ?2 AND path <> ?3 AND "
                     "archived = 0", /* what an archive folder's row vouches for stays */
                     &stmt, err))
        return false;
    sql_bind_text(stmt, 1, summary->id);
    sql_bind_text(stmt, 2, summary->project);
    sql_bind_text(stmt, 3, summary->path);
    return sql_do(stmt, err);
}

bool catalog_put(struct catalog *catalog, const struct summary *summary,
                 const struct file_state *state, struct err *err)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char *slash = strrchr(summary->path, '/');
    const char *folder = arena_printf(&arena, "%.*s", (int)(slash - summary->path), summary->path);
    if (!forget_old_place(catalog, summary, err))
        return false;
    sqlite3_stmt *stmt = catalog->put;
    sql_again(stmt);
    sql_bind_text(stmt, 1, summary->path);
    sql_bind_text(stmt, 2, summary->project);
    sql_bind(stmt, 3, summary->archived);
    sql_bind_text(stmt, 4, summary->id);
    sql_bind(stmt, 5, summary->level);
    sql_bind(stmt, 6, summary->status);
    sql_bind(stmt, 7, summary->episode);
    sql_bind_text(stmt, 8, summary->purpose);
    sql_bind(stmt, 9, summary->started_at_ns);
    sql_bind(stmt, 10, summary->ended_at_ns);
    sql_bind(stmt, 11, summary->budget_nano_usd);
    sql_bind(stmt, 12, summary->estimate_minutes);
    sql_bind(stmt, 13, summary->tasks_pending);
    sql_bind(stmt, 14, summary->tasks_done);
    (void)sqlite3_bind_double(stmt, 15, summary->quality);
    sql_bind(stmt, 16, summary->frozen_tokens);
    sql_bind(stmt, 17, summary->frozen_nano_usd);
    sql_bind(stmt, 18, summary->frozen_active_s);
    sql_bind_text(stmt, 19, claims_text(summary, &arena));
    sql_bind_text(stmt, 20, folder);
    bind_state(stmt, 21, state);
    return sql_do(stmt, err);
}

bool catalog_folder_put(struct catalog *catalog, const char *folder, const struct file_state *state,
                        struct err *err)
{
    CLEANUP(sql_finish) sqlite3_stmt *stmt = NULL;
    if (!sql_prepare(catalog->db, "INSERT OR REPLACE INTO folder VALUES (?1,?2,?3,?4,?5)", &stmt,
                     err))
        return false;
    sql_bind_text(stmt, 1, folder);
    sql_bind(stmt, 2, state->device);
    sql_bind(stmt, 3, state->inode);
    sql_bind(stmt, 4, state->mtime_ns);
    sql_bind(stmt, 5, state->ctime_ns);
    return sql_do(stmt, err);
}

static bool delete_of(struct catalog *catalog, const char *sql, const char *folder, struct err *err)
{
    CLEANUP(sql_finish) sqlite3_stmt *stmt = NULL;
    if (!sql_prepare(catalog->db, sql, &stmt, err))
        return false;
    sql_bind_text(stmt, 1, folder);
    return sql_do(stmt, err);
}

bool catalog_folder_clear(struct catalog *catalog, const char *folder, struct err *err)
{
    return delete_of(catalog, "DELETE FROM session WHERE folder = ?1", folder, err) &&
           delete_of(catalog, "DELETE FROM folder WHERE path = ?1", folder, err);
}

bool catalog_clear(struct catalog *catalog, struct err *err)
{
    return sql_run(catalog->db, "DELETE FROM session; DELETE FROM folder", err);
}
