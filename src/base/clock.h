#pragma once
/*
 * clock - instants, local time and their texts. Nobody below the faces asks what time it is.
 *
 * An instant is int64_t nanoseconds since 1970 UTC (`_at_ns`), good from 1678 to 2262.
 * Local time is that of the one zone the process works in: the system's, or the one
 * clock_zone_set() chose. Days are 23, 24 or 25 hours long, as the zone says.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct err;

#define CLOCK_SECOND_NS INT64_C(1000000000)
#define CLOCK_MINUTE_NS (60 * CLOCK_SECOND_NS)
#define CLOCK_HOUR_NS (60 * CLOCK_MINUTE_NS)

enum { CLOCK_TEXT = 40 }; /* room for any text made here, with its NUL */

struct civil { /* local time, as on a wall */
    int year;  /* 1970 ... 2262 */
    int month; /* 1 ... 12 */
    int day;   /* 1 ... 31 */
    int hour;
    int minute;
    int second;
    int weekday;        /* 1 Monday ... 7 Sunday */
    int offset_seconds; /* east of UTC */
};

/* Take `name` (an IANA name such as "Europe/Berlin", or "UTC") for local time from now on.
 * ERR_USAGE for a name the system does not know. NULL keeps the system's zone. */
bool clock_zone_set(const char *name, struct err *err) MUST_USE;
/* The zone's name: as set, else the system's, else "local". */
const char *clock_zone_name(void);

struct civil clock_civil(int64_t at_ns);
/* The instant of a local time; fields out of range roll over (day 0 is the last of the month
 * before). In a gap of the clock the later, in a fold the earlier instant is taken. */
int64_t clock_from_civil(int year, int month, int day, int hour, int minute);
/* Midnight that begins the local day of `at_ns`, moved by `days` calendar days. */
int64_t clock_day_start(int64_t at_ns, int days);

/* RFC 3339 with any number of fraction digits, 'T' or space, 'Z' or an offset. False: not one,
 * or outside 1970 ... 2261. Strict: the whole text must be the time. */
bool clock_parse(const char *text, size_t length, int64_t *at_ns) MUST_USE;

void clock_utc(int64_t at_ns,
               char out[CLOCK_TEXT]); /* 2026-10-06T14:32:00.120Z; no fraction when 0 */
void clock_local(int64_t at_ns, char out[CLOCK_TEXT]);      /* 2026-10-06 16:32 +02:00 */
void clock_local_day(int64_t at_ns, char out[CLOCK_TEXT]);  /* 2026-10-06 */
void clock_local_week(int64_t at_ns, char out[CLOCK_TEXT]); /* 2026-W41, ISO 8601 */
void clock_local_time(int64_t at_ns, char out[CLOCK_TEXT]); /* 16:32 */
