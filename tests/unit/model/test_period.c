#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "model/period.h"

static int64_t instant(const char *text)
{
    int64_t at_ns = -1;
    assert_true(clock_parse(text, strlen(text), &at_ns));
    return at_ns;
}

static void zone(const char *name)
{
    struct err err;
    assert_true(clock_zone_set(name, &err));
}

/* Thursday, 8 October 2026, in the afternoon; weeks start on Monday, days at midnight. */
static struct period_rules usual(void)
{
    zone("UTC");
    return (struct period_rules){ .now_ns = instant("2026-10-08T14:32:00Z"), .week_start = 1 };
}

static void is_instant(int64_t at_ns, const char *expected)
{
    char text[CLOCK_TEXT];
    clock_utc(at_ns, text);
    assert_string_equal(text, expected);
}

struct expected {
    const char *words;
    const char *name;
    const char *from; /* days of UTC at midnight */
    const char *whole_to;
};

static void is_midnight(int64_t at_ns, const char *day)
{
    char text[CLOCK_TEXT];
    assert_int_equal(at_ns % (24 * CLOCK_HOUR_NS), 0);
    clock_utc(at_ns, text);
    text[10] = '\0';
    assert_string_equal(text, day);
}

static void parses(const struct period_rules *rules, const struct expected *all, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        struct period period;
        struct err err;
        assert_true(period_parse(&arena, all[i].words, rules, &period, &err));
        assert_string_equal(period.name, all[i].name);
        is_midnight(period.from_ns, all[i].from);
        is_midnight(period.whole_to_ns, all[i].whole_to);
        assert_true(period.to_ns <= period.whole_to_ns);
        if (period.from_ns <= rules->now_ns)
            assert_true(period.to_ns ==
                        (period.whole_to_ns < rules->now_ns ? period.whole_to_ns : rules->now_ns));
    }
}

static void understands_words(void **state)
{
    (void)state;
    static const struct expected all[] = {
        { "today", "today", "2026-10-08", "2026-10-09" },
        { "yesterday", "yesterday", "2026-10-07", "2026-10-08" },
        { "week", "2026-W41", "2026-10-05", "2026-10-12" },
        { "last-week", "2026-W40", "2026-09-28", "2026-10-05" },
        { "month", "2026-10", "2026-10-01", "2026-11-01" },
        { "last-month", "2026-09", "2026-09-01", "2026-10-01" },
        { "year", "2026", "2026-01-01", "2027-01-01" },
        { "all", "all", "1970-01-01", "2026-10-09" },
        { "1d", "1d", "2026-10-08", "2026-10-09" },
        { "7d", "7d", "2026-10-02", "2026-10-09" },
        { "30D", "30d", "2026-09-09", "2026-10-09" },
        { "ToDay", "today", "2026-10-08", "2026-10-09" },
        { "  week\t", "2026-W41", "2026-10-05", "2026-10-12" },
    };
    struct period_rules rules = usual();
    parses(&rules, all, ARRAY_LEN(all));
}

static void understands_dates(void **state)
{
    (void)state;
    static const struct expected all[] = {
        { "2026-09-30", "2026-09-30", "2026-09-30", "2026-10-01" },
        { "2024-02-29", "2024-02-29", "2024-02-29", "2024-03-01" },
        { "2026-12-31", "2026-12-31", "2026-12-31", "2027-01-01" },
        { "2026-W40", "2026-W40", "2026-09-28", "2026-10-05" },
        { "2026-w01", "2026-W01", "2025-12-29", "2026-01-05" },
        { "2026-W53", "2026-W53", "2026-12-28", "2027-01-04" },
        { "2020-W53", "2020-W53", "2020-12-28", "2021-01-04" },
        { "2025-W01", "2025-W01", "2024-12-30", "2025-01-06" },
        { "2026-09", "2026-09", "2026-09-01", "2026-10-01" },
        { "2025-12", "2025-12", "2025-12-01", "2026-01-01" },
        { "2024-02", "2024-02", "2024-02-01", "2024-03-01" },
        { "2026", "2026", "2026-01-01", "2027-01-01" },
        { "1970", "1970", "1970-01-01", "1971-01-01" },
        { "2261-12-31", "2261-12-31", "2261-12-31", "2262-01-01" },
        { "20260930", "2026-09-30", "2026-09-30", "2026-10-01" },
        { "20240229", "2024-02-29", "2024-02-29", "2024-03-01" },
    };
    struct period_rules rules = usual();
    parses(&rules, all, ARRAY_LEN(all));
}

