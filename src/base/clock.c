#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"

#define ZONES "/usr/share/zoneinfo/"

enum { ZONE_NAME = 64 };
enum { MINUTE = 60, HOUR = 3600, DAY = 86400 }; /* in seconds */
enum { FURTHEST = 15 * HOUR };                  /* no zone has been this far from UTC since 1970 */
enum { EPOCH_TO_MARCH_0 = 719468 };             /* days from 0000-03-01 to 1970-01-01 */
enum { DAYS_400_YEARS = 146097 };
enum { NANO_DIGITS = 9 };

/* The C library keeps one zone for the process, so the name that goes with it is one as well.
 * Both change only in clock_zone_set(), which the faces call before anything else runs. */
static char zone_name[ZONE_NAME];
static bool zone_chosen;

/* What a thread last learned from the C library: the hour and, if it was one offset all the hour
 * long, that offset. Log lines come in the order of time; asking for each takes most of the time
 * that counting them takes. */
static _Thread_local struct {
    int64_t hour;
    int offset;
    bool known;
} recent;

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Days since 1970 of a date whose month is 1 ... 12; years begin in March, so that a leap day is
 * the last of its year. */
static int64_t days_of(int64_t year, int month, int64_t day)
{
    int64_t y = year - (month <= 2);
    int64_t era = floor_div(y, 400);
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_400_YEARS + day_of_era - EPOCH_TO_MARCH_0;
}

/* The date, weekday and time of a count of seconds since 1970 on some wall. */
static struct civil civil_of(int64_t seconds)
{
    int64_t days = floor_div(seconds, DAY);
    int second = (int)(seconds - days * DAY);
    int64_t z = days + EPOCH_TO_MARCH_0;
    int64_t era = floor_div(z, DAYS_400_YEARS);
    int day_of_era = (int)(z - era * DAYS_400_YEARS);
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int march_month = (5 * day_of_year + 2) / 153; /* 0 is March */
    int month = march_month < 10 ? march_month + 3 : march_month - 9;
    return (struct civil){
        .year = (int)(era * 400) + year_of_era + (month <= 2),
        .month = month,
        .day = day_of_year - (153 * march_month + 2) / 5 + 1,
        .hour = second / HOUR,
        .minute = second / MINUTE % 60,
        .second = second % MINUTE,
        .weekday = (int)(((days + 3) % 7 + 7) % 7) + 1, /* 1970 began on a Thursday */
    };
}

static int ask_offset(int64_t seconds)
{
    time_t at = (time_t)seconds;
    struct tm local;
    return localtime_r(&at, &local) ? (int)local.tm_gmtoff : 0;
}

/* Seconds that local time is ahead of UTC at an instant. */
static int offset_at(int64_t seconds)
{
    int64_t hour = floor_div(seconds, HOUR);
    if (recent.known && recent.hour == hour)
        return recent.offset;
    int first = ask_offset(hour * HOUR);
    int last = ask_offset(hour * HOUR + HOUR - 1);
    recent.hour = hour;
    recent.offset = first;
    recent.known = first == last;
    return recent.known ? first : ask_offset(seconds);
}

static bool is_zone_file(const char *name)
{
    char path[sizeof(ZONES) + ZONE_NAME];
    char magic[4];
    (void)snprintf(path, sizeof(path), ZONES "%s", name);
    FILE *in = fopen(path, "rbe");
    if (!in)
        return false;
    bool good = fread(magic, 1, sizeof(magic), in) == sizeof(magic) &&
                memcmp(magic, "TZif", sizeof(magic)) == 0;
    (void)fclose(in);
    return good;
}

static bool is_zone(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789_+-/";
    size_t length = strlen(name);
    if (strcmp(name, "UTC") == 0)
        return true;
    return length > 0 && length < ZONE_NAME && name[0] != '/' && strspn(name, letters) == length &&
           is_zone_file(name);
}

bool clock_zone_set(const char *name, struct err *err)
{
    if (name && !is_zone(name))
        return err_set(err, ERR_USAGE, "no time zone '%.100s', try 'Europe/Berlin' or 'UTC'", name);
    /* "UTC0" needs no file to be understood. */
    const char *value = name && strcmp(name, "UTC") == 0 ? "UTC0" : name;
    if (value && setenv("TZ", value, 1) != 0)
        return err_errno(err, "cannot set the time zone");
    if (!value && zone_chosen)
        (void)unsetenv("TZ");
    zone_chosen = name != NULL;
    (void)snprintf(zone_name, sizeof(zone_name), "%s", name ? name : "");
    recent.known = false;
    tzset();
    return true;
}

