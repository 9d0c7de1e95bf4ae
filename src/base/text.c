#include "base/text.h"

#include <string.h>
#include <utf8proc.h>

#include "base/arena.h"
#include "base/buf.h"

enum {
    REPLACEMENT = 0xfffd,
    VARIATION_EMOJI = 0xfe0f,
    KEYCAP = 0x20e3,
    CLUSTER_LIMIT = 32,   /* code points: nobody writes longer ones, and foreign input may not */
    SHOWN_PER_BYTE = 6,   /* a byte of 1 becomes \u{1b}; three bytes become \u{202e} */
    MONEY_DECIMALS = 9,   /* nano-dollars */
    MONEY_MOST = 9200000, /* thousands of dollars; INT64_MAX nano-dollars is a little more */
    MINUTES_AN_HOUR = 60,
};

static const char replacement[] = "\xef\xbf\xbd";
static const char ellipsis[] = "\xe2\x80\xa6";

/* The character at `at` (its end is given by a NUL or by `left`, -1) and its length in bytes;
 * 0 when these bytes are not UTF-8. */
static size_t decode(const char *at, ptrdiff_t left, utf8proc_int32_t *code)
{
    utf8proc_ssize_t length = utf8proc_iterate((const utf8proc_uint8_t *)at, left, code);
    return length > 0 ? (size_t)length : 0;
}

/* The same for a text that may hold anything: a bad byte is one character, U+FFFD. */
static size_t decode_any(const char *at, utf8proc_int32_t *code)
{
    size_t length = decode(at, -1, code);
    if (length > 0)
        return length;
    *code = REPLACEMENT;
    return 1;
}

