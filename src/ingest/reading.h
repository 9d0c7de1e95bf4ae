#pragma once
/*
 * reading - one log file, from where it was last read to its end, in stretches.
 *
 * A stretch holds what at most READING_STRETCH bytes of the file said, in an arena of its own: the
 * memory an import needs does not grow with its logs. Stretches of a file come in its order.
 * Knows nothing of the ledger but what it once remembered of the file; safe in any thread.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/file.h"
#include "ingest/source.h"
#include "model/call.h"
#include "store/ledger.h"

enum { READING_STRETCH = 8 << 20 };

struct lines_room;
struct reading;

struct log_item { /* a log with something new */
    const struct source *source;
    struct log_path log;
    struct file_state file; /* as it is now */
    struct log_state known; /* as it was when last read; id 0: never */
    int64_t bytes;          /* at least so many are new */
};

struct stretch {
    struct arena arena; /* holds all of it, the stretch itself too */
    struct stretch *next;
    const struct log_item *item;
    const struct harvest *harvest;
    struct log_state state; /* of the file after this stretch */
    int64_t bytes;
    bool unfinished; /* the last line is not complete yet */
    bool failed;     /* `err` says why; nothing was harvested, no more will come */
    struct err err;
};

/* The room is lent until reading_close(). */
void reading_open(const struct log_item *item, struct lines_room *room, struct reading **out);
/* NULL at the end; at least one stretch comes before. */
struct stretch *reading_next(struct reading *reading);
void reading_close(struct reading **reading);

void stretch_free(struct stretch **stretch); /* NULL is nothing */