/* Distributions link the system's zone, or write its name into a file, or both. */
static void learn_zone_name(void)
{
    static const char mark[] = "/zoneinfo/";
    char target[512];
    ssize_t length = readlink("/etc/localtime", target, sizeof(target) - 1);
    target[length > 0 ? length : 0] = '\0';
    const char *found = strstr(target, mark);
    char line[ZONE_NAME] = "";
    FILE *in = found ? NULL : fopen("/etc/timezone", "re");
    if (in) {
        if (fgets(line, sizeof(line), in))
            line[strcspn(line, " \r\n")] = '\0';
        (void)fclose(in);
    }
    const char *name = found ? found + sizeof(mark) - 1 : line;
    if (!is_zone(name))
        name = "local";
    (void)snprintf(zone_name, sizeof(zone_name), "%.*s", ZONE_NAME - 1, name);
}

const char *clock_zone_name(void)
{
    if (!zone_name[0])
        learn_zone_name();
    return zone_name;
}

struct civil clock_civil(int64_t at_ns)
{
    int64_t seconds = floor_div(at_ns, CLOCK_SECOND_NS);
    int offset = offset_at(seconds);
    struct civil civil = civil_of(seconds + offset);
    civil.offset_seconds = offset;
    return civil;
}

int64_t clock_from_civil(int year, int month, int day, int hour, int minute)
{
    int64_t months = (int64_t)year * 12 + month - 1;
    int64_t y = floor_div(months, 12);
    int64_t days = days_of(y, (int)(months - y * 12) + 1, 1) + day - 1;
    int64_t wall = days * DAY + (int64_t)hour * HOUR + (int64_t)minute * MINUTE;
    /* The clock says `wall` under the offset before a change near it, or the one after, or, in a
     * fold, under both; in a gap, under none. Without a change the two are the same. */
    int64_t early = wall - ask_offset(wall - FURTHEST);
    int64_t late = wall - ask_offset(wall + FURTHEST);
    bool early_is = early + offset_at(early) == wall;
    bool late_is = late + offset_at(late) == wall;
    bool least = early_is == late_is ? early_is == (early < late) : early_is;
    return (least ? early : late) * CLOCK_SECOND_NS;
}

int64_t clock_day_start(int64_t at_ns, int days)
{
    struct civil at = clock_civil(at_ns);
    int day = at.day;
    /* A clock set back across midnight shows the end of a day twice, the second time after the
     * next day has begun; one set forward may skip the midnight. Days stay whole stretches. */
    if (at.hour >= 22 && clock_from_civil(at.year, at.month, day + 1, 0, 0) <= at_ns)
        day++;
    else if (at.hour < 2 && clock_from_civil(at.year, at.month, day, 0, 0) > at_ns)
        day--;
    return clock_from_civil(at.year, at.month, day + days, 0, 0);
}

struct reader {
    const char *at;
    const char *end;
    bool good;
};

/* Exactly `digits` decimal digits, a number from `low` to `high`. */
static int take(struct reader *reader, int digits, int low, int high)
{
    int value = 0;
    for (; digits > 0; digits--) {
        if (reader->at == reader->end || *reader->at < '0' || *reader->at > '9') {
            reader->good = false;
            return low;
        }
        value = value * 10 + (*reader->at++ - '0');
    }
    reader->good = reader->good && value >= low && value <= high;
    return value;
}

/* One of `bytes`; NUL where there is none of them. */
static char take_one(struct reader *reader, const char *bytes)
{
    if (reader->at == reader->end || !*reader->at || !strchr(bytes, *reader->at))
        return '\0';
    return *reader->at++;
}

static void expect(struct reader *reader, const char *bytes)
{
    if (!take_one(reader, bytes))
        reader->good = false;
}

/* What is finer than a nanosecond is dropped. */
static int64_t take_fraction(struct reader *reader)
{
    int64_t value = 0;
    int digits = 0;
    if (!take_one(reader, "."))
        return 0;
    for (char digit; (digit = take_one(reader, "0123456789")); digits++)
        if (digits < NANO_DIGITS)
            value = value * 10 + (digit - '0');
    if (digits == 0)
        reader->good = false;
    for (; digits < NANO_DIGITS; digits++)
        value *= 10;
    return value;
}

