#pragma once
/*
 * service - which outside service a tool call went to, by the tool's name. Pure.
 *
 * Rules are patterns in order, the first that fits wins: "mcp__perplexity*" is perplexity,
 * "WebSearch" is web_search. Built-in rules come after the user's own.
 */
#include <stddef.h>

struct service_rule {
    const char *pattern; /* as text_matches() */
    const char *service; /* a key of metrics.cost_tracking.api_calls */
};

struct service_rules {
    const struct service_rule *items;
    size_t count;
};

/* NULL: no outside service. */
const char *service_of_tool(const struct service_rules *rules, const char *tool);
