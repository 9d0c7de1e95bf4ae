#include "report/report_usage.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "doc/doc.h"
#include "measure/tally.h"
#include "report/spent.h"

enum { KEY, PROJECT, PROJECT_NAME, COUNTS, COST = COUNTS + 10, COLUMNS };

static const struct column columns[COLUMNS] = {
    [KEY] = { NULL, NULL, ALIGN_LEFT, COLUMN_SHRINKS },          /* filled in */
    [PROJECT] = { NULL, NULL, ALIGN_LEFT, 0 },                   /* filled in, JSON only */
    [PROJECT_NAME] = { NULL, NULL, ALIGN_LEFT, COLUMN_SHRINKS }, /* filled in, screens only */
    { "calls", "CALLS", ALIGN_RIGHT, 0 },
    { "input_tokens", "INPUT", ALIGN_RIGHT, COLUMN_SPARE },
    { "output_tokens", "OUTPUT", ALIGN_RIGHT, 0 },
    { "cache_write_tokens", "CACHE WR", ALIGN_RIGHT, COLUMN_SPARE },
    { "cache_write_5m_tokens", NULL, ALIGN_RIGHT, 0 },
    { "cache_write_1h_tokens", NULL, ALIGN_RIGHT, 0 },
    { "cache_read_tokens", "CACHE RD", ALIGN_RIGHT, COLUMN_SPARE },
    { "total_tokens", "TOTAL", ALIGN_RIGHT, COLUMN_SPARE },
    { "web_searches", NULL, ALIGN_RIGHT, 0 },
    { "unpriced_calls", NULL, ALIGN_RIGHT, 0 },
    [COST] = { "cost", "COST", ALIGN_RIGHT, 0 },
};

static void fill(struct doc *doc, struct row *row, const char *key, const struct usage_sum *sum)
{
    const struct usage *usage = &sum->usage;
    const int64_t counts[COST - COUNTS] = {
        sum->calls,
        usage->input,
        usage->output,
        usage_cache_write(usage),
        usage->cache_write_5m,
        usage->cache_write_1h,
        usage->cache_read,
        usage_total(usage),
        usage->web_searches,
        sum->unpriced_calls,
    };
    table_cell(doc, row, KEY,
               *key ? figure_text(key) : figure_unknown(FIGURE_TEXT, "the log does not say"));
    for (size_t i = 0; i < COST - COUNTS; i++)
        table_cell(doc, row, COUNTS + i, figure_count(counts[i], BASIS_MEASURED));
    table_cell(doc, row, COST, spent_cost(sum, true));
}

void report_usage_warn(const struct usage_facts *facts, const struct usage_sum *total,
                       bool overflow, struct doc *out)
{
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
    if (overflow)
        doc_warning(out, "overflow", "a sum is too large to be shown; narrow the range");
}

static struct table *table_of(const struct usage_facts *facts, struct doc *out)
{
    struct column *named = arena_alloc(out->arena, sizeof(columns));
    memcpy(named, columns, sizeof(columns));
    named[KEY].key = facts->key;
    named[KEY].head = facts->head;
    if (facts->has_project) {
        named[PROJECT].key = "project";
        named[PROJECT_NAME].head = "PROJECT";
    }
    struct table *table = doc_table(out, "rows", named, COLUMNS);
    table->empty = facts->measured ? "No API call in this range." : "No log has been read yet.";
    if (facts->breakdown) {
        table->parts_key = "models";
        table->part_key = "model";
    }
    return table;
}

static void add_project(struct doc *out, struct row *row, const char *project)
{
    const char *slash = strrchr(project, '/');
    bool said = *project != '\0';
    table_cell(out, row, PROJECT,
               said ? figure_text(project) : figure_unknown(FIGURE_TEXT, "the log does not say"));
    if (said)
        table_cell(out, row, PROJECT_NAME, figure_text(slash && slash[1] ? slash + 1 : project));
}

void report_usage(const struct usage_facts *facts, struct doc *out)
{
    struct table *table = table_of(facts, out);
    for (size_t i = 0; i < facts->tally->count; i++) {
        const struct tally_row *from = &facts->tally->rows[i];
        const char *joint = strchr(from->key, REPORT_USAGE_JOINT);
        struct row *row = table_row(out, table);
        fill(out, row, joint ? joint + 1 : from->key, &from->sum);
        if (facts->has_project)
            add_project(out, row, from->of ? from->of : "");
        for (size_t k = 0; facts->breakdown && k < from->parts.count; k++)
            fill(out, row_part(out, table, row), from->parts.items[k].key,
                 &from->parts.items[k].sum);
    }
    fill(out, table_totals(out, table), "Total", &facts->tally->total);
    report_usage_warn(facts, &facts->tally->total, facts->tally->overflow, out);
}
