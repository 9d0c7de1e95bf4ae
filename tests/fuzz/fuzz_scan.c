/* The scanner must accept exactly what jansson accepts, within its depth. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool walk(const char *text, size_t length, struct scan *scan)
{
    scan_begin(scan, text, length);
    scan_skip(scan);
    return scan_end(scan);
}

/* Another way through the outermost value, reading each value by its kind. */
static void read_one(struct arena *arena, struct scan *scan)
{
    struct scan_text text;
    int64_t count;
    bool on;
    switch (scan_peek(scan)) {
    case SCAN_STRING:
        if (scan_string(scan, &text) && strlen(scan_copy(arena, &text, 64)) > 64)
            abort();
        break;
    case SCAN_NUMBER:
        (void)scan_count(scan, &count);
        break;
    case SCAN_TRUE:
    case SCAN_FALSE:
        (void)scan_bool(scan, &on);
        break;
    case SCAN_OBJECT:
    case SCAN_LIST:
    case SCAN_NULL:
    case SCAN_BAD:
    default:
        scan_skip(scan);
    }
}

static bool walk_members(struct arena *arena, const char *text, size_t length)
{
    struct scan scan;
    struct scan_text key;
    scan_begin(&scan, text, length);
    if (scan_object(&scan))
        while (scan_member(&scan, &key)) {
            struct scan_text again = key;
            if (!scan_key_is(&key, scan_copy(arena, &again, key.length)))
                abort();
            read_one(arena, &scan);
        }
    else if (scan_list(&scan))
        while (scan_item(&scan))
            read_one(arena, &scan);
    else
        read_one(arena, &scan);
    return scan_end(&scan);
}

/* What jansson refuses although it is JSON: it builds values, the scanner does not. */
static bool is_its_own_limit(const char *why)
{
    static const char *const limits[] = { "duplicate",         "too big", "overflow",
                                          "invalid Unicode '", "\\u0000", "NUL byte" };
    for (size_t i = 0; i < ARRAY_LEN(limits); i++)
        if (strstr(why, limits[i]))
            return true;
    return false;
}

static bool is_container(const char *text, size_t length)
{
    size_t i = 0;
    while (i < length && text[i] && strchr(" \t\r\n", text[i]))
        i++;
    return i < length && (text[i] == '{' || text[i] == '[');
}

/* `why` is NULL when the scanner accepted it. */
static void compare(struct arena *arena, const char *text, size_t length, const char *why)
{
    struct json *json;
    struct err err;
    bool parsed = json_parse(arena, text, length, "fuzz", &json, &err);
    if (parsed == !why)
        return;
    /* jansson loses a NUL behind a number or a word, and goes deeper. */
    if (parsed && (memchr(text, '\0', length) || strcmp(why, "too many levels") == 0))
        return;
    if (parsed || !is_its_own_limit(err.text))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    char *text = malloc(size + 1); /* a byte more, so that an empty input is a pointer too */
    if (!text)
        abort();
    memcpy(text, data, size);
    struct scan scan;
    bool accepted = walk(text, size, &scan);
    if (accepted != walk_members(&arena, text, size))
        abort();
    if (scan.at < text || scan.at > text + size || accepted != (scan.why == NULL))
        abort();
    if (is_container(text, size))
        compare(&arena, text, size, accepted ? NULL : scan.why);
    free(text);
    return 0;
}
