#pragma once
/* report_usage - tokens and money from the logs by day, week, month, agent session, model or
 * project, whether any work session was started or not. */
#include <stdbool.h>
#include <stdint.h>

struct doc;
struct tally;

struct usage_facts {
    const struct tally *tally;
    const char *key;  /* of a row: "day" */
    const char *head; /* "DAY" */
    bool measured;
    int64_t damages;          /* lines of logs that could not be read, over all logs */
    const char *first_damage; /* "path, byte N: why"; NULL when none */
};

void report_usage(const struct usage_facts *facts, struct doc *out);
