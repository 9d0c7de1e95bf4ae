#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "doc/doc.h"
#include "measure/tally.h"
#include "report/report_ccusage.h"
#include "report/report_usage.h"
#include "store/ledger.h"
#include "verb/range.h"
#include "verb/usage_ask.h"
#include "verb/verb.h"

enum { KEY_SIZE = 8192 };

struct counting {
    const struct usage_ask *ask;
    struct period_bucket bucket; /* the last one found: calls come by time */
    struct ccusage_instances by_project;
    struct tally *tally; /* with --instances: the last project's */
    const char *tally_project;
    char key[KEY_SIZE];
    char name[USAGE_NAME_SIZE];
};

/* A branch's name is only a name within its project. */
static const char *branch_key(struct counting *counting, const struct ledger_rollup *calls)
{
    struct ledger *ledger = counting->ask->request->ledger;
    (void)snprintf(counting->key, KEY_SIZE, "%s%c%s", ledger_text(ledger, calls->project),
                   REPORT_USAGE_JOINT, ledger_text(ledger, calls->branch));
    return counting->key;
}

static const char *key_of(struct counting *counting, const struct ledger_rollup *calls)
{
    struct ledger *ledger = counting->ask->request->ledger;
    enum period_unit unit = PERIOD_DAY;
    switch (counting->ask->unit->grouping) {
    case USAGE_BY_SESSION:
        return ledger_text(ledger, calls->session);
    case USAGE_BY_MODEL:
        return ledger_text(ledger, calls->model);
    case USAGE_BY_PROJECT:
        return ledger_text(ledger, calls->project);
    case USAGE_BY_BRANCH:
        return branch_key(counting, calls);
    case USAGE_BY_WEEK:
        unit = PERIOD_WEEK;
        break;
    case USAGE_BY_MONTH:
        unit = PERIOD_MONTH;
        break;
    case USAGE_BY_DAY:
    case USAGE_BY_BLOCK:
    case USAGE_BY_TOOL:
    case USAGE_EXPLAIN:
        break;
    }
    struct period_bucket *bucket = &counting->bucket;
    if (calls->first_at_ns < bucket->from_ns || calls->first_at_ns >= bucket->to_ns)
        period_bucket_of(calls->first_at_ns, unit, &counting->ask->rules, bucket);
    return bucket->name;
}

static struct tally *tally_of(struct counting *counting, int64_t project_id)
{
    const char *project = ledger_text(counting->ask->request->ledger, project_id);
    if (!counting->ask->instances || project == counting->tally_project)
        return counting->tally;
    counting->tally =
        ccusage_instance(&counting->by_project, counting->ask->request->arena, project);
    counting->tally_project = project;
    return counting->tally;
}

/* One call, or several of one quarter of an hour. */
static void count_calls(struct counting *counting, const struct ledger_rollup *calls,
                        const char *model)
{
    const struct usage_ask *ask = counting->ask;
    struct tally *tally = tally_of(counting, calls->project);
    struct tally_row *row = tally_join(tally, key_of(counting, calls), calls->first_at_ns,
                                       calls->last_at_ns, &calls->sum);
    bool has_project =
        ask->unit->grouping == USAGE_BY_SESSION || ask->unit->grouping == USAGE_BY_BRANCH;
    if (has_project && !row->of)
        row->of = ledger_text(ask->request->ledger, calls->project);
    if ((ask->breakdown || ask->ccusage) &&
        !tally_parts_join(&row->parts, tally->arena, model, &calls->sum))
        tally->overflow = true;
}

/* Whose work a call was, and ccusage's name for a fast one, only the call itself can tell; and a
 * day that begins within a quarter of an hour cuts its sums. */
static bool sums_will_do(const struct usage_ask *ask)
{
    return ask->level == LEVEL_NONE && !ask->ccusage &&
           ask->rules.day_start_minutes % LEDGER_ROLLUP_MINUTES == 0;
}

static bool count_sums(struct counting *counting, const struct ledger_window *window,
                       struct err *err)
{
    const struct usage_ask *ask = counting->ask;
    struct ledger *ledger = ask->request->ledger;
    CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = NULL;
    struct ledger_rollup calls;
    bool more;
    if (!ledger_rollups_open(ledger, window, &cursor, err))
        return false;
    while (ledger_rollups_next(cursor, &calls, &more, err) && more)
        if (usage_ask_model_fits(ask, calls.model) &&
            usage_ask_place(ask, calls.session, calls.project, calls.first_at_ns))
            count_calls(counting, &calls, ledger_text(ledger, calls.model));
    return err->code == ERR_NONE;
}

