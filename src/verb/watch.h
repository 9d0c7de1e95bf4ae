#pragma once
/* watch - the alerts that hold for a session now, by the user's thresholds. */
#include <stddef.h>

struct alert;
struct request;
struct summary;
struct worked;

void watch_session(const struct request *request, const struct summary *session,
                   const struct worked *worked, struct alert **out, size_t *count);
