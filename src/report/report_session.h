#pragma once
/* report_session - one session: what it was for, what it took, what came of it. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct alert;
struct doc;
struct session;
struct summary;
struct worked;

struct session_facts {
    const struct session *session;
    const struct summary *summary;
    const struct worked *worked;
    bool measured;
    int64_t now_ns;
    const struct alert *alerts;
    size_t alert_count;
};

/* Everything: the screen of `show` and `end`, and the Markdown file of an ended session. */
void report_session(const struct session_facts *facts, struct doc *out);
