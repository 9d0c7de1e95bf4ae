#pragma once
/*
 * commit - the one door through which files change: all of the new content or all of the old.
 *
 * Temporary file beside the target, write, fsync, rename, fsync of the folder; true only after
 * the last of them. After a failure the old content is still there, and no retry is made on the
 * same descriptor: an fsync that failed once may lie the second time. The caller holds the
 * store's lock, so a temporary file that is found was left by a dead process.
 *
 * Files are 0600 and folders 0700, whatever the umask.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

struct arena;
struct err;

/* Put `bytes` at `path`, over what is there. */
bool commit_replace(const char *path, const char *bytes, size_t length, struct err *err) MUST_USE;
/* Put `bytes` at `path`; ERR_ACTIVE, and nothing changed, when something has that name. */
bool commit_create(const char *path, const char *bytes, size_t length, struct err *err) MUST_USE;
/* Move a file; ERR_ACTIVE, and nothing changed, when something has the new name. */
bool commit_move(const char *from, const char *to, struct err *err) MUST_USE;
/* Make the folders `below` ("a/b/c") that are missing under `base`, which exists; each is durable
 * before the next. */
bool commit_folder(const char *base, const char *below, struct err *err) MUST_USE;
/* The folder that `path` lies in, made the same way from the first that is missing. */
bool commit_parent(const char *path, struct err *err) MUST_USE;
/* Remove temporary files that dead writers left in a folder. Best effort. */
void commit_sweep(struct arena *arena, const char *folder);
/* The same for one file, in a folder that is too large to look through. */
void commit_forget(const char *path);
