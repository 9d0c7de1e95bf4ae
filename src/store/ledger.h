#pragma once
/*
 * ledger - what was measured: one row per API call, tool call, prompt and error, for ever.
 *
 * Truth, not cache: it outlives the agents' own logs, migrates forward, and is never rebuilt by
 * dropping it. Reading a log again, in any order, from a copy, a fork or a rewrite of it, changes
 * no figure: every fact has a key, and the most complete record of a call wins (docs/counting.md).
 * Merging only ever adds or completes; what a log no longer says stays.
 *
 * SQLite, journal_mode=TRUNCATE, synchronous=FULL, BEGIN IMMEDIATE. Texts that repeat (sessions,
 * projects, models, branches, tool names) are kept once and travel as small ids; id 0 is "".
 * A transaction of a writer is short; readers finish at once.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/file.h"
#include "model/call.h"

struct arena;
struct err;
struct ledger;
struct ledger_cursor;

enum ledger_mode {
    LEDGER_READ, /* ERR_NOT_FOUND where there is none yet */
    LEDGER_WRITE /* made, with its folder, where there is none yet */
};

/* ERR_BUSY when locked for longer than `wait_ms`; ERR_NEWER when a newer version made it;
 * ERR_DAMAGED when it is no ledger. */
bool ledger_open(const char *path, enum ledger_mode mode, int wait_ms, struct ledger **out,
                 struct err *err) MUST_USE;
void ledger_close(struct ledger **ledger);

/* --- texts ------------------------------------------------------------------------------- */
/* 0 when never seen. */
bool ledger_text_id(struct ledger *ledger, const char *text, int64_t *id, struct err *err) MUST_USE;
/* "" for 0 and for unknown ids. Where one cannot be read, walks and commits fail from then on. */
const char *ledger_text(struct ledger *ledger, int64_t id);

/* --- writing (the ingest room) ------------------------------------------------------------ */
struct log_state { /* how far one log file has been read */
    int64_t id;    /* 0: never seen */
    struct file_state file;
    int64_t offset;    /* just past the last complete line that was read */
    int64_t head_hash; /* of the first min(offset, LOG_WINDOW) bytes */
    int64_t tail_hash; /* of the last min(offset, LOG_WINDOW) bytes before `offset` */
    bool reread;       /* given to ledger_merge only: read again from its start */
};

enum { LOG_WINDOW = 4096 };

struct log_owner { /* to whom the facts of one log file belong */
    const char *path;
    const char *session; /* agent session */
    const char *project; /* root folder */
    const char *agent; /* whose log it is, where a call does not say; "" or NULL: of no subagent */
};

bool ledger_begin(struct ledger *ledger, struct err *err) MUST_USE;
bool ledger_commit(struct ledger *ledger, struct err *err) MUST_USE;
void ledger_rollback(struct ledger *ledger); /* after a failure; nothing when none is open */

bool ledger_log_find(struct ledger *ledger, const char *path, struct log_state *out,
                     struct err *err) MUST_USE; /* id 0 when never seen */
/* All logs by path, compared by bytes; `path` is good until the next step. */
bool ledger_logs_open(struct ledger *ledger, struct ledger_cursor **out, struct err *err) MUST_USE;
bool ledger_logs_next(struct ledger_cursor *cursor, struct log_state *out, const char **path,
                      bool *more, struct err *err) MUST_USE;
/* Merge what was read and remember how far, in the open transaction. What the log's row already
 * says of session and project wins over `owner`, unless the log is read again. `costs[i]` belongs
 * to harvest->calls[i]: nano-dollars or USAGE_UNPRICED. With state->reread, damages of the file
 * known from before are forgotten first (calls never are). */
bool ledger_merge(struct ledger *ledger, const struct log_owner *owner,
                  const struct harvest *harvest, const int64_t *costs,
                  const struct log_state *state, struct err *err) MUST_USE;
/* Has anything been merged since that owners depend on? */
bool ledger_unsettled(struct ledger *ledger, bool *out, struct err *err) MUST_USE;
/* From now on commits leave the sums of calls stale, for ledger_rollups_renew(): an import of many
 * logs would renew the same ones again and again. Whoever reads them meanwhile, reads the calls. */
