#include "base/scan.h"

#include <string.h>
#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "base/arena.h"

static bool fail(struct scan *scan, const char *why)
{
    if (!scan->why)
        scan->why = why;
    return false;
}

static inline void skip_space(struct scan *scan)
{
    const char *at = scan->at;
    while (at < scan->end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n'))
        at++;
    scan->at = at;
}

/* The next byte that is not white space; NUL, which no value holds, at the end. */
static inline char next_byte(struct scan *scan)
{
    skip_space(scan);
    if (scan->at == scan->end)
        return '\0';
    return *scan->at;
}

static inline bool is_digit(const struct scan *scan)
{
    return scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9';
}

#ifdef __SSE2__
/* Both go on while 16 (32) bytes mean nothing special; true: `*at` is at one that does. Bytes are
 * signed here: those of 0x80 and above lie below a space as control bytes do. */
static inline bool special_sse2(const char **at, const char *end)
{
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    const __m128i space = _mm_set1_epi8(' ');
    for (; end - *at >= 16; *at += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i_u *)*at);
        __m128i special = _mm_cmplt_epi8(bytes, space);
        special = _mm_or_si128(special, _mm_cmpeq_epi8(bytes, quote));
        special = _mm_or_si128(special, _mm_cmpeq_epi8(bytes, backslash));
        unsigned found = (unsigned)_mm_movemask_epi8(special);
        if (found) {
            *at += __builtin_ctz(found);
            return true;
        }
    }
    return false;
}

__attribute__((target("avx2"))) static bool special_avx2(const char **at, const char *end)
{
    const __m256i quote = _mm256_set1_epi8('"');
    const __m256i backslash = _mm256_set1_epi8('\\');
    const __m256i space = _mm256_set1_epi8(' ');
    for (; end - *at >= 32; *at += 32) {
        __m256i bytes = _mm256_loadu_si256((const __m256i_u *)*at);
        __m256i special = _mm256_cmpgt_epi8(space, bytes);
        special = _mm256_or_si256(special, _mm256_cmpeq_epi8(bytes, quote));
        special = _mm256_or_si256(special, _mm256_cmpeq_epi8(bytes, backslash));
        unsigned found = (unsigned)_mm256_movemask_epi8(special);
        if (found) {
            *at += __builtin_ctz(found);
            return true;
        }
    }
    return false;
}
#endif

/* Where a run of ASCII that means nothing special inside a string ends. */
static inline const char *plain_end(const char *at, const char *end)
{
#ifdef __SSE2__
    if (special_sse2(&at, end - at > 32 ? at + 32 : end))
        return at; /* most strings are short */
    if (end - at >= 32 && __builtin_cpu_supports("avx2") && special_avx2(&at, end))
        return at;
    if (special_sse2(&at, end))
        return at;
#endif
    while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= ' ' &&
           (unsigned char)*at < 0x80)
        at++;
    return at;
}

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    digit |= 0x20;
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* The four hex digits of a \u escape; -1 when they are not. */
static int hex4(const char *at, const char *end)
{
    int value = 0;
    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_value(at[i]);
        if (digit < 0)
            return -1;
        value = value << 4 | digit;
    }
    return value;
}

/* The byte an escape of one letter stands for; NUL when there is no such escape. */
static char short_escape(char letter)
{
    switch (letter) {
    case '"':
    case '\\':
    case '/':
        return letter;
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return '\0';
    }
}

/* Mostly ends of lines and quotes, in a text that somebody typed. */
static inline bool is_short_escape(char letter)
{
    return letter == 'n' || letter == '"' || letter == '\\' || letter == 't' || letter == 'r';
}

static bool take_escape(struct scan *scan)
{
    const char *letter = scan->at + 1;
    if (letter == scan->end)
        return fail(scan, "a string without its end");
    if (short_escape(*letter)) {
        scan->at += 2;
        return true;
    }
    if (*letter != 'u' || hex4(letter + 1, scan->end) < 0)
        return fail(scan, "an escape that does not exist");
    scan->at += 6;
    return true;
}

