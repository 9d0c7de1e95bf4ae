#include "measure/litellm.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/scan.h"

enum { MODELS_MOST = 20000, NAME_MOST = 200, PICO_DIGITS = 12, PERCENT_DIGITS = 2 };

#define PICO_MOST INT64_C(1000000000000)
#define TIMES_MOST INT64_C(10000)

struct entry { /* one member of the file, while it is read */
    const char *key;
    struct litellm_model model;
    bool odd; /* a price that cannot be kept, or a second step */
};

struct reader {
    struct arena *arena;
    struct scan scan;
    const struct litellm_file *file;
    struct litellm *out;
    size_t room;
    struct err *err;
};

/* --- numbers ------------------------------------------------------------------------------ */

struct decimal { /* digits * 10^exponent */
    int64_t digits;
    int64_t exponent;
};

static bool add_digit(struct decimal *number, int digit)
{
    return !__builtin_mul_overflow(number->digits, (int64_t)10, &number->digits) &&
           !__builtin_add_overflow(number->digits, (int64_t)digit, &number->digits);
}

/* "e-06" */
static bool read_exponent(const char *at, const char *end, int64_t *exponent)
{
    enum { MOST = 1000000 };
    bool negative = at < end && *at == '-';
    int64_t value = 0;
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    if (at == end)
        return false;
    for (; at < end; at++) {
        if (*at < '0' || *at > '9')
            return false;
        value = value < MOST ? value * 10 + (*at - '0') : value;
    }
    *exponent += negative ? -value : value;
    return true;
}

/* Zeros are kept back in `*zeros` until another digit follows: those at the end cost no room. */
static bool take_digit(struct decimal *number, int64_t *zeros, char digit)
{
    if (digit == '0') {
        ++*zeros;
        return true;
    }
    for (; *zeros > 0; --*zeros)
        if (!add_digit(number, 0))
            return false;
    return add_digit(number, digit - '0');
}

static bool read_decimal(const char *at, const char *end, struct decimal *out)
{
    int64_t zeros = 0;
    bool any = false;
    bool fraction = false;
    *out = (struct decimal){ 0, 0 };
    for (; at < end && *at != 'e' && *at != 'E'; at++) {
        bool point = *at == '.' && !fraction && any;
        fraction |= point;
        if (point)
            continue;
        if (*at < '0' || *at > '9' || !take_digit(out, &zeros, *at))
            return false;
        out->exponent -= fraction;
        any = true;
    }
    out->exponent += zeros;
    return any && (at == end || read_exponent(at + 1, end, &out->exponent));
}

/* The number times 10^places, if that is whole and at most `most`. */
static bool read_whole(const char *number, size_t length, int places, int64_t most, int64_t *out)
{
    struct decimal value;
    if (!read_decimal(number, number + length, &value))
        return false;
    *out = value.digits;
    if (value.digits == 0)
        return true;
    if (value.exponent + places < 0)
        return false;
    for (int64_t i = value.exponent + places; i > 0; i--) {
        if (*out > most)
            return false;
        *out *= 10;
    }
    return *out <= most;
}

bool litellm_price(const char *number, size_t length, int64_t *pico_usd)
{
    return read_whole(number, length, PICO_DIGITS, PICO_MOST, pico_usd);
}

/* --- one model ---------------------------------------------------------------------------- */

static bool refuse(struct reader *reader, const struct entry *entry, const char *member,
                   const char *what)
{
    (void)err_set(reader->err, ERR_DAMAGED, "price file: %s", what);
    return err_at(reader->err, "%s: '%s', '%s'", reader->file->name, entry->key, member);
}

static bool bad_json(struct reader *reader)
{
    (void)err_set(reader->err, ERR_DAMAGED, "price file: %s",
                  reader->scan.why ? reader->scan.why : "not an object of models");
    return err_at(reader->err, "%s, byte %lld", reader->file->name,
                  (long long)(reader->scan.at - reader->scan.start));
}

