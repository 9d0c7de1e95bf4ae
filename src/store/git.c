#include "store/git.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/text.h"

enum { GIT_FILE_LIMIT = 16 << 20 }; /* packed-refs of a very large repository */

/* A file's text without its last newline; NULL when it cannot be read. */
static char *slurp(struct arena *arena, const char *path)
{
    const char *bytes;
    size_t length;
    struct err ignored = { 0 };
    if (!file_read(arena, path, GIT_FILE_LIMIT, &bytes, &length, &ignored))
        return NULL;
    char *text = arena_strdup(arena, bytes);
    text[strcspn(text, "\r\n")] = '\0';
    return text;
}

static const char *parent(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return NULL;
    return slash == path ? "/" : arena_printf(arena, "%.*s", (int)(slash - path), path);
}

static const char *absolute(struct arena *arena, const char *base, const char *path)
{
    return path[0] == '/' ? path : arena_printf(arena, "%s/%s", base, path);
}

/* `.git` is a file in linked worktrees and submodules: "gitdir: PATH". */
static struct git linked(struct arena *arena, const char *root, const char *dot_git)
{
    const char *text = slurp(arena, dot_git);
    struct git git = { 0 };
    if (!text || !text_has_prefix(text, "gitdir: "))
        return git;
    git.root = git.main = root;
    git.dir = absolute(arena, root, text + strlen("gitdir: "));
    const char *common = slurp(arena, arena_printf(arena, "%s/commondir", git.dir));
    git.common = common ? absolute(arena, git.dir, common) : git.dir;
    const char *shared = strstr(git.dir, "/.git/worktrees/");
    if (shared)
        git.main = arena_printf(arena, "%.*s", (int)(shared - git.dir), git.dir);
    return git;
}

struct git git_find(struct arena *arena, const char *folder)
{
    for (const char *at = folder; at; at = strcmp(at, "/") == 0 ? NULL : parent(arena, at)) {
        const char *dot_git = arena_printf(arena, "%s/.git", at);
        if (file_is_folder(dot_git))
            return (struct git){ .root = at, .main = at, .dir = dot_git, .common = dot_git };
        if (file_exists(dot_git))
            return linked(arena, at, dot_git);
    }
    return (struct git){ 0 };
}

const char *git_branch(struct arena *arena, const struct git *git)
{
    static const char heads[] = "ref: refs/heads/";
    const char *head = git->dir ? slurp(arena, arena_printf(arena, "%s/HEAD", git->dir)) : NULL;
    return head && text_has_prefix(head, heads) ? head + strlen(heads) : NULL;
}

static const char *if_hash(const char *text)
{
    size_t length = text ? strspn(text, "0123456789abcdef") : 0;
    return (length == 40 || length == 64) && text[length] == '\0' ? text : NULL;
}

static const char *packed(struct arena *arena, const struct git *git, const char *ref)
{
    const char *bytes;
    size_t length;
    struct err ignored = { 0 };
    const char *path = arena_printf(arena, "%s/packed-refs", git->common);
    if (!file_read(arena, path, GIT_FILE_LIMIT, &bytes, &length, &ignored))
        return NULL;
    const char *line = strstr(bytes, arena_printf(arena, " %s\n", ref));
    if (!line)
        return NULL;
    const char *begin = line;
    while (begin > bytes && begin[-1] != '\n')
        begin--;
    return if_hash(arena_printf(arena, "%.*s", (int)(line - begin), begin));
}

const char *git_head(struct arena *arena, const struct git *git)
{
    const char *head = git->dir ? slurp(arena, arena_printf(arena, "%s/HEAD", git->dir)) : NULL;
    if (!head || !text_has_prefix(head, "ref: "))
        return if_hash(head);
    const char *ref = head + strlen("ref: ");
    const char *loose = slurp(arena, arena_printf(arena, "%s/%s", git->common, ref));
    return if_hash(loose) ? loose : packed(arena, git, ref);
}
