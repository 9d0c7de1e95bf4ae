#include "report/report_plan.h"

#include "doc/doc.h"
#include "model/usage.h"
#include "report/spent.h"

/* Logs are a lower bound of what was used, and nobody was billed list prices. */
void report_plan(const struct plan_facts *facts, struct doc *out)
{
    struct figure value = spent_cost(facts->used, facts->measured);
    struct figure ratio = figure_unknown(FIGURE_SCORE, "no log has been read");
    if (value.basis != BASIS_UNKNOWN) {
        value.basis = BASIS_ESTIMATED;
        ratio = figure_score((double)value.number / (double)facts->month_nano_usd, BASIS_ESTIMATED);
    }
    enum basis price_basis = facts->own_price ? BASIS_ENTERED : BASIS_ESTIMATED;
    doc_gap(out);
    struct line *line = doc_line(out, "Plan");
    line_figure(out, line, "plan_value", "value at list price ", value, " ");
    line_figure(out, line, "plan_month_price", "of ",
                figure_money(facts->month_nano_usd, price_basis), " ");
    line_figure(out, line, "plan_ratio", "(", ratio, " x)");
    line_text(out, line, "%s, this month so far, all projects", facts->plan);
    doc_fact(out, "plan", figure_text(facts->plan));
}
