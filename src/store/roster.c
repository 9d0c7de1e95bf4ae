#include "store/roster.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "store/catalog.h"
#include "store/shelf.h"

struct loading {
    struct arena *arena;
    struct catalog *catalog; /* NULL: none, or it has failed */
    const char *project;
    bool check_archive;
    struct roster *roster;
};

static void add_summary(struct loading *loading, const struct summary *summary)
{
    struct summaries *list = &loading->roster->sessions;
    if ((list->count & (list->count + 1)) == 0) { /* full at 0, 1, 3, 7 ... */
        struct summary *grown = arena_alloc(loading->arena, (list->count * 2 + 1) * sizeof(*grown));
        if (list->count)
            memcpy(grown, list->items, list->count * sizeof(*grown));
        list->items = grown;
    }
    list->items[list->count++] = *summary;
}

/* `id` NULL: it is a folder. */
static void add_damage(struct loading *loading, const char *path, const char *id, bool archived,
                       const struct err *why)
{
    struct roster *roster = loading->roster;
    if ((roster->damage_count & (roster->damage_count + 1)) == 0) {
        struct roster_damage *grown =
            arena_alloc(loading->arena, (roster->damage_count * 2 + 1) * sizeof(*grown));
        if (roster->damage_count)
            memcpy(grown, roster->damages, roster->damage_count * sizeof(*grown));
        roster->damages = grown;
    }
    roster->damages[roster->damage_count++] = (struct roster_damage){
        .path = why->where[0] ? arena_strdup(loading->arena, why->where) : path,
        .what = arena_strdup(loading->arena, why->text),
        .id = id ? arena_strdup(loading->arena, id) : NULL,
        .code = why->code,
        .archived = archived,
    };
}

/* The catalog is only a help: once it fails it is left alone. */
static bool remembered(struct loading *loading, const char *path, const struct file_state *state,
                       struct summary *out)
{
    struct err why = { 0 };
    if (!loading->catalog)
        return false;
    if (catalog_get(loading->catalog, loading->arena, path, state, out, &why))
        return true;
    if (why.code != ERR_NOT_FOUND)
        loading->catalog = NULL;
    return false;
}

static void remember(struct loading *loading, const struct summary *summary,
                     const struct file_state *state)
{
    struct err ignored = { 0 };
    if (loading->catalog && !catalog_put(loading->catalog, summary, state, &ignored))
        loading->catalog = NULL;
}

/* False when the file could not be read: it is then among the damages, or gone. */
static bool add_item(struct loading *loading, const struct shelf_item *item)
{
    struct file_state state;
    struct session session;
    struct summary summary;
    struct err why = { 0 };
    bool found;
    if (!file_stat(item->path, &state, &found, &why)) {
        add_damage(loading, item->path, item->id, item->archived, &why);
        return false;
    }
    if (!found)
        return false; /* moved meanwhile: it will be found in the archive */
    if (!remembered(loading, item->path, &state, &summary)) {
        if (!shelf_read(loading->arena, item->path, &session, &why)) {
            if (why.code != ERR_NOT_FOUND)
                add_damage(loading, item->path, item->id, item->archived, &why);
            return false;
        }
        summary_of(&session, loading->arena, &summary);
        summary.project = loading->project;
        summary.path = item->path;
        summary.archived = item->archived;
        remember(loading, &summary, &state);
    }
    add_summary(loading, &summary);
    return true;
}

static bool folder_remembered(struct loading *loading, const char *folder,
                              const struct file_state *state)
{
    struct summaries known;
    struct err why = { 0 };
    if (!loading->catalog || loading->check_archive)
        return false;
    if (!catalog_folder_get(loading->catalog, loading->arena, folder, state, &known, &why)) {
        if (why.code != ERR_NOT_FOUND)
            loading->catalog = NULL;
        return false;
    }
    for (size_t i = 0; i < known.count; i++)
        add_summary(loading, &known.items[i]);
    return true;
}

/* A folder changed a moment ago may change again within the same tick of its clock. */
static bool settled(const struct file_state *state)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return state->mtime_ns < (int64_t)(now.tv_sec - 2) * CLOCK_SECOND_NS;
}

static bool add_archive_folder(struct loading *loading, const char *folder, struct err *err)
{
    struct file_state state;
    struct shelf_items items;
    struct err ignored = { 0 };
    bool found;
    if (!file_stat(folder, &state, &found, err))
        return false;
    if (!found || folder_remembered(loading, folder, &state))
        return true;
    if (!shelf_folder_items(loading->arena, folder, true, &items, err))
        return false;
    if (loading->catalog && !catalog_folder_clear(loading->catalog, folder, &ignored))
        loading->catalog = NULL;
    bool whole = true;
    for (size_t i = 0; i < items.count; i++)
        whole = add_item(loading, &items.items[i]) && whole;
    if (whole && loading->catalog && settled(&state) &&
        !catalog_folder_put(loading->catalog, folder, &state, &ignored))
        loading->catalog = NULL;
    return true;
}

static bool load_project(struct loading *loading, struct err *err)
{
    struct shelf_items open;
    const char **folders;
    size_t count;
    /* Open ones first: a session moved into the archive meanwhile is then seen twice, not never. */
    if (!shelf_open_items(loading->arena, loading->project, &open, err))
        return false;
    for (size_t i = 0; i < open.count; i++)
        (void)add_item(loading, &open.items[i]);
    if (!shelf_archive_folders(loading->arena, loading->project, &folders, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!add_archive_folder(loading, folders[i], err))
            return false;
    return true;
}

static int by_start(const void *left, const void *right)
{
    const struct summary *a = left;
    const struct summary *b = right;
    if (a->started_at_ns != b->started_at_ns)
        return a->started_at_ns < b->started_at_ns ? -1 : 1;
    int order = strcmp(a->id, b->id);
    if (order == 0)
        order = strcmp(a->project, b->project);
    return order ? order : (int)b->archived - (int)a->archived;
}

static bool same_session(const struct summary *a, const struct summary *b)
{
    return strcmp(a->id, b->id) == 0 && strcmp(a->project, b->project) == 0;
}

/* Sorted, and each once: the archived one of a pair stays. */
static void put_in_order(struct summaries *list)
{
    size_t kept = 0;
    if (list->count > 1)
        qsort(list->items, list->count, sizeof(*list->items), by_start);
    for (size_t i = 0; i < list->count; i++)
        if (!kept || !same_session(&list->items[kept - 1], &list->items[i]))
            list->items[kept++] = list->items[i];
    list->count = kept;
}

bool roster_load(struct arena *arena, const struct roster_wish *wish, struct roster *out,
                 struct err *err)
{
    struct loading loading = { arena, wish->catalog, NULL, wish->check_archive, out };
    struct err ignored = { 0 };
    bool begun = wish->catalog && catalog_begin(wish->catalog, &ignored);
    bool done = true;
    *out = (struct roster){ 0 };
    for (size_t i = 0; done && i < wish->project_count; i++) {
        struct err why = { 0 };
        loading.project = wish->projects[i];
        if (load_project(&loading, &why))
            continue;
        if (i > 0) {
            add_damage(&loading, wish->projects[i], NULL, false, &why);
            continue;
        }
        *err = why;
        done = false;
    }
    if (begun)
        (void)!catalog_commit(wish->catalog, &ignored);
    put_in_order(&out->sessions);
    return done;
}
