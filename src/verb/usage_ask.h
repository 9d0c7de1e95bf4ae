#pragma once
/*
 * usage_ask - what `usage` was asked: which rows, of which calls. Shared by the files that answer
 * it: usage_rows (calls by day, model, branch ...), usage_blocks, usage_tools,
 * usage_explain.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "measure/tally.h"
#include "model/level.h"
#include "model/period.h"
#include "verb/account.h"

struct doc;
struct err;
struct ledger_call;
struct ledger_window;
struct request;
struct usage_ask;

enum usage_grouping {
    USAGE_BY_DAY,
    USAGE_BY_WEEK,
    USAGE_BY_MONTH,
    USAGE_BY_SESSION,
    USAGE_BY_MODEL,
    USAGE_BY_PROJECT,
    USAGE_BY_BRANCH,
    USAGE_BY_BLOCK,
    USAGE_BY_TOOL,
    USAGE_EXPLAIN,
};

struct usage_unit { /* a word after `usage` */
    const char *word;
    const char *also; /* another word for it; NULL */
    const char *key;  /* of a row in JSON */
    const char *head; /* on screens */
    enum usage_grouping grouping;
    enum tally_order order;
    bool (*run)(struct usage_ask *ask, struct doc *out, struct err *err);
};

struct usage_ask {
    struct request *request;
    const struct usage_unit *unit;
    struct period_rules rules;
    struct period period;
    const char *project; /* a pattern; NULL: any */
    const char *model;
    enum level level; /* LEVEL_NONE: any, and none */
    struct account_owners owners;
    bool breakdown;    /* each row's models, too */
    bool instances;    /* each project's rows apart */
    bool ccusage;      /* in ccusage's shape */
    bool newest_first; /* the last row first */
};

/* Reads the options. ERR_USAGE for what cannot be asked together. */
bool usage_ask_read(struct request *request, const struct usage_unit *unit, struct usage_ask *out,
                    struct err *err) MUST_USE;
/* The calls and tool calls to look at. */
struct ledger_window usage_ask_window(const struct usage_ask *ask);
/* The filters: by place (project, level) for anything in the ledger, and for a call by its model,
 * too. */
bool usage_ask_place(const struct usage_ask *ask, int64_t session, int64_t project, int64_t at_ns);
bool usage_ask_model_fits(const struct usage_ask *ask, int64_t model);
bool usage_ask_call(const struct usage_ask *ask, const struct ledger_call *call);

enum { USAGE_NAME_SIZE = 512 };
/* The model of a call as the answer names it; `scratch` may be used. */
const char *usage_ask_model(const struct usage_ask *ask, const struct ledger_call *call,
                            char scratch[USAGE_NAME_SIZE]);

struct usage_flaws { /* what every total must say of itself */
    int64_t damages; /* lines of logs that could not be read, over all logs */
    const char *first_damage;
};
bool usage_ask_flaws(const struct usage_ask *ask, struct usage_flaws *out,
                     struct err *err) MUST_USE;

bool usage_rows_run(struct usage_ask *ask, struct doc *out, struct err *err) MUST_USE;
bool usage_blocks_run(struct usage_ask *ask, struct doc *out, struct err *err) MUST_USE;
bool usage_explain_run(struct usage_ask *ask, struct doc *out, struct err *err) MUST_USE;
bool usage_tools_run(struct usage_ask *ask, struct doc *out, struct err *err) MUST_USE;
