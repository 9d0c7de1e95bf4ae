#pragma once
/*
 * pen - writes lines for a terminal: colours, gaps and wrapping; no line ends in a blank.
 *
 * Texts given are already harmless (wording_text). Colours are SGR codes ("1" bold, "31" red),
 * "" for none; they are left out where the style has no colour.
 */
#include <stdbool.h>
#include <stddef.h>

#include "doc/doc.h"

struct buf;

struct pen {
    struct buf *out;
    bool color;
    size_t columns;
    size_t blanks; /* owed before the next text of this line */
    bool in_line;  /* something has been written on this line */
    bool started;  /* something has been written at all */
    bool gap;      /* an empty line is owed before the next text */
};

void pen_init(struct pen *pen, const struct style *style, struct buf *out);
const char *pen_tone(enum tone tone);
void pen_gap(struct pen *pen); /* before the next text, unless it would be the first */
void pen_blanks(struct pen *pen, size_t count);
void pen_text(struct pen *pen, const char *sgr, const char *text);
void pen_end(struct pen *pen); /* of the line; a line without a text does not appear */
/* A text that begins at column `at`, broken at blanks; what follows begins at `indent`. Ends the
 * line. */
void pen_wrap(struct pen *pen, const char *sgr, const char *text, size_t at, size_t indent);
