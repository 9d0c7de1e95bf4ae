#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "doc/doc.h"
#include "doc/doc_writers.h"

/* Written as it goes: a tree of a hundred thousand rows would be built only to be thrown away. */
struct sheet {
    struct buf *out;
    bool compact;
    bool first; /* nothing in the innermost object or list yet */
    int depth;
};

static void add_line(struct sheet *sheet)
{
    if (sheet->compact)
        return;
    buf_add(sheet->out, "\n");
    for (int i = 0; i < sheet->depth; i++)
        buf_add(sheet->out, "  ");
}

/* Nearly every key is a plain word that needs no escape, and a table has very many. */
static void add_key(struct buf *out, const char *key)
{
    size_t length = strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_");
    if (key[length]) {
        json_quote(out, key);
        return;
    }
    buf_add(out, "\"");
    buf_addn(out, key, length);
    buf_add(out, "\"");
}

/* Before each member (with its key) and each item (NULL). */
static void begin_value(struct sheet *sheet, const char *key)
{
    if (!sheet->first)
        buf_add(sheet->out, ",");
    if (sheet->depth > 0)
        add_line(sheet);
    sheet->first = false;
    if (key) {
        add_key(sheet->out, key);
        buf_add(sheet->out, sheet->compact ? ":" : ": ");
    }
}

static void open_with(struct sheet *sheet, const char *key, const char *bracket)
{
    begin_value(sheet, key);
    buf_add(sheet->out, bracket);
    sheet->depth++;
    sheet->first = true;
}

static void close_with(struct sheet *sheet, const char *bracket)
{
    sheet->depth--;
    if (!sheet->first)
        add_line(sheet);
    buf_add(sheet->out, bracket);
    sheet->first = false;
}

static void add_text(struct sheet *sheet, const char *key, const char *text)
{
    begin_value(sheet, key);
    if (text)
        json_quote(sheet->out, text);
    else
        buf_add(sheet->out, "null");
}

static void add_count(struct sheet *sheet, const char *key, int64_t count)
{
    begin_value(sheet, key);
    buf_addf(sheet->out, "%" PRId64, count);
}

static void add_bool(struct sheet *sheet, const char *key, bool value)
{
    begin_value(sheet, key);
    buf_add(sheet->out, value ? "true" : "false");
}

/* The shortest text that is read back as the same number. */
static void add_decimal(struct sheet *sheet, const char *key, double number)
{
    char text[40];
    begin_value(sheet, key);
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(text, sizeof(text), "%.*g", digits, number);
        if (!islessgreater(strtod(text, NULL), number))
            break;
    }
    buf_add(sheet->out, text);
}

static void add_time(struct sheet *sheet, const char *key, int64_t at_ns)
{
    char text[CLOCK_TEXT];
    clock_utc(at_ns, text);
    add_text(sheet, key, text);
}

/* The bare value under `key`; null when unknown. */
static void add_value(struct sheet *sheet, const char *key, const struct figure *figure)
{
    if (!figure_known(figure)) {
        add_text(sheet, key, NULL);
        return;
    }
    switch (figure->kind) {
    case FIGURE_TEXT:
        add_text(sheet, key, figure->text);
        return;
    case FIGURE_COUNT:
    case FIGURE_MONEY:
    case FIGURE_SECONDS:
        add_count(sheet, key, figure->number);
        return;
    case FIGURE_TIME:
        add_time(sheet, key, figure->number);
        return;
    case FIGURE_SHARE:
    case FIGURE_SCORE:
        add_decimal(sheet, key, figure->decimal);
        return;
    }
}

static void add_reason(struct sheet *sheet, const struct figure *figure)
{
    if (!figure_known(figure) || (figure->incomplete && figure->reason))
        add_text(sheet, "reason", figure->reason ? figure->reason : "not known");
}

/* A fact or a cell: a plain value, money an object that says whether all of it is in. */
static void add_cell(struct sheet *sheet, const char *key, const struct figure *figure)
{
    if (figure->kind != FIGURE_MONEY) {
        add_value(sheet, key, figure);
        return;
    }
    open_with(sheet, key, "{");
    add_value(sheet, "usd_nanos", figure);
    add_bool(sheet, "complete", figure_known(figure) && !figure->incomplete);
    add_reason(sheet, figure);
    close_with(sheet, "}");
}

static const char *value_key(enum figure_kind kind)
{
    switch (kind) {
    case FIGURE_MONEY:
        return "usd_nanos";
    case FIGURE_SECONDS:
        return "seconds";
    case FIGURE_TIME:
        return "at";
    case FIGURE_TEXT:
    case FIGURE_COUNT:
    case FIGURE_SHARE:
    case FIGURE_SCORE:
        break;
    }
    return "value";
}

static void add_figure(struct sheet *sheet, const char *key, const struct figure *figure)
{
    static const char *const names[] = { [BASIS_UNKNOWN] = "unknown",
                                         [BASIS_MEASURED] = "measured",
                                         [BASIS_ENTERED] = "entered",
                                         [BASIS_ESTIMATED] = "estimated",
                                         [BASIS_MIXED] = "mixed" };
    bool known = figure_known(figure);
    if (known && figure->kind == FIGURE_TEXT) {
        add_text(sheet, key, figure->text);
        return;
    }
    open_with(sheet, key, "{");
    add_value(sheet, value_key(figure->kind), figure);
    add_text(sheet, "basis", names[known ? figure->basis : BASIS_UNKNOWN]);
    if (known && figure->kind == FIGURE_MONEY)
        add_bool(sheet, "complete", !figure->incomplete);
    if (figure->n >= 0)
        add_count(sheet, "n", figure->n);
    add_reason(sheet, figure);
    close_with(sheet, "}");
}