void ledger_rollups_defer(struct ledger *ledger);
bool ledger_rollups_stale(struct ledger *ledger, bool *out, struct err *err) MUST_USE;
/* In the open transaction: all of them anew, where they are stale. */
bool ledger_rollups_renew(struct ledger *ledger, struct err *err) MUST_USE;
/* Decide to which session calls seen in several belong (docs/counting.md, "owner"); once at the
 * end of an import, in the open transaction. */
bool ledger_settle_owners(struct ledger *ledger, struct err *err) MUST_USE;

enum { LEDGER_UNPRICED_MOST = 1000 };

/* Calls without a cost, up to LEDGER_UNPRICED_MOST after `after` (NULL: from the first), in the
 * arena: with what a price depends on, nothing else. For when the price table has learned more
 * models. */
struct ledger_unpriced {
    int64_t message; /* the call's key */
    int64_t request;
    struct call call;
};
bool ledger_unpriced(struct ledger *ledger, struct arena *arena,
                     const struct ledger_unpriced *after, struct ledger_unpriced **out,
                     size_t *count, struct err *err) MUST_USE;
bool ledger_cost_set(struct ledger *ledger, const struct ledger_unpriced *call, int64_t nano_usd,
                     struct err *err) MUST_USE;

/* --- repricing (ledger_reprice.c) -------------------------------------------------------- */
/* A call keeps the price it was counted with, whatever later tables say; only this changes it. */
struct ledger_costed { /* a call with its cost so far */
    struct ledger_unpriced key;
    int64_t cost_nano_usd; /* USAGE_UNPRICED when unknown; its new one, when given back */
    bool counted;          /* false: in no sum */
};

struct ledger_repricing { /* one that was done */
    int64_t at_ns;
    int64_t since_ns;
    int64_t table_hash;
    const char *table; /* name of the price table */
    int64_t calls;     /* that cost something else since */
    int64_t before_nano_usd;
    int64_t after_nano_usd;
};

struct ledger_costs; /* a walk over calls */

/* Walk all calls from `since_ns` on. Read first, then write: changes during the walk may be seen.
 */
bool ledger_costs_open(struct ledger *ledger, int64_t since_ns, struct ledger_costs **out,
                       struct err *err) MUST_USE;
bool ledger_costs_next(struct ledger_costs *costs, struct ledger_costed *out, bool *more,
                       struct err *err) MUST_USE;
void ledger_costs_close(struct ledger_costs **costs);
/* Give these calls their new costs and remember that it was done, in the open transaction. */
bool ledger_reprice(struct ledger *ledger, const struct ledger_costed *changed, size_t count,
                    const struct ledger_repricing *done, struct err *err) MUST_USE;
/* The last hundred that were done, the latest first. */
bool ledger_repricings(struct ledger *ledger, struct arena *arena, struct ledger_repricing **out,
                       size_t *count, struct err *err) MUST_USE;

/* Small facts by name, kept for ever: the hash of the price table last used, and the like. 0 when
 * never set. */
bool ledger_fact_get(struct ledger *ledger, const char *name, int64_t *out,
                     struct err *err) MUST_USE;
bool ledger_fact_set(struct ledger *ledger, const char *name, int64_t value,
                     struct err *err) MUST_USE;
/* The project folders that hold session files: reindex visits them. Added once, never removed. */
bool ledger_store_add(struct ledger *ledger, const char *folder, struct err *err) MUST_USE;
bool ledger_stores(struct ledger *ledger, struct arena *arena, const char ***folders, size_t *count,
                   struct err *err) MUST_USE;

/* --- reading ----------------------------------------------------------------------------- */
struct ledger_window { /* half-open; 0 texts: any */
    int64_t from_ns;
    int64_t to_ns;
    int64_t project; /* text id of a project's root, 0: all */
};

struct ledger_call { /* one call, counted once */
    int64_t at_ns;
    int64_t session; /* text ids */
    int64_t project;
    int64_t model;
    int64_t branch;
    int64_t agent; /* the subagent; 0: the main thread, or not told */
    struct usage usage;
    int64_t cost_nano_usd; /* USAGE_UNPRICED when unknown */
    enum call_speed speed;
    unsigned flags;
};

enum { LEDGER_ROLLUP_MINUTES = 15 }; /* every zone of today keeps whole quarters of an hour */

