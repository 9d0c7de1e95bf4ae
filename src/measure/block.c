#include "measure/block.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"

#define MINUTE_NS (INT64_C(60) * 1000000000)
#define HOUR_NS (60 * MINUTE_NS)
#define FIRST_ROOM ((size_t)32)

/* An amount times nanoseconds leaves int64 at once. */
__extension__ typedef __int128 wide;

void block_list_init(struct block_list *list, struct arena *arena)
{
    *list = (struct block_list){ .arena = arena };
}

static struct block_row *row_add(struct block_list *list, int64_t start_ns, int64_t end_ns)
{
    if (list->count == list->room) {
        list->room = list->room ? 2 * list->room : FIRST_ROOM;
        struct block_row *rows = arena_alloc(list->arena, list->room * sizeof(*rows));
        if (list->count)
            memcpy(rows, list->rows, list->count * sizeof(*rows));
        list->rows = rows;
    }
    struct block_row *row = &list->rows[list->count++];
    *row = (struct block_row){ .start_ns = start_ns, .end_ns = end_ns };
    return row;
}

void block_list_see(struct block_list *list, int64_t at_ns)
{
    int64_t hour_ns = at_ns - at_ns % HOUR_NS;
    assert(at_ns >= list->last_ns);
    bool idle = list->count > 0 && at_ns - list->last_ns > BLOCK_NS;
    if (idle)
        row_add(list, list->last_ns + BLOCK_NS, at_ns)->gap = true;
    if (list->count == 0 || idle || at_ns - list->rows[list->count - 1].start_ns > BLOCK_NS)
        row_add(list, hour_ns, hour_ns + BLOCK_NS);
    list->last_ns = at_ns;
}

void block_list_add(struct block_list *list, int64_t at_ns, const char *model,
                    const struct usage *usage, int64_t cost_nano_usd)
{
    block_list_see(list, at_ns);
    struct block_row *row = &list->rows[list->count - 1];
    if (row->sum.calls == 0)
        row->first_ns = at_ns;
    row->last_ns = at_ns;
    if (!usage_sum_add(&row->sum, usage, cost_nano_usd) ||
        !tally_parts_add(&row->models, list->arena, model, usage, cost_nano_usd))
        list->overflow = true;
}

/* The hour of the call that ends a gap may lie before the gap. */
static void sort_by_start(struct block_list *list)
{
    for (size_t i = 1; i < list->count; i++) {
        struct block_row gap = list->rows[i - 1];
        if (!gap.gap || gap.start_ns <= list->rows[i].start_ns)
            continue;
        list->rows[i - 1] = list->rows[i];
        list->rows[i] = gap;
    }
}

void block_list_finish(struct block_list *list, int64_t now_ns)
{
    for (size_t i = 0; i < list->count; i++)
        tally_parts_sort(&list->rows[i].models);
    if (list->count == 0)
        return;
    struct block_row *last = &list->rows[list->count - 1];
    last->active =
        now_ns - list->last_ns < BLOCK_NS && now_ns >= last->start_ns && now_ns < last->end_ns;
    sort_by_start(list);
}

/* `amount` made in `span_ns`, for `for_ns` at the same pace: rounded, and never past int64. */
static int64_t at_pace(int64_t amount, int64_t span_ns, int64_t for_ns)
{
    wide value = ((wide)amount * for_ns + span_ns / 2) / span_ns;
    return value > INT64_MAX ? INT64_MAX : (int64_t)value;
}

static int64_t sum_of(int64_t a, int64_t b)
{
    return a > INT64_MAX - b ? INT64_MAX : a + b;
}

bool block_outlook(const struct block_row *row, int64_t now_ns, struct block_outlook *out)
{
    int64_t span_ns = row->last_ns - row->first_ns;
    int64_t tokens = usage_total(&row->sum.usage);
    int64_t nano_usd = row->sum.cost_nano_usd;
    *out = (struct block_outlook){ 0 };
    if (!row->active || span_ns <= 0)
        return false;
    int64_t left_ns = row->end_ns > now_ns ? row->end_ns - now_ns : 0;
    int64_t minutes = (left_ns + MINUTE_NS / 2) / MINUTE_NS;
    *out = (struct block_outlook){
        .tokens_per_minute = at_pace(tokens, span_ns, MINUTE_NS),
        .tokens_per_hour = at_pace(tokens, span_ns, HOUR_NS),
        .nano_usd_per_hour = at_pace(nano_usd, span_ns, HOUR_NS),
        .minutes_left = minutes,
        .tokens = sum_of(tokens, at_pace(tokens, span_ns, minutes * MINUTE_NS)),
        .nano_usd = sum_of(nano_usd, at_pace(nano_usd, span_ns, minutes * MINUTE_NS)),
    };
    return true;
}
