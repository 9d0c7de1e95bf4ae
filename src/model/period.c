#include "model/period.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"

enum { FIRST_YEAR = 1970, LAST_YEAR = 2261, MOST_DAYS = 36500, MONTHS = 12, WEEK_DAYS = 7 };

struct date { /* a day that the calendar has */
    int year;
    int month;
    int day;
};

struct stretch {
    const char *name;
    struct date from;
    struct date to; /* the day after the last */
};

struct asking { /* what words are understood by */
    struct arena *arena;
    const struct period_rules *rules;
    struct date today;
};

static int month_days(int year, int month)
{
    static const int days[MONTHS] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (leap && month == 2);
}

static struct date month_after(struct date date, int months)
{
    int count = date.year * MONTHS + date.month - 1 + months;
    return (struct date){ count / MONTHS, count % MONTHS + 1, 1 };
}

static struct date day_after(struct date date, int days)
{
    int day = date.day + days;
    for (; day < 1; day += month_days(date.year, date.month))
        date = month_after(date, -1);
    for (int length; day > (length = month_days(date.year, date.month)); day -= length)
        date = month_after(date, 1);
    return (struct date){ date.year, date.month, day };
}

/* 1 Monday ... 7 Sunday. March begins the year here, so that leap days come last. */
static int weekday(struct date date)
{
    int year = date.year - (date.month < 3);
    int month = (date.month + 9) % MONTHS;
    int days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + date.day;
    return (days + 1) % WEEK_DAYS + 1;
}

static struct date week_first(struct date date, int week_start)
{
    return day_after(date, -((weekday(date) - week_start + WEEK_DAYS) % WEEK_DAYS));
}

static int64_t start_of(struct date date, const struct period_rules *rules)
{
    return clock_from_civil(date.year, date.month, date.day, 0, rules->day_start_minutes);
}

/* The day an instant is counted to. It need not be the wall's: days may begin after midnight, and
 * a clock set back across midnight shows the end of a day twice. */
static struct date day_of(int64_t at_ns, const struct period_rules *rules)
{
    struct civil civil = clock_civil(at_ns);
    struct date date = { civil.year, civil.month, civil.day };
    while (start_of(date, rules) > at_ns)
        date = day_after(date, -1);
    while (start_of(day_after(date, 1), rules) <= at_ns)
        date = day_after(date, 1);
    return date;
}

/* Monday of an ISO week: week 1 is the one that 4 January is in. */
static struct date week_monday(int year, int week)
{
    struct date first = week_first((struct date){ year, 1, 4 }, 1);
    return day_after(first, (week - 1) * WEEK_DAYS);
}

static struct stretch unit_of(struct date date, enum period_unit unit, int week_start)
{
    struct stretch out = { .from = date };
    if (unit == PERIOD_WEEK)
        out.from = week_first(date, week_start);
    if (unit == PERIOD_MONTH)
        out.from.day = 1;
    out.to = unit == PERIOD_MONTH ? month_after(out.from, 1)
                                  : day_after(out.from, unit == PERIOD_WEEK ? WEEK_DAYS : 1);
    return out;
}

static void write_day(struct date date, char *out, size_t room)
{
    (void)snprintf(out, room, "%04d-%02d-%02d", date.year, date.month, date.day);
}

/* The name of a bucket: a week is named by its number, or by the day that begins it where that
 * is not Monday. */
static void write_name(struct date from, enum period_unit unit, int week_start, char *out,
                       size_t room)
{
    if (unit == PERIOD_MONTH) {
        (void)snprintf(out, room, "%04d-%02d", from.year, from.month);
    } else if (unit == PERIOD_WEEK && week_start == 1) {
        int year = day_after(from, 3).year; /* a week belongs to its Thursday's year */
        int week = 1;
        struct date monday = week_monday(year, week);
        for (; memcmp(&monday, &from, sizeof(from)) != 0; week++)
            monday = day_after(monday, WEEK_DAYS);
        (void)snprintf(out, room, "%04d-W%02d", year, week);
    } else {
        write_day(from, out, room);
    }
}

