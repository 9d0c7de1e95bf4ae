#include "report/report_tools.h"

#include <stdint.h>

#include "doc/doc.h"
#include "measure/service.h"
#include "measure/toolbox.h"

enum { TOOL, SERVICE, CALLS, OK, ERRORS, DECLINED, UNANSWERED, SHARE, COLUMNS };

static const struct column columns[COLUMNS] = {
    [TOOL] = { "tool", "TOOL", ALIGN_LEFT, COLUMN_SHRINKS },
    [SERVICE] = { "service", "SERVICE", ALIGN_LEFT, COLUMN_IF_KNOWN },
    [CALLS] = { "calls", "CALLS", ALIGN_RIGHT, 0 },
    [OK] = { "ok", NULL, ALIGN_RIGHT, 0 },
    [ERRORS] = { "errors", "ERRORS", ALIGN_RIGHT, 0 },
    [DECLINED] = { "declined", "DECLINED", ALIGN_RIGHT, 0 },
    [UNANSWERED] = { "unanswered", "NO ANSWER", ALIGN_RIGHT, COLUMN_SPARE },
    [SHARE] = { "error_share", "ERROR SHARE", ALIGN_RIGHT, 0 },
};

static void fill(struct doc *out, struct row *row, const struct toolbox_row *from)
{
    const int64_t counts[] = {
        toolbox_calls(from),        from->calls[TOOL_OK],      from->calls[TOOL_ERROR],
        from->calls[TOOL_DECLINED], from->calls[TOOL_PENDING],
    };
    int64_t ran;
    double share;
    bool any = toolbox_error_share(from, &ran, &share);
    for (size_t i = 0; i < SHARE - CALLS; i++)
        table_cell(out, row, CALLS + i, figure_count(counts[i], BASIS_MEASURED));
    table_cell(out, row, SHARE,
               any ? figure_of(figure_share(share, BASIS_MEASURED), ran)
                   : figure_unknown(FIGURE_SHARE, "none has run"));
}

void report_tools(const struct toolbox *box, const struct service_rules *services, bool measured,
                  struct doc *out)
{
    struct table *table = doc_table(out, "rows", columns, COLUMNS);
    table->empty = measured ? "No tool call in this range." : "No log has been read yet.";
    for (size_t i = 0; i < box->count; i++) {
        const struct toolbox_row *from = &box->rows[i];
        const char *service = service_of_tool(services, from->name);
        struct row *row = table_row(out, table);
        table_cell(out, row, TOOL,
                   *from->name ? figure_text(from->name)
                               : figure_unknown(FIGURE_TEXT, "only its result is in the logs"));
        table_cell(out, row, SERVICE,
                   service ? figure_text(service) : figure_unknown(FIGURE_TEXT, "none"));
        fill(out, row, from);
    }
    struct row *totals = table_totals(out, table);
    table_cell(out, totals, TOOL, figure_text("Total"));
    fill(out, totals, &box->total);
}
