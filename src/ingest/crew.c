#include "ingest/crew.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "ingest/lines.h"
#include "ingest/reading.h"

enum { CREW_MOST = 64, QUEUE_EACH = 2 /* stretches that may wait, a thread */ };

struct crew {
    const struct log_item *items;
    size_t item_count;
    size_t next_item;
    struct reading *here; /* the log that is read without threads */
    struct lines_room room;

    pthread_t threads[CREW_MOST];
    size_t thread_count;
    size_t working; /* threads that are not at their end */

    pthread_mutex_t mutex; /* over all that follows, next_item and working */
    pthread_cond_t filled;
    pthread_cond_t emptied;
    struct stretch *first;
    struct stretch *last;
    size_t waiting;
    bool stop;
};

int64_t crew_now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * CLOCK_SECOND_NS + now.tv_nsec;
}

/* False when the crew is told to stop. */
static bool hand_over(struct crew *crew, struct stretch *stretch)
{
    (void)pthread_mutex_lock(&crew->mutex);
    while (!crew->stop && crew->waiting >= crew->thread_count * QUEUE_EACH)
        (void)pthread_cond_wait(&crew->emptied, &crew->mutex);
    bool stop = crew->stop;
    if (!stop) {
        if (crew->last)
            crew->last->next = stretch;
        else
            crew->first = stretch;
        crew->last = stretch;
        crew->waiting++;
        (void)pthread_cond_signal(&crew->filled);
    }
    (void)pthread_mutex_unlock(&crew->mutex);
    if (stop)
        stretch_free(&stretch);
    return !stop;
}

static const struct log_item *take_item(struct crew *crew)
{
    (void)pthread_mutex_lock(&crew->mutex);
    const struct log_item *item = NULL;
    if (!crew->stop && crew->next_item < crew->item_count)
        item = &crew->items[crew->next_item++];
    (void)pthread_mutex_unlock(&crew->mutex);
    return item;
}

static bool read_item(struct crew *crew, const struct log_item *item, struct lines_room *room)
{
    CLEANUP(reading_close) struct reading *reading = NULL;
    struct stretch *stretch;
    reading_open(item, room, &reading);
    while ((stretch = reading_next(reading)))
        if (!hand_over(crew, stretch))
            return false;
    return true;
}

static void *work(void *it)
{
    struct crew *crew = it;
    const struct log_item *item;
    CLEANUP(lines_room_free) struct lines_room room = { 0 };
    while ((item = take_item(crew)) && read_item(crew, item, &room))
        ;
    (void)pthread_mutex_lock(&crew->mutex);
    crew->working--;
    (void)pthread_cond_signal(&crew->filled);
    (void)pthread_mutex_unlock(&crew->mutex);
    return NULL;
}

/* Signals are for the thread that asked; where no thread can be had, fewer must do. */
static void start_threads(struct crew *crew, size_t wanted)
{
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    (void)pthread_mutex_lock(&crew->mutex);
    while (crew->thread_count < wanted &&
           pthread_create(&crew->threads[crew->thread_count], NULL, work, crew) == 0)
        crew->thread_count++;
    crew->working = crew->thread_count;
    (void)pthread_mutex_unlock(&crew->mutex);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void crew_open(const struct log_item *items, size_t count, int threads, struct crew **out)
{
    struct crew *crew = calloc(1, sizeof(*crew));
    if (!crew)
        abort();
    crew->items = items;
    crew->item_count = count;
    pthread_condattr_t attributes;
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_mutex_init(&crew->mutex, NULL);
    (void)pthread_cond_init(&crew->filled, &attributes);
    (void)pthread_cond_init(&crew->emptied, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    size_t wanted = threads < 1 ? 1 : (size_t)threads;
    if (wanted > count)
        wanted = count;
    if (wanted > CREW_MOST)
        wanted = CREW_MOST;
    if (wanted > 1)
        start_threads(crew, wanted);
    *out = crew;
}

static struct stretch *read_here(struct crew *crew, bool *done)
{
    for (;;) {
        struct stretch *stretch = crew->here ? reading_next(crew->here) : NULL;
        *done = false;
        if (stretch)
            return stretch;
        reading_close(&crew->here);
        *done = crew->next_item == crew->item_count;
        if (*done)
            return NULL;
        reading_open(&crew->items[crew->next_item++], &crew->room, &crew->here);
    }
}

static struct stretch *take_stretch(struct crew *crew)
{
    struct stretch *stretch = crew->first;
    crew->first = stretch->next;
    if (!crew->first)
        crew->last = NULL;
    stretch->next = NULL;
    crew->waiting--;
    (void)pthread_cond_signal(&crew->emptied);
    return stretch;
}

struct stretch *crew_next(struct crew *crew, int64_t until_ns, bool *done)
{
    struct timespec until = { .tv_sec = (time_t)(until_ns / CLOCK_SECOND_NS),
                              .tv_nsec = (long)(until_ns % CLOCK_SECOND_NS) };
    struct stretch *stretch = NULL;
    int late = 0;
    if (crew->thread_count == 0)
        return read_here(crew, done);
    (void)pthread_mutex_lock(&crew->mutex);
    while (!crew->first && crew->working > 0 && late == 0)
        late = pthread_cond_timedwait(&crew->filled, &crew->mutex, &until);
    if (crew->first)
        stretch = take_stretch(crew);
    *done = !stretch && crew->working == 0;
    (void)pthread_mutex_unlock(&crew->mutex);
    return stretch;
}

void crew_close(struct crew **crew)
{
    struct crew *closed = *crew;
    if (!closed)
        return;
    (void)pthread_mutex_lock(&closed->mutex);
    closed->stop = true;
    (void)pthread_cond_broadcast(&closed->emptied);
    (void)pthread_mutex_unlock(&closed->mutex);
    for (size_t i = 0; i < closed->thread_count; i++)
        (void)pthread_join(closed->threads[i], NULL);
    while (closed->first) {
        struct stretch *stretch = take_stretch(closed);
        stretch_free(&stretch);
    }
    reading_close(&closed->here);
    lines_room_free(&closed->room);
    (void)pthread_cond_destroy(&closed->filled);
    (void)pthread_cond_destroy(&closed->emptied);
    (void)pthread_mutex_destroy(&closed->mutex);
    free(closed);
    *crew = NULL;
}
