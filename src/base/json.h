#pragma once
/*
 * json - the only door to jansson.
 *
 * A document lives in the arena: nothing to free. Reads never fail loudly: a missing or mistyped
 * member gives the fallback, and the caller that needs it says so itself. Members keep the order
 * they were written in. Texts given are copied; they must be valid UTF-8 (text_valid).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct arena;
struct buf;
struct err;
struct json; /* one value inside a document */

enum json_kind { /* jansson took the shorter names */
                 JSON_IS_ABSENT,
                 JSON_IS_NULL,
                 JSON_IS_BOOL,
                 JSON_IS_COUNT,
                 JSON_IS_DECIMAL,
                 JSON_IS_TEXT,
                 JSON_IS_LIST,
                 JSON_IS_OBJECT,
};

/* Strict: one value, no duplicate members, valid UTF-8. ERR_DAMAGED with `name:line:column` as
 * the place. */
bool json_parse(struct arena *arena, const char *text, size_t length, const char *name,
                struct json **out, struct err *err) MUST_USE;

enum json_kind json_kind(const struct json *value);                /* NULL gives JSON_IS_ABSENT */
struct json *json_get(const struct json *object, const char *key); /* NULL when absent */
/* "a.b.c" walks down objects; NULL when any is absent. */
struct json *json_at(const struct json *object, const char *path);
const char *json_text(const struct json *object, const char *key, const char *fallback);
int64_t json_count(const struct json *object, const char *key, int64_t fallback);
double json_decimal(const struct json *object, const char *key, double fallback); /* counts too */
bool json_bool(const struct json *object, const char *key, bool fallback);
const char *json_value_text(const struct json *value, const char *fallback);
double json_value_decimal(const struct json *value, double fallback);
size_t json_length(const struct json *value); /* of a list or object; else 0 */
struct json *json_item(const struct json *list, size_t index);
/* The member after `key` (NULL: the first); NULL at the end. */
const char *json_next_key(const struct json *object, const char *key);

struct json *json_new_object(struct arena *arena);
struct json *json_new_list(struct arena *arena);
void json_set(struct json *object, const char *key, struct json *value); /* shares the value */
struct json *json_set_object(struct json *object, const char *key); /* a new empty one, returned */
struct json *json_set_list(struct json *object, const char *key);   /* a new empty one, returned */
void json_set_text(struct json *object, const char *key, const char *text); /* NULL text: null */
void json_set_count(struct json *object, const char *key, int64_t count);
void json_set_decimal(struct json *object, const char *key, double number);
void json_set_bool(struct json *object, const char *key, bool value);
void json_set_null(struct json *object, const char *key);
void json_remove(struct json *object, const char *key);
void json_append(struct json *list, struct json *value); /* shares the value */
struct json *json_append_object(struct json *list);      /* a new empty one, returned */
void json_append_text(struct json *list, const char *text);
void json_take(struct json *list, size_t index);                        /* removes one item */
struct json *json_clone(struct arena *arena, const struct json *value); /* deep */
bool json_same(const struct json *a, const struct json *b);

/* Two-space indent, members in their order, UTF-8 as is, a newline at the end. */
void json_write(const struct json *value, struct buf *out);
/* The same on one line, without the newline. */
void json_write_compact(const struct json *value, struct buf *out);
/* Append `text` as a quoted JSON string; invalid UTF-8 becomes U+FFFD, and what would change how a
 * terminal shows it (controls, bidirectional marks) is escaped. */
void json_quote(struct buf *out, const char *text);
