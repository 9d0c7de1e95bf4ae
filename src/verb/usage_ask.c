#include "verb/usage_ask.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"
#include "store/ledger.h"
#include "verb/range.h"
#include "verb/verb.h"

enum { SUNDAY = 7 };

/* Another tool's shape has no place for what that tool does not know. */
static bool check_together(const struct usage_ask *ask, struct err *err)
{
    enum usage_grouping by = ask->unit->grouping;
    const char *word = ask->unit->word;
    bool known_there = by <= USAGE_BY_SESSION || by == USAGE_BY_BLOCK;
    if (ask->ccusage && !known_there)
        return err_set(err, ERR_USAGE,
                       "--format ccusage takes daily, weekly, monthly, session or blocks, not '%s'",
                       word);
    if (ask->instances && !(ask->ccusage && by == USAGE_BY_DAY))
        return err_set(err, ERR_USAGE,
                       "--instances is for 'usage daily --format ccusage'; else "
                       "see 'usage project' and --project");
    if ((ask->breakdown || ask->model) && by == USAGE_BY_TOOL)
        return err_set(err, ERR_USAGE,
                       "the logs do not say which model called a tool: "
                       "no --breakdown or --model with 'usage tool'");
    if (by == USAGE_EXPLAIN && (ask->model || ask->project || request_flag(ask->request, "level")))
        return err_set(err, ERR_USAGE,
                       "'usage explain' compares all calls of a range or of a "
                       "--session: no --project, --model or --level");
    if (by != USAGE_BY_BLOCK &&
        (request_flag(ask->request, "active") || request_flag(ask->request, "recent")))
        return err_set(err, ERR_USAGE, "--active and --recent are for 'usage blocks'");
    return true;
}

static bool read_level(struct usage_ask *ask, struct err *err)
{
    const char *word = request_text(ask->request, "level");
    if (!word)
        return true;
    ask->level = level_from_word(word);
    if (ask->level == LEVEL_NONE)
        return err_set(err, ERR_USAGE, "no level '%s': dev, prod, plan or coded", word);
    return !ask->request->ledger || account_owners(ask->request, &ask->owners, err);
}

bool usage_ask_read(struct request *request, const struct usage_unit *unit, struct usage_ask *out,
                    struct err *err)
{
    const char *order = request_text(request, "order");
    *out = (struct usage_ask){
        .request = request,
        .unit = unit,
        .project = request_text(request, "project"),
        .model = request_text(request, "model"),
        /* A model's rows are its models already. */
        .breakdown = request_flag(request, "breakdown") && unit->grouping != USAGE_BY_MODEL,
        .instances = request_flag(request, "instances"),
        .ccusage = strcmp(request->format, "ccusage") == 0,
        .newest_first = order && strcmp(order, "desc") == 0,
    };
    if (!check_together(out, err) || !range_rules(request, &out->rules, err))
        return false;
    if (out->ccusage)
        out->rules.week_start = SUNDAY;
    return range_since_until(request, &out->rules, &out->period, err) && read_level(out, err);
}

struct ledger_window usage_ask_window(const struct usage_ask *ask)
{
    return (struct ledger_window){ .from_ns = ask->period.from_ns, .to_ns = ask->period.until_ns };
}

/* "." is this project; a path is that folder; other words are looked for in the folder's name. */
static bool project_fits(const struct usage_ask *ask, const char *project)
{
    const char *wanted = ask->project;
    const char *slash = strrchr(project, '/');
    const char *name = slash && slash[1] ? slash + 1 : project;
    if (strcmp(project, wanted) == 0 || text_matches(name, wanted))
        return true;
    return strcmp(wanted, ".") == 0 && ask->request->home.project &&
           strcmp(project, ask->request->home.project) == 0;
}

bool usage_ask_place(const struct usage_ask *ask, int64_t session, int64_t project, int64_t at_ns)
{
    if (ask->project && !project_fits(ask, ledger_text(ask->request->ledger, project)))
        return false;
    if (ask->level == LEVEL_NONE)
        return true;
    const struct summary *owner = account_owner(&ask->owners, session, project, at_ns);
    return owner && owner->level == ask->level;
}

bool usage_ask_model_fits(const struct usage_ask *ask, int64_t model)
{
    return !ask->model || text_matches(ledger_text(ask->request->ledger, model), ask->model);
}

bool usage_ask_call(const struct usage_ask *ask, const struct ledger_call *call)
{
    return usage_ask_model_fits(ask, call->model) &&
           usage_ask_place(ask, call->session, call->project, call->at_ns);
}

/* ccusage has fast calls under a name of their own. */
const char *usage_ask_model(const struct usage_ask *ask, const struct ledger_call *call,
                            char scratch[USAGE_NAME_SIZE])
{
    const char *model = ledger_text(ask->request->ledger, call->model);
    if (!ask->ccusage || call->speed != CALL_FAST)
        return model;
    (void)snprintf(scratch, USAGE_NAME_SIZE, "%s-fast", model);
    return scratch;
}

bool usage_ask_flaws(const struct usage_ask *ask, struct usage_flaws *out, struct err *err)
{
    struct request *request = ask->request;
    struct ledger_totals totals;
    struct ledger_damage *first;
    size_t found;
    *out = (struct usage_flaws){ 0 };
    if (!request->ledger)
        return true;
    if (!ledger_totals(request->ledger, &totals, err) ||
        !ledger_damages(request->ledger, request->arena, 1, &first, &found, err))
        return false;
    out->damages = totals.damages;
    if (found)
        out->first_damage = arena_printf(request->arena, "%s, byte %" PRId64 ": %s", first->path,
                                         first->offset, first->reason);
    return true;
}
