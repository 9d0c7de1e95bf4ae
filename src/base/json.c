#include "base/json.h"

#include <jansson.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"

enum { DECIMAL_DIGITS = 15 }; /* 0.1 stays 0.1; nano-dollars stay exact below a million dollars */

/* `struct json` is json_t under a name the rest of the house may know. */
static json_t *unwrap(const struct json *json)
{
    union {
        const struct json *ours;
        json_t *theirs;
    } same = { .ours = json };
    return same.theirs;
}

static struct json *wrap(json_t *value)
{
    return (struct json *)value;
}

static void release(void *it)
{
    json_decref(it);
}

static struct json *keep(struct arena *arena, json_t *value)
{
    arena_defer(arena, release, value);
    return wrap(value);
}

bool json_parse(struct arena *arena, const char *text, size_t length, const char *name,
                struct json **out, struct err *err)
{
    json_error_t why;
    if (memchr(text, '\0', length)) { /* jansson lets some of them pass */
        (void)err_set(err, ERR_DAMAGED, "not valid JSON: a NUL byte");
        return err_at(err, "%s, byte %zu", name, strlen(text));
    }
    json_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
    if (!root) {
        (void)err_set(err, ERR_DAMAGED, "not valid JSON: %s", why.text);
        return err_at(err, "%s:%d:%d", name, why.line, why.column);
    }
    *out = keep(arena, root);
    return true;
}

enum json_kind json_kind(const struct json *value)
{
    static const enum json_kind kinds[] = {
        [JSON_OBJECT] = JSON_IS_OBJECT, [JSON_ARRAY] = JSON_IS_LIST,   [JSON_STRING] = JSON_IS_TEXT,
        [JSON_INTEGER] = JSON_IS_COUNT, [JSON_REAL] = JSON_IS_DECIMAL, [JSON_TRUE] = JSON_IS_BOOL,
        [JSON_FALSE] = JSON_IS_BOOL,    [JSON_NULL] = JSON_IS_NULL,
    };
    return value ? kinds[json_typeof(unwrap(value))] : JSON_IS_ABSENT;
}

struct json *json_get(const struct json *object, const char *key)
{
    return wrap(json_object_get(unwrap(object), key));
}

struct json *json_at(const struct json *object, const char *path)
{
    json_t *at = unwrap(object);
    while (at && *path) {
        size_t length = strcspn(path, ".");
        char key[64];
        if (length >= sizeof(key))
            return NULL;
        memcpy(key, path, length);
        key[length] = '\0';
        at = json_object_get(at, key);
        path += length + (path[length] == '.');
    }
    return wrap(at);
}

const char *json_text(const struct json *object, const char *key, const char *fallback)
{
    return json_value_text(json_get(object, key), fallback);
}

int64_t json_count(const struct json *object, const char *key, int64_t fallback)
{
    const json_t *number = json_object_get(unwrap(object), key);
    return json_is_integer(number) ? json_integer_value(number) : fallback;
}

double json_decimal(const struct json *object, const char *key, double fallback)
{
    return json_value_decimal(json_get(object, key), fallback);
}

bool json_bool(const struct json *object, const char *key, bool fallback)
{
    const json_t *value = json_object_get(unwrap(object), key);
    return json_is_boolean(value) ? json_is_true(value) : fallback;
}

const char *json_value_text(const struct json *value, const char *fallback)
{
    const char *text = json_string_value(unwrap(value));
    return text ? text : fallback;
}

double json_value_decimal(const struct json *value, double fallback)
{
    const json_t *number = unwrap(value);
    return json_is_number(number) ? json_number_value(number) : fallback;
}

size_t json_length(const struct json *value)
{
    const json_t *it = unwrap(value);
    return json_is_object(it) ? json_object_size(it) : json_array_size(it);
}

struct json *json_item(const struct json *list, size_t index)
{
    return wrap(json_array_get(unwrap(list), index));
}

