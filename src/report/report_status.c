#include "report/report_status.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "doc/doc.h"
#include "measure/alert.h"
#include "measure/worked.h"
#include "model/summary.h"
#include "report/spent.h"

enum { PENDING_LIMIT = 400, PENDING_SHOWN = 4 };

static const struct column columns[] = {
    { "id", "ID", ALIGN_LEFT, 0 },
    { "project", NULL, ALIGN_LEFT, COLUMN_SHRINKS },
    { "level", "LEVEL", ALIGN_LEFT, 0 },
    { "status", "STATE", ALIGN_LEFT, 0 },
    { "active_seconds", "ACTIVE", ALIGN_RIGHT, 0 },
    { "estimate_seconds", "EST", ALIGN_RIGHT, COLUMN_IF_KNOWN },
    { "cost", "COST", ALIGN_RIGHT, 0 },
    { "budget", "BUDGET", ALIGN_RIGHT, COLUMN_IF_KNOWN },
    { "budget_share", "USED", ALIGN_RIGHT, COLUMN_IF_KNOWN },
    { "tokens", NULL, ALIGN_RIGHT, 0 },
    { "tasks_done", NULL, ALIGN_RIGHT, 0 },
    { "tasks_total", NULL, ALIGN_RIGHT, 0 },
    { NULL, "TASKS", ALIGN_RIGHT, 0 },
    { "quality", "QUAL", ALIGN_RIGHT, COLUMN_IF_KNOWN },
    { "purpose", "PURPOSE", ALIGN_LEFT, COLUMN_SHRINKS },
};

static struct figure budget_share(const struct summary *session, const struct figure *cost)
{
    if (session->budget_nano_usd <= 0)
        return figure_unknown(FIGURE_SHARE, "no budget");
    if (!figure_known(cost))
        return figure_unknown(FIGURE_SHARE, "cost not known");
    return figure_share((double)cost->number / (double)session->budget_nano_usd, cost->basis);
}

static void add_session(struct doc *doc, struct table *table, const struct status_facts *facts,
                        const struct status_session *session)
{
    const struct summary *summary = session->summary;
    struct figure cost = spent_of_session(summary, session->worked, facts->measured);
    int64_t total = summary->tasks_done + summary->tasks_pending;
    struct row *row = table_row(doc, table);
    row->mark = session->current ? ">" : NULL;
    row->tone = session->alert_count ? TONE_WARN : TONE_PLAIN;
    table_cell(doc, row, 0, figure_text(summary->id));
    table_cell(doc, row, 1, figure_text(summary->project));
    table_cell(doc, row, 2, figure_text(level_info(summary->level)->word));
    table_cell(doc, row, 3, figure_text(session_status_name(summary->status)));
    table_cell(doc, row, 4, active_of_session(summary, session->worked, facts->measured));
    table_cell(doc, row, 5,
               summary->estimate_minutes < 0
                   ? figure_unknown(FIGURE_SECONDS, "no estimate")
                   : figure_seconds(summary->estimate_minutes * 60, BASIS_ENTERED));
    table_cell(doc, row, 6, cost);
    table_cell(doc, row, 7,
               summary->budget_nano_usd < 0
                   ? figure_unknown(FIGURE_MONEY, "no budget")
                   : figure_money(summary->budget_nano_usd, BASIS_ENTERED));
    table_cell(doc, row, 8, budget_share(summary, &cost));
    table_cell(doc, row, 9, tokens_of_session(summary, session->worked, facts->measured));
    table_cell(doc, row, 10, figure_count(summary->tasks_done, BASIS_ENTERED));
    table_cell(doc, row, 11, figure_count(total, BASIS_ENTERED));
    table_cell(
        doc, row, 12,
        figure_text(arena_printf(doc->arena, "%" PRId64 "/%" PRId64, summary->tasks_done, total)));
    table_cell(doc, row, 13,
               summary->quality < 0 ? figure_unknown(FIGURE_SCORE, "not scored")
                                    : figure_score(summary->quality, BASIS_ENTERED));
    table_cell(doc, row, 14,
               *summary->purpose ? figure_text(summary->purpose)
                                 : figure_unknown(FIGURE_TEXT, "not said yet"));
}