/* The length of the sequence a lead byte of UTF-8 begins, and the range of the byte after it:
 * where that is narrower than 80..BF, it keeps out overlong forms, surrogates and what lies
 * above U+10FFFF. */
static size_t sequence_length(unsigned char lead, unsigned char *low, unsigned char *high)
{
    *low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    *high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (lead >= 0xc2 && lead <= 0xdf)
        return 2;
    if (lead >= 0xe0 && lead <= 0xef)
        return 3;
    return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

static bool take_sequence(struct scan *scan)
{
    const unsigned char *at = (const unsigned char *)scan->at;
    unsigned char low;
    unsigned char high;
    size_t length = sequence_length(at[0], &low, &high);
    if (length == 0 || (size_t)(scan->end - scan->at) < length || at[1] < low || at[1] > high)
        return fail(scan, "a byte that is not UTF-8");
    for (size_t i = 2; i < length; i++)
        if ((at[i] & 0xc0) != 0x80)
            return fail(scan, "a byte that is not UTF-8");
    scan->at += length;
    return true;
}

/* One thing inside a string that plain_end() stopped at, other than the closing quote. */
static bool take_special(struct scan *scan)
{
    if (scan->at == scan->end)
        return fail(scan, "a string without its end");
    if (*scan->at == '\\')
        return take_escape(scan);
    if ((unsigned char)*scan->at < ' ')
        return fail(scan, "a control byte in a string");
    do /* what is not ASCII seldom comes alone */
        if (!take_sequence(scan))
            return false;
    while (scan->at < scan->end && (unsigned char)*scan->at >= 0x80);
    return true;
}

/* From the opening quote to behind the closing one. */
static inline bool take_string(struct scan *scan, struct scan_text *out)
{
    const char *inside = ++scan->at;
    bool escaped = false;
    for (;;) {
        scan->at = plain_end(scan->at, scan->end);
        if (scan->at < scan->end && *scan->at == '"')
            break;
        if (scan->end - scan->at >= 2 && *scan->at == '\\' && is_short_escape(scan->at[1])) {
            escaped = true;
            scan->at += 2;
            continue;
        }
        escaped |= scan->at < scan->end && *scan->at == '\\';
        if (!take_special(scan))
            return false;
    }
    *out = (struct scan_text){ inside, (size_t)(scan->at - inside), escaped };
    scan->at++;
    return true;
}

static bool take_digits(struct scan *scan)
{
    if (!is_digit(scan))
        return fail(scan, "a number that is cut short or ill-formed");
    while (is_digit(scan))
        scan->at++;
    return true;
}

static bool take_number(struct scan *scan, bool *whole)
{
    *whole = true;
    scan->at += *scan->at == '-';
    bool zero = scan->at < scan->end && *scan->at == '0';
    if (zero)
        scan->at++;
    else if (!take_digits(scan))
        return false;
    if (zero && is_digit(scan))
        return fail(scan, "a number that begins with a zero");
    if (scan->at < scan->end && *scan->at == '.') {
        *whole = false;
        scan->at++;
        if (!take_digits(scan))
            return false;
    }
    if (scan->at < scan->end && (*scan->at | 0x20) == 'e') {
        *whole = false;
        scan->at++;
        scan->at += scan->at < scan->end && (*scan->at == '+' || *scan->at == '-');
        return take_digits(scan);
    }
    return true;
}

static bool take_word(struct scan *scan, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(scan->end - scan->at) < length || memcmp(scan->at, word, length) != 0)
        return fail(scan, "a word that is not true, false or null");
    scan->at += length;
    return true;
}

static enum scan_kind kind_of(char byte)
{
    switch (byte) {
    case '{':
        return SCAN_OBJECT;
    case '[':
        return SCAN_LIST;
    case '"':
        return SCAN_STRING;
    case 't':
        return SCAN_TRUE;
    case 'f':
        return SCAN_FALSE;
    case 'n':
        return SCAN_NULL;
    default:
        return byte == '-' || (byte >= '0' && byte <= '9') ? SCAN_NUMBER : SCAN_BAD;
    }
}

