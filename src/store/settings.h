#pragma once
/*
 * settings - what people may set, by name: the user's config.json overlaid by the project's.
 *
 * The table of settings, with their defaults and help, is in settings.c; an unknown name is an
 * error, so a typing mistake is never silently ignored. A setting that holds a map ("services")
 * is set entry by entry: "services.mcp__stripe*".
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct arena;
struct err;
struct home;
struct json;

enum setting_kind { SETTING_TEXT, SETTING_SHARE, SETTING_LIST, SETTING_MAP };

struct setting {
    const char *name;
    enum setting_kind kind;
    const char *fallback; /* as people write it; "" for an empty list or map */
    const char *allowed;  /* of a text: "|monday|sunday|"; NULL: anything */
    const char *help;
};

struct settings {
    struct arena *arena;
    const struct json *user; /* NULL: no file */
    const struct json *project;
    const char *user_path;
    const char *project_path;
};

const struct setting *setting_at(size_t index); /* NULL past the end */
const struct setting *setting_find(const char *name,
                                   const char **entry); /* entry: after the dot of a map */

/* ERR_DAMAGED with line and column for a file that is not valid or holds an unknown name. */
bool settings_load(struct arena *arena, const struct home *home, struct settings *out,
                   struct err *err) MUST_USE;
/* The value in force, as text; "" when there is none. `from`: "default", "user" or "project". */
const char *settings_show(const struct settings *settings, const struct setting *setting,
                          const char *entry, const char **from);
const char *settings_text(const struct settings *settings, const char *name);
double settings_share(const struct settings *settings, const char *name);
/* The entries of a map (values NULL for a list), the project's first, then the user's. */
void settings_entries(const struct settings *settings, const char *name, const char ***keys,
                      const char ***values, size_t *count);
/* The text of the file with one setting changed (NULL value: taken out). ERR_USAGE for a value
 * that the setting does not allow. */
bool settings_changed(const struct settings *settings, bool in_project, const char *name,
                      const char *value, const char **file_text, struct err *err) MUST_USE;
/* Write the user's file, under a lock of its own; read, changed and written in one go. */
bool settings_put_user(struct arena *arena, const struct home *home, const char *name,
                       const char *value, struct err *err) MUST_USE;
