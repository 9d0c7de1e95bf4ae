#pragma once
/*
 * summary - what reports over many sessions need of one: small, flat, and kept by the catalog.
 * Pure.
 *
 * `frozen` is what the session file says was measured up to its last save; the ledger, where it
 * has the session's calls, knows better.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/id.h"
#include "model/session.h"

struct arena;

struct summary {
    char id[ID_SIZE];
    const char *project; /* the folder that holds .claude/ */
    const char *path;    /* of the session file */
    bool archived;
    enum level level;
    enum session_status status;
    int episode;         /* -1: none */
    const char *purpose; /* "" when not said */
    int64_t started_at_ns;
    int64_t ended_at_ns;      /* 0: not ended */
    int64_t budget_nano_usd;  /* -1: none */
    int64_t estimate_minutes; /* -1: none */
    int64_t tasks_pending;
    int64_t tasks_done;
    double quality;          /* overall; -1: not scored */
    int64_t frozen_tokens;   /* -1: not known */
    int64_t frozen_nano_usd; /* -1: not known */
    int64_t frozen_active_s; /* -1: not known */
    const struct session_claim *claims;
    size_t claim_count;
};

struct summaries {
    struct summary *items;
    size_t count;
};

void summary_of(const struct session *session, struct arena *arena, struct summary *out);
