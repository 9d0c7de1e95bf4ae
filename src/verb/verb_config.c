#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "doc/doc.h"
#include "store/shelf.h"
#include "verb/range.h"
#include "verb/verb.h"
#include "verb/verbs.h"

static const struct column columns[] = {
    { "name", "SETTING", ALIGN_LEFT, 0 },
    { "value", "VALUE", ALIGN_LEFT, 0 },
    { "from", "FROM", ALIGN_LEFT, 0 },
    { "help", "WHAT IT IS", ALIGN_LEFT, COLUMN_WRAPS },
};

static unsigned needs(const struct request *request)
{
    bool in_project = request_flag(request, "project-only");
    const char *action = request_text(request, "action");
    return in_project && action && strcmp(action, "set") == 0 ? VERB_PROJECT | VERB_WRITES : 0;
}

static void add_row(struct request *request, struct doc *out, struct table *table,
                    const struct setting *setting, const char *entry)
{
    const char *from;
    const char *value = settings_show(&request->settings, setting, entry, &from);
    struct row *row = table_row(out, table);
    table_cell(out, row, 0,
               figure_text(entry ? arena_printf(out->arena, "%s.%s", setting->name, entry)
                                 : setting->name));
    table_cell(out, row, 1, figure_text(value));
    table_cell(out, row, 2, figure_text(from));
    table_cell(out, row, 3, figure_text(setting->help));
}

static void list(struct request *request, struct doc *out)
{
    struct table *table = doc_table(out, "rows", columns, ARRAY_LEN(columns));
    const struct setting *setting;
    for (size_t i = 0; (setting = setting_at(i)); i++) {
        const char **keys;
        const char **values;
        size_t count = 0;
        if (setting->kind == SETTING_MAP)
            settings_entries(&request->settings, setting->name, &keys, &values, &count);
        for (size_t k = 0; k < count; k++)
            add_row(request, out, table, setting, keys[k]);
        if (count == 0)
            add_row(request, out, table, setting, NULL);
    }
}

/* NULL, and the error set, when there is none of that name. */
static const struct setting *find(const char *name, const char **entry, struct err *err)
{
    const struct setting *setting = name ? setting_find(name, entry) : NULL;
    if (!setting && !name)
        (void)err_set(err, ERR_USAGE, "which setting? 'config list' shows them all");
    else if (!setting)
        (void)err_set(err, ERR_USAGE, "unknown setting '%s'; 'config list' shows them all", name);
    return setting;
}

static bool get(struct request *request, struct doc *out, struct err *err)
{
    const char *entry = NULL;
    const struct setting *setting = find(request_text(request, "name"), &entry, err);
    if (!setting)
        return false;
    add_row(request, out, doc_table(out, "rows", columns, ARRAY_LEN(columns)), setting, entry);
    return true;
}

/* What the settings' own table cannot tell; a bad zone would stop every verb, this one, too. */
static bool is_usable(const char *name, const char *value, struct err *err)
{
    int minutes;
    int64_t nano_usd;
    if (value && *value && strcmp(name, "plan_usd") == 0 &&
        (!text_money(value, &nano_usd) || nano_usd <= 0))
        return err_set(err, ERR_USAGE, "'plan_usd' takes an amount such as 180 or 19.99, not '%s'",
                       value);
    if (value && *value && strcmp(name, "timezone") == 0)
        return clock_zone_set(value, err);
    if (value && strcmp(name, "day_start") == 0 && !range_day_start(value, &minutes))
        return err_set(err, ERR_USAGE, "'day_start' takes a time from 00:00 to 12:00, not '%s'",
                       value);
    return true;
}

static bool set_in_project(struct request *request, const char *name, const char *value,
                           struct err *err)
{
    struct settings settings; /* read again, under the lock */
    const char *text;
    return settings_load(request->arena, &request->home, &settings, err) &&
           settings_changed(&settings, true, name, value, &text, err) &&
           shelf_put_file(request->shelf, "config.json", text, strlen(text), err);
}

static bool set(struct request *request, struct doc *out, struct err *err)
{
    const char *name = request_text(request, "name");
    const char *value = request_text(request, "value");
    bool in_project = request_flag(request, "project-only");
    const char *entry;
    if (!find(name, &entry, err) || !is_usable(name, value, err))
        return false;
    if (in_project ? !set_in_project(request, name, value, err)
                   : !settings_put_user(request->arena, &request->home, name, value, err))
        return false;
    struct line *line = doc_line(out, "Set");
    line_text(out, line, "%s = %s", name, value ? value : "(default)");
    doc_wrote(out, "wrote %s",
              in_project ? request->home.project_config : request->home.user_config);
    return true;
}

static bool run(struct request *request, struct doc *out, struct err *err)
{
    const char *action = request_text(request, "action");
    if (action && strcmp(action, "get") == 0)
        return get(request, out, err);
    if (action && strcmp(action, "set") == 0)
        return set(request, out, err);
    list(request, out);
    return true;
}

const struct verb verb_config = {
    .name = "config",
    .summary = "Settings: config list, config get NAME, config set NAME [VALUE]",
    .flags = VERB_FIRST,
    .params = {
        { "action", PARAM_WORD, "list, get or set", "|list|get|set|", false },
        { "name", PARAM_WORD, "the setting; of a map also its entry: services.mcp__stripe*", NULL, false },
        { "value", PARAM_REST, "its new value; none takes the setting out", NULL, false },
        { "project-only", PARAM_FLAG, "for this project instead of for you", NULL, false },
    },
    .needs = needs,
    .run = run,
};
