#pragma once
/*
 * alert - the seed's four thresholds, as a table of rules over one session. Pure.
 *
 * Says what holds now; whether it has been told before is not its business. An error rate whose
 * Wilson interval still reaches below the threshold, and a quality that only one scoring speaks
 * for, is weak.
 */
#include <stdbool.h>
#include <stddef.h>

#include "model/summary.h"

struct arena;
struct worked;

struct alert_limits { /* shares: settings alerts.* */
    double cost;
    double quality;
    double time;
    double errors;
};

struct alert {
    const char *rule; /* "cost", "quality", "time", "errors" */
    bool strong;
    const char *text; /* "$3.21 of $4.00 (80 %)" */
};

/* Every rule that holds, in the order of the table. */
void alert_check(const struct alert_limits *limits, const struct summary *session,
                 const struct worked *worked, struct arena *arena, struct alert **out,
                 size_t *count);