static bool count_each(struct counting *counting, const struct ledger_window *window,
                       struct err *err)
{
    const struct usage_ask *ask = counting->ask;
    CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = NULL;
    struct ledger_call call;
    bool more;
    if (!ledger_calls_open(ask->request->ledger, window, &cursor, err))
        return false;
    while (ledger_calls_next(cursor, &call, &more, err) && more) {
        struct ledger_rollup one = {
            .session = call.session,
            .project = call.project,
            .model = call.model,
            .branch = call.branch,
            .first_at_ns = call.at_ns,
            .last_at_ns = call.at_ns,
        };
        if (!usage_ask_call(ask, &call))
            continue;
        if (!usage_sum_add(&one.sum, &call.usage, call.cost_nano_usd))
            counting->tally->overflow = true;
        count_calls(counting, &one, usage_ask_model(ask, &call, counting->name));
    }
    return err->code == ERR_NONE;
}

static bool count(struct counting *counting, struct err *err)
{
    const struct usage_ask *ask = counting->ask;
    struct ledger_window window = usage_ask_window(ask);
    if (!ask->request->ledger)
        return true;
    return sums_will_do(ask) ? count_sums(counting, &window, err)
                             : count_each(counting, &window, err);
}

static void put_in_order(const struct usage_ask *ask, struct tally *tally)
{
    bool by_cost = ask->ccusage && ask->unit->grouping == USAGE_BY_SESSION;
    tally_sort(tally, by_cost ? TALLY_BY_COST : ask->unit->order);
    for (size_t i = 0; ask->newest_first && i < tally->count / 2; i++) {
        struct tally_row swapped = tally->rows[i];
        tally->rows[i] = tally->rows[tally->count - 1 - i];
        tally->rows[tally->count - 1 - i] = swapped;
    }
}

static void answer(const struct counting *counting, const struct tally *tally,
                   const struct usage_flaws *flaws, struct doc *out)
{
    const struct usage_ask *ask = counting->ask;
    static const char *const lists[] = { "daily", "weekly", "monthly", "sessions" };
    static const char *const keys[] = { "date", "week", "month", "sessionId" };
    bool by_branch = ask->unit->grouping == USAGE_BY_BRANCH;
    bool has_project = by_branch || ask->unit->grouping == USAGE_BY_SESSION;
    struct usage_facts facts = {
        .tally = tally,
        .key = ask->unit->key,
        .head = ask->unit->head,
        .has_project = has_project,
        .breakdown = ask->breakdown,
        .measured = ask->request->ledger != NULL,
        .damages = flaws->damages,
        .first_damage = flaws->first_damage,
    };
    if (!ask->ccusage) {
        report_usage(&facts, out);
        return;
    }
    struct ccusage_rows rows = {
        .tally = tally,
        .list = lists[ask->unit->grouping],
        .key = keys[ask->unit->grouping],
        .instances = ask->instances ? &counting->by_project : NULL,
    };
    report_ccusage_rows(&rows, out);
    report_usage_warn(&facts, &tally->total, tally->overflow, out);
}

/* The sum over all projects, for the totals. */
static void join_instances(struct counting *counting, struct tally *all)
{
    for (size_t i = 0; i < counting->by_project.count; i++) {
        struct tally *one = &counting->by_project.items[i].tally;
        put_in_order(counting->ask, one);
        if (!usage_sum_join(&all->total, &one->total) || one->overflow)
            all->overflow = true;
    }
}

bool usage_rows_run(struct usage_ask *ask, struct doc *out, struct err *err)
{
    struct tally tally;
    struct usage_flaws flaws;
    struct counting *counting = arena_alloc(ask->request->arena, sizeof(*counting));
    *counting = (struct counting){ .ask = ask, .tally = &tally };
    tally_init(&tally, ask->request->arena);
    if (!count(counting, err) || !usage_ask_flaws(ask, &flaws, err))
        return false;
    join_instances(counting, &tally);
    put_in_order(ask, &tally);
    range_title(out, "Usage from logs, list prices", &ask->period);
    answer(counting, &tally, &flaws, out);
    return true;
}
