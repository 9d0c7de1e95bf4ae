#include "store/roster.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sqlite3.h>

#include "store/catalog.h"
#include "store_sample.h"

static const char *catalog_path(struct arena *arena)
{
    return in_folder(arena, "cache/catalog.db");
}

enum { PLAIN, CHECK_ARCHIVE };

/* The roster of the test's folder as a text: a line for each session, then each damage. */
static const char *listed(struct arena *arena, struct catalog *catalog, bool check_archive)
{
    const char *const projects[] = { folder };
    struct roster_wish wish = { catalog, projects, 1, check_archive };
    struct roster roster;
    struct err err = { 0 };
    if (!roster_load(arena, &wish, &roster, &err))
        fail_msg("%s", err.text);
    const char *text = "";
    for (size_t i = 0; i < roster.sessions.count; i++) {
        const struct summary *it = &roster.sessions.items[i];
        assert_string_equal(it->project, folder);
        text = arena_printf(arena, "%s%s %s %d %d %s %d %d %d %zu\n", text, it->id,
                            it->path + strlen(folder), it->archived, it->status, it->purpose,
                            (int)it->tasks_pending, (int)(it->quality * 100),
                            (int)(it->budget_nano_usd / 1000000), it->claim_count);
    }
    for (size_t i = 0; i < roster.damage_count; i++)
        text = arena_printf(arena, "%sdamage %s: %s\n", text, roster.damages[i].id,
                            roster.damages[i].what);
    return text;
}

/* Through a catalog that is opened for this one look, as a verb does. */
static const char *through_catalog(struct arena *arena, bool check_archive)
{
    CLEANUP(catalog_close) struct catalog *catalog = NULL;
    struct err err = { 0 };
    if (!catalog_open(catalog_path(arena), 5000, &catalog, &err))
        fail_msg("%s", err.text);
    return listed(arena, catalog, check_archive);
}

/* Whatever the catalog holds, it answers as the files do. */
static void check_same(struct arena *arena)
{
    const char *expected = listed(arena, NULL, PLAIN);
    assert_string_equal(through_catalog(arena, PLAIN), expected);
    assert_string_equal(through_catalog(arena, PLAIN), expected);
    assert_string_equal(through_catalog(arena, CHECK_ARCHIVE), expected);
}

static const char archive[] = DEV "/archive/2025";

/* A folder that was left alone for a while: only such a one is remembered. */
static void settle(struct arena *arena)
{
    make_old(in_folder(arena, archive), 100);
}

static void fill(struct arena *arena)
{
    (void)put_open(arena, "dev_20261006_1455", "\"purpose\":\"now\",\"budget\":4");
    (void)put_open(arena, "dev_20261006_0900",
                   "\"agent_sessions\":[{\"id\":\"a\"},{\"id\":\"b\"}]");
    for (int i = 0; i < 20; i++)
        (void)put_archived(arena, arena_printf(arena, "dev_202501%02d_1000", i + 1),
                           arena_printf(arena, "\"purpose\":\"old %d\"", i));
    settle(arena);
}

static void an_empty_project_has_none(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    assert_string_equal(listed(&arena, NULL, PLAIN), "");
    check_same(&arena);
}

static void sessions_come_by_start_open_and_archived(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_open(&arena, "dev_20261006_1455", "\"purpose\":\"b\"");
    (void)put_open(&arena, "dev_20261006_1455_2", "\"purpose\":\"c\"");
    (void)put_archived(&arena, "dev_20251006_1455", "\"purpose\":\"a\"");
    assert_string_equal(listed(&arena, NULL, PLAIN),
                        "dev_20251006_1455 /" DEV
                        "/archive/2025/dev_20251006_1455.json 1 3 a 0 -100 0 1\n"
                        "dev_20261006_1455 /" DEV "/dev_20261006_1455.json 0 0 b 0 -100 0 1\n"
                        "dev_20261006_1455_2 /" DEV "/dev_20261006_1455_2.json 0 0 c 0 -100 0 1\n");
    check_same(&arena);
}

