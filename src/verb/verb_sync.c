#include <inttypes.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "doc/doc.h"
#include "ingest/ingest.h"
#include "measure/tally.h"
#include "report/spent.h"
#include "store/ledger.h"
#include "verb/setup.h"
#include "verb/verb.h"
#include "verb/verbs.h"

/* Everything in the ledger, by model; and on how many days there was a call. */
static bool count_all(struct request *request, struct tally *models, int64_t *days, struct err *err)
{
    struct ledger_window window = { .from_ns = INT64_MIN, .to_ns = INT64_MAX };
    CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = NULL;
    struct ledger_call call;
    int64_t day_end_ns = INT64_MIN;
    bool more;
    *days = 0;
    if (!ledger_calls_open(request->ledger, &window, &cursor, err))
        return false;
    while (ledger_calls_next(cursor, &call, &more, err) && more) {
        tally_add(models, ledger_text(request->ledger, call.model), call.at_ns, &call.usage,
                  call.cost_nano_usd);
        if (call.at_ns < day_end_ns)
            continue;
        day_end_ns = clock_day_start(call.at_ns, 1); /* calls come by time */
        (*days)++;
    }
    tally_sort(models, TALLY_BY_COST);
    return err->code == ERR_NONE;
}

static void add_models(struct doc *doc, const struct tally *models)
{
    static const struct column columns[] = {
        { "model", "MODEL", ALIGN_LEFT, COLUMN_SHRINKS },
        { "calls", "CALLS", ALIGN_RIGHT, 0 },
        { "tokens", "TOKENS", ALIGN_RIGHT, 0 },
        { "cost", "COST", ALIGN_RIGHT, 0 },
    };
    struct table *table = doc_table(doc, "rows", columns, ARRAY_LEN(columns));
    for (size_t i = 0; i <= models->count; i++) {
        bool last = i == models->count;
        const struct usage_sum *sum = last ? &models->total : &models->rows[i].sum;
        struct row *row = last ? table_totals(doc, table) : table_row(doc, table);
        table_cell(doc, row, 0, figure_text(last ? "Total" : models->rows[i].key));
        table_cell(doc, row, 1, figure_count(sum->calls, BASIS_MEASURED));
        table_cell(doc, row, 2, spent_tokens(sum, true));
        table_cell(doc, row, 3, spent_cost(sum, true));
    }
}

static void add_found(struct doc *doc, const struct ledger_totals *totals, int64_t days)
{
    char from[CLOCK_TEXT];
    char to[CLOCK_TEXT];
    struct line *line = doc_line(doc, "Logs");
    line_figure(doc, line, "logs", NULL, figure_count(totals->logs, BASIS_MEASURED),
                totals->logs == 1 ? " file" : " files");
    line_figure(doc, line, "bytes", NULL, figure_count(totals->bytes, BASIS_MEASURED), " bytes");
    line = doc_line(doc, "Sessions");
    line_figure(doc, line, "agent_sessions", NULL, figure_count(totals->sessions, BASIS_MEASURED),
                " of agents");
    line_figure(doc, line, "days", "on ", figure_count(days, BASIS_MEASURED),
                days == 1 ? " day" : " days");
    if (!totals->first_at_ns)
        return;
    clock_local_day(totals->first_at_ns, from);
    clock_local_day(totals->last_at_ns, to);
    line_text(doc, line, "from %s to %s", from, to);
}

static void add_read(struct doc *doc, const struct ingest_report *report)
{
    struct line *line = doc_line(doc, "Read now");
    line_figure(doc, line, "logs_read", NULL, figure_count(report->logs_read, BASIS_MEASURED),
                report->logs_read == 1 ? " file with something new" : " files with something new");
    line_figure(doc, line, "lines_read", NULL, figure_count(report->lines, BASIS_MEASURED),
                " lines");
    line_figure(doc, line, "bytes_read", NULL, figure_count(report->bytes_read, BASIS_MEASURED),
                " bytes");
}

static void add_damages(struct request *request, struct doc *doc,
                        const struct ledger_totals *totals)
{
    struct ledger_damage *damages;
    size_t count;
    struct err ignored = { 0 };
    if (totals->damages == 0 ||
        !ledger_damages(request->ledger, request->arena, 5, &damages, &count, &ignored))
        return;
    doc_warning(doc, "damaged_lines", "%" PRId64 " lines could not be read and are not counted",
                totals->damages);
    for (size_t i = 0; i < count; i++)
        doc_warning(doc, "damaged_line", "%s, byte %" PRId64 ": %s", damages[i].path,
                    damages[i].offset, damages[i].reason);
}

static bool run(struct request *request, struct doc *out, struct err *err)
{
    struct ingest_report report;
    struct ledger_totals totals;
    struct tally models;
    int64_t days;
    tally_init(&models, request->arena);
    if (!setup_sync(request, &report, err) || !ledger_totals(request->ledger, &totals, err) ||
        !count_all(request, &models, &days, err))
        return false;
    doc_title(out, "Usage found in the agents' logs");
    add_read(out, &report);
    add_found(out, &totals, days);
    add_models(out, &models);
    if (models.total.unpriced_calls)
        doc_warning(out, "unpriced_model",
                    "%" PRId64 " calls have no list price: costs are incomplete",
                    models.total.unpriced_calls);
    if (report.unreadable)
        doc_warning(out, "unreadable_log", "%" PRId64 " log files could not be read; the first: %s",
                    report.unreadable, report.first_unreadable);
    add_damages(request, out, &totals);
    doc_gap(out);
    doc_note(out, "Next: session-manager usage daily · session-manager usage project · "
                  "session-manager start dev \"what you are about to do\"");
    return true;
}

const struct verb verb_sync = {
    .name = "sync",
    .summary = "Bring the ledger up to date with the agents' logs and say what was found",
    .flags = VERB_IMPORTS,
    .run = run,
};
