#include "measure/price.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "model/usage.h"

enum { PLACE = 96, DAY_TEXT = 10 };

#define RATE_MOST INT64_C(1000000000000) /* a dollar a token: keeps every sum of cost.c exact */

enum fast { FAST_NONE, FAST_OWN_RATES, FAST_AS_STANDARD };

struct row { /* in force from its day until the next row's */
    int64_t from_ns;
    struct rates standard;
    struct rates fast_rates;
    struct rates above;
    int64_t above_prompt; /* `above` holds for prompts of more tokens; INT64_MAX: never */
    enum fast fast;
    const char *source;
};

struct model {
    const char *name; /* the first of its names */
    struct row *rows; /* oldest first */
    size_t row_count;
    int64_t us_percent;
};

struct slot { /* of the index by name: open addressing, at most half full */
    const char *name;
    size_t length;
    const struct model *model;
};

struct price_table {
    struct model *models;
    size_t model_count;
    struct slot *slots;
    size_t slot_mask;
    const char *date;
    int64_t hash;
    int64_t web_search_nano_usd;
    const struct price_table *below; /* for models that are not here; NULL */
};

struct reading { /* what the parse helpers share */
    struct arena *arena;
    const struct json *root;
    const char *name;
    struct err *err;
    char place[PLACE]; /* "models[3].rows[0]" */
};

struct slice {
    const char *start;
    size_t length;
};

/* --- names of models ---------------------------------------------------------------------- */

static bool is_digits(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return length > 0;
}

static void drop_prefixes(struct slice *name)
{
    /* In the order they stand in an id: router, region of an inference profile, maker. */
    static const char *const prefixes[] = { "bedrock/", "vertex_ai/", "anthropic/", "us-gov.",
                                            "us.",      "eu.",        "apac.",      "au.",
                                            "jp.",      "global.",    "anthropic." };
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
        size_t length = strlen(prefixes[i]);
        if (name->length > length && strncmp(name->start, prefixes[i], length) == 0) {
            name->start += length;
            name->length -= length;
        }
    }
}

/* "-v1:0", "-v2", "-v1:0:200k": the revision and context window Bedrock adds. */
static void drop_revision(struct slice *name)
{
    size_t at = name->length;
    while (at > 0 && name->start[at - 1] != '-')
        at--;
    const char *tail = name->start + at;
    size_t length = name->length - at;
    if (at < 2 || length < 2 || tail[0] != 'v')
        return;
    const char *colon = memchr(tail, ':', length);
    if (is_digits(tail + 1, (colon ? (size_t)(colon - tail) : length) - 1))
        name->length = at - 1;
}

static void drop_date(struct slice *name)
{
    enum { DATE = 9 }; /* "-20250929" */
    if (name->length > DATE && name->start[name->length - DATE] == '-' &&
        is_digits(name->start + name->length - DATE + 1, DATE - 1))
        name->length -= DATE;
}

static struct slice plain_name(const char *model)
{
    static const char window[] = "[1m]";
    struct slice name = { model, strlen(model) };
    drop_prefixes(&name);
    size_t length = strlen(window);
    if (name.length > length && strncmp(name.start + name.length - length, window, length) == 0)
        name.length -= length;
    const char *at = memchr(name.start, '@', name.length);
    if (at && at > name.start)
        name.length = (size_t)(at - name.start);
    drop_revision(&name);
    drop_date(&name);
    return name;
}

/* The slot that holds the name, or the free one where it would stand. */
static struct slot *slot_of(const struct price_table *table, struct slice name)
{
    size_t at = (size_t)hash_bytes(name.start, name.length) & table->slot_mask;
    struct slot *slot = &table->slots[at];
    while (slot->name &&
           (slot->length != name.length || memcmp(slot->name, name.start, name.length) != 0)) {
        at = (at + 1) & table->slot_mask;
        slot = &table->slots[at];
    }
    return slot;
}

/* --- reading the table -------------------------------------------------------------------- */

static bool refuse(struct reading *reading, const char *what, const char *which)
{
    (void)err_set(reading->err, ERR_DAMAGED, "price table: %s '%s'", what, which);
    return err_at(reading->err, "%s: %s", reading->name, reading->place);
}

static bool known_members(struct reading *reading, const struct json *object,
                          const char *const *known)
{
    if (json_kind(object) != JSON_IS_OBJECT)
        return refuse(reading, "not an object:", reading->place);
    for (const char *key = json_next_key(object, NULL); key; key = json_next_key(object, key)) {
        size_t i = 0;
        while (known[i] && strcmp(known[i], key) != 0)
            i++;
        if (!known[i])
            return refuse(reading, "unknown member", key);
    }
    return true;
}

