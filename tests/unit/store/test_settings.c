#include "store/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_sample.h"

#define USER "home/.config/session-manager/config.json"
#define PROJECT ".claude/session-manager/config.json"

static struct settings loaded(struct arena *arena)
{
    struct home home = store_home(arena);
    struct settings settings;
    struct err err = { 0 };
    if (!settings_load(arena, &home, &settings, &err))
        fail_msg("%s: %s", err.where, err.text);
    return settings;
}

static void check_value(const struct settings *settings, const char *name, const char *value,
                        const char *from)
{
    const char *entry;
    const char *got_from;
    const struct setting *setting = setting_find(name, &entry);
    assert_non_null(setting);
    assert_string_equal(settings_show(settings, setting, entry, &got_from), value);
    assert_string_equal(got_from, from);
}

static void every_setting_has_a_name_a_help_and_is_found(void **state)
{
    (void)state;
    size_t count = 0;
    const char *before = "";
    for (const struct setting *setting = setting_at(0); setting; setting = setting_at(++count)) {
        const char *entry = "x";
        assert_ptr_equal(setting_find(setting->name, &entry), setting);
        assert_null(entry);
        assert_true(strcmp(before, setting->name) < 0); /* sorted, each once */
        assert_true(*setting->help != '\0');
        before = setting->name;
    }
    assert_true(count >= 10);
    assert_null(setting_at(SIZE_MAX));
}

static void only_maps_have_entries(void **state)
{
    (void)state;
    const char *entry;
    assert_non_null(setting_find("services.mcp__stripe*", &entry));
    assert_string_equal(entry, "mcp__stripe*");
    assert_non_null(setting_find("services.a.b", &entry));
    assert_string_equal(entry, "a.b");
    static const char *const bad[] = { "",           "service",   "services.",  "servicesx.y",
                                       "timezone.x", "alerts",    "alerts.",    "alerts.cost.x",
                                       "Timezone",   "timezone ", "week_starts" };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_null(setting_find(bad[i], &entry));
}

static void without_files_the_defaults_hold(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct settings settings = loaded(&arena);
    check_value(&settings, "alerts.cost", "0.80", "default");
    check_value(&settings, "week_start", "monday", "default");
    check_value(&settings, "timezone", "", "default");
    check_value(&settings, "services.x", "", "default");
    static const struct {
        const char *name;
        double share;
    } shares[] = { { "alerts.cost", 0.80 },
                   { "alerts.errors", 0.10 },
                   { "alerts.quality", 0.85 },
                   { "alerts.time", 1.20 } };
    for (size_t i = 0; i < ARRAY_LEN(shares); i++) {
        double off = settings_share(&settings, shares[i].name) - shares[i].share;
        assert_true(off > -1e-12 && off < 1e-12);
    }
    assert_string_equal(settings_text(&settings, "no such setting"), "");
}

static void the_project_goes_before_the_user(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_text(&arena, USER,
                   "{\"//\":\"mine\",\"week_start\":\"sunday\",\"timezone\":\"UTC\","
                   "\"alerts.cost\":0.5,\"alerts.time\":\"1.5\"}");
    struct settings settings = loaded(&arena);
    check_value(&settings, "week_start", "sunday", "user");
    check_value(&settings, "alerts.time", "1.5", "user");
    (void)put_text(&arena, PROJECT,
                   "{\"week_start\":\"monday\",\"alerts.cost\":1,"
                   "\"timezone\":null}");
    settings = loaded(&arena);
    check_value(&settings, "week_start", "monday", "project");
    check_value(&settings, "alerts.cost", "1", "project");
    check_value(&settings, "timezone", "UTC", "user");
    check_value(&settings, "alerts.errors", "0.10", "default");
}

static void check_refused(const char *below, const char *text, const char *what, const char *place)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char *path = put_text(&arena, below, text);
    struct home home = store_home(&arena);
    struct settings settings;
    struct err err = { 0 };
    if (settings_load(&arena, &home, &settings, &err))
        fail_msg("taken: %s", text);
    assert_int_equal(err.code, ERR_DAMAGED);
    if (!strstr(err.text, what))
        fail_msg("'%s' does not say %s", err.text, what);
    assert_string_equal(err.where, arena_printf(&arena, "%s%s", path, place));
    assert_int_equal(unlink(path), 0);
}

