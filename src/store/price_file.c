#include "store/price_file.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "store/commit.h"
#include "store/home.h"

enum { WAIT_MS = 5000 };

/* A file that is not there is no prices of one's own; any other failure is an error. */
static bool read_text(struct arena *arena, struct price_file *file, struct err *err)
{
    struct err why = { 0 };
    file->text = NULL;
    file->length = 0;
    if (file_read(arena, file->path, PRICE_FILE_MOST, &file->text, &file->length, &why))
        return true;
    file->text = NULL;
    if (why.code == ERR_NOT_FOUND)
        return true;
    *err = why;
    return false;
}

bool price_file_read(struct arena *arena, const struct home *home, struct price_file *out,
                     struct err *err)
{
    *out = (struct price_file){ .path = home->user_prices, .lock = { .fd = -1 } };
    return read_text(arena, out, err);
}

bool price_file_lock(struct arena *arena, const struct home *home, struct price_file *out,
                     struct err *err)
{
    const char *path = home->user_prices;
    int folder = (int)(strrchr(path, '/') - path);
    *out = (struct price_file){ .path = path, .lock = { .fd = -1 } };
    return commit_parent(path, err) &&
           lock_take(arena_printf(arena, "%.*s/lock", folder, path), WAIT_MS, &out->lock, err) &&
           read_text(arena, out, err);
}

bool price_file_put(const struct price_file *file, const char *text, size_t length, struct err *err)
{
    assert(file->lock.fd >= 0);
    return commit_replace(file->path, text, length, err);
}

void price_file_unlock(struct price_file *file)
{
    lock_release(&file->lock);
}