const char *json_next_key(const struct json *object, const char *key)
{
    json_t *it = unwrap(object);
    void *at = key ? json_object_iter_next(it, json_object_iter_at(it, key)) : json_object_iter(it);
    return at ? json_object_iter_key(at) : NULL;
}

struct json *json_new_object(struct arena *arena)
{
    return keep(arena, json_object());
}

struct json *json_new_list(struct arena *arena)
{
    return keep(arena, json_array());
}

void json_set(struct json *object, const char *key, struct json *value)
{
    (void)json_object_set(unwrap(object), key, unwrap(value));
}

struct json *json_set_object(struct json *object, const char *key)
{
    (void)json_object_set_new(unwrap(object), key, json_object());
    return json_get(object, key);
}

struct json *json_set_list(struct json *object, const char *key)
{
    (void)json_object_set_new(unwrap(object), key, json_array());
    return json_get(object, key);
}

void json_set_text(struct json *object, const char *key, const char *text)
{
    (void)json_object_set_new(unwrap(object), key, text ? json_string(text) : json_null());
}

void json_set_count(struct json *object, const char *key, int64_t count)
{
    (void)json_object_set_new(unwrap(object), key, json_integer(count));
}

void json_set_decimal(struct json *object, const char *key, double number)
{
    (void)json_object_set_new(unwrap(object), key, json_real(number));
}

void json_set_bool(struct json *object, const char *key, bool value)
{
    (void)json_object_set_new(unwrap(object), key, json_boolean(value));
}

void json_set_null(struct json *object, const char *key)
{
    (void)json_object_set_new(unwrap(object), key, json_null());
}

void json_remove(struct json *object, const char *key)
{
    (void)json_object_del(unwrap(object), key);
}

void json_append(struct json *list, struct json *value)
{
    (void)json_array_append(unwrap(list), unwrap(value));
}

struct json *json_append_object(struct json *list)
{
    (void)json_array_append_new(unwrap(list), json_object());
    return json_item(list, json_length(list) - 1);
}

void json_append_text(struct json *list, const char *text)
{
    (void)json_array_append_new(unwrap(list), json_string(text));
}

void json_take(struct json *list, size_t index)
{
    (void)json_array_remove(unwrap(list), index);
}

struct json *json_clone(struct arena *arena, const struct json *value)
{
    return keep(arena, json_deep_copy(unwrap(value)));
}

bool json_same(const struct json *a, const struct json *b)
{
    return json_equal(unwrap(a), unwrap(b));
}

static int add_to_buf(const char *bytes, size_t size, void *buf)
{
    buf_addn(buf, bytes, size);
    return 0;
}

void json_write(const struct json *value, struct buf *out)
{
    (void)json_dump_callback(unwrap(value), add_to_buf, out,
                             JSON_INDENT(2) | JSON_ENCODE_ANY |
                                 JSON_REAL_PRECISION(DECIMAL_DIGITS));
    buf_add(out, "\n");
}

void json_write_compact(const struct json *value, struct buf *out)
{
    (void)json_dump_callback(unwrap(value), add_to_buf, out,
                             JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(DECIMAL_DIGITS));
}

void json_quote(struct buf *out, const char *text)
{
    const char *valid = text_valid(out->arena, text, strlen(text));
    buf_add(out, "\"");
    const char *run = valid; /* what needs no escape is added in runs */
    for (const char *c = valid; *c;) {
        unsigned code = 0;
        size_t harmful = text_harmful(c, &code);
        if (harmful == 0 && *c != '"' && *c != '\\') {
            c++;
            continue;
        }
        buf_addn(out, run, (size_t)(c - run));
        if (harmful)
            buf_addf(out, "\\u%04x", code);
        else
            buf_addf(out, "\\%c", *c);
        c += harmful ? harmful : 1;
        run = c;
    }
    buf_add(out, run);
    buf_add(out, "\"");
}
