#pragma once
/* report_status - the open sessions: time, cost against budget, tasks, quality, alerts. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct alert;
struct doc;
struct summary;
struct worked;

struct status_session {
    const struct summary *summary;
    const struct worked *worked;
    const char **pending; /* texts of the pending tasks */
    size_t pending_count;
    const struct alert *alerts;
    size_t alert_count;
    bool current; /* the one `end` and `@` mean */
};

struct status_facts {
    const struct status_session *sessions;
    size_t count;
    bool all_projects;
    bool measured;
    const struct worked *today; /* of the projects shown */
    bool anything; /* the store or the ledger holds something: else the first words to type */
};

void report_status(const struct status_facts *facts, struct doc *out);
