#include "measure/price_import.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "measure/litellm.h"
#include "measure/price.h"

enum { FILE_MOST = 16 << 20, HUNDRED = 100, US_MOST = 1000 };

struct import {
    struct arena *arena;
    const struct price_import *plan;
    struct json *own;
    struct json *built_in;
    const char *source_id;
    struct price_imported *out;
};

/* --- is it news? -------------------------------------------------------------------------- */

/* What the file does not say is no difference. */
static bool rates_agree(const struct rates *said, const struct rates *known)
{
    const int64_t pairs[][2] = {
        { said->input, known->input },
        { said->output, known->output },
        { said->cache_write_5m, known->cache_write_5m },
        { said->cache_write_1h, known->cache_write_1h },
        { said->cache_read, known->cache_read },
    };
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
        if (pairs[i][0] != PRICE_NONE && pairs[i][0] != pairs[i][1])
            return false;
    return true;
}

static bool is_news(const struct import *import, const struct litellm_model *model, bool *known)
{
    struct price_bands bands;
    *known = price_newest(import->plan->table, model->name, &bands);
    if (!*known || !rates_agree(&model->bands.rates, &bands.rates))
        return true;
    return model->bands.above_prompt != INT64_MAX &&
           (model->bands.above_prompt != bands.above_prompt ||
            !rates_agree(&model->bands.above, &bands.above));
}

/* --- writing it --------------------------------------------------------------------------- */

static void set_rate(struct import *import, struct json *object, const char *key, int64_t pico)
{
    if (pico != PRICE_NONE)
        json_set_text(object, key, price_text(import->arena, pico));
}

static void set_rates(struct import *import, struct json *object, const struct rates *rates)
{
    set_rate(import, object, "input", rates->input);
    set_rate(import, object, "output", rates->output);
    set_rate(import, object, "cache_write_5m", rates->cache_write_5m);
    set_rate(import, object, "cache_write_1h", rates->cache_write_1h);
    set_rate(import, object, "cache_read", rates->cache_read);
}

/* Only where every product is whole: half a pico-dollar is no price. */
static bool times(const struct rates *rates, int64_t hundredths, struct rates *out)
{
    *out = *rates;
    int64_t *const all[] = { &out->input, &out->output, &out->cache_write_5m, &out->cache_write_1h,
                             &out->cache_read };
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        int64_t product;
        if (*all[i] == PRICE_NONE)
            continue;
        if (__builtin_mul_overflow(*all[i], hundredths, &product) || product % HUNDRED != 0)
            return false;
        *all[i] = product / HUNDRED;
    }
    return hundredths > 0;
}

static void add_row(struct import *import, const struct litellm_model *model, struct json *rows)
{
    const struct price_bands *bands = &model->bands;
    struct rates fast;
    struct json *row = json_append_object(rows);
    if (import->plan->from)
        json_set_text(row, "from", import->plan->from);
    set_rates(import, row, &bands->rates);
    if (bands->above_prompt != INT64_MAX) { /* the table has no fast prices beside a step */
        struct json *above = json_set_object(row, "above");
        json_set_count(above, "prompt_tokens", bands->above_prompt);
        set_rates(import, above, &bands->above);
    } else if (times(&bands->rates, model->fast_times, &fast)) {
        set_rates(import, json_set_object(row, "fast"), &fast);
    }
    json_set_text(row, "source", import->source_id);
}

static struct json *find_in(const struct json *list, const char *key, const char *text)
{
    for (size_t i = 0; i < json_length(list); i++)
        if (strcmp(json_text(json_item(list, i), key, ""), text) == 0)
            return json_item(list, i);
    return NULL;
}

static struct json *model_in(const struct json *root, const char *name, size_t *at)
{
    const struct json *models = json_get(root, "models");
    for (size_t i = 0; i < json_length(models); i++) {
        const struct json *names = json_get(json_item(models, i), "names");
        for (size_t n = 0; n < json_length(names); n++) {
            *at = i;
            if (strcmp(json_value_text(json_item(names, n), ""), name) == 0)
                return json_item(models, i);
        }
    }
    return NULL;
}

/* A row that is taken over brings what its source is along. */
static void take_source(struct import *import, const struct json *from, const char *id)
{
    struct json *sources = json_get(import->own, "sources");
    const struct json *source = find_in(json_get(from, "sources"), "id", id);
    if (source && !find_in(sources, "id", id))
        json_append(sources, json_clone(import->arena, source));
}

