#pragma once
/* report_prices - the price table, what it lacks, and what was done with it. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct doc;
struct price_line;

struct prices_facts {
    const char *table; /* its name */
    const struct price_line *lines;
    size_t count;
};

void report_prices(const struct prices_facts *facts, struct doc *out);

/* Models that were called and have no price, by name. */
struct unpriced_model {
    const char *model;
    int64_t calls;
    int64_t tokens;
    bool listed; /* the table has the model, but not for these calls (speed, tier, kind) */
};

void report_unpriced(const struct unpriced_model *models, size_t count, bool measured,
                     struct doc *out);
