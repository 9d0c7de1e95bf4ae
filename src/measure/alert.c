#include "measure/alert.h"

#include <inttypes.h>
#include <math.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/clock.h"
#include "measure/worked.h"

enum { ERRORS_MIN_CALLS = 10 };

struct facts {
    const struct alert_limits *limits;
    const struct summary *session;
    const struct worked *worked;
    struct arena *arena;
};

static const char *dollars(struct arena *arena, int64_t nano_usd)
{
    int64_t cents = (nano_usd + 5000000) / 10000000;
    return arena_printf(arena, "$%" PRId64 ".%02" PRId64, cents / 100, cents % 100);
}

static bool cost_rule(const struct facts *facts, struct alert *out)
{
    int64_t budget = facts->session->budget_nano_usd;
    int64_t spent = facts->worked->sum.cost_nano_usd;
    if (budget <= 0 || (double)spent < facts->limits->cost * (double)budget)
        return false;
    out->strong = spent >= budget;
    out->text = arena_printf(facts->arena, "%s of %s (%.0f %%)", dollars(facts->arena, spent),
                             dollars(facts->arena, budget), 100.0 * (double)spent / (double)budget);
    return true;
}

static bool quality_rule(const struct facts *facts, struct alert *out)
{
    double quality = facts->session->quality;
    if (quality < 0 || quality >= facts->limits->quality)
        return false;
    out->text = arena_printf(facts->arena, "quality %.2f < %.2f", quality, facts->limits->quality);
    return true;
}

static bool time_rule(const struct facts *facts, struct alert *out)
{
    double estimate = (double)facts->session->estimate_minutes;
    double minutes = (double)facts->worked->active_ns / (double)CLOCK_MINUTE_NS;
    if (estimate <= 0 || minutes < facts->limits->time * estimate)
        return false;
    out->strong = true;
    out->text = arena_printf(facts->arena, "%.0fm is %.0f %% of the %.0fm estimate", floor(minutes),
                             100.0 * minutes / estimate, estimate);
    return true;
}

/* The lower end of Wilson's 95 % interval (1927) for a share. */
static double wilson_lower(double failed, double all)
{
    const double z = 1.959963984540054;
    double share = failed / all;
    double centre = share + z * z / (2 * all);
    double half = z * sqrt(share * (1 - share) / all + z * z / (4 * all * all));
    return (centre - half) / (1 + z * z / all);
}

static bool errors_rule(const struct facts *facts, struct alert *out)
{
    int64_t failed;
    int64_t all;
    double share;
    if (!worked_error_share(facts->worked, &failed, &all, &share) || all < ERRORS_MIN_CALLS ||
        share <= facts->limits->errors)
        return false;
    out->strong = wilson_lower((double)failed, (double)all) > facts->limits->errors;
    out->text =
        arena_printf(facts->arena, "%" PRId64 " of %" PRId64 " calls failed, %.0f %% > %.0f %%",
                     failed, all, 100 * share, 100 * facts->limits->errors);
    return true;
}

static const struct {
    const char *name;
    bool (*holds)(const struct facts *facts, struct alert *out);
} rules[] = {
    { "cost", cost_rule },
    { "quality", quality_rule },
    { "time", time_rule },
    { "errors", errors_rule },
};

void alert_check(const struct alert_limits *limits, const struct summary *session,
                 const struct worked *worked, struct arena *arena, struct alert **out,
                 size_t *count)
{
    struct facts facts = { limits, session, worked, arena };
    *out = arena_alloc(arena, ARRAY_LEN(rules) * sizeof(**out));
    *count = 0;
    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        struct alert alert = { .rule = rules[i].name };
        if (rules[i].holds(&facts, &alert))
            (*out)[(*count)++] = alert;
    }
}
