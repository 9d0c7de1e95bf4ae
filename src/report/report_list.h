#pragma once
/* report_list - sessions in a table, one a row. */
#include <stdbool.h>
#include <stddef.h>

struct doc;
struct summary;
struct worked;

struct list_session {
    const struct summary *summary;
    const struct worked *worked;
};

struct list_facts {
    const struct list_session *sessions;
    size_t count;
    bool measured;
    bool all_projects;
};

void report_list(const struct list_facts *facts, struct doc *out);
