#pragma once
/* plan_value - the line that tells a subscriber what the plan returned this month. */
#include <stdbool.h>

#include "base/attr.h"

struct doc;
struct err;
struct request;

/* Nothing where no plan is set, or one without a monthly price (api). */
bool plan_value_add(struct request *request, struct doc *out, struct err *err) MUST_USE;
