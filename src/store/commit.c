#include "store/commit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/text.h"

static const char temporary_head[] = ".session-manager-";
static const char temporary_tail[] = ".tmp";

struct place { /* a path in its parts */
    char folder[PATH_MAX];
    char temporary[PATH_MAX];
};

static bool place_of(const char *path, struct place *out, struct err *err)
{
    const char *slash = strrchr(path, '/');
    int folder = (int)(slash ? slash - path : 0);
    int a = snprintf(out->folder, sizeof(out->folder), "%.*s", folder, path);
    int b = snprintf(out->temporary, sizeof(out->temporary), "%.*s/%s%s%s", folder, path,
                     temporary_head, slash ? slash + 1 : path, temporary_tail);
    if (!slash || a >= (int)sizeof(out->folder) || b >= (int)sizeof(out->temporary))
        return err_set(err, ERR_IO, "path too long: '%s'", path);
    return true;
}

static bool write_all(int fd, const char *bytes, size_t length)
{
    for (size_t done = 0; done < length;) {
        ssize_t n = write(fd, bytes + done, length - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

static bool sync_folder(const char *folder, struct err *err)
{
    CLEANUP(file_close) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        return err_errno(err, "cannot make '%s' durable", folder);
    return true;
}

/* A new temporary file, written and durable; it is gone again after a failure. */
static bool write_temporary(const struct place *place, const char *bytes, size_t length,
                            struct err *err)
{
    (void)unlink(place->temporary); /* of a dead writer: the lock is ours */
    CLEANUP(file_close)
    int fd = open(place->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return err_errno(err, "cannot write in '%s'", place->folder);
    if (write_all(fd, bytes, length) && fchmod(fd, 0600) == 0 && fsync(fd) == 0 &&
        close(file_steal(&fd)) == 0)
        return true;
    (void)err_errno(err, "cannot write in '%s'", place->folder);
    (void)unlink(place->temporary);
    return false;
}

/* `flags` as renameat2(): RENAME_NOREPLACE turns a taken name into ERR_ACTIVE. */
static bool rename_durably(const char *from, const char *to, unsigned flags, const char *folder,
                           struct err *err)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, flags) != 0) {
        if (errno == EEXIST)
            return err_set(err, ERR_ACTIVE, "'%s' exists already", to);
        return err_errno(err, "cannot put '%s' in place", to);
    }
    return sync_folder(folder, err);
}

static bool put(const char *path, const char *bytes, size_t length, unsigned flags, struct err *err)
{
    struct place place;
    if (!place_of(path, &place, err) || !write_temporary(&place, bytes, length, err))
        return false;
    if (rename_durably(place.temporary, path, flags, place.folder, err))
        return true;
    (void)unlink(place.temporary);
    return false;
}

bool commit_replace(const char *path, const char *bytes, size_t length, struct err *err)
{
    return put(path, bytes, length, 0, err);
}

bool commit_create(const char *path, const char *bytes, size_t length, struct err *err)
{
    return put(path, bytes, length, RENAME_NOREPLACE, err);
}

bool commit_move(const char *from, const char *to, struct err *err)
{
    struct place old_place;
    struct place new_place;
    return place_of(from, &old_place, err) && place_of(to, &new_place, err) &&
           rename_durably(from, to, RENAME_NOREPLACE, new_place.folder, err) &&
           sync_folder(old_place.folder, err);
}

bool commit_folder(const char *base, const char *below, struct err *err)
{
    char path[PATH_MAX];
    size_t length = strlen(base);
    if (length + strlen(below) + 2 > sizeof(path))
        return err_set(err, ERR_IO, "path too long: '%s/%s'", base, below);
    memcpy(path, base, length + 1);
    for (const char *at = below; *at;) {
        char parent[PATH_MAX];
        memcpy(parent, path, length + 1);
        size_t name = strcspn(at, "/");
        path[length++] = '/';
        memcpy(path + length, at, name);
        path[length += name] = '\0';
        at += name + (at[name] == '/');
        if (mkdir(path, 0700) == 0) {
            if (chmod(path, 0700) != 0) /* a umask may have taken our own rights */
                return err_errno(err, "cannot make folder '%s'", path);
        } else if (errno != EEXIST || !file_is_folder(path)) {
            return err_errno(err, "cannot make folder '%s'", path);
        }
        /* Also where it was there: whoever made it may have died before this line. */
        if (!sync_folder(parent, err))
            return false;
    }
    return true;
}

bool commit_parent(const char *path, struct err *err)
{
    struct place place;
    char base[PATH_MAX];
    if (path[0] != '/')
        return err_set(err, ERR_IO, "not an absolute path: '%s'", path);
    if (!place_of(path, &place, err))
        return false;
    memcpy(base, place.folder, strlen(place.folder) + 1);
    while (base[0] && !file_is_folder(base))
        *strrchr(base, '/') = '\0';
    size_t length = strlen(base);
    return commit_folder(length ? base : "/", place.folder + length + (place.folder[length] == '/'),
                         err);
}

void commit_forget(const char *path)
{
    struct place place;
    struct err ignored = { 0 };
    if (place_of(path, &place, &ignored))
        (void)unlink(place.temporary);
}

void commit_sweep(struct arena *arena, const char *folder)
{
    struct file_list list;
    struct err ignored = { 0 };
    if (!file_names(arena, folder, &list, &ignored))
        return;
    for (size_t i = 0; i < list.count; i++)
        if (text_has_prefix(list.names[i], temporary_head) &&
            text_has_suffix(list.names[i], temporary_tail))
            (void)unlink(arena_printf(arena, "%s/%s", folder, list.names[i]));
}
