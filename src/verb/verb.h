#pragma once
/*
 * verb - everything the program can be asked to do, as data.
 *
 * A verb declares its name, its parameters and what it needs; run() takes a request and fills a
 * doc. Every face reads the same rows: the command line parses argv into a request, later faces
 * their own protocols. What a row's flags name is set up before run() and let go after it; a verb
 * opens nothing itself. Adding a verb is one file and one row (verb.c, verbs.h).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "store/home.h"
#include "store/settings.h"

struct arena;
struct catalog;
struct doc;
struct err;
struct ledger;
struct price_table;
struct shelf;

enum { VERB_PARAMS = 20 };

enum param_kind {
    PARAM_WORD, /* a positional word */
    PARAM_REST, /* all positional words that are left, joined with spaces */
    PARAM_TEXT, /* --name VALUE */
    PARAM_MANY, /* --name VALUE, as often as wanted */
    PARAM_FLAG, /* --name */
};

struct param {
    const char *name;
    enum param_kind kind;
    const char *help;
    const char *values; /* the words it may be, "|daily|weekly|"; NULL: any */
    bool required;
};

enum verb_flag {
    VERB_PROJECT = 1 << 0, /* needs a project: request->home.project is set */
    VERB_LEDGER =
        1 << 1, /* the ledger, brought up to date; NULL (and a warning) if it cannot be had */
    VERB_CATALOG = 1 << 2, /* the catalog; NULL when it cannot be had */
    VERB_WRITES = 1 << 3,  /* changes session files: request->shelf is open and locked */
    VERB_IMPORTS = 1 << 5, /* the ledger as it stands, for writing: the verb brings it up to date */
    VERB_ALONE = 1 << 6,   /* looks at nothing: no folders, no settings */
    VERB_FIRST = 1 << 4,   /* among the ten that `help` shows */
    VERB_TREE = 1 << 7,    /* also answers in another tool's shape: doc->tree */
};

struct surroundings { /* what only the face knows */
    struct home_env places;
    const char *agent_session; /* the agent session we were started from; NULL */
    const char *timezone;      /* --tz; NULL */
    const char *timezone_env;  /* TZ; NULL */
    int64_t now_ns;
    /* Ask the person at the terminal; NULL: there is none, or they said nothing. */
    const char *(*ask)(struct arena *arena, const char *question);
    /* Told how far an import has come; may be NULL. */
    void (*progress)(void *to, int64_t done_bytes, int64_t all_bytes);
    void *progress_to;
};

struct request {
    const struct verb *verb;
    struct arena *arena;
    const struct surroundings *around;
    int64_t now_ns;
    const char
        *format; /* how the answer will be written, for VERB_TREE; else none of its business */
    struct home home;
    struct settings settings;
    const char *bad_zone;       /* the settings name a zone that is none; NULL */
    struct price_table *prices; /* with VERB_LEDGER */
    struct ledger *ledger;      /* with VERB_LEDGER; NULL when it cannot be had */
    bool measured;           /* there is a ledger, and logs to fill it: 0 means none, not unknown */
    struct catalog *catalog; /* with VERB_CATALOG; NULL when it cannot be had */
    struct shelf *shelf;     /* with VERB_WRITES */
    const char *values[VERB_PARAMS]; /* NULL: not given; same order as the verb's */
    const char **many[VERB_PARAMS];  /* of PARAM_MANY */
    size_t many_count[VERB_PARAMS];
};

struct verb {
    const char *name;
    const char *summary;
    unsigned flags;
    struct param params[VERB_PARAMS]; /* ends at the first without a name */
    /* Where what is needed depends on the words given (`task list` only reads). NULL: flags. */
    unsigned (*needs)(const struct request *request);
    /* Before anything is locked: questions to a person go here. NULL: nothing to ask. */
    void (*prepare)(struct request *request);
    bool (*run)(struct request *request, struct doc *out, struct err *err);
};

const struct verb *verb_find(const char *name);
const struct verb *verb_at(size_t index); /* NULL past the end */

/* Give the next positional word to the parameter that takes it. */
bool request_word(struct request *request, const char *word, struct err *err) MUST_USE;
/* Set an option by name. `value` NULL: it stands alone. ERR_USAGE when the verb has none such. */
bool request_option(struct request *request, const char *name, const char *value,
                    struct err *err) MUST_USE;
bool request_option_takes_value(const struct request *request, const char *name);
/* What run() asks: */
const char *request_text(const struct request *request, const char *name); /* NULL: not given */
bool request_flag(const struct request *request, const char *name);
void request_many(const struct request *request, const char *name, const char ***items,
                  size_t *count);
/* An option that is a time: RFC 3339, "2026-10-06 14:55" or "14:55" (today); now when not given.
 * ERR_USAGE for anything else and for the future. */
bool request_time(const struct request *request, const char *name, int64_t *at_ns,
                  struct err *err) MUST_USE;

/* Check the parameters, set up what the row's flags name, run, let go. */
bool request_run(struct request *request, struct doc *out, struct err *err) MUST_USE;
