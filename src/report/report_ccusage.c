#include "report/report_ccusage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "doc/doc.h"
#include "measure/block.h"

#define NANO_PER_USD 1e9
#define MINUTE_NS 6e10
#define FIRST_ROOM ((size_t)8)

struct tally *ccusage_instance(struct ccusage_instances *instances, struct arena *arena,
                               const char *project)
{
    for (size_t i = 0; i < instances->count; i++)
        if (strcmp(instances->items[i].project, project) == 0)
            return &instances->items[i].tally;
    if (instances->count == instances->room) {
        instances->room = instances->room ? 2 * instances->room : FIRST_ROOM;
        struct ccusage_instance *items = arena_alloc(arena, instances->room * sizeof(*items));
        if (instances->count)
            memcpy(items, instances->items, instances->count * sizeof(*items));
        instances->items = items;
    }
    struct ccusage_instance *added = &instances->items[instances->count++];
    *added = (struct ccusage_instance){ .project = arena_strdup(arena, project) };
    tally_init(&added->tally, arena);
    return &added->tally;
}

static double dollars(int64_t nano_usd)
{
    return (double)nano_usd / NANO_PER_USD;
}

/* Always with milliseconds: "2026-10-06T14:32:00.000Z". */
static const char *instant(struct arena *arena, int64_t at_ns)
{
    char text[CLOCK_TEXT];
    int milliseconds = (int)(at_ns / 1000000 % 1000);
    clock_utc(at_ns, text);
    return arena_printf(arena, "%.19s.%03dZ", text, milliseconds);
}

