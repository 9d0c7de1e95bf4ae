#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"

static void zone(const char *name)
{
    struct err err;
    assert_true(clock_zone_set(name, &err));
}

static int64_t instant(const char *text)
{
    int64_t at_ns = -1;
    assert_true(clock_parse(text, strlen(text), &at_ns));
    return at_ns;
}

static void is_utc(int64_t at_ns, const char *expected)
{
    char text[CLOCK_TEXT];
    clock_utc(at_ns, text);
    assert_string_equal(text, expected);
}

static void is_local(const char *utc, const char *expected)
{
    char text[CLOCK_TEXT];
    clock_local(instant(utc), text);
    assert_string_equal(text, expected);
}

static void reads_what_it_writes(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "1970-01-01T00:00:00Z",           "2026-10-06T14:32:00.120Z",
        "2024-02-29T23:59:59.000001Z",    "2000-02-29T12:00:00.123456789Z",
        "2261-12-31T23:59:59.999999999Z", "1999-12-31T23:59:59.999Z",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        is_utc(instant(texts[i]), texts[i]);
    assert_true(instant("1970-01-01T00:00:00Z") == 0);
    assert_true(instant("2001-09-09T01:46:40Z") == INT64_C(1000000000) * CLOCK_SECOND_NS);
}

static void writes_instants_before_1970(void **state)
{
    (void)state;
    is_utc(-1, "1969-12-31T23:59:59.999999999Z");
    is_utc(-CLOCK_SECOND_NS, "1969-12-31T23:59:59Z");
    is_utc(INT64_MIN, "1677-09-21T00:12:43.145224192Z");
    is_utc(INT64_MAX, "2262-04-11T23:47:16.854775807Z");
}

static void reads_every_form_of_rfc_3339(void **state)
{
    (void)state;
    int64_t at_ns = instant("2026-10-06T14:32:00Z");
    assert_true(instant("2026-10-06t14:32:00z") == at_ns);
    assert_true(instant("2026-10-06 14:32:00Z") == at_ns);
    assert_true(instant("2026-10-06T16:32:00+02:00") == at_ns);
    assert_true(instant("2026-10-06T11:02:00-03:30") == at_ns);
    assert_true(instant("2026-10-07T04:32:00+14:00") == at_ns);
    assert_true(instant("2026-10-06T14:32:00-00:00") == at_ns);
    assert_true(instant("2026-10-06T14:32:00.0Z") == at_ns);
    assert_true(instant("2026-10-06T14:32:00.5Z") == at_ns + CLOCK_SECOND_NS / 2);
    assert_true(instant("2026-10-06T14:32:00.1234567899999Z") == at_ns + 123456789);
    assert_true(instant("2016-12-31T23:59:60Z") == instant("2017-01-01T00:00:00Z"));
}

static void refuses_what_is_no_time(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "2026",
        "2026-10-06",
        "2026-10-06T14:32Z",
        "2026-10-06T14:32:00",
        "2026-10-06T14:32:00Z ",
        " 2026-10-06T14:32:00Z",
        "2026-10-06T14:32:00ZZ",
        "2026-10-06T14:32:00.Z",
        "2026-10-06T14:32:00,5Z",
        "2026-10-06T14:32:00+0200",
        "2026-10-06T14:32:00+02",
        "2026-10-06T14:32:00+24:00",
        "2026-10-06T14:32:00+02:60",
        "2026-10-06_14:32:00Z",
        "2026-13-06T14:32:00Z",
        "2026-00-06T14:32:00Z",
        "2026-10-00T14:32:00Z",
        "2026-10-32T14:32:00Z",
        "2026-02-29T14:32:00Z",
        "2100-02-29T14:32:00Z",
        "2026-04-31T14:32:00Z",
        "2026-10-06T24:00:00Z",
        "2026-10-06T14:60:00Z",
        "2026-10-06T14:32:61Z",
        "2026-10-06T14:32:60Z",
        "2026-1-06T14:32:00Z",
        "+2026-10-06T14:32:00Z",
        "-026-10-06T14:32:00Z",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+00:01",
        "2262-01-01T00:00:00Z",
        "2261-12-31T23:59:59-00:01",
        "9999-12-31T23:59:59Z",
        "0000-00-00T00:00:00Z",
    };
    int64_t at_ns = 7;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(clock_parse(bad[i], strlen(bad[i]), &at_ns));
    assert_false(clock_parse("2026-10-06T14:32:00Z\0", 21, &at_ns));
    assert_false(clock_parse("2026-10-06T14:32:00\0Z", 21, &at_ns));
    assert_true(at_ns == 7);
}

