#pragma once
/* session_sample - small session files, as people and the program write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "model/session.h"

#define SAMPLE_ID "dev_20261006_1455"
#define SAMPLE_AT INT64_C(1791298500000000000) /* 2026-10-06T14:55:00Z */

/* A session file with `more` members behind the ones every file has. */
static inline const char *sample_text(struct arena *arena, const char *more)
{
    return arena_printf(arena,
                        "{\"session_id\":\"" SAMPLE_ID "\",\"level\":1,\"status\":\"active\","
                        "\"started_at\":\"2026-10-06T14:55:00Z\"%s%s}",
                        *more ? "," : "", more);
}

static inline struct session sample_parsed(struct arena *arena, const char *text)
{
    struct session session;
    struct err err = { 0 };
    if (!session_parse(arena, text, strlen(text), SAMPLE_ID ".json", &session, &err))
        fail_msg("%s: %s", err.where, err.text);
    return session;
}

static inline struct session sample(struct arena *arena, const char *more)
{
    return sample_parsed(arena, sample_text(arena, more));
}

static inline const char *sample_written(struct arena *arena, const struct json *value)
{
    struct buf out;
    buf_init(&out, arena, 1 << 20);
    json_write_compact(value, &out);
    return out.text;
}
