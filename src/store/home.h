#pragma once
/*
 * home - where things live.
 *
 * A project's own data lie in its `.claude/`; measured data, settings and caches of the user in
 * the XDG folders. The user's own `~/.claude` (and CLAUDE_CONFIG_DIR) is the agent's, never a
 * project, unless --store names it.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

struct arena;
struct err;

struct home_env { /* the process's surroundings, read by the face; NULL when not set */
    const char *cwd;
    const char *home;
    const char *xdg_config;
    const char *xdg_data;
    const char *xdg_cache;
    const char *claude_config; /* CLAUDE_CONFIG_DIR: one folder or several with commas */
    const char *store;         /* --store */
};

struct home {
    const char *project;    /* the folder that holds .claude/; NULL when there is none to be had */
    const char *no_project; /* why, for a message; NULL when there is one */
    const char *data;       /* <project>/.claude/session-manager: lock, templates, config */
    const char *ledger;
    const char *catalog;
    const char *user_config;    /* may not exist */
    const char *user_prices;    /* may not exist */
    const char *project_config; /* may not exist; NULL without a project */
    const char **log_folders;   /* agents' config folders that exist */
    size_t log_folder_count;
};

/* ERR_USAGE for a --store that is no folder; ERR_IO without any place for the user's data. */
bool home_find(struct arena *arena, const struct home_env *env, struct home *out,
               struct err *err) MUST_USE;
/* ERR_USAGE, with what to do, when there is no project here. */
bool home_need_project(const struct home *home, struct err *err) MUST_USE;
/* The project folder work in `cwd` belongs to: the nearest folder with .claude/ up to the git
 * root, else the git root (of the main tree, for worktrees), else `cwd` itself; `cwd` as it
 * stands when it does not exist any more. Never fails. */
const char *home_project_root(struct arena *arena, const char *cwd);