static void a_file_that_is_wrong_is_refused_with_its_place(void **state)
{
    (void)state;
    static const char *const files[] = { USER, PROJECT };
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        check_refused(files[i], "{\n  \"timezone\": x\n}", "not valid JSON", ":2:15");
        check_refused(files[i], "{\"week_strat\":\"monday\"}", "'week_strat'", "");
        check_refused(files[i], "{\"services.x\":\"y\"}", "'services.x'", "");
        check_refused(files[i], "[]", "object", "");
    }
}

static void a_value_that_is_not_allowed_is_refused_in_a_file_too(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "{\"week_start\":\"tuesday\"}", "{\"week_start\":1}",       "{\"alerts.cost\":\"much\"}",
        "{\"alerts.cost\":0}",          "{\"alerts.cost\":[1]}",    "{\"alerts.cost\":-0.5}",
        "{\"services\":\"x\"}",         "{\"services\":{\"a\":1}}", "{\"log_folders\":\"/a\"}",
        "{\"log_folders\":[1]}",        "{\"timezone\":{}}",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        check_refused(USER, bad[i], "takes", "");
}

static void a_file_that_cannot_be_read_is_not_taken_for_none(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct home home = store_home(&arena);
    struct settings settings;
    struct err err = { 0 };
    (void)put_folder(&arena, USER);
    assert_false(settings_load(&arena, &home, &settings, &err));
    assert_int_equal(err.code, ERR_DAMAGED);
}

static void maps_and_lists_show_the_projects_entries_first(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_text(&arena, USER,
                   "{\"services\":{\"a*\":\"one\",\"b\":\"two\"},"
                   "\"log_folders\":[\"/u\"]}");
    (void)put_text(&arena, PROJECT,
                   "{\"services\":{\"b\":\"three\"},\"log_folders\":[\"/p\","
                   "\"/q\"]}");
    struct settings settings = loaded(&arena);
    const char **keys;
    const char **values;
    size_t count;
    settings_entries(&settings, "services", &keys, &values, &count);
    assert_int_equal(count, 3);
    assert_string_equal(keys[0], "b");
    assert_string_equal(values[0], "three");
    assert_string_equal(keys[1], "a*");
    assert_string_equal(values[2], "two");
    settings_entries(&settings, "log_folders", &keys, &values, &count);
    assert_int_equal(count, 3);
    assert_string_equal(keys[0], "/p");
    assert_string_equal(keys[2], "/u");
    assert_null(values[0]);
    check_value(&settings, "services.b", "three", "project");
    check_value(&settings, "services.a*", "one", "user");
    check_value(&settings, "log_folders", "/p,/q", "project");
    settings_entries(&settings, "level_words", &keys, &values, &count);
    assert_int_equal(count, 0);
}

static enum err_code change(struct arena *arena, const char *name, const char *value,
                            const char **text)
{
    struct settings settings = loaded(arena);
    struct err err = { 0 };
    return settings_changed(&settings, false, name, value, text, &err) ? ERR_NONE : err.code;
}

static void only_allowed_values_can_be_set(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    static const char *const bad[][2] = {
        { "week_start", "tuesday" }, { "week_start", "sun" },    { "week_start", "" },
        { "week_start", "|" },       { "week_start", "Monday" }, { "week_start", "monday|sunday" },
        { "week_start", "day" },     { "alerts.cost", "" },      { "alerts.cost", "much" },
        { "alerts.cost", "0" },      { "alerts.cost", "-1" },    { "alerts.cost", "0.5x" },
        { "alerts.cost", "nan" },    { "alerts.cost", "inf" },   { "alerts.cost", "10.1" },
        { "services", "x" },         { "nothing", "x" },         { "timezone.x", "x" },
    };
    static const char *const good[][2] = {
        { "week_start", "sunday" }, { "week_start", "monday" }, { "alerts.cost", "0.5" },
        { "alerts.cost", "10" },    { "services.x", "y" },      { "timezone", "Europe/Berlin" },
        { "log_folders", "/a,/b" },
    };
    const char *text;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (change(&arena, bad[i][0], bad[i][1], &text) != ERR_USAGE)
            fail_msg("%s = '%s' is taken", bad[i][0], bad[i][1]);
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        assert_int_equal(change(&arena, good[i][0], good[i][1], &text), ERR_NONE);
}