static bool enter(struct scan *scan)
{
    if (scan->depth == SCAN_DEPTH)
        return fail(scan, "too many levels");
    scan->at++;
    scan->depth++;
    scan->first = true;
    scan->due = false;
    return true;
}

static bool leave(struct scan *scan)
{
    scan->at++;
    scan->depth--;
    scan->first = false;
    return false;
}

/* Consumes a value that holds no others, or enters one that does. */
static inline bool take_value(struct scan *scan, enum scan_kind kind)
{
    struct scan_text text;
    bool whole;
    scan->due = false;
    switch (kind) {
    case SCAN_OBJECT:
    case SCAN_LIST:
        return enter(scan);
    case SCAN_STRING:
        return take_string(scan, &text);
    case SCAN_NUMBER:
        return take_number(scan, &whole);
    case SCAN_TRUE:
        return take_word(scan, "true");
    case SCAN_FALSE:
        return take_word(scan, "false");
    case SCAN_NULL:
        return take_word(scan, "null");
    case SCAN_BAD:
    default:
        return fail(scan, scan->at < scan->end ? "a value is missing" : "the text ends too early");
    }
}

/* Goes to the next item of the container that `closer` ends; false at its end, which is left. */
static inline bool next_in(struct scan *scan, char closer)
{
    if (scan->why || scan->depth == 0)
        return false;
    char byte = next_byte(scan);
    if (scan->due)
        return fail(scan, "a value is missing");
    if (byte == closer)
        return leave(scan);
    scan->due = true;
    if (scan->first) {
        scan->first = false;
        return true;
    }
    if (scan->at == scan->end)
        return fail(scan, "the text ends too early");
    if (byte != ',')
        return fail(scan, "a comma or a closing bracket is missing");
    scan->at++;
    return true;
}

void scan_begin(struct scan *scan, const char *bytes, size_t length)
{
    *scan = (struct scan){ .start = bytes, .at = bytes, .end = bytes + length, .due = true };
}

enum scan_kind scan_peek(struct scan *scan)
{
    if (scan->why || !scan->due)
        return SCAN_BAD;
    return kind_of(next_byte(scan));
}

bool scan_object(struct scan *scan)
{
    return scan_peek(scan) == SCAN_OBJECT && enter(scan);
}

bool scan_member(struct scan *scan, struct scan_text *key)
{
    if (!next_in(scan, '}'))
        return false;
    if (next_byte(scan) != '"')
        return fail(scan, scan->at < scan->end ? "a key is missing" : "the text ends too early");
    if (!take_string(scan, key))
        return false;
    if (next_byte(scan) != ':')
        return fail(scan, scan->at < scan->end ? "a colon is missing" : "the text ends too early");
    scan->at++;
    return true;
}

bool scan_list(struct scan *scan)
{
    return scan_peek(scan) == SCAN_LIST && enter(scan);
}

bool scan_item(struct scan *scan)
{
    return next_in(scan, ']');
}

/* The rest of the container just entered. No recursion: depth comes from outside. */
static void skip_inside(struct scan *scan, bool object)
{
    bool is_object[SCAN_DEPTH + 1] = { false }; /* of each level */
    struct scan_text key;
    int outside = scan->depth - 1;
    is_object[scan->depth] = object;
    while (scan->depth > outside && !scan->why) {
        if (!(is_object[scan->depth] ? scan_member(scan, &key) : scan_item(scan)))
            continue;
        int depth = scan->depth;
        enum scan_kind kind = scan_peek(scan);
        if (take_value(scan, kind) && scan->depth > depth)
            is_object[scan->depth] = kind == SCAN_OBJECT;
    }
}

bool scan_string(struct scan *scan, struct scan_text *out)
{
    if (scan_peek(scan) != SCAN_STRING) {
        scan_skip(scan);
        return false;
    }
    scan->due = false;
    return take_string(scan, out);
}

