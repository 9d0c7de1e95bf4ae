#pragma once
/*
 * roster - the sessions of a project, or of all projects, as summaries: through the catalog where
 * it is good, from the files where it is not.
 *
 * Open session files are looked at each time; an archive folder only when it has changed. What
 * cannot be read is told, not left out in silence.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "model/summary.h"

struct arena;
struct catalog;

struct roster_damage {
    const char *path;
    const char *what;
    const char *id; /* the session by its file's name; NULL: a folder */
    enum err_code code;
    bool archived;
};

struct roster {
    struct summaries sessions; /* by start, then id */
    struct roster_damage *damages;
    size_t damage_count;
};

struct roster_wish {
    struct catalog *catalog;     /* NULL: read the files */
    const char *const *projects; /* folders that hold .claude/ */
    size_t project_count;
    bool check_archive; /* look at every archived file, whatever the catalog says */
};

/* ERR_IO when a folder of the first project cannot be read; the others' are damages. */
bool roster_load(struct arena *arena, const struct roster_wish *wish, struct roster *out,
                 struct err *err) MUST_USE;