/* A day, week or month under its own name. */
static struct stretch named(const struct asking *ask, struct date date, enum period_unit unit,
                            int week_start)
{
    char first[24];
    char last[24];
    struct stretch out = unit_of(date, unit, week_start);
    write_name(out.from, unit, week_start, first, sizeof(first));
    out.name = arena_strdup(ask->arena, first);
    if (unit == PERIOD_WEEK && week_start != 1) {
        write_day(day_after(out.to, -1), last, sizeof(last));
        out.name = arena_printf(ask->arena, "%s..%s", first, last);
    }
    return out;
}

static struct stretch year_of(const struct asking *ask, int year)
{
    return (struct stretch){ arena_printf(ask->arena, "%04d", year),
                             { year, 1, 1 },
                             { year + 1, 1, 1 } };
}

/* Words for a day, week or month that move with today. */
static bool word_find(const struct asking *ask, const char *word, struct stretch *out)
{
    static const struct {
        const char *word;
        enum period_unit unit;
        int back;
        bool own_name; /* the word says more than the date would */
    } words[] = {
        { "today", PERIOD_DAY, 0, true },    { "yesterday", PERIOD_DAY, 1, true },
        { "week", PERIOD_WEEK, 0, false },   { "last-week", PERIOD_WEEK, 1, false },
        { "month", PERIOD_MONTH, 0, false }, { "last-month", PERIOD_MONTH, 1, false },
    };
    int week_start = ask->rules->week_start;
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (!text_same(word, words[i].word))
            continue;
        *out = named(ask, ask->today, words[i].unit, week_start);
        if (words[i].back)
            *out = named(ask, day_after(out->from, -1), words[i].unit, week_start);
        if (words[i].own_name)
            out->name = words[i].word;
        return true;
    }
    if (!text_same(word, "year"))
        return false;
    *out = year_of(ask, ask->today.year);
    return true;
}

/* Whether `text` has the shape, where 9 stands for a digit; case does not matter. */
static bool has_shape(const char *text, const char *shape)
{
    for (; *text && *shape; text++, shape++) {
        bool digit = *text >= '0' && *text <= '9';
        if (*shape == '9' ? !digit : (*text | 0x20) != (*shape | 0x20))
            return false;
    }
    return !*text && !*shape;
}

static int number_at(const char *digits, int count)
{
    int value = 0;
    for (; count > 0; count--)
        value = value * 10 + (*digits++ - '0');
    return value;
}

/* A date, ISO week, month or year. False with `*known` set: it has the shape of one, and the
 * calendar has no such thing. */
static bool date_find(const struct asking *ask, const char *word, struct stretch *out, bool *known)
{
    bool year = has_shape(word, "9999");
    bool month = has_shape(word, "9999-99");
    bool week = has_shape(word, "9999-W99");
    bool packed = has_shape(word, "99999999"); /* as other tools have it: 20260930 */
    bool day = packed || has_shape(word, "9999-99-99");
    *known = year || month || week || day;
    if (!*known)
        return false;
    struct date date = { number_at(word, 4), 1, 1 };
    if (date.year < FIRST_YEAR || date.year > LAST_YEAR)
        return false;
    if (year) {
        *out = year_of(ask, date.year);
        return true;
    }
    if (week) {
        int number = number_at(word + 6, 2);
        struct date monday = week_monday(date.year, number);
        *out = named(ask, monday, PERIOD_WEEK, 1);
        return number >= 1 && day_after(monday, 3).year == date.year;
    }
    date.month = number_at(word + (packed ? 4 : 5), 2);
    date.day = day ? number_at(word + (packed ? 6 : 8), 2) : 1;
    if (date.month < 1 || date.month > MONTHS || date.day < 1 ||
        date.day > month_days(date.year, date.month))
        return false;
    *out = named(ask, date, day ? PERIOD_DAY : PERIOD_MONTH, 1);
    return true;
}

static bool single_parse(const struct asking *ask, const char *word, struct stretch *out,
                         struct err *err)
{
    bool known;
    if (word_find(ask, word, out) || date_find(ask, word, out, &known))
        return true;
    if (known)
        return err_set(err, ERR_USAGE,
                       "the calendar from 1970 to 2261 has no '%s', try '2026-09-30' or '2026-W40'",
                       word);
    return err_set(err, ERR_USAGE,
                   "no period '%.100s', try 'last-week' or '2026-09-01..2026-09-30'", word);
}

