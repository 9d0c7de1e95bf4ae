#include "measure/explain.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/text.h"
#include "measure/cost.h"
#include "measure/explain_cost.h"

struct group { /* ours and theirs of one message id */
    struct explain_ours *ours;
    size_t our_count;
    struct explain_theirs *theirs;
    size_t their_count;
    size_t *match; /* for each of ours: 1 + index of its own among theirs; 0: none */
    bool *taken;   /* for each of theirs */
};

struct explaining {
    struct arena *arena;
    const struct price_table *prices;
    const struct explain_window *window;
    struct explanation *out;
    size_t room;
};

static bool plus(int64_t *sum, int64_t more)
{
    return !__builtin_add_overflow(*sum, more, sum);
}

static void amount_add(struct explaining *to, struct explain_amount *sum,
                       const struct explain_amount *more, int64_t sign)
{
    if (!plus(&sum->input, sign * more->input) || !plus(&sum->output, sign * more->output) ||
        !plus(&sum->cache_write, sign * more->cache_write) ||
        !plus(&sum->cache_read, sign * more->cache_read) ||
        !plus(&sum->nano_usd, sign * more->nano_usd))
        to->out->overflow = true;
}

static struct explain_amount amount_of(const struct usage *usage, int64_t cost)
{
    return (struct explain_amount){
        .input = usage->input,
        .output = usage->output,
        .cache_write = usage_cache_write(usage),
        .cache_read = usage->cache_read,
        .nano_usd = cost == USAGE_UNPRICED ? 0 : cost,
    };
}

static bool is_nothing(const struct explain_amount *amount)
{
    return !amount->input && !amount->output && !amount->cache_write && !amount->cache_read &&
           !amount->nano_usd;
}

static void item_add(struct explaining *to, const struct explain_item *item)
{
    struct explanation *out = to->out;
    if (is_nothing(&item->more))
        return;
    if (out->count == to->room) {
        to->room = to->room ? to->room * 2 : 256;
        struct explain_item *more = arena_alloc(to->arena, to->room * sizeof(*more));
        if (out->count)
            memcpy(more, out->items, out->count * sizeof(*more));
        out->items = more;
    }
    out->items[out->count++] = *item;
    out->causes[item->cause].items++;
    amount_add(to, &out->causes[item->cause].more, &item->more, 1);
}

static bool same_usage(const struct usage *a, const struct usage *b)
{
    return a->input == b->input && a->output == b->output && a->cache_read == b->cache_read &&
           a->cache_write_5m == b->cache_write_5m && a->cache_write_1h == b->cache_write_1h;
}

static bool same_record(const struct call *a, const struct call *b)
{
    return a->at_ns == b->at_ns && same_usage(&a->usage, &b->usage) &&
           strcmp(a->request_id, b->request_id) == 0 && strcmp(a->model, b->model) == 0;
}

/* --- causes ------------------------------------------------------------------------------- */

/* The line our call was taken from; one that ccusage reads too, if there is such a copy. */
static const struct explain_theirs *line_of(const struct group *group,
                                            const struct explain_ours *ours)
{
    const struct explain_theirs *found = NULL;
    for (size_t i = 0; i < group->their_count; i++) {
        const struct explain_theirs *line = &group->theirs[i];
        if (same_record(&line->call, &ours->call) && (!found || (found->dropped && !line->dropped)))
            found = line;
    }
    return found;
}

/* An advisor's call has no line of its own where ccusage did not read the one around it. */
static enum explain_cause cause_around(const struct group *group, const struct explain_ours *ours)
{
    enum explain_cause cause = EXPLAIN_NO_LOG;
    for (size_t i = 0; i < group->their_count; i++) {
        const struct explain_theirs *line = &group->theirs[i];
        if (line->call.at_ns == ours->call.at_ns &&
            strcmp(line->call.request_id, ours->call.request_id) == 0)
            cause = line->dropped ? line->dropped : EXPLAIN_ADVISOR;
    }
    return cause;
}

