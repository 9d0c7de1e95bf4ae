#pragma once
/*
 * source - one kind of agent log: where its files are and what a line of them says.
 *
 * The table is in source.c. To add an agent: one file with a `const struct source`, one row.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct arena;
struct err;
struct harvester;

struct log_path {
    const char *path;    /* absolute */
    const char *session; /* the agent session this file belongs to; "" when only its lines say */
    const char *agent;   /* the subagent whose log this is; "" when of none */
    const char *label;   /* a name for the project when no line has a cwd */
};

struct log_paths {
    struct log_path *items; /* sorted by path */
    size_t count;
};

struct source {
    const char *name; /* "claude" */
    /* All log files below `folder` (an agent's config folder); a folder without logs has none. */
    bool (*find)(struct arena *arena, const char *folder, struct log_paths *out, struct err *err);
    /* What one line says goes into the harvest. Never fails: a bad line becomes a damage. */
    void (*line)(struct harvester *harvester, const char *line, size_t length, int64_t offset);
};

const struct source *source_at(size_t index); /* NULL past the end */
