#include "verb/watch.h"

#include "measure/alert.h"
#include "verb/verb.h"

void watch_session(const struct request *request, const struct summary *session,
                   const struct worked *worked, struct alert **out, size_t *count)
{
    struct alert_limits limits = {
        .cost = settings_share(&request->settings, "alerts.cost"),
        .quality = settings_share(&request->settings, "alerts.quality"),
        .time = settings_share(&request->settings, "alerts.time"),
        .errors = settings_share(&request->settings, "alerts.errors"),
    };
    alert_check(&limits, session, worked, request->arena, out, count);
}
