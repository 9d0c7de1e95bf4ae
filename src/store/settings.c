#include "store/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "store/commit.h"
#include "store/home.h"
#include "store/lock.h"

enum { CONFIG_LIMIT = 1 << 20, USER_WAIT_MS = 5000 };

/* clang-format off */
static const struct setting table[] = {
    { "alerts.cost", SETTING_SHARE, "0.80", NULL,
      "share of a budget at which a cost alert is raised" },
    { "alerts.errors", SETTING_SHARE, "0.10", NULL,
      "share of failed calls above which an error alert is raised" },
    { "alerts.quality", SETTING_SHARE, "0.85", NULL,
      "overall quality score below which a quality alert is raised" },
    { "alerts.time", SETTING_SHARE, "1.20", NULL,
      "share of the estimated time at which a time alert is raised" },
    { "day_start", SETTING_TEXT, "00:00", NULL,
      "local time at which a day begins in reports, 00:00 to 12:00" },
    { "level_words", SETTING_MAP, "", NULL,
      "words of a purpose that speak for a level: level_words.mockup plan" },
    { "log_folders", SETTING_LIST, "", NULL,
      "more config folders of agents to read logs from, with commas between" },
    { "plan", SETTING_TEXT, "none", "|none|api|pro|max5|max20|",
      "subscription: the month's list-price value is shown beside its price" },
    { "plan_usd", SETTING_TEXT, "", NULL,
      "what the plan costs you a month in dollars, where it is not its public price" },
    { "services", SETTING_MAP, "", NULL,
      "tool names (with *) that call an outside service: services.mcp__stripe* stripe" },
    { "timezone", SETTING_TEXT, "", NULL,
      "IANA name of the zone for days and times; empty is the system's" },
    { "week_start", SETTING_TEXT, "monday", "|monday|sunday|",
      "first day of a week in reports" },
};
/* clang-format on */

const struct setting *setting_at(size_t index)
{
    return index < ARRAY_LEN(table) ? &table[index] : NULL;
}

const struct setting *setting_find(const char *name, const char **entry)
{
    *entry = NULL;
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        size_t length = strlen(table[i].name);
        if (strcmp(name, table[i].name) == 0)
            return &table[i];
        if (table[i].kind == SETTING_MAP && strncmp(name, table[i].name, length) == 0 &&
            name[length] == '.' && name[length + 1]) {
            *entry = name + length + 1;
            return &table[i];
        }
    }
    return NULL;
}

/* --- reading -------------------------------------------------------------------------------- */

/* Numbers may be written as numbers; a list as a list. */
static const char *said(struct arena *arena, const struct json *value)
{
    if (json_kind(value) == JSON_IS_TEXT)
        return json_value_text(value, "");
    if (json_kind(value) == JSON_IS_LIST) {
        struct buf out;
        buf_init(&out, arena, CONFIG_LIMIT);
        for (size_t i = 0; i < json_length(value); i++)
            buf_addf(&out, "%s%s", i ? "," : "", json_value_text(json_item(value, i), ""));
        return out.text;
    }
    if (json_kind(value) == JSON_IS_COUNT || json_kind(value) == JSON_IS_DECIMAL)
        return arena_printf(arena, "%g", json_value_decimal(value, 0));
    return NULL;
}

static bool among(const char *words, const char *word)
{
    size_t length = strlen(word);
    if (strchr(word, '|'))
        return false;
    for (const char *at = strchr(words, '|'); at && at[1]; at = strchr(at + 1, '|'))
        if (strncmp(at + 1, word, length) == 0 && at[1 + length] == '|')
            return true;
    return false;
}

static bool allowed(const struct setting *setting, const char *value, struct err *err)
{
    char *end;
    double share;
    switch (setting->kind) {
    case SETTING_SHARE:
        share = strtod(value, &end);
        if (end == value || *end || !(share > 0 && share <= 10))
            return err_set(err, ERR_USAGE, "'%s' takes a share such as 0.8, not '%s'",
                           setting->name, value);
        return true;
    case SETTING_TEXT:
        if (setting->allowed && !among(setting->allowed, value))
            return err_set(err, ERR_USAGE, "'%s' takes one of %s, not '%s'", setting->name,
                           setting->allowed, value);
        return true;
    case SETTING_LIST:
    case SETTING_MAP:
        return true;
    }
    return true;
}

