#pragma once
/*
 * task - the work items of a session: metrics.progress_tracking.tasks_pending and
 * .tasks_completed. Pure.
 *
 * Every entry added here is an object {id, text, at, ...}; ids count up from 1 within a session
 * and are never used again. A plain string that somebody wrote into the file by hand is a task
 * too: it is found by its text.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct arena;
struct err;
struct json;
struct session;

enum task_state { TASK_PENDING, TASK_DONE, TASK_DROPPED };

struct task {
    int64_t id; /* 0: a plain string */
    const char *text;
    enum task_state state;
};

/* The new task's id. */
int64_t task_add(struct session *session, const char *text, int64_t now_ns);
/* `word` is a number, the whole text or a prefix of it (any case). ERR_NOT_FOUND, or
 * ERR_AMBIGUOUS with the ones it fits. The text of the task is given back. */
bool task_done(struct session *session, struct arena *arena, const char *word, int64_t now_ns,
               const char **text, struct err *err) MUST_USE;
/* Not to be done any more: kept in tasks_dropped. */
bool task_drop(struct session *session, struct arena *arena, const char *word, int64_t now_ns,
               const char **text, struct err *err) MUST_USE;
/* A task done or dropped becomes pending again. */
bool task_reopen(struct session *session, struct arena *arena, const char *word, int64_t now_ns,
                 const char **text, struct err *err) MUST_USE;
/* All of them: pending, done, dropped, each in the order they were added or moved. */
void task_list(const struct session *session, struct arena *arena, struct task **out,
               size_t *count);
size_t task_count(const struct session *session, enum task_state state);
