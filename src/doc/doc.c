#include "doc/doc.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "doc/doc_writers.h"

static struct figure counted(enum figure_kind kind, int64_t number, enum basis basis)
{
    return (struct figure){
        .kind = kind, .basis = basis, .number = number, .null = basis == BASIS_UNKNOWN, .n = -1
    };
}

/* What no number stands for (0 / 0) is not known. */
static struct figure decimal(enum figure_kind kind, double number, enum basis basis)
{
    if (!isfinite(number))
        return figure_unknown(kind, "not a number");
    return (struct figure){
        .kind = kind, .basis = basis, .decimal = number, .null = basis == BASIS_UNKNOWN, .n = -1
    };
}

struct figure figure_text(const char *text)
{
    return (struct figure){ .kind = FIGURE_TEXT,
                            .basis = text ? BASIS_MEASURED : BASIS_UNKNOWN,
                            .text = text,
                            .null = !text,
                            .n = -1 };
}

struct figure figure_count(int64_t count, enum basis basis)
{
    return counted(FIGURE_COUNT, count, basis);
}

struct figure figure_money(int64_t nano_usd, enum basis basis)
{
    return counted(FIGURE_MONEY, nano_usd, basis);
}

struct figure figure_seconds(int64_t seconds, enum basis basis)
{
    return counted(FIGURE_SECONDS, seconds, basis);
}

struct figure figure_time(int64_t at_ns)
{
    return counted(FIGURE_TIME, at_ns, BASIS_MEASURED);
}

struct figure figure_share(double share, enum basis basis)
{
    return decimal(FIGURE_SHARE, share, basis);
}

struct figure figure_score(double score, enum basis basis)
{
    return decimal(FIGURE_SCORE, score, basis);
}

struct figure figure_unknown(enum figure_kind kind, const char *reason)
{
    return (struct figure){ .kind = kind, .null = true, .n = -1, .reason = reason };
}

struct figure figure_of(struct figure figure, int64_t n)
{
    figure.n = n;
    return figure;
}

bool figure_known(const struct figure *figure)
{
    if (figure->null)
        return false;
    return figure->kind == FIGURE_TEXT ? figure->text != NULL : figure->basis != BASIS_UNKNOWN;
}

bool figure_given(const struct figure *figure)
{
    return figure->kind != FIGURE_TEXT || !figure->null || figure->reason;
}

static const char *copied(struct doc *doc, const char *text)
{
    return text ? arena_strdup(doc->arena, text) : NULL;
}

static struct figure figure_copied(struct doc *doc, struct figure figure)
{
    figure.text = copied(doc, figure.text);
    figure.reason = copied(doc, figure.reason);
    return figure;
}

static PRINTF_LIKE(2, 0) const char *printed(struct doc *doc, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int length = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    assert(length >= 0);
    char *text = arena_alloc(doc->arena, (size_t)length + 1);
    (void)vsnprintf(text, (size_t)length + 1, fmt, ap);
    return text;
}

void doc_init(struct doc *doc, struct arena *arena, const char *schema, int64_t now_ns)
{
    *doc = (struct doc){ .arena = arena, .schema = schema, .generated_at_ns = now_ns };
    doc->last_fact = &doc->facts;
    doc->last_block = &doc->blocks;
    doc->last_alert = &doc->alerts;
    doc->last_warning = &doc->warnings;
}

void doc_title(struct doc *doc, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    doc->title = printed(doc, fmt, ap);
    va_end(ap);
}

void doc_window(struct doc *doc, int64_t from_ns, int64_t to_ns, bool complete)
{
    doc->has_window = true;
    doc->window_from_ns = from_ns;
    doc->window_to_ns = to_ns;
    doc->window_complete = complete;
}

static struct doc_fact *fact_find(const struct doc *doc, const char *key)
{
    for (struct doc_fact *fact = doc->facts; fact; fact = fact->next)
        if (strcmp(fact->key, key) == 0)
            return fact;
    return NULL;
}

/* A second member of the same name would make the JSON ill-formed. */
static bool member_is_free(const struct doc *doc, const char *key)
{
    static const char *const taken[] = { "schema",       "schema_version", "tool_version",
                                         "generated_at", "window",         "figures",
                                         "totals",       "alerts",         "warnings" };
    for (size_t i = 0; i < ARRAY_LEN(taken); i++)
        if (strcmp(taken[i], key) == 0)
            return false;
    for (const struct block *block = doc->blocks; block; block = block->next)
        if (block->kind == BLOCK_TABLE && block->table.key && strcmp(block->table.key, key) == 0)
            return false;
    return true;
}

void doc_fact(struct doc *doc, const char *key, struct figure figure)
{
    struct doc_fact *fact = fact_find(doc, key);
    if (!fact) {
        assert(member_is_free(doc, key) && strcmp(key, "rows") != 0);
        fact = arena_alloc(doc->arena, sizeof(*fact));
        fact->key = key;
        *doc->last_fact = fact;
        doc->last_fact = &fact->next;
    }
    fact->figure = figure_copied(doc, figure);
}

