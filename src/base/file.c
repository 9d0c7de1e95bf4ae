#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"

static int64_t nanoseconds(struct timespec time)
{
    return (int64_t)time.tv_sec * CLOCK_SECOND_NS + time.tv_nsec;
}

static struct file_state state_of(const struct stat *info)
{
    return (struct file_state){
        .device = (int64_t)info->st_dev,
        .inode = (int64_t)info->st_ino,
        .size = info->st_size,
        .mtime_ns = nanoseconds(info->st_mtim),
        .ctime_ns = nanoseconds(info->st_ctim),
    };
}

void file_close(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

int file_steal(int *fd)
{
    int stolen = *fd;
    *fd = -1;
    return stolen;
}

int file_open(const char *path, struct err *err)
{
    /* O_NONBLOCK: opening a FIFO must not wait for its writer. */
    CLEANUP(file_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat info;
    if (fd < 0 && errno == ENOENT) {
        (void)err_set(err, ERR_NOT_FOUND, "no file '%s'", path);
        return -1;
    }
    if (fd < 0 || fstat(fd, &info) != 0) {
        (void)err_errno(err, "cannot open '%s'", path);
        return -1;
    }
    if (!S_ISREG(info.st_mode)) {
        (void)err_set(err, ERR_DAMAGED, "'%s' is not a regular file", path);
        return -1;
    }
    return file_steal(&fd);
}

bool file_read_at(int fd, int64_t offset, void *bytes, size_t size, size_t *got, struct err *err)
{
    *got = 0;
    while (*got < size) {
        ssize_t n = pread(fd, (char *)bytes + *got, size - *got, offset + (int64_t)*got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_errno(err, "cannot read");
        if (n == 0)
            return true;
        *got += (size_t)n;
    }
    return true;
}

bool file_read(struct arena *arena, const char *path, size_t limit, const char **bytes,
               size_t *length, struct err *err)
{
    CLEANUP(file_close) int fd = file_open(path, err);
    struct stat info;
    if (fd < 0)
        return false;
    if (fstat(fd, &info) != 0)
        return err_errno(err, "cannot read '%s'", path);
    if ((uint64_t)info.st_size > limit)
        return err_set(err, ERR_DAMAGED, "'%s' is larger than %zu bytes", path, limit);
    size_t size = (size_t)info.st_size;
    size_t got;
    char *text = arena_alloc(arena, size + 1);
    if (!file_read_at(fd, 0, text, size, &got, err))
        return err_add(err, "'%s'", path);
    if (got != size) /* shorter than it says: never pass a part for the whole */
        return err_set(err, ERR_IO, "cannot read '%s': it ends after %zu of %zu bytes", path, got,
                       size);
    text[size] = '\0';
    *bytes = text;
    *length = size;
    return true;
}

bool file_stat(const char *path, struct file_state *out, bool *found, struct err *err)
{
    struct stat info;
    *found = stat(path, &info) == 0;
    if (!*found && errno != ENOENT && errno != ENOTDIR)
        return err_errno(err, "cannot look at '%s'", path);
    if (*found)
        *out = state_of(&info);
    return true;
}

static void folder_close(DIR **folder)
{
    if (*folder)
        (void)closedir(*folder);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void list_add(struct arena *arena, struct file_list *list, size_t *room, const char *name)
{
    if (list->count == *room) {
        *room = *room ? *room * 2 : 16;
        const char **grown = arena_alloc(arena, *room * sizeof(*grown));
        if (list->count)
            memcpy(grown, list->names, list->count * sizeof(*grown));
        list->names = grown;
    }
    list->names[list->count++] = arena_strdup(arena, name);
}

bool file_names(struct arena *arena, const char *folder, struct file_list *out, struct err *err)
{
    *out = (struct file_list){ 0 };
    CLEANUP(folder_close) DIR *dir = opendir(folder);
    if (!dir && errno == ENOENT)
        return true;
    if (!dir)
        return err_errno(err, "cannot open folder '%s'", folder);
    size_t room = 0;
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (!entry && errno != 0)
            return err_errno(err, "cannot read folder '%s'", folder);
        if (!entry)
            break;
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            list_add(arena, out, &room, entry->d_name);
    }
    if (out->count > 1)
        qsort(out->names, out->count, sizeof(*out->names), by_name);
    return true;
}

bool file_is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool file_exists(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

bool file_state_same(const struct file_state *a, const struct file_state *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns;
}
