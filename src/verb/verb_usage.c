#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"
#include "doc/doc.h"
#include "measure/price.h"
#include "measure/tally.h"
#include "model/period.h"
#include "report/report_usage.h"
#include "store/ledger.h"
#include "verb/plan_value.h"
#include "verb/range.h"
#include "verb/verb.h"
#include "verb/verbs.h"

enum grouping { BY_DAY, BY_WEEK, BY_MONTH, BY_SESSION, BY_MODEL, BY_PROJECT };

static const struct unit {
    const char *word;
    const char *key;
    const char *head;
    enum grouping grouping;
    enum tally_order order;
} units[] = {
    { "daily", "day", "DAY", BY_DAY, TALLY_BY_KEY },
    { "weekly", "week", "WEEK", BY_WEEK, TALLY_BY_KEY },
    { "monthly", "month", "MONTH", BY_MONTH, TALLY_BY_KEY },
    { "session", "session", "AGENT SESSION", BY_SESSION, TALLY_BY_LAST },
    { "model", "model", "MODEL", BY_MODEL, TALLY_BY_COST },
    { "project", "project", "PROJECT", BY_PROJECT, TALLY_BY_COST },
};

struct counting {
    struct request *request;
    const struct unit *unit;
    struct period_rules rules;
    struct period_bucket bucket; /* the last one found: calls come by time */
    const char *project;         /* a pattern; NULL: any */
    const char *model;
};

static const struct unit *unit_of(const char *word)
{
    for (size_t i = 0; word && i < ARRAY_LEN(units); i++)
        if (strcmp(units[i].word, word) == 0)
            return &units[i];
    return &units[0];
}

static const char *key_of(struct counting *counting, const struct ledger_rollup *call)
{
    static const enum period_unit periods[] = { PERIOD_DAY, PERIOD_WEEK, PERIOD_MONTH };
    struct ledger *ledger = counting->request->ledger;
    switch (counting->unit->grouping) {
    case BY_SESSION:
        return ledger_text(ledger, call->session);
    case BY_MODEL:
        return ledger_text(ledger, call->model);
    case BY_PROJECT:
        return ledger_text(ledger, call->project);
    case BY_DAY:
    case BY_WEEK:
    case BY_MONTH:
        break;
    }
    struct period_bucket *bucket = &counting->bucket;
    if (call->first_at_ns < bucket->from_ns || call->first_at_ns >= bucket->to_ns)
        period_bucket_of(call->first_at_ns, periods[counting->unit->grouping], &counting->rules,
                         bucket);
    return bucket->name;
}

/* "." is this project; a path is that folder; other words are looked for in the folder's name. */
static bool project_fits(const struct counting *counting, const char *project)
{
    const char *wanted = counting->project;
    const char *slash = strrchr(project, '/');
    const char *name = slash && slash[1] ? slash + 1 : project;
    if (!wanted || strcmp(project, wanted) == 0 || text_matches(name, wanted))
        return true;
    return strcmp(wanted, ".") == 0 && counting->request->home.project &&
           strcmp(project, counting->request->home.project) == 0;
}

static bool fits(const struct counting *counting, const struct ledger_rollup *call)
{
    struct ledger *ledger = counting->request->ledger;
    return project_fits(counting, ledger_text(ledger, call->project)) &&
           (!counting->model || text_matches(ledger_text(ledger, call->model), counting->model));
}

static bool count(struct counting *counting, const struct period *period, struct tally *tally,
                  struct err *err)
{
    struct ledger_window window = { .from_ns = period->from_ns, .to_ns = period->until_ns };
    CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = NULL;
    struct ledger_rollup roll;
    bool more;
    if (!ledger_rollups_open(counting->request->ledger, &window, &cursor, err))
        return false;
    while (ledger_rollups_next(cursor, &roll, &more, err) && more)
        if (fits(counting, &roll))
            tally_join(tally, key_of(counting, &roll), roll.first_at_ns, roll.last_at_ns,
                       &roll.sum);
    return err->code == ERR_NONE;
}

static bool find_damages(struct request *request, struct usage_facts *facts, struct err *err)
{
    struct ledger_totals totals;
    struct ledger_damage *first;
    size_t found;
    if (!ledger_totals(request->ledger, &totals, err) ||
        !ledger_damages(request->ledger, request->arena, 1, &first, &found, err))
        return false;
    facts->damages = totals.damages;
    if (found)
        facts->first_damage = arena_printf(request->arena, "%s, byte %" PRId64 ": %s", first->path,
                                           first->offset, first->reason);
    return true;
}

static bool run(struct request *request, struct doc *out, struct err *err)
{
    struct tally tally;
    struct period period;
    struct counting counting = {
        .request = request,
        .unit = unit_of(request_text(request, "by")),
        .project = request_text(request, "project"),
        .model = request_text(request, "model"),
    };
    struct usage_facts facts = {
        .tally = &tally,
        .key = counting.unit->key,
        .head = counting.unit->head,
        .measured = request->ledger != NULL,
    };
    tally_init(&tally, request->arena);
    if (!range_rules(request, &counting.rules, err) ||
        !range_since_until(request, &counting.rules, &period, err))
        return false;
    if (request->ledger &&
        (!count(&counting, &period, &tally, err) || !find_damages(request, &facts, err)))
        return false;
    tally_sort(&tally, counting.unit->order);
    range_title(out, "Usage from logs, list prices", &period);
    report_usage(&facts, out);
    doc_fact(out, "price_table", figure_text(price_table_name(request->arena, request->prices)));
    return counting.unit->grouping != BY_MONTH || plan_value_add(request, out, err);
}

const struct verb verb_usage = {
    .name = "usage",
    .summary = "Tokens and money from the agents' logs: usage [daily|weekly|monthly|session|model|project]",
    .flags = VERB_LEDGER | VERB_FIRST,
    .params = {
        { "by", PARAM_WORD, "daily, weekly, monthly, session, model or project",
          "|daily|weekly|monthly|session|model|project|", false },
        { "since", PARAM_TEXT, "first day, week or month: 2026-10-01, 2026-W40, 7d", NULL, false },
        { "until", PARAM_TEXT, "last day, week or month", NULL, false },
        { "project", PARAM_TEXT, "only this project: a folder, a name with *, or . for this one", NULL, false },
        { "model", PARAM_TEXT, "only this model; * stands for anything", NULL, false },
        { "all-projects", PARAM_FLAG, "every project (as without --project)", NULL, false },
    },
    .run = run,
};