static enum explain_cause cause_of_ours(const struct group *group, const struct explain_ours *ours)
{
    const struct explain_theirs *line = line_of(group, ours);
    if (!line)
        return cause_around(group, ours);
    if (line->dropped)
        return line->dropped;
    return line->call.flags & CALL_NESTED ? EXPLAIN_NESTED : EXPLAIN_SIDECHAIN;
}

static bool is_copy(const struct group *group, const struct explain_theirs *theirs)
{
    for (size_t i = 0; i < group->their_count; i++) {
        const struct explain_theirs *other = &group->theirs[i];
        if (other != theirs && other->kept && group->taken[i] &&
            same_record(&other->call, &theirs->call) &&
            strcmp(other->session, theirs->session) != 0)
            return true;
    }
    return false;
}

static enum explain_cause cause_of_theirs(const struct group *group,
                                          const struct explain_theirs *theirs)
{
    if (theirs->foreign)
        return theirs->foreign;
    if (theirs->call.advisor)
        return EXPLAIN_ADVISOR;
    if (!*theirs->call.message_id)
        return EXPLAIN_NO_MESSAGE_ID;
    if (theirs->call.flags & CALL_NESTED)
        return EXPLAIN_NESTED;
    if (!*theirs->call.request_id)
        return is_copy(group, theirs) ? EXPLAIN_COPIED : EXPLAIN_STREAMED;
    return EXPLAIN_SIDECHAIN;
}

/* Why ccusage took another line for the same call. */
static enum explain_cause cause_of_pair(const struct group *group, const struct explain_ours *ours,
                                        const struct explain_theirs *theirs)
{
    const struct explain_theirs *line = line_of(group, ours);
    if (same_record(&ours->call, &theirs->call))
        return EXPLAIN_KEPT;
    if (theirs->foreign)
        return theirs->foreign;
    if (!line)
        return EXPLAIN_NO_LOG;
    if (line->dropped)
        return line->dropped;
    if ((theirs->call.flags ^ line->call.flags) & CALL_NESTED)
        return EXPLAIN_NESTED;
    if ((theirs->call.flags ^ line->call.flags) & CALL_SIDECHAIN)
        return EXPLAIN_SIDECHAIN;
    if (usage_total(&theirs->theirs) > usage_total(&line->theirs))
        return EXPLAIN_TOTAL;
    return usage_total(&theirs->theirs) == usage_total(&line->theirs) ? EXPLAIN_TIE
                                                                      : EXPLAIN_OTHER_RECORD;
}

/* --- one call ----------------------------------------------------------------------------- */

static bool ours_counts(const struct explaining *to, const struct explain_ours *ours)
{
    return ours && ours->call.at_ns >= to->window->from_ns && ours->call.at_ns < to->window->to_ns;
}

static bool theirs_counts(const struct explaining *to, const struct explain_theirs *theirs)
{
    return theirs && theirs->call.at_ns >= to->window->their_from_ns &&
           theirs->call.at_ns < to->window->their_to_ns;
}

static struct explain_item item_of(const struct call *call, const char *session)
{
    return (struct explain_item){ .message_id = call->message_id,
                                  .session = session,
                                  .model = call->model,
                                  .at_ns = call->at_ns };
}

static void difference(struct explaining *to, struct explain_item *item, enum explain_cause cause,
                       const struct explain_amount *now, const struct explain_amount *before)
{
    item->cause = cause;
    item->more = (struct explain_amount){ 0 };
    amount_add(to, &item->more, now, 1);
    amount_add(to, &item->more, before, -1);
    item_add(to, item);
}

/* From our amount (nothing where we do not count the call) to theirs: another line, another
 * reading of its cache writes, then the rules of money one by one. */
