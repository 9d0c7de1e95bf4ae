#include "report/spent.h"

#include <inttypes.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "measure/worked.h"
#include "model/summary.h"

static const char no_ledger[] = "no log has been read";
static const char no_price[] = "some calls have no price";

struct figure spent_cost(const struct usage_sum *sum, bool measured)
{
    if (!measured)
        return figure_unknown(FIGURE_MONEY, no_ledger);
    if (sum->calls && sum->unpriced_calls == sum->calls)
        return figure_of(figure_unknown(FIGURE_MONEY, "no call has a price"), sum->calls);
    struct figure cost = figure_of(figure_money(sum->cost_nano_usd, BASIS_MEASURED), sum->calls);
    cost.incomplete = sum->unpriced_calls > 0;
    cost.reason = cost.incomplete ? no_price : NULL;
    return cost;
}

struct figure spent_tokens(const struct usage_sum *sum, bool measured)
{
    if (!measured)
        return figure_unknown(FIGURE_COUNT, no_ledger);
    return figure_of(figure_count(usage_total(&sum->usage), BASIS_MEASURED), sum->calls);
}

struct figure spent_active(const struct worked *worked, bool measured)
{
    if (!measured)
        return figure_unknown(FIGURE_SECONDS, no_ledger);
    return figure_seconds(worked->active_ns / CLOCK_SECOND_NS, BASIS_MEASURED);
}

struct figure spent_errors_share(const struct worked *worked, bool measured)
{
    int64_t failed;
    int64_t all;
    double share;
    if (!measured)
        return figure_unknown(FIGURE_SHARE, no_ledger);
    if (!worked_error_share(worked, &failed, &all, &share))
        return figure_unknown(FIGURE_SHARE, "no tool was called");
    return figure_of(figure_share(share, BASIS_MEASURED), all);
}

/* Nothing of it in the ledger, though its file says that something was measured. */
static bool only_frozen(const struct worked *worked, bool measured, int64_t frozen)
{
    return frozen > 0 && (!measured || worked->sum.calls == 0);
}

struct figure spent_of_session(const struct summary *session, const struct worked *worked,
                               bool measured)
{
    if (only_frozen(worked, measured, session->frozen_nano_usd))
        return figure_money(session->frozen_nano_usd, BASIS_MEASURED);
    return spent_cost(&worked->sum, measured);
}

struct figure tokens_of_session(const struct summary *session, const struct worked *worked,
                                bool measured)
{
    if (only_frozen(worked, measured, session->frozen_tokens))
        return figure_count(session->frozen_tokens, BASIS_MEASURED);
    return spent_tokens(&worked->sum, measured);
}

struct figure active_of_session(const struct summary *session, const struct worked *worked,
                                bool measured)
{
    if (only_frozen(worked, measured, session->frozen_active_s))
        return figure_seconds(session->frozen_active_s, BASIS_MEASURED);
    return spent_active(worked, measured);
}

void spent_models(struct doc *doc, const struct worked *worked)
{
    static const struct column columns[] = {
        { "model", "MODEL", ALIGN_LEFT, COLUMN_SHRINKS },
        { "calls", "CALLS", ALIGN_RIGHT, 0 },
        { "tokens", "TOKENS", ALIGN_RIGHT, 0 },
        { "output_tokens", "OUTPUT", ALIGN_RIGHT, 0 },
        { "cache_read_tokens", "CACHE READ", ALIGN_RIGHT, 0 },
        { "cost", "COST", ALIGN_RIGHT, 0 },
    };
    if (worked->model_count == 0)
        return;
    struct table *table = doc_table(doc, "by_model", columns, ARRAY_LEN(columns));
    for (size_t i = 0; i < worked->model_count; i++) {
        const struct worked_model *model = &worked->models[i];
        struct row *row = table_row(doc, table);
        table_cell(doc, row, 0, figure_text(model->model));
        table_cell(doc, row, 1, figure_count(model->sum.calls, BASIS_MEASURED));
        table_cell(doc, row, 2, spent_tokens(&model->sum, true));
        table_cell(doc, row, 3, figure_count(model->sum.usage.output, BASIS_MEASURED));
        table_cell(doc, row, 4, figure_count(model->sum.usage.cache_read, BASIS_MEASURED));
        table_cell(doc, row, 5, spent_cost(&model->sum, true));
    }
}

void spent_services(struct doc *doc, const struct worked *worked)
{
    if (worked->service_count == 0)
        return;
    struct line *line = doc_line(doc, "Services");
    for (size_t i = 0; i < worked->service_count; i++) {
        const struct worked_service *service = &worked->services[i];
        const char *key = arena_printf(doc->arena, "api_calls_%s", service->service);
        line_figure(doc, line, key, arena_printf(doc->arena, "%s ", service->service),
                    figure_count(service->calls, BASIS_MEASURED), NULL);
    }
}

void spent_warn_unpriced(struct doc *doc, const struct worked *worked)
{
    struct buf names;
    if (worked->sum.unpriced_calls == 0)
        return;
    buf_init(&names, doc->arena, 300);
    for (size_t i = 0; i < worked->model_count; i++)
        if (worked->models[i].sum.unpriced_calls)
            buf_addf(&names, "%s%s", names.length ? ", " : "", worked->models[i].model);
    doc_warning(doc, "unpriced_model",
                "%" PRId64 " calls have no list price, so costs are incomplete: %s",
                worked->sum.unpriced_calls, names.text);
}
