#pragma once
/* report_blocks - five-hour blocks of the logs, and where the active one is heading. */
#include "model/usage.h"

struct block_list;
struct doc;
struct usage_facts;

/* Of facts only `measured` and `breakdown` are looked at. */
void report_blocks(const struct block_list *blocks, const struct usage_facts *facts,
                   struct doc *out);
struct usage_sum report_blocks_total(const struct block_list *blocks);
