/* Any bytes, as one line and as the lines of a log: the reader of Claude Code's logs does not
 * fall over, counts are counts, and a line says the same the second time. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "ingest/claude.h"
#include "ingest/claude_usage.h"
#include "ingest/harvester.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_count(int64_t count)
{
    assert(count >= 0 && count <= CLAUDE_MOST_TOKENS);
}

static void check_call(const struct call *call)
{
    check_count(call->usage.input);
    check_count(call->usage.output);
    check_count(call->usage.cache_write_5m);
    check_count(call->usage.cache_write_1h);
    check_count(call->usage.cache_read);
    check_count(call->usage.web_searches);
    check_count(call->usage.cache_write_5m + call->usage.cache_write_1h);
    assert(strcmp(call->model, "<synthetic>") != 0);
    assert(call->advisor >= 0 && call->at_ns >= 0);
    assert(call->speed == CALL_STANDARD || call->speed == CALL_FAST);
}

static void check_damage(const struct damage *damage, size_t size)
{
    assert(damage->reason && damage->offset >= 0 && damage->length > 0);
    assert((uint64_t)damage->offset + (uint64_t)damage->length <= size);
}

static void check_harvest(const struct harvest *harvest, size_t size)
{
    for (size_t i = 0; i < harvest->call_count; i++)
        check_call(&harvest->calls[i]);
    for (size_t i = 0; i < harvest->damage_count; i++)
        check_damage(&harvest->damages[i], size);
    for (size_t i = 0; i < harvest->tool_use_count; i++)
        assert(*harvest->tool_uses[i].id);
    for (size_t i = 0; i < harvest->tool_result_count; i++)
        assert(harvest->tool_results[i].state != TOOL_PENDING);
    for (size_t i = 0; i < harvest->prompt_count; i++)
        assert(strlen(harvest->prompts[i].text) <= 800);
    for (size_t i = 1; i < harvest->span_count; i++)
        assert(harvest->spans[i].from_ns - harvest->spans[i - 1].to_ns > ACTIVITY_GAP_NS);
}

static void read_lines(struct harvester *harvester, const char *bytes, size_t size)
{
    for (size_t from = 0; from < size;) {
        const char *newline = memchr(bytes + from, '\n', size - from);
        size_t length = (newline ? (size_t)(newline - bytes) : size) - from;
        source_claude.line(harvester, bytes + from, length, (int64_t)from);
        from += length + 1;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_free) struct arena arena = { 0 };
    const char *bytes = (const char *)data;
    struct harvester *line = harvester_new(&arena);
    source_claude.line(line, bytes, size, 0);
    check_harvest(harvester_result(line), size);

    struct harvester *log = harvester_new(&arena);
    read_lines(log, bytes, size);
    struct harvest once = *harvester_result(log);
    check_harvest(&once, size);
    read_lines(log, bytes, size);
    const struct harvest *twice = harvester_result(log);
    check_harvest(twice, size);
    assert(twice->span_count == once.span_count);
    assert(twice->damage_count == 2 * once.damage_count);
    return 0;
}
