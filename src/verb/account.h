#pragma once
/*
 * account - joins work to usage: which work session each call, tool call and stretch of activity
 * in the ledger belongs to, by its own time (docs/counting.md, "Which work a call belongs to").
 *
 * What belongs to no session is unattributed: counted apart, never dropped.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "measure/service.h"
#include "measure/worked.h"
#include "model/summary.h"
#include "store/roster.h"

struct binding_set;
struct doc;
struct err;
struct request;

struct account_window {
    int64_t from_ns;
    int64_t to_ns;
    bool all_projects;
};

struct account {
    const struct summary *sessions; /* of the projects asked for; see `roster` for the damages */
    struct worked *worked;          /* one a session: what is its own within the window */
    size_t count;
    struct worked unattributed; /* in the window, of no session */
    struct worked total;        /* all of the window */
    struct roster roster;
    bool measured; /* a ledger was there: else every figure is unknown */
};

/* Sessions of this project, or of all. Fills `out` for the window. */
bool account_load(struct request *request, const struct account_window *window, struct account *out,
                  struct err *err) MUST_USE;
/* The sessions only, nothing measured. */
bool account_roster(struct request *request, bool all_projects, struct roster *out,
                    struct err *err) MUST_USE;
/* One session's own work over its whole life, by its claims as given (they need not be saved yet).
 * `*measured` false: there is no ledger, and nothing is known. Warns in `doc` of other sessions
 * that could not be read: what they claim may then be counted here. */
bool account_session(struct request *request, const struct summary *session, struct worked *out,
                     bool *measured, struct doc *doc, struct err *err) MUST_USE;
/* Whose an instant is, for those who walk the ledger themselves. */
struct account_owners {
    struct roster roster;
    struct binding_set *bindings;
};

/* Of all projects' sessions. Needs a ledger. */
bool account_owners(struct request *request, struct account_owners *out, struct err *err) MUST_USE;
/* `agent_session` and `project` are text ids of the ledger. NULL: of no session. */
const struct summary *account_owner(const struct account_owners *owners, int64_t agent_session,
                                    int64_t project, int64_t at_ns);
/* Which outside service a tool belongs to: the user's rules. */
struct service_rules account_services(struct request *request);
/* Warn of session files that could not be read. */
void account_warn(const struct account *account, struct doc *out);
void account_warn_roster(const struct roster *roster, struct doc *out);
/* The first prompt of the agent sessions `session` claims, at or after `from_ns`; NULL when none.
 */
const char *account_first_prompt(struct request *request, const struct summary *session,
                                 int64_t from_ns);