static void refuses_every_prefix_of_a_time(void **state)
{
    (void)state;
    const char text[] = "2026-10-06T14:32:00.120+02:00";
    int64_t at_ns;
    for (size_t cut = 0; cut < strlen(text); cut++)
        assert_false(clock_parse(text, cut, &at_ns));
    assert_true(clock_parse(text, strlen(text), &at_ns));
}

static void reads_times_at_the_ends_of_its_range(void **state)
{
    (void)state;
    assert_true(instant("1969-12-31T23:00:00-01:00") == 0);
    is_utc(instant("2262-01-01T00:59:59+01:00"), "2261-12-31T23:59:59Z");
}

static void knows_zones_by_their_names(void **state)
{
    (void)state;
    zone("Europe/Berlin");
    assert_string_equal(clock_zone_name(), "Europe/Berlin");
    is_local("2026-10-06T14:32:00Z", "2026-10-06 16:32 +02:00");
    zone("UTC");
    assert_string_equal(clock_zone_name(), "UTC");
    is_local("2026-10-06T14:32:59.9Z", "2026-10-06 14:32 +00:00");
}

static void refuses_zones_the_system_does_not_know(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "Europe/Atlantis",
        "Europe",
        "../../../etc/passwd",
        "Europe/../Europe/Berlin",
        "/usr/share/zoneinfo/Europe/Berlin",
        ":Europe/Berlin",
        "zone.tab",
        "CET-1CEST",
        "Europe/Berlin\n",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    };
    zone("Asia/Kathmandu");
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct err err;
        assert_false(clock_zone_set(bad[i], &err));
        assert_int_equal(err.code, ERR_USAGE);
    }
    assert_string_equal(clock_zone_name(), "Asia/Kathmandu");
    is_local("2026-10-06T14:32:00Z", "2026-10-06 20:17 +05:45");
}

static void goes_back_to_the_zone_of_the_system(void **state)
{
    (void)state;
    zone(NULL);
    assert_true(strlen(clock_zone_name()) > 0);
    zone("Asia/Kathmandu");
    zone(NULL);
    assert_string_not_equal(clock_zone_name(), "");
    zone("Pacific/Apia");
    assert_string_equal(clock_zone_name(), "Pacific/Apia");
}

static void shows_offsets_of_all_kinds(void **state)
{
    (void)state;
    zone("America/St_Johns");
    is_local("2026-01-06T14:32:00Z", "2026-01-06 11:02 -03:30");
    is_local("2026-07-06T14:32:00Z", "2026-07-06 12:02 -02:30");
    zone("America/New_York");
    is_local("2026-01-01T03:00:00Z", "2025-12-31 22:00 -05:00");
    zone("Pacific/Kiritimati");
    is_local("2025-12-31T10:00:00Z", "2026-01-01 00:00 +14:00");
}

