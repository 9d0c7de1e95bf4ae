#include "doc/pen.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"

enum { LEAST_COLUMNS = 40 };

static const char *const tones[] = {
    [TONE_PLAIN] = "", [TONE_GOOD] = "32", [TONE_WARN] = "33",
    [TONE_BAD] = "31", [TONE_MUTED] = "2",
};

void pen_init(struct pen *pen, const struct style *style, struct buf *out)
{
    bool narrow = style->columns < LEAST_COLUMNS;
    *pen = (struct pen){ .out = out,
                         .color = style->color,
                         .columns = narrow ? LEAST_COLUMNS : (size_t)style->columns };
}

const char *pen_tone(enum tone tone)
{
    return tones[tone];
}

void pen_gap(struct pen *pen)
{
    pen->gap = true;
}

void pen_blanks(struct pen *pen, size_t count)
{
    pen->blanks += count;
}

static void add_owed(struct pen *pen)
{
    static const char blanks[] = "                                ";
    if (!pen->in_line && pen->gap && pen->started)
        buf_add(pen->out, "\n");
    pen->gap = false;
    pen->in_line = true;
    pen->started = true;
    while (pen->blanks) {
        size_t some = pen->blanks < sizeof(blanks) - 1 ? pen->blanks : sizeof(blanks) - 1;
        buf_addn(pen->out, blanks, some);
        pen->blanks -= some;
    }
}

void pen_text(struct pen *pen, const char *sgr, const char *text)
{
    size_t before = strspn(text, " ");
    size_t length = strlen(text + before);
    size_t after = 0;
    while (after < length && text[before + length - after - 1] == ' ')
        after++;
    pen->blanks += before;
    if (length == after)
        return;
    add_owed(pen);
    bool colored = pen->color && *sgr;
    if (colored)
        buf_addf(pen->out, "\x1b[%sm", sgr);
    buf_addn(pen->out, text + before, length - after);
    if (colored)
        buf_add(pen->out, "\x1b[0m");
    pen->blanks = after;
}

void pen_end(struct pen *pen)
{
    pen->blanks = 0;
    if (pen->in_line)
        buf_add(pen->out, "\n");
    pen->in_line = false;
}

/* Where to break `text` so that it fits into `room` columns: at the end of a word, at least one. */
static size_t line_end(char *text, size_t room)
{
    size_t end = 0;
    size_t width = 0;
    while (text[end]) {
        size_t next = end + strspn(text + end, " ");
        next += strcspn(text + next, " ");
        char kept = text[next];
        text[next] = '\0';
        width += text_width(text + end);
        text[next] = kept;
        if (end > 0 && width > room)
            return end;
        end = next;
    }
    return end;
}

void pen_wrap(struct pen *pen, const char *sgr, const char *text, size_t at, size_t indent)
{
    char *left = arena_strdup(pen->out->arena, text);
    while (*left) {
        size_t end = line_end(left, pen->columns > at ? pen->columns - at : 0);
        char kept = left[end];
        left[end] = '\0';
        pen_text(pen, sgr, left);
        pen_end(pen);
        left[end] = kept;
        left += end + strspn(left + end, " ");
        pen_blanks(pen, indent);
        at = indent;
    }
    pen_end(pen);
}