/* Bytes and characters that make a terminal do something other than show them. */
static bool is_harmful(utf8proc_int32_t code)
{
    return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x061c || code == 0x200e ||
           code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

size_t text_harmful(const char *at, unsigned *code)
{
    utf8proc_int32_t found;
    size_t length = decode(at, -1, &found);
    if (length == 0 || !is_harmful(found))
        return 0;
    *code = (unsigned)found;
    return length;
}

const char *text_shown(struct arena *arena, const char *text)
{
    struct buf out;
    buf_init(&out, arena, strlen(text) * SHOWN_PER_BYTE);
    const char *run = text; /* what may stay is added in runs */
    while (*text) {
        utf8proc_int32_t code;
        size_t length = decode(text, -1, &code);
        if (length > 0 && !is_harmful(code)) {
            text += length;
            continue;
        }
        buf_addn(&out, run, (size_t)(text - run));
        if (length == 0)
            buf_add(&out, replacement);
        else if (code == '\n' || code == '\t')
            buf_add(&out, " ");
        else
            buf_addf(&out, "\\u{%x}", (unsigned)code);
        text += length ? length : 1;
        run = text;
    }
    buf_add(&out, run);
    return out.text;
}

const char *text_valid(struct arena *arena, const char *text, size_t length)
{
    struct buf out;
    buf_init(&out, arena, length * (sizeof(replacement) - 1));
    const char *end = text + length;
    const char *run = text;
    while (text < end) {
        utf8proc_int32_t code;
        size_t size = decode(text, end - text, &code);
        if (size > 0 && code != 0) {
            text += size;
            continue;
        }
        buf_addn(&out, run, (size_t)(text - run));
        buf_add(&out, replacement);
        run = ++text;
    }
    buf_addn(&out, run, (size_t)(text - run));
    return out.text;
}

static bool is_plain(char byte)
{
    return byte >= ' ' && byte < 0x7f;
}

/* Whether a variation selector shows it as an emoji, two columns wide. */
static bool may_be_emoji(utf8proc_int32_t code)
{
    return utf8proc_get_property(code)->boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

static bool is_flag_letter(utf8proc_int32_t code)
{
    return code >= 0x1f1e6 && code <= 0x1f1ff;
}

/* The length in bytes of what a reader takes for one character (a grapheme cluster), and the
 * columns it takes: those of its widest part. `text` is not at its end. */
static size_t cluster(const char *text, size_t *columns)
{
    *columns = 1;
    if (is_plain(text[0]) && (is_plain(text[1]) || !text[1]))
        return 1;
    utf8proc_int32_t first;
    utf8proc_int32_t state = 0;
    size_t size = decode_any(text, &first);
    utf8proc_int32_t before = first;
    int width = utf8proc_charwidth(first);
    for (int n = 1; n < CLUSTER_LIMIT && text[size]; n++) {
        utf8proc_int32_t code;
        size_t more = decode_any(text + size, &code);
        if (utf8proc_grapheme_break_stateful(before, code, &state))
            break;
        int wide = (code == VARIATION_EMOJI && may_be_emoji(first)) || code == KEYCAP ||
                   is_flag_letter(code);
        int own = wide ? 2 : utf8proc_charwidth(code);
        width = own > width ? own : width;
        size += more;
        before = code;
    }
    *columns = (size_t)width;
    return size;
}

size_t text_width(const char *text)
{
    size_t width = 0;
    while (*text) {
        size_t columns;
        text += cluster(text, &columns);
        width += columns;
    }
    return width;
}

static const char *copy_head(struct arena *arena, const char *text, size_t length)
{
    return memcpy(arena_alloc(arena, length + 1), text, length);
}

const char *text_cut(struct arena *arena, const char *text, size_t columns, bool utf8)
{
    const char *sign = utf8 ? ellipsis : "...";
    size_t sign_width = utf8 ? 1 : 3;
    size_t width = 0;
    size_t kept = 0; /* bytes that leave room for the sign */
    for (const char *at = text; *at;) {
        size_t more;
        at += cluster(at, &more);
        width += more;
        if (width > columns && columns < sign_width)
            return copy_head(arena, "...", columns);
        if (width > columns)
            return arena_printf(arena, "%s%s", copy_head(arena, text, kept), sign);
        if (width + sign_width <= columns)
            kept = (size_t)(at - text);
    }
    return arena_strdup(arena, text);
}

const char *text_head(struct arena *arena, const char *text, size_t characters)
{
    size_t length = 0;
    for (size_t columns; characters > 0 && text[length]; characters--)
        length += cluster(text + length, &columns);
    return copy_head(arena, text, length);
}

static char lower(char c)
{
    if (c >= 'A' && c <= 'Z')
        c = (char)(c - 'A' + 'a');
    return c;
}

bool text_same(const char *a, const char *b)
{
    for (; *a && lower(*a) == lower(*b); a++, b++) {
    }
    return lower(*a) == lower(*b);
}

bool text_has_prefix(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_has_suffix(const char *text, const char *suffix)
{
    size_t length = strlen(text);
    size_t tail = strlen(suffix);
    return length >= tail && strcmp(text + length - tail, suffix) == 0;
}

bool text_matches(const char *text, const char *pattern)
{
    const char *star = NULL;  /* behind the last '*' met, */
    const char *taken = text; /* and where what it does not swallow begins */
    while (*text) {
        if (*pattern == '*') {
            star = ++pattern;
            taken = text;
        } else if (lower(*pattern) == lower(*text)) {
            pattern++;
            text++;
        } else if (star) { /* let the star swallow one more */
            pattern = star;
            text = ++taken;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

/* Takes decimal digits off the front; false when there are none or too many for an int64. */
static bool take_count(const char **text, int64_t *out)
{
    const char *at = *text;
    int64_t value = 0;
    for (; *at >= '0' && *at <= '9'; at++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, *at - '0', &value))
            return false;
    if (at == *text)
        return false;
    *text = at;
    *out = value;
    return true;
}

bool text_count(const char *text, int64_t *out)
{
    int64_t value;
    if (!take_count(&text, &value) || *text)
        return false;
    *out = value;
    return true;
}

bool text_money(const char *text, int64_t *nano_usd)
{
    int64_t dollars;
    int64_t fraction = 0;
    text += *text == '$';
    if (!take_count(&text, &dollars) || dollars / 1000 >= MONEY_MOST)
        return false;
    const char *decimals = text;
    if (*text == '.') {
        decimals = ++text;
        if (!take_count(&text, &fraction) || text - decimals > MONEY_DECIMALS)
            return false;
    }
    if (*text)
        return false;
    for (ptrdiff_t n = text - decimals; n < MONEY_DECIMALS; n++)
        fraction *= 10;
    *nano_usd = dollars * 1000000000 + fraction;
    return true;
}

bool text_minutes(const char *text, int64_t *minutes)
{
    int64_t value;
    int64_t sum = 0;
    if (!take_count(&text, &value))
        return false;
    if (lower(*text) == 'h') {
        if (__builtin_mul_overflow(value, MINUTES_AN_HOUR, &sum))
            return false;
        value = 0;
        text++;
        if (*text && (!take_count(&text, &value) || lower(*text) != 'm'))
            return false;
    }
    text += lower(*text) == 'm';
    if (*text || __builtin_add_overflow(sum, value, &sum) || sum < 1)
        return false;
    *minutes = sum;
    return true;
}