static bool all_texts(const struct json *value)
{
    for (size_t i = 0; json_kind(value) == JSON_IS_LIST && i < json_length(value); i++)
        if (json_kind(json_item(value, i)) != JSON_IS_TEXT)
            return false;
    if (json_kind(value) != JSON_IS_OBJECT)
        return true;
    for (const char *key = json_next_key(value, NULL); key; key = json_next_key(value, key))
        if (json_kind(json_get(value, key)) != JSON_IS_TEXT)
            return false;
    return true;
}

static bool check_value(struct arena *arena, const struct setting *setting,
                        const struct json *value, struct err *err)
{
    static const char *const kinds[] = { "a text", "a share", "a list of texts",
                                         "an object of texts" };
    const char *text = said(arena, value);
    enum json_kind kind = json_kind(value);
    if (kind == JSON_IS_NULL) /* as if it were not there */
        return true;
    bool right = setting->kind == SETTING_TEXT    ? kind == JSON_IS_TEXT
                 : setting->kind == SETTING_SHARE ? text && kind != JSON_IS_LIST
                 : setting->kind == SETTING_LIST  ? kind == JSON_IS_LIST && all_texts(value)
                                                  : kind == JSON_IS_OBJECT && all_texts(value);
    if (!right)
        return err_set(err, ERR_DAMAGED, "'%s' takes %s", setting->name, kinds[setting->kind]);
    if (allowed(setting, text ? text : "", err))
        return true;
    err->code = ERR_DAMAGED; /* what would be a wrong word on a command line */
    return false;
}

/* "//" is for comments. A map's entries are inside the map, never beside it. */
static bool check_member(struct arena *arena, const struct json *root, const char *key,
                         struct err *err)
{
    const char *entry;
    const struct setting *setting = setting_find(key, &entry);
    if (strcmp(key, "//") == 0)
        return true;
    if (setting && !entry)
        return check_value(arena, setting, json_get(root, key), err);
    return err_set(err, ERR_DAMAGED, "unknown setting '%s'; 'config list' shows them all", key);
}

static bool check_members(struct arena *arena, const struct json *root, const char *path,
                          struct err *err)
{
    if (json_kind(root) != JSON_IS_OBJECT) {
        (void)err_set(err, ERR_DAMAGED, "settings are an object of names and values");
        return err_at(err, "%s", path);
    }
    for (const char *key = json_next_key(root, NULL); key; key = json_next_key(root, key))
        if (!check_member(arena, root, key, err))
            return err_at(err, "%s", path);
    return true;
}

/* A file that is not there is no settings; any other failure is an error. */
static bool load(struct arena *arena, const char *path, const struct json **out, struct err *err)
{
    const char *bytes;
    size_t length;
    struct json *root;
    struct err why = { 0 };
    *out = NULL;
    if (!path)
        return true;
    if (!file_read(arena, path, CONFIG_LIMIT, &bytes, &length, &why)) {
        if (why.code == ERR_NOT_FOUND)
            return true;
        *err = why;
        return false;
    }
    if (!json_parse(arena, bytes, length, path, &root, err) ||
        !check_members(arena, root, path, err))
        return false;
    *out = root;
    return true;
}

bool settings_load(struct arena *arena, const struct home *home, struct settings *out,
                   struct err *err)
{
    *out = (struct settings){
        .arena = arena,
        .user_path = home->user_config,
        .project_path = home->project_config,
    };
    return load(arena, home->user_config, &out->user, err) &&
           load(arena, home->project_config, &out->project, err);
}

const char *settings_show(const struct settings *settings, const struct setting *setting,
                          const char *entry, const char **from)
{
    const struct json *const files[] = { settings->project, settings->user };
    static const char *const names[] = { "project", "user" };
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        const struct json *value = json_get(files[i], setting->name);
        const char *text = said(settings->arena, entry ? json_get(value, entry) : value);
        *from = names[i];
        if (text)
            return text;
    }
    *from = "default";
    return entry ? "" : setting->fallback;
}

const char *settings_text(const struct settings *settings, const char *name)
{
    const char *ignored;
    const struct setting *setting = setting_find(name, &ignored);
    return setting ? settings_show(settings, setting, NULL, &ignored) : "";
}

