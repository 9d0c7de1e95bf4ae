#pragma once
/*
 * crew - threads that read logs and hand over what they find, through a queue that cannot grow.
 *
 * Stretches of one log come in its order; those of different logs come as they come. With one
 * thread, or one log, nothing is started and crew_next() reads by itself.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct crew;
struct log_item;
struct stretch;

/* Reads the items in their order. The items must stay until the crew is closed. */
void crew_open(const struct log_item *items, size_t count, int threads, struct crew **out);
/* The next stretch, for stretch_free(). NULL: nothing came until `until_ns` of crew_now_ns(), or,
 * with `*done`, nothing will come any more. */
struct stretch *crew_next(struct crew *crew, int64_t until_ns, bool *done);
void crew_close(struct crew **crew); /* what is still on its way is thrown away */

int64_t crew_now_ns(void); /* a clock that only runs forward */
