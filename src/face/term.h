#pragma once
/*
 * term - what the reader of our text can see, and the progress bar on stderr.
 *
 * term_look() asks the environment; term_style() only decides and can be tested.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/attr.h"
#include "doc/doc.h"

enum term_color { TERM_COLOR_AUTO, TERM_COLOR_ALWAYS, TERM_COLOR_NEVER };

/* "auto", "always", "never"; false for anything else. */
bool term_color_find(const char *word, enum term_color *out) MUST_USE;

struct term_view { /* texts are those of the environment; NULL where it has none */
    bool tty;
    int tty_columns;       /* 0: unknown */
    enum term_color asked; /* on the command line */
    const char *columns;   /* COLUMNS */
    const char *no_color;  /* NO_COLOR */
    const char *force;     /* CLICOLOR_FORCE */
    const char *term;      /* TERM */
    const char *lc_all;    /* LC_ALL */
    const char *lc_ctype;  /* LC_CTYPE */
    const char *lang;      /* LANG */
};

struct term_view term_look(FILE *stream, enum term_color asked);
struct style term_style(const struct term_view *view, const char *version);

struct term_progress { /* one line that overwrites itself */
    FILE *stream;
    bool shown; /* may anything be drawn? */
    bool drawn;
    int percent;
};

/* Nothing is ever drawn when `quiet` or where the stream is no terminal. */
struct term_progress term_progress_on(FILE *stream, bool quiet);
/* Draws when another percent is done; all done (or nothing to do) erases the bar. */
void term_progress(struct term_progress *progress, int64_t done, int64_t all);
void term_progress_end(struct term_progress *progress); /* erases it; needed only when cut short */
