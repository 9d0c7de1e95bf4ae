#include "store/home.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../base/folder.h"
#include "base/err.h"

/* The user's home is `home` below the test's folder; the current folder is `cwd`. */
static struct home_env env_of(struct arena *arena, const char *cwd)
{
    (void)put_folder(arena, "home");
    return (struct home_env){ .cwd = in_folder(arena, cwd), .home = in_folder(arena, "home") };
}

static struct home home_of(struct arena *arena, const struct home_env *env)
{
    struct home home;
    struct err err = { 0 };
    if (!home_find(arena, env, &home, &err))
        fail_msg("%s", err.text);
    return home;
}

/* `expected` below the test's folder; NULL: no project. */
static void check_project(struct arena *arena, const struct home_env *env, const char *expected)
{
    struct home home = home_of(arena, env);
    if (!expected) {
        assert_null(home.project);
        assert_non_null(home.no_project);
        assert_null(home.project_config);
        return;
    }
    assert_non_null(home.project);
    assert_string_equal(home.project, in_folder(arena, expected));
    assert_null(home.no_project);
    assert_string_equal(home.data, arena_printf(arena, "%s/.claude/session-manager", home.project));
    assert_string_equal(home.project_config, arena_printf(arena, "%s/config.json", home.data));
}

static void check(struct arena *arena, const char *cwd, const char *expected)
{
    (void)put_folder(arena, cwd);
    struct home_env env = env_of(arena, cwd);
    check_project(arena, &env, expected);
}

static void the_nearest_claude_below_the_git_root_is_the_project(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_folder(&arena, "p/.git");
    (void)put_folder(&arena, "p/.claude");
    (void)put_folder(&arena, "p/part/.claude");
    check(&arena, "p/part/deep", "p/part");
    check(&arena, "p/part", "p/part");
    check(&arena, "p/other", "p");
    check(&arena, "p", "p");
}

static void the_git_root_without_claude_is_the_project(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_folder(&arena, ".claude"); /* above the git root: not looked at */
    (void)put_folder(&arena, "p/.git");
    check(&arena, "p/a/b", "p");
}

static void without_git_it_is_the_nearest_claude_or_where_one_stands(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_folder(&arena, "p/.claude");
    check(&arena, "p/a/b", "p");
    check(&arena, "q/a", "q/a");
    (void)put_text(&arena, "r/.claude", "a file is no folder");
    check(&arena, "r", "r");
    check(&arena, "r/a", "r/a");
}

static void a_linked_worktree_shares_the_main_trees_store(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_folder(&arena, "main/.git/worktrees/wt");
    (void)put_text(&arena, "wt/.git",
                   arena_printf(&arena, "gitdir: %s/main/.git/worktrees/wt\n", folder));
    check(&arena, "wt/deep", "main");
    (void)put_folder(&arena, "wt/.claude");
    check(&arena, "wt", "main");
}

static void a_submodule_is_a_project_of_its_own(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_folder(&arena, "p/.git/modules/sub");
    (void)put_folder(&arena, "p/.claude");
    (void)put_text(&arena, "p/sub/.git", "gitdir: ../.git/modules/sub\n");
    check(&arena, "p/sub/deep", "p/sub");
}

static void the_users_home_is_never_a_project(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_folder(&arena, "home/.claude");
    check(&arena, "home", NULL);
    check(&arena, "home/work/a", "home/work/a");
    (void)put_folder(&arena, "home/.git"); /* a home kept in git */
    check(&arena, "home", NULL);
    check(&arena, "home/work/a", "home/work/a");
    (void)put_folder(&arena, "home/work/.claude");
    check(&arena, "home/work/a", "home/work");
    (void)put_folder(&arena, "home/.git/worktrees/wt");
    (void)put_text(&arena, "wt/.git",
                   arena_printf(&arena, "gitdir: %s/home/.git/worktrees/wt\n", folder));
    check(&arena, "wt", "wt");
}