/* Dollars a million as decimal text to pico-dollars a token (the same number a thousand calls to
 * nano-dollars each): both are a millionth of what the text says. */
static bool read_rate(struct reading *reading, const struct json *object, const char *key,
                      int64_t *out)
{
    int64_t nano = 0;
    const struct json *value = json_get(object, key);
    const char *text = json_value_text(value, "");
    *out = PRICE_NONE;
    if (!value)
        return true;
    if (text[0] < '0' || text[0] > '9' || !text_money(text, &nano) || nano % 1000 != 0 ||
        nano / 1000 > RATE_MOST)
        return refuse(reading, "not a price as decimal text:", key);
    *out = nano / 1000;
    return true;
}

static bool read_rates(struct reading *reading, const struct json *object, struct rates *out)
{
    return read_rate(reading, object, "input", &out->input) &&
           read_rate(reading, object, "output", &out->output) &&
           read_rate(reading, object, "cache_write_5m", &out->cache_write_5m) &&
           read_rate(reading, object, "cache_write_1h", &out->cache_write_1h) &&
           read_rate(reading, object, "cache_read", &out->cache_read);
}

static bool read_fast(struct reading *reading, const struct json *fast, struct row *row)
{
    static const char *const known[] = { "input",          "output",     "cache_write_5m",
                                         "cache_write_1h", "cache_read", NULL };
    if (!fast)
        return true;
    if (strcmp(json_value_text(fast, ""), "standard") == 0) {
        row->fast = FAST_AS_STANDARD;
        return true;
    }
    row->fast = FAST_OWN_RATES;
    return known_members(reading, fast, known) && read_rates(reading, fast, &row->fast_rates);
}

static bool read_above(struct reading *reading, const struct json *above, struct row *row)
{
    static const char *const known[] = { "prompt_tokens",  "input",      "output", "cache_write_5m",
                                         "cache_write_1h", "cache_read", NULL };
    row->above_prompt = INT64_MAX;
    if (!above)
        return true;
    if (row->fast != FAST_NONE)
        return refuse(reading, "cannot combine 'fast' and", "above");
    if (!known_members(reading, above, known))
        return false;
    row->above_prompt = json_count(above, "prompt_tokens", -1);
    if (row->above_prompt < 0)
        return refuse(reading, "not a count:", "above.prompt_tokens");
    return read_rates(reading, above, &row->above);
}

static bool day_start(const char *day, int64_t *at_ns)
{
    char text[] = "2026-01-01T00:00:00Z";
    if (strlen(day) != DAY_TEXT)
        return false;
    memcpy(text, day, DAY_TEXT);
    return clock_parse(text, strlen(text), at_ns);
}

static bool read_source(struct reading *reading, const struct json *object, const char **out)
{
    const struct json *sources = json_get(reading->root, "sources");
    const char *wanted = json_text(object, "source", "");
    for (size_t i = 0; i < json_length(sources); i++)
        if (strcmp(json_text(json_item(sources, i), "id", "?"), wanted) == 0) {
            *out = arena_strdup(reading->arena, json_text(json_item(sources, i), "what", wanted));
            return true;
        }
    return refuse(reading, "unknown source", wanted);
}

static bool read_row(struct reading *reading, const struct json *object, bool first,
                     struct row *row)
{
    static const char *const known[] = { "from",           "input",      "output", "cache_write_5m",
                                         "cache_write_1h", "cache_read", "fast",   "above",
                                         "source",         NULL };
    if (!known_members(reading, object, known) || !read_source(reading, object, &row->source))
        return false;
    const struct json *from = json_get(object, "from");
    row->from_ns = INT64_MIN; /* the first row says nothing: from the beginning */
    if ((from || !first) && !day_start(json_value_text(from, ""), &row->from_ns))
        return refuse(reading, "not a day:", "from");
    return read_rates(reading, object, &row->standard) &&
           read_fast(reading, json_get(object, "fast"), row) &&
           read_above(reading, json_get(object, "above"), row);
}

static bool read_rows(struct reading *reading, const struct json *rows, size_t index,
                      struct model *model)
{
    model->row_count = json_length(rows);
    if (json_kind(rows) != JSON_IS_LIST || model->row_count == 0)
        return refuse(reading, "no list of", "rows");
    model->rows = arena_alloc(reading->arena, model->row_count * sizeof(*model->rows));
    for (size_t i = 0; i < model->row_count; i++) {
        (void)snprintf(reading->place, PLACE, "models[%zu].rows[%zu]", index, i);
        if (!read_row(reading, json_item(rows, i), i == 0, &model->rows[i]))
            return false;
        if (i > 0 && model->rows[i].from_ns <= model->rows[i - 1].from_ns)
            return refuse(reading, "rows are not in the order of", "from");
    }
    return true;
}

