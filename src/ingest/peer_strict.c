#include "ingest/peer_strict.h"

#include <string.h>

#include "base/attr.h"
#include "ingest/claude_usage.h"

enum usage_member {
    USAGE_INPUT = 1 << 0,
    USAGE_OUTPUT = 1 << 1,
    USAGE_WRITE = 1 << 2,
    USAGE_READ = 1 << 3,
    USAGE_SPLIT = 1 << 4,
    USAGE_SPEED = 1 << 5,
    USAGE_5M = 1 << 6,
    USAGE_1H = 1 << 7,
};

struct counts {
    int64_t input;
    int64_t output;
    int64_t write;
    int64_t write_5m;
    int64_t write_1h;
    int64_t read;
};

struct counter {
    const char *key;
    unsigned bit;
    size_t place; /* in struct counts */
};

struct walk { /* what reading one usage object needs */
    struct scan *scan;
    struct peer_usage *usage;
    struct counts counts;
};

static const struct counter counters[] = {
    { "input_tokens", USAGE_INPUT, offsetof(struct counts, input) },
    { "output_tokens", USAGE_OUTPUT, offsetof(struct counts, output) },
    { "cache_creation_input_tokens", USAGE_WRITE, offsetof(struct counts, write) },
    { "cache_read_input_tokens", USAGE_READ, offsetof(struct counts, read) },
    { "ephemeral_5m_input_tokens", USAGE_5M, offsetof(struct counts, write_5m) },
    { "ephemeral_1h_input_tokens", USAGE_1H, offsetof(struct counts, write_1h) },
};

/* A whole number that fits 64 bits without a sign. */
static bool fits_unsigned(const char *from, const char *to)
{
    static const char most[] = "18446744073709551615";
    size_t length = (size_t)(to - from);
    for (const char *at = from; at < to; at++)
        if (*at < '0' || *at > '9')
            return false;
    return length > 0 && length <= strlen(most) &&
           (length < strlen(most) || memcmp(from, most, length) <= 0);
}

static void counter_read(struct walk *walk, const struct counter *counter)
{
    struct scan *scan = walk->scan;
    struct peer_usage *usage = walk->usage;
    int64_t count = 0;
    usage->bad |= (usage->seen & counter->bit) != 0;
    usage->seen |= counter->bit;
    (void)scan_peek(scan);
    const char *from = scan->at;
    if (scan_count(scan, &count) && count >= 0 && count <= CLAUDE_MOST_TOKENS)
        *(int64_t *)(void *)((char *)&walk->counts + counter->place) = count;
    else if (fits_unsigned(from, scan->at))
        usage->beyond = true;
    else
        usage->bad = true;
}

static bool counter_take(struct walk *walk, const struct scan_text *key, size_t from, size_t upto)
{
    for (size_t i = from; i < upto; i++)
        if (scan_key_is(key, counters[i].key)) {
            counter_read(walk, &counters[i]);
            return true;
        }
    return false;
}

static void split_read(struct walk *walk)
{
    struct scan_text key;
    if (scan_peek(walk->scan) == SCAN_NULL) {
        scan_skip(walk->scan);
        return;
    }
    walk->usage->bad |= (walk->usage->seen & USAGE_SPLIT) != 0;
    walk->usage->seen |= USAGE_SPLIT;
    if (!scan_object(walk->scan)) {
        walk->usage->bad = true;
        scan_skip(walk->scan);
        return;
    }
    while (scan_member(walk->scan, &key))
        if (!counter_take(walk, &key, 4, ARRAY_LEN(counters)))
            scan_skip(walk->scan);
}

static void speed_read(struct walk *walk)
{
    struct scan_text speed = { .bytes = "" };
    struct peer_usage *usage = walk->usage;
    bool fit = scan_string(walk->scan, &speed) && !(usage->seen & USAGE_SPEED) &&
               (scan_text_is(&speed, "fast") || scan_text_is(&speed, "standard"));
    usage->seen |= USAGE_SPEED;
    usage->bad |= !fit;
    usage->speed = scan_text_is(&speed, "fast") ? CALL_FAST : CALL_STANDARD;
}

static bool usage_member_read(struct walk *walk, const struct scan_text *key)
{
    if (counter_take(walk, key, 0, 4))
        return true;
    if (scan_key_is(key, "cache_creation"))
        split_read(walk);
    else if (scan_key_is(key, "speed"))
        speed_read(walk);
    else
        return false;
    return true;
}

static void usage_conclude(struct walk *walk)
{
    struct counts *counts = &walk->counts;
    bool split = walk->usage->seen & USAGE_SPLIT;
    walk->usage->bad |= (walk->usage->seen & USAGE_INPUT) == 0;
    walk->usage->bad |= (walk->usage->seen & USAGE_OUTPUT) == 0;
    walk->usage->usage = (struct usage){
        .input = counts->input,
        .output = counts->output,
        .cache_write_5m = split ? counts->write_5m : counts->write,
        .cache_write_1h = split ? counts->write_1h : 0,
        .cache_read = counts->read,
    };
}

