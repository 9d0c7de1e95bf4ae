#pragma once
/*
 * price_import - puts the prices of a LiteLLM file into the text of a user's own price file, which
 * has the format of assets/prices.json. Pure.
 *
 * A model whose prices are in force already is left as it is, so that what the file cannot say
 * (older prices, fast mode) is not lost. Another one is replaced whole; with a day, what held
 * before that day is kept.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct arena;
struct err;
struct litellm;
struct price_table;

struct price_import {
    const struct litellm *models;
    const struct price_table *table; /* in force */
    const char *built_in;            /* text of the table the own one goes over */
    size_t built_in_length;
    const char *own; /* text of the own file; NULL: there is none yet */
    size_t own_length;
    const char *own_name; /* for messages */
    const char *from;     /* day the prices hold from, "2026-12-01"; NULL: always */
    const char *date;     /* today */
    const char *source;   /* where they come from, for people */
};

struct price_imported {
    const char *text; /* of the own file as it should be now */
    size_t length;
    int64_t added;   /* models nobody had a price for */
    int64_t changed; /* models that cost something else now */
    int64_t same;
    int64_t partial;           /* added or changed, and some kind of tokens has no price */
    const char *first_partial; /* NULL: none */
};

/* ERR_DAMAGED when the own file cannot be understood. */
bool price_import(struct arena *arena, const struct price_import *plan, struct price_imported *out,
                  struct err *err) MUST_USE;
