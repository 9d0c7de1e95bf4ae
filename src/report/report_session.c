#include "report/report_session.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "doc/doc.h"
#include "measure/alert.h"
#include "measure/worked.h"
#include "model/session.h"
#include "model/summary.h"
#include "model/task.h"
#include "report/spent.h"

static void add_head(const struct session_facts *facts, struct doc *doc)
{
    const struct summary *summary = facts->summary;
    char text[CLOCK_TEXT];
    doc_title(doc, "%s  %s", summary->id,
              *summary->purpose ? summary->purpose : "(no purpose yet)");
    doc_fact(doc, "id", figure_text(summary->id));
    doc_fact(doc, "path", figure_text(summary->path));
    doc_fact(doc, "level", figure_count(summary->level, BASIS_MEASURED));
    doc_fact(doc, "status", figure_text(session_status_name(summary->status)));
    doc_fact(doc, "purpose",
             *summary->purpose ? figure_text(summary->purpose)
                               : figure_unknown(FIGURE_TEXT, "not said yet"));
    doc_fact(doc, "started_at", figure_time(summary->started_at_ns));
    doc_fact(doc, "ended_at",
             summary->ended_at_ns ? figure_time(summary->ended_at_ns)
                                  : figure_unknown(FIGURE_TIME, "not ended"));
    struct line *line = doc_line(doc, "Level");
    line_text(doc, line, "%s (%d)", level_info(summary->level)->type, (int)summary->level);
    if (summary->episode >= 0)
        line_text(doc, line, "episode %d", summary->episode);
    line = doc_line(doc, "State");
    clock_local(summary->started_at_ns, text);
    line_text(doc, line, "%s, started %s", session_status_name(summary->status), text);
    if (summary->ended_at_ns) {
        clock_local(summary->ended_at_ns, text);
        line_text(doc, line, "ended %s", text);
    }
}

static void add_time(const struct session_facts *facts, struct doc *doc)
{
    const struct summary *summary = facts->summary;
    int64_t end_ns = summary->ended_at_ns ? summary->ended_at_ns : facts->now_ns;
    int64_t wall_ns = end_ns > summary->started_at_ns ? end_ns - summary->started_at_ns : 0;
    struct line *line = doc_line(doc, "Time");
    line_figure(doc, line, "active", NULL,
                active_of_session(summary, facts->worked, facts->measured), " active");
    if (summary->estimate_minutes > 0)
        line_figure(doc, line, "estimate", "of ",
                    figure_seconds(summary->estimate_minutes * 60, BASIS_ENTERED), " estimated");
    line_figure(doc, line, "wall", "wall ",
                figure_seconds(wall_ns / CLOCK_SECOND_NS, BASIS_MEASURED), NULL);
}

static void add_cost(const struct session_facts *facts, struct doc *doc)
{
    const struct summary *summary = facts->summary;
    struct figure cost = spent_of_session(summary, facts->worked, facts->measured);
    struct line *line = doc_line(doc, "Cost");
    line_figure(doc, line, "cost_total", NULL, cost, NULL);
    if (summary->budget_nano_usd > 0)
        line_figure(doc, line, "budget", "of ",
                    figure_money(summary->budget_nano_usd, BASIS_ENTERED), NULL);
    if (summary->budget_nano_usd > 0 && figure_known(&cost))
        line_figure(
            doc, line, "budget_share", "(",
            figure_share((double)cost.number / (double)summary->budget_nano_usd, BASIS_MEASURED),
            ")");
    line_text(doc, line, "list price, from logs");
}

static void add_tokens(const struct session_facts *facts, struct doc *doc)
{
    const struct usage *usage = &facts->worked->sum.usage;
    struct line *line = doc_line(doc, "Tokens");
    line_figure(doc, line, "claude_tokens", NULL,
                tokens_of_session(facts->summary, facts->worked, facts->measured), NULL);
    if (!facts->measured)
        return;
    line_figure(doc, line, "input_tokens", "input ", figure_count(usage->input, BASIS_MEASURED),
                NULL);
    line_figure(doc, line, "output_tokens", "output ", figure_count(usage->output, BASIS_MEASURED),
                NULL);
    line_figure(doc, line, "cache_write_tokens", "cache write ",
                figure_count(usage_cache_write(usage), BASIS_MEASURED), NULL);
    line_figure(doc, line, "cache_read_tokens", "cache read ",
                figure_count(usage->cache_read, BASIS_MEASURED), NULL);
}

