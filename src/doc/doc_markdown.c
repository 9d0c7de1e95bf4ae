#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "doc/doc.h"
#include "doc/doc_writers.h"
#include "doc/wording.h"

struct page {
    struct buf *out;
    struct wording wording;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool in_word(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (unsigned char)c >= 0x80;
}

/* What GitHub would obey at `c` of `text`; '$' begins a formula, but not before a digit ends one.
 * An underscore within a word is only itself. */
static bool needs_backslash(const char *text, const char *c)
{
    if (*c == '_')
        return c == text || !in_word(c[-1]) || !in_word(c[1]);
    if (*c == '$')
        return !is_digit(c[1]);
    return strchr("\\`*[]{}#|~", *c) != NULL;
}

/* At the beginning of a line some more signs make lists, quotes, rules and headings. */
static const char *add_beginning(struct buf *out, const char *text)
{
    const char *at = text + strspn(text, " ");
    size_t digits = strspn(at, "0123456789");
    if (digits && strchr(".)", at[digits])) {
        buf_addn(out, at, digits);
        at += digits;
    }
    if (*at && strchr("-+=>.)", *at)) {
        buf_add(out, "\\");
        buf_addn(out, at++, 1);
    }
    return at;
}

static void add_escaped(struct buf *out, const char *text, bool begins_line)
{
    const char *at = begins_line ? add_beginning(out, text) : text;
    for (; *at; at++) {
        if (*at == '<' || *at == '&')
            buf_add(out, *at == '<' ? "&lt;" : "&amp;");
        else if (needs_backslash(text, at))
            buf_addf(out, "\\%c", *at);
        else
            buf_addn(out, at, 1);
    }
}

static void add_text(struct page *page, const char *text, bool begins_line)
{
    add_escaped(page->out, wording_text(&page->wording, text), begins_line);
}

/* Paragraphs, lists and tables are kept apart by empty lines. */
static void begin_block(struct page *page)
{
    if (page->out->length > 0)
        buf_add(page->out, "\n");
}

static void write_line(struct page *page, const struct line *line, bool first)
{
    const char *left = NULL;
    const char *label = wording_text(&page->wording, line->label);
    buf_add(page->out, *label || first ? "-" : "  -");
    if (*label) {
        buf_add(page->out, " **");
        add_escaped(page->out, label, false);
        buf_add(page->out, "**");
    }
    for (const struct part *part = line->parts; part; part = part->next) {
        const char *text = wording_part(&page->wording, part);
        if (!*text)
            continue;
        if (!left)
            buf_add(page->out, " ");
        else if (!wording_joined(left, text))
            buf_add(page->out, " · ");
        add_escaped(page->out, text, !left && !*label);
        left = text;
    }
    buf_add(page->out, "\n");
}

static const struct block *write_lines(struct page *page, const struct block *block)
{
    bool first = true;
    begin_block(page);
    for (; block && block->kind == BLOCK_LINE; block = block->next) {
        write_line(page, &block->line, first);
        first = false;
    }
    return block;
}

static bool has_marks(const struct table *table)
{
    for (const struct row *row = table->rows; row; row = row->next)
        if (row->mark && *row->mark)
            return true;
    return false;
}

static void write_heads(struct page *page, const struct table *table, bool marks)
{
    buf_add(page->out, marks ? "| |" : "|");
    for (size_t i = 0; i < table->column_count; i++) {
        if (!table_shows(table, i))
            continue;
        buf_add(page->out, " ");
        add_text(page, table->columns[i].head, false);
        buf_add(page->out, " |");
    }
    buf_add(page->out, marks ? "\n|---|" : "\n|");
    for (size_t i = 0; i < table->column_count; i++)
        if (table_shows(table, i))
            buf_add(page->out, table->columns[i].align == ALIGN_RIGHT ? "---:|" : "---|");
    buf_add(page->out, "\n");
}

/* `blank`: a cell never set shows nothing. */
static void write_cell(struct page *page, const struct figure *figure, bool blank, const char *bold)
{
    const char *text = blank && !figure_given(figure) ? "" : wording_figure(&page->wording, figure);
    bold = *text ? bold : "";
    buf_addf(page->out, " %s", bold);
    add_escaped(page->out, text, false);
    buf_addf(page->out, "%s |", bold);
}

static void write_row(struct page *page, const struct table *table, const struct row *row,
                      bool marks)
{
    buf_add(page->out, "|");
    if (marks) {
        buf_add(page->out, " ");
        add_text(page, row->mark ? row->mark : "", true);
        buf_add(page->out, " |");
    }
    bool total = row == table->totals;
    for (size_t i = 0; i < table->column_count; i++)
        if (table_shows(table, i))
            write_cell(page, &row->cells[i], total, total ? "**" : "");
    buf_add(page->out, "\n");
}

static void write_part(struct page *page, const struct table *table, const struct row *part,
                       bool marks)
{
    buf_add(page->out, marks ? "| | ·" : "| ·");
    for (size_t i = 0; i < table->column_count; i++)
        if (table_shows(table, i) || i == 0)
            write_cell(page, &part->cells[i], true, "");
    buf_add(page->out, "\n");
}

static void write_paragraph(struct page *page, const char *prefix, const char *text)
{
    begin_block(page);
    buf_add(page->out, prefix);
    add_text(page, text, true);
    buf_add(page->out, "\n");
}

static void write_table(struct page *page, const struct table *table)
{
    if (!table->rows) {
        if (table->empty)
            write_paragraph(page, "", table->empty);
        return;
    }
    bool marks = has_marks(table);
    bool shown = false;
    for (size_t i = 0; i < table->column_count; i++)
        shown |= table_shows(table, i);
    if (!shown) /* rows for programs only */
        return;
    begin_block(page);
    write_heads(page, table, marks);
    for (const struct row *row = table->rows; row; row = row->next) {
        write_row(page, table, row, marks);
        for (const struct row *part = row->parts; part; part = part->next)
            write_part(page, table, part, marks);
    }
    if (table->totals)
        write_row(page, table, table->totals, marks);
}

/* Returns the block to go on with. */
static const struct block *write_block(struct page *page, const struct block *block)
{
    switch (block->kind) {
    case BLOCK_HEADING:
        write_paragraph(page, "## ", block->text);
        break;
    case BLOCK_LINE:
        return write_lines(page, block);
    case BLOCK_TABLE:
        write_table(page, &block->table);
        break;
    case BLOCK_NOTE:
        write_paragraph(page, "", block->text);
        break;
    case BLOCK_VERBATIM:
        buf_addf(page->out, "    %s\n", text_shown(page->out->arena, block->text));
        break;
    case BLOCK_GAP:
        break;
    }
    return block->next;
}

static void write_alerts(struct page *page, const struct doc_alert *alert)
{
    begin_block(page);
    for (; alert; alert = alert->next) {
        buf_add(page->out, alert->strong ? "- **x " : "- **! ");
        add_text(page, alert->rule, false);
        buf_add(page->out, "** ");
        add_text(page, alert->text, false);
        buf_add(page->out, "\n");
    }
}

static void write_warnings(struct page *page, const struct doc_warning *warning)
{
    begin_block(page);
    for (; warning; warning = warning->next) {
        buf_add(page->out, "- **warning** ");
        add_text(page, warning->text, false);
        buf_add(page->out, "\n");
    }
}

/* A Markdown file is UTF-8 wherever it is written. */
void doc_markdown_write(const struct doc *doc, const struct style *style, struct buf *out)
{
    (void)style;
    struct page page = { .out = out };
    wording_init(&page.wording, out->arena, true);
    if (doc->title)
        write_paragraph(&page, "# ", doc->title);
    const struct block *block = doc->blocks;
    while (block)
        block = write_block(&page, block);
    if (doc->alerts)
        write_alerts(&page, doc->alerts);
    if (doc->warnings)
        write_warnings(&page, doc->warnings);
    const char *legend = wording_legend(&page.wording);
    if (legend)
        write_paragraph(&page, "", legend);
}
