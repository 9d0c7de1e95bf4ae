#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/text.h"
#include "ingest/claude.h"

enum { DEPTH = 12 }; /* of folders below projects/; Claude Code makes five */

struct walk {
    struct arena *arena;
    struct log_paths paths;
    size_t room;
    const char *label;
};

/* projects/<slug>/<session>.jsonl, projects/<slug>/<session>/subagents/.../<agent>.jsonl, and the
 * older projects/<slug>/<session>/chat.jsonl and projects/<slug>/agent-<id>.jsonl.
 * `below` is the path below projects/<slug>/. */
static const char *session_of(struct arena *arena, const char *below)
{
    const char *owner = below; /* the component before `subagents`, else the first */
    size_t length = strcspn(below, "/");
    const char *at = below;
    while (at[strcspn(at, "/")] == '/') {
        const char *next = at + strcspn(at, "/") + 1;
        if (strncmp(at, "subagents/", 10) == 0)
            return "";
        if (strncmp(next, "subagents/", 10) == 0) {
            owner = at;
            length = strcspn(at, "/");
            break;
        }
        at = next;
    }
    if (owner[length] == '\0') {
        if (text_has_prefix(owner, "agent-"))
            return "";
        length -= strlen(".jsonl");
    }
    return arena_printf(arena, "%.*s", (int)length, owner);
}

/* .../agent-<id>.jsonl */
static const char *agent_of(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    if (!text_has_prefix(name, "agent-") || !text_has_suffix(name, ".jsonl"))
        return "";
    name += strlen("agent-");
    return arena_printf(arena, "%.*s", (int)(strlen(name) - strlen(".jsonl")), name);
}

static void add(struct walk *walk, const char *path, const char *session)
{
    if (walk->paths.count == walk->room) {
        walk->room = walk->room ? walk->room * 2 : 64;
        struct log_path *more = arena_alloc(walk->arena, walk->room * sizeof(*more));
        if (walk->paths.count)
            memcpy(more, walk->paths.items, walk->paths.count * sizeof(*more));
        walk->paths.items = more;
    }
    walk->paths.items[walk->paths.count++] = (struct log_path){
        .path = path, .session = session, .agent = agent_of(walk->arena, path), .label = walk->label
    };
}

static bool is_log(const char *path)
{
    return text_has_suffix(path, ".jsonl") && !text_has_suffix(path, "/.jsonl");
}

static void visit(struct walk *walk, const char *folder, const char *below, int depth);

/* `below` is the entry's path below projects/<slug>/. */
static void visit_entry(struct walk *walk, const char *path, const char *below, int depth)
{
    struct stat info;
    if (lstat(path, &info) != 0) {
        if (errno != ENOENT) /* else it is gone since its folder was listed */
            add(walk, path, "");
    } else if (S_ISDIR(info.st_mode) && depth < DEPTH) {
        visit(walk, path, below, depth + 1);
    } else if (S_ISREG(info.st_mode) && is_log(path)) {
        add(walk, path, session_of(walk->arena, below));
    }
}

static void visit(struct walk *walk, const char *folder, const char *below, int depth)
{
    struct file_list list;
    struct err err = { 0 };
    if (!file_names(walk->arena, folder, &list, &err)) {
        add(walk, folder, "");
        return;
    }
    for (size_t i = 0; i < list.count; i++) {
        const char *name = list.names[i];
        const char *path = arena_printf(walk->arena, "%s/%s", folder, name);
        visit_entry(walk, path, *below ? arena_printf(walk->arena, "%s/%s", below, name) : name,
                    depth);
    }
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct log_path *)a)->path, ((const struct log_path *)b)->path);
}

bool claude_paths(struct arena *arena, const char *folder, struct log_paths *out, struct err *err)
{
    struct walk walk = { .arena = arena };
    struct file_list slugs;
    const char *projects = arena_printf(arena, "%s/projects", folder);
    if (!file_names(arena, projects, &slugs, err))
        return false;
    for (size_t i = 0; i < slugs.count; i++) {
        const char *path = arena_printf(arena, "%s/%s", projects, slugs.names[i]);
        struct stat info;
        bool is_slug = lstat(path, &info) == 0 && S_ISDIR(info.st_mode);
        walk.label = is_slug ? slugs.names[i] : "";
        if (is_slug)
            visit(&walk, path, "", 1);
        else
            visit_entry(&walk, path, slugs.names[i], DEPTH);
    }
    if (walk.paths.count > 1)
        qsort(walk.paths.items, walk.paths.count, sizeof(*walk.paths.items), by_path);
    *out = walk.paths;
    return true;
}
