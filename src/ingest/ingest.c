#include "ingest/ingest.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "ingest/crew.h"
#include "ingest/reading.h"
#include "ingest/source.h"
#include "measure/cost.h"
#include "measure/price.h"
#include "store/home.h"
#include "store/ledger.h"

#define MS_NS INT64_C(1000000)

/* From here on an import renews the sums of calls once, at its end. */
#define MANY_BYTES (INT64_C(64) << 20)

struct items { /* logs, in the run's arena */
    struct log_item *at;
    size_t count;
    size_t room;
};

struct root { /* the project folder of a folder worked in: asking the disk once is enough */
    const char *cwd;
    const char *project;
    struct root *next;
};

struct run {
    struct ledger *ledger;
    const struct ingest_plan *plan;
    struct arena *arena;
    struct ingest_report *report;
    struct items items;
    struct root *roots;
    int64_t all_bytes;
    int64_t batch_ns;
    int64_t batch_until_ns; /* 0: no transaction is open */
};

/* --- what there is to read --- */

static void unreadable(struct run *run, const char *path, const struct err *err)
{
    if (run->report->unreadable++ == 0)
        run->report->first_unreadable = arena_printf(run->arena, "%s: %s", path, err->text);
}

static void item_add(struct run *run, const struct log_item *item)
{
    struct items *items = &run->items;
    if (items->count == items->room) {
        items->room = items->room ? items->room * 2 : 64;
        struct log_item *more = arena_alloc(run->arena, items->room * sizeof(*more));
        if (items->count)
            memcpy(more, items->at, items->count * sizeof(*more));
        items->at = more;
    }
    items->at[items->count++] = *item;
}

static void find_logs(struct run *run, const struct source *source, const char *folder)
{
    struct log_paths paths = { 0 };
    struct err err;
    if (!source->find(run->arena, folder, &paths, &err))
        unreadable(run, folder, &err);
    for (size_t i = 0; i < paths.count; i++) {
        struct log_item item = { .source = source, .log = paths.items[i] };
        bool found;
        if (!file_stat(item.log.path, &item.file, &found, &err))
            unreadable(run, item.log.path, &err);
        else if (found)
            item_add(run, &item);
    }
}

static bool listed_before(const char *const *folders, size_t count, const char *folder)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(folders[i], folder) == 0)
            return true;
    return false;
}

static void find_all(struct run *run)
{
    const struct ingest_plan *plan = run->plan;
    const char **folders = arena_alloc(run->arena, plan->folder_count * sizeof(*folders));
    size_t count = 0;
    for (size_t i = 0; i < plan->folder_count; i++) {
        char *real = realpath(plan->folders[i], NULL); /* one folder may have several names */
        if (real && !listed_before(folders, count, real)) {
            folders[count++] = arena_strdup(run->arena, real);
            const struct source *source;
            for (size_t s = 0; (source = source_at(s)); s++)
                find_logs(run, source, folders[count - 1]);
        }
        free(real);
    }
}

static int by_file(const void *a, const void *b)
{
    const struct log_item *one = a;
    const struct log_item *other = b;
    if (one->file.device != other->file.device)
        return one->file.device < other->file.device ? -1 : 1;
    if (one->file.inode != other->file.inode)
        return one->file.inode < other->file.inode ? -1 : 1;
    return strcmp(one->log.path, other->log.path);
}

static int by_size(const void *a, const void *b)
{
    const struct log_item *one = a;
    const struct log_item *other = b;
    if (one->bytes != other->bytes)
        return one->bytes > other->bytes ? -1 : 1;
    return strcmp(one->log.path, other->log.path);
}

static void sort(struct items *items, int (*order)(const void *, const void *))
{
    if (items->count > 1)
        qsort(items->at, items->count, sizeof(*items->at), order);
}

/* A file with several names is one log, by its first name. */
static void drop_twins(struct items *items)
{
    size_t kept = 0;
    sort(items, by_file);
    for (size_t i = 0; i < items->count; i++)
        if (i == 0 || items->at[i].file.device != items->at[kept - 1].file.device ||
            items->at[i].file.inode != items->at[kept - 1].file.inode)
            items->at[kept++] = items->at[i];
    items->count = kept;
}

