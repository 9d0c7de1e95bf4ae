#pragma once
/* claude - the logs of Claude Code, 1.0 to 2.1: `projects/` below its config folder. */
#include <stdbool.h>

#include "base/attr.h"
#include "ingest/source.h"

extern const struct source source_claude;

/*
 * claude_paths.c: every regular *.jsonl below `folder`/projects. Links below it are not followed.
 * A folder there that cannot be listed is handed out itself: whoever opens it learns why.
 */
bool claude_paths(struct arena *arena, const char *folder, struct log_paths *out,
                  struct err *err) MUST_USE;