/* The value as it stands there, when it is a number; a null is nothing. False: neither. */
static bool take_number(struct reader *reader, const char **number, size_t *length)
{
    enum scan_kind kind = scan_peek(&reader->scan);
    *number = reader->scan.at;
    scan_skip(&reader->scan);
    *length = kind == SCAN_NUMBER ? (size_t)(reader->scan.at - *number) : 0;
    return kind == SCAN_NUMBER || kind == SCAN_NULL || reader->scan.why;
}

/* Which rate a member is; `*step` is what follows its name. */
static int64_t *rate_of(struct rates *rates, const char *member, const char **step)
{
    /* The longer of two that begin alike comes first. */
    static const char *const names[] = { "input_cost_per_token", "output_cost_per_token",
                                         "cache_creation_input_token_cost_above_1hr",
                                         "cache_creation_input_token_cost",
                                         "cache_read_input_token_cost" };
    int64_t *const places[] = { &rates->input, &rates->output, &rates->cache_write_1h,
                                &rates->cache_write_5m, &rates->cache_read };
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        size_t length = strlen(names[i]);
        *step = member + length;
        if (strncmp(member, names[i], length) == 0)
            return places[i];
    }
    return NULL;
}

/* "_above_200k_tokens" is 200,000; -1 for other words (other modes have prices of their own). */
static int64_t step_tokens(const char *step)
{
    static const char head[] = "_above_";
    enum { THOUSAND = 1000, DIGITS_MOST = 6 };
    int64_t tokens = 0;
    if (strncmp(step, head, strlen(head)) != 0)
        return -1;
    const char *at = step + strlen(head);
    for (int i = 0; i < DIGITS_MOST && *at >= '0' && *at <= '9'; i++)
        tokens = tokens * 10 + (*at++ - '0');
    return tokens > 0 && strcmp(at, "k_tokens") == 0 ? tokens * THOUSAND : -1;
}

static bool take_price(struct reader *reader, struct entry *entry, const char *member,
                       int64_t *rate)
{
    const char *number;
    size_t length;
    if (!take_number(reader, &number, &length))
        return refuse(reader, entry, member, "a price that is no number");
    if (reader->scan.why)
        return bad_json(reader);
    if (length == 0)
        return true;
    if (*number == '-')
        return refuse(reader, entry, member, "a price below zero");
    if (*rate != PRICE_NONE)
        return refuse(reader, entry, member, "a price that is there twice");
    if (!litellm_price(number, length, rate)) {
        *rate = PRICE_NONE;
        entry->odd = true;
    }
    return true;
}

/* provider_specific_entry: {"fast": 6.0, "us": 1.1} */
static bool take_factors(struct reader *reader, struct entry *entry)
{
    struct scan_text key;
    if (!scan_object(&reader->scan)) {
        scan_skip(&reader->scan);
        return true;
    }
    while (scan_member(&reader->scan, &key)) {
        int64_t *place = scan_key_is(&key, "fast") ? &entry->model.fast_times
                         : scan_key_is(&key, "us") ? &entry->model.us_percent
                                                   : NULL;
        const char *number;
        size_t length;
        if (!take_number(reader, &number, &length) || !place || length == 0)
            continue;
        if (!read_whole(number, length, PERCENT_DIGITS, TIMES_MOST, place))
            return refuse(reader, entry, "provider_specific_entry", "a factor that is none");
    }
    return true;
}

static bool take_member(struct reader *reader, struct entry *entry, const char *member)
{
    struct price_bands *bands = &entry->model.bands;
    const char *step;
    int64_t *rate = rate_of(&bands->rates, member, &step);
    if (strcmp(member, "provider_specific_entry") == 0)
        return take_factors(reader, entry);
    if (rate && *step == '\0')
        return take_price(reader, entry, member, rate);
    int64_t tokens = rate ? step_tokens(step) : -1;
    if (tokens < 0) {
        scan_skip(&reader->scan);
        return true;
    }
    if (bands->above_prompt != INT64_MAX && bands->above_prompt != tokens) {
        entry->odd = true;
        scan_skip(&reader->scan);
        return true;
    }
    bands->above_prompt = tokens;
    rate = rate_of(&bands->above, member, &step);
    return take_price(reader, entry, member, rate);
}