static void the_agents_own_folder_is_no_place_for_a_project(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    check(&arena, "home/.claude", NULL);
    check(&arena, "home/.claude/projects/x", NULL);
    check(&arena, "home/.claude-of-mine", "home/.claude-of-mine");
    (void)put_folder(&arena, "home/.claude/plugin/.git"); /* but a repository is a project */
    check(&arena, "home/.claude/plugin/src", "home/.claude/plugin");
}

static void the_home_is_known_through_a_link_too(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_folder(&arena, "home/.claude");
    struct home_env env = env_of(&arena, "home");
    env.home = put_link(&arena, "link", "home");
    check_project(&arena, &env, NULL);
    env.cwd = env.home;
    env.home = in_folder(&arena, "home");
    check_project(&arena, &env, NULL);
}

static void a_claude_config_dir_is_no_project(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_folder(&arena, "agent/.claude/projects");
    struct home_env env = env_of(&arena, "agent");
    env.claude_config = in_folder(&arena, "agent/.claude");
    check_project(&arena, &env, NULL);
    (void)put_folder(&arena, "agent/.git");
    check_project(&arena, &env, NULL);
    env.claude_config = NULL;
    check_project(&arena, &env, "agent");
}

static void a_named_store_is_taken_as_it_is(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_folder(&arena, "home/.claude");
    struct home_env env = env_of(&arena, "p/.git");
    (void)put_folder(&arena, "p/.git");
    (void)put_folder(&arena, "elsewhere/deep");
    env.store = in_folder(&arena, "elsewhere/deep/..");
    check_project(&arena, &env, "elsewhere");
    env.store = env.home; /* even the home, when it is named */
    check_project(&arena, &env, "home");
}

static void a_store_that_is_no_folder_is_wrong_usage(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char *const bad[] = { in_folder(&arena, "none"), put_text(&arena, "file", ""), "" };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct home_env env = env_of(&arena, "");
        struct home home;
        struct err err = { 0 };
        env.store = bad[i];
        assert_false(home_find(&arena, &env, &home, &err));
        assert_int_equal(err.code, ERR_USAGE);
    }
}

static void a_folder_that_is_gone_has_no_project(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct home_env env = env_of(&arena, "gone");
    check_project(&arena, &env, NULL);
    env.cwd = NULL;
    check_project(&arena, &env, NULL);
    struct home home = home_of(&arena, &env);
    struct err err = { 0 };
    assert_false(home_need_project(&home, &err));
    assert_int_equal(err.code, ERR_USAGE);
    assert_non_null(strstr(err.text, "--store"));
    env.cwd = in_folder(&arena, "home/work");
    (void)put_folder(&arena, "home/work");
    home = home_of(&arena, &env);
    assert_true(home_need_project(&home, &err));
}

static void places_follow_the_xdg_rules(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct home_env env = env_of(&arena, "");
    struct home home = home_of(&arena, &env);
    assert_string_equal(home.user_config,
                        in_folder(&arena, "home/.config/session-manager/config.json"));
    assert_string_equal(home.ledger,
                        in_folder(&arena, "home/.local/share/session-manager/ledger.db"));
    assert_string_equal(home.catalog, in_folder(&arena, "home/.cache/session-manager/catalog.db"));
    env.xdg_config = "/c";
    env.xdg_data = "/d";
    env.xdg_cache = "relative"; /* to be ignored */
    home = home_of(&arena, &env);
    assert_string_equal(home.user_config, "/c/session-manager/config.json");
    assert_string_equal(home.ledger, "/d/session-manager/ledger.db");
    assert_string_equal(home.catalog, in_folder(&arena, "home/.cache/session-manager/catalog.db"));
}

