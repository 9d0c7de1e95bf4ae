#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"
#include "doc/doc.h"
#include "doc/doc_table.h"
#include "doc/doc_writers.h"
#include "doc/pen.h"
#include "doc/wording.h"

enum { LABEL_WIDTH = 10, BETWEEN_PARTS = 2, ALERT_WIDTH = 7 };

struct shown_part {
    const char *text;
    const char *sgr;
    size_t width;
};

static size_t part_count(const struct line *line)
{
    size_t count = 0;
    for (const struct part *part = line->parts; part; part = part->next)
        count++;
    return count;
}

/* How many of `parts` from `from` on stand together, and how wide they are. */
static size_t chunk_end(const struct shown_part *parts, size_t from, size_t count, size_t *width)
{
    size_t end = from;
    *width = 0;
    do
        *width += parts[end++].width;
    while (end < count && wording_joined(parts[end - 1].text, parts[end].text));
    return end;
}

/* A line too long for the screen goes on below its first part; only a part that is too long on
 * its own is broken, at a word. */
static void write_parts(const struct shown_part *parts, size_t count, size_t indent,
                        struct pen *pen)
{
    size_t at = indent;
    size_t width = 0;
    size_t end = 0;
    for (size_t from = 0; from < count; from = end) {
        end = chunk_end(parts, from, count, &width);
        if (at > indent && at + BETWEEN_PARTS + width > pen->columns) {
            pen_end(pen);
            pen_blanks(pen, indent);
            at = indent;
        }
        if (at > indent) {
            pen_blanks(pen, BETWEEN_PARTS);
            at += BETWEEN_PARTS;
        }
        if (at + width > pen->columns && end == from + 1) {
            pen_wrap(pen, parts[from].sgr, parts[from].text, at, indent);
            pen_blanks(pen, indent);
            at = indent;
            continue;
        }
        for (size_t i = from; i < end; i++)
            pen_text(pen, parts[i].sgr, parts[i].text);
        at += width;
    }
}

static void write_line(const struct line *line, size_t indent, struct wording *wording,
                       struct pen *pen)
{
    const char *label = wording_text(wording, line->label);
    pen_text(pen, pen_tone(TONE_PLAIN), label);
    pen_blanks(pen, indent > text_width(label) ? indent - text_width(label) : 0);
    size_t count = part_count(line);
    struct shown_part *parts = arena_alloc(wording->arena, (count + 1) * sizeof(*parts));
    size_t shown = 0;
    for (const struct part *part = line->parts; part; part = part->next) {
        const char *text = wording_part(wording, part);
        if (*text)
            parts[shown++] = (struct shown_part){ text, pen_tone(part->tone), text_width(text) };
    }
    write_parts(parts, shown, indent, pen);
    pen_end(pen);
}

/* The first block after the lines that begin at `block`, and the column their parts begin at. */
static const struct block *lines_end(const struct block *block, struct wording *wording,
                                     size_t *indent)
{
    size_t widest = 0;
    for (; block && block->kind == BLOCK_LINE; block = block->next) {
        size_t width = text_width(wording_text(wording, block->line.label));
        if (width > widest)
            widest = width;
    }
    *indent = widest == 0 ? 0 : widest < LABEL_WIDTH ? LABEL_WIDTH + 1 : widest + BETWEEN_PARTS;
    return block;
}

static const struct block *write_lines(const struct block *block, struct wording *wording,
                                       struct pen *pen)
{
    size_t indent = 0;
    const struct block *end = lines_end(block, wording, &indent);
    for (; block != end; block = block->next)
        write_line(&block->line, indent, wording, pen);
    return end;
}

static void write_note(const struct block *block, struct wording *wording, struct pen *pen)
{
    const char *text = wording_text(wording, block->text);
    size_t indent = strspn(text, " ");
    pen_blanks(pen, indent);
    pen_wrap(pen, pen_tone(block->tone), text + indent, indent, indent);
}

