#pragma once
/* templates - the template in force for a level: the project's own, else the built-in. */
#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "model/template.h"

struct err;
struct request;

/* ERR_DAMAGED, with the place, for a project's template that is not one. */
bool templates_load(struct request *request, enum level level, struct level_template *out,
                    struct err *err) MUST_USE;
/* The built-in one's text. */
const char *templates_built_in(enum level level, size_t *length);
/* Where the project's own would be. */
const char *templates_path(struct request *request, enum level level);
