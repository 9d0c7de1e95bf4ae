#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/text.h"
#include "doc/doc.h"
#include "embed.h"
#include "ingest/ingest.h"
#include "ingest/repricing.h"
#include "measure/litellm.h"
#include "measure/price.h"
#include "measure/price_import.h"
#include "measure/tally.h"
#include "model/period.h"
#include "report/report_prices.h"
#include "store/ledger.h"
#include "store/price_file.h"
#include "verb/range.h"
#include "verb/setup.h"
#include "verb/verb.h"
#include "verb/verbs.h"

enum { EXIT_FOUND = 9, DAY_TEXT = 10 };

static bool is_action(const struct request *request, const char *action)
{
    const char *what = request_text(request, "what");
    return what && strcmp(what, action) == 0;
}

static unsigned needs(const struct request *request)
{
    return is_action(request, "reprice") ? VERB_IMPORTS : VERB_LEDGER;
}

/* All calls of the ledger by model. */
static bool count_models(struct request *request, struct tally *models, struct err *err)
{
    struct ledger_window window = { .from_ns = INT64_MIN, .to_ns = INT64_MAX };
    CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = NULL;
    tally_init(models, request->arena);
    if (!request->ledger)
        return true;
    if (!ledger_calls_open(request->ledger, &window, &cursor, err))
        return false;
    for (;;) {
        struct ledger_call call;
        bool more;
        if (!ledger_calls_next(cursor, &call, &more, err))
            return false;
        if (!more)
            break;
        tally_add(models, ledger_text(request->ledger, call.model), call.at_ns, &call.usage,
                  call.cost_nano_usd);
    }
    tally_sort(models, TALLY_BY_KEY);
    return true;
}

/* --- prices [MODEL] ------------------------------------------------------------------------ */

static bool show(struct request *request, struct doc *out, struct err *err)
{
    const char *model = request_text(request, "what");
    const char *listed = model ? price_listed_as(request->prices, model) : NULL;
    struct price_line *lines;
    size_t count;
    struct prices_facts facts = { .table = price_table_name(request->arena, request->prices) };
    price_table_lines(request->prices, request->arena, &lines, &count);
    for (size_t i = 0; i < count; i++)
        if (!model ||
            (listed ? strcmp(lines[i].model, listed) == 0 : text_matches(lines[i].model, model)))
            lines[facts.count++] = lines[i];
    facts.lines = lines;
    if (model && facts.count == 0)
        return err_set(err, ERR_NOT_FOUND,
                       "no price for a model '%s'; 'prices' shows the table, 'prices check' what "
                       "it lacks",
                       model);
    report_prices(&facts, out);
    return true;
}

/* --- prices check -------------------------------------------------------------------------- */

static bool check(struct request *request, struct doc *out, struct err *err)
{
    struct tally models;
    if (!count_models(request, &models, err))
        return false;
    struct unpriced_model *lacking = arena_alloc(request->arena, models.count * sizeof(*lacking));
    size_t count = 0;
    for (size_t i = 0; i < models.count; i++) {
        const struct tally_row *row = &models.rows[i];
        if (row->sum.unpriced_calls)
            lacking[count++] = (struct unpriced_model){
                .model = row->key,
                .calls = row->sum.unpriced_calls,
                .tokens = row->sum.unpriced_tokens,
                .listed = price_listed_as(request->prices, row->key) != NULL,
            };
    }
    report_unpriced(lacking, count, request->measured, out);
    doc_fact(out, "price_table", figure_text(price_table_name(request->arena, request->prices)));
    out->exit_status = count ? EXIT_FOUND : 0;
    return true;
}

/* --- prices import FILE -------------------------------------------------------------------- */

/* The models that were called, as price tables name them; NULL with --all. */
static bool find_wanted(struct request *request, const char *const **wanted, struct err *err)
{
    struct tally models;
    *wanted = NULL;
    if (request_flag(request, "all"))
        return true;
    if (!request->ledger)
        return err_set(err, ERR_IO,
                       "there is no ledger to tell which models were used; --all takes every one");
    if (!count_models(request, &models, err))
        return false;
    const char **names = arena_alloc(request->arena, (models.count + 1) * sizeof(*names));
    for (size_t i = 0; i < models.count; i++)
        names[i] = price_model_name(request->arena, models.rows[i].key);
    *wanted = names;
    return true;
}

static bool read_from(const struct request *request, const char **from, struct err *err)
{
    int64_t at_ns;
    *from = request_text(request, "from");
    if (!*from)
        return true;
    const char *start = arena_printf(request->arena, "%sT00:00:00Z", *from);
    return (strlen(*from) == DAY_TEXT && clock_parse(start, strlen(start), &at_ns)) ||
           err_set(err, ERR_USAGE, "--from '%s' is not a day such as 2026-12-01", *from);
}