static void tells_local_time_apart(void **state)
{
    (void)state;
    zone("Europe/Berlin");
    struct civil at = clock_civil(instant("2026-10-06T22:05:09Z"));
    assert_int_equal(at.year, 2026);
    assert_int_equal(at.month, 10);
    assert_int_equal(at.day, 7);
    assert_int_equal(at.hour, 0);
    assert_int_equal(at.minute, 5);
    assert_int_equal(at.second, 9);
    assert_int_equal(at.weekday, 3);
    assert_int_equal(at.offset_seconds, 7200);
    zone("UTC");
    assert_int_equal(clock_civil(0).weekday, 4);
    assert_int_equal(clock_civil(-1).weekday, 3);
    assert_int_equal(clock_civil(-CLOCK_HOUR_NS * 24 * 7).weekday, 4);
    assert_int_equal(clock_civil(instant("2024-02-29T12:00:00Z")).day, 29);
    assert_int_equal(clock_civil(instant("2026-11-22T12:00:00Z")).weekday, 7);
    assert_int_equal(clock_civil(instant("2026-11-23T12:00:00Z")).weekday, 1);
}

static void changes_the_offset_to_the_second(void **state)
{
    (void)state;
    zone("Europe/Berlin");
    assert_int_equal(clock_civil(instant("2026-03-29T00:59:59Z")).offset_seconds, 3600);
    assert_int_equal(clock_civil(instant("2026-03-29T01:00:00Z")).offset_seconds, 7200);
    assert_int_equal(clock_civil(instant("2026-10-25T00:59:59Z")).offset_seconds, 7200);
    assert_int_equal(clock_civil(instant("2026-10-25T01:00:00Z")).offset_seconds, 3600);
    zone("America/St_Johns"); /* changed at one minute past midnight, inside an hour of UTC */
    assert_int_equal(clock_civil(instant("2010-11-07T02:30:59Z")).offset_seconds, -9000);
    assert_int_equal(clock_civil(instant("2010-11-07T02:31:00Z")).offset_seconds, -12600);
    assert_int_equal(clock_civil(instant("2010-11-07T02:30:59Z")).offset_seconds, -9000);
}

static void takes_the_later_instant_in_a_gap(void **state)
{
    (void)state;
    zone("Europe/Berlin"); /* 02:00 to 03:00 is not there */
    is_utc(clock_from_civil(2026, 3, 29, 1, 59), "2026-03-29T00:59:00Z");
    is_utc(clock_from_civil(2026, 3, 29, 2, 0), "2026-03-29T01:00:00Z");
    is_utc(clock_from_civil(2026, 3, 29, 2, 30), "2026-03-29T01:30:00Z");
    is_utc(clock_from_civil(2026, 3, 29, 3, 0), "2026-03-29T01:00:00Z");
    zone("America/Asuncion"); /* midnight itself is not there */
    is_utc(clock_from_civil(2023, 10, 1, 0, 0), "2023-10-01T04:00:00Z");
}

static void takes_the_earlier_instant_in_a_fold(void **state)
{
    (void)state;
    zone("Europe/Berlin"); /* 02:00 to 03:00 comes twice */
    is_utc(clock_from_civil(2026, 10, 25, 1, 59), "2026-10-24T23:59:00Z");
    is_utc(clock_from_civil(2026, 10, 25, 2, 0), "2026-10-25T00:00:00Z");
    is_utc(clock_from_civil(2026, 10, 25, 2, 59), "2026-10-25T00:59:00Z");
    is_utc(clock_from_civil(2026, 10, 25, 3, 0), "2026-10-25T02:00:00Z");
    zone("America/St_Johns");
    is_utc(clock_from_civil(2010, 11, 7, 0, 0), "2010-11-07T02:30:00Z");
    is_utc(clock_from_civil(2010, 11, 6, 23, 30), "2010-11-07T02:00:00Z");
}