static int take_offset(struct reader *reader)
{
    if (take_one(reader, "Zz"))
        return 0;
    char sign = take_one(reader, "+-");
    if (!sign) {
        reader->good = false;
        return 0;
    }
    int hours = take(reader, 2, 0, 23);
    expect(reader, ":");
    int seconds = hours * HOUR + take(reader, 2, 0, 59) * MINUTE;
    return sign == '-' ? -seconds : seconds;
}

static int month_length(int year, int month)
{
    int next_year = year + (month == 12);
    return (int)(days_of(next_year, month % 12 + 1, 1) - days_of(year, month, 1));
}

bool clock_parse(const char *text, size_t length, int64_t *at_ns)
{
    struct reader reader = { text, text + length, true };
    int year = take(&reader, 4, 1969, 2262); /* an offset may move the ends into 1970 ... 2261 */
    expect(&reader, "-");
    int month = take(&reader, 2, 1, 12);
    expect(&reader, "-");
    int day = take(&reader, 2, 1, 31);
    expect(&reader, "Tt ");
    int hour = take(&reader, 2, 0, 23);
    expect(&reader, ":");
    int minute = take(&reader, 2, 0, 59);
    expect(&reader, ":");
    int second = take(&reader, 2, 0, 60);
    int64_t fraction = take_fraction(&reader);
    int offset = take_offset(&reader);
    if (!reader.good || reader.at != reader.end || day > month_length(year, month))
        return false;
    int64_t seconds =
        days_of(year, month, day) * DAY + ((hour * 60 + minute) * 60 + second - offset);
    if (second == 60 && seconds % DAY != 0) /* leap seconds end a day of UTC */
        return false;
    if (seconds < 0 || seconds >= days_of(2262, 1, 1) * DAY)
        return false;
    *at_ns = seconds * CLOCK_SECOND_NS + fraction;
    return true;
}

void clock_utc(int64_t at_ns, char out[CLOCK_TEXT])
{
    int64_t seconds = floor_div(at_ns, CLOCK_SECOND_NS);
    int64_t nanos = at_ns % CLOCK_SECOND_NS;
    nanos += nanos < 0 ? CLOCK_SECOND_NS : 0;
    struct civil at = civil_of(seconds);
    char fraction[16] = "";
    if (nanos % 1000000 == 0 && nanos > 0)
        (void)snprintf(fraction, sizeof(fraction), ".%03d", (int)(nanos / 1000000));
    else if (nanos % 1000 == 0 && nanos > 0)
        (void)snprintf(fraction, sizeof(fraction), ".%06d", (int)(nanos / 1000));
    else if (nanos > 0)
        (void)snprintf(fraction, sizeof(fraction), ".%09d", (int)nanos);
    (void)snprintf(out, CLOCK_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d%sZ", at.year, at.month, at.day,
                   at.hour, at.minute, at.second, fraction);
}

void clock_local(int64_t at_ns, char out[CLOCK_TEXT])
{
    struct civil at = clock_civil(at_ns);
    int ahead = abs(at.offset_seconds) / MINUTE;
    (void)snprintf(out, CLOCK_TEXT, "%04d-%02d-%02d %02d:%02d %c%02d:%02d", at.year, at.month,
                   at.day, at.hour, at.minute, at.offset_seconds < 0 ? '-' : '+', ahead / 60,
                   ahead % 60);
}

void clock_local_day(int64_t at_ns, char out[CLOCK_TEXT])
{
    struct civil at = clock_civil(at_ns);
    (void)snprintf(out, CLOCK_TEXT, "%04d-%02d-%02d", at.year, at.month, at.day);
}

void clock_local_week(int64_t at_ns, char out[CLOCK_TEXT])
{
    struct civil at = clock_civil(at_ns);
    /* A week belongs to the year its Thursday is in. */
    int64_t thursday = days_of(at.year, at.month, at.day) - at.weekday + 4;
    int year = civil_of(thursday * DAY).year;
    (void)snprintf(out, CLOCK_TEXT, "%04d-W%02d", year,
                   (int)(thursday - days_of(year, 1, 1)) / 7 + 1);
}

void clock_local_time(int64_t at_ns, char out[CLOCK_TEXT])
{
    struct civil at = clock_civil(at_ns);
    (void)snprintf(out, CLOCK_TEXT, "%02d:%02d", at.hour, at.minute);
}