static bool read_names(struct reading *reading, struct price_table *table, const struct json *names,
                       struct model *model)
{
    if (json_kind(names) != JSON_IS_LIST || json_length(names) == 0)
        return refuse(reading, "no list of", "names");
    for (size_t i = 0; i < json_length(names); i++) {
        const char *name = json_value_text(json_item(names, i), "");
        struct slice plain = plain_name(name);
        if (plain.length == 0 || plain.start != name || plain.length != strlen(name))
            return refuse(reading, "a name no lookup would find:", name);
        struct slot *slot = slot_of(table, plain);
        if (slot->name)
            return refuse(reading, "named twice:", name);
        *slot = (struct slot){ arena_strdup(reading->arena, name), plain.length, model };
        if (i == 0)
            model->name = slot->name;
    }
    return true;
}

static bool read_model(struct reading *reading, struct price_table *table,
                       const struct json *object, size_t index)
{
    static const char *const known[] = { "names", "us_percent", "note", "rows", NULL };
    struct model *model = &table->models[index];
    (void)snprintf(reading->place, PLACE, "models[%zu]", index);
    if (!known_members(reading, object, known) ||
        !read_names(reading, table, json_get(object, "names"), model))
        return false;
    model->us_percent = 100;
    if (json_get(object, "us_percent"))
        model->us_percent = json_count(object, "us_percent", -1);
    if (model->us_percent < 100 || model->us_percent > 1000)
        return refuse(reading, "not 100 to 1000:", "us_percent");
    return read_rows(reading, json_get(object, "rows"), index, model);
}

static void index_new(struct reading *reading, struct price_table *table, const struct json *models)
{
    size_t names = 0;
    for (size_t i = 0; i < json_length(models); i++)
        names += json_length(json_get(json_item(models, i), "names"));
    size_t slots = 16;
    while (slots < names * 2)
        slots *= 2;
    table->slots = arena_alloc(reading->arena, slots * sizeof(*table->slots));
    table->slot_mask = slots - 1;
}

static bool read_top(struct reading *reading, struct price_table *table)
{
    static const char *const known[] = {
        "schema", "schema_version",          "date", "currency", "unit", "sources",
        "models", "web_search_usd_per_1000", NULL
    };
    int64_t at_ns = 0;
    const struct json *root = reading->root;
    if (!known_members(reading, root, known))
        return false;
    if (strcmp(json_text(root, "schema", ""), "session-manager/prices") != 0)
        return refuse(reading, "not a price table by its", "schema");
    if (json_count(root, "schema_version", 0) != 1)
        return refuse(reading, "unknown", "schema_version");
    if (strcmp(json_text(root, "currency", ""), "USD") != 0)
        return refuse(reading, "not in USD:", "currency");
    if (!day_start(json_text(root, "date", ""), &at_ns))
        return refuse(reading, "not a day:", "date");
    table->date = arena_strdup(reading->arena, json_text(root, "date", ""));
    return read_rate(reading, root, "web_search_usd_per_1000", &table->web_search_nano_usd);
}

bool price_table_parse(struct arena *arena, const char *text, size_t length, const char *name,
                       struct price_table **out, struct err *err)
{
    struct json *root = NULL;
    if (!json_parse(arena, text, length, name, &root, err))
        return err_add(err, "price table");
    struct price_table *table = arena_alloc(arena, sizeof(*table));
    struct reading reading = { arena, root, name, err, "top level" };
    if (!read_top(&reading, table))
        return false;
    const struct json *models = json_get(root, "models");
    if (json_kind(models) != JSON_IS_LIST)
        return refuse(&reading, "no list of", "models");
    table->hash = hash_bytes(text, length);
    table->model_count = json_length(models);
    table->models = arena_alloc(arena, table->model_count * sizeof(*table->models));
    index_new(&reading, table, models);
    for (size_t i = 0; i < json_length(models); i++)
        if (!read_model(&reading, table, json_item(models, i), i))
            return false;
    *out = table;
    return true;
}

void price_table_put_over(struct price_table *table, const struct price_table *below)
{
    table->below = below;
    table->hash = hash_more(table->hash, &below->hash, sizeof(below->hash));
    if (table->web_search_nano_usd == PRICE_NONE)
        table->web_search_nano_usd = below->web_search_nano_usd;
}

const char *price_table_date(const struct price_table *table)
{
    return table->date;
}

const char *price_table_name(struct arena *arena, const struct price_table *table)
{
    if (!table->below)
        return arena_printf(arena, "built-in %s", table->date);
    return arena_printf(arena, "own %s over %s", table->date,
                        price_table_name(arena, table->below));
}

int64_t price_table_hash(const struct price_table *table)
{
    return table->hash;
}

