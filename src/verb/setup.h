#pragma once
/* setup - what a verb's row asks for, opened before it runs and let go after it. For verb.c. */
#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

struct doc;
struct err;
struct request;

/* Folders, settings and the time zone. */
bool setup_places(struct request *request, struct err *err) MUST_USE;
/* Ledger, catalog, shelf, as the row's flags say. What a verb can do without becomes a warning. */
bool setup_stores(struct request *request, struct doc *out, struct err *err) MUST_USE;
void setup_undo(struct request *request);
/* Where the agents' logs are looked for: their folders that exist, and those the user added. */
void setup_log_folders(struct request *request, const char ***folders, size_t *count);
void setup_remember_project(struct request *request);
/* Bring the ledger up to date with the agents' logs; told as a warning when it does not work. */
struct ingest_report;
bool setup_sync(struct request *request, struct ingest_report *report, struct err *err) MUST_USE;
