#include "model/summary.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "model/task.h"

static int64_t money(const struct json *object, const char *key)
{
    double usd = json_decimal(object, key, -1);
    return usd < 0 || usd > 9e9 ? -1 : (int64_t)llround(usd * 1e9);
}

void summary_of(const struct session *session, struct arena *arena, struct summary *out)
{
    const struct json *cost = json_at(session->root, "metrics.cost_tracking");
    struct session_claim *claims;
    *out = (struct summary){
        .level = session->level,
        .status = session->status,
        .episode = session->episode,
        .purpose = arena_strdup(arena, session->purpose ? session->purpose : ""),
        .started_at_ns = session->started_at_ns,
        .ended_at_ns = session->ended_at_ns,
        .budget_nano_usd = session->budget_nano_usd,
        .estimate_minutes = session->estimate_minutes,
        .tasks_pending = (int64_t)task_count(session, TASK_PENDING),
        .tasks_done = (int64_t)task_count(session, TASK_DONE),
        .quality = -1,
        .frozen_tokens = json_count(cost, "claude_tokens", -1),
        .frozen_nano_usd = money(cost, "total_cost_usd"),
        .frozen_active_s =
            json_count(json_at(session->root, "metrics.time_tracking"), "active_seconds", -1),
    };
    memcpy(out->id, session->id, sizeof(out->id));
    (void)session_score(session, "overall", &out->quality);
    session_claims(session, arena, &claims, &out->claim_count);
    out->claims = claims;
}
