#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "doc/doc.h"
#include "model/period.h"
#include "report/report_list.h"
#include "verb/account.h"
#include "verb/range.h"
#include "verb/verb.h"
#include "verb/verbs.h"

static bool read_level(const struct request *request, enum level *level, struct err *err)
{
    const char *word = request_text(request, "level");
    *level = word ? level_from_word(word) : LEVEL_NONE;
    if (word && *level == LEVEL_NONE)
        return err_set(err, ERR_USAGE,
                       "unknown level '%s'; levels are dev, prod, plan, coded (or 1 to 4)", word);
    return true;
}

/* Began before the range ended, and had not ended before it began. */
static bool within(const struct summary *session, const struct period *period)
{
    return session->started_at_ns < period->until_ns &&
           (session->ended_at_ns == 0 || session->ended_at_ns >= period->from_ns);
}

static bool run(struct request *request, struct doc *out, struct err *err)
{
    struct period_rules rules;
    struct period period;
    struct account account;
    enum level level;
    const char *range = request_text(request, "range");
    if (!range_rules(request, &rules, err) || !read_level(request, &level, err) ||
        !period_parse(request->arena, range ? range : "all", &rules, &period, err))
        return false;
    struct account_window window = {
        .from_ns = INT64_MIN,
        .to_ns = INT64_MAX,
        .all_projects = request_flag(request, "all-projects") || !request->home.project,
    };
    if (!account_load(request, &window, &account, err))
        return false;
    struct list_session *listed =
        arena_alloc(request->arena, (account.count + 1) * sizeof(*listed));
    struct list_facts facts = { listed, 0, account.measured, window.all_projects };
    for (size_t i = account.count; i > 0; i--) { /* the newest first */
        const struct summary *session = &account.sessions[i - 1];
        if ((level == LEVEL_NONE || session->level == level) && within(session, &period) &&
            (!request_flag(request, "open") || session->status < SESSION_COMPLETED))
            listed[facts.count++] = (struct list_session){ session, &account.worked[i - 1] };
    }
    range_title(out, "Sessions", &period);
    report_list(&facts, out);
    account_warn(&account, out);
    return true;
}

const struct verb verb_list = {
    .name = "list",
    .summary = "Sessions, newest first: list [RANGE] [--level prod] [--open]",
    .flags = VERB_LEDGER | VERB_CATALOG | VERB_FIRST,
    .params = {
        { "range", PARAM_REST, "today, week, 7d, 2026-10, 2026-09-01..2026-09-30; all when not given", NULL, false },
        { "level", PARAM_TEXT, "only this level", NULL, false },
        { "open", PARAM_FLAG, "only sessions that have not ended", NULL, false },
        { "all-projects", PARAM_FLAG, "of every project", NULL, false },
    },
    .run = run,
};