static const struct model *model_of(const struct price_table *table, const char *model)
{
    struct slice name = plain_name(model);
    const struct model *found = NULL;
    for (; table && !found; table = table->below)
        found = slot_of(table, name)->model;
    return found;
}

/* Logs know some models a little before their list date: the first row holds for them. */
static const struct row *row_at(const struct model *model, int64_t at_ns)
{
    const struct row *row = &model->rows[0];
    for (size_t i = 1; i < model->row_count && model->rows[i].from_ns <= at_ns; i++)
        row = &model->rows[i];
    return row;
}

bool price_find(const struct price_table *table, const struct call *call, struct price *out)
{
    const struct model *model = model_of(table, call->model);
    if (!model || (call->flags & CALL_ODD_TIER))
        return false;
    const struct row *row = row_at(model, call->at_ns);
    if (call->speed == CALL_FAST && row->fast == FAST_NONE)
        return false;
    out->rates = row->standard;
    if (call->speed == CALL_FAST && row->fast == FAST_OWN_RATES)
        out->rates = row->fast_rates;
    else if (usage_prompt(&call->usage) > row->above_prompt)
        out->rates = row->above;
    out->web_search_nano_usd = table->web_search_nano_usd;
    out->percent = (call->flags & CALL_GEO_US) ? model->us_percent : 100;
    return true;
}

const char *price_model_name(struct arena *arena, const char *model)
{
    struct slice name = plain_name(model);
    char *copy = arena_alloc(arena, name.length + 1);
    return memcpy(copy, name.start, name.length);
}

/* --- the table for people ----------------------------------------------------------------- */

struct listing {
    struct price_line *lines;
    size_t count;
};

static void list_model(const struct model *model, bool own, struct listing *listing)
{
    for (size_t i = 0; i < model->row_count; i++) {
        const struct row *row = &model->rows[i];
        struct price_line line = {
            .model = model->name,
            .from_ns = row->from_ns,
            .us_percent = model->us_percent,
            .rates = row->standard,
            .source = row->source,
            .own = own,
        };
        listing->lines[listing->count++] = line;
        line.kind = PRICE_FAST;
        if (row->fast == FAST_OWN_RATES)
            line.rates = row->fast_rates;
        if (row->fast != FAST_NONE)
            listing->lines[listing->count++] = line;
        line.kind = PRICE_ABOVE;
        line.rates = row->above;
        line.above_prompt = row->above_prompt;
        if (row->above_prompt != INT64_MAX)
            listing->lines[listing->count++] = line;
    }
}

static int by_model(const void *a, const void *b)
{
    const struct price_line *one = a;
    const struct price_line *other = b;
    int order = strcmp(one->model, other->model);
    if (order != 0)
        return order;
    if (one->from_ns != other->from_ns)
        return one->from_ns < other->from_ns ? -1 : 1;
    return (int)one->kind - (int)other->kind;
}

void price_table_lines(const struct price_table *table, struct arena *arena,
                       struct price_line **out, size_t *count)
{
    enum { KINDS = 2 }; /* of one row: standard, and fast or above */
    size_t most = 0;
    for (const struct price_table *each = table; each; each = each->below)
        for (size_t i = 0; i < each->model_count; i++)
            most += each->models[i].row_count * KINDS;
    struct listing listing = { arena_alloc(arena, most * sizeof(*listing.lines)), 0 };
    for (const struct price_table *each = table; each; each = each->below)
        for (size_t i = 0; i < each->model_count; i++)
            if (model_of(table, each->models[i].name) == &each->models[i])
                list_model(&each->models[i], each->below != NULL, &listing);
    if (listing.count > 1)
        qsort(listing.lines, listing.count, sizeof(*listing.lines), by_model);
    *out = listing.lines;
    *count = listing.count;
}

const char *price_listed_as(const struct price_table *table, const char *model)
{
    const struct model *found = model_of(table, model);
    return found ? found->name : NULL;
}

const char *price_text(struct arena *arena, int64_t pico_usd)
{
    enum { MICROS = 1000000, DIGITS = 6, CENTS = 2 };
    if (pico_usd < 0)
        return NULL;
    char *text =
        arena_printf(arena, "%" PRId64 ".%06" PRId64, pico_usd / MICROS, pico_usd % MICROS);
    size_t length = strlen(text);
    for (int i = DIGITS; i > CENTS && text[length - 1] == '0'; i--)
        text[--length] = '\0';
    return text;
}

bool price_newest(const struct price_table *table, const char *model, struct price_bands *out)
{
    const struct model *found = model_of(table, model);
    if (!found)
        return false;
    const struct row *row = &found->rows[found->row_count - 1];
    *out = (struct price_bands){ row->standard, row->above, row->above_prompt };
    return true;
}
