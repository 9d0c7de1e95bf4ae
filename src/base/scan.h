#pragma once
/*
 * scan - a reader of one JSON object that builds nothing: the hot path of the agents' logs.
 *
 * The caller walks the members it wants and skips the rest; what is skipped is still checked, so
 * a line that scan_end() accepts is one whole valid JSON value: strings with legal escapes and
 * valid UTF-8, numbers by the grammar, at most SCAN_DEPTH levels. Escaped lone surrogates are
 * legal JSON and accepted; as text they become U+FFFD, and so does \u0000. The bytes are not
 * changed and must stay.
 *
 *     scan_begin(&scan, line, length);
 *     if (scan_object(&scan))
 *         while (scan_member(&scan, &key))
 *             if (scan_key_is(&key, "type")) scan_string(&scan, &type); else scan_skip(&scan);
 *     if (!scan_end(&scan)) ... scan.why and scan.at say what and where
 *
 * After the first mistake every call returns false and leaves things as they are.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/attr.h"

struct arena;

enum { SCAN_DEPTH = 128 };

struct scan {
    const char *start;
    const char *at;
    const char *end;
    const char *why; /* NULL while all is well; a literal */
    int depth;
    bool first; /* no member or item of the innermost container has been read */
    bool due;   /* the value itself, a member's or an item's has not been read yet */
};

struct scan_text { /* a string's inside, as it stands in the bytes: escapes not undone */
    const char *bytes;
    size_t length;
    bool escaped; /* has a backslash */
};

enum scan_kind {
    SCAN_BAD,
    SCAN_OBJECT,
    SCAN_LIST,
    SCAN_STRING,
    SCAN_NUMBER,
    SCAN_TRUE,
    SCAN_FALSE,
    SCAN_NULL
};

void scan_begin(struct scan *scan, const char *bytes, size_t length);
enum scan_kind scan_peek(struct scan *scan); /* of the next value; consumes only white space */
bool scan_object(
    struct scan *scan) MUST_USE; /* enter; false (and no error) when the next value is none */
/* The next member's key; false at the object's end, which is then left. */
bool scan_member(struct scan *scan, struct scan_text *key) MUST_USE;
bool scan_list(struct scan *scan) MUST_USE;
bool scan_item(struct scan *scan) MUST_USE; /* true: an item's value follows */
/* These three consume the value whatever it is; false when it is not of the kind. */
bool scan_string(struct scan *scan, struct scan_text *out);
bool scan_count(struct scan *scan,
                int64_t *out); /* an integer that fits; no fraction, no exponent */
bool scan_bool(struct scan *scan, bool *out);
void scan_skip(struct scan *scan);
bool scan_end(struct scan *scan) MUST_USE; /* only white space is left and all was well */

/* The rare case of the two below: a text with escapes. */
bool scan_undone_is(const struct scan_text *text, const char *name);
/* Inline: a record's members are compared with dozens of names that are known here. */
static inline bool scan_text_is(const struct scan_text *text, const char *name)
{
    if (text->escaped)
        return scan_undone_is(text, name);
    return text->length == strlen(name) && memcmp(text->bytes, name, text->length) == 0;
}
static inline bool scan_key_is(const struct scan_text *key, const char *name)
{
    return scan_text_is(key, name);
}
/* A NUL-terminated copy with escapes undone, at most `limit` bytes, cut at a character's edge. */
const char *scan_copy(struct arena *arena, const struct scan_text *text, size_t limit);
