#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "doc/doc.h"
#include "measure/price.h"
#include "model/period.h"
#include "report/report_range.h"
#include "verb/account.h"
#include "verb/plan_value.h"
#include "verb/range.h"
#include "verb/verb.h"
#include "verb/verbs.h"

static bool within(const struct summary *session, const struct period *period)
{
    return session->started_at_ns < period->until_ns &&
           (session->ended_at_ns == 0 || session->ended_at_ns > period->from_ns);
}

static const char *heading(const char *range)
{
    static const struct {
        const char *word;
        const char *heading;
    } headings[] = {
        { "today", "DAILY SUMMARY" },  { "yesterday", "DAILY SUMMARY" },
        { "week", "WEEKLY REPORT" },   { "last-week", "WEEKLY REPORT" },
        { "month", "MONTHLY REPORT" }, { "last-month", "MONTHLY REPORT" },
    };
    for (size_t i = 0; i < ARRAY_LEN(headings); i++)
        if (strcmp(headings[i].word, range) == 0)
            return headings[i].heading;
    return "REPORT";
}

static bool run(struct request *request, struct doc *out, struct err *err)
{
    struct period_rules rules;
    struct period period;
    struct account account;
    const char *range = request_text(request, "range");
    if (!range)
        range = "today";
    if (!range_rules(request, &rules, err) ||
        !period_parse(request->arena, range, &rules, &period, err))
        return false;
    struct account_window window = {
        .from_ns = period.from_ns,
        .to_ns = period.until_ns,
        .all_projects = request_flag(request, "all-projects") || !request->home.project,
    };
    if (!account_load(request, &window, &account, err))
        return false;
    struct range_session *sessions =
        arena_alloc(request->arena, (account.count + 1) * sizeof(*sessions));
    struct range_facts facts = {
        .sessions = sessions,
        .total = &account.total,
        .unattributed = &account.unattributed,
        .measured = account.measured,
    };
    for (size_t i = 0; i < account.count; i++)
        if (within(&account.sessions[i], &period))
            sessions[facts.count++] =
                (struct range_session){ &account.sessions[i], &account.worked[i] };
    range_title(out, heading(range), &period);
    report_range(&facts, out);
    account_warn(&account, out);
    doc_fact(out, "price_table", figure_text(price_table_name(request->arena, request->prices)));
    return strcmp(range, "month") != 0 || plan_value_add(request, out, err);
}

const struct verb verb_report = {
    .name = "report",
    .summary = "A report: report today|yesterday|week|month|RANGE",
    .flags = VERB_LEDGER | VERB_CATALOG | VERB_FIRST,
    .params = {
        { "range", PARAM_REST, "today, yesterday, week, last-week, month, 7d, 2026-10, "
          "2026-09-01..2026-09-30, all; today when not given", NULL, false },
        { "all-projects", PARAM_FLAG, "of every project", NULL, false },
    },
    .run = run,
};
