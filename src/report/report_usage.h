#pragma once
/* report_usage - tokens and money from the logs by day, week, month, agent session, model, project
 * or branch, whether any work session was started or not. */
#include <stdbool.h>
#include <stdint.h>

struct doc;
struct tally;
struct usage_sum;

enum { REPORT_USAGE_JOINT = '\x1f' }; /* in a key: what stands before it is not shown */

struct usage_facts {
    const struct tally *tally;
    const char *key;  /* of a row: "day" */
    const char *head; /* "DAY" */
    bool has_project; /* each row says to which project it belongs */
    bool breakdown;   /* each row's models stand below it */
    bool measured;
    int64_t damages;          /* lines of logs that could not be read, over all logs */
    const char *first_damage; /* "path, byte N: why"; NULL when none */
};

void report_usage(const struct usage_facts *facts, struct doc *out);
/* Says what a total lacks. */
void report_usage_warn(const struct usage_facts *facts, const struct usage_sum *total,
                       bool overflow, struct doc *out);
