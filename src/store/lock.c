#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"

#define FIRST_PAUSE_NS INT64_C(500000)
#define LONGEST_PAUSE_NS INT64_C(16000000)

/* How long we have waited; a clock that nobody sets. */
static int64_t monotonic_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * CLOCK_SECOND_NS + now.tv_nsec;
}

static bool wait_for(int fd, const char *path, int wait_ms, struct err *err)
{
    int64_t until = monotonic_ns() + (int64_t)wait_ms * 1000000;
    int64_t pause = FIRST_PAUSE_NS;
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return err_errno(err, "cannot lock '%s'", path);
        if (monotonic_ns() >= until)
            return err_set(err, ERR_BUSY,
                           "another session-manager is writing here; try again ('%s')", path);
        /* A poll, not a blocking flock: a stopped holder must not stop us. Our process number
         * spreads the sleepers. */
        struct timespec nap = { .tv_nsec = pause + (int64_t)(getpid() % 64) * 10000 };
        (void)nanosleep(&nap, NULL);
        pause = pause * 2 < LONGEST_PAUSE_NS ? pause * 2 : LONGEST_PAUSE_NS;
    }
    return true;
}

bool lock_take(const char *path, int wait_ms, struct lock *out, struct err *err)
{
    CLEANUP(lock_release) struct lock lock = { .fd = -1 };
    lock.fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock.fd < 0)
        return err_errno(err, "cannot open '%s'", path);
    if (!wait_for(lock.fd, path, wait_ms, err))
        return false;
    *out = lock;
    lock.fd = -1;
    return true;
}

void lock_release(struct lock *lock)
{
    if (lock->fd >= 0)
        (void)close(lock->fd);
    lock->fd = -1;
}