static void add_calls(const struct session_facts *facts, struct doc *doc)
{
    const struct worked *worked = facts->worked;
    if (!facts->measured)
        return;
    struct line *line = doc_line(doc, "Calls");
    line_figure(doc, line, "api_calls", "API ", figure_count(worked->sum.calls, BASIS_MEASURED),
                NULL);
    line_figure(doc, line, "api_errors", "(", figure_count(worked->api_errors, BASIS_MEASURED),
                " failed)");
    line_figure(doc, line, "tool_calls", "tools ", figure_count(worked->tool_calls, BASIS_MEASURED),
                NULL);
    line_figure(doc, line, "tool_errors", "(", figure_count(worked->tool_errors, BASIS_MEASURED),
                " failed)");
    spent_services(doc, worked);
}

static void add_quality(const struct session_facts *facts, struct doc *doc)
{
    const struct json *scores =
        json_at(facts->session->root, "metrics.quality_tracking.quality_scores");
    struct line *line = doc_line(doc, "Quality");
    for (const char *key = json_next_key(scores, NULL); key; key = json_next_key(scores, key)) {
        double score;
        bool known = session_score(facts->session, key, &score);
        line_figure(doc, line, arena_printf(doc->arena, "quality_%s", key),
                    arena_printf(doc->arena, "%s ", key),
                    known ? figure_score(score, BASIS_ENTERED)
                          : figure_unknown(FIGURE_SCORE, "not scored"),
                    NULL);
    }
}

/* A list of entries of metrics.progress_tracking, as text. */
static void add_list(const struct session_facts *facts, struct doc *doc, const char *heading,
                     const char *name)
{
    const struct json *progress = json_at(facts->session->root, "metrics.progress_tracking");
    const struct json *list = json_get(progress, name);
    if (json_length(list) == 0)
        return;
    doc_heading(doc, heading);
    for (size_t i = 0; i < json_length(list); i++) {
        const struct json *entry = json_item(list, i);
        int64_t id = json_count(entry, "id", 0);
        if (id)
            doc_note(doc, "  %" PRId64 "  %s", id, session_entry_text(entry));
        else
            doc_note(doc, "  %s", session_entry_text(entry));
    }
}

static void add_tasks(const struct session_facts *facts, struct doc *doc)
{
    size_t done = task_count(facts->session, TASK_DONE);
    size_t pending = task_count(facts->session, TASK_PENDING);
    struct line *line = doc_line(doc, "Tasks");
    line_figure(doc, line, "tasks_done", NULL, figure_count((int64_t)done, BASIS_ENTERED), NULL);
    line_figure(doc, line, "tasks_total", "of ",
                figure_count((int64_t)(done + pending), BASIS_ENTERED), NULL);
}

void report_session(const struct session_facts *facts, struct doc *out)
{
    add_head(facts, out);
    add_time(facts, out);
    add_cost(facts, out);
    add_tokens(facts, out);
    add_calls(facts, out);
    add_tasks(facts, out);
    add_quality(facts, out);
    if (facts->measured && facts->worked->model_count) {
        doc_heading(out, "By model");
        spent_models(out, facts->worked);
    }
    add_list(facts, out, "Done", "tasks_completed");
    add_list(facts, out, "Pending", "tasks_pending");
    add_list(facts, out, "Blockers", "blockers");
    add_list(facts, out, "Learnings", "learnings");
    spent_warn_unpriced(out, facts->worked);
    for (size_t i = 0; i < facts->alert_count; i++)
        doc_alert(out, facts->alerts[i].rule, facts->summary->id, facts->alerts[i].strong,
                  arena_printf(out->arena, "%s %s", facts->summary->id, facts->alerts[i].text));
}