static void walk(struct explaining *to, struct explain_item *item, enum explain_cause cause,
                 const struct explain_amount *ours, const struct explain_theirs *theirs)
{
    struct explain_cost_step steps[EXPLAIN_COST_STEPS];
    struct call call = theirs->call;
    struct explain_amount line = amount_of(&call.usage, cost_of_call(to->prices, &call));
    difference(to, item, cause, &line, ours);
    call.usage = theirs->theirs;
    call.usage.web_searches = theirs->call.usage.web_searches;
    struct explain_amount split = amount_of(&call.usage, cost_of_call(to->prices, &call));
    difference(to, item, EXPLAIN_SPLIT, &split, &line);
    explain_cost_steps(to->prices, &call, to->window->now_ns, steps);
    for (size_t i = 0; i < EXPLAIN_COST_STEPS; i++) {
        item->cause = steps[i].cause;
        item->more = (struct explain_amount){ .nano_usd = steps[i].nano_usd };
        item_add(to, item);
    }
}

static bool session_fits(const struct explaining *to, const char *session)
{
    return !to->window->session || text_has_prefix(session, to->window->session);
}

static void account(struct explaining *to, const struct group *group,
                    const struct explain_ours *ours, const struct explain_theirs *theirs)
{
    const struct explain_amount none = { 0 };
    assert(ours || theirs);
    struct explain_amount our_amount = none;
    struct explain_amount their_amount = none;
    struct explain_item item =
        ours ? item_of(&ours->call, ours->session) : item_of(&theirs->call, theirs->session);
    bool we = ours_counts(to, ours);
    bool they = theirs_counts(to, theirs);
    if ((!we && !they) || !session_fits(to, item.session))
        return;
    if (we)
        our_amount = amount_of(&ours->call.usage, ours->cost_nano_usd);
    if (they)
        their_amount = amount_of(&theirs->theirs, 0);
    if (they) {
        struct call call = theirs->call;
        call.usage = theirs->theirs;
        their_amount.nano_usd = explain_peer_cost(to->prices, &call, to->window->now_ns);
    }
    amount_add(to, &to->out->ours, &our_amount, 1);
    amount_add(to, &to->out->theirs, &their_amount, 1);
    to->out->our_calls += we;
    to->out->their_calls += they;
    if (ours && theirs && we != they)
        difference(to, &item, EXPLAIN_DAY, &their_amount, &our_amount);
    else if (!they)
        difference(to, &item, cause_of_ours(group, ours), &none, &our_amount);
    else if (!we)
        walk(to, &item, cause_of_theirs(group, theirs), &none, theirs);
    else
        walk(to, &item, cause_of_pair(group, ours, theirs), &our_amount, theirs);
}

/* --- one message -------------------------------------------------------------------------- */

static bool is_other_line(const struct call *ours, const struct call *theirs)
{
    return strcmp(ours->request_id, theirs->request_id) == 0 &&
           (*ours->request_id || ours->usage.input == theirs->usage.input) &&
           (!theirs->advisor || strcmp(ours->model, theirs->model) == 0);
}

/* First those taken from the very same line, then other lines of the same request. */
static void match_all(struct group *group, bool (*fits)(const struct call *, const struct call *))
{
    for (size_t i = 0; i < group->our_count; i++)
        for (size_t j = 0; j < group->their_count && !group->match[i]; j++) {
            const struct explain_theirs *theirs = &group->theirs[j];
            if (!theirs->kept || group->taken[j] || !fits(&group->ours[i].call, &theirs->call))
                continue;
            group->match[i] = j + 1;
            group->taken[j] = true;
        }
}

static void group_explain(struct explaining *to, struct group *group)
{
    match_all(group, same_record);
    match_all(group, is_other_line);
    for (size_t i = 0; i < group->our_count; i++)
        account(to, group, &group->ours[i],
                group->match[i] ? &group->theirs[group->match[i] - 1] : NULL);
    for (size_t i = 0; i < group->their_count; i++)
        if (group->theirs[i].kept && !group->taken[i])
            account(to, group, NULL, &group->theirs[i]);
}

