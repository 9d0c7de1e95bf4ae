#pragma once
/* range - the stretch of time a verb was asked about, by the user's own settings. */
#include <stdbool.h>

#include "base/attr.h"
#include "model/period.h"

struct doc;
struct err;
struct request;

/* "04:00", from 00:00 to 12:00. */
bool range_day_start(const char *text, int *minutes);
bool range_rules(const struct request *request, struct period_rules *out, struct err *err) MUST_USE;
/* The options --since and --until; everything up to now without them. */
bool range_since_until(const struct request *request, const struct period_rules *rules,
                       struct period *out, struct err *err) MUST_USE;
/* "HEADING  today  2026-10-06 00:00 - 16:32 +02:00 (not over)", and the doc's window. */
void range_title(struct doc *doc, const char *heading, const struct period *period);