static void the_catalog_answers_as_the_files_do(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    fill(&arena);
    check_same(&arena);
    (void)put_archived(&arena, "dev_20250601_1000", "\"purpose\":\"one more\"");
    check_same(&arena);
    settle(&arena);
    check_same(&arena);
    assert_int_equal(unlink(in_folder(&arena, DEV "/archive/2025/dev_20250103_1000.json")), 0);
    check_same(&arena);
    assert_null(strstr(through_catalog(&arena, PLAIN), "dev_20250103"));
    assert_int_equal(unlink(in_folder(&arena, DEV "/dev_20261006_0900.json")), 0);
    check_same(&arena);
}

static void a_hand_edit_of_an_open_session_is_seen_at_once(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    fill(&arena);
    check_same(&arena);
    (void)put_open(&arena, "dev_20261006_1455", "\"purpose\":\"new\",\"budget\":4"); /* as long */
    assert_non_null(strstr(through_catalog(&arena, PLAIN), " new "));
    check_same(&arena);
}

static void a_hand_edit_in_the_archive_is_seen_when_asked_for(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    fill(&arena);
    check_same(&arena);
    assert_non_null(strstr(through_catalog(&arena, PLAIN), "old 4"));
    (void)put_archived(&arena, "dev_20250105_1000", "\"purpose\":\"mended\"");
    assert_non_null(strstr(through_catalog(&arena, CHECK_ARCHIVE), "mended"));
    check_same(&arena); /* and it is remembered then */
}

/* What shows that a settled archive folder is really answered from the catalog. */
static void a_settled_archive_folder_is_not_read_again(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    fill(&arena);
    const char *first = through_catalog(&arena, PLAIN);
    (void)put_archived(&arena, "dev_20250105_1000", "\"purpose\":\"unseen\""); /* in place */
    assert_string_equal(through_catalog(&arena, PLAIN), first);
}

static void a_folder_just_changed_is_not_yet_trusted(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_archived(&arena, "dev_20250105_1000", "\"purpose\":\"one\"");
    make_old(in_folder(&arena, archive), -1000); /* however slow this test is */
    (void)through_catalog(&arena, PLAIN);
    (void)put_archived(&arena, "dev_20250105_1000", "\"purpose\":\"two\"");
    assert_non_null(strstr(through_catalog(&arena, PLAIN), " two "));
}

static void a_damaged_file_is_told_and_the_others_are_listed(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    fill(&arena);
    (void)put_text(&arena, DEV "/dev_20261006_1111.json", "{ broken");
    (void)put_text(&arena, DEV "/archive/2025/dev_20250110_1000.json", "");
    settle(&arena);
    const char *text = listed(&arena, NULL, PLAIN);
    assert_non_null(strstr(text, "damage dev_20261006_1111: not valid JSON"));
    assert_non_null(strstr(text, "damage dev_20250110_1000: not valid JSON"));
    assert_non_null(strstr(text, "dev_20261006_1455 "));
    assert_non_null(strstr(text, "dev_20250111_1000 "));
    check_same(&arena); /* told each time, not only the first */
    (void)put_archived(&arena, "dev_20250110_1000", "\"purpose\":\"mended\"");
    assert_non_null(strstr(through_catalog(&arena, PLAIN), "mended"));
}

