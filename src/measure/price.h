#pragma once
/*
 * price - the dated list prices of models and services. Pure: the table is given as JSON text.
 *
 * Prices are integer pico-dollars (1e-12 $) a token: $3 per million is 3,000,000. A model is
 * looked up by its own name after its provider's decorations are taken off, never by a shorter
 * one: "claude-opus-5-5" must not cost what "claude-opus-5" costs. Source and date of each row
 * stand in assets/prices.json.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "model/call.h"

struct arena;
struct err;
struct price_table; /* lives in its arena */

enum { PRICE_NONE = -1 }; /* a rate the table does not have: tokens of that class are unpriced */

struct rates { /* pico-dollars a token, or PRICE_NONE */
    int64_t input;
    int64_t output;
    int64_t cache_write_5m;
    int64_t cache_write_1h;
    int64_t cache_read;
};

struct price_bands { /* what a model costs, by the size of the prompt */
    struct rates rates;
    struct rates above;
    int64_t above_prompt; /* `above` holds for prompts of more tokens; INT64_MAX: never */
};

struct price { /* what one call costs: rates of its whole request, and factors */
    struct rates rates;
    int64_t web_search_nano_usd; /* each, or PRICE_NONE */
    int64_t percent;             /* on tokens: 100, or 110 for US-only inference */
};

/* ERR_DAMAGED with the place when the text is not such a table. */
bool price_table_parse(struct arena *arena, const char *text, size_t length, const char *name,
                       struct price_table **out, struct err *err) MUST_USE;
/* What stands in `table` goes before what `below` says, model by model: all rows of a model come
 * from one of them. Searches the same way. `below` must live as long. */
void price_table_put_over(struct price_table *table, const struct price_table *below);
const char *price_table_date(const struct price_table *table); /* "2026-11-22" */
/* "built-in 2026-11-22", "own 2026-12-01 over built-in 2026-11-22" */
const char *price_table_name(struct arena *arena, const struct price_table *table);
int64_t price_table_hash(const struct price_table *table); /* of its text, and of what is below */
/* False: no price for this model, at this time, at this speed or tier. */
bool price_find(const struct price_table *table, const struct call *call,
                struct price *out) MUST_USE;

enum price_kind { PRICE_STANDARD, PRICE_FAST, PRICE_ABOVE };

struct price_line { /* one line of the table, for people */
    const char *model;
    enum price_kind kind;
    int64_t from_ns;      /* INT64_MIN: from the beginning */
    int64_t above_prompt; /* of PRICE_ABOVE: for prompts of more tokens */
    int64_t us_percent;
    struct rates rates;
    const char *source; /* what the table says of where it comes from */
    bool own;           /* of a table that was put over another */
};

/* Every line in force, by model and day; names that cost the same stand once, by their first
 * name. */
void price_table_lines(const struct price_table *table, struct arena *arena,
                       struct price_line **out, size_t *count);
/* The first name of the model in the table; NULL when it does not know it. */
const char *price_listed_as(const struct price_table *table, const char *model);
/* Pico-dollars a token as dollars a million: "0.125", "3.00"; NULL for PRICE_NONE. */
const char *price_text(struct arena *arena, int64_t pico_usd);
/* The model's last row; false when the table does not know it. */
bool price_newest(const struct price_table *table, const char *model,
                  struct price_bands *out) MUST_USE;
/* `model` as the table names it: "[1m]", "-20250929", "us.anthropic.", "@...", "-v1:0" taken off.
 */
const char *price_model_name(struct arena *arena, const char *model);
