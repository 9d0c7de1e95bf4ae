#include "doc/wording.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "doc/doc.h"

enum { NANO_PER_CENT = 10000000 };
enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };
enum { MARK_ENTERED = 1, MARK_ESTIMATED = 2, MARK_MIXED = 4, MARK_INCOMPLETE = 8, MARK_DASH = 16 };

static const struct {
    unsigned mark;
    const char *utf8;
    const char *ascii;
} explained[] = {
    { MARK_ENTERED, "* entered", "* entered" },
    { MARK_ESTIMATED, "~ estimated", "~ estimated" },
    { MARK_MIXED, "^ partly * or ~", "^ partly * or ~" },
    { MARK_INCOMPLETE, "+ incomplete", "+ incomplete" },
    { MARK_DASH, "— unknown", "- unknown" },
};

/* The glyphs our own texts use. */
static const struct {
    const char *glyph;
    const char *ascii;
} plain[] = {
    { "—", "-" }, { "–", "-" },  { "·", "|" },  { "…", "..." }, { "→", "->" },
    { "─", "-" }, { "≥", ">=" }, { "≤", "<=" }, { "×", "x" },   { "±", "+/-" },
    { "≈", "~" }, { "“", "\"" }, { "”", "\"" }, { "‘", "'" },   { "’", "'" },
};

/* The length of the glyph at `at`, with what stands for it; else 0. */
static size_t glyph_at(const char *at, const char **ascii)
{
    for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
        size_t length = strlen(plain[i].glyph);
        if (strncmp(at, plain[i].glyph, length) == 0) {
            *ascii = plain[i].ascii;
            return length;
        }
    }
    return 0;
}

static const char *in_ascii(struct arena *arena, const char *text)
{
    struct buf out;
    buf_init(&out, arena, SIZE_MAX / 4);
    const char *run = text;
    const char *at = text;
    while (*at) {
        const char *ascii = NULL;
        size_t length = (unsigned char)*at < 0x80 ? 0 : glyph_at(at, &ascii);
        if (length) {
            buf_addn(&out, run, (size_t)(at - run));
            buf_add(&out, ascii);
            run = at + length;
        }
        at += length ? length : 1;
    }
    buf_add(&out, run);
    return out.text;
}

/* Most texts are: they need no copy. */
static bool is_plain(const char *text)
{
    for (; *text; text++)
        if (*text < 0x20 || *text > 0x7e)
            return false;
    return true;
}

void wording_init(struct wording *wording, struct arena *arena, bool utf8)
{
    *wording = (struct wording){ .arena = arena, .utf8 = utf8 };
    buf_init(&wording->scratch, arena, SIZE_MAX / 4);
}

const char *wording_text(struct wording *wording, const char *text)
{
    if (is_plain(text))
        return text;
    const char *shown = text_shown(wording->arena, text);
    return wording->utf8 ? shown : in_ascii(wording->arena, shown);
}

/* The distance from zero: -INT64_MIN does not fit its own type. */
static uint64_t magnitude(int64_t number)
{
    return number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
}

static void add_grouped(struct buf *out, uint64_t number)
{
    char digits[24];
    (void)snprintf(digits, sizeof(digits), "%" PRIu64, number);
    size_t length = strlen(digits);
    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            buf_add(out, ",");
        buf_addn(out, digits + i, 1);
    }
}

static void add_money(struct buf *out, int64_t nano_usd)
{
    uint64_t nano = magnitude(nano_usd);
    if (nano > 0 && nano < NANO_PER_CENT) {
        buf_add(out, nano_usd < 0 ? ">-$0.01" : "<$0.01");
        return;
    }
    uint64_t cents = (nano + NANO_PER_CENT / 2) / NANO_PER_CENT;
    buf_add(out, nano_usd < 0 ? "-$" : "$");
    add_grouped(out, cents / 100);
    buf_addf(out, ".%02" PRIu64, cents % 100);
}

