#include "ingest/lines.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"

enum {
    FIRST_ROOM = 2 * LINES_PIECE,
    MOST_ROOM = LINES_LIMIT + 1 /* the longest line with its newline */
};

static const char byte_order_mark[] = "\xef\xbb\xbf";

struct lines {
    struct arena arena; /* holds this very struct */
    const char *path;
    int fd;
    struct lines_room own;   /* where none was lent */
    struct lines_room *room; /* holds `bytes` */
    char *bytes;
    size_t from;     /* bytes[from] is the first not handed out */
    size_t searched; /* there is no newline in [from, searched) */
    size_t upto;
    int64_t offset; /* of bytes[from] in the file */
    bool ended;     /* all of the file is in the buffer */
};

void lines_room_free(struct lines_room *room)
{
    arena_free(&room->arena);
    *room = (struct lines_room){ 0 };
}

static void keep_room(struct lines *lines, size_t size)
{
    struct lines_room *room = lines->room;
    if (room->size < size) {
        struct lines_room more = { .size = size };
        more.bytes = arena_alloc(&more.arena, size);
        if (lines->upto)
            memcpy(more.bytes, room->bytes, lines->upto);
        lines_room_free(room);
        *room = more;
    }
    lines->bytes = room->bytes;
}

static void make_room(struct lines *lines)
{
    size_t held = lines->upto - lines->from;
    if (held && lines->from)
        memmove(lines->bytes, lines->bytes + lines->from, held);
    if (held == lines->room->size)
        keep_room(lines, held >= LINES_LIMIT / 2 ? MOST_ROOM : held * 2);
    lines->searched -= lines->from;
    lines->upto = held;
    lines->from = 0;
}

static bool fill(struct lines *lines, struct err *err)
{
    size_t size = lines->room->size - lines->upto;
    size_t got;
    if (size > LINES_PIECE)
        size = LINES_PIECE;
    if (!file_read_at(lines->fd, lines->offset + (int64_t)(lines->upto - lines->from),
                      lines->bytes + lines->upto, size, &got, err))
        return err_add(err, "'%s'", lines->path);
    lines->upto += got;
    lines->ended = got < size;
    return true;
}

static void take(struct lines *lines, size_t length)
{
    lines->from += length;
    lines->searched = lines->from;
    lines->offset += (int64_t)length;
}

/* What is in the buffer up to `length`, and the newline after it unless it is the tail. */
static void hand_out(struct lines *lines, size_t length, bool tail, struct line *out)
{
    const char *bytes = lines->bytes + lines->from;
    bool returned = !tail && length > 0 && bytes[length - 1] == '\r';
    *out = (struct line){ .bytes = bytes,
                          .length = length - returned,
                          .offset = lines->offset,
                          .next = lines->offset + (int64_t)length + !tail,
                          .tail = tail };
    take(lines, length + !tail);
}

static bool pass_over(struct lines *lines, struct line *out, struct err *err)
{
    int64_t offset = lines->offset;
    const char *newline = NULL;
    while (!newline && !lines->ended) {
        take(lines, lines->upto - lines->from);
        lines->from = lines->searched = lines->upto = 0;
        if (!fill(lines, err))
            return false;
        newline = memchr(lines->bytes, '\n', lines->upto);
    }
    take(lines, newline ? (size_t)(newline - lines->bytes) : lines->upto - lines->from);
    int64_t end = lines->offset;
    if (newline)
        take(lines, 1);
    *out = (struct line){ .length = (size_t)(end - offset),
                          .offset = offset,
                          .next = lines->offset,
                          .too_long = true,
                          .tail = !newline };
    return true;
}

static void pass_byte_order_mark(struct lines *lines)
{
    size_t length = sizeof(byte_order_mark) - 1;
    if (lines->upto >= length && memcmp(lines->bytes, byte_order_mark, length) == 0)
        take(lines, length);
}

bool lines_open(const char *path, int64_t offset, struct lines_room *room, struct lines **out,
                struct err *err)
{
    assert(offset >= 0);
    int fd = file_open(path, err);
    if (fd < 0)
        return false;
    struct arena arena = { 0 };
    CLEANUP(lines_close) struct lines *lines = arena_alloc(&arena, sizeof(*lines));
    *lines = (struct lines){ .path = arena_strdup(&arena, path), .fd = fd, .offset = offset };
    lines->arena = arena;
    lines->room = room ? room : &lines->own;
    keep_room(lines, FIRST_ROOM);
    if (!fill(lines, err))
        return false;
    if (offset == 0)
        pass_byte_order_mark(lines);
    *out = lines;
    lines = NULL;
    return true;
}

void lines_close(struct lines **lines)
{
    if (!*lines)
        return;
    file_close(&(*lines)->fd);
    lines_room_free(&(*lines)->own);
    struct arena arena = (*lines)->arena;
    arena_free(&arena);
    *lines = NULL;
}

bool lines_next(struct lines *lines, struct line *out, bool *more, struct err *err)
{
    *more = false;
    for (;;) {
        const char *newline =
            memchr(lines->bytes + lines->searched, '\n', lines->upto - lines->searched);
        size_t length = lines->upto - lines->from;
        if (newline)
            length = (size_t)(newline - lines->bytes) - lines->from;
        if (!newline && lines->ended && length == 0)
            return true;
        *more = true;
        if (length > LINES_LIMIT)
            return pass_over(lines, out, err);
        if (newline || lines->ended) {
            hand_out(lines, length, !newline, out);
            return true;
        }
        *more = false;
        lines->searched = lines->upto;
        make_room(lines);
        if (!fill(lines, err))
            return false;
    }
}