static void rolls_fields_over(void **state)
{
    (void)state;
    zone("UTC");
    is_utc(clock_from_civil(2026, 3, 0, 0, 0), "2026-02-28T00:00:00Z");
    is_utc(clock_from_civil(2024, 3, 0, 0, 0), "2024-02-29T00:00:00Z");
    is_utc(clock_from_civil(2026, 13, 1, 0, 0), "2027-01-01T00:00:00Z");
    is_utc(clock_from_civil(2026, 0, 1, 0, 0), "2025-12-01T00:00:00Z");
    is_utc(clock_from_civil(2026, -11, 1, 0, 0), "2025-01-01T00:00:00Z");
    is_utc(clock_from_civil(2026, 12, 32, 0, 0), "2027-01-01T00:00:00Z");
    is_utc(clock_from_civil(2026, 1, -30, 0, 0), "2025-12-01T00:00:00Z");
    is_utc(clock_from_civil(2026, 1, 1, 24, 60), "2026-01-02T01:00:00Z");
    is_utc(clock_from_civil(2026, 1, 1, 0, -1), "2025-12-31T23:59:00Z");
    is_utc(clock_from_civil(2026, 1, 400, 0, 0), "2027-02-04T00:00:00Z");
}

static int64_t hours_of_day(const char *utc)
{
    int64_t at_ns = instant(utc);
    return (clock_day_start(at_ns, 1) - clock_day_start(at_ns, 0)) / CLOCK_HOUR_NS;
}

static void knows_days_of_23_24_and_25_hours(void **state)
{
    (void)state;
    zone("Europe/Berlin");
    assert_int_equal(hours_of_day("2026-03-28T12:00:00Z"), 24);
    assert_int_equal(hours_of_day("2026-03-29T12:00:00Z"), 23);
    assert_int_equal(hours_of_day("2026-10-25T12:00:00Z"), 25);
    assert_int_equal(hours_of_day("2026-10-25T00:30:00Z"), 25);
    zone("America/Asuncion");
    assert_int_equal(hours_of_day("2023-10-01T12:00:00Z"), 23);
    assert_int_equal(hours_of_day("2023-03-25T12:00:00Z"), 25);
}

static void moves_by_calendar_days(void **state)
{
    (void)state;
    zone("Europe/Berlin");
    int64_t at_ns = instant("2026-03-29T12:00:00Z");
    is_utc(clock_day_start(at_ns, 0), "2026-03-28T23:00:00Z");
    is_utc(clock_day_start(at_ns, 1), "2026-03-29T22:00:00Z");
    is_utc(clock_day_start(at_ns, -1), "2026-03-27T23:00:00Z");
    is_utc(clock_day_start(at_ns, 365), "2027-03-28T22:00:00Z");
    is_utc(clock_day_start(clock_day_start(at_ns, 0), 0), "2026-03-28T23:00:00Z");
    is_utc(clock_day_start(clock_day_start(at_ns, 0) - 1, 0), "2026-03-27T23:00:00Z");
}

static void skips_the_day_that_apia_skipped(void **state)
{
    (void)state;
    zone("Pacific/Apia"); /* from 29 December 2011 straight to the 31st */
    is_local("2011-12-30T09:59:59Z", "2011-12-29 23:59 -10:00");
    is_local("2011-12-30T10:00:00Z", "2011-12-31 00:00 +14:00");
    is_utc(clock_from_civil(2011, 12, 30, 0, 0), "2011-12-30T10:00:00Z");
    is_utc(clock_from_civil(2011, 12, 31, 0, 0), "2011-12-30T10:00:00Z");
    assert_int_equal(hours_of_day("2011-12-30T09:00:00Z"), 24);
    assert_int_equal(hours_of_day("2011-12-30T11:00:00Z"), 24);
}

static void keeps_every_instant_inside_its_day(void **state)
{
    (void)state;
    static const char *const zones[] = {
        "America/St_Johns", "America/Asuncion", "Pacific/Apia",
        "Europe/Berlin",    "Africa/Monrovia",  "America/Nuuk",
        "America/Havana",   "Asia/Gaza",        "Africa/Casablanca"
    };
    int64_t end = instant("2012-02-01T00:00:00Z");
    for (size_t i = 0; i < ARRAY_LEN(zones); i++) {
        zone(zones[i]);
        for (int64_t at = instant("2010-01-01T00:00:00Z"); at < end; at += 29 * CLOCK_MINUTE_NS) {
            assert_true(clock_day_start(at, 0) <= at);
            assert_true(clock_day_start(at, 1) > at);
        }
    }
}