/* The same for programs, one task a row. */
static void add_pending_rows(struct doc *doc, const struct status_facts *facts)
{
    static const struct column pending[] = {
        { "session", NULL, ALIGN_LEFT, 0 },
        { "task", NULL, ALIGN_LEFT, 0 },
    };
    struct table *table = doc_table(doc, "pending", pending, ARRAY_LEN(pending));
    for (size_t i = 0; i < facts->count; i++)
        for (size_t k = 0; k < facts->sessions[i].pending_count; k++) {
            struct row *row = table_row(doc, table);
            table_cell(doc, row, 0, figure_text(facts->sessions[i].summary->id));
            table_cell(doc, row, 1, figure_text(facts->sessions[i].pending[k]));
        }
}

static void add_pending(struct doc *doc, const struct status_facts *facts)
{
    const char *label = "Pending";
    for (size_t i = 0; i < facts->count; i++) {
        const struct status_session *session = &facts->sessions[i];
        struct buf text;
        if (session->pending_count == 0)
            continue;
        buf_init(&text, doc->arena, PENDING_LIMIT);
        for (size_t k = 0; k < session->pending_count && k < PENDING_SHOWN; k++)
            buf_addf(&text, "%s%s", k ? " · " : "", session->pending[k]);
        if (session->pending_count > PENDING_SHOWN)
            buf_addf(&text, " · and %zu more", session->pending_count - PENDING_SHOWN);
        struct line *line = doc_line(doc, label);
        line_text(doc, line, "%s: %s", session->summary->id, text.text);
        label = "";
    }
}

static void add_alerts(struct doc *doc, const struct status_facts *facts)
{
    for (size_t i = 0; i < facts->count; i++) {
        const struct status_session *session = &facts->sessions[i];
        for (size_t k = 0; k < session->alert_count; k++) {
            const struct alert *alert = &session->alerts[k];
            doc_alert(doc, alert->rule, session->summary->id, alert->strong,
                      arena_printf(doc->arena, "%s %s", session->summary->id, alert->text));
        }
    }
}

static void first_words(struct doc *doc)
{
    doc_note(doc, "Nothing is recorded here yet. To begin:");
    doc_gap(doc);
    doc_note(doc, "  session-manager start dev \"what you are about to do\"");
    doc_note(doc, "  session-manager status");
    doc_note(doc, "  session-manager end");
}

void report_status(const struct status_facts *facts, struct doc *out)
{
    char now[CLOCK_TEXT];
    clock_local(out->generated_at_ns, now);
    doc_title(out, "Status  %s", now);
    if (!facts->anything) {
        (void)doc_table(out, "rows", columns, ARRAY_LEN(columns));
        first_words(out);
        return;
    }
    struct line *today = doc_line(out, "Today");
    line_figure(out, today, "cost_today", NULL, spent_cost(&facts->today->sum, facts->measured),
                NULL);
    line_figure(out, today, "tokens_today", NULL, spent_tokens(&facts->today->sum, facts->measured),
                " tokens");
    line_figure(out, today, "open_sessions", NULL,
                figure_count((int64_t)facts->count, BASIS_MEASURED),
                facts->count == 1 ? " open session" : " open sessions");
    if (facts->all_projects)
        line_text(out, today, "all projects");
    struct table *table = doc_table(out, "rows", columns, ARRAY_LEN(columns));
    table->empty = "No session is open. session-manager start dev \"...\" begins one.";
    for (size_t i = 0; i < facts->count; i++)
        add_session(out, table, facts, &facts->sessions[i]);
    add_pending(out, facts);
    add_pending_rows(out, facts);
    add_alerts(out, facts);
}
