#pragma once
/* cost - what one API call costs at list price. Pure. */
#include <stdint.h>

struct call;
struct price_table;

/* Nano-dollars, rounded half to even once for the whole call; USAGE_UNPRICED when the table has
 * no price for it or the sum would leave int64. */
int64_t cost_of_call(const struct price_table *table, const struct call *call);
