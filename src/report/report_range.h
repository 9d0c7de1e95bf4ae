#pragma once
/* report_range - a stretch of days: sessions, time, cost by level and model, tasks, quality. */
#include <stdbool.h>
#include <stddef.h>

struct doc;
struct summary;
struct worked;

struct range_session {
    const struct summary *summary;
    const struct worked *worked; /* its own within the range */
};

struct range_facts {
    const struct range_session *sessions; /* that were open at some time in the range */
    size_t count;
    const struct worked *total;
    const struct worked *unattributed;
    bool measured;
};

void report_range(const struct range_facts *facts, struct doc *out);
