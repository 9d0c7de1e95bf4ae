#include "store/home.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/text.h"
#include "store/git.h"

/* Without links and dots; NULL when it does not exist. */
static const char *real(struct arena *arena, const char *path)
{
    char resolved[PATH_MAX];
    return realpath(path, resolved) ? arena_strdup(arena, resolved) : NULL;
}

static const char *or_below(struct arena *arena, const char *set, const char *home,
                            const char *fallback)
{
    if (set && set[0] == '/') /* the XDG rules: a relative path is to be ignored */
        return set;
    return home && *home ? arena_printf(arena, "%s/%s", home, fallback) : NULL;
}

static bool has_claude(struct arena *arena, const char *folder)
{
    return file_is_folder(arena_printf(arena, "%s/.claude", folder));
}

static const char *up(struct arena *arena, const char *folder)
{
    const char *slash = strrchr(folder, '/');
    if (!slash || slash == folder)
        return NULL;
    return arena_printf(arena, "%.*s", (int)(slash - folder), folder);
}

/* Folders that are the agent's own, or whose .claude is. */
struct forbidden {
    const char *home;
    const char **log_folders;
    size_t count;
};

static bool is_forbidden(struct arena *arena, const struct forbidden *not_here, const char *folder)
{
    if (not_here->home && strcmp(folder, not_here->home) == 0)
        return true;
    const char *claude = real(arena, arena_printf(arena, "%s/.claude", folder));
    for (size_t i = 0; i < not_here->count; i++)
        if (strcmp(folder, not_here->log_folders[i]) == 0 ||
            (claude && strcmp(claude, not_here->log_folders[i]) == 0))
            return true;
    return false;
}

/* A folder somewhere below the agent's own is no project just because somebody stands in it. */
static bool inside_agents_own(const struct forbidden *not_here, const char *folder)
{
    for (size_t i = 0; i < not_here->count; i++) {
        size_t length = strlen(not_here->log_folders[i]);
        if (strncmp(folder, not_here->log_folders[i], length) == 0 && folder[length] == '/')
            return true;
    }
    return false;
}

/* The nearest folder with .claude from `cwd` up to `last` (NULL: up to the top). */
static const char *nearest(struct arena *arena, const struct forbidden *not_here, const char *cwd,
                           const char *last)
{
    for (const char *at = cwd; at; at = up(arena, at)) {
        if (not_here->home && strcmp(at, not_here->home) == 0)
            return NULL; /* nothing above the home folder is a project of the user's */
        if (has_claude(arena, at) && !is_forbidden(arena, not_here, at))
            return at;
        if (last && strcmp(at, last) == 0)
            return NULL;
    }
    return NULL;
}

static const char *project_of(struct arena *arena, const struct forbidden *not_here,
                              const char *cwd)
{
    struct git git = git_find(arena, cwd);
    if (git.root && git.main && strcmp(git.root, git.main) != 0) {
        const char *main = real(arena, git.main);
        if (main && !is_forbidden(arena, not_here, main))
            return main; /* a linked worktree shares the main tree's store */
    }
    const char *found = nearest(arena, not_here, cwd, git.root);
    if (found)
        return found;
    if (git.root && !is_forbidden(arena, not_here, git.root))
        return git.root;
    return is_forbidden(arena, not_here, cwd) || inside_agents_own(not_here, cwd) ? NULL : cwd;
}

const char *home_project_root(struct arena *arena, const char *cwd)
{
    static const struct forbidden nothing = { 0 };
    const char *folder = real(arena, cwd);
    const char *root = folder ? project_of(arena, &nothing, folder) : NULL;
    return root ? root : arena_strdup(arena, cwd);
}

static void add_log_folder(struct arena *arena, struct home *home, const char *path)
{
    const char *folder = path && *path ? real(arena, path) : NULL;
    if (!folder || !file_is_folder(folder))
        return;
    for (size_t i = 0; i < home->log_folder_count; i++)
        if (strcmp(home->log_folders[i], folder) == 0)
            return;
    home->log_folders[home->log_folder_count++] = folder;
}

/* Every one that exists: CLAUDE_CONFIG_DIR (a list with commas), ~/.config/claude, ~/.claude. */
static void find_log_folders(struct arena *arena, const struct home_env *env, struct home *home)
{
    const char *list = env->claude_config ? env->claude_config : "";
    size_t most = 4;
    for (const char *at = list; *at; at++)
        most += *at == ',';
    home->log_folders = arena_alloc(arena, most * sizeof(*home->log_folders));
    for (const char *at = list; *at;) {
        size_t length = strcspn(at, ",");
        add_log_folder(arena, home, arena_printf(arena, "%.*s", (int)length, at));
        at += length + (at[length] == ',');
    }
    const char *config = or_below(arena, env->xdg_config, env->home, ".config");
    add_log_folder(arena, home, config ? arena_printf(arena, "%s/claude", config) : NULL);
    add_log_folder(arena, home, env->home ? arena_printf(arena, "%s/.claude", env->home) : NULL);
}

static bool find_project(struct arena *arena, const struct home_env *env, struct home *home,
                         struct err *err)
{
    struct forbidden not_here = {
        .home = env->home ? real(arena, env->home) : NULL,
        .log_folders = home->log_folders,
        .count = home->log_folder_count,
    };
    const char *start = env->store ? env->store : env->cwd;
    const char *folder = start ? real(arena, start) : NULL;
    if (env->store && (!folder || !file_is_folder(folder)))
        return err_set(err, ERR_USAGE, "--store '%s' is no folder", env->store);
    if (env->store)
        home->project = folder;
    else if (folder)
        home->project = project_of(arena, &not_here, folder);
    if (!home->project) {
        home->no_project =
            folder ? "this is your home folder or the agent's own, whose .claude is no project"
                   : "the current folder does not exist";
        return true;
    }
    home->data = arena_printf(arena, "%s/.claude/session-manager", home->project);
    home->project_config = arena_printf(arena, "%s/config.json", home->data);
    return true;
}

bool home_find(struct arena *arena, const struct home_env *env, struct home *out, struct err *err)
{
    *out = (struct home){ 0 };
    const char *config = or_below(arena, env->xdg_config, env->home, ".config");
    const char *data = or_below(arena, env->xdg_data, env->home, ".local/share");
    const char *cache = or_below(arena, env->xdg_cache, env->home, ".cache");
    if (!config || !data || !cache)
        return err_set(err, ERR_IO, "HOME is not set, so there is no place for the ledger");
    out->user_config = arena_printf(arena, "%s/session-manager/config.json", config);
    out->user_prices = arena_printf(arena, "%s/session-manager/prices.json", config);
    out->ledger = arena_printf(arena, "%s/session-manager/ledger.db", data);
    out->catalog = arena_printf(arena, "%s/session-manager/catalog.db", cache);
    find_log_folders(arena, env, out);
    return find_project(arena, env, out, err);
}

bool home_need_project(const struct home *home, struct err *err)
{
    if (home->project)
        return true;
    return err_set(err, ERR_USAGE, "%s; go into a project's folder, or name one with --store DIR",
                   home->no_project);
}
