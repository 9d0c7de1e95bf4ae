#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "ingest/peer.h"
#include "measure/explain.h"
#include "model/period.h"
#include "report/report_explain.h"
#include "store/ledger.h"
#include "verb/range.h"
#include "verb/setup.h"
#include "verb/usage_ask.h"
#include "verb/verb.h"

enum { CALLS_SHOWN = 20, CALLS_MOST = 1000000 };

struct gathering { /* our calls, as the ledger has them */
    struct request *request;
    struct explain_ours *calls;
    size_t count;
    size_t room;
};

static struct explain_ours *next_place(struct gathering *gathering)
{
    if (gathering->count == gathering->room) {
        gathering->room = gathering->room ? gathering->room * 2 : 1024;
        struct explain_ours *more =
            arena_alloc(gathering->request->arena, gathering->room * sizeof(*more));
        if (gathering->count)
            memcpy(more, gathering->calls, gathering->count * sizeof(*more));
        gathering->calls = more;
    }
    return &gathering->calls[gathering->count++];
}

static void keep(struct gathering *gathering, struct ledger_cursor *cursor,
                 const struct ledger_call *call)
{
    struct request *request = gathering->request;
    const char *message;
    const char *id;
    ledger_calls_ids(cursor, &message, &id);
    *next_place(gathering) = (struct explain_ours){
        .call = { .message_id = arena_strdup(request->arena, message),
                  .request_id = arena_strdup(request->arena, id),
                  .uuid = "",
                  .origin_session = "",
                  .branch = "",
                  .model = arena_strdup(request->arena, ledger_text(request->ledger, call->model)),
                  .at_ns = call->at_ns,
                  .usage = call->usage,
                  .speed = call->speed,
                  .flags = call->flags },
        .session = arena_strdup(request->arena, ledger_text(request->ledger, call->session)),
        .cost_nano_usd = call->cost_nano_usd,
    };
}

/* All of them, whatever the window: a call's own line may lie on the other side of midnight. */
static bool gather(struct gathering *gathering, struct err *err)
{
    struct ledger_window window = { .from_ns = INT64_MIN, .to_ns = INT64_MAX };
    CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = NULL;
    struct ledger_call call;
    bool more;
    if (!ledger_calls_open(gathering->request->ledger, &window, &cursor, err))
        return false;
    while (ledger_calls_next(cursor, &call, &more, err) && more)
        keep(gathering, cursor, &call);
    return err->code == ERR_NONE;
}

/* ccusage's days begin at midnight, and its last one does not end now. */
static struct explain_window window_of(const struct request *request, const struct period *period,
                                       const struct period_rules *rules)
{
    int64_t into_day_ns = rules->day_start_minutes * CLOCK_MINUTE_NS;
    struct explain_window window = {
        .from_ns = period->from_ns,
        .to_ns = period->until_ns,
        .their_from_ns = INT64_MIN,
        .their_to_ns = INT64_MAX,
        .session = request_text(request, "session"),
        .now_ns = request->now_ns,
    };
    if (request_text(request, "since"))
        window.their_from_ns = clock_day_start(period->from_ns, 0);
    if (request_text(request, "until"))
        window.their_to_ns = clock_day_start(period->whole_to_ns - 1 - into_day_ns, 1);
    return window;
}

static bool calls_wanted(const struct request *request, size_t *out, struct err *err)
{
    const char *text = request_text(request, "calls");
    int64_t count = CALLS_SHOWN;
    if (text && (!text_count(text, &count) || count > CALLS_MOST))
        return err_set(err, ERR_USAGE, "--calls '%s' is not a number from 0 to %d", text,
                       CALLS_MOST);
    *out = (size_t)count;
    return true;
}

static bool compare(struct request *request, const struct explain_window *window,
                    struct explain_facts *facts, struct explanation *out, struct err *err)
{
    struct gathering ours = { .request = request };
    struct peer_plan plan = { .prices = request->prices, .now_ns = request->now_ns };
    struct peer_logs theirs;
    const char **folders;
    setup_log_folders(request, &folders, &plan.folder_count);
    plan.folders = folders;
    if (!gather(&ours, err) || !peer_read(request->arena, &plan, &theirs, err))
        return false;
    struct explain_sides sides = { ours.calls, ours.count, theirs.records, theirs.count };
    explain(request->arena, request->prices, &sides, window, out);
    facts->beyond = theirs.beyond;
    facts->unreadable = theirs.unreadable;
    return true;
}

bool usage_explain_run(struct usage_ask *ask, struct doc *out, struct err *err)
{
    struct request *request = ask->request;
    struct explanation explanation = { 0 };
    struct explain_facts facts = { .explanation = &explanation,
                                   .measured = request->ledger != NULL };
    struct explain_window window = window_of(request, &ask->period, &ask->rules);
    if (!calls_wanted(request, &facts.calls, err))
        return false;
    if (request->ledger && !compare(request, &window, &facts, &explanation, err))
        return false;
    range_title(out, "Why ccusage's figures differ", &ask->period);
    report_explain(&facts, out);
    return true;
}
