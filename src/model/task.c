#include "model/task.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/text.h"
#include "model/session.h"

static const char *const lists[] = {
    [TASK_PENDING] = "tasks_pending",
    [TASK_DONE] = "tasks_completed",
    [TASK_DROPPED] = "tasks_dropped",
};

/* Only the seed's lists are in every file; the third begins when something is dropped. */
static struct json *list_of(const struct session *session, enum task_state state)
{
    struct json *progress = json_at(session->root, "metrics.progress_tracking");
    return json_get(progress, lists[state]);
}

static int64_t next_id(const struct session *session)
{
    int64_t highest = 0;
    for (size_t state = 0; state < ARRAY_LEN(lists); state++) {
        const struct json *list = list_of(session, (enum task_state)state);
        for (size_t i = 0; i < json_length(list); i++) {
            int64_t id = json_count(json_item(list, i), "id", 0);
            if (id > highest && id < INT64_MAX) /* a number nobody can count on from */
                highest = id;
        }
    }
    return highest + 1;
}

static void set_time(struct json *entry, const char *key, int64_t now_ns)
{
    char text[CLOCK_TEXT];
    clock_utc(now_ns, text);
    json_set_text(entry, key, text);
}

int64_t task_add(struct session *session, const char *text, int64_t now_ns)
{
    int64_t id = next_id(session);
    struct json *entry = json_append_object(session_progress(session, lists[TASK_PENDING]));
    json_set_count(entry, "id", id);
    json_set_text(entry, "text", text);
    set_time(entry, "at", now_ns);
    struct json *logged = session_log(session, "task added", now_ns);
    json_set_count(logged, "task", id);
    session_touch(session, now_ns);
    return id;
}

enum fit { FIT_NONE, FIT_PREFIX, FIT_WHOLE };

static enum fit fit(const struct json *entry, const char *word)
{
    int64_t id;
    const char *text = session_entry_text(entry);
    if (text_count(word, &id))
        return id > 0 && json_count(entry, "id", 0) == id ? FIT_WHOLE : FIT_NONE;
    if (text_same(text, word))
        return FIT_WHOLE;
    return *word && strncasecmp(text, word, strlen(word)) == 0 ? FIT_PREFIX : FIT_NONE;
}

/* Whole texts and numbers go before prefixes. */
static bool find(const struct json *list, struct arena *arena, const char *word, size_t *at,
                 struct err *err)
{
    enum fit best = FIT_NONE;
    size_t count = 0;
    struct buf fits;
    buf_init(&fits, arena, 400);
    for (size_t i = 0; i < json_length(list); i++) {
        const struct json *entry = json_item(list, i);
        enum fit here = fit(entry, word);
        if (here == FIT_NONE || here < best)
            continue;
        if (here > best) {
            buf_init(&fits, arena, 400);
            count = 0;
        }
        best = here;
        *at = count++ ? *at : i;
        buf_addf(&fits, "%s%" PRId64 " '%s'", count > 1 ? ", " : "", json_count(entry, "id", 0),
                 session_entry_text(entry));
    }
    if (count == 0)
        return err_set(err, ERR_NOT_FOUND, "no task '%s' here", word);
    if (count > 1)
        return err_set(err, ERR_AMBIGUOUS, "'%s' fits %zu tasks: %s", word, count, fits.text);
    return true;
}

struct move { /* of one task from a list to another */
    enum task_state from;
    enum task_state to;
    const char *stamp; /* the member that says when; NULL: the stamps are taken off */
    const char *event;
};

struct wish { /* what a caller asked for */
    struct session *session;
    struct arena *arena;
    const char *word;
    int64_t now_ns;
};

static bool move_task(const struct wish *wish, const struct move *move, const char **text,
                      struct err *err)
{
    struct session *session = wish->session;
    struct arena *arena = wish->arena;
    int64_t now_ns = wish->now_ns;
    size_t at = 0;
    struct json *list = list_of(session, move->from);
    if (!find(list, arena, wish->word, &at, err))
        return false;
    struct json *entry = json_clone(arena, json_item(list, at));
    *text = arena_strdup(arena, session_entry_text(entry));
    if (json_kind(entry) != JSON_IS_OBJECT) { /* a plain string: it gets what the others have */
        entry = json_new_object(arena);
        json_set_count(entry, "id", next_id(session));
        json_set_text(entry, "text", *text);
    }
    json_remove(entry, "done_at");
    json_remove(entry, "dropped_at");
    if (move->stamp)
        set_time(entry, move->stamp, now_ns);
    json_take(list, at);
    json_append(session_progress(session, lists[move->to]), entry);
    struct json *logged = session_log(session, move->event, now_ns);
    json_set_count(logged, "task", json_count(entry, "id", 0));
    session_touch(session, now_ns);
    return true;
}

bool task_done(struct session *session, struct arena *arena, const char *word, int64_t now_ns,
               const char **text, struct err *err)
{
    static const struct move move = { TASK_PENDING, TASK_DONE, "done_at", "task done" };
    struct wish wish = { session, arena, word, now_ns };
    return move_task(&wish, &move, text, err);
}

bool task_drop(struct session *session, struct arena *arena, const char *word, int64_t now_ns,
               const char **text, struct err *err)
{
    static const struct move move = { TASK_PENDING, TASK_DROPPED, "dropped_at", "task dropped" };
    struct wish wish = { session, arena, word, now_ns };
    return move_task(&wish, &move, text, err);
}

bool task_reopen(struct session *session, struct arena *arena, const char *word, int64_t now_ns,
                 const char **text, struct err *err)
{
    static const struct move done = { TASK_DONE, TASK_PENDING, NULL, "task reopened" };
    static const struct move dropped = { TASK_DROPPED, TASK_PENDING, NULL, "task reopened" };
    struct wish wish = { session, arena, word, now_ns };
    struct err why = { 0 };
    if (move_task(&wish, &done, text, &why))
        return true;
    if (why.code == ERR_NOT_FOUND)
        return move_task(&wish, &dropped, text, err);
    *err = why;
    return false;
}

void task_list(const struct session *session, struct arena *arena, struct task **out, size_t *count)
{
    size_t all = 0;
    for (size_t state = 0; state < ARRAY_LEN(lists); state++)
        all += task_count(session, (enum task_state)state);
    *out = arena_alloc(arena, (all + 1) * sizeof(**out));
    *count = 0;
    for (size_t state = 0; state < ARRAY_LEN(lists); state++) {
        const struct json *list = list_of(session, (enum task_state)state);
        for (size_t i = 0; i < json_length(list); i++)
            (*out)[(*count)++] = (struct task){
                .id = json_count(json_item(list, i), "id", 0),
                .text = session_entry_text(json_item(list, i)),
                .state = (enum task_state)state,
            };
    }
}

size_t task_count(const struct session *session, enum task_state state)
{
    return json_length(list_of(session, state));
}