static int by_path(const void *a, const void *b)
{
    const struct log_item *one = a;
    const struct log_item *other = b;
    return strcmp(one->log.path, other->log.path);
}

/* What the ledger remembers of each: one walk over both, by path. */
static bool recall(struct run *run, bool *any, struct err *err)
{
    CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = NULL;
    struct items *items = &run->items;
    struct log_state state;
    const char *path;
    bool more;
    *any = false;
    sort(items, by_path);
    if (!ledger_logs_open(run->ledger, &cursor, err))
        return false;
    for (size_t i = 0;;) {
        if (!ledger_logs_next(cursor, &state, &path, &more, err))
            return false;
        if (!more)
            return true;
        *any = true;
        while (i < items->count && strcmp(items->at[i].log.path, path) < 0)
            i++;
        if (i < items->count && strcmp(items->at[i].log.path, path) == 0)
            items->at[i++].known = state;
    }
}

/* Keep the logs with something new, the biggest first: the last thread should not wait long. */
static bool keep_changed(struct run *run, struct err *err)
{
    struct items *items = &run->items;
    size_t kept = 0;
    bool any;
    if (!recall(run, &any, err))
        return false;
    for (size_t i = 0; i < items->count; i++) {
        struct log_item *item = &items->at[i];
        if (item->known.id && file_state_same(&item->known.file, &item->file))
            continue;
        item->bytes = item->file.size - item->known.offset;
        if (item->bytes < 0)
            item->bytes = item->file.size;
        run->all_bytes += item->bytes;
        items->at[kept++] = *item;
    }
    items->count = kept;
    sort(items, by_size);
    run->batch_ns = MS_NS * (any ? INGEST_BATCH_MS : INGEST_FIRST_BATCH_MS);
    if (run->all_bytes > MANY_BYTES)
        ledger_rollups_defer(run->ledger);
    return true;
}

/* --- transactions --- */

static bool batch_begin(struct run *run, struct err *err)
{
    if (run->batch_until_ns != 0)
        return true;
    if (!ledger_begin(run->ledger, err))
        return false;
    run->batch_until_ns = crew_now_ns() + run->batch_ns;
    return true;
}

static bool batch_end(struct run *run, struct err *err)
{
    if (run->batch_until_ns == 0)
        return true;
    if (!ledger_commit(run->ledger, err))
        return false;
    run->batch_until_ns = 0;
    return true;
}

static bool batch_end_when_due(struct run *run, struct err *err)
{
    return run->batch_until_ns == 0 || crew_now_ns() < run->batch_until_ns || batch_end(run, err);
}

/* --- merging --- */

static const char *project_of(struct run *run, const char *cwd)
{
    for (const struct root *root = run->roots; root; root = root->next)
        if (strcmp(root->cwd, cwd) == 0)
            return root->project;
    struct root *root = arena_alloc(run->arena, sizeof(*root));
    *root = (struct root){ .cwd = arena_strdup(run->arena, cwd), .next = run->roots };
    root->project = home_project_root(run->arena, root->cwd);
    run->roots = root;
    return root->project;
}

static bool has_facts(const struct harvest *harvest)
{
    return harvest->call_count || harvest->tool_use_count || harvest->tool_result_count ||
           harvest->prompt_count || harvest->api_error_count;
}

/* A log's first lines may know neither session nor folder: what they do not know stays open. */
static struct log_owner owner_of(struct run *run, const struct stretch *stretch)
{
    const struct log_path *log = &stretch->item->log;
    const struct harvest *harvest = stretch->harvest;
    struct log_owner owner = {
        .path = log->path, .session = log->session, .project = "", .agent = log->agent
    };
    if (!*owner.session)
        owner.session = harvest->session;
    if (*harvest->cwd)
        owner.project = project_of(run, harvest->cwd);
    else if (has_facts(harvest))
        owner.project = log->label;
    return owner;
}

static bool merge(struct run *run, struct stretch *stretch, struct err *err)
{
    const struct harvest *harvest = stretch->harvest;
    struct log_owner owner = owner_of(run, stretch);
    int64_t *costs = arena_alloc(&stretch->arena, harvest->call_count * sizeof(*costs));
    for (size_t i = 0; i < harvest->call_count; i++)
        costs[i] = cost_of_call(run->plan->prices, &harvest->calls[i]);
    if (!batch_begin(run, err) ||
        !ledger_merge(run->ledger, &owner, harvest, costs, &stretch->state, err))
        return err_add(err, "'%s'", owner.path);
    run->report->bytes_read += stretch->bytes;
    run->report->lines += harvest->lines;
    run->report->tails += stretch->unfinished;
    if (run->plan->progress)
        run->plan->progress(run->plan->progress_to, run->report->bytes_read, run->all_bytes);
    return true;
}

