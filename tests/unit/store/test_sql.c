#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"

static char folder[64];
static char path[128];
static const char schema[] = "PRAGMA application_id = 77; PRAGMA user_version = 2;"
                             "CREATE TABLE t (x INTEGER) STRICT";

static int make_folder(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/test_sql_XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(path, sizeof(path), "%s/new/deep/x.db", folder);
    return 0;
}

static int drop_folder(void **state)
{
    (void)state;
    char name[192];
    (void)snprintf(name, sizeof(name), "%s-journal", path);
    (void)unlink(name);
    (void)unlink(path);
    (void)rmdir(path);
    (void)snprintf(name, sizeof(name), "%s/new/deep", folder);
    (void)rmdir(name);
    (void)snprintf(name, sizeof(name), "%s/new", folder);
    (void)rmdir(name);
    (void)rmdir(folder);
    return 0;
}

static struct sql_plan plan_now(enum sql_mode mode)
{
    return (struct sql_plan){ .path = path,
                              .schema = schema,
                              .application = 77,
                              .version = 2,
                              .wait_ms = 20,
                              .durable = true,
                              .mode = mode };
}

static sqlite3 *open_now(enum sql_mode mode)
{
    struct sql_plan plan = plan_now(mode);
    struct err err = { 0 };
    sqlite3 *db = NULL;
    if (!sql_open(&plan, &db, &err))
        fail_msg("%s", err.text);
    return db;
}

static enum err_code code_of_open(enum sql_mode mode)
{
    struct sql_plan plan = plan_now(mode);
    struct err err = { 0 };
    CLEANUP(sql_close) sqlite3 *db = NULL;
    return sql_open(&plan, &db, &err) ? ERR_NONE : err.code;
}

static int mode_of(const char *name)
{
    struct stat info;
    assert_int_equal(stat(name, &info), 0);
    return (int)(info.st_mode & 0777);
}

static void makes_folders_and_file_private_whatever_the_umask(void **state)
{
    (void)state;
    const mode_t masks[] = { 0, 0777, 0027 };
    for (size_t i = 0; i < ARRAY_LEN(masks); i++) {
        char parent[128];
        mode_t before = umask(masks[i]);
        sqlite3 *db = open_now(SQL_WRITE);
        (void)umask(before);
        sql_close(&db);
        (void)snprintf(parent, sizeof(parent), "%s/new", folder);
        assert_int_equal(mode_of(parent), 0700);
        (void)snprintf(parent, sizeof(parent), "%s/new/deep", folder);
        assert_int_equal(mode_of(parent), 0700);
        assert_int_equal(mode_of(path), 0600);
        char journal[160];
        (void)snprintf(journal, sizeof(journal), "%s-journal", path);
        assert_int_equal(mode_of(journal), 0600);
        assert_int_equal(unlink(journal), 0);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(rmdir(parent), 0);
    }
}

static void sets_what_every_database_of_ours_has(void **state)
{
    (void)state;
    CLEANUP(sql_close) sqlite3 *db = open_now(SQL_WRITE);
    CLEANUP(sql_finish) sqlite3_stmt *stmt = NULL;
    struct err err = { 0 };
    int64_t value;
    bool row;
    assert_true(sql_prepare(db, "PRAGMA journal_mode", &stmt, &err));
    assert_true(sql_step(stmt, &row, &err) && row);
    assert_string_equal(sql_text(stmt, 0), "truncate");
    assert_true(sql_ask(db, "PRAGMA synchronous", &value, &err));
    assert_int_equal(value, 2);
    assert_true(sql_ask(db, "PRAGMA trusted_schema", &value, &err));
    assert_int_equal(value, 0);
    assert_true(sql_ask(db, "PRAGMA user_version", &value, &err));
    assert_int_equal(value, 2);
}

static void makes_nothing_when_it_is_only_to_read(void **state)
{
    (void)state;
    struct stat info;
    assert_int_equal(code_of_open(SQL_READ), ERR_NOT_FOUND);
    assert_int_not_equal(stat(path, &info), 0);
}

static void lets_a_reader_write_nothing(void **state)
{
    (void)state;
    struct err err = { 0 };
    sqlite3 *db = open_now(SQL_WRITE);
    sql_close(&db);
    db = open_now(SQL_READ);
    assert_false(sql_run(db, "INSERT INTO t VALUES (1)", &err));
    assert_int_equal(err.code, ERR_IO);
    sql_close(&db);
    sql_close(&db); /* nothing is left to close */
}

static void tells_newer_older_and_foreign_files_apart(void **state)
{
    (void)state;
    struct err err = { 0 };
    sqlite3 *db = open_now(SQL_WRITE);
    assert_true(sql_run(db, "PRAGMA user_version = 3", &err));
    assert_int_equal(code_of_open(SQL_WRITE), ERR_NEWER);
    assert_int_equal(code_of_open(SQL_READ), ERR_NEWER);
    assert_true(sql_run(db, "PRAGMA user_version = 1", &err));
    assert_int_equal(code_of_open(SQL_WRITE), ERR_DAMAGED);
    assert_true(sql_run(db, "PRAGMA user_version = 2; PRAGMA application_id = 0", &err));
    assert_int_equal(code_of_open(SQL_WRITE), ERR_DAMAGED);
    sql_close(&db);
}