struct seen { /* keys already in figures{} */
    const char *key;
    struct seen *next;
};

static bool is_new(struct arena *arena, struct seen **seen, const char *key)
{
    for (const struct seen *old = *seen; old; old = old->next)
        if (strcmp(old->key, key) == 0)
            return false;
    struct seen *added = arena_alloc(arena, sizeof(*added));
    *added = (struct seen){ key, *seen };
    *seen = added;
    return true;
}

static void add_figures(struct sheet *sheet, const struct doc *doc)
{
    struct seen *seen = NULL;
    open_with(sheet, "figures", "{");
    for (const struct block *block = doc->blocks; block; block = block->next) {
        if (block->kind != BLOCK_LINE)
            continue;
        for (const struct part *part = block->line.parts; part; part = part->next)
            if (part->key && is_new(sheet->out->arena, &seen, part->key))
                add_figure(sheet, part->key, &part->figure);
    }
    close_with(sheet, "}");
}

/* What a row is made of; a cell never set says the same as its row's and is left out. */
static void add_parts(struct sheet *sheet, const struct table *table, const struct row *row)
{
    open_with(sheet, table->parts_key, "[");
    for (const struct row *part = row->parts; part; part = part->next) {
        open_with(sheet, NULL, "{");
        add_cell(sheet, table->part_key, &part->cells[0]);
        for (size_t i = 1; i < table->column_count; i++)
            if (table->columns[i].key && figure_given(&part->cells[i]))
                add_cell(sheet, table->columns[i].key, &part->cells[i]);
        close_with(sheet, "}");
    }
    close_with(sheet, "]");
}

static void add_rows(struct sheet *sheet, const struct table *table)
{
    open_with(sheet, "rows", "[");
    for (const struct row *row = table ? table->rows : NULL; row; row = row->next) {
        open_with(sheet, NULL, "{");
        for (size_t i = 0; i < table->column_count; i++)
            if (table->columns[i].key)
                add_cell(sheet, table->columns[i].key, &row->cells[i]);
        if (table->parts_key)
            add_parts(sheet, table, row);
        close_with(sheet, "}");
    }
    close_with(sheet, "]");
}

static void add_totals(struct sheet *sheet, const struct table *table)
{
    const struct row *totals = table ? table->totals : NULL;
    open_with(sheet, "totals", "{");
    for (size_t i = 0; totals && i < table->column_count; i++)
        if (table->columns[i].key && figure_given(&totals->cells[i]))
            add_cell(sheet, table->columns[i].key, &totals->cells[i]);
    close_with(sheet, "}");
}

static bool is_main(const struct table *table)
{
    return strcmp(table->key, "rows") == 0;
}

static void add_tables(struct sheet *sheet, const struct doc *doc)
{
    const struct table *main_table = NULL;
    for (const struct block *block = doc->blocks; block; block = block->next)
        if (block->kind == BLOCK_TABLE && block->table.key && is_main(&block->table))
            main_table = &block->table;
    add_rows(sheet, main_table);
    add_totals(sheet, main_table);
    for (const struct block *block = doc->blocks; block; block = block->next) {
        const struct table *table = &block->table;
        if (block->kind != BLOCK_TABLE || !table->key || is_main(table))
            continue;
        open_with(sheet, table->key, "{");
        add_rows(sheet, table);
        if (table->totals)
            add_totals(sheet, table);
        close_with(sheet, "}");
    }
}

static void add_alerts(struct sheet *sheet, const struct doc *doc)
{
    open_with(sheet, "alerts", "[");
    for (const struct doc_alert *alert = doc->alerts; alert; alert = alert->next) {
        open_with(sheet, NULL, "{");
        add_text(sheet, "rule", alert->rule);
        add_text(sheet, "session", alert->session);
        add_bool(sheet, "strong", alert->strong);
        add_text(sheet, "text", alert->text);
        close_with(sheet, "}");
    }
    close_with(sheet, "]");
}

static void add_warnings(struct sheet *sheet, const struct doc *doc)
{
    open_with(sheet, "warnings", "[");
    for (const struct doc_warning *warning = doc->warnings; warning; warning = warning->next) {
        open_with(sheet, NULL, "{");
        add_text(sheet, "code", warning->code);
        add_text(sheet, "text", warning->text);
        close_with(sheet, "}");
    }
    close_with(sheet, "]");
}

static void add_window(struct sheet *sheet, const struct doc *doc)
{
    open_with(sheet, "window", "{");
    add_time(sheet, "from", doc->window_from_ns);
    add_time(sheet, "to", doc->window_to_ns);
    add_text(sheet, "tz", clock_zone_name());
    add_bool(sheet, "complete", doc->window_complete);
    close_with(sheet, "}");
}

void doc_json_write(const struct doc *doc, const struct style *style, struct buf *out)
{
    struct sheet sheet = { .out = out, .compact = style->compact, .first = true };
    open_with(&sheet, NULL, "{");
    add_text(&sheet, "schema", doc->schema);
    add_count(&sheet, "schema_version", 1);
    add_text(&sheet, "tool_version", style->version);
    add_time(&sheet, "generated_at", doc->generated_at_ns);
    for (const struct doc_fact *fact = doc->facts; fact; fact = fact->next)
        add_cell(&sheet, fact->key, &fact->figure);
    if (doc->has_window)
        add_window(&sheet, doc);
    add_figures(&sheet, doc);
    add_tables(&sheet, doc);
    add_alerts(&sheet, doc);
    add_warnings(&sheet, doc);
    close_with(&sheet, "}");
    if (!style->compact)
        buf_add(out, "\n");
}
