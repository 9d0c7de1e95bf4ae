#include "measure/worked.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "measure/activity.h"
#include "measure/service.h"

/* Room for one more in an array that is full at 0, 1, 3, 7 ... items. */
static void *grown(struct arena *arena, void *items, size_t count, size_t size)
{
    if ((count & (count + 1)) != 0)
        return items;
    void *more = arena_alloc(arena, (count * 2 + 1) * size);
    if (count)
        memcpy(more, items, count * size);
    return more;
}

static struct worked_model *model_of(struct worked *worked, struct arena *arena, const char *model)
{
    for (size_t i = 0; i < worked->model_count; i++)
        if (worked->models[i].model == model || strcmp(worked->models[i].model, model) == 0)
            return &worked->models[i];
    worked->models = grown(arena, worked->models, worked->model_count, sizeof(*worked->models));
    worked->models[worked->model_count] = (struct worked_model){ .model = model };
    return &worked->models[worked->model_count++];
}

void worked_call(struct worked *worked, struct arena *arena, const char *model,
                 const struct usage *usage, int64_t cost_nano_usd)
{
    struct worked_model *of_model = model_of(worked, arena, model);
    if (!usage_sum_add(&worked->sum, usage, cost_nano_usd) ||
        !usage_sum_add(&of_model->sum, usage, cost_nano_usd))
        worked->overflow = true;
}

static void count_service(struct worked *worked, struct arena *arena, const char *service)
{
    for (size_t i = 0; i < worked->service_count; i++)
        if (strcmp(worked->services[i].service, service) == 0) {
            worked->services[i].calls++;
            return;
        }
    worked->services =
        grown(arena, worked->services, worked->service_count, sizeof(*worked->services));
    worked->services[worked->service_count++] = (struct worked_service){ service, 1 };
}

void worked_tool(struct worked *worked, struct arena *arena, const struct service_rules *rules,
                 const char *name, enum tool_state state)
{
    const char *service = service_of_tool(rules, name);
    if (state == TOOL_DECLINED) { /* a person said no: nothing was called */
        worked->tool_declined++;
        return;
    }
    if (service)
        count_service(worked, arena, service);
    worked->tool_calls++;
    worked->tool_pending += state == TOOL_PENDING;
    worked->tool_errors += state == TOOL_ERROR;
}

void worked_span(struct worked *worked, struct arena *arena, struct span span)
{
    worked->spans = grown(arena, worked->spans, worked->span_count, sizeof(*worked->spans));
    worked->spans[worked->span_count++] = span;
}

static int by_cost(const void *left, const void *right)
{
    const struct worked_model *a = left;
    const struct worked_model *b = right;
    int64_t a_tokens = usage_total(&a->sum.usage);
    int64_t b_tokens = usage_total(&b->sum.usage);
    if (a->sum.cost_nano_usd != b->sum.cost_nano_usd)
        return a->sum.cost_nano_usd > b->sum.cost_nano_usd ? -1 : 1;
    if (a_tokens != b_tokens)
        return a_tokens > b_tokens ? -1 : 1;
    return strcmp(a->model, b->model);
}

void worked_finish(struct worked *worked)
{
    if (worked->model_count > 1)
        qsort(worked->models, worked->model_count, sizeof(*worked->models), by_cost);
    worked->active_ns = activity_active_ns(worked->spans, worked->span_count);
}

bool worked_error_share(const struct worked *worked, int64_t *failed, int64_t *all, double *share)
{
    *failed = worked->tool_errors;
    *all = worked->tool_calls - worked->tool_pending;
    if (*all == 0)
        return false;
    *share = (double)*failed / (double)*all;
    return true;
}

static void freeze_tokens(const struct usage *usage, struct json *object, const char *key)
{
    struct json *tokens = json_set_object(object, key);
    json_set_count(tokens, "input", usage->input);
    json_set_count(tokens, "output", usage->output);
    json_set_count(tokens, "cache_write_5m", usage->cache_write_5m);
    json_set_count(tokens, "cache_write_1h", usage->cache_write_1h);
    json_set_count(tokens, "cache_read", usage->cache_read);
}

