#pragma once
/*
 * shelf - the session files of one project: where they are, and how they change.
 *
 * Open: <level folder>/sessions/<id>.json. Ended: <level folder>/sessions/archive/YYYY/<id>.json
 * beside <id>.md. Nothing is ever deleted. Readers take no lock and see the old file or the new
 * one. A writer opens the shelf (which locks it, sweeps what dead writers left and finishes moves
 * that were cut short), reads again under the lock, changes, saves. A file that cannot be read or
 * understood is never written over.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/file.h"
#include "model/id.h"
#include "model/session.h"

struct arena;
struct err;
struct home;
struct shelf; /* held by a writer */

struct shelf_item {
    char id[ID_SIZE];
    const char *path;
    bool archived;
};

struct shelf_items {
    struct shelf_item *items;
    size_t count;
};

/* --- reading ------------------------------------------------------------------------------- */
/* Session files by level and id. `project` is the folder that holds .claude/. */
bool shelf_open_items(struct arena *arena, const char *project, struct shelf_items *out,
                      struct err *err) MUST_USE;
bool shelf_archived_items(struct arena *arena, const char *project, struct shelf_items *out,
                          struct err *err) MUST_USE;
/* The archive's year folders, as paths: the catalog remembers each one's state. */
bool shelf_archive_folders(struct arena *arena, const char *project, const char ***folders,
                           size_t *count, struct err *err) MUST_USE;
bool shelf_folder_items(struct arena *arena, const char *folder, bool archived,
                        struct shelf_items *out, struct err *err) MUST_USE;
bool shelf_read(struct arena *arena, const char *path, struct session *out,
                struct err *err) MUST_USE;
/* Open or archived, by its whole id. ERR_NOT_FOUND when it is in neither place. */
bool shelf_find(struct arena *arena, const char *project, const char *id, struct shelf_item *out,
                struct err *err) MUST_USE;

/* --- writing ------------------------------------------------------------------------------- */
/* ERR_BUSY when another writer does not finish within `wait_ms`. Makes the data folder. */
bool shelf_open(struct arena *arena, const struct home *home, int wait_ms, struct shelf **out,
                struct err *err) MUST_USE;
void shelf_close(struct shelf **shelf);
/* ERR_ACTIVE when the id is taken, open or archived: try the next. `path` is where it is. */
bool shelf_create(struct shelf *shelf, const struct session *session, const char **path,
                  struct err *err) MUST_USE;
/* ERR_NEWER when the file asks for a newer version. */
bool shelf_save(struct shelf *shelf, const struct session *session, const char **path,
                struct err *err) MUST_USE;
/* Save an ended session and move it into the archive, with its summary beside it. */
bool shelf_archive(struct shelf *shelf, const struct session *session, const char *summary,
                   const char **path, const char **summary_path, struct err *err) MUST_USE;
/* The project's own settings or a template, below its data folder ("config.json"). */
bool shelf_put_file(struct shelf *shelf, const char *below, const char *bytes, size_t length,
                    struct err *err) MUST_USE;
