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
#include "model/summary.h"

struct arena;
struct catalog;
struct err;

struct roster_damage {
    const char *path;
    const char *what;
};

struct roster {
    struct summaries sessions; /* by start, then id */
    struct roster_damage *damages;
    size_t damage_count;
};

/* `catalog` may be NULL. ERR_IO when a folder of the first project cannot be read; the others' are
 * damages. With `check_archive` every archived file is looked at, too. */
bool roster_load(struct arena *arena, struct catalog *catalog, const char *const *projects,
                 size_t project_count, bool check_archive, struct roster *out,
                 struct err *err) MUST_USE;
