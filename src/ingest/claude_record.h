#pragma once
/*
 * claude_record - what one line of a Claude Code log says, as it says it, nothing decided yet.
 *
 * Members may come in any order, so all are collected first. Texts point into the line; absent,
 * null and mistyped ones are empty, never NULL. A member that comes twice counts as the last.
 */
#include <stdbool.h>

#include "base/scan.h"
#include "ingest/claude_usage.h"

struct arena;

enum claude_flag {
    CLAUDE_SIDECHAIN = 1 << 0,
    CLAUDE_META = 1 << 1,
    CLAUDE_SUMMARY = 1 << 2,   /* of a compaction, or shown in the transcript only */
    CLAUDE_API_ERROR = 1 << 3, /* isApiErrorMessage */
    CLAUDE_DENIED = 1 << 4,    /* the user, or a rule of theirs, refused the tool */
};

struct claude_block { /* one tool_use or tool_result */
    struct claude_block *next;
    struct scan_text id; /* of the use, or of the use the result answers */
    struct scan_text name;
    int64_t bytes; /* of a result's content, as it stands there */
    bool result;
    bool failed;  /* is_error */
    bool refused; /* failed, and the text says that the user did not want it */
};

struct claude_message {
    struct scan_text id;
    struct scan_text model;
    struct scan_text stop_reason;
    struct scan_text text; /* the content, or its first text block */
    struct claude_usage usage;
    struct claude_block *blocks;
    bool has_result; /* any tool_result, with or without an id */
};

struct claude_record {
    struct scan_text type;
    struct scan_text subtype;
    struct scan_text timestamp;
    struct scan_text uuid;
    struct scan_text request_id;
    struct scan_text session;
    struct scan_text cwd;
    struct scan_text version;
    struct scan_text branch;
    struct scan_text agent;           /* of a subagent */
    struct scan_text origin_kind;     /* who sent it: "human", "peer", ... */
    struct scan_text origin_session;  /* forkedFrom.sessionId */
    struct scan_text compact_trigger; /* compactMetadata */
    int64_t compact_pre;              /* tokens; 0 when it does not say */
    int64_t compact_post;
    unsigned flags;
    unsigned given; /* the flags that stand there, true or false */
    struct claude_message message;
    struct claude_record *nested; /* data.message of a progress record; NULL when none */
    bool is_nested;
};

/* Reads the object the scan stands before. False when the next value is no object: not consumed.
 * Whether the line is whole, scan_end() says afterwards. `arena` need not outlive the line. */
bool claude_record_read(struct scan *scan, struct arena *arena, struct claude_record *out) MUST_USE;