double settings_share(const struct settings *settings, const char *name)
{
    return strtod(settings_text(settings, name), NULL);
}

static size_t add_entries(struct arena *arena, const struct json *value, const char **keys,
                          const char **values, size_t count)
{
    for (size_t i = 0; json_kind(value) == JSON_IS_LIST && i < json_length(value); i++) {
        keys[count] = json_value_text(json_item(value, i), "");
        values[count++] = NULL;
    }
    if (json_kind(value) != JSON_IS_OBJECT)
        return count;
    for (const char *key = json_next_key(value, NULL); key; key = json_next_key(value, key)) {
        keys[count] = key;
        values[count++] = arena_strdup(arena, json_text(value, key, ""));
    }
    return count;
}

void settings_entries(const struct settings *settings, const char *name, const char ***keys,
                      const char ***values, size_t *count)
{
    const struct json *project = json_get(settings->project, name);
    const struct json *user = json_get(settings->user, name);
    size_t most = json_length(project) + json_length(user) + 1;
    *keys = arena_alloc(settings->arena, most * sizeof(**keys));
    *values = arena_alloc(settings->arena, most * sizeof(**values));
    *count = add_entries(settings->arena, project, *keys, *values, 0);
    *count = add_entries(settings->arena, user, *keys, *values, *count);
}

/* --- changing ------------------------------------------------------------------------------- */

static void set_list(struct json *root, const char *name, struct arena *arena, const char *value)
{
    struct json *list = json_set_list(root, name);
    for (const char *at = value; *at;) {
        size_t length = strcspn(at, ",");
        if (length)
            json_append_text(list, arena_printf(arena, "%.*s", (int)length, at));
        at += length + (at[length] == ',');
    }
}

static void set_value(struct json *root, struct arena *arena, const struct setting *setting,
                      const char *entry, const char *value)
{
    if (entry) {
        struct json *map = json_get(root, setting->name);
        if (json_kind(map) != JSON_IS_OBJECT)
            map = json_set_object(root, setting->name);
        if (value)
            json_set_text(map, entry, value);
        else
            json_remove(map, entry);
        return;
    }
    if (!value)
        json_remove(root, setting->name);
    else if (setting->kind == SETTING_LIST)
        set_list(root, setting->name, arena, value);
    else if (setting->kind == SETTING_SHARE)
        json_set_decimal(root, setting->name, strtod(value, NULL));
    else
        json_set_text(root, setting->name, value);
}

bool settings_changed(const struct settings *settings, bool in_project, const char *name,
                      const char *value, const char **file_text, struct err *err)
{
    const char *entry;
    const struct setting *setting = setting_find(name, &entry);
    const struct json *file = in_project ? settings->project : settings->user;
    if (!setting)
        return err_set(err, ERR_USAGE, "unknown setting '%s'; 'config list' shows them all", name);
    if (setting->kind == SETTING_MAP && !entry)
        return err_set(err, ERR_USAGE, "'%s' is set entry by entry: %s.NAME VALUE", name, name);
    if (value && !allowed(setting, value, err))
        return false;
    struct json *root = file ? json_clone(settings->arena, file) : json_new_object(settings->arena);
    set_value(root, settings->arena, setting, entry, value);
    struct buf out;
    buf_init(&out, settings->arena, CONFIG_LIMIT);
    json_write(root, &out);
    *file_text = out.text;
    return true;
}

bool settings_put_user(struct arena *arena, const struct home *home, const char *name,
                       const char *value, struct err *err)
{
    const char *slash = strrchr(home->user_config, '/');
    const char *folder =
        arena_printf(arena, "%.*s", (int)(slash - home->user_config), home->user_config);
    CLEANUP(lock_release) struct lock lock = { .fd = -1 };
    struct settings settings;
    const char *text = "";
    return commit_parent(home->user_config, err) &&
           lock_take(arena_printf(arena, "%s/lock", folder), USER_WAIT_MS, &lock, err) &&
           settings_load(arena, home, &settings, err) &&
           settings_changed(&settings, false, name, value, &text, err) &&
           commit_replace(home->user_config, text, strlen(text), err);
}
