/* short_write - for LD_PRELOAD: a write to a file takes at most SHORT_WRITE bytes, and every other
 * one is interrupted first. Both are what a kernel may do at any time. */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

typedef ssize_t (*writer)(int, const void *, size_t);

ssize_t write(int fd, const void *bytes, size_t size)
{
    static unsigned calls;
    writer next = (writer)dlsym(RTLD_NEXT, "write");
    const char *most = getenv("SHORT_WRITE");
    size_t limit = most ? (size_t)atol(most) : size;
    if (fd > STDERR_FILENO && calls++ % 2) {
        errno = EINTR;
        return -1;
    }
    return next(fd, bytes, fd > STDERR_FILENO && size > limit ? limit : size);
}