/* Returns the block to go on with. */
static const struct block *write_block(const struct block *block, struct wording *wording,
                                       struct pen *pen)
{
    switch (block->kind) {
    case BLOCK_HEADING:
        pen_gap(pen);
        pen_wrap(pen, "1", wording_text(wording, block->text), 0, 0);
        break;
    case BLOCK_LINE:
        return write_lines(block, wording, pen);
    case BLOCK_TABLE:
        doc_table_write(&block->table, wording, pen);
        break;
    case BLOCK_NOTE:
        write_note(block, wording, pen);
        break;
    case BLOCK_VERBATIM:
        pen_text(pen, pen_tone(TONE_PLAIN), wording_text(wording, block->text));
        pen_end(pen);
        break;
    case BLOCK_GAP:
        pen_gap(pen);
        break;
    }
    return block->next;
}

static char *upper(struct arena *arena, const char *text)
{
    char *copy = arena_strdup(arena, text);
    for (char *c = copy; *c; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
    return copy;
}

static void write_alerts(const struct doc *doc, struct wording *wording, struct pen *pen)
{
    size_t widest = ALERT_WIDTH;
    for (const struct doc_alert *alert = doc->alerts; alert; alert = alert->next)
        if (text_width(wording_text(wording, alert->rule)) > widest)
            widest = text_width(wording_text(wording, alert->rule));
    pen_gap(pen);
    for (const struct doc_alert *alert = doc->alerts; alert; alert = alert->next) {
        const char *rule = upper(wording->arena, wording_text(wording, alert->rule));
        const char *sgr = pen_tone(alert->strong ? TONE_BAD : TONE_WARN);
        pen_text(pen, sgr, alert->strong ? "x " : "! ");
        pen_text(pen, sgr, rule);
        pen_blanks(pen, widest - text_width(rule) + BETWEEN_PARTS);
        size_t indent = 2 + widest + BETWEEN_PARTS;
        pen_wrap(pen, "", wording_text(wording, alert->text), indent, indent);
    }
}

static void write_warnings(const struct doc *doc, struct wording *wording, struct pen *pen)
{
    pen_gap(pen);
    for (const struct doc_warning *warning = doc->warnings; warning; warning = warning->next) {
        pen_text(pen, pen_tone(TONE_WARN), "warning: ");
        pen_wrap(pen, "", wording_text(wording, warning->text), strlen("warning: "), 2);
    }
}

/* Broken between its items only: a mark stays with its meaning. */
static void write_legend(const char *legend, struct wording *wording, struct pen *pen)
{
    struct shown_part items[8];
    size_t count = 0;
    char *left = arena_strdup(wording->arena, legend);
    char *item = NULL;
    while ((item = left) && count < ARRAY_LEN(items)) {
        char *end = strstr(item, "  ");
        left = end ? end + strlen("  ") : NULL;
        if (end)
            *end = '\0';
        items[count++] = (struct shown_part){ item, pen_tone(TONE_MUTED), text_width(item) };
    }
    pen_gap(pen);
    write_parts(items, count, 0, pen);
    pen_end(pen);
}

void doc_text_write(const struct doc *doc, const struct style *style, struct buf *out)
{
    struct wording wording;
    struct pen pen;
    wording_init(&wording, out->arena, style->utf8);
    pen_init(&pen, style, out);
    if (doc->title) {
        pen_wrap(&pen, "1", wording_text(&wording, doc->title), 0, 0);
        pen_gap(&pen);
    }
    const struct block *block = doc->blocks;
    while (block)
        block = write_block(block, &wording, &pen);
    if (doc->alerts)
        write_alerts(doc, &wording, &pen);
    if (doc->warnings)
        write_warnings(doc, &wording, &pen);
    const char *legend = wording_legend(&wording);
    if (legend)
        write_legend(legend, &wording, &pen);
}
