#pragma once
/*
 * session - one stretch of work: the session file, version 1, and how verbs change it.
 *
 * Pure: no clock, no disk. A session is its JSON document (`root`), in which members nobody here
 * knows are kept, with the members everybody needs beside it as plain fields. The functions that
 * change it change both; a field is never set by hand. Money is nano-dollars here and decimal
 * dollars in the file. Texts live in the arena given to session_parse() or session_new().
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "model/id.h"
#include "model/level.h"

struct arena;
struct buf;
struct err;
struct json;
struct worked;

enum { SESSION_VERSION = 1 };

enum session_status {
    SESSION_ACTIVE,
    SESSION_PAUSED,
    SESSION_STALE,
    SESSION_COMPLETED,
    SESSION_ABANDONED,
};

struct session {
    struct json *root;
    char id[ID_SIZE];
    enum level level;
    enum session_status status;
    const char *purpose; /* NULL: not said yet */
    int episode;         /* -1: none */
    int64_t started_at_ns;
    int64_t ended_at_ns;      /* 0: not ended */
    int64_t budget_nano_usd;  /* -1: none */
    int64_t estimate_minutes; /* -1: none */
    bool needs_newer;         /* the file asks for a newer version to write it */
};

struct session_start { /* what `start` knows; texts may be NULL unless said */
    char id[ID_SIZE];
    enum level level;
    int episode;
    const char *purpose;
    const char *project; /* the project's name; never NULL */
    const char *branch;
    const char *git_head;
    const char *agent_session; /* the agent session it was started from: it is bound to it */
    const char *by;            /* "command line", "agent": who started it */
    const char *template_name;
    const char *template_hash;
    int64_t started_at_ns;
    int64_t budget_nano_usd;
    int64_t estimate_minutes;
    bool measured; /* a log source is readable: counters begin at 0, else they are unknown */
};

struct session_claim { /* an interval of an agent session, or (NULL) of the project */
    const char *agent_session;
    int64_t from_ns;
    int64_t to_ns; /* INT64_MAX while open */
};

const char *session_status_name(enum session_status status);
bool session_is_open(const struct session *session); /* not completed, not abandoned */

/* `name` is the file, for the place of a mistake. ERR_DAMAGED says what is wrong. */
bool session_parse(struct arena *arena, const char *text, size_t length, const char *name,
                   struct session *out, struct err *err) MUST_USE;
/* The blocks of `template` (its member "session") under the members of a new session. */
void session_new(struct arena *arena, const struct session_start *start,
                 const struct json *template_session, struct session *out);
void session_write(const struct session *session, struct buf *out);

void session_touch(struct session *session, int64_t now_ns); /* updated_at */
/* One more entry of the timeline, in which the caller may put more. */
struct json *session_log(struct session *session, const char *event, int64_t now_ns);
void session_tag(struct session *session, const char *key, const char *value);
void session_set_purpose(struct session *session, struct arena *arena, const char *purpose);
/* Status, ended_at, the timeline's end and every open claim's. `why` may be NULL. */
void session_end(struct session *session, enum session_status status, const char *why,
                 int64_t now_ns);

/* What it claims of agents' work, without pauses, in the arena. */
void session_claims(const struct session *session, struct arena *arena,
                    struct session_claim **claims, size_t *count);
/* A score by name out of metrics.quality_tracking; false while null. */
bool session_score(const struct session *session, const char *name, double *out);
/* The list metrics.progress_tracking.<name>, made when it is not there. */
struct json *session_progress(const struct session *session, const char *name);
/* An entry of such a list as text: its member "text", or the plain string itself; "" for neither.
 */
const char *session_entry_text(const struct json *entry);
/* Tags as "key=value", in their order; NULL at the end. */
const char *session_tag_at(const struct session *session, struct arena *arena, size_t index);
