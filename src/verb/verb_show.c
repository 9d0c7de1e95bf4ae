#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "doc/doc.h"
#include "measure/alert.h"
#include "measure/worked.h"
#include "model/session.h"
#include "report/report_session.h"
#include "store/shelf.h"
#include "verb/account.h"
#include "verb/choose.h"
#include "verb/verb.h"
#include "verb/verbs.h"
#include "verb/watch.h"

static bool run(struct request *request, struct doc *out, struct err *err)
{
    struct roster roster;
    struct session session;
    struct worked worked;
    struct alert *alerts;
    bool measured;
    const char *word = request_text(request, "id");
    if (!account_roster(request, false, &roster, err))
        return false;
    const struct summary *chosen = choose_session(request, &roster, word ? word : "@", err);
    /* Read again, not from the catalog: people edit these files. */
    if (!chosen || !shelf_read(request->arena, chosen->path, &session, err))
        return false;
    struct summary summary;
    summary_of(&session, request->arena, &summary);
    summary.project = chosen->project;
    summary.path = chosen->path;
    summary.archived = chosen->archived;
    if (!account_session(request, &summary, &worked, &measured, out, err))
        return false;
    struct session_facts facts = {
        &session, &summary, &worked, measured, request->now_ns, NULL, 0
    };
    watch_session(request, &summary, &worked, &alerts, &facts.alert_count);
    facts.alerts = alerts;
    report_session(&facts, out);
    return true;
}

const struct verb verb_show = {
    .name = "show",
    .summary = "One session: show ID (a beginning of it, @ the current, @-1 the last ended)",
    .flags = VERB_PROJECT | VERB_LEDGER | VERB_CATALOG | VERB_FIRST,
    .params = { { "id", PARAM_WORD, "which session; the current one when not given", NULL,
                  false } },
    .run = run,
};
