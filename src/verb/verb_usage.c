#include <string.h>

#include "base/attr.h"
#include "doc/doc.h"
#include "measure/price.h"
#include "verb/plan_value.h"
#include "verb/usage_ask.h"
#include "verb/verb.h"
#include "verb/verbs.h"

/* clang-format off */
static const struct usage_unit units[] = {
    { "daily",   "day",      "day",     "DAY",           USAGE_BY_DAY,     TALLY_BY_KEY,  usage_rows_run },
    { "weekly",  "week",     "week",    "WEEK",          USAGE_BY_WEEK,    TALLY_BY_KEY,  usage_rows_run },
    { "monthly", "month",    "month",   "MONTH",         USAGE_BY_MONTH,   TALLY_BY_KEY,  usage_rows_run },
    { "session", "sessions", "session", "AGENT SESSION", USAGE_BY_SESSION, TALLY_BY_LAST, usage_rows_run },
    { "blocks",  "block",    "start",   "BLOCK",         USAGE_BY_BLOCK,   TALLY_BY_KEY,  usage_blocks_run },
    { "model",   "models",   "model",   "MODEL",         USAGE_BY_MODEL,   TALLY_BY_COST, usage_rows_run },
    { "project", "projects", "project", "PROJECT",       USAGE_BY_PROJECT, TALLY_BY_COST, usage_rows_run },
    { "branch",  "branches", "branch",  "BRANCH",        USAGE_BY_BRANCH,  TALLY_BY_COST, usage_rows_run },
    { "tool",    "tools",    "tool",    "TOOL",          USAGE_BY_TOOL,    TALLY_BY_KEY,  usage_tools_run },
    { "explain", "why",      "cause",   "CAUSE",         USAGE_EXPLAIN,    TALLY_BY_KEY,  usage_explain_run },
};
/* clang-format on */

static const struct usage_unit *unit_of(const char *word)
{
    for (size_t i = 0; word && i < ARRAY_LEN(units); i++)
        if (strcmp(units[i].word, word) == 0 || strcmp(units[i].also, word) == 0)
            return &units[i];
    return &units[0];
}

/* Only whose work a call was needs the sessions. */
static unsigned needs(const struct request *request)
{
    return VERB_LEDGER | (request_flag(request, "level") ? VERB_CATALOG : 0);
}

static bool run(struct request *request, struct doc *out, struct err *err)
{
    struct usage_ask ask;
    if (!usage_ask_read(request, unit_of(request_text(request, "by")), &ask, err))
        return false;
    account_warn_roster(&ask.owners.roster, out);
    if (!ask.unit->run(&ask, out, err))
        return false;
    if (ask.unit->grouping != USAGE_BY_TOOL)
        doc_fact(out, "price_table",
                 figure_text(price_table_name(request->arena, request->prices)));
    return ask.unit->grouping != USAGE_BY_MONTH || plan_value_add(request, out, err);
}

const struct verb verb_usage = {
    .name = "usage",
    .summary = "Tokens and money from the agents' logs: usage "
               "[daily|weekly|monthly|session|blocks|model|project|branch|tool|explain]",
    .flags = VERB_LEDGER | VERB_FIRST | VERB_TREE,
    .params = {
        { "by", PARAM_WORD, "daily, weekly, monthly, session, blocks, model, project, branch, tool or explain",
          "|daily|weekly|monthly|session|blocks|model|project|branch|tool|explain"
          "|day|week|month|sessions|block|models|projects|branches|tools|why|", false },
        { "since", PARAM_TEXT, "first day, week or month: 2026-10-01, 20261001, 2026-W40, 7d", NULL, false },
        { "until", PARAM_TEXT, "last day, week or month", NULL, false },
        { "project", PARAM_TEXT, "only this project: a folder, a name with *, or . for this one", NULL, false },
        { "model", PARAM_TEXT, "only this model; * stands for anything", NULL, false },
        { "level", PARAM_TEXT, "only calls of work sessions of this level: dev, prod, plan, coded", NULL, false },
        { "breakdown", PARAM_FLAG, "the models of each row below it", NULL, false },
        { "order", PARAM_TEXT, "asc or desc: the rows upside down", "|asc|desc|", false },
        { "active", PARAM_FLAG, "blocks: only the one that is active now", NULL, false },
        { "recent", PARAM_FLAG, "blocks: only those of the last three days", NULL, false },
        { "instances", PARAM_FLAG, "daily, --format ccusage: each project apart", NULL, false },
        { "offline", PARAM_FLAG, "taken for ccusage's sake: prices never come from the network", NULL, false },
        { "session", PARAM_TEXT, "explain: only this agent session, or ids that begin so", NULL, false },
        { "calls", PARAM_TEXT, "explain: how many differences to list one by one (20)", NULL, false },
        { "all-projects", PARAM_FLAG, "every project (as without --project)", NULL, false },
    },
    .needs = needs,
    .run = run,
};
