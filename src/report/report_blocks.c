#include "report/report_blocks.h"

#include <inttypes.h>

#include "base/attr.h"
#include "base/clock.h"
#include "doc/doc.h"
#include "measure/block.h"
#include "report/report_usage.h"
#include "report/spent.h"

enum { START, END, STATE, FIRST, LAST, LASTED, COUNTS, COST = COUNTS + 10, BASIS, COLUMNS };

static const struct column columns[COLUMNS] = {
    [START] = { "start", "BLOCK", ALIGN_LEFT, 0 },
    [END] = { "end", NULL, ALIGN_LEFT, 0 },
    [STATE] = { "state", "STATE", ALIGN_LEFT, 0 },
    [FIRST] = { "first_call_at", NULL, ALIGN_LEFT, 0 },
    [LAST] = { "last_call_at", NULL, ALIGN_LEFT, 0 },
    [LASTED] = { "span_seconds", "SPAN", ALIGN_RIGHT, 0 },
    { "calls", "CALLS", ALIGN_RIGHT, 0 },
    { "input_tokens", "INPUT", ALIGN_RIGHT, COLUMN_SPARE },
    { "output_tokens", "OUTPUT", ALIGN_RIGHT, COLUMN_SPARE },
    { "cache_write_tokens", "CACHE WR", ALIGN_RIGHT, COLUMN_SPARE },
    { "cache_write_5m_tokens", NULL, ALIGN_RIGHT, 0 },
    { "cache_write_1h_tokens", NULL, ALIGN_RIGHT, 0 },
    { "cache_read_tokens", "CACHE RD", ALIGN_RIGHT, COLUMN_SPARE },
    { "total_tokens", "TOKENS", ALIGN_RIGHT, 0 },
    { "web_searches", NULL, ALIGN_RIGHT, 0 },
    { "unpriced_calls", NULL, ALIGN_RIGHT, 0 },
    [COST] = { "cost", "COST", ALIGN_RIGHT, 0 },
    [BASIS] = { "basis", NULL, ALIGN_LEFT, 0 },
};

static void fill(struct doc *doc, struct row *row, const struct usage_sum *sum)
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
    for (size_t i = 0; i < COST - COUNTS; i++)
        table_cell(doc, row, COUNTS + i, figure_count(counts[i], BASIS_MEASURED));
    table_cell(doc, row, COST, spent_cost(sum, true));
}

static struct figure estimated_time(int64_t at_ns)
{
    struct figure figure = figure_time(at_ns);
    figure.basis = BASIS_ESTIMATED;
    return figure;
}

static void add_block(const struct block_row *block, bool breakdown, struct table *table,
                      struct doc *out)
{
    struct row *row = table_row(out, table);
    int64_t from_ns = block->gap ? block->start_ns : block->first_ns;
    int64_t to_ns = block->gap ? block->end_ns : block->last_ns;
    bool calls = block->sum.calls > 0;
    table_cell(out, row, START, estimated_time(block->start_ns));
    table_cell(out, row, END, estimated_time(block->end_ns));
    table_cell(out, row, STATE,
               figure_text(block->gap      ? "gap"
                           : block->active ? "active"
                                           : "over"));
    table_cell(out, row, FIRST,
               calls ? figure_time(block->first_ns) : figure_unknown(FIGURE_TIME, "no call"));
    table_cell(out, row, LAST,
               calls ? figure_time(block->last_ns) : figure_unknown(FIGURE_TIME, "no call"));
    table_cell(out, row, LASTED,
               figure_seconds((to_ns - from_ns) / CLOCK_SECOND_NS, BASIS_MEASURED));
    table_cell(out, row, BASIS, figure_text("estimated"));
    fill(out, row, &block->sum);
    row->tone = block->gap ? TONE_MUTED : TONE_PLAIN;
    row->mark = block->active ? ">" : NULL;
    for (size_t i = 0; breakdown && i < block->models.count; i++) {
        struct row *part = row_part(out, table, row);
        table_cell(out, part, START, figure_text(block->models.items[i].key));
        fill(out, part, &block->models.items[i].sum);
    }
}

struct usage_sum report_blocks_total(const struct block_list *blocks)
{
    struct usage_sum total = { 0 };
    for (size_t i = 0; i < blocks->count; i++)
        (void)!usage_sum_join(&total, &blocks->rows[i].sum);
    return total;
}

/* A projection of an incomplete cost is incomplete, too. */
static struct figure projected_money(int64_t nano_usd, const struct usage_sum *sum)
{
    struct figure figure = figure_money(nano_usd, BASIS_ESTIMATED);
    figure.n = sum->calls;
    figure.incomplete = sum->unpriced_calls > 0;
    figure.reason = figure.incomplete ? "some calls have no price" : NULL;
    return figure;
}

static struct figure projected(int64_t count, const struct usage_sum *sum)
{
    return figure_of(figure_count(count, BASIS_ESTIMATED), sum->calls);
}

static void add_outlook(const struct block_row *block, struct doc *out)
{
    struct block_outlook outlook;
    if (!block_outlook(block, out->generated_at_ns, &outlook)) {
        if (block->active)
            doc_note(out, "Active block: one call has no pace yet.");
        return;
    }
    struct line *pace = doc_line(out, "Burn rate");
    line_figure(out, pace, "tokens_per_minute", NULL,
                projected(outlook.tokens_per_minute, &block->sum), " tokens a minute");
    line_figure(out, pace, "tokens_per_hour", NULL, projected(outlook.tokens_per_hour, &block->sum),
                " an hour");
    line_figure(out, pace, "cost_per_hour", NULL,
                projected_money(outlook.nano_usd_per_hour, &block->sum), " an hour");
    struct line *end = doc_line(out, "At this pace");
    line_figure(out, end, "projected_tokens", NULL, projected(outlook.tokens, &block->sum),
                " tokens");
    line_figure(out, end, "projected_cost", NULL, projected_money(outlook.nano_usd, &block->sum),
                NULL);
    line_figure(out, end, "block_ends_at", "at the block's end ", estimated_time(block->end_ns),
                NULL);
    line_figure(out, end, "seconds_left", "in ",
                figure_seconds(outlook.minutes_left * 60, BASIS_ESTIMATED), NULL);
}

void report_blocks(const struct block_list *blocks, const struct usage_facts *facts,
                   struct doc *out)
{
    struct table *table = doc_table(out, "rows", columns, COLUMNS);
    struct usage_sum total = report_blocks_total(blocks);
    table->empty =
        facts->measured ? "No five-hour block in this range." : "No log has been read yet.";
    if (facts->breakdown) {
        table->parts_key = "models";
        table->part_key = "model";
    }
    for (size_t i = 0; i < blocks->count; i++)
        add_block(&blocks->rows[i], facts->breakdown, table, out);
    struct row *totals = table_totals(out, table);
    table_cell(out, totals, START, figure_text("Total"));
    fill(out, totals, &total);
    if (blocks->count == 0)
        return;
    doc_gap(out);
    for (size_t i = 0; i < blocks->count; i++)
        if (blocks->rows[i].active)
            add_outlook(&blocks->rows[i], out);
    doc_note(out, "Blocks are estimated from the calls of these logs: the official limits are not "
                  "recorded yet.");
}
