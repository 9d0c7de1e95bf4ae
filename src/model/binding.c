#include "model/binding.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/attr.h"

/*
 * Claims are sorted by (key, from); `latest_to` of a claim is the greatest end among the claims of
 * its key up to it, so that the walk back from the last one begun can stop early.
 */
struct claim {
    bool bound;
    int64_t key; /* the agent session, or the project */
    int64_t from_ns;
    int64_t to_ns;
    int64_t latest_to_ns;
    size_t owner;
};

struct binding_set {
    struct claim *claims;
    size_t count;
};

static int compare(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int by_key_and_start(const void *left, const void *right)
{
    const struct claim *a = left;
    const struct claim *b = right;
    if (a->bound != b->bound)
        return a->bound ? 1 : -1;
    if (a->key != b->key)
        return compare(a->key, b->key);
    if (a->from_ns != b->from_ns)
        return compare(a->from_ns, b->from_ns);
    return (a->owner > b->owner) - (a->owner < b->owner);
}

static bool same_key(const struct claim *a, const struct claim *b)
{
    return a->bound == b->bound && a->key == b->key;
}

struct binding_set *binding_set_new(struct arena *arena, const struct binding *items, size_t count)
{
    struct binding_set *set = arena_alloc(arena, sizeof(*set));
    set->claims = arena_alloc(arena, (count + 1) * sizeof(*set->claims));
    for (size_t i = 0; i < count; i++) {
        const struct binding *item = &items[i];
        if (item->to_ns <= item->from_ns)
            continue;
        set->claims[set->count++] = (struct claim){
            .bound = item->agent_session != 0,
            .key = item->agent_session ? item->agent_session : item->project,
            .from_ns = item->from_ns,
            .to_ns = item->to_ns,
            .owner = item->owner,
        };
    }
    if (set->count > 1)
        qsort(set->claims, set->count, sizeof(*set->claims), by_key_and_start);
    for (size_t i = 0; i < set->count; i++) {
        struct claim *claim = &set->claims[i];
        claim->latest_to_ns = claim->to_ns;
        if (i && same_key(claim, claim - 1) && claim[-1].latest_to_ns > claim->to_ns)
            claim->latest_to_ns = claim[-1].latest_to_ns;
    }
    return set;
}

/* How many claims stand before the first that begins after `at_ns`, in the order of the set. */
static size_t begun(const struct binding_set *set, const struct claim *wanted)
{
    size_t low = 0;
    size_t high = set->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (by_key_and_start(&set->claims[middle], wanted) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t owner_among(const struct binding_set *set, bool bound, int64_t key, int64_t at_ns)
{
    struct claim wanted = { .bound = bound, .key = key, .from_ns = at_ns, .owner = SIZE_MAX };
    for (size_t i = begun(set, &wanted); i > 0; i--) {
        const struct claim *claim = &set->claims[i - 1];
        if (!same_key(claim, &wanted) || claim->latest_to_ns <= at_ns)
            return BINDING_NONE;
        if (claim->to_ns > at_ns)
            return claim->owner;
    }
    return BINDING_NONE;
}

size_t binding_owner(const struct binding_set *set, int64_t agent_session, int64_t project,
                     int64_t at_ns)
{
    size_t owner = BINDING_NONE;
    if (agent_session)
        owner = owner_among(set, true, agent_session, at_ns);
    return owner != BINDING_NONE ? owner : owner_among(set, false, project, at_ns);
}

int64_t binding_next_edge(const struct binding_set *set, int64_t agent_session, int64_t project,
                          int64_t at_ns)
{
    int64_t edge = INT64_MAX;
    for (size_t i = 0; i < set->count; i++) {
        const struct claim *claim = &set->claims[i];
        if (claim->key != (claim->bound ? agent_session : project))
            continue;
        if (claim->from_ns > at_ns && claim->from_ns < edge)
            edge = claim->from_ns;
        if (claim->to_ns > at_ns && claim->to_ns < edge)
            edge = claim->to_ns;
    }
    return edge;
}