static void calls_a_folder_in_its_place_an_error(void **state)
{
    (void)state;
    sqlite3 *db = open_now(SQL_WRITE);
    sql_close(&db);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(code_of_open(SQL_WRITE), ERR_IO);
    assert_int_equal(code_of_open(SQL_READ), ERR_IO);
}

static void calls_a_locked_database_busy(void **state)
{
    (void)state;
    struct err err = { 0 };
    CLEANUP(sql_close) sqlite3 *db = open_now(SQL_WRITE);
    CLEANUP(sql_close) sqlite3 *other = open_now(SQL_WRITE);
    assert_true(sql_run(db, "BEGIN EXCLUSIVE", &err));
    assert_false(sql_run(other, "BEGIN IMMEDIATE", &err));
    assert_int_equal(err.code, ERR_BUSY);
    assert_non_null(strstr(err.text, "x.db"));
    assert_int_equal(code_of_open(SQL_READ), ERR_BUSY);
    assert_true(sql_run(db, "COMMIT", &err));
}

static void binds_steps_and_runs_again(void **state)
{
    (void)state;
    struct err err = { 0 };
    CLEANUP(sql_close) sqlite3 *db = open_now(SQL_WRITE);
    CLEANUP(sql_finish) sqlite3_stmt *put = NULL;
    CLEANUP(sql_finish) sqlite3_stmt *get = NULL;
    bool row;
    assert_true(sql_prepare(db, "INSERT INTO t VALUES (?1)", &put, &err));
    for (int i = 0; i < 3; i++) {
        sql_bind(put, 1, i);
        assert_true(sql_do(put, &err));
    }
    assert_true(sql_do(put, &err)); /* nothing is bound any more */
    assert_true(sql_prepare(db, "SELECT x, ?1 FROM t ORDER BY x DESC", &get, &err));
    sql_bind_text(get, 1, "word");
    assert_true(sql_step(get, &row, &err) && row);
    assert_int_equal(sql_int(get, 0), 2);
    assert_string_equal(sql_text(get, 1), "word");
    sql_again(get);
    assert_true(sql_step(get, &row, &err) && row);
    assert_string_equal(sql_text(get, 1), "");
    sql_leave(&get);
    int64_t count;
    assert_true(sql_ask(db, "SELECT count(*) FROM t WHERE x IS NULL", &count, &err));
    assert_int_equal(count, 1);
    assert_true(sql_ask(db, "SELECT x FROM t WHERE x > 99", &count, &err));
    assert_int_equal(count, 0);
}

static void keeps_the_message_of_a_statement_that_fails(void **state)
{
    (void)state;
    struct err err = { 0 };
    CLEANUP(sql_close) sqlite3 *db = open_now(SQL_WRITE);
    CLEANUP(sql_finish) sqlite3_stmt *put = NULL;
    assert_false(sql_run(db, "INSERT INTO nowhere VALUES (1)", &err));
    assert_non_null(strstr(err.text, "nowhere"));
    assert_true(sql_prepare(db, "INSERT INTO t VALUES (?1)", &put, &err));
    sql_bind_text(put, 1, "no number");
    assert_false(sql_do(put, &err));
    assert_non_null(strstr(err.text, "t.x"));
    sql_bind(put, 1, 1);
    assert_true(sql_do(put, &err));
    sqlite3_stmt *none = NULL;
    sql_leave(&none);
    sql_finish(&none);
}

/* In a process of its own: makes the database, or finds it made, and adds a row. */
static pid_t make_beside(void)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    struct sql_plan plan = plan_now(SQL_WRITE);
    struct err err = { 0 };
    sqlite3 *db = NULL;
    plan.wait_ms = 20000;
    _exit(!sql_open(&plan, &db, &err) || !sql_run(db, "INSERT INTO t VALUES (1)", &err));
}

static bool ended_well(pid_t pid)
{
    int status = -1;
    return waitpid(pid, &status, 0) == pid && status == 0;
}

static void lets_several_processes_make_it_at_once(void **state)
{
    (void)state;
    for (int round = 0; round < 10; round++) {
        pid_t pids[4];
        int well = 0;
        for (int i = 0; i < 4; i++)
            pids[i] = make_beside();
        for (int i = 0; i < 4; i++)
            well += ended_well(pids[i]);
        assert_int_equal(well, 4);
        struct err err = { 0 };
        int64_t count;
        sqlite3 *db = open_now(SQL_READ);
        assert_true(sql_ask(db, "SELECT count(*) FROM t", &count, &err));
        assert_int_equal(count, 4);
        sql_close(&db);
        assert_int_equal(unlink(path), 0);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, drop_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(makes_folders_and_file_private_whatever_the_umask),
        TEST(sets_what_every_database_of_ours_has),
        TEST(makes_nothing_when_it_is_only_to_read),
        TEST(lets_a_reader_write_nothing),
        TEST(tells_newer_older_and_foreign_files_apart),
        TEST(calls_a_folder_in_its_place_an_error),
        TEST(calls_a_locked_database_busy),
        TEST(binds_steps_and_runs_again),
        TEST(keeps_the_message_of_a_statement_that_fails),
        TEST(lets_several_processes_make_it_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