struct ledger_rollup { /* calls of one quarter of an hour; text ids */
    int64_t session;
    int64_t project;
    int64_t model;
    int64_t branch;
    int64_t first_at_ns;
    int64_t last_at_ns;
    struct usage_sum sum;
};

struct ledger_tool {
    int64_t at_ns;
    int64_t session;
    int64_t project;
    int64_t name;
    enum tool_state state;
    int64_t result_bytes; /* as JSON; 0 without a result */
    int64_t took_ns;      /* from use to result; -1 when not known */
};

struct ledger_event { /* a prompt or an API error */
    int64_t at_ns;
    int64_t session;
    int64_t project;
    const char *text; /* of a prompt; "" of an error; good until the next step */
};

struct ledger_compaction {
    int64_t at_ns;
    int64_t session;
    int64_t project;
    int64_t trigger;    /* a text id */
    int64_t pre_tokens; /* 0: not told */
    int64_t post_tokens;
};

struct ledger_span {
    int64_t session;
    int64_t project;
    struct span span;
};

/* Walk the rows in a window, by time. The cursor holds a read transaction: walk, then close. */
bool ledger_calls_open(struct ledger *ledger, const struct ledger_window *window,
                       struct ledger_cursor **out, struct err *err) MUST_USE;
bool ledger_calls_next(struct ledger_cursor *cursor, struct ledger_call *out, bool *more,
                       struct err *err) MUST_USE;
/* The calls of a window as sums, in no order that matters. What lies between two full quarters of
 * an hour comes summed, the rest of the window call by call: the figures are always exact. */
bool ledger_rollups_open(struct ledger *ledger, const struct ledger_window *window,
                         struct ledger_cursor **out, struct err *err) MUST_USE;
bool ledger_rollups_next(struct ledger_cursor *cursor, struct ledger_rollup *out, bool *more,
                         struct err *err) MUST_USE;
/* The ids the log gave the call just read, "" where it gave none; good until the next step. */
void ledger_calls_ids(struct ledger_cursor *cursor, const char **message, const char **request);
bool ledger_tools_open(struct ledger *ledger, const struct ledger_window *window,
                       struct ledger_cursor **out, struct err *err) MUST_USE;
bool ledger_tools_next(struct ledger_cursor *cursor, struct ledger_tool *out, bool *more,
                       struct err *err) MUST_USE;
bool ledger_prompts_open(struct ledger *ledger, const struct ledger_window *window,
                         struct ledger_cursor **out, struct err *err) MUST_USE;
bool ledger_api_errors_open(struct ledger *ledger, const struct ledger_window *window,
                            struct ledger_cursor **out, struct err *err) MUST_USE;
bool ledger_events_next(struct ledger_cursor *cursor, struct ledger_event *out, bool *more,
                        struct err *err) MUST_USE;
bool ledger_compactions_open(struct ledger *ledger, const struct ledger_window *window,
                             struct ledger_cursor **out, struct err *err) MUST_USE;
bool ledger_compactions_next(struct ledger_cursor *cursor, struct ledger_compaction *out,
                             bool *more, struct err *err) MUST_USE;
bool ledger_spans_open(struct ledger *ledger, const struct ledger_window *window,
                       struct ledger_cursor **out, struct err *err) MUST_USE;
bool ledger_spans_next(struct ledger_cursor *cursor, struct ledger_span *out, bool *more,
                       struct err *err) MUST_USE;
void ledger_cursor_close(struct ledger_cursor **cursor);

struct ledger_damage {
    const char *path;
    int64_t offset;
    int64_t length;
    const char *reason;
};

struct ledger_totals {
    int64_t logs;        /* files */
    int64_t bytes;       /* read of them */
    int64_t sessions;    /* agent sessions with at least one call */
    int64_t first_at_ns; /* of the calls; 0 when none */
    int64_t last_at_ns;
    int64_t damages; /* lines that could not be read */
};

bool ledger_totals(struct ledger *ledger, struct ledger_totals *out, struct err *err) MUST_USE;
/* The first `limit` damages by path and offset. */
bool ledger_damages(struct ledger *ledger, struct arena *arena, size_t limit,
                    struct ledger_damage **out, size_t *count, struct err *err) MUST_USE;
/* SQLite's own check of the file and ours of the rows; one line a finding. */
bool ledger_check(struct ledger *ledger, struct arena *arena, const char ***findings, size_t *count,
                  struct err *err) MUST_USE;
