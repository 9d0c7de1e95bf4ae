#pragma once
/* plan - what a subscription costs a month, from the dated table assets/plans.json. Pure. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct arena;
struct err;

struct plan_price {
    int64_t nano_usd; /* a month */
    bool known;       /* false: the table has no such plan */
};

struct plan_question {
    const char *text; /* of the table */
    size_t length;
    const char *plan;
    int64_t at_ns;
};

/* The price of the plan at that time. ERR_DAMAGED when the text is no such table. */
bool plan_price_find(struct arena *arena, const struct plan_question *question,
                     struct plan_price *out, struct err *err) MUST_USE;
