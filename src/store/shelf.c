#include "store/shelf.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "store/commit.h"
#include "store/home.h"
#include "store/lock.h"

enum { SESSION_LIMIT = 16 << 20 }; /* bytes of a session file; people's are a few KB */

struct shelf {
    struct arena *arena;
    const char *project;
    const char *data;
    struct lock lock;
};

/* --- places --------------------------------------------------------------------------------- */

static const char *open_folder(struct arena *arena, enum level level)
{
    return arena_printf(arena, "%s/sessions", level_info(level)->folder);
}

static const char *archive_folder(struct arena *arena, const struct id *id)
{
    return arena_printf(arena, "%s/archive/%04d", open_folder(arena, id->level), id->year);
}

static const char *path_in(struct arena *arena, const char *project, const char *folder,
                           const char *id, const char *ending)
{
    return arena_printf(arena, "%s/%s/%s%s", project, folder, id, ending);
}

static const char *open_path(struct arena *arena, const char *project, const struct id *id,
                             const char *text)
{
    return path_in(arena, project, open_folder(arena, id->level), text, ".json");
}

static const char *archive_path(struct arena *arena, const char *project, const struct id *id,
                                const char *text, const char *ending)
{
    return path_in(arena, project, archive_folder(arena, id), text, ending);
}

/* --- reading -------------------------------------------------------------------------------- */

static void items_add(struct arena *arena, struct shelf_items *items, const struct shelf_item *item)
{
    if ((items->count & (items->count + 1)) == 0) { /* full at 0, 1, 3, 7 ... */
        size_t room = items->count * 2 + 1;
        struct shelf_item *grown = arena_alloc(arena, room * sizeof(*grown));
        if (items->count)
            memcpy(grown, items->items, items->count * sizeof(*grown));
        items->items = grown;
    }
    items->items[items->count++] = *item;
}

static bool add_folder(struct arena *arena, const char *folder, bool archived,
                       struct shelf_items *items, struct err *err)
{
    struct file_list names;
    if (!file_names(arena, folder, &names, err))
        return false;
    for (size_t i = 0; i < names.count; i++) {
        struct shelf_item item = { .archived = archived };
        if (!id_of_file(names.names[i], item.id))
            continue;
        item.path = arena_printf(arena, "%s/%s", folder, names.names[i]);
        items_add(arena, items, &item);
    }
    return true;
}

bool shelf_folder_items(struct arena *arena, const char *folder, bool archived,
                        struct shelf_items *out, struct err *err)
{
    *out = (struct shelf_items){ 0 };
    return add_folder(arena, folder, archived, out, err);
}

bool shelf_open_items(struct arena *arena, const char *project, struct shelf_items *out,
                      struct err *err)
{
    *out = (struct shelf_items){ 0 };
    for (enum level level = LEVEL_DEVELOPMENT; level <= LEVEL_CODED; level++) {
        const char *folder = arena_printf(arena, "%s/%s", project, open_folder(arena, level));
        if (!add_folder(arena, folder, false, out, err))
            return false;
    }
    return true;
}

static bool is_year(const char *name)
{
    return strlen(name) == 4 && strspn(name, "0123456789") == 4;
}

static bool add_years(struct arena *arena, const char *archive, const char **folders,
                      const struct file_list *names, size_t *count)
{
    for (size_t i = 0; i < names->count; i++)
        if (is_year(names->names[i]))
            folders[(*count)++] = arena_printf(arena, "%s/%s", archive, names->names[i]);
    return true;
}

bool shelf_archive_folders(struct arena *arena, const char *project, const char ***folders,
                           size_t *count, struct err *err)
{
    struct file_list names[LEVEL_COUNT];
    const char *archives[LEVEL_COUNT];
    size_t all = 0;
    for (size_t i = 0; i < LEVEL_COUNT; i++) {
        const char *below = open_folder(arena, (enum level)(LEVEL_DEVELOPMENT + i));
        archives[i] = arena_printf(arena, "%s/%s/archive", project, below);
        if (!file_names(arena, archives[i], &names[i], err))
            return false;
        all += names[i].count;
    }
    *folders = arena_alloc(arena, (all + 1) * sizeof(**folders));
    *count = 0;
    for (size_t i = 0; i < LEVEL_COUNT; i++)
        (void)add_years(arena, archives[i], *folders, &names[i], count);
    return true;
}