static void advisor_read(struct scan *scan, struct peer_entry *entry)
{
    struct peer_advisor advisor = { .model = { .bytes = "" } };
    struct walk walk = { .scan = scan, .usage = &advisor.usage };
    struct scan_text type = { .bytes = "" };
    struct scan_text key;
    if (!scan_object(scan)) {
        scan_skip(scan);
        return;
    }
    while (scan_member(scan, &key))
        if (scan_key_is(&key, "type"))
            (void)scan_string(scan, &type);
        else if (scan_key_is(&key, "model"))
            (void)scan_string(scan, &advisor.model);
        else if (!usage_member_read(&walk, &key))
            scan_skip(scan);
    usage_conclude(&walk);
    if (scan_text_is(&type, "advisor_message") && !advisor.usage.bad && advisor.model.length > 0 &&
        entry->advisor_count < PEER_ITERATIONS)
        entry->advisors[entry->advisor_count++] = advisor;
}

static void iterations_read(struct scan *scan, struct peer_entry *entry)
{
    if (!scan_list(scan)) {
        scan_skip(scan);
        return;
    }
    while (scan_item(scan))
        advisor_read(scan, entry);
}

static void usage_read(struct scan *scan, struct peer_entry *entry)
{
    struct walk walk = { .scan = scan, .usage = &entry->usage };
    struct scan_text key;
    entry->bad |= (entry->seen & PEER_USAGE) != 0;
    if (!scan_object(scan)) {
        entry->bad = true;
        scan_skip(scan);
        return;
    }
    entry->seen |= PEER_USAGE;
    while (scan_member(scan, &key))
        if (scan_key_is(&key, "iterations"))
            iterations_read(scan, entry);
        else if (!usage_member_read(&walk, &key))
            scan_skip(scan);
    usage_conclude(&walk);
    entry->bad |= entry->usage.bad;
}

static void text_read(struct scan *scan, struct peer_entry *entry, unsigned bit,
                      struct scan_text *out)
{
    entry->bad |= (entry->seen & bit) != 0;
    if (scan_peek(scan) == SCAN_NULL) {
        scan_skip(scan);
        return;
    }
    entry->seen |= bit;
    if (!scan_string(scan, out))
        entry->bad = true;
}

static void message_read(struct scan *scan, struct peer_entry *entry)
{
    struct scan_text key;
    entry->bad |= (entry->seen & PEER_MESSAGE) != 0;
    if (!scan_object(scan)) {
        entry->bad = true;
        scan_skip(scan);
        return;
    }
    entry->seen |= PEER_MESSAGE;
    while (scan_member(scan, &key))
        if (scan_key_is(&key, "id"))
            text_read(scan, entry, PEER_ID, &entry->id);
        else if (scan_key_is(&key, "model"))
            text_read(scan, entry, PEER_MODEL, &entry->model);
        else if (scan_key_is(&key, "usage"))
            usage_read(scan, entry);
        else
            scan_skip(scan);
}

static void side_read(struct scan *scan, struct peer_entry *entry)
{
    entry->bad |= (entry->seen & PEER_SIDE) != 0;
    entry->seen |= PEER_SIDE;
    if (scan_peek(scan) == SCAN_NULL)
        scan_skip(scan);
    else
        entry->bad |= !scan_bool(scan, &entry->side);
}

/* True when the member was one of those both shapes have. */
static bool shared_member_read(struct scan *scan, const struct scan_text *key,
                               struct peer_entry *entry)
{
    if (scan_key_is(key, "message")) {
        message_read(scan, entry);
    } else if (scan_key_is(key, "timestamp")) {
        text_read(scan, entry, PEER_TIMESTAMP, &entry->timestamp);
    } else if (scan_key_is(key, "requestId")) {
        text_read(scan, entry, PEER_REQUEST, &entry->request);
    } else if (scan_key_is(key, "isSidechain")) {
        side_read(scan, entry);
    } else if (scan_key_is(key, "costUSD")) {
        enum scan_kind kind = scan_peek(scan);
        entry->bad |= kind != SCAN_NUMBER && kind != SCAN_NULL;
        scan_skip(scan);
    } else {
        return false;
    }
    return true;
}

static void nested_read(struct scan *scan, struct peer_entry *nested)
{
    struct scan_text key;
    if (!scan_object(scan)) {
        scan_skip(scan);
        return;
    }
    while (scan_member(scan, &key))
        if (!shared_member_read(scan, &key, nested))
            scan_skip(scan);
}

