#pragma once
/*
 * binding - which work session an instant of an agent's work belongs to. Pure.
 *
 * A work session claims an interval of one agent session, or, unbound, of a project folder. A
 * claim on the agent session itself goes before a claim on its project; among equals the session
 * that started last wins; an instant no claim covers belongs to none (unattributed). Intervals
 * are half-open. Agent sessions and projects travel as ids (the ledger's text ids).
 */
#include <stddef.h>
#include <stdint.h>

struct arena;

struct binding {
    size_t owner;          /* index of the work session in the caller's list */
    int64_t agent_session; /* 0: unbound, claims the project */
    int64_t project;
    int64_t from_ns;
    int64_t to_ns; /* INT64_MAX while open */
};

struct binding_set; /* in its arena; copies what it is given */

#define BINDING_NONE SIZE_MAX

struct binding_set *binding_set_new(struct arena *arena, const struct binding *items, size_t count);
/* BINDING_NONE when nothing claims it. */
size_t binding_owner(const struct binding_set *set, int64_t agent_session, int64_t project,
                     int64_t at_ns);
/* The next instant after `at_ns` at which binding_owner() may change for them; INT64_MAX: never. */
int64_t binding_next_edge(const struct binding_set *set, int64_t agent_session, int64_t project,
                          int64_t at_ns);
