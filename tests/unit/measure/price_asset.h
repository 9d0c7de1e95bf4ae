#pragma once
/* price_asset - the shipped price table, for tests. Found beside the sources: tests run in the
 * build folder, which is what __FILE__ is relative to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "measure/price.h"

enum { ASSET_MOST = 1 << 20 };

static inline const char *price_asset_text(struct arena *arena)
{
    static const char tail[] = "tests/unit/measure/price_asset.h";
    size_t root = strlen(__FILE__) - strlen(tail);
    FILE *in = fopen(arena_printf(arena, "%.*sassets/prices.json", (int)root, __FILE__), "rb");
    assert_non_null(in);
    char *text = arena_alloc(arena, ASSET_MOST);
    size_t size = fread(text, 1, ASSET_MOST - 1, in);
    assert_true(size > 0 && feof(in));
    (void)fclose(in);
    return text;
}

static inline struct price_table *price_asset(struct arena *arena)
{
    struct price_table *table = NULL;
    struct err err = { 0 };
    const char *text = price_asset_text(arena);
    if (!price_table_parse(arena, text, strlen(text), "prices.json", &table, &err))
        fail_msg("%s: %s", err.where, err.text);
    return table;
}
