#pragma once
/*
 * worked - what agents' logs say was done and spent in one work session, or any other share of
 * the whole: sums by model and service, tool calls, errors, active time. Pure.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "model/call.h"
#include "model/usage.h"

struct arena;
struct json;
struct service_rules;

struct worked_model {
    const char *model;
    struct usage_sum sum;
};

struct worked_service {
    const char *service;
    int64_t calls;
};

struct worked {
    struct usage_sum sum;
    struct worked_model *models; /* by cost, then tokens, most first, after worked_finish() */
    size_t model_count;
    struct worked_service *services; /* in the order first seen */
    size_t service_count;
    int64_t tool_calls;   /* made; declined ones were not */
    int64_t tool_pending; /* of them, without a result in the log yet */
    int64_t tool_errors;
    int64_t tool_declined;
    int64_t api_errors;
    int64_t prompts;
    int64_t active_ns; /* after worked_finish() */
    struct span *spans;
    size_t span_count;
    bool overflow; /* a sum left int64: the figures are not to be used */
};

/* Texts are kept as they are: they must outlive the worked. */
void worked_call(struct worked *worked, struct arena *arena, const char *model,
                 const struct usage *usage, int64_t cost_nano_usd);
void worked_tool(struct worked *worked, struct arena *arena, const struct service_rules *rules,
                 const char *name, enum tool_state state);
void worked_span(struct worked *worked, struct arena *arena, struct span span);
void worked_finish(struct worked *worked);
/* Failed tool calls among those that were answered, declined ones in neither; false when none were.
 */
bool worked_error_share(const struct worked *worked, int64_t *failed, int64_t *all, double *share);
/* Put the figures into metrics.cost_tracking, .time_tracking and .error_tracking of a session;
 * NULL: they are not known, and what was put there before is taken out. */
void worked_freeze(const struct worked *worked, struct json *session_root);