static void without_any_home_there_is_no_place_for_data(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    static const char *const homes[] = { NULL, "" };
    for (size_t i = 0; i < ARRAY_LEN(homes); i++) {
        struct home_env env = { .cwd = folder, .home = homes[i] };
        struct home home;
        struct err err = { 0 };
        assert_false(home_find(&arena, &env, &home, &err));
        assert_int_equal(err.code, ERR_IO);
        env.xdg_config = "/c";
        env.xdg_data = "/d";
        env.xdg_cache = "/e";
        home = home_of(&arena, &env);
        assert_string_equal(home.project, folder);
        assert_int_equal(home.log_folder_count, 0);
    }
}

static void check_logs(struct arena *arena, const struct home_env *env, const char *expected)
{
    struct home home = home_of(arena, env);
    const char *got = "";
    for (size_t i = 0; i < home.log_folder_count; i++)
        got = arena_printf(arena, "%s%s ", got, home.log_folders[i] + strlen(folder) + 1);
    assert_string_equal(got, expected);
}

static void every_log_folder_that_exists_is_found_once(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct home_env env = env_of(&arena, "");
    check_logs(&arena, &env, "");
    (void)put_folder(&arena, "home/.claude");
    check_logs(&arena, &env, "home/.claude ");
    (void)put_folder(&arena, "home/.config/claude");
    check_logs(&arena, &env, "home/.config/claude home/.claude ");
    (void)put_folder(&arena, "one");
    (void)put_folder(&arena, "two");
    (void)put_link(&arena, "link", "one");
    (void)put_text(&arena, "file", "");
    env.claude_config = arena_printf(&arena, "%s/two,%s/none,,%s/one,%s/link,%s/file,%s/two/.,",
                                     folder, folder, folder, folder, folder, folder);
    check_logs(&arena, &env, "two one home/.config/claude home/.claude ");
    env.claude_config = in_folder(&arena, "home/.claude");
    check_logs(&arena, &env, "home/.claude home/.config/claude ");
    env.xdg_config = in_folder(&arena, "xdg");
    (void)put_folder(&arena, "xdg/claude");
    check_logs(&arena, &env, "home/.claude xdg/claude ");
}

static void work_belongs_to_the_project_of_its_folder(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_folder(&arena, "p/.git/worktrees/wt");
    (void)put_folder(&arena, "p/a/.claude");
    (void)put_folder(&arena, "p/a/b");
    (void)put_folder(&arena, "p/c");
    (void)put_folder(&arena, "q/d");
    (void)put_text(&arena, "wt/.git",
                   arena_printf(&arena, "gitdir: %s/p/.git/worktrees/wt\n", folder));
    static const char *const cases[][2] = {
        { "p/a/b", "p/a" }, { "p/c", "p" }, { "q/d", "q/d" }, { "wt", "p" }, { "gone/x", "gone/x" }
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_string_equal(home_project_root(&arena, in_folder(&arena, cases[i][0])),
                            in_folder(&arena, cases[i][1]));
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(the_nearest_claude_below_the_git_root_is_the_project),
        IN_FOLDER(the_git_root_without_claude_is_the_project),
        IN_FOLDER(without_git_it_is_the_nearest_claude_or_where_one_stands),
        IN_FOLDER(a_linked_worktree_shares_the_main_trees_store),
        IN_FOLDER(a_submodule_is_a_project_of_its_own),
        IN_FOLDER(the_users_home_is_never_a_project),
        IN_FOLDER(the_agents_own_folder_is_no_place_for_a_project),
        IN_FOLDER(the_home_is_known_through_a_link_too),
        IN_FOLDER(a_claude_config_dir_is_no_project),
        IN_FOLDER(a_named_store_is_taken_as_it_is),
        IN_FOLDER(a_store_that_is_no_folder_is_wrong_usage),
        IN_FOLDER(a_folder_that_is_gone_has_no_project),
        IN_FOLDER(places_follow_the_xdg_rules),
        IN_FOLDER(without_any_home_there_is_no_place_for_data),
        IN_FOLDER(every_log_folder_that_exists_is_found_once),
        IN_FOLDER(work_belongs_to_the_project_of_its_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
