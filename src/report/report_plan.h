#pragma once
/* report_plan - what a subscription returned so far this month, at list prices. */
#include <stdbool.h>
#include <stdint.h>

struct doc;
struct usage_sum;

struct plan_facts {
    const char *plan;             /* "max20" */
    const struct usage_sum *used; /* this month so far, of all projects */
    int64_t month_nano_usd;       /* what the plan costs */
    bool own_price;               /* the user said so; else it is the public price */
    bool measured;
};

void report_plan(const struct plan_facts *facts, struct doc *out);