static bool read_litellm(struct request *request, const char *path, struct litellm *out,
                         struct err *err)
{
    struct litellm_file file = { .name = path };
    if (!find_wanted(request, &file.wanted, err) ||
        !file_read(request->arena, path, LITELLM_MOST, &file.text, &file.length, err) ||
        !litellm_parse(request->arena, &file, out, err))
        return false;
    if (out->count)
        return true;
    return err_set(err, ERR_NOT_FOUND, "'%s' has no price for %s", path,
                   file.wanted ? "a model that was used (--all takes every model)" : "any model");
}

static bool merge_own(struct request *request, const char *path, const struct litellm *models,
                      struct price_imported *result, struct err *err)
{
    const struct embed *built_in = embed_find("prices.json");
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    char today[CLOCK_TEXT];
    CLEANUP(price_file_unlock) struct price_file file = { .lock = { .fd = -1 } };
    struct price_import plan = {
        .models = models,
        .table = request->prices,
        .built_in = (const char *)built_in->bytes,
        .built_in_length = built_in->size,
        .own_name = request->home.user_prices,
        .date = today,
        .source = arena_printf(request->arena, "LiteLLM price file '%s'",
                               text_valid(request->arena, name, strlen(name))),
    };
    clock_utc(request->now_ns, today);
    today[DAY_TEXT] = '\0'; /* days of price tables are UTC days */
    plan.source = arena_printf(request->arena, "%s, imported %s", plan.source, today);
    if (!read_from(request, &plan.from, err) ||
        !price_file_lock(request->arena, &request->home, &file, err))
        return false;
    plan.own = file.text;
    plan.own_length = file.length;
    return price_import(request->arena, &plan, result, err) &&
           (result->added + result->changed == 0 ||
            price_file_put(&file, result->text, result->length, err));
}

static bool import(struct request *request, struct doc *out, struct err *err)
{
    const char *path = request_text(request, "file");
    struct litellm models;
    struct price_imported result;
    if (!path)
        return err_set(err, ERR_USAGE, "prices import: which file?");
    if (!read_litellm(request, path, &models, err) ||
        !merge_own(request, path, &models, &result, err))
        return false;
    struct line *line = doc_line(out, "Imported");
    line_figure(out, line, "added", NULL, figure_count(result.added, BASIS_MEASURED),
                result.added == 1 ? " model new" : " models new");
    line_figure(out, line, "changed", NULL, figure_count(result.changed, BASIS_MEASURED),
                " changed");
    line_figure(out, line, "same", NULL, figure_count(result.same, BASIS_MEASURED),
                " as they were");
    if (models.passed)
        doc_warning(out, "passed_over",
                    "%" PRId64 " entries were left out: they do not price input and output by the "
                    "token, or not in a way the table can hold",
                    models.passed);
    if (result.partial)
        doc_warning(out, "partial_price",
                    "%" PRId64 " models have no price for some kind of cache tokens, so calls with "
                    "such tokens have none; the first: %s",
                    result.partial, result.first_partial);
    if (result.added + result.changed == 0)
        return true;
    doc_note(out, "Calls without a price get theirs with the next command. What was counted keeps "
                  "its price; 'prices reprice --since DAY' shows what would change.");
    doc_wrote(out, "wrote %s", request->home.user_prices);
    return true;
}

/* --- prices reprice ------------------------------------------------------------------------ */

static bool reprice_since(struct request *request, int64_t *since_ns, struct err *err)
{
    const char *since = request_text(request, "since");
    struct period_rules rules;
    struct period period;
    if (!since)
        return err_set(err, ERR_USAGE, "prices reprice: since when? --since 2026-10-01");
    if (!range_rules(request, &rules, err) ||
        !period_parse(request->arena, since, &rules, &period, err))
        return false;
    *since_ns = period.from_ns;
    return true;
}

static void say_repriced(const struct repricing *result, bool write, struct doc *out)
{
    struct line *line = doc_line(out, "Calls");
    line_figure(out, line, "calls", NULL, figure_count(result->calls, BASIS_MEASURED), " in range");
    line_figure(out, line, "changed", NULL, figure_count(result->changed, BASIS_MEASURED),
                write ? " cost something else now" : " would cost something else");
    line = doc_line(out, "Cost");
    line_figure(out, line, "before", NULL,
                figure_of(figure_money(result->before_nano_usd, BASIS_MEASURED), result->changed),
                " before");
    line_figure(out, line, "after", NULL,
                figure_of(figure_money(result->after_nano_usd, BASIS_MEASURED), result->changed),
                " after");
    if (result->kept)
        doc_warning(out, "kept_price",
                    "%" PRId64 " calls have no price in the table now: they keep what they cost",
                    result->kept);
}

