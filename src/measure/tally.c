#include "measure/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"

#define FIRST_ROOM ((size_t)64)
#define FIRST_PARTS ((size_t)4)

void tally_init(struct tally *tally, struct arena *arena)
{
    *tally = (struct tally){
        .arena = arena,
        .rows = arena_alloc(arena, FIRST_ROOM * sizeof(struct tally_row)),
        .room = FIRST_ROOM,
        .slots = arena_alloc(arena, 2 * FIRST_ROOM * sizeof(size_t)),
        .slot_count = 2 * FIRST_ROOM,
    };
}

static size_t *slot_of(const struct tally *tally, const char *key)
{
    size_t at = (uint64_t)hash_text(key) % tally->slot_count;
    while (tally->slots[at] && strcmp(tally->rows[tally->slots[at] - 1].key, key) != 0)
        at = (at + 1) % tally->slot_count;
    return &tally->slots[at];
}

static void grow(struct tally *tally)
{
    struct tally_row *rows = arena_alloc(tally->arena, 2 * tally->room * sizeof(*rows));
    memcpy(rows, tally->rows, tally->count * sizeof(*rows));
    tally->rows = rows;
    tally->room *= 2;
    tally->slot_count *= 2;
    tally->slots = arena_alloc(tally->arena, tally->slot_count * sizeof(size_t));
    for (size_t i = 0; i < tally->count; i++)
        *slot_of(tally, rows[i].key) = i + 1;
}

static struct tally_row *row_of(struct tally *tally, const char *key)
{
    size_t *slot = slot_of(tally, key);
    if (*slot)
        return &tally->rows[*slot - 1];
    if (tally->count == tally->room) {
        grow(tally);
        slot = slot_of(tally, key);
    }
    *slot = ++tally->count;
    struct tally_row *row = &tally->rows[tally->count - 1];
    *row = (struct tally_row){ .key = arena_strdup(tally->arena, key),
                               .first_at_ns = INT64_MAX,
                               .last_at_ns = INT64_MIN };
    return row;
}

struct tally_row *tally_join(struct tally *tally, const char *key, int64_t first_at_ns,
                             int64_t last_at_ns, const struct usage_sum *sum)
{
    struct tally_row *row = row_of(tally, key);
    if (!usage_sum_join(&row->sum, sum) || !usage_sum_join(&tally->total, sum))
        tally->overflow = true;
    row->first_at_ns = first_at_ns < row->first_at_ns ? first_at_ns : row->first_at_ns;
    row->last_at_ns = last_at_ns > row->last_at_ns ? last_at_ns : row->last_at_ns;
    return row;
}

struct tally_row *tally_add(struct tally *tally, const char *key, int64_t at_ns,
                            const struct usage *usage, int64_t cost_nano_usd)
{
    struct usage_sum one = { .calls = 0 };
    if (!usage_sum_add(&one, usage, cost_nano_usd))
        tally->overflow = true;
    return tally_join(tally, key, at_ns, at_ns, &one);
}

static struct tally_part *part_of(struct tally_parts *parts, struct arena *arena, const char *key)
{
    for (size_t i = 0; i < parts->count; i++)
        if (strcmp(parts->items[i].key, key) == 0)
            return &parts->items[i];
    if (parts->count == parts->room) {
        parts->room = parts->room ? 2 * parts->room : FIRST_PARTS;
        struct tally_part *items = arena_alloc(arena, parts->room * sizeof(*items));
        if (parts->count)
            memcpy(items, parts->items, parts->count * sizeof(*items));
        parts->items = items;
    }
    struct tally_part *part = &parts->items[parts->count++];
    *part = (struct tally_part){ .key = arena_strdup(arena, key) };
    return part;
}

bool tally_parts_join(struct tally_parts *parts, struct arena *arena, const char *key,
                      const struct usage_sum *sum)
{
    return usage_sum_join(&part_of(parts, arena, key)->sum, sum);
}

bool tally_parts_add(struct tally_parts *parts, struct arena *arena, const char *key,
                     const struct usage *usage, int64_t cost_nano_usd)
{
    return usage_sum_add(&part_of(parts, arena, key)->sum, usage, cost_nano_usd);
}

static int by_key(const void *left, const void *right)
{
    const struct tally_row *a = left;
    const struct tally_row *b = right;
    return strcmp(a->key, b->key);
}

/* Most money, then most tokens, first. */
static int compare_sums(const struct usage_sum *a, const struct usage_sum *b)
{
    int64_t a_tokens = usage_total(&a->usage);
    int64_t b_tokens = usage_total(&b->usage);
    if (a->cost_nano_usd != b->cost_nano_usd)
        return a->cost_nano_usd > b->cost_nano_usd ? -1 : 1;
    if (a_tokens != b_tokens)
        return a_tokens > b_tokens ? -1 : 1;
    return 0;
}

static int by_cost(const void *left, const void *right)
{
    const struct tally_row *a = left;
    const struct tally_row *b = right;
    int order = compare_sums(&a->sum, &b->sum);
    return order ? order : by_key(left, right);
}

static int parts_by_cost(const void *left, const void *right)
{
    const struct tally_part *a = left;
    const struct tally_part *b = right;
    int order = compare_sums(&a->sum, &b->sum);
    return order ? order : strcmp(a->key, b->key);
}

static int by_last(const void *left, const void *right)
{
    const struct tally_row *a = left;
    const struct tally_row *b = right;
    if (a->last_at_ns != b->last_at_ns)
        return a->last_at_ns < b->last_at_ns ? -1 : 1;
    return by_key(left, right);
}

void tally_parts_sort(struct tally_parts *parts)
{
    if (parts->count > 1)
        qsort(parts->items, parts->count, sizeof(*parts->items), parts_by_cost);
}

void tally_sort(struct tally *tally, enum tally_order order)
{
    static int (*const orders[])(const void *, const void *) = {
        [TALLY_BY_KEY] = by_key,
        [TALLY_BY_COST] = by_cost,
        [TALLY_BY_LAST] = by_last,
    };
    if (tally->count > 1) /* the slots are of no use any more: adding is over */
        qsort(tally->rows, tally->count, sizeof(*tally->rows), orders[order]);
    for (size_t i = 0; i < tally->count; i++)
        tally_parts_sort(&tally->rows[i].parts);
}
