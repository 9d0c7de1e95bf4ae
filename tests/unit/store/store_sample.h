#pragma once
/* store_sample - a project in the test's folder, and session files in it. */
#include "../base/folder.h"
#include "../model/session_sample.h"
#include "store/home.h"

#define DEV ".claude/level-1-dev/sessions"

/* The project is the test's folder itself; the user's files are below `home`. */
static inline struct home store_home(struct arena *arena)
{
    (void)put_folder(arena, "home");
    struct home_env env = { .cwd = folder, .home = in_folder(arena, "home"), .store = folder };
    struct home home;
    struct err err = { 0 };
    if (!home_find(arena, &env, &home, &err))
        fail_msg("%s", err.text);
    return home;
}

/* A session file of level 1 with `more` members. */
static inline const char *store_text(struct arena *arena, const char *id, const char *status,
                                     const char *more)
{
    return arena_printf(arena,
                        "{\"session_id\":\"%s\",\"level\":1,\"status\":\"%s\","
                        "\"started_at\":\"%.4s-%.2s-%.2sT%.2s:%.2s:00Z\"%s%s}\n",
                        id, status, id + 4, id + 8, id + 10, id + 13, id + 15, *more ? "," : "",
                        more);
}

static inline const char *put_open(struct arena *arena, const char *id, const char *more)
{
    return put_text(arena, arena_printf(arena, DEV "/%s.json", id),
                    store_text(arena, id, "active", more));
}

static inline const char *put_archived(struct arena *arena, const char *id, const char *more)
{
    return put_text(arena, arena_printf(arena, DEV "/archive/%.4s/%s.json", id + 4, id),
                    store_text(arena, id, "completed", more));
}
