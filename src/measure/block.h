#pragma once
/*
 * block - five-hour blocks of API calls, as estimated from the calls alone. Pure.
 *
 * A block begins at the full UTC hour of its first call and lasts five hours. A call opens a new
 * block when more than five hours have passed since the block's start or since the last call; in
 * the second case a gap stands between the two, from five hours after that call on. The real
 * windows of a subscription may lie elsewhere (they count what other devices do, too), so every
 * block is an estimate, whatever is summed in it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "measure/tally.h"
#include "model/usage.h"

struct arena;

#define BLOCK_NS (INT64_C(5) * 3600 * 1000000000)

struct block_row {
    int64_t start_ns;
    int64_t end_ns;   /* of a gap: the call that ended it */
    int64_t first_ns; /* of the calls that are counted in it; 0 when none are */
    int64_t last_ns;
    bool gap;
    bool active; /* after block_list_finish(): calls made now belong to it */
    struct usage_sum sum;
    struct tally_parts models;
};

struct block_list {
    struct arena *arena;
    struct block_row *rows;
    size_t count;
    size_t room;
    int64_t last_ns; /* the last call of all, counted or not */
    bool overflow;   /* a sum left int64: the figures are not to be used */
};

void block_list_init(struct block_list *list, struct arena *arena);
/* A call that is not counted still opens and holds blocks. Calls come by time. */
void block_list_see(struct block_list *list, int64_t at_ns);
/* A call that is counted. The model's name is copied. */
void block_list_add(struct block_list *list, int64_t at_ns, const char *model,
                    const struct usage *usage, int64_t cost_nano_usd);
/* Says which block is active now; sorts by start, and the models by cost. Adding is over. */
void block_list_finish(struct block_list *list, int64_t now_ns);

struct block_outlook { /* of the active block, at the pace from its first to its last call */
    int64_t tokens_per_minute;
    int64_t tokens_per_hour;
    int64_t nano_usd_per_hour;
    int64_t minutes_left;
    int64_t tokens; /* at the block's end */
    int64_t nano_usd;
};

/* False when the block is not active, or its calls are of one instant and have no pace. */
bool block_outlook(const struct block_row *row, int64_t now_ns, struct block_outlook *out);
