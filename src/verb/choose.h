#pragma once
/*
 * choose - which session a word means: a whole id, a unique beginning, "@" (the current one),
 * "@-1" (the one before it), a level's word, or a short form.
 */
#include <stdbool.h>

#include "base/attr.h"

struct err;
struct request;
struct roster;
struct summary;

/* The session that `end` without an id means, among the open ones: the one bound to the agent
 * session we were started from, else the only one. NULL and ERR_NOT_FOUND when none is open;
 * ERR_AMBIGUOUS with the list when several could be meant. */
const struct summary *choose_current(const struct request *request, const struct roster *roster,
                                     struct err *err) MUST_USE;
/* The same for any word. ERR_USAGE for what cannot be an id, ERR_NOT_FOUND, ERR_AMBIGUOUS. Short
 * forms and beginnings look among the open sessions first, then among all. */
const struct summary *choose_session(const struct request *request, const struct roster *roster,
                                     const char *word, struct err *err) MUST_USE;