static bool take(struct run *run, struct stretch *stretch, struct err *err)
{
    if (stretch->failed) {
        /* It went away since it was listed: logs are deleted after a month. */
        if (stretch->err.code != ERR_NOT_FOUND)
            unreadable(run, stretch->item->log.path, &stretch->err);
        return true;
    }
    return merge(run, stretch, err);
}

static bool read_all(struct run *run, struct err *err)
{
    CLEANUP(crew_close) struct crew *crew = NULL;
    int threads = run->plan->threads;
    if (threads == 0)
        threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
    crew_open(run->items.at, run->items.count, threads, &crew);
    for (;;) {
        bool done;
        int64_t until = run->batch_until_ns ? run->batch_until_ns : crew_now_ns() + run->batch_ns;
        CLEANUP(stretch_free) struct stretch *stretch = crew_next(crew, until, &done);
        if (done)
            return true;
        if ((stretch && !take(run, stretch, err)) || !batch_end_when_due(run, err))
            return false;
    }
}

/* --- afterwards --- */

static bool settle(struct run *run, struct err *err)
{
    bool unsettled;
    if (!ledger_unsettled(run->ledger, &unsettled, err))
        return false;
    return !unsettled || (batch_begin(run, err) && ledger_settle_owners(run->ledger, err));
}

static bool renew(struct run *run, struct err *err)
{
    bool stale;
    if (!ledger_rollups_stale(run->ledger, &stale, err))
        return false;
    if (!stale && run->all_bytes <= MANY_BYTES)
        return true;
    return batch_begin(run, err) && ledger_rollups_renew(run->ledger, err);
}

static bool reprice_some(struct run *run, struct arena *arena, struct ledger_unpriced *last,
                         bool *more, struct err *err)
{
    struct ledger_unpriced *calls;
    size_t count;
    if (!batch_begin(run, err) ||
        !ledger_unpriced(run->ledger, arena, last->call.model ? last : NULL, &calls, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        int64_t cost = cost_of_call(run->plan->prices, &calls[i].call);
        if (cost != USAGE_UNPRICED && !ledger_cost_set(run->ledger, &calls[i], cost, err))
            return false;
    }
    *more = count == LEDGER_UNPRICED_MOST;
    if (*more)
        *last = calls[count - 1];
    return batch_end_when_due(run, err);
}

/* Calls of models that had no price may have one now. */
static bool reprice(struct run *run, struct err *err)
{
    static const char fact_name[] = "prices";
    int64_t hash = price_table_hash(run->plan->prices);
    int64_t known;
    if (!ledger_fact_get(run->ledger, fact_name, &known, err))
        return false;
    if (known == hash)
        return true;
    struct ledger_unpriced last = { 0 };
    for (bool more = true; more;) {
        CLEANUP(arena_free) struct arena arena = { 0 };
        if (!reprice_some(run, &arena, &last, &more, err))
            return false;
    }
    return batch_begin(run, err) && ledger_fact_set(run->ledger, fact_name, hash, err);
}

static bool bring_up_to_date(struct run *run, struct err *err)
{
    find_all(run);
    drop_twins(&run->items);
    run->report->logs = (int64_t)run->items.count;
    if (!keep_changed(run, err))
        return false;
    run->report->logs_read = (int64_t)run->items.count;
    return (run->items.count == 0 || read_all(run, err)) && settle(run, err) && reprice(run, err) &&
           renew(run, err) && batch_end(run, err);
}

bool ingest_run(struct ledger *ledger, const struct ingest_plan *plan, struct arena *arena,
                struct ingest_report *out, struct err *err)
{
    struct run run = { .ledger = ledger, .plan = plan, .arena = arena, .report = out };
    *out = (struct ingest_report){ 0 };
    if (bring_up_to_date(&run, err))
        return true;
    ledger_rollback(ledger);
    return false;
}
