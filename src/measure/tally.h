#pragma once
/* tally - sums of API calls by a key: day, model, project, session. Pure. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/usage.h"

struct arena;

struct tally_row {
    const char *key;
    struct usage_sum sum;
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
/* The key is copied. */
void tally_add(struct tally *tally, const char *key, int64_t at_ns, const struct usage *usage,
               int64_t cost_nano_usd);
/* Sums of several calls, made between the two times. */
void tally_join(struct tally *tally, const char *key, int64_t first_at_ns, int64_t last_at_ns,
                const struct usage_sum *sum);
void tally_sort(struct tally *tally, enum tally_order order);
