#include "model/binding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"

#define OPEN INT64_MAX

enum { AGENT = 11, OTHER_AGENT = 12, PROJECT = 21, OTHER_PROJECT = 22 };

static struct binding_set *set_of(struct arena *arena, const struct binding *items, size_t count)
{
    return binding_set_new(arena, items, count);
}

static void nothing_claims_nothing(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const struct binding_set *set = set_of(&arena, NULL, 0);
    assert_int_equal(binding_owner(set, AGENT, PROJECT, 0), BINDING_NONE);
    assert_int_equal(binding_next_edge(set, AGENT, PROJECT, 0), OPEN);
}

static void ends_are_half_open(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const struct binding items[] = { { 5, AGENT, PROJECT, 100, 200 } };
    const struct binding_set *set = set_of(&arena, items, ARRAY_LEN(items));
    assert_int_equal(binding_owner(set, AGENT, PROJECT, 99), BINDING_NONE);
    assert_int_equal(binding_owner(set, AGENT, PROJECT, 100), 5);
    assert_int_equal(binding_owner(set, AGENT, PROJECT, 199), 5);
    assert_int_equal(binding_owner(set, AGENT, PROJECT, 200), BINDING_NONE);
    assert_int_equal(binding_next_edge(set, AGENT, PROJECT, 0), 100);
    assert_int_equal(binding_next_edge(set, AGENT, PROJECT, 99), 100);
    assert_int_equal(binding_next_edge(set, AGENT, PROJECT, 100), 200);
    assert_int_equal(binding_next_edge(set, AGENT, PROJECT, 200), OPEN);
}

/* docs: one agent session, three work sessions with gaps; calls before, between and after are
 * nobody's. */
static void gaps_between_three_sessions_of_one_agent_are_nobodys(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const struct binding items[] = {
        { 0, AGENT, PROJECT, 100, 200 },
        { 1, AGENT, PROJECT, 300, 400 },
        { 2, AGENT, PROJECT, 500, OPEN },
    };
    static const struct {
        int64_t at;
        size_t owner;
    } cases[] = { { 50, BINDING_NONE },  { 150, 0 }, { 250, BINDING_NONE }, { 350, 1 },
                  { 450, BINDING_NONE }, { 550, 2 }, { OPEN - 1, 2 } };
    const struct binding_set *set = set_of(&arena, items, ARRAY_LEN(items));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(binding_owner(set, AGENT, PROJECT, cases[i].at), cases[i].owner);
    assert_int_equal(binding_owner(set, OTHER_AGENT, PROJECT, 150), BINDING_NONE);
    assert_int_equal(binding_owner(set, 0, PROJECT, 150), BINDING_NONE);
}

static void a_bound_claim_goes_before_the_projects(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const struct binding items[] = {
        { 0, AGENT, PROJECT, 100, 200 },
        { 1, 0, PROJECT, 150, 400 }, /* later, but only the project's */
    };
    const struct binding_set *set = set_of(&arena, items, ARRAY_LEN(items));
    assert_int_equal(binding_owner(set, AGENT, PROJECT, 160), 0);
    assert_int_equal(binding_owner(set, AGENT, PROJECT, 200), 1); /* the bound one has ended */
    assert_int_equal(binding_owner(set, OTHER_AGENT, PROJECT, 160), 1);
    assert_int_equal(binding_owner(set, AGENT, OTHER_PROJECT, 160), 0); /* it follows the agent */
    assert_int_equal(binding_owner(set, OTHER_AGENT, OTHER_PROJECT, 160), BINDING_NONE);
}

static void the_latest_start_wins_and_the_earlier_comes_back(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const struct binding items[] = {
        { 2, 0, PROJECT, 200, 300 },
        { 0, 0, PROJECT, 100, OPEN },
        { 1, 0, PROJECT, 150, 250 },
    };
    const struct binding_set *set = set_of(&arena, items, ARRAY_LEN(items));
    assert_int_equal(binding_owner(set, 0, PROJECT, 120), 0);
    assert_int_equal(binding_owner(set, 0, PROJECT, 160), 1);
    assert_int_equal(binding_owner(set, 0, PROJECT, 220), 2);
    assert_int_equal(binding_owner(set, 0, PROJECT, 260), 2);
    assert_int_equal(binding_owner(set, 0, PROJECT, 300), 0);
}

static void empty_and_backward_intervals_claim_nothing(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const struct binding items[] = { { 0, AGENT, PROJECT, 100, 100 },
                                     { 1, AGENT, PROJECT, 200, 100 } };
    const struct binding_set *set = set_of(&arena, items, ARRAY_LEN(items));
    assert_int_equal(binding_owner(set, AGENT, PROJECT, 100), BINDING_NONE);
    assert_int_equal(binding_owner(set, AGENT, PROJECT, 150), BINDING_NONE);
    assert_int_equal(binding_next_edge(set, AGENT, PROJECT, 0), OPEN);
}

