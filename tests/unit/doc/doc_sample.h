#pragma once
/* A doc with everything in it, for the tests of the writers. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "doc/doc.h"

#define USD(cents) ((int64_t)(cents)*10000000)
#define SAMPLE_NOW (INT64_C(1791297120) * CLOCK_SECOND_NS) /* 2026-10-06T14:32:00Z */

static const struct column sample_columns[] = {
    { "id", "ID", ALIGN_LEFT, COLUMN_SHRINKS },
    { "purpose", "PURPOSE", ALIGN_LEFT, COLUMN_SHRINKS },
    { "calls", "CALLS", ALIGN_RIGHT, 0 },
    { "cost", "COST", ALIGN_RIGHT, 0 },
    { "share", "SHARE", ALIGN_RIGHT, 0 },
    { "quality", "QUAL", ALIGN_RIGHT, 0 },
    { "active", "ACTIVE", ALIGN_RIGHT, 0 },
    { "at", NULL, ALIGN_LEFT, 0 },
};

static inline struct figure sample_part_priced(int64_t cents)
{
    struct figure figure = figure_money(USD(cents), BASIS_MEASURED);
    figure.incomplete = true;
    figure.reason = "2 calls without a price";
    return figure;
}

static inline void sample_rows(struct doc *doc)
{
    struct table *table = doc_table(doc, "rows", sample_columns, ARRAY_LEN(sample_columns));
    struct row *row = table_row(doc, table);
    row->mark = ">";
    table_cell(doc, row, 0, figure_text("ep_015_20261006_1455"));
    table_cell(doc, row, 1, figure_text("why do we sleep, and what for?"));
    table_cell(doc, row, 2, figure_count(1234, BASIS_MEASURED));
    table_cell(doc, row, 3, sample_part_priced(331));
    table_cell(doc, row, 4, figure_share(0.83, BASIS_MEASURED));
    table_cell(doc, row, 5, figure_unknown(FIGURE_SCORE, "not scored yet"));
    table_cell(doc, row, 6, figure_seconds(2460, BASIS_MEASURED));
    table_cell(doc, row, 7, figure_time(SAMPLE_NOW));
    row = table_row(doc, table);
    table_cell(doc, row, 0, figure_text("plan_20261006_1600"));
    table_cell(doc, row, 1, figure_text("日本語 🚀 | `x` <b>"));
    table_cell(doc, row, 2, figure_count(0, BASIS_MEASURED));
    table_cell(doc, row, 3, figure_money(USD(62), BASIS_MEASURED));
    table_cell(doc, row, 4, figure_unknown(FIGURE_SHARE, "no budget"));
    table_cell(doc, row, 5, figure_score(0.91, BASIS_ENTERED));
    table_cell(doc, row, 6, figure_seconds(30, BASIS_MEASURED));
    row = table_totals(doc, table);
    table_cell(doc, row, 0, figure_text("2 sessions"));
    table_cell(doc, row, 2, figure_count(1234, BASIS_MEASURED));
    table_cell(doc, row, 3, sample_part_priced(393));
}

static inline void sample_lines(struct doc *doc)
{
    struct line *line = doc_line(doc, "Cost");
    line_add(doc, line, "cost_total", figure_of(figure_money(USD(1114), BASIS_MIXED), 4));
    line_add(doc, line, "cost_tokens", figure_money(USD(792), BASIS_MEASURED))->before = "tokens ";
    line_add(doc, line, "cost_elevenlabs", figure_money(USD(267), BASIS_ENTERED))->before =
        " · elevenlabs ";
    line = doc_line(doc, "");
    line_add(doc, line, "budget_day", figure_money(USD(1500), BASIS_ENTERED))->before =
        "day budget ";
    struct part *part = line_add(doc, line, "budget_share", figure_share(0.74, BASIS_MEASURED));
    part->before = " (";
    part->after = ")";
    part->tone = TONE_WARN;
    line = doc_line(doc, "Month end");
    line_add(doc, line, "month_end", figure_unknown(FIGURE_MONEY, "too early"));
    line_add(doc, line, "pace", figure_money(USD(18700), BASIS_ESTIMATED))->before =
        "at this pace ";
}

static inline void sample_status(struct doc *doc, struct arena *arena)
{
    doc_init(doc, arena, "session-manager/status", SAMPLE_NOW);
    doc_title(doc, "%s", "Tue 2026-10-06 16:32 +02:00");
    doc_window(doc, SAMPLE_NOW - 24 * CLOCK_HOUR_NS, SAMPLE_NOW, false);
    doc_fact(doc, "id", figure_text("ep_015"));
    doc_fact(doc, "level", figure_count(2, BASIS_MEASURED));
    sample_rows(doc);
    doc_gap(doc);
    sample_lines(doc);
    doc_heading(doc, "Key learnings");
    doc_note(doc, "  %s",
             "L-034 ElevenLabs refuses more than 5k characters per call, so split the "
             "script at a paragraph");
    doc_alert(doc, "budget", "ep_015", false,
              "ep_015 $3.31 of $4.00 (83 %); 9 of 14 earlier ones here ended above that budget");
    doc_alert(doc, "quality", NULL, true, "ep_012 0.71 < 0.85 strong");
    doc_warning(doc, "unpriced_model", "no price for '%s'", "model-x");
    doc_wrote(doc, "wrote %s", "a file nobody is told about here");
}

static inline const char *written(struct arena *arena, const struct doc *doc, const char *format,
                                  struct style style)
{
    struct buf out;
    buf_init(&out, arena, 256U << 20);
    doc_writer_find(format)->write(doc, &style, &out);
    return out.text;
}

static inline void in_utc(void)
{
    struct err err;
    if (!clock_zone_set("UTC", &err))
        abort();
}