static void understands_ranges(void **state)
{
    (void)state;
    static const struct expected all[] = {
        { "since 2026-09-15", "since 2026-09-15", "2026-09-15", "2026-10-09" },
        { "SINCE  yesterday", "since yesterday", "2026-10-07", "2026-10-09" },
        { "since 2026-09", "since 2026-09", "2026-09-01", "2026-10-09" },
        { "2026-09-01..2026-09-30", "2026-09-01..2026-09-30", "2026-09-01", "2026-10-01" },
        { "2026-09-01 .. 2026-09-30", "2026-09-01..2026-09-30", "2026-09-01", "2026-10-01" },
        { "2026-09-01 to 2026-09-30", "2026-09-01..2026-09-30", "2026-09-01", "2026-10-01" },
        { "2026-08 TO 2026-09", "2026-08..2026-09", "2026-08-01", "2026-10-01" },
        { "2026-W39..2026-W40", "2026-W39..2026-W40", "2026-09-21", "2026-10-05" },
        { "2026-09..2026-10-02", "2026-09..2026-10-02", "2026-09-01", "2026-10-03" },
        { "2026-09-15..2026-09", "2026-09-15..2026-09", "2026-09-15", "2026-10-01" },
        { "last-week to yesterday", "2026-W40..yesterday", "2026-09-28", "2026-10-08" },
        { "2025..2026", "2025..2026", "2025-01-01", "2027-01-01" },
        { "2026-09-01..2026-09-01", "2026-09-01..2026-09-01", "2026-09-01", "2026-09-02" },
    };
    struct period_rules rules = usual();
    parses(&rules, all, ARRAY_LEN(all));
}

static void refuses_what_it_does_not_understand(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        const char *named; /* the error must name it in quotes */
    } all[] = {
        { "", "''" },
        { "fortnight", "'fortnight'" },
        { "weeks", "'weeks'" },
        { "2026-13", "'2026-13'" },
        { "2026-00", "'2026-00'" },
        { "2026-W54", "'2026-W54'" },
        { "2026-W00", "'2026-W00'" },
        { "2025-W53", "'2025-W53'" },
        { "2026-02-30", "'2026-02-30'" },
        { "2026-02-29", "'2026-02-29'" },
        { "2100-02-29", "'2100-02-29'" },
        { "2026-04-31", "'2026-04-31'" },
        { "2026-10-00", "'2026-10-00'" },
        { "1969", "'1969'" },
        { "2262", "'2262'" },
        { "0000-00-00", "'0000-00-00'" },
        { "2026-1-1", "'2026-1-1'" },
        { "20261306", "'20261306'" },
        { "20260931", "'20260931'" },
        { "2026-10-06x", "'2026-10-06x'" },
        { "0d", "'0d'" },
        { "-7d", "'-7d'" },
        { "36501d", "'36501d'" },
        { "99999999999999999999d", "'99999999999999999999d'" },
        { "d", "'d'" },
        { "since", "'since'" },
        { "since ", "'since'" },
        { "since 2026-13", "'2026-13'" },
        { "since 7d", "'7d'" },
        { "..", "''" },
        { "2026-09-01..", "''" },
        { "..2026-09-01", "''" },
        { "2026-09-01..2026-09-31", "'2026-09-31'" },
        { "2026-09-01...2026-09-30", "'.2026-09-30'" },
        { "7d..today", "'7d'" },
        { "2026-09-30..2026-09-01", "'2026-09-01'" },
        { "today to yesterday", "'yesterday'" },
        { "2026 to 2025-12-31", "'2025-12-31'" },
    };
    struct period_rules rules = usual();
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        struct period period;
        struct err err;
        assert_false(period_parse(&arena, all[i].words, &rules, &period, &err));
        assert_int_equal(err.code, ERR_USAGE);
        assert_non_null(strstr(err.text, all[i].named));
        assert_non_null(strstr(err.text, ", try '"));
        assert_non_null(strstr(err.text, "' or '"));
    }
}

