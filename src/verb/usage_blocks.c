#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "doc/doc.h"
#include "measure/block.h"
#include "report/report_blocks.h"
#include "report/report_ccusage.h"
#include "report/report_usage.h"
#include "store/ledger.h"
#include "verb/range.h"
#include "verb/usage_ask.h"
#include "verb/verb.h"

enum { RECENT_DAYS = 3 };

/* Where a block begins depends on the calls before it, of any project and model: so all calls are
 * seen, and those that fit are counted. */
static bool count(const struct usage_ask *ask, struct block_list *list, struct err *err)
{
    struct ledger *ledger = ask->request->ledger;
    struct ledger_window window = usage_ask_window(ask);
    CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = NULL;
    struct ledger_call call;
    char name[USAGE_NAME_SIZE];
    bool more;
    if (!ledger)
        return true;
    window.from_ns = 0;
    if (window.to_ns < ask->request->now_ns)
        window.to_ns = ask->request->now_ns;
    if (!ledger_calls_open(ledger, &window, &cursor, err))
        return false;
    while (ledger_calls_next(cursor, &call, &more, err) && more) {
        if (usage_ask_call(ask, &call))
            block_list_add(list, call.at_ns, usage_ask_model(ask, &call, name), &call.usage,
                           call.cost_nano_usd);
        else
            block_list_see(list, call.at_ns);
    }
    return err->code == ERR_NONE;
}

static bool wanted(const struct usage_ask *ask, const struct block_row *row)
{
    const struct request *request = ask->request;
    int64_t recent_ns = clock_day_start(request->now_ns, -RECENT_DAYS);
    struct ledger_window window = usage_ask_window(ask);
    if (row->start_ns < window.from_ns || row->start_ns >= window.to_ns)
        return false;
    if (request_flag(request, "recent") && row->start_ns < recent_ns && !row->active)
        return false;
    if (request_flag(request, "active"))
        return row->active;
    return row->gap || row->sum.calls > 0;
}

/* Whole blocks: those that begin in the window, in the order asked for. */
static struct block_list keep_wanted(const struct usage_ask *ask, const struct block_list *all)
{
    struct block_list kept = { .arena = all->arena, .overflow = all->overflow };
    kept.rows = arena_alloc(all->arena, (all->count + 1) * sizeof(*kept.rows));
    for (size_t i = 0; i < all->count; i++) {
        size_t at = ask->newest_first ? all->count - 1 - i : i;
        if (wanted(ask, &all->rows[at]))
            kept.rows[kept.count++] = all->rows[at];
    }
    return kept;
}

bool usage_blocks_run(struct usage_ask *ask, struct doc *out, struct err *err)
{
    struct block_list all;
    struct usage_flaws flaws;
    struct request *request = ask->request;
    block_list_init(&all, request->arena);
    if (!count(ask, &all, err) || !usage_ask_flaws(ask, &flaws, err))
        return false;
    block_list_finish(&all, request->now_ns);
    struct block_list kept = keep_wanted(ask, &all);
    struct usage_facts facts = {
        .measured = request->ledger != NULL,
        .breakdown = ask->breakdown,
        .damages = flaws.damages,
        .first_damage = flaws.first_damage,
    };
    range_title(out, "Five-hour blocks, estimated", &ask->period);
    if (ask->ccusage)
        report_ccusage_blocks(&kept, request->now_ns, out);
    else
        report_blocks(&kept, &facts, out);
    struct usage_sum total = report_blocks_total(&kept);
    report_usage_warn(&facts, &total, kept.overflow, out);
    return true;
}