static void spoil_with_sql(struct arena *arena, const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(catalog_path(arena), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void a_spoiled_catalog_changes_no_answer(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    fill(&arena);
    check_same(&arena);
    assert_int_equal(unlink(catalog_path(&arena)), 0);
    check_same(&arena);
    assert_int_equal(truncate(catalog_path(&arena), 5000), 0);
    check_same(&arena);
    assert_int_equal(truncate(catalog_path(&arena), 50), 0);
    check_same(&arena);
    assert_int_equal(truncate(catalog_path(&arena), 0), 0);
    check_same(&arena);
    char garbage[20000];
    memset(garbage, 0x5a, sizeof(garbage));
    (void)put_bytes(&arena, "cache/catalog.db", garbage, sizeof(garbage));
    check_same(&arena);
    spoil_with_sql(&arena, "PRAGMA user_version = 2");
    check_same(&arena);
    spoil_with_sql(&arena, "PRAGMA application_id = 1");
    check_same(&arena);
}

/* The first page stays good, so the file still looks like a catalog when it is opened. */
static void a_catalog_with_bad_pages_changes_no_answer(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct stat info;
    char page[4096];
    fill(&arena);
    check_same(&arena);
    memset(page, 0x5a, sizeof(page));
    assert_int_equal(stat(catalog_path(&arena), &info), 0);
    int fd = open(catalog_path(&arena), O_WRONLY | O_CLOEXEC);
    for (off_t at = 4096; at < info.st_size; at += 4096)
        assert_int_equal(pwrite(fd, page, sizeof(page), at), sizeof(page));
    (void)close(fd);
    check_same(&arena);
}

static void a_session_in_both_places_is_listed_once(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_open(&arena, "dev_20251006_1455", "\"purpose\":\"moving\"");
    (void)put_archived(&arena, "dev_20251006_1455", "\"purpose\":\"moved\"");
    settle(&arena);
    assert_string_equal(listed(&arena, NULL, PLAIN),
                        "dev_20251006_1455 /" DEV
                        "/archive/2025/dev_20251006_1455.json 1 3 moved 0 -100 0 1\n");
    check_same(&arena);
}

static void a_folder_that_cannot_be_read_fails_only_for_the_first_project(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_open(&arena, "dev_20261006_1455", "");
    (void)put_text(&arena, "other/" DEV, "a file in its place");
    const char *const projects[] = { folder, in_folder(&arena, "other") };
    const char *const turned[] = { projects[1], projects[0] };
    struct roster_wish wish = { NULL, projects, 2, false };
    struct roster roster;
    struct err err = { 0 };
    assert_true(roster_load(&arena, &wish, &roster, &err));
    assert_int_equal(roster.sessions.count, 1);
    assert_int_equal(roster.damage_count, 1);
    assert_null(roster.damages[0].id);
    assert_int_equal(roster.damages[0].code, ERR_IO);
    wish.projects = turned;
    assert_false(roster_load(&arena, &wish, &roster, &err));
    assert_int_equal(err.code, ERR_IO);
}

static void sessions_of_several_projects_are_told_apart(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_open(&arena, "dev_20261006_1455", "");
    (void)put_text(&arena, "other/" DEV "/dev_20261006_1455.json",
                   store_text(&arena, "dev_20261006_1455", "active", ""));
    const char *const projects[] = { folder, in_folder(&arena, "other") };
    struct roster_wish wish = { NULL, projects, 2, false };
    struct roster roster;
    struct err err = { 0 };
    assert_true(roster_load(&arena, &wish, &roster, &err));
    assert_int_equal(roster.sessions.count, 2);
    assert_string_not_equal(roster.sessions.items[0].project, roster.sessions.items[1].project);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(an_empty_project_has_none),
        IN_FOLDER(sessions_come_by_start_open_and_archived),
        IN_FOLDER(the_catalog_answers_as_the_files_do),
        IN_FOLDER(a_hand_edit_of_an_open_session_is_seen_at_once),
        IN_FOLDER(a_hand_edit_in_the_archive_is_seen_when_asked_for),
        IN_FOLDER(a_settled_archive_folder_is_not_read_again),
        IN_FOLDER(a_folder_just_changed_is_not_yet_trusted),
        IN_FOLDER(a_damaged_file_is_told_and_the_others_are_listed),
        IN_FOLDER(a_spoiled_catalog_changes_no_answer),
        IN_FOLDER(a_catalog_with_bad_pages_changes_no_answer),
        IN_FOLDER(a_session_in_both_places_is_listed_once),
        IN_FOLDER(a_folder_that_cannot_be_read_fails_only_for_the_first_project),
        IN_FOLDER(sessions_of_several_projects_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
