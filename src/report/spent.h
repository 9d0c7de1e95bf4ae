#pragma once
/*
 * spent - the figures every report shows of an account: money, tokens, time, errors, models.
 *
 * Without a ledger (`measured` false) they are unknown, not 0.
 */
#include <stdbool.h>
#include <stdint.h>

#include "doc/doc.h"

struct summary;
struct usage_sum;
struct worked;

struct figure spent_cost(const struct usage_sum *sum, bool measured);
struct figure spent_tokens(const struct usage_sum *sum, bool measured);
struct figure spent_active(const struct worked *worked, bool measured);
struct figure spent_errors_share(const struct worked *worked, bool measured);
/* The measured figures of a session; those frozen in its file where the ledger has none of its
 * calls (a ledger of another machine, or lost). */
struct figure spent_of_session(const struct summary *session, const struct worked *worked,
                               bool measured);
struct figure tokens_of_session(const struct summary *session, const struct worked *worked,
                                bool measured);
struct figure active_of_session(const struct summary *session, const struct worked *worked,
                                bool measured);
/* A table of what each model cost, named by_model; nothing when no call was made. */
void spent_models(struct doc *doc, const struct worked *worked);
/* A line "Services  perplexity 3 · web_search 2"; nothing when none was called. */
void spent_services(struct doc *doc, const struct worked *worked);
/* Warns of calls without a price. */
void spent_warn_unpriced(struct doc *doc, const struct worked *worked);
