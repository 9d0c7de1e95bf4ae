#pragma once
/*
 * lock - one writer at a time, by flock on a file that is never unlinked.
 *
 * The kernel lets go of it when its holder dies, however it dies.
 */
#include <stdbool.h>

#include "base/attr.h"

struct err;

struct lock {
    int fd; /* -1: not held */
};

/* Waits up to `wait_ms`; then ERR_BUSY. The folder must exist. */
bool lock_take(const char *path, int wait_ms, struct lock *out, struct err *err) MUST_USE;
void lock_release(struct lock *lock); /* for CLEANUP; declare it as { .fd = -1 } */
