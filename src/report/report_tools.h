#pragma once
/* report_tools - calls of the agent's tools by name, with the outside service each belongs to. */
#include <stdbool.h>

struct doc;
struct service_rules;
struct toolbox;

void report_tools(const struct toolbox *box, const struct service_rules *services, bool measured,
                  struct doc *out);
