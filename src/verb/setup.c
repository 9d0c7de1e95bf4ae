#include "verb/setup.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "doc/doc.h"
#include "embed.h"
#include "ingest/ingest.h"
#include "measure/price.h"
#include "store/catalog.h"
#include "store/ledger.h"
#include "store/price_file.h"
#include "store/shelf.h"
#include "verb/verb.h"

enum { LEDGER_WAIT_MS = 2000, CATALOG_WAIT_MS = 200, SHELF_WAIT_MS = 15000 };

/* --tz, else TZ where it is a zone's name (other forms of it stay the C library's business), else
 * the setting, else the system's. */
static bool choose_zone(struct request *request, struct err *err)
{
    const struct surroundings *around = request->around;
    const char *setting = settings_text(&request->settings, "timezone");
    struct err ignored = { 0 };
    if (around->timezone)
        return clock_zone_set(around->timezone, err);
    if (around->timezone_env && *around->timezone_env) {
        (void)!clock_zone_set(around->timezone_env, &ignored);
        return true;
    }
    if (clock_zone_set(*setting ? setting : NULL, &ignored))
        return true;
    /* A slip in the settings must not stop the verb that mends it. */
    request->bad_zone = setting;
    return clock_zone_set(NULL, err);
}

bool setup_places(struct request *request, struct err *err)
{
    const struct surroundings *around = request->around;
    if (request->verb->flags & VERB_ALONE)
        return true;
    if (!home_find(request->arena, &around->places, &request->home, err) ||
        !settings_load(request->arena, &request->home, &request->settings, err))
        return false;
    return choose_zone(request, err);
}

/* The agents' folders that exist, and those the user added. */
void setup_log_folders(struct request *request, const char ***folders, size_t *count)
{
    const char **added;
    const char **ignored;
    size_t added_count;
    settings_entries(&request->settings, "log_folders", &added, &ignored, &added_count);
    *count = request->home.log_folder_count;
    *folders = arena_alloc(request->arena, (*count + added_count + 1) * sizeof(**folders));
    for (size_t i = 0; i < *count; i++)
        (*folders)[i] = request->home.log_folders[i];
    for (size_t i = 0; i < added_count; i++)
        (*folders)[(*count)++] = added[i];
}

bool setup_sync(struct request *request, struct ingest_report *report, struct err *err)
{
    struct ingest_plan plan = {
        .prices = request->prices,
        .progress = request->around->progress,
        .progress_to = request->around->progress_to,
    };
    const char **folders;
    setup_log_folders(request, &folders, &plan.folder_count);
    plan.folders = folders;
    return ingest_run(request->ledger, &plan, request->arena, report, err);
}

/* The user's own prices go over the built-in ones. */
static bool load_prices(struct request *request, struct err *err)
{
    const struct embed *table = embed_find("prices.json");
    struct price_table *own;
    struct price_file file;
    if (!price_table_parse(request->arena, (const char *)table->bytes, table->size, "prices.json",
                           &request->prices, err) ||
        !price_file_read(request->arena, &request->home, &file, err))
        return false;
    if (!file.text)
        return true;
    if (!price_table_parse(request->arena, file.text, file.length, file.path, &own, err))
        return false;
    price_table_put_over(own, request->prices);
    request->prices = own;
    return true;
}

/* Reports over all projects find this one by it. Best effort. */
void setup_remember_project(struct request *request)
{
    CLEANUP(ledger_close) struct ledger *opened = NULL;
    struct ledger *ledger = request->ledger;
    struct err ignored = { 0 };
    if (!ledger &&
        ledger_open(request->home.ledger, LEDGER_WRITE, CATALOG_WAIT_MS, &opened, &ignored))
        ledger = opened;
    if (ledger && request->home.project)
        (void)!ledger_store_add(ledger, request->home.project, &ignored);
}

/* Does 0 calls mean none, or that nobody looked? */
static bool has_logs(struct request *request)
{
    struct ledger_totals totals = { 0 };
    struct err ignored = { 0 };
    if (request->home.log_folder_count > 0)
        return true;
    return ledger_totals(request->ledger, &totals, &ignored) && totals.logs > 0;
}

/* Up to date if it can be; as it stands if it cannot be written; without it at last. */
static bool open_ledger(struct request *request, struct doc *out, struct err *err)
{
    struct ingest_report report;
    struct err why = { 0 };
    if (!load_prices(request, err))
        return false;
    if (ledger_open(request->home.ledger, LEDGER_WRITE, LEDGER_WAIT_MS, &request->ledger, &why) &&
        setup_sync(request, &report, &why)) {
        if (report.unreadable)
            doc_warning(out, "unreadable_log", "%lld log files could not be read; the first: %s",
                        (long long)report.unreadable, report.first_unreadable);
        return true;
    }
    ledger_close(&request->ledger);
    doc_warning(out, "ledger_not_updated", "the ledger could not be brought up to date: %s",
                why.text);
    if (!ledger_open(request->home.ledger, LEDGER_READ, LEDGER_WAIT_MS, &request->ledger, &why))
        doc_warning(out, "no_ledger", "figures from logs are unknown: %s", why.text);
    return true;
}

/* The verb is for importing: it must work, and the verb does it itself. */
static bool open_for_import(struct request *request, struct err *err)
{
    return load_prices(request, err) &&
           ledger_open(request->home.ledger, LEDGER_WRITE, LEDGER_WAIT_MS, &request->ledger, err);
}

static bool open_shelf(struct request *request, struct err *err)
{
    return shelf_open(request->arena, &request->home, SHELF_WAIT_MS, &request->shelf, err);
}

bool setup_stores(struct request *request, struct doc *out, struct err *err)
{
    const struct verb *verb = request->verb;
    unsigned flags = verb->needs ? verb->needs(request) : verb->flags;
    struct err ignored = { 0 };
    if (request->bad_zone)
        doc_warning(out, "bad_timezone", "setting 'timezone' is '%s', which is no zone here",
                    request->bad_zone);
    if ((flags & (VERB_PROJECT | VERB_WRITES)) && !home_need_project(&request->home, err))
        return false;
    if ((flags & VERB_LEDGER) && !open_ledger(request, out, err))
        return false;
    if ((flags & VERB_IMPORTS) && !open_for_import(request, err))
        return false;
    request->measured = request->ledger && has_logs(request);
    if (flags & VERB_CATALOG)
        (void)!catalog_open(request->home.catalog, CATALOG_WAIT_MS, &request->catalog, &ignored);
    return !(flags & VERB_WRITES) || open_shelf(request, err);
}

void setup_undo(struct request *request)
{
    shelf_close(&request->shelf);
    catalog_close(&request->catalog);
    ledger_close(&request->ledger);
}
