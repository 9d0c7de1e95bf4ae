#include "verb/choose.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "model/summary.h"
#include "store/roster.h"
#include "verb/verb.h"

enum { LIST_LIMIT = 600 };

static bool is_open(const struct summary *session)
{
    return session->status < SESSION_COMPLETED;
}

/* Only sessions of this project can be meant; a roster may hold those of others, too. */
static bool here(const struct request *request, const struct summary *session)
{
    return request->home.project && strcmp(session->project, request->home.project) == 0;
}

static bool claims_agent(const struct summary *session, const char *agent_session)
{
    for (size_t i = 0; agent_session && i < session->claim_count; i++)
        if (session->claims[i].agent_session &&
            strcmp(session->claims[i].agent_session, agent_session) == 0)
            return true;
    return false;
}

static const struct summary *ambiguous(const struct request *request, const char *what,
                                       const struct summary *const *fits, size_t count,
                                       struct err *err)
{
    struct buf list;
    buf_init(&list, request->arena, LIST_LIMIT);
    for (size_t i = 0; i < count; i++)
        buf_addf(&list, "%s%s", i ? ", " : "", fits[i]->id);
    (void)err_set(err, ERR_AMBIGUOUS, "%s could be any of %zu sessions; name one: %s", what, count,
                  list.text);
    return NULL;
}

/* What could not be read may be what is meant: then nothing is chosen. `word` NULL: any. */
static bool none_unread(const struct roster *roster, const char *word, bool only_open,
                        struct err *err)
{
    for (size_t i = 0; i < roster->damage_count; i++) {
        const struct roster_damage *damage = &roster->damages[i];
        if (!damage->id || (only_open && damage->archived) || (word && !id_fits(damage->id, word)))
            continue;
        (void)err_set(err, damage->code, "%s cannot be read, and may be meant: %s", damage->id,
                      damage->what);
        return err_at(err, "%s", damage->path);
    }
    return true;
}

const struct summary *choose_current(const struct request *request, const struct roster *roster,
                                     struct err *err)
{
    const struct summaries *all = &roster->sessions;
    const struct summary **open =
        arena_alloc(request->arena, (all->count + 1) * sizeof(const struct summary *));
    size_t count = 0;
    for (size_t i = all->count; i > 0; i--) { /* the latest start first */
        const struct summary *session = &all->items[i - 1];
        if (!here(request, session) || !is_open(session))
            continue;
        if (claims_agent(session, request->around->agent_session))
            return session;
        open[count++] = session;
    }
    if (count > 1)
        return ambiguous(request, "that", open, count, err);
    if (!none_unread(roster, NULL, true, err))
        return NULL;
    if (count == 1)
        return open[0];
    (void)err_set(err, ERR_NOT_FOUND, "no session is open here");
    return NULL;
}

/* "@-1": the session that ended last. */
static const struct summary *previous(const struct request *request, const struct roster *roster,
                                      struct err *err)
{
    const struct summary *last = NULL;
    for (size_t i = 0; i < roster->sessions.count; i++) {
        const struct summary *session = &roster->sessions.items[i];
        if (here(request, session) && !is_open(session) &&
            (!last || session->ended_at_ns >= last->ended_at_ns))
            last = session;
    }
    if (!last)
        (void)err_set(err, ERR_NOT_FOUND, "no session has ended here yet");
    return last;
}

static const struct summary *fitting(const struct request *request, const struct roster *roster,
                                     const char *word, bool only_open, struct err *err)
{
    const struct summaries *all = &roster->sessions;
    const struct summary **fits =
        arena_alloc(request->arena, (all->count + 1) * sizeof(const struct summary *));
    size_t count = 0;
    for (size_t i = 0; i < all->count; i++) {
        const struct summary *session = &all->items[i];
        if (!here(request, session) || (only_open && !is_open(session)))
            continue;
        if (strcmp(session->id, word) == 0)
            return session;
        if (id_fits(session->id, word) || level_from_word(word) == session->level)
            fits[count++] = session;
    }
    if (count > 1)
        return ambiguous(request, arena_printf(request->arena, "'%s'", word), fits, count, err);
    if (!none_unread(roster, word, only_open, err))
        return NULL;
    if (count == 1)
        return fits[0];
    (void)err_set(err, ERR_NOT_FOUND, "no session '%s' here", word);
    return NULL;
}

const struct summary *choose_session(const struct request *request, const struct roster *roster,
                                     const char *word, struct err *err)
{
    if (strcmp(word, "@") == 0)
        return choose_current(request, roster, err);
    if (strcmp(word, "@-1") == 0)
        return previous(request, roster, err);
    if (!id_word(word)) {
        (void)err_set(err, ERR_USAGE, "'%s' is not a session id such as dev_20261006_1455", word);
        return NULL;
    }
    struct err why = { 0 };
    const struct summary *open = fitting(request, roster, word, !id_is(word), &why);
    if (open)
        return open;
    if (why.code == ERR_NOT_FOUND && !id_is(word))
        return fitting(request, roster, word, false, err);
    *err = why;
    return NULL;
}
