#include "store/git.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../base/folder.h"

#define HASH "0123456789abcdef0123456789abcdef01234567"
#define OTHER "89abcdef0123456789abcdef0123456789abcdef"
#define HASH_256 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct git found(struct arena *arena, const char *below)
{
    return git_find(arena, in_folder(arena, below));
}

static void check_text(const char *text, const char *expected)
{
    if (!expected)
        assert_null(text);
    else
        assert_string_equal(text, expected);
}

/* HEAD, and what branch and head are then. */
static void check_head(struct arena *arena, const char *text, const char *branch, const char *head)
{
    (void)put_text(arena, "p/.git/HEAD", text);
    struct git git = found(arena, "p");
    check_text(git_branch(arena, &git), branch);
    check_text(git_head(arena, &git), head);
}

static void outside_of_any_repository_nothing_is_known(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_folder(&arena, "p/q");
    struct git git = found(&arena, "p/q");
    assert_null(git.root);
    assert_null(git.main);
    assert_null(git_branch(&arena, &git));
    assert_null(git_head(&arena, &git));
    git = git_find(&arena, "/");
    assert_null(git.root);
}

static void the_repository_is_the_nearest_upwards(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_folder(&arena, "p/.git");
    (void)put_folder(&arena, "p/q/.git");
    (void)put_folder(&arena, "p/q/r/s");
    (void)put_folder(&arena, "p/other");
    assert_string_equal(found(&arena, "p/q/r/s").root, in_folder(&arena, "p/q"));
    assert_string_equal(found(&arena, "p/q").root, in_folder(&arena, "p/q"));
    struct git git = found(&arena, "p/other");
    assert_string_equal(git.root, in_folder(&arena, "p"));
    assert_string_equal(git.main, git.root);
    assert_string_equal(git.dir, in_folder(&arena, "p/.git"));
    assert_string_equal(git.common, git.dir);
}

static void a_branch_has_a_name_and_a_loose_hash(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_text(&arena, "p/.git/refs/heads/main", HASH "\n");
    (void)put_text(&arena, "p/.git/refs/heads/fix/deep-er", HASH_256 "\n");
    check_head(&arena, "ref: refs/heads/main\n", "main", HASH);
    check_head(&arena, "ref: refs/heads/fix/deep-er\n", "fix/deep-er", HASH_256);
    check_head(&arena, "ref: refs/heads/main\r\n", "main", HASH);
    check_head(&arena, "ref: refs/heads/main", "main", HASH);
}

static void before_the_first_commit_there_is_a_branch_without_a_hash(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_folder(&arena, "p/.git");
    check_head(&arena, "ref: refs/heads/main\n", "main", NULL);
}

static void a_detached_head_has_a_hash_without_a_branch(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_folder(&arena, "p/.git");
    check_head(&arena, HASH "\n", NULL, HASH);
    check_head(&arena, HASH_256 "\n", NULL, HASH_256);
}

static void what_is_no_head_is_not_known(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_folder(&arena, "p/.git");
    struct git git = found(&arena, "p");
    check_text(git_head(&arena, &git), NULL);
    check_head(&arena, "", NULL, NULL);
    check_head(&arena, "garbage\n", NULL, NULL);
    check_head(&arena, "0123456789\n", NULL, NULL);
    check_head(&arena, HASH "0\n", NULL, NULL);
    (void)put_text(&arena, "p/.git/refs/heads/main", "not a hash\n");
    check_head(&arena, "ref: refs/heads/main\n", "main", NULL);
}

static const char packed[] =
    "# pack-refs with: peeled fully-peeled sorted\n" OTHER " refs/heads/fix\n" HASH
    " refs/heads/main\n" OTHER " refs/heads/main-2\n" OTHER " refs/tags/v1\n^" HASH "\n";

static void packed_references_are_found_to_the_letter(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_text(&arena, "p/.git/packed-refs", packed);
    check_head(&arena, "ref: refs/heads/main\n", "main", HASH);
    check_head(&arena, "ref: refs/heads/fix\n", "fix", OTHER);
    check_head(&arena, "ref: refs/heads/mai\n", "mai", NULL);
    check_head(&arena, "ref: refs/tags/v1\n", NULL, OTHER);
}

static void a_loose_reference_goes_before_the_packed_one(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_text(&arena, "p/.git/packed-refs", packed);
    (void)put_text(&arena, "p/.git/refs/heads/main", OTHER "\n");
    check_head(&arena, "ref: refs/heads/main\n", "main", OTHER);
}

static void check_worktree(struct arena *arena)
{
    struct git git = found(arena, "wt/deep");
    assert_string_equal(git.root, in_folder(arena, "wt"));
    assert_string_equal(realpath(git.main, arena_alloc(arena, 4096)), in_folder(arena, "p"));
    assert_string_equal(git_branch(arena, &git), "side");
    assert_string_equal(git_head(arena, &git), HASH);
}

static void a_linked_worktree_knows_its_main_tree(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_text(&arena, "p/.git/HEAD", "ref: refs/heads/main\n");
    (void)put_text(&arena, "p/.git/refs/heads/side", HASH "\n");
    (void)put_text(&arena, "p/.git/worktrees/wt/HEAD", "ref: refs/heads/side\n");
    (void)put_text(&arena, "p/.git/worktrees/wt/commondir", "../..\n");
    (void)put_folder(&arena, "wt/deep");
    (void)put_text(&arena, "wt/.git",
                   arena_printf(&arena, "gitdir: %s/p/.git/worktrees/wt\n", folder));
    check_worktree(&arena);
    (void)put_text(&arena, "wt/.git", "gitdir: ../p/.git/worktrees/wt\n");
    check_worktree(&arena);
}

static void a_submodule_is_its_own_main_tree(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_text(&arena, "p/.git/HEAD", "ref: refs/heads/main\n");
    (void)put_text(&arena, "p/.git/modules/sub/HEAD", HASH "\n");
    (void)put_text(&arena, "p/sub/.git", "gitdir: ../.git/modules/sub\n");
    struct git git = found(&arena, "p/sub");
    assert_string_equal(git.root, in_folder(&arena, "p/sub"));
    assert_string_equal(git.main, git.root);
    assert_null(git_branch(&arena, &git));
    assert_string_equal(git_head(&arena, &git), HASH);
}

static void a_git_file_that_says_nothing_is_no_repository(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    (void)put_text(&arena, "p/.git", "nothing of the kind\n");
    assert_null(found(&arena, "p").root);
    (void)put_text(&arena, "p/.git", "");
    assert_null(found(&arena, "p").root);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(outside_of_any_repository_nothing_is_known),
        IN_FOLDER(the_repository_is_the_nearest_upwards),
        IN_FOLDER(a_branch_has_a_name_and_a_loose_hash),
        IN_FOLDER(before_the_first_commit_there_is_a_branch_without_a_hash),
        IN_FOLDER(a_detached_head_has_a_hash_without_a_branch),
        IN_FOLDER(what_is_no_head_is_not_known),
        IN_FOLDER(packed_references_are_found_to_the_letter),
        IN_FOLDER(a_loose_reference_goes_before_the_packed_one),
        IN_FOLDER(a_linked_worktree_knows_its_main_tree),
        IN_FOLDER(a_submodule_is_its_own_main_tree),
        IN_FOLDER(a_git_file_that_says_nothing_is_no_repository),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