bool shelf_archived_items(struct arena *arena, const char *project, struct shelf_items *out,
                          struct err *err)
{
    const char **folders;
    size_t count;
    *out = (struct shelf_items){ 0 };
    if (!shelf_archive_folders(arena, project, &folders, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!add_folder(arena, folders[i], true, out, err))
            return false;
    return true;
}

bool shelf_read(struct arena *arena, const char *path, struct session *out, struct err *err)
{
    const char *bytes;
    size_t length;
    return file_read(arena, path, SESSION_LIMIT, &bytes, &length, err) &&
           session_parse(arena, bytes, length, path, out, err);
}

bool shelf_find(struct arena *arena, const char *project, const char *id, struct shelf_item *out,
                struct err *err)
{
    struct id parts;
    if (!id_parse(id, &parts))
        return err_set(err, ERR_USAGE, "'%s' is not a session id", id);
    (void)snprintf(out->id, sizeof(out->id), "%s", id);
    /* Twice: it may be moved from the first place to the second while we look at the second. */
    for (int look = 0; look < 4; look++) {
        struct file_state ignored;
        bool found;
        out->archived = look % 2 == 1;
        out->path = out->archived ? archive_path(arena, project, &parts, id, ".json")
                                  : open_path(arena, project, &parts, id);
        if (!file_stat(out->path, &ignored, &found, err))
            return false;
        if (found)
            return true;
    }
    return err_set(err, ERR_NOT_FOUND, "no session '%s'", id);
}

/* --- writing -------------------------------------------------------------------------------- */

static bool needs_ours(const struct session *session, struct err *err)
{
    if (!session->needs_newer)
        return true;
    return err_set(err, ERR_NEWER, "'%s' was written by a newer version, which must write it",
                   session->id);
}

static void written(struct shelf *shelf, const struct session *session, struct buf *out)
{
    buf_init(out, shelf->arena, SESSION_LIMIT);
    session_write(session, out);
}

static bool fits(const struct buf *bytes, const struct session *session, struct err *err)
{
    if (!bytes->overflow)
        return true;
    return err_set(err, ERR_IO, "'%s' would grow beyond %d bytes", session->id, SESSION_LIMIT);
}

static bool move_to_archive(struct shelf *shelf, const struct id *id, const char *text,
                            const char **path, struct err *err)
{
    *path = archive_path(shelf->arena, shelf->project, id, text, ".json");
    return commit_folder(shelf->project, archive_folder(shelf->arena, id), err) &&
           commit_move(open_path(shelf->arena, shelf->project, id, text), *path, err);
}

/* Sessions that were being ended or are not moved yet: the writer died in between. */
static void finish_moves(struct shelf *shelf)
{
    struct shelf_items items;
    struct err ignored = { 0 };
    if (!shelf_open_items(shelf->arena, shelf->project, &items, &ignored))
        return;
    for (size_t i = 0; i < items.count; i++) {
        struct session session;
        struct id id;
        const char *path;
        if (!id_parse(items.items[i].id, &id))
            continue;
        commit_forget(archive_path(shelf->arena, shelf->project, &id, items.items[i].id, ".md"));
        if (shelf_read(shelf->arena, items.items[i].path, &session, &ignored) &&
            !session_is_open(&session))
            (void)!move_to_archive(shelf, &id, items.items[i].id, &path, &ignored);
    }
}

static void sweep(struct shelf *shelf)
{
    commit_sweep(shelf->arena, shelf->data);
    commit_sweep(shelf->arena, arena_printf(shelf->arena, "%s/templates", shelf->data));
    for (enum level level = LEVEL_DEVELOPMENT; level <= LEVEL_CODED; level++) {
        const char *folder = open_folder(shelf->arena, level);
        commit_sweep(shelf->arena, arena_printf(shelf->arena, "%s/%s", shelf->project, folder));
    }
    finish_moves(shelf);
}

/* Locks and spools are this machine's; settings and templates may be shared. */
static bool ignore_locks(const struct home *home, struct err *err)
{
    static const char ignore[] = "lock\nspool*\n.session-manager-*.tmp\n";
    struct err why = { 0 };
    char path[4096];
    (void)snprintf(path, sizeof(path), "%s/.gitignore", home->data);
    if (file_exists(path) || commit_create(path, ignore, sizeof(ignore) - 1, &why) ||
        why.code == ERR_ACTIVE)
        return true;
    *err = why;
    return false;
}

bool shelf_open(struct arena *arena, const struct home *home, int wait_ms, struct shelf **out,
                struct err *err)
{
    if (!home_need_project(home, err) ||
        !commit_folder(home->project, ".claude/session-manager", err))
        return false;
    struct shelf *shelf = arena_alloc(arena, sizeof(*shelf));
    *shelf = (struct shelf){ arena, home->project, home->data, { .fd = -1 } };
    if (!lock_take(arena_printf(arena, "%s/lock", home->data), wait_ms, &shelf->lock, err))
        return false;
    if (!ignore_locks(home, err)) {
        lock_release(&shelf->lock);
        return false;
    }
    sweep(shelf);
    *out = shelf;
    return true;
}

void shelf_close(struct shelf **shelf)
{
    if (*shelf)
        lock_release(&(*shelf)->lock);
    *shelf = NULL;
}

/* ERR_ACTIVE when something has this name: looked at before anything is written, so that many
 * starts in one minute cost a look each and not a file. */
static bool is_free(const char *path, const char *id, struct err *err)
{
    struct file_state ignored;
    bool found;
    if (!file_stat(path, &ignored, &found, err))
        return false;
    return !found || err_set(err, ERR_ACTIVE, "session '%s' exists already", id);
}

bool shelf_create(struct shelf *shelf, const struct session *session, const char **path,
                  struct err *err)
{
    struct id id;
    struct buf bytes;
    if (!id_parse(session->id, &id))
        return err_set(err, ERR_USAGE, "'%s' is not a session id", session->id);
    *path = open_path(shelf->arena, shelf->project, &id, session->id);
    const char *archived = archive_path(shelf->arena, shelf->project, &id, session->id, ".json");
    if (!is_free(*path, session->id, err) || !is_free(archived, session->id, err))
        return false;
    written(shelf, session, &bytes);
    return fits(&bytes, session, err) &&
           commit_folder(shelf->project, open_folder(shelf->arena, id.level), err) &&
           commit_create(*path, bytes.text, bytes.length, err);
}

bool shelf_save(struct shelf *shelf, const struct session *session, const char **path,
                struct err *err)
{
    struct shelf_item item = { .path = NULL };
    struct session there;
    struct buf bytes;
    /* Whatever the caller read before: what is there now must be ours to write over. */
    if (!needs_ours(session, err) ||
        !shelf_find(shelf->arena, shelf->project, session->id, &item, err) ||
        !shelf_read(shelf->arena, item.path, &there, err) || !needs_ours(&there, err))
        return false;
    written(shelf, session, &bytes);
    *path = item.path;
    return fits(&bytes, session, err) && commit_replace(item.path, bytes.text, bytes.length, err);
}

bool shelf_archive(struct shelf *shelf, const struct session *session, const char *summary,
                   const char **path, const char **summary_path, struct err *err)
{
    struct id id;
    if (!needs_ours(session, err))
        return false;
    if (!id_parse(session->id, &id))
        return err_set(err, ERR_USAGE, "'%s' is not a session id", session->id);
    /* The summary first: once the session says that it has ended, the rest can be finished by
     * anybody from the file alone. */
    *summary_path = archive_path(shelf->arena, shelf->project, &id, session->id, ".md");
    return commit_folder(shelf->project, archive_folder(shelf->arena, &id), err) &&
           commit_replace(*summary_path, summary, strlen(summary), err) &&
           shelf_save(shelf, session, path, err) &&
           move_to_archive(shelf, &id, session->id, path, err);
}

bool shelf_put_file(struct shelf *shelf, const char *below, const char *bytes, size_t length,
                    struct err *err)
{
    const char *slash = strrchr(below, '/');
    if (slash) {
        const char *folder =
            arena_printf(shelf->arena, ".claude/session-manager/%.*s", (int)(slash - below), below);
        if (!commit_folder(shelf->project, folder, err))
            return false;
    }
    return commit_replace(arena_printf(shelf->arena, "%s/%s", shelf->data, below), bytes, length,
                          err);
}
