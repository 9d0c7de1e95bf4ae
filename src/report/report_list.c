#include "report/report_list.h"

#include <inttypes.h>

#include "base/arena.h"
#include "doc/doc.h"
#include "measure/worked.h"
#include "model/summary.h"
#include "report/spent.h"

static const struct column columns[] = {
    { "id", "ID", ALIGN_LEFT, 0 },          { "level", "LEVEL", ALIGN_LEFT, 0 },
    { "status", "STATE", ALIGN_LEFT, 0 },   { "started_at", NULL, ALIGN_LEFT, 0 },
    { "ended_at", NULL, ALIGN_LEFT, 0 },    { "active_seconds", "ACTIVE", ALIGN_RIGHT, 0 },
    { "tokens", "TOKENS", ALIGN_RIGHT, 0 }, { "cost", "COST", ALIGN_RIGHT, 0 },
    { "tasks_done", NULL, ALIGN_RIGHT, 0 }, { "tasks_total", NULL, ALIGN_RIGHT, 0 },
    { NULL, "TASKS", ALIGN_RIGHT, 0 },      { "purpose", "PURPOSE", ALIGN_LEFT, COLUMN_SHRINKS },
    { "project", NULL, ALIGN_LEFT, 0 },     { "path", NULL, ALIGN_LEFT, 0 },
};

static void add(struct doc *doc, struct table *table, const struct list_session *session,
                bool measured)
{
    const struct summary *summary = session->summary;
    int64_t total = summary->tasks_done + summary->tasks_pending;
    const struct figure cells[] = {
        figure_text(summary->id),
        figure_text(level_info(summary->level)->word),
        figure_text(session_status_name(summary->status)),
        figure_time(summary->started_at_ns),
        summary->ended_at_ns ? figure_time(summary->ended_at_ns)
                             : figure_unknown(FIGURE_TIME, "not ended"),
        active_of_session(summary, session->worked, measured),
        tokens_of_session(summary, session->worked, measured),
        spent_of_session(summary, session->worked, measured),
        figure_count(summary->tasks_done, BASIS_ENTERED),
        figure_count(total, BASIS_ENTERED),
        figure_text(arena_printf(doc->arena, "%" PRId64 "/%" PRId64, summary->tasks_done, total)),
        *summary->purpose ? figure_text(summary->purpose)
                          : figure_unknown(FIGURE_TEXT, "not said yet"),
        figure_text(summary->project),
        figure_text(summary->path),
    };
    struct row *row = table_row(doc, table);
    for (size_t i = 0; i < ARRAY_LEN(cells); i++)
        table_cell(doc, row, i, cells[i]);
}

void report_list(const struct list_facts *facts, struct doc *out)
{
    struct table *table = doc_table(out, "rows", columns, ARRAY_LEN(columns));
    table->empty = "No session.";
    for (size_t i = 0; i < facts->count; i++)
        add(out, table, &facts->sessions[i], facts->measured);
}