static void changing_keeps_everything_else_and_the_comment(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char *text;
    (void)put_text(&arena, USER,
                   "{\"//\":\"ours\",\"timezone\":\"UTC\",\"services\":{\"a\":\"b\"}}");
    assert_int_equal(change(&arena, "alerts.cost", "0.5", &text), ERR_NONE);
    assert_string_equal(text,
                        "{\n  \"//\": \"ours\",\n  \"timezone\": \"UTC\",\n  \"services\": {\n"
                        "    \"a\": \"b\"\n  },\n  \"alerts.cost\": 0.5\n}\n");
    assert_int_equal(change(&arena, "timezone", NULL, &text), ERR_NONE);
    assert_string_equal(text,
                        "{\n  \"//\": \"ours\",\n  \"services\": {\n    \"a\": \"b\"\n  }\n}\n");
    assert_int_equal(change(&arena, "services.a", NULL, &text), ERR_NONE);
    assert_null(strstr(text, "\"b\""));
    assert_int_equal(change(&arena, "services.mcp__x*", "y", &text), ERR_NONE);
    assert_non_null(strstr(text, "\"mcp__x*\": \"y\""));
    assert_int_equal(change(&arena, "log_folders", "/a,,/b,", &text), ERR_NONE);
    assert_non_null(strstr(text, "\"log_folders\": [\n    \"/a\",\n    \"/b\"\n  ]"));
}

static void the_users_file_is_made_changed_and_private(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct home home = store_home(&arena);
    struct err err = { 0 };
    assert_true(settings_put_user(&arena, &home, "week_start", "sunday", &err));
    assert_true(settings_put_user(&arena, &home, "services.x", "y", &err));
    assert_int_equal(mode_of(home.user_config), 0600);
    struct settings settings = loaded(&arena);
    check_value(&settings, "week_start", "sunday", "user");
    check_value(&settings, "services.x", "y", "user");
    assert_true(settings_put_user(&arena, &home, "week_start", NULL, &err));
    settings = loaded(&arena);
    check_value(&settings, "week_start", "monday", "default");
}

static void a_refused_change_leaves_the_file_to_the_byte(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct home home = store_home(&arena);
    struct err err = { 0 };
    const char *path = put_text(&arena, USER, "{ \"timezone\" : \"UTC\" }");
    assert_false(settings_put_user(&arena, &home, "week_start", "never", &err));
    assert_int_equal(err.code, ERR_USAGE);
    assert_string_equal(text_at(&arena, path), "{ \"timezone\" : \"UTC\" }");
    (void)put_text(&arena, USER, "{ broken");
    assert_false(settings_put_user(&arena, &home, "week_start", "sunday", &err));
    assert_int_equal(err.code, ERR_DAMAGED);
    assert_string_equal(text_at(&arena, path), "{ broken");
}

static void the_projects_file_is_changed_on_request(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char *text;
    struct err err = { 0 };
    (void)put_text(&arena, USER, "{\"timezone\":\"UTC\"}");
    struct settings settings = loaded(&arena);
    assert_true(settings_changed(&settings, true, "week_start", "sunday", &text, &err));
    assert_string_equal(text, "{\n  \"week_start\": \"sunday\"\n}\n");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(every_setting_has_a_name_a_help_and_is_found),
        IN_FOLDER(only_maps_have_entries),
        IN_FOLDER(without_files_the_defaults_hold),
        IN_FOLDER(the_project_goes_before_the_user),
        IN_FOLDER(a_file_that_is_wrong_is_refused_with_its_place),
        IN_FOLDER(a_value_that_is_not_allowed_is_refused_in_a_file_too),
        IN_FOLDER(a_file_that_cannot_be_read_is_not_taken_for_none),
        IN_FOLDER(maps_and_lists_show_the_projects_entries_first),
        IN_FOLDER(only_allowed_values_can_be_set),
        IN_FOLDER(changing_keeps_everything_else_and_the_comment),
        IN_FOLDER(the_users_file_is_made_changed_and_private),
        IN_FOLDER(a_refused_change_leaves_the_file_to_the_byte),
        IN_FOLDER(the_projects_file_is_changed_on_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
