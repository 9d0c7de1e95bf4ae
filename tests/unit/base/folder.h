#pragma once
/* folder - a temporary folder for one test, and files in it. Paths given are below it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

enum { FOLDER_PATH = 512, FOLDER_FILE = 1 << 20 };

static char folder[64]; /* the folder, without links */

static inline int folder_make(void **state)
{
    (void)state;
    char *real = realpath("/tmp", NULL);
    (void)snprintf(folder, sizeof(folder), "%s/test_XXXXXX", real ? real : "/tmp");
    free(real);
    return mkdtemp(folder) ? 0 : -1;
}

static inline int folder_remove(const char *path, const struct stat *info, int type,
                                struct FTW *level)
{
    (void)info;
    (void)type;
    (void)level;
    return remove(path);
}

static inline int folder_drop(void **state)
{
    (void)state;
    return nftw(folder, folder_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static inline const char *in_folder(struct arena *arena, const char *below)
{
    return *below ? arena_printf(arena, "%s/%s", folder, below) : arena_strdup(arena, folder);
}

/* Make the folder `below` and those above it. */
static inline const char *put_folder(struct arena *arena, const char *below)
{
    char *path = arena_strdup(arena, in_folder(arena, below));
    for (char *at = path + strlen(folder) + 1; (at = strchr(at, '/')); *at++ = '/') {
        *at = '\0';
        (void)mkdir(path, 0700);
    }
    (void)mkdir(path, 0700);
    return path;
}

/* Write a file, with the folders it needs. */
static inline const char *put_bytes(struct arena *arena, const char *below, const char *bytes,
                                    size_t length)
{
    const char *slash = strrchr(below, '/');
    if (slash)
        (void)put_folder(arena, arena_printf(arena, "%.*s", (int)(slash - below), below));
    const char *path = in_folder(arena, below);
    FILE *out = fopen(path, "wbe");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, length, out), length);
    assert_int_equal(fclose(out), 0);
    return path;
}

static inline const char *put_text(struct arena *arena, const char *below, const char *text)
{
    return put_bytes(arena, below, text, strlen(text));
}

static inline const char *put_link(struct arena *arena, const char *below, const char *target)
{
    const char *path = in_folder(arena, below);
    assert_int_equal(symlink(target, path), 0);
    return path;
}

/* The text of a file; NULL where there is none. */
static inline const char *text_at(struct arena *arena, const char *path)
{
    FILE *in = fopen(path, "rbe");
    if (!in)
        return NULL;
    char *text = arena_alloc(arena, FOLDER_FILE);
    size_t length = fread(text, 1, FOLDER_FILE - 1, in);
    text[length] = '\0';
    (void)fclose(in);
    return text;
}

static inline bool is_there(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

static inline unsigned mode_of(const char *path)
{
    struct stat info;
    assert_int_equal(lstat(path, &info), 0);
    return info.st_mode & 07777;
}

/* Put a file's or folder's time of change back by so many seconds, as if it had been left alone. */
static inline void make_old(const char *path, int seconds)
{
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    struct timespec times[2] = { info.st_atim, info.st_mtim };
    times[1].tv_sec -= seconds;
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}
