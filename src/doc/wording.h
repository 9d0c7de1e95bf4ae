#pragma once
/*
 * wording - how the figures and texts of a doc are said to people; for the writers of screens.
 *
 * A wording remembers which marks it has used, so that the legend explains those and no others.
 * What it returns is harmless for a terminal (text_shown) and lives in its arena or is the text
 * it was given.
 */
#include <stdbool.h>

#include "base/buf.h"

struct arena;
struct figure;
struct part;

struct wording {
    struct arena *arena;
    bool utf8;
    unsigned marks;
    struct buf scratch; /* one for all figures: a table has many */
};

void wording_init(struct wording *wording, struct arena *arena, bool utf8);

/* A text as it may be shown; without UTF-8 our own glyphs become ASCII, foreign letters stay. */
const char *wording_text(struct wording *wording, const char *text);
/* "$1,234.56", "~41m", "0.91*", "83 %"; a dash when unknown. */
const char *wording_figure(struct wording *wording, const struct figure *figure);
/* The same between the part's own texts. */
const char *wording_part(struct wording *wording, const struct part *part);
/* Do these two stand together without a gap? */
bool wording_joined(const char *left, const char *right);
/* Its items are two blanks apart; NULL when nothing needs to be explained. */
const char *wording_legend(const struct wording *wording);