static void leaves_a_future_empty(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct period_rules rules = usual();
    struct period period;
    struct err err;
    assert_true(period_parse(&arena, "2027-01", &rules, &period, &err));
    is_midnight(period.from_ns, "2027-01-01");
    assert_true(period.to_ns == period.from_ns);
    is_midnight(period.whole_to_ns, "2027-02-01");
    assert_true(period_parse(&arena, "since 2027-01", &rules, &period, &err));
    assert_true(period.to_ns == period.from_ns);
    assert_true(period.whole_to_ns == period.from_ns);
}

static void starts_weeks_where_it_is_told(void **state)
{
    (void)state;
    static const struct expected sunday[] = {
        { "week", "2026-10-04..2026-10-10", "2026-10-04", "2026-10-11" },
        { "last-week", "2026-09-27..2026-10-03", "2026-09-27", "2026-10-04" },
        { "2026-W40", "2026-W40", "2026-09-28", "2026-10-05" }, /* its number is ISO's */
    };
    static const struct expected thursday[] = {
        { "week", "2026-10-08..2026-10-14", "2026-10-08", "2026-10-15" },
    };
    struct period_rules rules = usual();
    rules.week_start = 7;
    parses(&rules, sunday, ARRAY_LEN(sunday));
    rules.week_start = 4;
    parses(&rules, thursday, ARRAY_LEN(thursday));
}

static void goes_back_over_new_year(void **state)
{
    (void)state;
    static const struct expected all[] = {
        { "yesterday", "yesterday", "2026-12-31", "2027-01-01" },
        { "week", "2026-W53", "2026-12-28", "2027-01-04" },
        { "last-month", "2026-12", "2026-12-01", "2027-01-01" },
        { "year", "2027", "2027-01-01", "2028-01-01" },
        { "400d", "400d", "2025-11-28", "2027-01-02" },
    };
    struct period_rules rules = usual();
    rules.now_ns = instant("2027-01-01T10:00:00Z");
    parses(&rules, all, ARRAY_LEN(all));
}

static void begins_days_when_it_is_told(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct period_rules rules = usual();
    struct period period;
    struct err err;
    rules.day_start_minutes = 240;
    rules.now_ns = instant("2026-10-01T03:59:59Z");
    assert_true(period_parse(&arena, "today", &rules, &period, &err));
    is_instant(period.from_ns, "2026-09-30T04:00:00Z");
    is_instant(period.to_ns, "2026-10-01T03:59:59Z");
    is_instant(period.whole_to_ns, "2026-10-01T04:00:00Z");
    assert_true(period_parse(&arena, "month", &rules, &period, &err));
    assert_string_equal(period.name, "2026-09");
    rules.now_ns = instant("2026-10-01T04:00:00Z");
    assert_true(period_parse(&arena, "month", &rules, &period, &err));
    assert_string_equal(period.name, "2026-10");
    is_instant(period.from_ns, "2026-10-01T04:00:00Z");
    assert_true(period_parse(&arena, "today", &rules, &period, &err));
    assert_true(period.from_ns == rules.now_ns && period.to_ns == rules.now_ns);
}

static void follows_the_clocks_of_the_zone(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct period_rules rules = usual();
    struct period period;
    struct err err;
    zone("Europe/Berlin");
    assert_true(period_parse(&arena, "2026-03-29", &rules, &period, &err));
    is_instant(period.from_ns, "2026-03-28T23:00:00Z");
    is_instant(period.to_ns, "2026-03-29T22:00:00Z");
    assert_true(period_parse(&arena, "2026-W43", &rules, &period, &err));
    is_instant(period.from_ns, "2026-10-18T22:00:00Z");
    is_instant(period.whole_to_ns, "2026-10-25T23:00:00Z");
    rules.now_ns = instant("2026-10-08T22:30:00Z"); /* past midnight in Berlin */
    assert_true(period_parse(&arena, "today", &rules, &period, &err));
    is_instant(period.from_ns, "2026-10-08T22:00:00Z");
    zone("Pacific/Apia"); /* 30 December 2011 was skipped */
    assert_true(period_parse(&arena, "2011-12-30", &rules, &period, &err));
    assert_true(period.from_ns == period.to_ns);
}

