#pragma once
/*
 * price_file - the user's own price file, beside config.json. One writer at a time.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "store/lock.h"

struct arena;
struct err;
struct home;

enum { PRICE_FILE_MOST = 16 << 20 };

struct price_file {
    const char *path;
    const char *text; /* NULL: there is none yet */
    size_t length;
    struct lock lock; /* held after price_file_lock() */
};

bool price_file_read(struct arena *arena, const struct home *home, struct price_file *out,
                     struct err *err) MUST_USE;
/* Take the lock of the user's settings and read. Declare it CLEANUP(price_file_unlock), with
 * lock.fd -1. */
bool price_file_lock(struct arena *arena, const struct home *home, struct price_file *out,
                     struct err *err) MUST_USE;
bool price_file_put(const struct price_file *file, const char *text, size_t length,
                    struct err *err) MUST_USE;
void price_file_unlock(struct price_file *file);
