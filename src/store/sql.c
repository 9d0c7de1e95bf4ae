#include "store/sql.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"

enum identity { OURS, EMPTY };

bool sql_fail(sqlite3 *db, struct err *err)
{
    int code = sqlite3_errcode(db) & 0xff;
    enum err_code ours = ERR_IO;
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
        ours = ERR_BUSY;
    else if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
        ours = ERR_DAMAGED;
    const char *path = sqlite3_db_filename(db, "main");
    return err_set(err, ours, "database '%s': %s", path ? path : "", sqlite3_errmsg(db));
}

bool sql_run(sqlite3 *db, const char *sql, struct err *err)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK || sql_fail(db, err);
}

bool sql_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **out, struct err *err)
{
    return sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL) == SQLITE_OK ||
           sql_fail(db, err);
}

void sql_finish(sqlite3_stmt **stmt)
{
    (void)sqlite3_finalize(*stmt);
    *stmt = NULL;
}

void sql_again(sqlite3_stmt *stmt)
{
    (void)sqlite3_reset(stmt);
    (void)sqlite3_clear_bindings(stmt);
}

void sql_leave(sqlite3_stmt **stmt)
{
    if (*stmt)
        sql_again(*stmt);
}

void sql_bind(sqlite3_stmt *stmt, int at, int64_t value)
{
    (void)sqlite3_bind_int64(stmt, at, value);
}

void sql_bind_text(sqlite3_stmt *stmt, int at, const char *text)
{
    (void)sqlite3_bind_text(stmt, at, text, -1, SQLITE_STATIC);
}

bool sql_step(sqlite3_stmt *stmt, bool *row, struct err *err)
{
    int code = sqlite3_step(stmt);
    *row = code == SQLITE_ROW;
    return code == SQLITE_ROW || code == SQLITE_DONE || sql_fail(sqlite3_db_handle(stmt), err);
}

bool sql_do(sqlite3_stmt *stmt, struct err *err)
{
    bool row;
    bool done = sql_step(stmt, &row, err); /* the err is filled before the reset clears it */
    sql_again(stmt);
    return done;
}

int64_t sql_int(sqlite3_stmt *stmt, int column)
{
    return sqlite3_column_int64(stmt, column);
}

const char *sql_text(sqlite3_stmt *stmt, int column)
{
    const char *text = (const char *)sqlite3_column_text(stmt, column);
    return text ? text : "";
}

bool sql_ask(sqlite3 *db, const char *sql, int64_t *out, struct err *err)
{
    CLEANUP(sql_finish) sqlite3_stmt *stmt = NULL;
    bool row;
    if (!sql_prepare(db, sql, &stmt, err) || !sql_step(stmt, &row, err))
        return false;
    *out = row ? sql_int(stmt, 0) : 0;
    return true;
}

static bool folder_sync(const char *folder, struct err *err)
{
    CLEANUP(file_close) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return (fd >= 0 && fsync(fd) == 0) || err_errno(err, "cannot sync folder '%s'", folder);
}

/* One folder, 0700; one that is there stays as it is. */
static bool folder_make(const char *folder, struct err *err)
{
    if (mkdir(folder, 0700) != 0)
        return errno == EEXIST || file_is_folder(folder) ||
               err_errno(err, "cannot make folder '%s'", folder);
    return chmod(folder, 0700) == 0 || err_errno(err, "cannot make folder '%s'", folder);
}

/* Every folder above `path` that is missing, each durable in its parent. */
static bool folders_make(const char *path, struct err *err)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    char *folder = arena_strdup(&arena, path);
    for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (!file_is_folder(folder)) {
            char *parent = arena_strdup(&arena, folder);
            char *last = strrchr(parent, '/');
            if (last)
                last[last == parent] = '\0';
            if (!folder_make(folder, err) || !folder_sync(last ? parent : ".", err))
                return false;
        }
        *slash = '/';
    }
    return true;
}

/* An empty file of mode 0600, for SQLite to fill: its own would obey the umask. */
static bool file_make(const char *path, struct err *err)
{
    CLEANUP(file_close)
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 && errno == EEXIST)
        return true;
    return (fd >= 0 && fchmod(fd, 0600) == 0) || err_errno(err, "cannot make '%s'", path);
}

