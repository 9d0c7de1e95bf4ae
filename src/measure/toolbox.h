#pragma once
/* toolbox - calls of the agent's tools by name: how many, and how they ended. Pure. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/call.h"

struct arena;

enum { TOOL_STATES = TOOL_DECLINED + 1 };

struct toolbox_row {
    const char *name;           /* "": only the result has been seen */
    int64_t calls[TOOL_STATES]; /* by enum tool_state */
};

struct toolbox {
    struct arena *arena;
    struct toolbox_row *rows;
    size_t count;
    size_t room;
    struct toolbox_row total;
};

void toolbox_init(struct toolbox *box, struct arena *arena);
/* The name is copied. */
void toolbox_add(struct toolbox *box, const char *name, enum tool_state state);
void toolbox_sort(struct toolbox *box); /* most calls first, then by name */

int64_t toolbox_calls(const struct toolbox_row *row); /* of any end */
/* Failed ones among those that ran: declined and unanswered ones in neither. False when none ran.
 */
bool toolbox_error_share(const struct toolbox_row *row, int64_t *ran, double *share);
