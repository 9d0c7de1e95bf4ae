#pragma once
/*
 * sql - the few things ledger and catalog both need of SQLite. Only the store room sees this.
 *
 * A database is opened with journal_mode=TRUNCATE, mmap_size=0, temp_store=memory and
 * trusted_schema=0; its file is 0600 and the folders made for it 0700 whatever the umask.
 * application_id says whose file it is, user_version which schema. SQLITE_BUSY becomes ERR_BUSY,
 * a broken or foreign file ERR_DAMAGED, everything else ERR_IO.
 */
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

struct err;

enum sql_mode {
    SQL_READ, /* ERR_NOT_FOUND where there is none yet; nothing can be written */
    SQL_WRITE /* made, with its folders, where there is none yet */
};

struct sql_plan {
    const char *path;
    const char *schema; /* CREATE statements, and PRAGMA application_id and user_version as below */
    int32_t application;
    int version;  /* of the schema; at least 1 */
    int wait_ms;  /* for locks of others */
    bool durable; /* synchronous=FULL; else OFF: a cache may be lost with the power */
    enum sql_mode mode;
};

/* ERR_NEWER when a newer version made it; ERR_DAMAGED when it is no such database, or one of an
 * older version (the caller migrates or throws away). Two processes may make it at once. */
bool sql_open(const struct sql_plan *plan, sqlite3 **out, struct err *err) MUST_USE;
void sql_close(sqlite3 **db); /* its statements must be finished; NULL is nothing */

/* What SQLite says of the last failure, as an err; always false. */
bool sql_fail(sqlite3 *db, struct err *err);
bool sql_run(sqlite3 *db, const char *sql, struct err *err) MUST_USE; /* no rows wanted */
bool sql_ask(sqlite3 *db, const char *sql, int64_t *out, struct err *err) MUST_USE; /* one number */

bool sql_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **out, struct err *err) MUST_USE;
void sql_finish(sqlite3_stmt **stmt); /* for CLEANUP; NULL is nothing */
void sql_leave(sqlite3_stmt **stmt);  /* for CLEANUP of a statement kept by someone else */
/* Make a statement ready to run again: as after prepare, nothing bound. */
void sql_again(sqlite3_stmt *stmt);
/* Binding cannot fail but for bugs and memory. The text must stay until the statement has run. */
void sql_bind(sqlite3_stmt *stmt, int at, int64_t value);
void sql_bind_text(sqlite3_stmt *stmt, int at, const char *text);
/* One step: `*row` true while there are rows. */
bool sql_step(sqlite3_stmt *stmt, bool *row, struct err *err) MUST_USE;
/* Run a statement that gives no row, and make it ready to run again. */
bool sql_do(sqlite3_stmt *stmt, struct err *err) MUST_USE;
int64_t sql_int(sqlite3_stmt *stmt, int column);
const char *sql_text(sqlite3_stmt *stmt, int column); /* "" for NULL; good until the next step */