/* One statement, so that all three are of one moment. */
static const char whose_sql[] = "SELECT (SELECT application_id FROM pragma_application_id),"
                                " (SELECT user_version FROM pragma_user_version),"
                                " (SELECT count(*) FROM sqlite_schema)";

static bool identify(sqlite3 *db, const struct sql_plan *plan, enum identity *out, struct err *err)
{
    CLEANUP(sql_finish) sqlite3_stmt *stmt = NULL;
    bool row;
    if (!sql_prepare(db, whose_sql, &stmt, err) || !sql_step(stmt, &row, err))
        return false;
    int64_t application = sql_int(stmt, 0);
    int64_t version = sql_int(stmt, 1);
    *out = sql_int(stmt, 2) == 0 && application == 0 && version == 0 ? EMPTY : OURS;
    if (*out == EMPTY)
        return true;
    if (application != plan->application)
        return err_set(err, ERR_DAMAGED, "'%s' is another program's database", plan->path);
    if (version > plan->version)
        return err_set(err, ERR_NEWER,
                       "'%s' was made by a newer version (format %d, this version knows %d)",
                       plan->path, (int)version, plan->version);
    return version == plan->version || err_set(err, ERR_DAMAGED, "'%s' has the format %d, not %d",
                                               plan->path, (int)version, plan->version);
}

/* Another process may have been faster: look again once the write lock is ours. */
static bool create(sqlite3 *db, const struct sql_plan *plan, struct err *err)
{
    enum identity identity;
    if (!sql_run(db, "BEGIN IMMEDIATE", err))
        return false;
    if (identify(db, plan, &identity, err) &&
        (identity == OURS ||
         (sql_run(db, plan->schema, err) && identify(db, plan, &identity, err))) &&
        sql_run(db, "COMMIT", err))
        return true;
    (void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return false;
}

static bool prepare_file(const struct sql_plan *plan, struct err *err)
{
    struct file_state state;
    bool found;
    if (plan->mode == SQL_WRITE)
        return folders_make(plan->path, err) && file_make(plan->path, err);
    if (!file_stat(plan->path, &state, &found, err))
        return false;
    return found || err_set(err, ERR_NOT_FOUND, "there is no '%s' yet", plan->path);
}

static bool set_up(sqlite3 *db, const struct sql_plan *plan, struct err *err)
{
    static const char always_sql[] = "PRAGMA journal_mode=TRUNCATE; PRAGMA mmap_size=0;"
                                     "PRAGMA temp_store=memory; PRAGMA trusted_schema=0;"
                                     "PRAGMA cache_size=-32000";
    enum identity identity;
    if (sqlite3_busy_timeout(db, plan->wait_ms) != SQLITE_OK)
        return sql_fail(db, err);
    if (!sql_run(db, always_sql, err) ||
        !sql_run(db, plan->durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=OFF", err) ||
        !identify(db, plan, &identity, err))
        return false;
    if (plan->mode == SQL_WRITE)
        return identity == OURS || create(db, plan, err);
    if (identity == EMPTY) /* made, but its first transaction is not done */
        return err_set(err, ERR_NOT_FOUND, "there is nothing in '%s' yet", plan->path);
    return sql_run(db, "PRAGMA query_only=1", err);
}

bool sql_open(const struct sql_plan *plan, sqlite3 **out, struct err *err)
{
    CLEANUP(sql_close) sqlite3 *db = NULL;
    /* Counting its memory costs SQLite a lock at each malloc. Refused once it runs: no harm. */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    if (!prepare_file(plan, err))
        return false;
    /* Readers too open for writing: a journal that a killed writer left must be rolled back. */
    int code = sqlite3_open_v2(plan->path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (!db)
        return err_set(err, ERR_IO, "cannot open '%s': out of memory", plan->path);
    if (code != SQLITE_OK)
        return sql_fail(db, err);
    if (!set_up(db, plan, err))
        return false;
    *out = db;
    db = NULL;
    return true;
}

void sql_close(sqlite3 **db)
{
    (void)sqlite3_close(*db);
    *db = NULL;
}