static void freeze_models(const struct worked *worked, struct json *cost)
{
    struct json *models = json_set_list(cost, "by_model");
    for (size_t i = 0; i < worked->model_count; i++) {
        const struct worked_model *model = &worked->models[i];
        struct json *entry = json_append_object(models);
        json_set_text(entry, "model", model->model);
        json_set_count(entry, "calls", model->sum.calls);
        freeze_tokens(&model->sum.usage, entry, "tokens");
        if (model->sum.unpriced_calls == model->sum.calls)
            json_set_null(entry, "cost_usd");
        else
            json_set_decimal(entry, "cost_usd", (double)model->sum.cost_nano_usd / 1e9);
    }
}

static struct json *object_in(struct json *parent, const char *key)
{
    struct json *object = json_get(parent, key);
    return json_kind(object) == JSON_IS_OBJECT ? object : json_set_object(parent, key);
}

static void freeze_cost(const struct worked *worked, struct json *cost)
{
    bool complete = worked->sum.unpriced_calls == 0;
    struct json *calls = object_in(cost, "api_calls");
    json_set_count(cost, "claude_tokens", usage_total(&worked->sum.usage));
    for (const char *key = json_next_key(calls, NULL); key; key = json_next_key(calls, key))
        json_set_count(calls, key, 0);
    for (size_t i = 0; i < worked->service_count; i++)
        json_set_count(calls, worked->services[i].service, worked->services[i].calls);
    json_set_decimal(cost, "total_cost_usd", (double)worked->sum.cost_nano_usd / 1e9);
    json_set_bool(cost, "complete", complete);
    json_set_text(cost, "basis", "measured");
    json_set_count(cost, "n", worked->sum.calls);
    freeze_tokens(&worked->sum.usage, cost, "tokens");
    json_set_count(cost, "web_searches", worked->sum.usage.web_searches);
    struct json *parts = json_set_object(cost, "cost_by_basis");
    json_set_decimal(parts, "measured", (double)worked->sum.cost_nano_usd / 1e9);
    json_set_decimal(parts, "entered", 0);
    json_set_decimal(parts, "estimated", 0);
    json_set_count(cost, "unpriced_calls", worked->sum.unpriced_calls);
    freeze_models(worked, cost);
}

static void take_out(struct json *object, const char *const *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        json_remove(object, keys[i]);
}

static void freeze_unknown(struct json *metrics)
{
    static const char *const put_cost[] = {
        "complete", "n", "tokens", "web_searches", "cost_by_basis", "by_model", "unpriced_calls"
    };
    static const char *const put_time[] = { "active_seconds", "basis" };
    static const char *const put_errors[] = { "tool_calls", "tool_errors", "tool_declined",
                                              "api_errors", "basis" };
    struct json *cost = object_in(metrics, "cost_tracking");
    struct json *calls = object_in(cost, "api_calls");
    json_set_null(cost, "claude_tokens");
    for (const char *key = json_next_key(calls, NULL); key; key = json_next_key(calls, key))
        json_set_null(calls, key);
    json_set_null(cost, "total_cost_usd");
    json_set_text(cost, "basis", "unknown");
    take_out(cost, put_cost, ARRAY_LEN(put_cost));
    take_out(json_get(metrics, "time_tracking"), put_time, ARRAY_LEN(put_time));
    take_out(json_get(metrics, "error_tracking"), put_errors, ARRAY_LEN(put_errors));
}

void worked_freeze(const struct worked *worked, struct json *session_root)
{
    struct json *metrics = object_in(session_root, "metrics");
    if (!worked) {
        freeze_unknown(metrics);
        return;
    }
    freeze_cost(worked, object_in(metrics, "cost_tracking"));
    struct json *time = object_in(metrics, "time_tracking");
    json_set_count(time, "active_seconds", worked->active_ns / CLOCK_SECOND_NS);
    json_set_text(time, "basis", "measured");
    struct json *errors = object_in(metrics, "error_tracking");
    json_set_count(errors, "tool_calls", worked->tool_calls);
    json_set_count(errors, "tool_errors", worked->tool_errors);
    json_set_count(errors, "tool_declined", worked->tool_declined);
    json_set_count(errors, "api_errors", worked->api_errors);
    json_set_text(errors, "basis", "measured");
}
