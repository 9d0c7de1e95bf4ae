#pragma once
/*
 * text - UTF-8 as people write it and terminals show it, and numbers in it.
 *
 * Everything that reaches a screen passes text_shown(): logs, purposes and file names are
 * foreign input, and a terminal obeys what it is sent.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct arena;
struct buf;

/* `text` made harmless for a terminal: control bytes (C0, DEL, C1), line and bidirectional
 * controls become \u{..}; invalid UTF-8 becomes U+FFFD. One line: newlines become spaces. */
const char *text_shown(struct arena *arena, const char *text);
/* The character at `at`, when it is one of those; its bytes, else 0. */
size_t text_harmful(const char *at, unsigned *code);
/* Valid UTF-8 without NULs: bad bytes become U+FFFD. For what is stored. */
const char *text_valid(struct arena *arena, const char *text, size_t length);
/* Columns on a terminal: wide characters 2, combining and joined ones 0. */
size_t text_width(const char *text);
/* `text` cut to `columns` at a character's edge, "…" (or "..." when !utf8) in its last columns. */
const char *text_cut(struct arena *arena, const char *text, size_t columns, bool utf8);
/* The first `characters` of a text, at a character's edge, without a sign that it was cut. */
const char *text_head(struct arena *arena, const char *text, size_t characters);

bool text_same(const char *a, const char *b); /* equal, ASCII case ignored */
bool text_has_prefix(const char *text, const char *prefix);
bool text_has_suffix(const char *text, const char *suffix);
/* Shell-like pattern where '*' is any run of characters; ASCII case ignored. */
bool text_matches(const char *text, const char *pattern);

/* Whole texts only; false for anything else, overflow included. */
bool text_count(const char *text, int64_t *out) MUST_USE; /* decimal digits, no sign */
/* "4", "4.00", "$4.25" -> nano-dollars; at most nine decimals, below 9.2e9 dollars. */
bool text_money(const char *text, int64_t *nano_usd) MUST_USE;
/* "35m", "1h30m", "2h", "90" (minutes) -> minutes, at least 1. */
bool text_minutes(const char *text, int64_t *minutes) MUST_USE;