static void keep_rows_before(struct import *import, const struct json *from, const struct json *old,
                             struct json *rows)
{
    const struct json *kept = json_get(old, "rows");
    for (size_t i = 0; i < json_length(kept); i++) {
        const struct json *row = json_item(kept, i);
        if (strcmp(json_text(row, "from", ""), import->plan->from) >= 0)
            continue;
        json_append(rows, json_clone(import->arena, row));
        take_source(import, from, json_text(row, "source", ""));
    }
}

static void put_model(struct import *import, const struct litellm_model *model)
{
    size_t at = 0;
    const struct json *from = import->own;
    struct json *models = json_get(import->own, "models");
    struct json *old = model_in(from, model->name, &at);
    bool mine = old != NULL;
    if (!mine) {
        from = import->built_in;
        size_t ignored;
        old = model_in(from, model->name, &ignored);
    }
    struct json *entry = json_new_object(import->arena);
    if (old)
        json_set(entry, "names", json_clone(import->arena, json_get(old, "names")));
    else
        json_append_text(json_set_list(entry, "names"), model->name);
    int64_t us_percent = model->us_percent;
    if (us_percent < HUNDRED || us_percent > US_MOST)
        us_percent = json_count(old, "us_percent", HUNDRED);
    json_set_count(entry, "us_percent", us_percent);
    struct json *rows = json_set_list(entry, "rows");
    if (old && import->plan->from)
        keep_rows_before(import, from, old, rows);
    add_row(import, model, rows);
    if (mine)
        json_take(models, at);
    json_append(models, entry);
}

/* --- the file ----------------------------------------------------------------------------- */

static struct json *new_file(struct arena *arena)
{
    struct json *root = json_new_object(arena);
    json_set_text(root, "schema", "session-manager/prices");
    json_set_count(root, "schema_version", 1);
    json_set_text(root, "date", "");
    json_set_text(root, "currency", "USD");
    json_set_text(root, "unit", "US dollars for a million tokens, as decimal text");
    (void)json_set_list(root, "sources");
    (void)json_set_list(root, "models");
    return root;
}

static void name_source(struct import *import)
{
    const struct price_import *plan = import->plan;
    struct json *sources = json_get(import->own, "sources");
    const char *id = arena_printf(import->arena, "import-%s", plan->date);
    for (int n = 2; find_in(sources, "id", id); n++)
        id = arena_printf(import->arena, "import-%s-%d", plan->date, n);
    struct json *source = json_append_object(sources);
    json_set_text(source, "id", id);
    json_set_text(source, "what", plan->source);
    import->source_id = id;
}

static void note_partial(struct price_imported *out, const struct litellm_model *model)
{
    const struct rates *rates = &model->bands.rates;
    if (rates->cache_write_5m != PRICE_NONE && rates->cache_write_1h != PRICE_NONE &&
        rates->cache_read != PRICE_NONE)
        return;
    if (out->partial++ == 0)
        out->first_partial = model->name;
}

static void put_all(struct import *import)
{
    const struct litellm *models = import->plan->models;
    struct price_imported *out = import->out;
    for (size_t i = 0; i < models->count; i++) {
        bool known;
        if (!is_news(import, &models->models[i], &known)) {
            out->same++;
            continue;
        }
        if (out->added + out->changed == 0)
            name_source(import);
        out->added += !known;
        out->changed += known;
        note_partial(out, &models->models[i]);
        put_model(import, &models->models[i]);
    }
}

static bool load_own(struct import *import, struct err *err)
{
    const struct price_import *plan = import->plan;
    struct price_table *ignored;
    import->own = new_file(import->arena);
    return !plan->own || (price_table_parse(import->arena, plan->own, plan->own_length,
                                            plan->own_name, &ignored, err) &&
                          json_parse(import->arena, plan->own, plan->own_length, plan->own_name,
                                     &import->own, err));
}

bool price_import(struct arena *arena, const struct price_import *plan, struct price_imported *out,
                  struct err *err)
{
    struct import import = { .arena = arena, .plan = plan, .out = out };
    struct price_table *ignored;
    struct buf text;
    *out = (struct price_imported){ 0 };
    if (!load_own(&import, err) || !json_parse(arena, plan->built_in, plan->built_in_length,
                                               "prices.json", &import.built_in, err))
        return false;
    if (!json_get(import.own, "sources"))
        (void)json_set_list(import.own, "sources");
    put_all(&import);
    json_set_text(import.own, "date", plan->date);
    buf_init(&text, arena, FILE_MOST);
    json_write(import.own, &text);
    if (text.overflow)
        return err_set(err, ERR_DAMAGED, "price file: too many models");
    out->text = text.text;
    out->length = text.length;
    /* What is written must be readable tomorrow. */
    return price_table_parse(arena, text.text, text.length, plan->own_name, &ignored, err);
}
