#pragma once
/* tally - sums of API calls by a key (day, model, project, session), and of each sum its parts.
 * Pure. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "model/usage.h"

struct arena;

struct tally_part {
    const char *key; /* a model's name */
    struct usage_sum sum;
};

struct tally_parts { /* few: looked for one by one */
    struct tally_part *items;
    size_t count;
    size_t room;
};

struct tally_row {
    const char *key;
    const char *of; /* what else is known of it: the project of a session; NULL */
    struct usage_sum sum;
    struct tally_parts parts; /* when they were asked for */
    int64_t first_at_ns;
    int64_t last_at_ns;
};

struct tally {
    struct arena *arena;
    struct tally_row *rows;
    size_t count;
    size_t room;
    size_t *slots; /* 1 + index into rows, by the key's hash; 0: free */
    size_t slot_count;
    struct usage_sum total;
    bool overflow; /* a sum left int64: the figures are not to be used */
};

enum tally_order { TALLY_BY_KEY, TALLY_BY_COST, TALLY_BY_LAST };

void tally_init(struct tally *tally, struct arena *arena);
/* The key is copied. The row is good until the next one is added. */
struct tally_row *tally_add(struct tally *tally, const char *key, int64_t at_ns,
                            const struct usage *usage, int64_t cost_nano_usd);
/* The same with sums of several calls, made between the two times. */
struct tally_row *tally_join(struct tally *tally, const char *key, int64_t first_at_ns,
                             int64_t last_at_ns, const struct usage_sum *sum);
/* The key is copied. False when a sum would leave int64. */
bool tally_parts_join(struct tally_parts *parts, struct arena *arena, const char *key,
                      const struct usage_sum *sum) MUST_USE;
bool tally_parts_add(struct tally_parts *parts, struct arena *arena, const char *key,
                     const struct usage *usage, int64_t cost_nano_usd) MUST_USE;
/* By cost, then tokens, most first. */
void tally_parts_sort(struct tally_parts *parts);
/* Rows and their parts. */
void tally_sort(struct tally *tally, enum tally_order order);
