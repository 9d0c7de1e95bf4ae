#include "base/err.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* clang-format off */
static const struct err_face faces[] = {
    [ERR_NONE]      = { "ok",              0, 200, 0      },
    [ERR_IO]        = { "io",              1, 500, -32005 },
    [ERR_USAGE]     = { "usage",           2, 400, -32602 },
    [ERR_NOT_FOUND] = { "not-found",       3, 404, -32001 },
    [ERR_AMBIGUOUS] = { "ambiguous",       4, 409, -32002 },
    [ERR_BUSY]      = { "busy",            5, 503, -32004 },
    [ERR_DAMAGED]   = { "damaged",         6, 422, -32003 },
    [ERR_ACTIVE]    = { "already-active",  7, 409, -32006 },
    [ERR_NEWER]     = { "needs-newer",     8, 409, -32007 },
    [ERR_BUG]       = { "bug",            70, 500, -32603 },
};
/* clang-format on */

bool err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
    assert(err && code != ERR_NONE);
    err->code = code;
    err->where[0] = '\0';
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(err->text, sizeof(err->text), fmt, ap);
    va_end(ap);
    return false;
}

bool err_errno(struct err *err, const char *fmt, ...)
{
    int why = errno;
    char what[sizeof(err->text) - 128];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(what, sizeof(what), fmt, ap);
    va_end(ap);
    return err_set(err, ERR_IO, "%s: %s", what, strerrordesc_np(why));
}

bool err_add(struct err *err, const char *fmt, ...)
{
    char prefix[sizeof(err->text)];
    char joined[sizeof(prefix) + sizeof(err->text) + 2];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(prefix, sizeof(prefix), fmt, ap);
    va_end(ap);
    (void)snprintf(joined, sizeof(joined), "%s: %s", prefix, err->text);
    memcpy(err->text, joined, sizeof(err->text) - 1);
    err->text[sizeof(err->text) - 1] = '\0';
    return false;
}

bool err_at(struct err *err, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(err->where, sizeof(err->where), fmt, ap);
    va_end(ap);
    return false;
}

const struct err_face *err_face(enum err_code code)
{
    return &faces[code];
}