/* The words from `from` to `to` without the spaces around them. */
static const char *part(struct arena *arena, const char *from, const char *to)
{
    while (from < to && (*from == ' ' || *from == '\t'))
        from++;
    while (from < to && (to[-1] == ' ' || to[-1] == '\t'))
        to--;
    char *copy = arena_alloc(arena, (size_t)(to - from) + 1);
    return memcpy(copy, from, (size_t)(to - from));
}

/* Both ends are included, whatever stretch each names. */
static bool range_parse(const struct asking *ask, const char *first, const char *last,
                        struct stretch *out, struct err *err)
{
    struct stretch a;
    struct stretch b;
    if (!single_parse(ask, first, &a, err) || !single_parse(ask, last, &b, err))
        return false;
    if (start_of(b.to, ask->rules) <= start_of(a.from, ask->rules))
        return err_set(err, ERR_USAGE,
                       "'%s' is before '%s', try '2026-09-01..2026-09-30' or 'last-week to today'",
                       last, first);
    *out = (struct stretch){ arena_printf(ask->arena, "%s..%s", a.name, b.name), a.from, b.to };
    return true;
}

static bool days_find(const struct asking *ask, const char *word, struct stretch *out)
{
    size_t length = strlen(word);
    int64_t days;
    if (length < 2 || (word[length - 1] | 0x20) != 'd' ||
        !text_count(part(ask->arena, word, word + length - 1), &days) || days < 1 ||
        days > MOST_DAYS)
        return false;
    out->name = arena_printf(ask->arena, "%dd", (int)days);
    out->to = day_after(ask->today, 1);
    out->from = day_after(out->to, -(int)days);
    return true;
}

static bool stretch_parse(const struct asking *ask, const char *words, struct stretch *out,
                          struct err *err)
{
    static const char since[] = "since ";
    static const char *const joints[] = { "..", " to " };
    const char *end = words + strlen(words);
    if (days_find(ask, words, out))
        return true;
    if (strncasecmp(words, since, sizeof(since) - 1) == 0) {
        if (!single_parse(ask, part(ask->arena, words + sizeof(since) - 1, end), out, err))
            return false;
        out->name = arena_printf(ask->arena, "since %s", out->name);
        out->to = day_after(ask->today, 1);
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(joints); i++) {
        const char *joint = strcasestr(words, joints[i]);
        if (joint)
            return range_parse(ask, part(ask->arena, words, joint),
                               part(ask->arena, joint + strlen(joints[i]), end), out, err);
    }
    return single_parse(ask, words, out, err);
}

bool period_parse(struct arena *arena, const char *words, const struct period_rules *rules,
                  struct period *out, struct err *err)
{
    const struct asking ask = { arena, rules, day_of(rules->now_ns, rules) };
    const char *trimmed = part(arena, words, words + strlen(words));
    struct stretch stretch = { "all", { FIRST_YEAR, 1, 1 }, day_after(ask.today, 1) };
    bool all = text_same(trimmed, "all");
    if (!all && !stretch_parse(&ask, trimmed, &stretch, err))
        return false;
    int64_t from_ns = all ? 0 : start_of(stretch.from, rules);
    int64_t end_ns = start_of(stretch.to, rules);
    int64_t to_ns = end_ns < rules->now_ns ? end_ns : rules->now_ns;
    *out = (struct period){
        .name = stretch.name,
        .from_ns = from_ns,
        .to_ns = to_ns > from_ns ? to_ns : from_ns, /* nothing is in a future that has not begun */
        .whole_to_ns = end_ns > from_ns ? end_ns : from_ns,
        .until_ns =
            all || strncasecmp(trimmed, "since ", strlen("since ")) == 0 ? INT64_MAX : end_ns,
    };
    return true;
}

void period_bucket_of(int64_t at_ns, enum period_unit unit, const struct period_rules *rules,
                      struct period_bucket *out)
{
    struct stretch stretch = unit_of(day_of(at_ns, rules), unit, rules->week_start);
    out->from_ns = start_of(stretch.from, rules);
    out->to_ns = start_of(stretch.to, rules);
    write_name(stretch.from, unit, rules->week_start, out->name, sizeof(out->name));
}
