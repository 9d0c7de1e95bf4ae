#include "verb/verb.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "doc/doc.h"
#include "verb/setup.h"
#include "verb/verbs.h"

/* In the order of `help`. */
static const struct verb *const verbs[] = {
    &verb_start,   &verb_status, &verb_end,      &verb_report,  &verb_task, &verb_list,
    &verb_show,    &verb_usage,  &verb_config,   &verb_help,    &verb_sync, &verb_doctor,
    &verb_reindex, &verb_prices, &verb_template, &verb_version,
};

const struct verb *verb_at(size_t index)
{
    return index < ARRAY_LEN(verbs) ? verbs[index] : NULL;
}

const struct verb *verb_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
        if (strcmp(verbs[i]->name, name) == 0)
            return verbs[i];
    return NULL;
}

/* --- parameters ----------------------------------------------------------------------------- */

static bool is_option(const struct param *param)
{
    return param->kind != PARAM_WORD && param->kind != PARAM_REST;
}

static size_t param_index(const struct verb *verb, const char *name)
{
    for (size_t i = 0; i < VERB_PARAMS && verb->params[i].name; i++)
        if (strcmp(verb->params[i].name, name) == 0)
            return i;
    return VERB_PARAMS;
}

static bool allowed(const struct param *param, const char *value, struct err *err)
{
    size_t length = strlen(value);
    if (!param->values)
        return true;
    for (const char *at = param->values; length && (at = strstr(at, value)); at++)
        if (at[-1] == '|' && at[length] == '|')
            return true;
    return err_set(err, ERR_USAGE, "'%s' is not one of %s", value, param->values);
}

bool request_word(struct request *request, const char *word, struct err *err)
{
    const struct verb *verb = request->verb;
    for (size_t i = 0; i < VERB_PARAMS && verb->params[i].name; i++) {
        const struct param *param = &verb->params[i];
        if (is_option(param) || (param->kind == PARAM_WORD && request->values[i]))
            continue;
        if (!allowed(param, word, err))
            return false;
        request->values[i] = request->values[i]
                                 ? arena_printf(request->arena, "%s %s", request->values[i], word)
                                 : word;
        return true;
    }
    return err_set(err, ERR_USAGE, "%s: what is '%s'? ('help %s' shows its words)", verb->name,
                   word, verb->name);
}

static void add_one(struct request *request, size_t i, const char *value)
{
    size_t count = request->many_count[i];
    const char **grown = arena_alloc(request->arena, (count + 1) * sizeof(*grown));
    if (count)
        memcpy(grown, request->many[i], count * sizeof(*grown));
    grown[count] = value;
    request->many[i] = grown;
    request->many_count[i] = count + 1;
}

bool request_option_takes_value(const struct request *request, const char *name)
{
    size_t i = param_index(request->verb, name);
    return i < VERB_PARAMS && request->verb->params[i].kind != PARAM_FLAG;
}

bool request_option(struct request *request, const char *name, const char *value, struct err *err)
{
    const struct verb *verb = request->verb;
    size_t i = param_index(verb, name);
    if (i == VERB_PARAMS || !is_option(&verb->params[i]))
        return err_set(err, ERR_USAGE, "%s has no option '--%s' ('help %s' shows its options)",
                       verb->name, name, verb->name);
    const struct param *param = &verb->params[i];
    if (param->kind == PARAM_FLAG && value)
        return err_set(err, ERR_USAGE, "'--%s' takes no value", name);
    if (param->kind != PARAM_FLAG && !value)
        return err_set(err, ERR_USAGE, "'--%s' needs a value", name);
    if (value && !allowed(param, value, err))
        return false;
    if (param->kind == PARAM_MANY)
        add_one(request, i, value);
    request->values[i] = value ? value : "";
    return true;
}

const char *request_text(const struct request *request, const char *name)
{
    size_t i = param_index(request->verb, name);
    assert(i < VERB_PARAMS);
    return request->values[i];
}

bool request_flag(const struct request *request, const char *name)
{
    return request_text(request, name) != NULL;
}

void request_many(const struct request *request, const char *name, const char ***items,
                  size_t *count)
{
    size_t i = param_index(request->verb, name);
    assert(i < VERB_PARAMS);
    *items = request->many[i];
    *count = request->many_count[i];
}

/* "14:55", of the local day of `now_ns`. */
static bool time_of_day(const char *text, int64_t now_ns, int64_t *at_ns)
{
    static const char digits[] = "0123456789";
    size_t length = strlen(text);
    if (length != 5 || text[2] != ':' || strspn(text, digits) != 2 || strspn(text + 3, digits) != 2)
        return false;
    int hour = (text[0] - '0') * 10 + text[1] - '0';
    int minute = (text[3] - '0') * 10 + text[4] - '0';
    struct civil today = clock_civil(now_ns);
    *at_ns = clock_from_civil(today.year, today.month, today.day, hour, minute);
    return hour < 24 && minute < 60;
}

/* "2026-10-06 14:55", local. */
static bool local_time(struct arena *arena, const char *text, int64_t *at_ns)
{
    int64_t date_ns;
    const char *as_utc = arena_printf(arena, "%s:00Z", text);
    if (strlen(text) != 16 || !clock_parse(as_utc, strlen(as_utc), &date_ns))
        return false;
    int64_t minutes = date_ns / CLOCK_MINUTE_NS; /* what the wall shows, as if it were UTC */
    int64_t guess_ns = date_ns - (int64_t)clock_civil(date_ns).offset_seconds * CLOCK_SECOND_NS;
    struct civil day = clock_civil(guess_ns);
    *at_ns = clock_from_civil(day.year, day.month, day.day, (int)(minutes / 60 % 24),
                              (int)(minutes % 60));
    return true;
}

bool request_time(const struct request *request, const char *name, int64_t *at_ns, struct err *err)
{
    const char *text = request_text(request, name);
    *at_ns = request->now_ns;
    if (!text)
        return true;
    if (!clock_parse(text, strlen(text), at_ns) && !time_of_day(text, request->now_ns, at_ns) &&
        !local_time(request->arena, text, at_ns))
        return err_set(
            err, ERR_USAGE,
            "--%s '%s' is not a time such as 14:55, 2026-10-06 14:55 or an RFC 3339 time", name,
            text);
    if (*at_ns > request->now_ns)
        return err_set(err, ERR_USAGE, "--%s '%s' is in the future", name, text);
    return true;
}

/* --- running -------------------------------------------------------------------------------- */

static bool check_required(const struct request *request, struct err *err)
{
    const struct verb *verb = request->verb;
    for (size_t i = 0; i < VERB_PARAMS && verb->params[i].name; i++)
        if (verb->params[i].required && !request->values[i])
            return err_set(err, ERR_USAGE, "%s: %s is missing ('help %s' shows how)", verb->name,
                           verb->params[i].name, verb->name);
    return true;
}

bool request_run(struct request *request, struct doc *out, struct err *err)
{
    if (!check_required(request, err) || !setup_places(request, err))
        return false;
    if (request->verb->prepare)
        request->verb->prepare(request);
    doc_init(out, request->arena,
             arena_printf(request->arena, "session-manager/%s", request->verb->name),
             request->now_ns);
    bool done = setup_stores(request, out, err) && request->verb->run(request, out, err);
    setup_undo(request);
    return done;
}
