#include "report/report_usage.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "doc/doc.h"
#include "measure/tally.h"
#include "report/spent.h"

enum { COLUMNS = 11 };

static const struct column columns[COLUMNS] = {
    { NULL, NULL, ALIGN_LEFT, COLUMN_SHRINKS }, /* the key: filled in */
    { "calls", "CALLS", ALIGN_RIGHT, 0 },
    { "input_tokens", "INPUT", ALIGN_RIGHT, 0 },
    { "output_tokens", "OUTPUT", ALIGN_RIGHT, 0 },
    { "cache_write_tokens", "CACHE WR", ALIGN_RIGHT, 0 },
    { "cache_write_5m_tokens", NULL, ALIGN_RIGHT, 0 },
    { "cache_write_1h_tokens", NULL, ALIGN_RIGHT, 0 },
    { "cache_read_tokens", "CACHE RD", ALIGN_RIGHT, 0 },
    { "total_tokens", NULL, ALIGN_RIGHT, 0 },
    { "web_searches", NULL, ALIGN_RIGHT, 0 },
    { "cost", "COST", ALIGN_RIGHT, 0 },
};

static void fill(struct doc *doc, struct row *row, const char *key, const struct usage_sum *sum)
{
    const struct usage *usage = &sum->usage;
    const int64_t counts[] = {
        sum->calls,
        usage->input,
        usage->output,
        usage_cache_write(usage),
        usage->cache_write_5m,
        usage->cache_write_1h,
        usage->cache_read,
        usage_total(usage),
        usage->web_searches,
    };
    table_cell(doc, row, 0, figure_text(key));
    for (size_t i = 0; i < ARRAY_LEN(counts); i++)
        table_cell(doc, row, i + 1, figure_count(counts[i], BASIS_MEASURED));
    table_cell(doc, row, COLUMNS - 1, spent_cost(sum, true));
}

static void warn(const struct usage_facts *facts, struct doc *out)
{
    const struct usage_sum *total = &facts->tally->total;
    if (total->unpriced_calls)
        doc_warning(out, "unpriced_model",
                    "%" PRId64 " calls (%" PRId64 " tokens) have no list price: costs are "
                    "incomplete; 'usage model' shows which",
                    total->unpriced_calls, total->unpriced_tokens);
    if (facts->damages)
        doc_warning(out, "damaged_lines",
                    "%" PRId64
                    " lines of logs could not be read and are not counted; the first: %s",
                    facts->damages, facts->first_damage);
    if (facts->tally->overflow)
        doc_warning(out, "overflow", "a sum is too large to be shown; narrow the range");
}

void report_usage(const struct usage_facts *facts, struct doc *out)
{
    struct column *named = arena_alloc(out->arena, sizeof(columns));
    memcpy(named, columns, sizeof(columns));
    named[0].key = facts->key;
    named[0].head = facts->head;
    struct table *table = doc_table(out, "rows", named, COLUMNS);
    table->empty = facts->measured ? "No API call in this range." : "No log has been read yet.";
    for (size_t i = 0; i < facts->tally->count; i++)
        fill(out, table_row(out, table), facts->tally->rows[i].key, &facts->tally->rows[i].sum);
    fill(out, table_totals(out, table), "Total", &facts->tally->total);
    warn(facts, out);
}
