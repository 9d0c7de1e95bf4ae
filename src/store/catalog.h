#pragma once
/*
 * catalog - summaries of session files, so that questions over many need not open each. Derived.
 *
 * The files are the truth. Every row remembers the state of its file, and an archive folder's row
 * says that all its files are in here; whoever finds a state changed reads the file again. A
 * catalog that is damaged or of another version is thrown away and made anew; no verb fails for
 * want of one.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/file.h"
#include "model/summary.h"

struct arena;
struct err;
struct catalog;

bool catalog_open(const char *path, int wait_ms, struct catalog **out, struct err *err) MUST_USE;
void catalog_close(struct catalog **catalog);

/* ERR_NOT_FOUND when it has no row for `path` with the file in this state. */
bool catalog_get(struct catalog *catalog, struct arena *arena, const char *path,
                 const struct file_state *state, struct summary *out, struct err *err) MUST_USE;
/* The summaries of a folder whose state is as remembered; ERR_NOT_FOUND when it is not. */
bool catalog_folder_get(struct catalog *catalog, struct arena *arena, const char *folder,
                        const struct file_state *state, struct summaries *out,
                        struct err *err) MUST_USE;
/* One transaction around many puts. */
bool catalog_begin(struct catalog *catalog, struct err *err) MUST_USE;
bool catalog_commit(struct catalog *catalog, struct err *err) MUST_USE;
/* summary->path says where the file is. */
bool catalog_put(struct catalog *catalog, const struct summary *summary,
                 const struct file_state *state, struct err *err) MUST_USE;
/* Everything put for this folder since catalog_folder_clear() is all it holds. */
bool catalog_folder_put(struct catalog *catalog, const char *folder, const struct file_state *state,
                        struct err *err) MUST_USE;
bool catalog_folder_clear(struct catalog *catalog, const char *folder, struct err *err) MUST_USE;
/* Throw everything away. */
bool catalog_clear(struct catalog *catalog, struct err *err) MUST_USE;