static void add_seconds(struct buf *out, int64_t seconds)
{
    uint64_t left = magnitude(seconds);
    if (left > 0 && left < MINUTE) {
        buf_add(out, seconds < 0 ? ">-1m" : "<1m");
        return;
    }
    if (seconds < 0)
        buf_add(out, "-");
    if (left < HOUR) {
        buf_addf(out, "%" PRIu64 "m", left / MINUTE);
    } else if (left < DAY) {
        buf_addf(out, "%" PRIu64 "h %02" PRIu64 "m", left / HOUR, left % HOUR / MINUTE);
    } else {
        add_grouped(out, left / DAY);
        buf_addf(out, "d %" PRIu64 "h", left % DAY / HOUR);
    }
}

/* 399 of 400 is not 100 %, and 1 of 400 is not 0 %. */
static void add_share(struct buf *out, double share)
{
    double percent = share * 100;
    if (percent > 0 && percent < 0.5)
        buf_add(out, "<1 %");
    else if (percent >= 99.5 && percent < 100)
        buf_add(out, ">99 %");
    else
        buf_addf(out, "%.0f %%", percent);
}

static void add_number(struct buf *out, const struct figure *figure)
{
    char time[CLOCK_TEXT];
    switch (figure->kind) {
    case FIGURE_TEXT:
        return;
    case FIGURE_COUNT:
        if (figure->number < 0)
            buf_add(out, "-");
        add_grouped(out, magnitude(figure->number));
        return;
    case FIGURE_MONEY:
        add_money(out, figure->number);
        return;
    case FIGURE_SECONDS:
        add_seconds(out, figure->number);
        return;
    case FIGURE_TIME:
        clock_local(figure->number, time);
        buf_addn(out, time, strlen("2026-10-06 16:32"));
        return;
    case FIGURE_SHARE:
        add_share(out, figure->decimal);
        return;
    case FIGURE_SCORE:
        buf_addf(out, "%.2f", figure->decimal);
        return;
    }
}

/* A sum of nothing but unpriced calls is no zero. */
static bool says_nothing(const struct figure *figure)
{
    bool unpriced = figure->kind == FIGURE_MONEY && figure->incomplete && figure->number == 0;
    return unpriced || !figure_known(figure);
}

static unsigned mark_of(enum basis basis)
{
    switch (basis) {
    case BASIS_ENTERED:
        return MARK_ENTERED;
    case BASIS_ESTIMATED:
        return MARK_ESTIMATED;
    case BASIS_MIXED:
        return MARK_MIXED;
    case BASIS_UNKNOWN:
    case BASIS_MEASURED:
        break;
    }
    return 0;
}

const char *wording_figure(struct wording *wording, const struct figure *figure)
{
    if (says_nothing(figure)) {
        wording->marks |= MARK_DASH;
        return wording->utf8 ? "—" : "-";
    }
    if (figure->kind == FIGURE_TEXT)
        return wording_text(wording, figure->text);
    unsigned mark = mark_of(figure->basis);
    bool incomplete = figure->kind == FIGURE_MONEY && figure->incomplete;
    wording->marks |= mark | (incomplete ? MARK_INCOMPLETE : 0);
    struct buf *out = &wording->scratch;
    out->length = 0;
    buf_add(out, mark == MARK_ESTIMATED ? "~" : "");
    add_number(out, figure);
    buf_add(out, mark == MARK_ENTERED ? "*" : mark == MARK_MIXED ? "^" : "");
    buf_add(out, incomplete ? "+" : "");
    return arena_strdup(wording->arena, out->text);
}

const char *wording_part(struct wording *wording, const struct part *part)
{
    const char *figure = wording_figure(wording, &part->figure);
    if (!part->before && !part->after)
        return figure;
    return arena_printf(wording->arena, "%s%s%s",
                        part->before ? wording_text(wording, part->before) : "", figure,
                        part->after ? wording_text(wording, part->after) : "");
}

bool wording_joined(const char *left, const char *right)
{
    if (!*left || !*right)
        return true;
    return strchr(" (/", left[strlen(left) - 1]) || strchr(" )/,;:.", right[0]);
}

const char *wording_legend(const struct wording *wording)
{
    if (!wording->marks)
        return NULL;
    struct buf out;
    buf_init(&out, wording->arena, 256);
    buf_add(&out, "Figures: measured unless marked");
    for (size_t i = 0; i < ARRAY_LEN(explained); i++)
        if (wording->marks & explained[i].mark)
            buf_addf(&out, "  %s", wording->utf8 ? explained[i].utf8 : explained[i].ascii);
    return out.text;
}