static void stays_in_its_day_when_midnight_comes_twice(void **state)
{
    (void)state;
    zone("America/St_Johns");
    is_local("2010-11-07T02:45:00Z", "2010-11-06 23:15 -03:30");
    is_utc(clock_day_start(instant("2010-11-07T02:45:00Z"), 0), "2010-11-07T02:30:00Z");
    is_utc(clock_day_start(instant("2010-11-07T02:29:59Z"), 1), "2010-11-07T02:30:00Z");
}

static void is_week(const char *utc, const char *expected)
{
    char text[CLOCK_TEXT];
    clock_local_week(instant(utc), text);
    assert_string_equal(text, expected);
}

static void counts_iso_weeks_around_new_year(void **state)
{
    (void)state;
    zone("UTC");
    is_week("2026-10-06T00:00:00Z", "2026-W41");
    is_week("2026-12-28T00:00:00Z", "2026-W53");
    is_week("2027-01-01T00:00:00Z", "2026-W53");
    is_week("2027-01-03T23:59:59Z", "2026-W53");
    is_week("2027-01-04T00:00:00Z", "2027-W01");
    is_week("2020-12-31T00:00:00Z", "2020-W53");
    is_week("2021-01-03T00:00:00Z", "2020-W53");
    is_week("2021-01-04T00:00:00Z", "2021-W01");
    is_week("2024-12-30T00:00:00Z", "2025-W01");
    is_week("2024-12-29T23:59:59Z", "2024-W52");
    is_week("2022-01-01T00:00:00Z", "2021-W52");
    zone("Pacific/Kiritimati");
    is_week("2027-01-03T10:00:00Z", "2027-W01");
}

static void writes_local_days_and_times(void **state)
{
    (void)state;
    char text[CLOCK_TEXT];
    zone("Europe/Berlin");
    clock_local_day(instant("2026-12-31T23:00:00Z"), text);
    assert_string_equal(text, "2027-01-01");
    clock_local_time(instant("2026-12-31T23:05:59Z"), text);
    assert_string_equal(text, "00:05");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_it_writes),
        cmocka_unit_test(writes_instants_before_1970),
        cmocka_unit_test(reads_every_form_of_rfc_3339),
        cmocka_unit_test(refuses_what_is_no_time),
        cmocka_unit_test(refuses_every_prefix_of_a_time),
        cmocka_unit_test(reads_times_at_the_ends_of_its_range),
        cmocka_unit_test(knows_zones_by_their_names),
        cmocka_unit_test(refuses_zones_the_system_does_not_know),
        cmocka_unit_test(goes_back_to_the_zone_of_the_system),
        cmocka_unit_test(shows_offsets_of_all_kinds),
        cmocka_unit_test(tells_local_time_apart),
        cmocka_unit_test(changes_the_offset_to_the_second),
        cmocka_unit_test(takes_the_later_instant_in_a_gap),
        cmocka_unit_test(takes_the_earlier_instant_in_a_fold),
        cmocka_unit_test(rolls_fields_over),
        cmocka_unit_test(knows_days_of_23_24_and_25_hours),
        cmocka_unit_test(moves_by_calendar_days),
        cmocka_unit_test(skips_the_day_that_apia_skipped),
        cmocka_unit_test(keeps_every_instant_inside_its_day),
        cmocka_unit_test(stays_in_its_day_when_midnight_comes_twice),
        cmocka_unit_test(counts_iso_weeks_around_new_year),
        cmocka_unit_test(writes_local_days_and_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
