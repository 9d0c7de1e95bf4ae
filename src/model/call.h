#pragma once
/*
 * call - what an agent's log says happened: API calls, tool calls, prompts, errors.
 *
 * Plain data, as one log line said it, before anything is counted; texts live in the arena of
 * the harvest they are in. The rules of what counts once: docs/counting.md. Sources: the log
 * format of Claude Code 1.0 to 2.1.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/usage.h"

enum call_speed { CALL_STANDARD, CALL_FAST };

enum call_flag {
    CALL_SIDECHAIN = 1 << 0, /* a subagent's, or a side question's replay of its parent */
    CALL_NESTED = 1 << 1,    /* only seen inside a progress record */
    CALL_OPEN = 1 << 2,      /* no stop reason yet: the output may be less than was billed */
    CALL_GEO_US = 1 << 3,    /* inference_geo "us": priced higher by the table's factor */
    CALL_ODD_TIER = 1 << 4,  /* a service tier without a list price */
};

struct call { /* one record of an API call; several records may tell of the same call */
    const char *message_id;     /* "" when absent */
    const char *request_id;     /* "" when absent (gateways) */
    const char *uuid;           /* of the record; "" when absent */
    const char *origin_session; /* forkedFrom.sessionId; "" when absent */
    const char *model;
    const char *branch; /* git branch; "" when absent */
    const char *agent;  /* the subagent's id; "" or NULL: the main thread, or not told */
    int64_t at_ns;
    struct usage usage;
    enum call_speed speed;
    unsigned flags;
    int advisor; /* 0: the call itself; n: its n-th advisor iteration, a call of its own */
};

enum tool_state { TOOL_PENDING, TOOL_OK, TOOL_ERROR, TOOL_DECLINED };

struct tool_use {
    const char *id; /* tool_use id; never "" */
    const char *name;
    int64_t at_ns;
};

struct tool_result {
    const char *id;
    enum tool_state state; /* never TOOL_PENDING */
    int64_t at_ns;
    int64_t bytes; /* of its content, as JSON */
};

struct prompt { /* something a person typed */
    const char *uuid;
    const char *text; /* its first 200 characters */
    int64_t at_ns;
};

struct api_error { /* a request that failed: isApiErrorMessage, or a system api_error record */
    const char *uuid;
    int64_t at_ns;
};

struct compaction { /* the conversation was replaced by a summary of it */
    const char *uuid;
    const char *trigger; /* "auto", "manual", ... */
    int64_t pre_tokens;  /* 0 when the log does not say */
    int64_t post_tokens;
    int64_t at_ns;
};

struct damage {         /* bytes of a log that could not be read; skipped, counted, never guessed */
    int64_t offset;     /* of the line, from the file's start */
    int64_t length;     /* of the line, without its newline */
    const char *reason; /* a literal */
};

struct span { /* a stretch without a gap of more than ACTIVITY_GAP_NS between two records */
    int64_t from_ns;
    int64_t to_ns;
};

#define ACTIVITY_GAP_NS (INT64_C(5) * 60 * 1000000000)

struct harvest { /* what one stretch of one log file holds, in the order it stands there */
    struct call *calls;
    size_t call_count;
    struct tool_use *tool_uses;
    size_t tool_use_count;
    struct tool_result *tool_results;
    size_t tool_result_count;
    struct prompt *prompts;
    size_t prompt_count;
    struct api_error *api_errors;
    size_t api_error_count;
    struct compaction *compactions;
    size_t compaction_count;
    struct damage *damages;
    size_t damage_count;
    struct span *spans;
    size_t span_count;
    int64_t lines;       /* complete lines read, blank ones too */
    const char *session; /* the first sessionId seen; "" when none */
    const char *cwd;     /* the first cwd seen; "" when none */
};