bool scan_count(struct scan *scan, int64_t *out)
{
    if (scan_peek(scan) != SCAN_NUMBER) {
        scan_skip(scan);
        return false;
    }
    bool whole;
    const char *at = scan->at;
    scan->due = false;
    if (!take_number(scan, &whole) || !whole)
        return false;
    bool negative = *at == '-';
    int64_t value = 0;
    for (at += negative; at < scan->at; at++) {
        int digit = *at - '0';
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, negative ? -digit : digit, &value))
            return false;
    }
    *out = value;
    return true;
}

bool scan_bool(struct scan *scan, bool *out)
{
    enum scan_kind kind = scan_peek(scan);
    scan_skip(scan);
    if (scan->why || (kind != SCAN_TRUE && kind != SCAN_FALSE))
        return false;
    *out = kind == SCAN_TRUE;
    return true;
}

void scan_skip(struct scan *scan)
{
    int outside = scan->depth;
    enum scan_kind kind = scan_peek(scan);
    if (!scan->why && take_value(scan, kind) && scan->depth > outside)
        skip_inside(scan, kind == SCAN_OBJECT);
}

bool scan_end(struct scan *scan)
{
    if (scan->why)
        return false;
    skip_space(scan);
    if (scan->depth > 0)
        return fail(scan, "the value has not been read to its end");
    if (scan->due)
        return fail(scan, scan->at < scan->end ? "the value has not been read" : "no value");
    if (scan->at < scan->end)
        return fail(scan, "something follows the value");
    return true;
}

static size_t encode(unsigned code, char out[4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)((0xf00 >> length & 0xf0) | code);
    return length;
}

/* The character of a checked \u escape; `*at` goes behind it, or behind the pair. */
static unsigned undo_hex(const char **at, const char *end)
{
    unsigned code = (unsigned)hex4(*at + 2, end);
    *at += 6;
    if (code == 0 || (code >= 0xdc00 && code <= 0xdfff))
        return 0xfffd;
    if (code < 0xd800 || code > 0xdbff)
        return code;
    if (end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u')
        return 0xfffd;
    unsigned low = (unsigned)hex4(*at + 2, end);
    if (low < 0xdc00 || low > 0xdfff)
        return 0xfffd;
    *at += 6;
    return 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
}

/* The next character of a checked string with its escape undone, as UTF-8; returns its length. */
static size_t undo_one(const char **at, const char *end, char out[4])
{
    if (**at == '\\' && (*at)[1] == 'u')
        return encode(undo_hex(at, end), out);
    if (**at == '\\') {
        out[0] = short_escape((*at)[1]);
        *at += 2;
        return 1;
    }
    unsigned char low;
    unsigned char high;
    size_t length = sequence_length((unsigned char)**at, &low, &high);
    length += length == 0;
    memcpy(out, *at, length);
    *at += length;
    return length;
}

bool scan_undone_is(const struct scan_text *text, const char *name)
{
    const char *end = text->bytes + text->length;
    for (const char *at = text->bytes; at < end;) {
        char character[4];
        size_t length = undo_one(&at, end, character);
        if (strncmp(character, name, length) != 0)
            return false;
        name += length;
    }
    return *name == '\0';
}

const char *scan_copy(struct arena *arena, const struct scan_text *text, size_t limit)
{
    /* Undoing an escape never makes a text longer. */
    char *copy = arena_alloc(arena, (text->length < limit ? text->length : limit) + 1);
    size_t used = 0;
    const char *end = text->bytes + text->length;
    if (!text->escaped && text->length <= limit) {
        memcpy(copy, text->bytes, text->length);
        return copy; /* arena memory is zero: the NUL is there */
    }
    for (const char *at = text->bytes; at < end;) {
        char character[4];
        size_t length = undo_one(&at, end, character);
        if (length > limit - used)
            break;
        memcpy(copy + used, character, length);
        used += length;
    }
    return copy;
}
