#pragma once
/*
 * lines - the lines of a growing file, in bounded memory.
 *
 * Reads in pieces of LINES_PIECE; a line up to LINES_LIMIT is handed out whole, a longer one is
 * passed over and told as such. Bytes after the last newline are the tail: an agent may be
 * writing there.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"

struct err;
struct lines;

enum { LINES_PIECE = 256 << 10, LINES_LIMIT = 32 << 20 };

struct line {
    const char *bytes; /* good until the next call; no newline, no CR before it */
    size_t length;
    int64_t offset; /* of its first byte in the file */
    int64_t next;   /* offset just past its newline; of a tail: its end */
    bool too_long;  /* bytes is NULL, length what was passed over */
    bool tail;      /* no newline yet */
};

struct lines_room { /* memory that the files of one thread read one after the other share */
    struct arena arena;
    char *bytes;
    size_t size;
};
void lines_room_free(struct lines_room *room);

/* ERR_NOT_FOUND when the file has gone. A byte-order mark at offset 0 is passed over. The room
 * (NULL: one of its own) is used until lines_close(). */
bool lines_open(const char *path, int64_t offset, struct lines_room *room, struct lines **out,
                struct err *err) MUST_USE;
void lines_close(struct lines **lines);
/* `*more` false at the end. */
bool lines_next(struct lines *lines, struct line *out, bool *more, struct err *err) MUST_USE;
