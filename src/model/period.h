#pragma once
/*
 * period - the words people use for a stretch of days, as half-open instants. Pure: now is given.
 *
 * today yesterday week last-week month last-month year all Nd "since D" D 2026-W40 2026-09 2026
 * "A to B" "A..B" (A, B: days, weeks, months; both ends included; days also as 20260930). Weeks are
 * ISO weeks unless the week starts on Sunday. Days begin at `day_start_minutes` after midnight (0
 * by default).
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

struct arena;
struct err;

struct period_rules {
    int64_t now_ns;
    int week_start;        /* 1 Monday ... 7 Sunday */
    int day_start_minutes; /* 0 ... 720 */
};

struct period {
    const char *name; /* "today", "2026-W47", "2026-10-01..2026-10-31": for a heading */
    int64_t from_ns;
    int64_t
        to_ns; /* never after now for ranges that end with now's day/week/month: see whole_to_ns */
    int64_t whole_to_ns; /* where the named stretch really ends; > to_ns while it is not over */
    int64_t until_ns; /* what is before it counts: the true end, or INT64_MAX where the words name
                       * none ("all", "since ..."): a log whose clock runs ahead is not dropped */
};

/* ERR_USAGE names what is not understood and shows examples. */
bool period_parse(struct arena *arena, const char *words, const struct period_rules *rules,
                  struct period *out, struct err *err) MUST_USE;

enum period_unit { PERIOD_DAY, PERIOD_WEEK, PERIOD_MONTH };

struct period_bucket { /* the day, week or month an instant lies in */
    int64_t from_ns;
    int64_t to_ns;
    char name[24]; /* "2026-10-06", "2026-W41" (or the Sunday "2026-10-04" that begins it),
                      "2026-10" */
};

void period_bucket_of(int64_t at_ns, enum period_unit unit, const struct period_rules *rules,
                      struct period_bucket *out);
