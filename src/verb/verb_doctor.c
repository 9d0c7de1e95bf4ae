#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "doc/doc.h"
#include "store/ledger.h"
#include "store/roster.h"
#include "store/shelf.h"
#include "verb/templates.h"
#include "verb/verb.h"
#include "verb/verbs.h"

enum { DAMAGES_SHOWN = 20, EXIT_FOUND = 9 };

struct visit {
    struct request *request;
    struct doc *out;
    struct table *findings;
    size_t count;
};

static void found(struct visit *visit, const char *what, const char *where, const char *text)
{
    struct row *row = table_row(visit->out, visit->findings);
    row->tone = TONE_BAD;
    table_cell(visit->out, row, 0, figure_text(what));
    table_cell(visit->out, row, 1, figure_text(where));
    table_cell(visit->out, row, 2, figure_text(text));
    table_cell(visit->out, row, 3,
               figure_text(arena_printf(visit->out->arena, "%s: %s", where, text)));
    visit->count++;
}

static void check_sessions(struct visit *visit)
{
    struct request *request = visit->request;
    struct roster roster;
    struct err why = { 0 };
    const char *projects[] = { request->home.project };
    if (!request->home.project)
        return;
    /* Past the catalog: every file is read. */
    struct roster_wish wish = { NULL, projects, 1, true };
    if (!roster_load(request->arena, &wish, &roster, &why)) {
        found(visit, "sessions", request->home.project, why.text);
        return;
    }
    for (size_t i = 0; i < roster.damage_count; i++)
        found(visit, "session file", roster.damages[i].path, roster.damages[i].what);
    for (size_t i = 0; i < roster.sessions.count; i++) {
        const struct summary *session = &roster.sessions.items[i];
        if (!session->archived && session->status >= SESSION_COMPLETED)
            found(visit, "session file", session->path,
                  "ended but not archived; the next verb that writes finishes the move");
    }
    struct line *line = doc_line(visit->out, "Sessions");
    (void)line_add(visit->out, line, "sessions",
                   figure_count((int64_t)roster.sessions.count, BASIS_MEASURED));
}

static void check_templates(struct visit *visit)
{
    for (enum level level = LEVEL_DEVELOPMENT; level <= LEVEL_CODED; level++) {
        struct level_template template;
        struct err why = { 0 };
        if (visit->request->home.project && !templates_load(visit->request, level, &template, &why))
            found(visit, "template", templates_path(visit->request, level), why.text);
    }
}

static void check_ledger(struct visit *visit)
{
    struct request *request = visit->request;
    const char **findings = NULL;
    size_t count = 0;
    struct ledger_totals totals = { 0 };
    struct err why = { 0 };
    if (!request->ledger) {
        found(visit, "ledger", request->home.ledger, "cannot be opened");
        return;
    }
    if (!ledger_check(request->ledger, request->arena, &findings, &count, &why) ||
        !ledger_totals(request->ledger, &totals, &why))
        found(visit, "ledger", request->home.ledger, why.text);
    for (size_t i = 0; i < count; i++)
        found(visit, "ledger", request->home.ledger, findings[i]);
    struct line *line = doc_line(visit->out, "Logs read");
    line_figure(visit->out, line, "logs", NULL, figure_count(totals.logs, BASIS_MEASURED),
                " files");
    line_figure(visit->out, line, "damaged_lines", NULL,
                figure_count(totals.damages, BASIS_MEASURED), " lines that could not be read");
}

static void check_damages(struct visit *visit)
{
    struct request *request = visit->request;
    struct ledger_damage *damages;
    size_t count;
    struct err ignored = { 0 };
    if (!request->ledger ||
        !ledger_damages(request->ledger, request->arena, DAMAGES_SHOWN, &damages, &count, &ignored))
        return;
    for (size_t i = 0; i < count; i++)
        found(visit, "log line",
              arena_printf(request->arena, "%s, byte %" PRId64, damages[i].path, damages[i].offset),
              damages[i].reason);
}

static void say_places(struct visit *visit)
{
    const struct home *home = &visit->request->home;
    struct line *line = doc_line(visit->out, "Project");
    line_text(visit->out, line, "%s", home->project ? home->project : home->no_project);
    line = doc_line(visit->out, "Ledger");
    line_text(visit->out, line, "%s", home->ledger);
    line = doc_line(visit->out, "Catalog");
    line_text(visit->out, line, "%s", home->catalog);
    line = doc_line(visit->out, "Agent logs");
    for (size_t i = 0; i < home->log_folder_count; i++)
        line_text(visit->out, line, "%s", home->log_folders[i]);
    if (!home->log_folder_count)
        line_text(visit->out, line, "none found");
    line = doc_line(visit->out, "Saves");
    line_text(visit->out, line,
              "each verb that writes; nothing else keeps sessions up to date yet");
}

static bool run(struct request *request, struct doc *out, struct err *err)
{
    static const struct column columns[] = {
        { "what", "WHAT", ALIGN_LEFT, 0 },
        { "where", NULL, ALIGN_LEFT, 0 },
        { "finding", NULL, ALIGN_LEFT, 0 },
        { NULL, "FINDING", ALIGN_LEFT, COLUMN_WRAPS },
    };
    struct visit visit = { request, out, NULL, 0 };
    (void)err;
    doc_title(out, "Doctor");
    say_places(&visit);
    visit.findings = doc_table(out, "rows", columns, ARRAY_LEN(columns));
    visit.findings->empty = "Nothing found.";
    check_sessions(&visit);
    check_templates(&visit);
    check_ledger(&visit);
    check_damages(&visit);
    out->exit_status = visit.count ? EXIT_FOUND : 0;
    return true;
}

const struct verb verb_doctor = {
    .name = "doctor",
    .summary = "Check session files, templates, ledger and logs; exit 9 when something is wrong",
    .flags = VERB_LEDGER,
    .run = run,
};