/* As the agent names a project's folder of logs: what is no letter or digit is a hyphen. */
static const char *slug(struct arena *arena, const char *project)
{
    char *copy = arena_strdup(arena, project);
    for (char *c = copy; *c; c++)
        if (!((*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z')))
            *c = '-';
    return copy;
}

static void add_models(struct json *row, const struct tally_parts *parts)
{
    struct json *breakdowns = json_set_list(row, "modelBreakdowns");
    struct json *used = json_set_list(row, "modelsUsed");
    for (size_t i = 0; i < parts->count; i++) {
        const struct tally_part *part = &parts->items[i];
        struct json *one = json_append_object(breakdowns);
        json_set_count(one, "cacheCreationTokens", usage_cache_write(&part->sum.usage));
        json_set_count(one, "cacheReadTokens", part->sum.usage.cache_read);
        json_set_decimal(one, "cost", dollars(part->sum.cost_nano_usd));
        json_set_count(one, "inputTokens", part->sum.usage.input);
        if (part->sum.unpriced_calls)
            json_set_bool(one, "missingPricing", true);
        json_set_text(one, "modelName", part->key);
        json_set_count(one, "outputTokens", part->sum.usage.output);
        json_append_text(used, part->key);
    }
}

/* The key stands among the others by the alphabet: "date" early, "sessionId" and "week" late. */
static void add_row(struct arena *arena, const struct ccusage_rows *rows,
                    const struct tally_row *from, const char *project, struct json *list)
{
    const struct usage *usage = &from->sum.usage;
    const char *key = rows->key;
    bool session = strcmp(key, "sessionId") == 0;
    struct json *row = json_append_object(list);
    json_set_count(row, "cacheCreationTokens", usage_cache_write(usage));
    json_set_count(row, "cacheReadTokens", usage->cache_read);
    if (strcmp(key, "date") == 0)
        json_set_text(row, key, from->key);
    if (session)
        json_set_text(row, "firstActivity", instant(arena, from->first_at_ns));
    json_set_count(row, "inputTokens", usage->input);
    if (session)
        json_set_text(row, "lastActivity", instant(arena, from->last_at_ns));
    add_models(row, &from->parts);
    if (strcmp(key, "month") == 0)
        json_set_text(row, key, from->key);
    json_set_count(row, "outputTokens", usage->output);
    if (project)
        json_set_text(row, "project", project);
    if (session) {
        json_set_text(row, "projectPath", slug(arena, from->of ? from->of : ""));
        json_set_text(row, key, from->key);
    }
    json_set_decimal(row, "totalCost", dollars(from->sum.cost_nano_usd));
    json_set_count(row, "totalTokens", usage_total(usage));
    if (strcmp(key, "week") == 0)
        json_set_text(row, key, from->key);
}

static bool holds_text(const struct json *list, const char *text)
{
    for (size_t i = 0; i < json_length(list); i++)
        if (strcmp(json_value_text(json_item(list, i), ""), text) == 0)
            return true;
    return false;
}

static void add_unpriced(const struct tally *tally, struct json *names)
{
    for (size_t i = 0; i < tally->count; i++) {
        const struct tally_parts *parts = &tally->rows[i].parts;
        for (size_t k = 0; k < parts->count; k++)
            if (parts->items[k].sum.unpriced_calls && !holds_text(names, parts->items[k].key))
                json_append_text(names, parts->items[k].key);
    }
}

static void add_totals(struct arena *arena, const struct ccusage_rows *rows, struct json *root)
{
    const struct usage_sum *sum = &rows->tally->total;
    struct json *names = json_new_list(arena);
    struct json *totals = json_set_object(root, "totals");
    json_set_count(totals, "cacheCreationTokens", usage_cache_write(&sum->usage));
    json_set_count(totals, "cacheReadTokens", sum->usage.cache_read);
    json_set_count(totals, "inputTokens", sum->usage.input);
    json_set_count(totals, "outputTokens", sum->usage.output);
    json_set_decimal(totals, "totalCost", dollars(sum->cost_nano_usd));
    json_set_count(totals, "totalTokens", usage_total(&sum->usage));
    add_unpriced(rows->tally, names);
    for (size_t i = 0; rows->instances && i < rows->instances->count; i++)
        add_unpriced(&rows->instances->items[i].tally, names);
    if (json_length(names))
        json_set(totals, "unpricedModels", names);
}

static int by_project(const void *left, const void *right)
{
    const struct ccusage_instance *a = left;
    const struct ccusage_instance *b = right;
    return strcmp(a->project, b->project);
}

static void add_instances(struct arena *arena, const struct ccusage_rows *rows, struct json *root)
{
    const struct ccusage_instances *instances = rows->instances;
    struct json *projects = json_set_object(root, "projects");
    if (instances->count > 1)
        qsort(instances->items, instances->count, sizeof(*instances->items), by_project);
    for (size_t i = 0; i < instances->count; i++) {
        const struct tally *tally = &instances->items[i].tally;
        const char *name = slug(arena, instances->items[i].project);
        struct json *list = json_get(projects, name); /* two folders may have one such name */
        list = list ? list : json_set_list(projects, name);
        for (size_t k = 0; k < tally->count; k++)
            add_row(arena, rows, &tally->rows[k], name, list);
    }
}

static void add_list(struct arena *arena, const struct ccusage_rows *rows, struct json *root)
{
    struct json *list = json_set_list(root, rows->list);
    for (size_t i = 0; i < rows->tally->count; i++)
        add_row(arena, rows, &rows->tally->rows[i], NULL, list);
}

void report_ccusage_rows(const struct ccusage_rows *rows, struct doc *out)
{
    struct json *root = json_new_object(out->arena);
    bool weekly = strcmp(rows->list, "weekly") == 0; /* after "totals" */
    if (rows->instances)
        add_instances(out->arena, rows, root);
    else if (!weekly)
        add_list(out->arena, rows, root);
    add_totals(out->arena, rows, root);
    if (weekly)
        add_list(out->arena, rows, root);
    out->tree = root;
}

/* --- blocks --------------------------------------------------------------------------------- */

static void add_burn(struct json *row, const struct block_row *block, bool known)
{
    if (!known) {
        json_set_null(row, "burnRate");
        return;
    }
    const struct usage *usage = &block->sum.usage;
    double minutes = (double)(block->last_ns - block->first_ns) / MINUTE_NS;
    struct json *burn = json_set_object(row, "burnRate");
    json_set_decimal(burn, "costPerHour", dollars(block->sum.cost_nano_usd) / minutes * 60);
    json_set_decimal(burn, "tokensPerMinute", (double)usage_total(usage) / minutes);
    json_set_decimal(burn, "tokensPerMinuteForIndicator",
                     (double)(usage->input + usage->output) / minutes);
}

static void add_projection(struct json *row, const struct block_outlook *outlook, bool known)
{
    if (!known) {
        json_set_null(row, "projection");
        return;
    }
    struct json *projection = json_set_object(row, "projection");
    json_set_count(projection, "remainingMinutes", outlook->minutes_left);
    int64_t cents = (outlook->nano_usd + 5000000) / 10000000;
    json_set_decimal(projection, "totalCost", (double)cents / 100);
    json_set_count(projection, "totalTokens", outlook->tokens);
}

static void add_counts(struct json *row, const struct usage *usage)
{
    struct json *counts = json_set_object(row, "tokenCounts");
    json_set_count(counts, "cacheCreationInputTokens", usage_cache_write(usage));
    json_set_count(counts, "cacheReadInputTokens", usage->cache_read);
    json_set_count(counts, "inputTokens", usage->input);
    json_set_count(counts, "outputTokens", usage->output);
}

static void add_block(struct arena *arena, const struct block_row *block, int64_t now_ns,
                      struct json *list)
{
    struct block_outlook outlook;
    struct json *row = json_append_object(list);
    const char *start = instant(arena, block->start_ns);
    bool known = block_outlook(block, now_ns, &outlook);
    if (block->sum.calls)
        json_set_text(row, "actualEndTime", instant(arena, block->last_ns));
    else
        json_set_null(row, "actualEndTime");
    add_burn(row, block, known);
    json_set_decimal(row, "costUSD", dollars(block->sum.cost_nano_usd));
    json_set_text(row, "endTime", instant(arena, block->end_ns));
    json_set_count(row, "entries", block->sum.calls);
    json_set_text(row, "id", block->gap ? arena_printf(arena, "gap-%s", start) : start);
    json_set_bool(row, "isActive", block->active);
    json_set_bool(row, "isGap", block->gap);
    struct json *models = json_set_list(row, "models");
    for (size_t i = 0; i < block->models.count; i++)
        json_append_text(models, block->models.items[i].key);
    add_projection(row, &outlook, known);
    json_set_text(row, "startTime", start);
    add_counts(row, &block->sum.usage);
    json_set_count(row, "totalTokens", usage_total(&block->sum.usage));
}

void report_ccusage_blocks(const struct block_list *blocks, int64_t now_ns, struct doc *out)
{
    struct json *root = json_new_object(out->arena);
    struct json *list = json_set_list(root, "blocks");
    for (size_t i = 0; i < blocks->count; i++)
        add_block(out->arena, &blocks->rows[i], now_ns, list);
    out->tree = root;
}
