#pragma once
/*
 * litellm - reads a price file of the LiteLLM project (model_prices_and_context_window.json).
 * Pure.
 *
 * Prices there are dollars a token as JSON numbers, "3e-06" or "0.000003": they are read digit by
 * digit, never through floating point, and must be whole pico-dollars. What the file does not
 * price stays without a price. Names that a provider has decorated ("us.anthropic...", "@...")
 * are passed over: their prices may differ. Of names with a date ("-20250929") the plain name
 * speaks first, then the newest date.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "measure/price.h"

struct arena;
struct err;

enum { LITELLM_MOST = 32 << 20 }; /* bytes of a file that are worth reading */

struct litellm_model {
    const char *name; /* as price tables name it */
    const char *key;  /* as the file names it */
    struct price_bands bands;
    int64_t fast_times; /* what a fast call costs more, in hundredths; 0: not said */
    int64_t us_percent; /* 0: not said */
};

struct litellm {
    struct litellm_model *models; /* in the order of the file, each name once */
    size_t count;
    int64_t entries; /* all that the file has */
    int64_t passed;  /* wanted, but without a price of input and output, or with several steps */
};

struct litellm_file {
    const char *text;
    size_t length;
    const char *name;          /* for messages */
    const char *const *wanted; /* only these names, up to a NULL; NULL: all */
};

/* ERR_DAMAGED with the place (byte, or model and member) for
 * what is no such file. */
bool litellm_parse(struct arena *arena, const struct litellm_file *file, struct litellm *out,
                   struct err *err) MUST_USE;
/* A JSON number of dollars as pico-dollars, exactly; false when it is negative, no number, finer
 * than a pico-dollar or above a dollar. */
bool litellm_price(const char *number, size_t length, int64_t *pico_usd) MUST_USE;
