#include "measure/service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"

static void knows_the_services_by_their_tools(void **state)
{
    (void)state;
    static const char *const tools[][2] = {
        { "mcp__perplexity__ask", "perplexity" },
        { "mcp__perplexity-ask__search", "perplexity" },
        { "mcp__plugin_x_perplexity__search", "perplexity" },
        { "mcp__Perplexity__ask", "perplexity" },
        { "mcp__ElevenLabs__text_to_speech", "elevenlabs" },
        { "mcp__elevenlabs__text_to_speech", "elevenlabs" },
        { "WebSearch", "web_search" },
        { "websearch", "web_search" },
    };
    for (size_t i = 0; i < ARRAY_LEN(tools); i++)
        assert_string_equal(service_of_tool(NULL, tools[i][0]), tools[i][1]);
}

static void other_tools_are_no_outside_service(void **state)
{
    (void)state;
    static const char *const tools[] = {
        "WebFetch", "Bash", "Edit", "", "WebSearcher", "perplexity", "mcp__", "mcp__memory__read"
    };
    for (size_t i = 0; i < ARRAY_LEN(tools); i++)
        assert_null(service_of_tool(NULL, tools[i]));
}

static void the_users_rules_come_first_and_in_order(void **state)
{
    (void)state;
    static const struct service_rule items[] = {
        { "mcp__perplexity__cheap*", "other" },
        { "mcp__maps__*", "maps" },
        { "*", "any" },
    };
    struct service_rules rules = { items, 2 };
    assert_string_equal(service_of_tool(&rules, "mcp__perplexity__cheap_ask"), "other");
    assert_string_equal(service_of_tool(&rules, "mcp__perplexity__ask"), "perplexity");
    assert_string_equal(service_of_tool(&rules, "mcp__MAPS__route"), "maps");
    assert_null(service_of_tool(&rules, "Bash"));
    rules.count = 3;
    assert_string_equal(service_of_tool(&rules, "mcp__maps__route"), "maps");
    assert_string_equal(service_of_tool(&rules, "WebSearch"), "any");
    rules = (struct service_rules){ 0 };
    assert_string_equal(service_of_tool(&rules, "WebSearch"), "web_search");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_services_by_their_tools),
        cmocka_unit_test(other_tools_are_no_outside_service),
        cmocka_unit_test(the_users_rules_come_first_and_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
