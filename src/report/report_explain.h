#pragma once
/* report_explain - why our figures and ccusage's differ: causes, their sums, the largest calls. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct doc;
struct explanation;

struct explain_facts {
    const struct explanation *explanation;
    size_t calls;       /* how many differences to list one by one */
    int64_t beyond;     /* lines with counters too large to be compared */
    int64_t unreadable; /* logs */
    bool measured;      /* there is a ledger */
};

void report_explain(const struct explain_facts *facts, struct doc *out);
/* "null_in_line": as JSON names a cause. */
const char *report_explain_word(int cause);
