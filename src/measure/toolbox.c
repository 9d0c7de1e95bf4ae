#include "measure/toolbox.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define FIRST_ROOM ((size_t)32)

void toolbox_init(struct toolbox *box, struct arena *arena)
{
    *box = (struct toolbox){ .arena = arena };
}

/* Agents have some dozens of tools, and call the same few again and again. */
static struct toolbox_row *row_of(struct toolbox *box, const char *name)
{
    for (size_t i = 0; i < box->count; i++)
        if (strcmp(box->rows[i].name, name) == 0)
            return &box->rows[i];
    if (box->count == box->room) {
        box->room = box->room ? 2 * box->room : FIRST_ROOM;
        struct toolbox_row *rows = arena_alloc(box->arena, box->room * sizeof(*rows));
        if (box->count)
            memcpy(rows, box->rows, box->count * sizeof(*rows));
        box->rows = rows;
    }
    struct toolbox_row *row = &box->rows[box->count++];
    *row = (struct toolbox_row){ .name = arena_strdup(box->arena, name) };
    return row;
}

void toolbox_add(struct toolbox *box, const char *name, enum tool_state state)
{
    row_of(box, name)->calls[state]++;
    box->total.calls[state]++;
}

int64_t toolbox_calls(const struct toolbox_row *row)
{
    int64_t calls = 0;
    for (size_t i = 0; i < TOOL_STATES; i++)
        calls += row->calls[i];
    return calls;
}

static int by_calls(const void *left, const void *right)
{
    const struct toolbox_row *a = left;
    const struct toolbox_row *b = right;
    int64_t a_calls = toolbox_calls(a);
    int64_t b_calls = toolbox_calls(b);
    if (a_calls != b_calls)
        return a_calls > b_calls ? -1 : 1;
    return strcmp(a->name, b->name);
}

void toolbox_sort(struct toolbox *box)
{
    if (box->count > 1)
        qsort(box->rows, box->count, sizeof(*box->rows), by_calls);
}

bool toolbox_error_share(const struct toolbox_row *row, int64_t *ran, double *share)
{
    *ran = row->calls[TOOL_OK] + row->calls[TOOL_ERROR];
    *share = *ran ? (double)row->calls[TOOL_ERROR] / (double)*ran : 0;
    return *ran > 0;
}
