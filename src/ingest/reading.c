#include "ingest/reading.h"

#include <stdlib.h>

#include "base/hash.h"
#include "ingest/harvester.h"
#include "ingest/lines.h"

struct reading {
    const struct log_item *item;
    struct lines_room *room;
    struct lines *lines;
    int fd;
    int64_t offset; /* just past the last complete line */
    bool reread;
    bool started;
    bool ended;
    bool has_tail;
    struct line tail; /* its bytes are good until the next line is asked for: none is */
};

void stretch_free(struct stretch **stretch)
{
    if (!*stretch)
        return;
    struct arena arena = (*stretch)->arena; /* it lives in there itself */
    *stretch = NULL;
    arena_free(&arena);
}

static struct stretch *stretch_new(const struct reading *reading)
{
    static const struct harvest nothing = { .session = "", .cwd = "" };
    struct arena arena = { 0 };
    struct stretch *stretch = arena_alloc(&arena, sizeof(*stretch));
    *stretch = (struct stretch){ .arena = arena, .item = reading->item, .harvest = &nothing };
    return stretch;
}

/* Hashes of the first and the last bytes before `offset`; false when they are not there. */
static bool windows_hash(int fd, int64_t offset, int64_t *head, int64_t *tail)
{
    char bytes[LOG_WINDOW];
    struct err err;
    size_t size = offset < LOG_WINDOW ? (size_t)offset : LOG_WINDOW;
    size_t got;
    if (!file_read_at(fd, 0, bytes, size, &got, &err) || got != size)
        return false;
    *head = hash_bytes(bytes, size);
    if (!file_read_at(fd, offset - (int64_t)size, bytes, size, &got, &err) || got != size)
        return false;
    *tail = hash_bytes(bytes, size);
    return true;
}

/* Has the file only grown since it was last read? */
static bool has_grown(int fd, const struct log_item *item)
{
    const struct log_state *known = &item->known;
    int64_t head;
    int64_t tail;
    return known->id != 0 && item->file.size >= known->offset &&
           windows_hash(fd, known->offset, &head, &tail) && head == known->head_hash &&
           tail == known->tail_hash;
}

void reading_open(const struct log_item *item, struct lines_room *room, struct reading **out)
{
    struct reading *reading = calloc(1, sizeof(*reading));
    if (!reading)
        abort();
    *reading = (struct reading){ .item = item, .room = room, .fd = -1 };
    *out = reading;
}

void reading_close(struct reading **reading)
{
    if (!*reading)
        return;
    lines_close(&(*reading)->lines);
    file_close(&(*reading)->fd);
    free(*reading);
    *reading = NULL;
}

static bool start(struct reading *reading, struct err *err)
{
    reading->fd = file_open(reading->item->log.path, err);
    if (reading->fd < 0)
        return false;
    if (has_grown(reading->fd, reading->item))
        reading->offset = reading->item->known.offset;
    else
        reading->reread = reading->item->known.id != 0;
    return lines_open(reading->item->log.path, reading->offset, reading->room, &reading->lines,
                      err);
}

static void take_line(const struct reading *reading, struct harvester *harvester,
                      const struct line *line)
{
    if (line->too_long)
        harvester_damage(harvester, &(struct damage){ .offset = line->offset,
                                                      .length = (int64_t)line->length,
                                                      .reason = "line too long" });
    else
        reading->item->source->line(harvester, line->bytes, line->length, line->offset);
}

/* Lines until the stretch is full, the file ends or its tail comes. */
static bool read_lines(struct reading *reading, struct harvester *harvester, struct err *err)
{
    int64_t from = reading->offset;
    while (reading->offset - from < READING_STRETCH) {
        struct line line;
        bool more;
        if (!lines_next(reading->lines, &line, &more, err))
            return false;
        reading->has_tail = more && line.tail;
        reading->ended = !more;
        if (reading->has_tail)
            reading->tail = line;
        if (reading->ended || reading->has_tail)
            return true;
        harvester_line(harvester);
        take_line(reading, harvester, &line);
        reading->offset = line.next;
    }
    return true;
}

static void remember(const struct reading *reading, struct log_state *state)
{
    state->id = reading->item->known.id;
    state->file = reading->item->file;
    state->offset = reading->offset;
    /* It may have grown while it was read; its times then tell the next run to look again. */
    if (state->file.size < state->offset)
        state->file.size = state->offset;
    if (!windows_hash(reading->fd, state->offset, &state->head_hash, &state->tail_hash))
        state->offset = 0; /* it has shrunk meanwhile: the next run reads it again */
}

/* A last line without its newline counts if it is whole. Merging it again later changes nothing,
 * so the offset stays before it. One that is not whole is no damage yet. */
static void read_tail(struct reading *reading, struct stretch *stretch)
{
    struct harvester *harvester = harvester_new(&stretch->arena);
    if (!reading->tail.too_long)
        take_line(reading, harvester, &reading->tail);
    const struct harvest *harvest = harvester_result(harvester);
    stretch->unfinished = reading->tail.too_long || harvest->damage_count > 0;
    if (!stretch->unfinished)
        stretch->harvest = harvest;
    reading->ended = true;
}

/* The next complete lines; the first time, the file is opened. */
static bool read_more(struct reading *reading, struct stretch *stretch)
{
    struct harvester *harvester = harvester_new(&stretch->arena);
    if (!reading->started && !start(reading, &stretch->err))
        return false;
    int64_t from = reading->offset;
    if (!read_lines(reading, harvester, &stretch->err))
        return false;
    stretch->harvest = harvester_result(harvester);
    stretch->bytes = reading->offset - from;
    stretch->state.reread = reading->reread && !reading->started;
    reading->started = true;
    return true;
}

struct stretch *reading_next(struct reading *reading)
{
    if (reading->ended)
        return NULL;
    struct stretch *stretch = stretch_new(reading);
    if (reading->has_tail)
        read_tail(reading, stretch);
    else
        stretch->failed = !read_more(reading, stretch);
    if (stretch->failed)
        reading->ended = true;
    else
        remember(reading, &stretch->state);
    return stretch;
}