static void data_read(struct scan *scan, struct peer_entry *nested)
{
    struct scan_text key;
    if (!scan_object(scan)) {
        scan_skip(scan);
        return;
    }
    while (scan_member(scan, &key))
        if (scan_key_is(&key, "message"))
            nested_read(scan, nested);
        else
            scan_skip(scan);
}

static struct peer_entry entry_new(void)
{
    struct scan_text none = { .bytes = "" };
    return (struct peer_entry){ .timestamp = none,
                                .version = none,
                                .session = none,
                                .request = none,
                                .id = none,
                                .model = none };
}

bool peer_has_speed(const struct peer_usage *usage)
{
    return usage->seen & USAGE_SPEED;
}

bool peer_fits(const struct peer_entry *entry)
{
    unsigned needed = PEER_TIMESTAMP | PEER_MESSAGE | PEER_USAGE;
    return !entry->bad && (entry->seen & needed) == needed;
}

bool peer_strict_read(const char *bytes, size_t length, struct peer_entry *direct,
                      struct peer_entry *nested)
{
    struct scan scan;
    struct scan_text key;
    *direct = entry_new();
    *nested = entry_new();
    scan_begin(&scan, bytes, length);
    if (!scan_object(&scan))
        return false;
    while (scan_member(&scan, &key))
        if (scan_key_is(&key, "version"))
            text_read(&scan, direct, PEER_VERSION, &direct->version);
        else if (scan_key_is(&key, "sessionId"))
            text_read(&scan, direct, PEER_SESSION, &direct->session);
        else if (scan_key_is(&key, "data"))
            data_read(&scan, nested);
        else if (!shared_member_read(&scan, &key, direct))
            scan_skip(&scan);
    nested->session = direct->session;
    nested->seen |= direct->seen & PEER_SESSION;
    return scan_end(&scan);
}

/* --- nulls -------------------------------------------------------------------------------- */

/* How far the way down is the way to message.usage.iterations[], with or without data.message. */
enum place { TOP, DATA, OUTER, MESSAGE, USAGE, ITERATIONS, ITERATION, ELSEWHERE };

static const struct {
    const char *key;
    enum place at;
    enum place next;
} steps[] = {
    { "message", TOP, MESSAGE },   { "data", TOP, DATA },       { "message", DATA, OUTER },
    { "message", OUTER, MESSAGE }, { "usage", MESSAGE, USAGE }, { "iterations", USAGE, ITERATIONS },
};

static enum place step(enum place at, const struct scan_text *key)
{
    for (size_t i = 0; i < ARRAY_LEN(steps); i++)
        if (steps[i].at == at && scan_key_is(key, steps[i].key))
            return steps[i].next;
    return ELSEWHERE;
}

static bool minds(const struct scan_text *key, enum place at)
{
    static const char *const keys[] = {
        "id",
        "cwd",
        "speed",
        "costUSD",
        "version",
        "sessionId",
        "requestId",
        "isApiErrorMessage",
        "cache_read_input_tokens",
        "cache_creation_input_tokens",
    };
    if (scan_key_is(key, "model"))
        return at != ITERATION;
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        if (scan_key_is(key, keys[i]))
            return true;
    return false;
}

/* Containers are at most SCAN_DEPTH deep, and this goes no deeper than they are. */
static bool nulls_in(struct scan *scan, enum place at) // NOLINT(misc-no-recursion)
{
    struct scan_text key;
    bool found = false;
    if (scan_object(scan)) {
        while (scan_member(scan, &key))
            if (scan_peek(scan) == SCAN_NULL) {
                found |= minds(&key, at);
                scan_skip(scan);
            } else {
                found |= nulls_in(scan, step(at, &key));
            }
    } else if (scan_list(scan)) {
        while (scan_item(scan))
            found |= nulls_in(scan, at == ITERATIONS ? ITERATION : ELSEWHERE);
    } else {
        scan_skip(scan);
    }
    return found;
}

bool peer_has_null(const char *bytes, size_t length)
{
    struct scan scan;
    if (!memmem(bytes, length, "null", 4))
        return false;
    scan_begin(&scan, bytes, length);
    return nulls_in(&scan, TOP);
}

static bool is_escape(const char *at, const char *end, const char *second)
{
    return end - at >= 6 && at[0] == '\\' && at[1] == 'u' && (at[2] == 'd' || at[2] == 'D') &&
           strchr(second, at[3]);
}

bool peer_has_lone_surrogate(const char *bytes, size_t length)
{
    const char *end = bytes + length;
    const char *at = bytes;
    while (at < end && (at = memchr(at, '\\', (size_t)(end - at)))) {
        if (is_escape(at, end, "cdefCDEF"))
            return true;
        if (!is_escape(at, end, "89abAB"))
            at += 2; /* what is escaped is no backslash of its own */
        else if (is_escape(at + 6, end, "cdefCDEF"))
            at += 12;
        else
            return true;
    }
    return false;
}
