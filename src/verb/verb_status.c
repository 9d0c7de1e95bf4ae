#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "doc/doc.h"
#include "model/session.h"
#include "model/task.h"
#include "report/report_status.h"
#include "store/ledger.h"
#include "store/shelf.h"
#include "verb/account.h"
#include "verb/choose.h"
#include "verb/verb.h"
#include "verb/verbs.h"
#include "verb/watch.h"

/* The pending tasks, out of the session's file; none when it cannot be read any more. */
static void read_pending(struct request *request, struct status_session *out)
{
    struct session session;
    struct task *tasks;
    size_t count;
    struct err ignored = { 0 };
    if (out->summary->tasks_pending == 0 ||
        !shelf_read(request->arena, out->summary->path, &session, &ignored))
        return;
    task_list(&session, request->arena, &tasks, &count);
    out->pending = arena_alloc(request->arena, (count + 1) * sizeof(const char *));
    for (size_t i = 0; i < count; i++)
        if (tasks[i].state == TASK_PENDING)
            out->pending[out->pending_count++] = tasks[i].text;
}

static int64_t earliest_start(const struct account *account, int64_t now_ns)
{
    int64_t earliest_ns = now_ns;
    for (size_t i = 0; i < account->count; i++)
        if (account->sessions[i].status < SESSION_COMPLETED &&
            account->sessions[i].started_at_ns < earliest_ns)
            earliest_ns = account->sessions[i].started_at_ns;
    return earliest_ns;
}

static size_t open_sessions(struct request *request, const struct account *account,
                            struct status_session *out)
{
    struct err ignored = { 0 };
    const struct summary *current = choose_current(request, &account->roster, &ignored);
    size_t count = 0;
    for (size_t i = 0; i < account->count; i++) {
        const struct summary *summary = &account->sessions[i];
        struct status_session *session = &out[count];
        struct alert *alerts;
        if (summary->status >= SESSION_COMPLETED)
            continue;
        *session = (struct status_session){
            .summary = summary,
            .worked = &account->worked[i],
            .current = current && strcmp(current->id, summary->id) == 0 &&
                       strcmp(current->project, summary->project) == 0,
        };
        read_pending(request, session);
        watch_session(request, summary, session->worked, &alerts, &session->alert_count);
        session->alerts = alerts;
        count++;
    }
    return count;
}

static bool anything(struct request *request, const struct account *account)
{
    struct ledger_totals totals = { 0 };
    struct err ignored = { 0 };
    if (request->ledger)
        (void)!ledger_totals(request->ledger, &totals, &ignored);
    return account->count > 0 || account->roster.damage_count > 0 || totals.sessions > 0;
}

static bool run(struct request *request, struct doc *out, struct err *err)
{
    struct account today;
    struct account open;
    struct account_window window = {
        .from_ns = clock_day_start(request->now_ns, 0),
        .to_ns = INT64_MAX,
        .all_projects = request_flag(request, "all-projects") || !request->home.project,
    };
    if (!account_load(request, &window, &today, err))
        return false;
    window.from_ns = earliest_start(&today, request->now_ns);
    if (!account_load(request, &window, &open, err))
        return false;
    struct status_session *sessions =
        arena_alloc(request->arena, (open.count + 1) * sizeof(*sessions));
    struct status_facts facts = {
        .sessions = sessions,
        .count = open_sessions(request, &open, sessions),
        .all_projects = window.all_projects,
        .measured = open.measured,
        .today = &today.total,
        .anything = anything(request, &open),
    };
    report_status(&facts, out);
    account_warn(&open, out);
    return true;
}

const struct verb verb_status = {
    .name = "status",
    .summary = "The open sessions: time, cost against budget, tasks, quality, alerts",
    .flags = VERB_LEDGER | VERB_CATALOG | VERB_FIRST,
    .params = { { "all-projects", PARAM_FLAG, "of every project", NULL, false } },
    .run = run,
};