static void an_agent_and_a_project_of_one_number_are_not_mixed_up(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    const struct binding items[] = { { 0, 7, 1, 100, 200 }, { 1, 0, 7, 150, 300 } };
    const struct binding_set *set = set_of(&arena, items, ARRAY_LEN(items));
    assert_int_equal(binding_owner(set, 7, 99, 150), 0);
    assert_int_equal(binding_owner(set, 99, 7, 150), 1);
    assert_int_equal(binding_owner(set, 0, 7, 150), 1);
    assert_int_equal(binding_owner(set, 99, 1, 150), BINDING_NONE);
    assert_int_equal(binding_next_edge(set, 99, 1, 0), OPEN);
    assert_int_equal(binding_next_edge(set, 7, 99, 100), 200);
    assert_int_equal(binding_next_edge(set, 99, 7, 0), 150);
}

static void the_set_keeps_a_copy(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena arena = { 0 };
    struct binding items[] = { { 4, AGENT, PROJECT, 100, 200 } };
    const struct binding_set *set = set_of(&arena, items, 1);
    memset(items, 0, sizeof(items));
    assert_int_equal(binding_owner(set, AGENT, PROJECT, 150), 4);
}

/* --- against a slow answer that is plainly right --- */

/* xorshift: the same sets at every run. */
static uint64_t next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static int64_t below(uint64_t *seed, int64_t most)
{
    return (int64_t)(next(seed) % (uint64_t)most);
}

static bool claims(const struct binding *item, bool bound, const int64_t who[2], int64_t at_ns)
{
    bool mine = bound ? item->agent_session && item->agent_session == who[0]
                      : !item->agent_session && item->project == who[1];
    return mine && at_ns >= item->from_ns && at_ns < item->to_ns;
}

/* Of claims that start at one instant the one later in the list wins. */
static const struct binding *latest(const struct binding *items, size_t count, bool bound,
                                    const int64_t who[2], int64_t at_ns)
{
    const struct binding *best = NULL;
    for (size_t i = 0; i < count; i++)
        if (claims(&items[i], bound, who, at_ns) && (!best || items[i].from_ns >= best->from_ns))
            best = &items[i];
    return best;
}

static size_t slow_owner(const struct binding *items, size_t count, const int64_t who[2],
                         int64_t at_ns)
{
    const struct binding *best = latest(items, count, true, who, at_ns);
    if (!best)
        best = latest(items, count, false, who, at_ns);
    return best ? best->owner : BINDING_NONE;
}

enum { LATEST = 60, MOST = 24 };

static size_t random_items(uint64_t *seed, struct binding *items)
{
    size_t count = (size_t)below(seed, MOST + 1);
    for (size_t i = 0; i < count; i++)
        items[i] = (struct binding){
            .owner = i,
            .agent_session = below(seed, 3),
            .project = 1 + below(seed, 2),
            .from_ns = below(seed, LATEST),
            .to_ns = below(seed, 8) ? below(seed, LATEST) : OPEN,
        };
    return count;
}

static void check_line(const struct binding_set *set, const struct binding *items, size_t count,
                       const int64_t who[2])
{
    int64_t edge = binding_next_edge(set, who[0], who[1], -2);
    size_t before = BINDING_NONE;
    for (int64_t at = -1; at <= LATEST; at++) {
        size_t owner = binding_owner(set, who[0], who[1], at);
        assert_int_equal(owner, slow_owner(items, count, who, at));
        if (owner != before) /* no change without an edge that was told */
            assert_int_equal(edge, at);
        if (edge == at)
            edge = binding_next_edge(set, who[0], who[1], at);
        assert_true(edge > at);
        assert_int_equal(edge, binding_next_edge(set, who[0], who[1], at));
        before = owner;
    }
}

static void owners_and_edges_agree_with_a_slow_search(void **state)
{
    (void)state;
    uint64_t seed = 20261006;
    for (int round = 0; round < 4000; round++) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        struct binding items[MOST];
        size_t count = random_items(&seed, items);
        const struct binding_set *set = set_of(&arena, items, count);
        for (int64_t pair = 0; pair < 6; pair++)
            check_line(set, items, count, (const int64_t[2]){ pair % 3, 1 + pair / 3 });
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_claims_nothing),
        cmocka_unit_test(ends_are_half_open),
        cmocka_unit_test(gaps_between_three_sessions_of_one_agent_are_nobodys),
        cmocka_unit_test(a_bound_claim_goes_before_the_projects),
        cmocka_unit_test(the_latest_start_wins_and_the_earlier_comes_back),
        cmocka_unit_test(empty_and_backward_intervals_claim_nothing),
        cmocka_unit_test(an_agent_and_a_project_of_one_number_are_not_mixed_up),
        cmocka_unit_test(the_set_keeps_a_copy),
        cmocka_unit_test(owners_and_edges_agree_with_a_slow_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
