#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "doc/doc.h"
#include "doc/doc_writers.h"

/* One table: the main one, else the first that has a key, else one row of facts and figures. The
 * totals are left out: whoever adds the column up must not count them twice. */

#define NANO_PER_USD INT64_C(1000000000)

struct line_of { /* a record under construction */
    struct buf *out;
    bool begun;
};

/* A spreadsheet takes a text that begins with one of these for a formula. */
static bool looks_like_formula(const char *text)
{
    return *text && strchr("=+-@\t\r", *text);
}

static void add_field(struct line_of *line, const char *text, bool foreign)
{
    struct buf *out = line->out;
    const char *valid = text_valid(out->arena, text, strlen(text));
    const char *prefix = foreign && looks_like_formula(valid) ? "'" : "";
    buf_add(out, line->begun ? "," : "");
    line->begun = true;
    if (!strpbrk(valid, ",\"\r\n")) {
        buf_addf(out, "%s%s", prefix, valid);
        return;
    }
    buf_addf(out, "\"%s", prefix);
    for (const char *c = valid; *c; c++)
        buf_addf(out, *c == '"' ? "\"%c" : "%c", *c);
    buf_add(out, "\"");
}

static void end_line(struct line_of *line)
{
    buf_add(line->out, "\r\n");
    line->begun = false;
}

/* Dollars with all nine digits: nothing is lost, and no spreadsheet rounds by itself. */
static void write_money(int64_t nano_usd, char *out, size_t room)
{
    uint64_t nano = nano_usd < 0 ? -(uint64_t)nano_usd : (uint64_t)nano_usd;
    (void)snprintf(out, room, "%s%" PRIu64 ".%09" PRIu64, nano_usd < 0 ? "-" : "",
                   nano / (uint64_t)NANO_PER_USD, nano % (uint64_t)NANO_PER_USD);
}

static void add_figure(struct line_of *line, const struct figure *figure)
{
    char text[CLOCK_TEXT + 24] = "";
    if (!figure_known(figure)) {
        add_field(line, "", false);
        return;
    }
    switch (figure->kind) {
    case FIGURE_TEXT:
        add_field(line, figure->text, true);
        return;
    case FIGURE_COUNT:
    case FIGURE_SECONDS:
        (void)snprintf(text, sizeof(text), "%" PRId64, figure->number);
        break;
    case FIGURE_MONEY:
        write_money(figure->number, text, sizeof(text));
        break;
    case FIGURE_TIME:
        clock_utc(figure->number, text);
        break;
    case FIGURE_SHARE:
    case FIGURE_SCORE:
        (void)snprintf(text, sizeof(text), "%.15g", figure->decimal);
        break;
    }
    add_field(line, text, false);
}

/* Money of nothing but unpriced calls is no zero. */
static void add_cell(struct line_of *line, const struct figure *figure)
{
    bool unpriced = figure->kind == FIGURE_MONEY && figure->incomplete && figure->number == 0;
    if (unpriced)
        add_field(line, "", false);
    else
        add_figure(line, figure);
}

static void write_heads(struct line_of *line, const struct table *table)
{
    for (size_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].key)
            add_field(line, table->columns[i].key, false);
        if (i == 0 && table->part_key)
            add_field(line, table->part_key, false);
    }
    end_line(line);
}

/* `part` NULL: the row itself. */
static void write_row(struct line_of *line, const struct table *table, const struct row *row,
                      const struct row *part)
{
    const struct row *from = part ? part : row;
    for (size_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].key)
            add_cell(line,
                     i == 0 || !figure_given(&from->cells[i]) ? &row->cells[i] : &from->cells[i]);
        if (i == 0 && table->part_key && part)
            add_cell(line, &part->cells[0]);
        else if (i == 0 && table->part_key)
            add_field(line, "", false);
    }
    end_line(line);
}

static void write_table(struct line_of *line, const struct table *table)
{
    write_heads(line, table);
    for (const struct row *row = table->rows; row; row = row->next) {
        for (const struct row *part = row->parts; part; part = part->next)
            write_row(line, table, row, part);
        if (!row->parts)
            write_row(line, table, row, NULL);
    }
}

static const struct table *main_table(const struct doc *doc)
{
    const struct table *first = NULL;
    for (const struct block *block = doc->blocks; block; block = block->next) {
        if (block->kind != BLOCK_TABLE || !block->table.key)
            continue;
        if (strcmp(block->table.key, "rows") == 0)
            return &block->table;
        first = first ? first : &block->table;
    }
    return first;
}

/* A key that was used before keeps its first figure, as in JSON. */
static bool used_before(const struct doc *doc, const struct part *wanted)
{
    for (const struct block *block = doc->blocks; block; block = block->next) {
        if (block->kind != BLOCK_LINE)
            continue;
        for (const struct part *part = block->line.parts; part; part = part->next) {
            if (part == wanted)
                return false;
            if (part->key && strcmp(part->key, wanted->key) == 0)
                return true;
        }
    }
    return false;
}

static void add_named(struct line_of *line, const char *key, const struct figure *figure, bool head)
{
    if (head)
        add_field(line, key, false);
    else
        add_cell(line, figure);
}

/* Facts, then the figures of lines: their keys (`heads`) or what they are. */
static void write_figures(struct line_of *line, const struct doc *doc, bool heads)
{
    for (const struct doc_fact *fact = doc->facts; fact; fact = fact->next)
        add_named(line, fact->key, &fact->figure, heads);
    for (const struct block *block = doc->blocks; block; block = block->next) {
        if (block->kind != BLOCK_LINE)
            continue;
        for (const struct part *part = block->line.parts; part; part = part->next)
            if (part->key && !used_before(doc, part))
                add_named(line, part->key, &part->figure, heads);
    }
    end_line(line);
}

void doc_csv_write(const struct doc *doc, const struct style *style, struct buf *out)
{
    struct line_of line = { .out = out };
    const struct table *table = main_table(doc);
    (void)style;
    if (table) {
        write_table(&line, table);
        return;
    }
    write_figures(&line, doc, true);
    if (line.out->length > strlen("\r\n"))
        write_figures(&line, doc, false);
}
