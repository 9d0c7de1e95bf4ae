#pragma once
/*
 * template - what a new session of a level begins with. Pure: the JSON text is given.
 *
 * {schema, schema_version, name, level, budget, estimate_minutes, session{metrics, level_metrics,
 * stages, gates, patterns}}. Built in are assets/template_*.json; a project's own
 * templates/<level>.json goes before them.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "model/level.h"

struct arena;
struct err;
struct json;

struct level_template {
    enum level level;
    const char *name;
    char hash[24]; /* of its bytes, "xxh3:0123456789abcdef": which one a session was made from */
    int64_t budget_nano_usd;  /* -1: none */
    int64_t estimate_minutes; /* -1: none */
    const struct json *session;
    const struct json *root;
};

/* ERR_DAMAGED says which member is wrong, with the file as the place. */
bool template_parse(struct arena *arena, const char *text, size_t length, const char *name,
                    struct level_template *out, struct err *err) MUST_USE;