/* Where there is no message id, the time stands for it. */
static int call_order(const struct call *a, const struct call *b)
{
    int order = strcmp(a->message_id, b->message_id);
    if (order == 0 && !*a->message_id)
        order = (a->at_ns > b->at_ns) - (a->at_ns < b->at_ns);
    return order;
}

/* The rest of the order only makes the answer the same each time. */
static int full_order(const struct call *a, const struct call *b)
{
    int order = call_order(a, b);
    if (order == 0)
        order = strcmp(a->request_id, b->request_id);
    if (order == 0)
        order = (a->at_ns > b->at_ns) - (a->at_ns < b->at_ns);
    return order ? order
                 : (a->usage.output > b->usage.output) - (a->usage.output < b->usage.output);
}

static int by_ours(const void *a, const void *b)
{
    return full_order(&((const struct explain_ours *)a)->call,
                      &((const struct explain_ours *)b)->call);
}

static int by_theirs(const void *a, const void *b)
{
    const struct explain_theirs *one = a;
    const struct explain_theirs *other = b;
    int order = full_order(&one->call, &other->call);
    return order ? order : strcmp(one->session, other->session);
}

static int64_t size_of(int64_t number)
{
    return number < 0 ? -number : number;
}

static int by_size(const void *a, const void *b)
{
    const struct explain_item *one = a;
    const struct explain_item *other = b;
    int64_t mine = size_of(one->more.nano_usd);
    int64_t its = size_of(other->more.nano_usd);
    if (mine != its)
        return mine > its ? -1 : 1;
    if (one->at_ns != other->at_ns)
        return one->at_ns < other->at_ns ? -1 : 1;
    int order = strcmp(one->message_id, other->message_id);
    return order ? order : (int)one->cause - (int)other->cause;
}

static void sort_sides(const struct explain_sides *sides)
{
    if (sides->our_count)
        qsort(sides->ours, sides->our_count, sizeof(*sides->ours), by_ours);
    if (sides->their_count)
        qsort(sides->theirs, sides->their_count, sizeof(*sides->theirs), by_theirs);
}

/* The message that comes first of those not yet explained. */
static const struct call *first_of(const struct explain_sides *sides, size_t ours, size_t theirs)
{
    if (ours == sides->our_count)
        return &sides->theirs[theirs].call;
    if (theirs == sides->their_count)
        return &sides->ours[ours].call;
    return call_order(&sides->theirs[theirs].call, &sides->ours[ours].call) < 0
               ? &sides->theirs[theirs].call
               : &sides->ours[ours].call;
}

void explain(struct arena *arena, const struct price_table *prices,
             const struct explain_sides *sides, const struct explain_window *window,
             struct explanation *out)
{
    struct explaining to = { .arena = arena, .prices = prices, .window = window, .out = out };
    size_t *match = arena_alloc(arena, (sides->our_count + 1) * sizeof(*match));
    bool *taken = arena_alloc(arena, (sides->their_count + 1) * sizeof(*taken));
    size_t o = 0;
    size_t t = 0;
    memset(match, 0, (sides->our_count + 1) * sizeof(*match));
    memset(taken, 0, (sides->their_count + 1) * sizeof(*taken));
    *out = (struct explanation){ 0 };
    sort_sides(sides);
    while (o < sides->our_count || t < sides->their_count) {
        struct group group = { .match = match + o, .taken = taken + t };
        const struct call *first = first_of(sides, o, t);
        group.ours = o < sides->our_count ? &sides->ours[o] : NULL;
        group.theirs = t < sides->their_count ? &sides->theirs[t] : NULL;
        for (; o < sides->our_count && call_order(&sides->ours[o].call, first) == 0; o++)
            group.our_count++;
        for (; t < sides->their_count && call_order(&sides->theirs[t].call, first) == 0; t++)
            group.their_count++;
        group_explain(&to, &group);
    }
    if (out->count)
        qsort(out->items, out->count, sizeof(*out->items), by_size);
}
