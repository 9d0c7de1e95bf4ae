#pragma once
/*
 * claude_usage - the usage object of a Claude Code record.
 *
 * Missing and null counters are 0. A counter that is no count (negative, a fraction, text, above
 * CLAUDE_MOST_TOKENS) makes the whole object bad: nothing of it is guessed.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/scan.h"
#include "model/call.h"

struct arena;

#define CLAUDE_MOST_TOKENS (INT64_C(1) << 53) /* what every JSON writer can write exactly */

struct claude_usage {
    struct usage usage;
    enum call_speed speed;
    unsigned flags; /* CALL_GEO_US, CALL_ODD_TIER */
    bool given;     /* there is a usage object */
    bool bad;
    struct scan_text model;        /* of an iteration */
    struct claude_usage *advisors; /* iterations of type advisor_message, as they stand there */
    struct claude_usage *next;     /* in that list */
};

/* Consumes the next value; null is no usage, any other value that is no object a bad one. */
void claude_usage_read(struct scan *scan, struct arena *arena, struct claude_usage *out);
