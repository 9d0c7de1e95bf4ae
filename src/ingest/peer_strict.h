#pragma once
/*
 * peer_strict - the members ccusage asks of a line, with the types it wants them to have. For
 * peer_line.c.
 *
 * It knows two shapes: the message in the line itself, and a message nested at data.message. A
 * member of another type, or one that comes twice, makes the shape unfit.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/scan.h"
#include "model/call.h"

enum { PEER_ITERATIONS = 16 };

struct peer_usage {
    struct usage usage; /* a split, where there is one, replaces the plain count */
    enum call_speed speed;
    unsigned seen;
    bool bad;
    bool beyond; /* a counter no sum of ours can take */
};

struct peer_advisor {
    struct peer_usage usage;
    struct scan_text model;
};

struct peer_entry {
    struct scan_text timestamp;
    struct scan_text version;
    struct scan_text session;
    struct scan_text request;
    struct scan_text id;
    struct scan_text model;
    unsigned seen; /* enum peer_member */
    bool side;
    bool bad;
    struct peer_usage usage;
    struct peer_advisor advisors[PEER_ITERATIONS];
    size_t advisor_count;
};

enum peer_member {
    PEER_TIMESTAMP = 1 << 0,
    PEER_VERSION = 1 << 1,
    PEER_SESSION = 1 << 2,
    PEER_REQUEST = 1 << 3,
    PEER_ID = 1 << 4,
    PEER_MODEL = 1 << 5,
    PEER_SIDE = 1 << 6,
    PEER_COST = 1 << 7,
    PEER_MESSAGE = 1 << 8,
    PEER_USAGE = 1 << 9,
};

bool peer_has_speed(const struct peer_usage *usage);
bool peer_fits(const struct peer_entry *entry); /* all that must be there is, and as it must be */
/* The line itself, and what is nested in it. False: not one whole JSON object. */
bool peer_strict_read(const char *bytes, size_t length, struct peer_entry *direct,
                      struct peer_entry *nested);
/* A null that makes ccusage pass the line over, wherever it stands. */
bool peer_has_null(const char *bytes, size_t length);
bool peer_has_lone_surrogate(const char *bytes, size_t length);
