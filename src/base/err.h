#pragma once
/*
 * err - how a function says why it failed.
 *
 * A function that can fail returns bool (true = done) and takes a `struct err *`
 * last. It fills the err once, where the failure happens; callers may prefix
 * context with err_add() and pass it on. The err is caller-owned and never
 * allocates, so failing cannot fail. One table (err.c) maps each code to what
 * the faces say: name, exit status, HTTP status, JSON-RPC code.
 *
 * Only ERR_NOT_FOUND may make a caller start something fresh: a failed read is
 * never "empty".
 */
#include <stdbool.h>

#include "base/attr.h"

enum err_code {
    ERR_NONE,
    ERR_IO,        /* 1: the disk, the kernel, a database said no */
    ERR_USAGE,     /* 2: wrong words, unknown level, ill-formed id */
    ERR_NOT_FOUND, /* 3: no such session, file, key */
    ERR_AMBIGUOUS, /* 4: several fit */
    ERR_BUSY,      /* 5: a lock was not free in time */
    ERR_DAMAGED,   /* 6: a stored or given file cannot be understood */
    ERR_ACTIVE,    /* 7: such a session is already active */
    ERR_NEWER,     /* 8: written by a newer version; reading is fine, writing is not */
    ERR_BUG,       /* 70 */
};

struct err {
    enum err_code code;
    char text[1024]; /* what went wrong: no capital, no full stop, names in quotes */
    char where[512]; /* "path", "path:line:column" or "path, byte N"; empty when the text says it
                        all */
};

struct err_face {
    const char *name;
    int exit_status;
    int http_status;
    int rpc_code;
};

/* All return false, so a failing function can `return err_set(...)`. */
bool err_set(struct err *err, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* The same, with errno's own words after "what": "cannot open 'x': Permission denied". */
bool err_errno(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Put "prefix: " before the text. */
bool err_add(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Say where. */
bool err_at(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

const struct err_face *err_face(enum err_code code);
