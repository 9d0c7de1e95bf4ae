#pragma once
/*
 * ledger_inside - what the files of the ledger share; nobody else includes it.
 *
 * ledger.c opens, keeps texts and small facts; ledger_call.c decides which record of a call
 * stands; ledger_owner.c whose a fact is; ledger_merge.c writes harvests; ledger_rollup.c keeps
 * the sums; ledger_reprice.c changes costs on request; ledger_read.c reads.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "store/ledger.h"
#include "store/sql.h"

enum { LEDGER_STATEMENTS = 64 };

struct ledger_statement {
    const char *sql; /* found again by its address */
    sqlite3_stmt *stmt;
};

struct ledger_texts { /* cache of the table `text`, both ways */
    struct arena arena;
    const char **by_id; /* NULL: not looked up yet */
    size_t id_room;
    int64_t *slots; /* ids by hash, open addressing, at most half full; 0: free */
    size_t slot_room;
    size_t used;
    int64_t first_new; /* ids from here on are of the open transaction; 0: none */
};

struct ledger_numbers { /* a set: open addressing, at most half full; 0 is never in it */
    int64_t *slots;
    size_t room;
    size_t used;
};

/* The keys of all facts in a ledger that was empty when this connection first wrote to it: what is
 * not among them needs no asking. Given up where anybody else has written, or it grows too large.
 */
struct ledger_keys {
    enum { KEYS_UNKNOWN, KEYS_ALL, KEYS_GIVEN_UP } state;
    struct ledger_numbers numbers;
    int64_t data_version;
};

struct ledger {
    sqlite3 *db;
    struct ledger_texts texts;
    struct ledger_statement statements[LEDGER_STATEMENTS];
    size_t statement_count;
    bool writing;     /* between begin and commit or rollback */
    bool unsettled;   /* this transaction has already said that owners must be settled */
    bool uncontested; /* this transaction knows that no session is in `contested` */
    bool rolls_late;  /* commits leave the rollups stale */
    struct ledger_numbers quarters; /* whose rollups this transaction must renew */
    struct ledger_keys keys;
    struct err unread; /* why a text could not be read; no answer may stand on its "" */
};

/* False once a text could not be read. */
bool ledger_texts_read(const struct ledger *ledger, struct err *err) MUST_USE;
/* A kept statement for constant SQL, ready to bind. Declare it CLEANUP(sql_leave). */
bool ledger_use(struct ledger *ledger, const char *sql, sqlite3_stmt **out,
                struct err *err) MUST_USE;
/* The id of a text, made when it is new. */
bool ledger_intern(struct ledger *ledger, const char *text, int64_t *id, struct err *err) MUST_USE;

struct ledger_cursor {
    struct ledger *ledger;
    sqlite3_stmt *stmt;
};
/* Every walk binds ?1 from, ?2 to, ?3 project (0: all). */
bool ledger_cursor_open(struct ledger *ledger, const char *sql, const struct ledger_window *window,
                        struct ledger_cursor **out, struct err *err) MUST_USE;
/* The last step tells if the names of all the others were read. */
bool ledger_cursor_step(struct ledger_cursor *cursor, bool *more, struct err *err) MUST_USE;

/* False where it was in there already. */
bool ledger_numbers_add(struct ledger_numbers *numbers, int64_t number);
void ledger_numbers_clear(struct ledger_numbers *numbers);
/* Can a fact with this key be in the ledger? It counts as known from then on. */
bool ledger_may_know(struct ledger *ledger, int64_t key);

/* --- rollups (ledger_rollup.c) ------------------------------------------------------------- */
/* A call at this time has been added, changed or dropped. */
void ledger_roll_at(struct ledger *ledger, int64_t at_ns);
/* Renew what the open transaction has changed, before it is committed. */
bool ledger_roll_commit(struct ledger *ledger, struct err *err) MUST_USE;
/* How many rollups are not what the calls say. */
bool ledger_roll_check(struct ledger *ledger, int64_t *wrong, struct err *err) MUST_USE;

/* A row of `log`, its columns from id to tail_hash. */
struct log_state ledger_log_of(sqlite3_stmt *stmt);

/* --- owners (ledger_owner.c) --------------------------------------------------------------- */
enum fact_kind { FACT_CALL, FACT_TOOL, FACT_PROMPT, FACT_API_ERROR, FACT_COMPACTION };

struct fact_key {
    enum fact_kind kind;
    int64_t a;
    int64_t b;
};

struct fact_owner {
    int64_t session;
    int64_t project;
    bool shared;
};

struct fact_sight { /* one record of a fact: where it stands, whence it says it comes */
    int64_t session;
    int64_t project;
    int64_t origin; /* session; 0 when it does not say */
};

/* Who owns a fact that `owner` had so far (NULL: nobody) and that was seen as `sight`, until
 * owners are settled. */
bool ledger_own(struct ledger *ledger, const struct fact_key *key, const struct fact_sight *sight,
                bool known, struct fact_owner *owner, struct err *err) MUST_USE;
/* Two calls turned out to be one: what was seen of `gone` was seen of `kept`. */
bool ledger_own_join(struct ledger *ledger, const struct fact_key *kept,
                     const struct fact_key *gone, const struct fact_owner *gone_owner,
                     struct fact_owner *owner, struct err *err) MUST_USE;
/* Of two names of one thing, each 0 when not told: the same whichever came first. */
int64_t ledger_name_of_both(struct ledger *ledger, int64_t a, int64_t b);
/* A call of one session alone is, or was, at this time. */
bool ledger_own_at(struct ledger *ledger, int64_t session, int64_t at_ns, struct err *err) MUST_USE;

/* --- calls (ledger_call.c) ----------------------------------------------------------------- */
struct log_place { /* the log a harvest comes from, as ids */
    int64_t log;
    int64_t session;
    int64_t project;
    int64_t agent;
    const char *session_text;
};

bool ledger_merge_calls(struct ledger *ledger, const struct log_place *place,
                        const struct harvest *harvest, const int64_t *costs,
                        struct err *err) MUST_USE;