static bool reprice(struct request *request, struct doc *out, struct err *err)
{
    struct ingest_report ignored;
    struct repricing result;
    struct repricing_plan plan = {
        .prices = request->prices,
        .now_ns = request->now_ns,
        .write = request_flag(request, "yes"),
    };
    if (!reprice_since(request, &plan.since_ns, err) || !setup_sync(request, &ignored, err) ||
        !repricing_run(request->ledger, &plan, request->arena, &result, err))
        return false;
    if (result.overflow)
        return err_set(err, ERR_USAGE, "the sums are too large: take a later --since");
    const char *table = price_table_name(request->arena, request->prices);
    bool written = plan.write && result.changed;
    doc_title(out, "Repricing with the table %s", table);
    doc_fact(out, "price_table", figure_text(table));
    say_repriced(&result, plan.write, out);
    doc_fact(out, "written", figure_count(written, BASIS_MEASURED));
    if (written)
        doc_wrote(out, "wrote %s", request->home.ledger);
    else if (result.changed)
        doc_note(out, "Nothing was changed; --yes does it.");
    return true;
}

/* --- prices history ------------------------------------------------------------------------ */

static bool history(struct request *request, struct doc *out, struct err *err)
{
    static const struct column columns[] = {
        { "at", "AT", ALIGN_LEFT, 0 },
        { "since", "SINCE", ALIGN_LEFT, 0 },
        { "calls", "CALLS", ALIGN_RIGHT, 0 },
        { "before", "BEFORE", ALIGN_RIGHT, 0 },
        { "after", "AFTER", ALIGN_RIGHT, 0 },
        { "price_table", "TABLE", ALIGN_LEFT, COLUMN_SHRINKS },
        { "price_table_hash", NULL, ALIGN_LEFT, 0 },
    };
    struct ledger_repricing *done = NULL;
    size_t count = 0;
    if (request->ledger && !ledger_repricings(request->ledger, request->arena, &done, &count, err))
        return false;
    doc_title(out, "Costs that were computed anew");
    struct table *table = doc_table(out, "rows", columns, ARRAY_LEN(columns));
    table->empty = "Every call has the price it was counted with.";
    for (size_t i = 0; i < count; i++) {
        struct row *row = table_row(out, table);
        table_cell(out, row, 0, figure_time(done[i].at_ns));
        table_cell(out, row, 1, figure_time(done[i].since_ns));
        table_cell(out, row, 2, figure_count(done[i].calls, BASIS_MEASURED));
        table_cell(out, row, 3, figure_money(done[i].before_nano_usd, BASIS_MEASURED));
        table_cell(out, row, 4, figure_money(done[i].after_nano_usd, BASIS_MEASURED));
        table_cell(out, row, 5, figure_text(done[i].table));
        table_cell(
            out, row, 6,
            figure_text(arena_printf(request->arena, "%016" PRIx64, (uint64_t)done[i].table_hash)));
    }
    return true;
}

static bool run(struct request *request, struct doc *out, struct err *err)
{
    static const struct {
        const char *word;
        bool (*run)(struct request *request, struct doc *out, struct err *err);
    } actions[] = {
        { "check", check },
        { "import", import },
        { "reprice", reprice },
        { "history", history },
    };
    if (request_text(request, "file") && !is_action(request, "import"))
        return err_set(err, ERR_USAGE, "prices: what is '%s'? ('help prices' shows its words)",
                       request_text(request, "file"));
    for (size_t i = 0; i < ARRAY_LEN(actions); i++)
        if (is_action(request, actions[i].word))
            return actions[i].run(request, out, err);
    return show(request, out, err);
}

const struct verb verb_prices = {
    .name = "prices",
    .summary = "List prices: prices [MODEL], prices check, prices import FILE, prices reprice "
               "--since DAY, prices history",
    .flags = VERB_LEDGER,
    .params = {
        { "what", PARAM_WORD, "a model (with *), or check, import, reprice or history", NULL, false },
        { "file", PARAM_WORD, "of import: a LiteLLM price file, model_prices_and_context_window.json", NULL, false },
        { "all", PARAM_FLAG, "of import: all its models, not only those that were used", NULL, false },
        { "from", PARAM_TEXT, "of import: the day the prices hold from; what held before stays", NULL, false },
        { "since", PARAM_TEXT, "of reprice: compute the cost of calls anew from this day, week or month on", NULL, false },
        { "yes", PARAM_FLAG, "of reprice: write it, instead of only showing what would change", NULL, false },
    },
    .needs = needs,
    .run = run,
};
