#include "report/report_range.h"

#include <inttypes.h>

#include "base/arena.h"
#include "base/clock.h"
#include "doc/doc.h"
#include "measure/worked.h"
#include "model/summary.h"
#include "report/report_list.h"
#include "report/spent.h"

static void add_sessions_line(const struct range_facts *facts, struct doc *doc)
{
    int64_t by_level[LEVEL_COUNT + 1] = { 0 };
    int64_t ended = 0;
    for (size_t i = 0; i < facts->count; i++) {
        by_level[facts->sessions[i].summary->level]++;
        ended += facts->sessions[i].summary->status >= SESSION_COMPLETED;
    }
    struct line *line = doc_line(doc, "Sessions");
    line_figure(doc, line, "sessions", NULL, figure_count((int64_t)facts->count, BASIS_MEASURED),
                NULL);
    for (enum level level = LEVEL_DEVELOPMENT; level <= LEVEL_CODED; level++) {
        const char *word = level_info(level)->word;
        line_figure(doc, line, arena_printf(doc->arena, "sessions_%s", word),
                    arena_printf(doc->arena, "%s ", word),
                    figure_count(by_level[level], BASIS_MEASURED), NULL);
    }
    line_figure(doc, line, "sessions_ended", "ended ", figure_count(ended, BASIS_MEASURED), NULL);
}

static void add_cost_lines(const struct range_facts *facts, struct doc *doc)
{
    struct line *line = doc_line(doc, "Cost");
    struct worked attributed = { 0 };
    for (size_t i = 0; i < facts->count; i++)
        if (!usage_sum_join(&attributed.sum, &facts->sessions[i].worked->sum))
            doc_warning(doc, "overflow", "a sum is too large to be shown; narrow the range");
    line_figure(doc, line, "cost_total", NULL, spent_cost(&facts->total->sum, facts->measured),
                NULL);
    line_figure(doc, line, "cost_sessions", "in sessions ",
                spent_cost(&attributed.sum, facts->measured), NULL);
    line_figure(doc, line, "cost_unattributed", "unattributed ",
                spent_cost(&facts->unattributed->sum, facts->measured), NULL);
    line_text(doc, line, "list price, from logs");
    line = doc_line(doc, "Tokens");
    line_figure(doc, line, "claude_tokens", NULL, spent_tokens(&facts->total->sum, facts->measured),
                NULL);
    line_figure(doc, line, "api_calls", "API calls ",
                facts->measured ? figure_count(facts->total->sum.calls, BASIS_MEASURED)
                                : figure_unknown(FIGURE_COUNT, "no log has been read"),
                NULL);
}

static void add_work_lines(const struct range_facts *facts, struct doc *doc)
{
    int64_t done = 0;
    int64_t pending = 0;
    int64_t episodes = 0;
    double quality = 0;
    int64_t scored = 0;
    for (size_t i = 0; i < facts->count; i++) {
        const struct summary *summary = facts->sessions[i].summary;
        done += summary->tasks_done;
        pending += summary->tasks_pending;
        episodes += summary->level == LEVEL_PRODUCTION && summary->status == SESSION_COMPLETED;
        quality += summary->quality < 0 ? 0 : summary->quality;
        scored += summary->quality >= 0;
    }
    struct line *line = doc_line(doc, "Time");
    line_figure(doc, line, "active", NULL, spent_active(facts->total, facts->measured), " active");
    line = doc_line(doc, "Tasks");
    line_figure(doc, line, "tasks_done", NULL, figure_count(done, BASIS_ENTERED), NULL);
    line_figure(doc, line, "tasks_total", "of ", figure_count(done + pending, BASIS_ENTERED), NULL);
    line = doc_line(doc, "Episodes");
    line_figure(doc, line, "episodes", NULL, figure_count(episodes, BASIS_MEASURED), " completed");
    line = doc_line(doc, "Quality");
    struct figure mean = scored ? figure_score(quality / (double)scored, BASIS_ENTERED)
                                : figure_unknown(FIGURE_SCORE, "no session was scored");
    line_figure(doc, line, "quality_mean", "mean ", figure_of(mean, scored), NULL);
    line_text(doc, line, "%" PRId64 " of %zu sessions scored", scored, facts->count);
    line = doc_line(doc, "Errors");
    line_figure(doc, line, "error_share", NULL, spent_errors_share(facts->total, facts->measured),
                NULL);
    line_text(doc, line, "%" PRId64 " of %" PRId64 " tool calls failed", facts->total->tool_errors,
              facts->total->tool_calls);
}

static void add_levels(const struct range_facts *facts, struct doc *doc)
{
    static const struct column columns[] = {
        { "level", "LEVEL", ALIGN_LEFT, 0 },  { "sessions", "SESSIONS", ALIGN_RIGHT, 0 },
        { "calls", "CALLS", ALIGN_RIGHT, 0 }, { "tokens", "TOKENS", ALIGN_RIGHT, 0 },
        { "cost", "COST", ALIGN_RIGHT, 0 },
    };
    struct table *table = doc_table(doc, "by_level", columns, ARRAY_LEN(columns));
    for (enum level level = LEVEL_DEVELOPMENT; level <= LEVEL_CODED; level++) {
        struct usage_sum sum = { 0 };
        int64_t count = 0;
        for (size_t i = 0; i < facts->count; i++) {
            if (facts->sessions[i].summary->level != level)
                continue;
            count++;
            if (!usage_sum_join(&sum, &facts->sessions[i].worked->sum))
                return;
        }
        struct row *row = table_row(doc, table);
        table_cell(doc, row, 0, figure_text(level_info(level)->word));
        table_cell(doc, row, 1, figure_count(count, BASIS_MEASURED));
        table_cell(doc, row, 2,
                   facts->measured ? figure_count(sum.calls, BASIS_MEASURED)
                                   : figure_unknown(FIGURE_COUNT, "no log has been read"));
        table_cell(doc, row, 3, spent_tokens(&sum, facts->measured));
        table_cell(doc, row, 4, spent_cost(&sum, facts->measured));
    }
    struct row *row = table_row(doc, table);
    table_cell(doc, row, 0, figure_text("unattributed"));
    table_cell(doc, row, 2,
               facts->measured ? figure_count(facts->unattributed->sum.calls, BASIS_MEASURED)
                               : figure_unknown(FIGURE_COUNT, "no log has been read"));
    table_cell(doc, row, 3, spent_tokens(&facts->unattributed->sum, facts->measured));
    table_cell(doc, row, 4, spent_cost(&facts->unattributed->sum, facts->measured));
}

void report_range(const struct range_facts *facts, struct doc *out)
{
    add_sessions_line(facts, out);
    add_cost_lines(facts, out);
    add_work_lines(facts, out);
    spent_services(out, facts->total);
    doc_heading(out, "Cost by level");
    add_levels(facts, out);
    if (facts->measured && facts->total->model_count) {
        doc_heading(out, "Cost by model");
        spent_models(out, facts->total);
    }
    doc_heading(out, "Sessions");
    struct list_session *listed = arena_alloc(out->arena, (facts->count + 1) * sizeof(*listed));
    for (size_t i = 0; i < facts->count; i++)
        listed[i] = (struct list_session){ facts->sessions[i].summary, facts->sessions[i].worked };
    struct list_facts list = { listed, facts->count, facts->measured, false };
    report_list(&list, out);
    spent_warn_unpriced(out, facts->total);
}
