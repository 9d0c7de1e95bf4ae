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

struct price { /* what one call costs: rates of its whole request, and factors */
    struct rates rates;
    int64_t web_search_nano_usd; /* each, or PRICE_NONE */
    int64_t percent;             /* on tokens: 100, or 110 for US-only inference */
};

/* ERR_DAMAGED with the place when the text is not such a table. */
bool price_table_parse(struct arena *arena, const char *text, size_t length, const char *name,
                       struct price_table **out, struct err *err) MUST_USE;
const char *price_table_date(const struct price_table *table); /* "2026-11-22" */
int64_t price_table_hash(const struct price_table *table);     /* of its text */
/* False: no price for this model, at this time, at this speed or tier. */
bool price_find(const struct price_table *table, const struct call *call,
                struct price *out) MUST_USE;
/* `model` as the table names it: "[1m]", "-20250929", "us.anthropic.", "@...", "-v1:0" taken off.
 */
const char *price_model_name(struct arena *arena, const char *model);
