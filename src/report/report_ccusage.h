#pragma once
/*
 * report_ccusage - our figures in the shape of `ccusage claude ... --json` (20.0.24): its keys,
 * their order (that of the alphabet), its types. Money is a number of dollars there.
 *
 * A model without a price costs 0 and is named in totals, as ccusage does: the caller warns.
 */
#include <stddef.h>
#include <stdint.h>

#include "measure/tally.h"

struct arena;
struct block_list;
struct doc;

struct ccusage_instance {
    const char *project;
    struct tally tally;
};

struct ccusage_instances {
    struct ccusage_instance *items;
    size_t count;
    size_t room;
};

/* The tally of a project; a new one when there is none. Good until the next new one. */
struct tally *ccusage_instance(struct ccusage_instances *instances, struct arena *arena,
                               const char *project);

struct ccusage_rows {
    const struct tally *tally;                 /* the rows with their models, and the total */
    const char *list;                          /* "daily", "weekly", "monthly", "sessions" */
    const char *key;                           /* "date", "week", "month", "sessionId" */
    const struct ccusage_instances *instances; /* their rows instead; NULL: not asked for */
};

void report_ccusage_rows(const struct ccusage_rows *rows, struct doc *out);
void report_ccusage_blocks(const struct block_list *blocks, int64_t now_ns, struct doc *out);