static struct block *block_add(struct doc *doc, enum block_kind kind)
{
    struct block *block = arena_alloc(doc->arena, sizeof(*block));
    *block = (struct block){ .kind = kind };
    *doc->last_block = block;
    doc->last_block = &block->next;
    return block;
}

void doc_heading(struct doc *doc, const char *text)
{
    block_add(doc, BLOCK_HEADING)->text = copied(doc, text);
}

struct line *doc_line(struct doc *doc, const char *label)
{
    struct line *line = &block_add(doc, BLOCK_LINE)->line;
    line->label = label;
    line->last = &line->parts;
    return line;
}

static struct part *part_add(struct doc *doc, struct line *line, struct part part)
{
    struct part *added = arena_alloc(doc->arena, sizeof(*added));
    *added = part;
    *line->last = added;
    line->last = &added->next;
    return added;
}

struct part *line_add(struct doc *doc, struct line *line, const char *key, struct figure figure)
{
    return part_add(doc, line, (struct part){ .key = key, .figure = figure_copied(doc, figure) });
}

void line_figure(struct doc *doc, struct line *line, const char *key, const char *before,
                 struct figure figure, const char *after)
{
    struct part *part = line_add(doc, line, key, figure);
    part->before = before;
    part->after = after;
}

void line_text(struct doc *doc, struct line *line, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    part_add(doc, line, (struct part){ .figure = figure_text(printed(doc, fmt, ap)) });
    va_end(ap);
}

struct table *doc_table(struct doc *doc, const char *key, const struct column *columns,
                        size_t count)
{
    assert(!key || (member_is_free(doc, key) && !fact_find(doc, key)));
    struct table *table = &block_add(doc, BLOCK_TABLE)->table;
    *table = (struct table){ .key = key, .columns = columns, .column_count = count };
    table->last = &table->rows;
    return table;
}

static struct row *row_new(struct doc *doc, size_t cells)
{
    struct row *row = arena_alloc(doc->arena, sizeof(*row));
    row->cells = arena_alloc(doc->arena, (cells ? cells : 1) * sizeof(*row->cells));
    for (size_t i = 0; i < cells; i++)
        row->cells[i] = figure_unknown(FIGURE_TEXT, NULL);
    return row;
}

struct row *table_row(struct doc *doc, struct table *table)
{
    struct row *row = row_new(doc, table->column_count);
    *table->last = row;
    table->last = &row->next;
    return row;
}

struct row *row_part(struct doc *doc, const struct table *table, struct row *row)
{
    assert(table->parts_key && table->part_key);
    struct row *part = row_new(doc, table->column_count);
    if (!row->parts)
        row->last_part = &row->parts;
    *row->last_part = part;
    row->last_part = &part->next;
    return part;
}

struct row *table_totals(struct doc *doc, struct table *table)
{
    if (!table->totals)
        table->totals = row_new(doc, table->column_count);
    return table->totals;
}

void table_cell(struct doc *doc, struct row *row, size_t column, struct figure figure)
{
    row->cells[column] = figure_copied(doc, figure);
}

bool table_shows(const struct table *table, size_t column)
{
    if (!table->columns[column].head)
        return false;
    for (const struct row *row = table->rows; row; row = row->next)
        if (figure_known(&row->cells[column]))
            return true;
    return !(table->columns[column].flags & COLUMN_IF_KNOWN);
}

void doc_note(struct doc *doc, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    block_add(doc, BLOCK_NOTE)->text = printed(doc, fmt, ap);
    va_end(ap);
}

void doc_verbatim(struct doc *doc, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        block_add(doc, BLOCK_VERBATIM)->text = arena_printf(doc->arena, "%.*s", (int)length, text);
        text += length + (text[length] == '\n');
    }
}

void doc_gap(struct doc *doc)
{
    block_add(doc, BLOCK_GAP);
}

void doc_alert(struct doc *doc, const char *rule, const char *session, bool strong,
               const char *text)
{
    struct doc_alert *alert = arena_alloc(doc->arena, sizeof(*alert));
    *alert = (struct doc_alert){
        .rule = rule, .session = copied(doc, session), .text = copied(doc, text), .strong = strong
    };
    *doc->last_alert = alert;
    doc->last_alert = &alert->next;
}

void doc_warning(struct doc *doc, const char *code, const char *fmt, ...)
{
    struct doc_warning *warning = arena_alloc(doc->arena, sizeof(*warning));
    va_list ap;
    va_start(ap, fmt);
    *warning = (struct doc_warning){ .code = code, .text = printed(doc, fmt, ap) };
    va_end(ap);
    *doc->last_warning = warning;
    doc->last_warning = &warning->next;
}

void doc_wrote(struct doc *doc, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    doc->wrote = printed(doc, fmt, ap);
    va_end(ap);
}

static const struct doc_writer writers[] = {
    { "text", false, false, doc_text_write },   { "json", false, false, doc_json_write },
    { "md", false, false, doc_markdown_write }, { "csv", true, false, doc_csv_write },
    { "ccusage", true, true, doc_tree_write },
};

const struct doc_writer *doc_writer_find(const char *format)
{
    for (size_t i = 0; i < ARRAY_LEN(writers); i++)
        if (strcmp(writers[i].format, format) == 0)
            return &writers[i];
    return NULL;
}
