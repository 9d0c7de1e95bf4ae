#include "ingest/claude_usage.h"

#include <stddef.h>

#include "base/arena.h"

struct counts { /* as the log says them */
    int64_t input;
    int64_t output;
    int64_t cache_write; /* all of it, in logs that know no lifetimes */
    int64_t cache_write_5m;
    int64_t cache_write_1h;
    int64_t cache_read;
    int64_t web_searches;
};

struct reading {
    struct counts counts;
    struct scan_text type;
    struct scan_text speed;
    struct scan_text geo;
    struct scan_text tier;
};

struct counter {
    const char *key;
    size_t place; /* in struct counts */
};

static const struct counter counters[] = {
    { "input_tokens", offsetof(struct counts, input) },
    { "output_tokens", offsetof(struct counts, output) },
    { "cache_creation_input_tokens", offsetof(struct counts, cache_write) },
    { "cache_read_input_tokens", offsetof(struct counts, cache_read) },
    { NULL, 0 },
};

static const struct counter lifetimes[] = {
    { "ephemeral_5m_input_tokens", offsetof(struct counts, cache_write_5m) },
    { "ephemeral_1h_input_tokens", offsetof(struct counts, cache_write_1h) },
    { NULL, 0 },
};

static const struct counter server_tools[] = {
    { "web_search_requests", offsetof(struct counts, web_searches) },
    { NULL, 0 },
};

static const struct {
    const char *key;
    const struct counter *counters;
} groups[] = {
    { "cache_creation", lifetimes },
    { "server_tool_use", server_tools },
};

static const struct {
    const char *key;
    size_t place; /* in struct reading */
} texts[] = {
    { "type", offsetof(struct reading, type) },
    { "speed", offsetof(struct reading, speed) },
    { "inference_geo", offsetof(struct reading, geo) },
    { "service_tier", offsetof(struct reading, tier) },
};

/* False: something is there that is no count. */
static bool count_read(struct scan *scan, int64_t *out)
{
    *out = 0;
    if (scan_peek(scan) == SCAN_NULL) {
        scan_skip(scan);
        return true;
    }
    int64_t count;
    if (!scan_count(scan, &count) || count < 0 || count > CLAUDE_MOST_TOKENS)
        return false;
    *out = count;
    return true;
}

/* True when the member was one of the counters; it is consumed then. */
static bool counter_take(struct scan *scan, const struct scan_text *key,
                         const struct counter *known, struct counts *counts, bool *bad)
{
    for (; known->key; known++) {
        if (!scan_key_is(key, known->key))
            continue;
        *bad |= !count_read(scan, (int64_t *)(void *)((char *)counts + known->place));
        return true;
    }
    return false;
}

static bool group_take(struct scan *scan, const struct scan_text *key, struct counts *counts,
                       bool *bad)
{
    struct scan_text inner;
    for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
        if (!scan_key_is(key, groups[i].key))
            continue;
        if (!scan_object(scan))
            scan_skip(scan);
        else
            while (scan_member(scan, &inner))
                if (!counter_take(scan, &inner, groups[i].counters, counts, bad))
                    scan_skip(scan);
        return true;
    }
    return false;
}

static bool text_take(struct scan *scan, const struct scan_text *key, struct reading *reading)
{
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (!scan_key_is(key, texts[i].key))
            continue;
        struct scan_text *text = (struct scan_text *)(void *)((char *)reading + texts[i].place);
        *text = (struct scan_text){ .bytes = "" };
        (void)scan_string(scan, text);
        return true;
    }
    return false;
}

/* Older logs have only the sum, some only the split, some a split that falls short of it. */
static struct usage usage_of(const struct counts *counts, bool *bad)
{
    int64_t split = counts->cache_write_5m + counts->cache_write_1h;
    int64_t all = split > counts->cache_write ? split : counts->cache_write;
    *bad |= all > CLAUDE_MOST_TOKENS;
    return (struct usage){
        .input = counts->input,
        .output = counts->output,
        .cache_write_5m = all - counts->cache_write_1h,
        .cache_write_1h = counts->cache_write_1h,
        .cache_read = counts->cache_read,
        .web_searches = counts->web_searches,
    };
}

static void conclude(const struct reading *reading, struct claude_usage *out)
{
    out->usage = usage_of(&reading->counts, &out->bad);
    out->speed = scan_text_is(&reading->speed, "fast") ? CALL_FAST : CALL_STANDARD;
    if (scan_text_is(&reading->geo, "us"))
        out->flags |= CALL_GEO_US;
    if (reading->tier.length > 0 && !scan_text_is(&reading->tier, "standard"))
        out->flags |= CALL_ODD_TIER;
}

static struct reading reading_new(void)
{
    struct scan_text none = { .bytes = "" };
    return (struct reading){ .type = none, .speed = none, .geo = none, .tier = none };
}

/* One item of iterations[]; true when it is an advisor's call. */
static bool iteration_read(struct scan *scan, struct claude_usage *out)
{
    struct reading reading = reading_new();
    struct scan_text key;
    *out = (struct claude_usage){ .given = true, .model = { .bytes = "" } };
    if (!scan_object(scan)) {
        scan_skip(scan);
        return false;
    }
    while (scan_member(scan, &key))
        if (scan_key_is(&key, "model")) {
            out->model = (struct scan_text){ .bytes = "" };
            (void)scan_string(scan, &out->model);
        } else if (!counter_take(scan, &key, counters, &reading.counts, &out->bad) &&
                   !group_take(scan, &key, &reading.counts, &out->bad) &&
                   !text_take(scan, &key, &reading))
            scan_skip(scan);
    conclude(&reading, out);
    return scan_text_is(&reading.type, "advisor_message");
}

static void iterations_read(struct scan *scan, struct arena *arena, struct claude_usage *out)
{
    struct claude_usage **end = &out->advisors;
    *end = NULL;
    if (!scan_list(scan)) {
        scan_skip(scan);
        return;
    }
    while (scan_item(scan)) {
        struct claude_usage iteration;
        if (!iteration_read(scan, &iteration))
            continue;
        *end = arena_alloc(arena, sizeof(**end));
        **end = iteration;
        end = &(*end)->next;
    }
}

void claude_usage_read(struct scan *scan, struct arena *arena, struct claude_usage *out)
{
    struct reading reading = reading_new();
    struct scan_text key;
    *out = (struct claude_usage){ .given = scan_peek(scan) != SCAN_NULL, .model = { .bytes = "" } };
    if (!scan_object(scan)) {
        scan_skip(scan);
        out->bad = out->given;
        return;
    }
    while (scan_member(scan, &key))
        if (scan_key_is(&key, "iterations"))
            iterations_read(scan, arena, out);
        else if (!counter_take(scan, &key, counters, &reading.counts, &out->bad) &&
                 !group_take(scan, &key, &reading.counts, &out->bad) &&
                 !text_take(scan, &key, &reading))
            scan_skip(scan);
    conclude(&reading, out);
}