static bool take_entry(struct reader *reader, struct entry *entry)
{
    static const struct rates none = { PRICE_NONE, PRICE_NONE, PRICE_NONE, PRICE_NONE, PRICE_NONE };
    struct scan_text key;
    entry->model.bands = (struct price_bands){ none, none, INT64_MAX };
    if (!scan_object(&reader->scan))
        return reader->scan.why ? bad_json(reader)
                                : refuse(reader, entry, "", "a model that is no object");
    while (scan_member(&reader->scan, &key))
        if (!take_member(reader, entry, scan_copy(reader->arena, &key, NAME_MOST)))
            return false;
    return !reader->scan.why || bad_json(reader);
}

/* --- all of them -------------------------------------------------------------------------- */

/* Is all that was taken off the key at its end, a date or a window? */
static bool is_undecorated(const char *key, const char *plain)
{
    size_t length = strlen(plain);
    return length > 0 && strncmp(key, plain, length) == 0 && strchr("-[", key[length]);
}

/* The name the file's key stands for; NULL: passed over. */
static const char *wanted_name(struct reader *reader, const char *key)
{
    const char *plain = price_model_name(reader->arena, key);
    if (strcmp(key, "sample_spec") == 0 || !is_undecorated(key, plain))
        return NULL;
    if (!reader->file->wanted)
        return plain;
    for (const char *const *at = reader->file->wanted; *at; at++)
        if (strcmp(*at, plain) == 0)
            return plain;
    return NULL;
}

static bool keep(struct reader *reader, const struct litellm_model *model)
{
    struct litellm *out = reader->out;
    for (size_t i = 0; i < out->count; i++) {
        struct litellm_model *old = &out->models[i];
        if (strcmp(old->name, model->name) != 0)
            continue;
        if (strcmp(old->key, old->name) != 0 &&
            (strcmp(model->key, model->name) == 0 || strcmp(model->key, old->key) > 0))
            *old = *model;
        return true;
    }
    if (out->count == MODELS_MOST)
        return err_set(reader->err, ERR_DAMAGED, "price file: '%s' has more than %d models",
                       reader->file->name, MODELS_MOST);
    if (out->count == reader->room) {
        reader->room = reader->room ? reader->room * 2 : 16;
        struct litellm_model *more = arena_alloc(reader->arena, reader->room * sizeof(*more));
        if (out->count)
            memcpy(more, out->models, out->count * sizeof(*more));
        out->models = more;
    }
    out->models[out->count++] = *model;
    return true;
}

static bool take_all(struct reader *reader)
{
    struct scan_text key;
    while (scan_member(&reader->scan, &key)) {
        struct entry entry = { .key = scan_copy(reader->arena, &key, NAME_MOST) };
        reader->out->entries++;
        entry.model.key = entry.key;
        entry.model.name = wanted_name(reader, entry.key);
        if (!entry.model.name) {
            scan_skip(&reader->scan);
            continue;
        }
        if (!take_entry(reader, &entry))
            return false;
        const struct rates *rates = &entry.model.bands.rates;
        if (entry.odd || rates->input == PRICE_NONE || rates->output == PRICE_NONE)
            reader->out->passed++;
        else if (!keep(reader, &entry.model))
            return false;
    }
    return scan_end(&reader->scan) || bad_json(reader);
}

bool litellm_parse(struct arena *arena, const struct litellm_file *file, struct litellm *out,
                   struct err *err)
{
    struct reader reader = { .arena = arena, .file = file, .out = out, .err = err };
    *out = (struct litellm){ 0 };
    scan_begin(&reader.scan, file->text, file->length);
    if (!scan_object(&reader.scan))
        return bad_json(&reader);
    return take_all(&reader);
}
