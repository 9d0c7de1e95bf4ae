#include "measure/service.h"

#include "base/attr.h"
#include "base/text.h"

/* '*' may be empty; a plugin puts its own name before the server's. WebFetch is no search: it
 * costs its tokens and nothing else. */
static const struct service_rule built_in[] = {
    { "mcp__*perplexity*", "perplexity" },
    { "mcp__*elevenlabs*", "elevenlabs" },
    { "WebSearch", "web_search" },
};

static const char *first_fit(const struct service_rule *items, size_t count, const char *tool)
{
    for (size_t i = 0; i < count; i++)
        if (text_matches(tool, items[i].pattern))
            return items[i].service;
    return NULL;
}

const char *service_of_tool(const struct service_rules *rules, const char *tool)
{
    const char *service = rules ? first_fit(rules->items, rules->count, tool) : NULL;
    return service ? service : first_fit(built_in, ARRAY_LEN(built_in), tool);
}
