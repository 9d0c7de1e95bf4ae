#pragma once
/*
 * file - reading files and folders, and nothing that writes.
 *
 * Only regular files are read: a device, FIFO or socket under a file's name is ERR_DAMAGED, never
 * waited for. ERR_NOT_FOUND means exactly that the name does not exist; every other failure is
 * ERR_IO, and a short read is one of them.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct arena;
struct err;

struct file_state { /* enough to see that a file is what it was */
    int64_t device;
    int64_t inode;
    int64_t size; /* bytes */
    int64_t mtime_ns;
    int64_t ctime_ns;
};

struct file_list { /* names in one folder, sorted by strcmp, in the arena */
    const char **names;
    size_t count;
};

/* The whole file, NUL-terminated (the NUL is not in *length). Larger than `limit`: ERR_DAMAGED. */
bool file_read(struct arena *arena, const char *path, size_t limit, const char **bytes,
               size_t *length, struct err *err) MUST_USE;
/* `*found` false where nothing has that name; anything else that goes wrong is an error. */
bool file_stat(const char *path, struct file_state *out, bool *found, struct err *err) MUST_USE;
/* Names of the entries of a folder but "." and ".."; a folder that is not there has none. */
bool file_names(struct arena *arena, const char *folder, struct file_list *out,
                struct err *err) MUST_USE;
bool file_is_folder(const char *path); /* follows links; false when it cannot be told */
bool file_exists(const char *path);    /* any kind; does not follow links */
/* Only a regular file is opened (O_RDONLY, close-on-exec); -1 with err set. */
int file_open(const char *path, struct err *err) MUST_USE;
void file_close(int *fd); /* for CLEANUP; -1 is nothing */
int file_steal(int *fd);  /* hands it over: *fd is -1 then */
/* Up to `size` bytes at `offset`; less only at the end of the file. */
bool file_read_at(int fd, int64_t offset, void *bytes, size_t size, size_t *got,
                  struct err *err) MUST_USE;
bool file_state_same(const struct file_state *a, const struct file_state *b);