static void bucket_is(const char *utc, enum period_unit unit, const struct period_rules *rules,
                      const char *name)
{
    struct period_bucket bucket;
    int64_t at_ns = instant(utc);
    period_bucket_of(at_ns, unit, rules, &bucket);
    assert_string_equal(bucket.name, name);
    assert_true(bucket.from_ns <= at_ns && at_ns < bucket.to_ns);
}

static void puts_instants_into_buckets(void **state)
{
    (void)state;
    struct period_rules rules = usual();
    bucket_is("2026-10-06T00:00:00Z", PERIOD_DAY, &rules, "2026-10-06");
    bucket_is("2026-10-06T23:59:59.999999999Z", PERIOD_DAY, &rules, "2026-10-06");
    bucket_is("2026-10-06T12:00:00Z", PERIOD_WEEK, &rules, "2026-W41");
    bucket_is("2027-01-03T12:00:00Z", PERIOD_WEEK, &rules, "2026-W53");
    bucket_is("2024-12-30T00:00:00Z", PERIOD_WEEK, &rules, "2025-W01");
    bucket_is("2026-10-31T23:59:59Z", PERIOD_MONTH, &rules, "2026-10");
    bucket_is("2026-12-31T23:59:59Z", PERIOD_MONTH, &rules, "2026-12");
    rules.week_start = 7;
    bucket_is("2026-10-06T12:00:00Z", PERIOD_WEEK, &rules, "2026-10-04");
    bucket_is("2026-10-04T00:00:00Z", PERIOD_WEEK, &rules, "2026-10-04");
    bucket_is("2026-10-03T23:59:59Z", PERIOD_WEEK, &rules, "2026-09-27");
    rules.day_start_minutes = 300;
    bucket_is("2026-10-01T04:59:00Z", PERIOD_MONTH, &rules, "2026-09");
    bucket_is("2026-01-01T04:59:00Z", PERIOD_DAY, &rules, "2025-12-31");
    bucket_is("2026-10-04T04:59:59Z", PERIOD_WEEK, &rules, "2026-09-27");
}

static void keeps_buckets_whole_where_the_clock_jumps(void **state)
{
    (void)state;
    static const char *const zones[] = { "America/St_Johns", "Pacific/Apia", "America/Asuncion",
                                         "Europe/Berlin" };
    struct period_rules rules = usual();
    for (size_t i = 0; i < 2 * ARRAY_LEN(zones); i++) {
        struct period_bucket bucket = { 0 };
        zone(zones[i / 2]);
        rules.day_start_minutes = i % 2 ? 150 : 0;
        int64_t end = instant("2012-01-05T00:00:00Z");
        for (int64_t at = instant("2010-11-01T00:00:00Z"); at < end; at += 31 * CLOCK_MINUTE_NS) {
            struct period_bucket before = bucket;
            period_bucket_of(at, PERIOD_DAY, &rules, &bucket);
            assert_true(bucket.from_ns <= at && at < bucket.to_ns);
            if (before.to_ns && at < before.to_ns)
                assert_true(bucket.from_ns == before.from_ns);
            else if (before.to_ns) /* none is missing and none overlaps */
                assert_true(bucket.from_ns == before.to_ns);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(understands_words),
        cmocka_unit_test(understands_dates),
        cmocka_unit_test(understands_ranges),
        cmocka_unit_test(refuses_what_it_does_not_understand),
        cmocka_unit_test(leaves_a_future_empty),
        cmocka_unit_test(starts_weeks_where_it_is_told),
        cmocka_unit_test(goes_back_over_new_year),
        cmocka_unit_test(begins_days_when_it_is_told),
        cmocka_unit_test(follows_the_clocks_of_the_zone),
        cmocka_unit_test(puts_instants_into_buckets),
        cmocka_unit_test(keeps_buckets_whole_where_the_clock_jumps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
