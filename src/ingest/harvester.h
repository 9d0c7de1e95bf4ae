#pragma once
/*
 * harvester - collects what the lines of one log file say, in one arena, up to one harvest.
 *
 * Records of one call (one line a content block) are folded here already, by the rule the ledger
 * uses, so that a harvest holds one record a key where it can: message, request and advisor number.
 * A record without a request id is never folded; the ledger needs its uuid to recognise a fork.
 * Texts that are kept are copied: the caller's may go.
 */
#include <stdint.h>

#include "model/call.h"

struct arena;
struct harvester;

struct harvester *harvester_new(struct arena *arena);
/* One more complete line was read. Who calls source->line counts, too long lines as well. */
void harvester_line(struct harvester *harvester);
void harvester_call(struct harvester *harvester, const struct call *call);
void harvester_tool_use(struct harvester *harvester, const struct tool_use *use);
void harvester_tool_result(struct harvester *harvester, const struct tool_result *result);
void harvester_prompt(struct harvester *harvester, const struct prompt *prompt);
void harvester_api_error(struct harvester *harvester, const struct api_error *error);
void harvester_compaction(struct harvester *harvester, const struct compaction *compaction);
void harvester_damage(struct harvester *harvester, const struct damage *damage);
void harvester_seen(struct harvester *harvester, int64_t at_ns); /* any record's time: a span */
void harvester_origin(struct harvester *harvester, const char *session, const char *cwd);
/* What was collected; the harvester goes on collecting into a new one only after _new. */
const struct harvest *harvester_result(struct harvester *harvester);
