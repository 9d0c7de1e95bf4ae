#include "report/report_prices.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "doc/doc.h"
#include "measure/price.h"

/* Days of the table are UTC days. */
static struct figure day(struct arena *arena, int64_t from_ns)
{
    char text[CLOCK_TEXT];
    if (from_ns == INT64_MIN)
        return figure_unknown(FIGURE_TEXT, "from the beginning");
    clock_utc(from_ns, text);
    return figure_text(arena_printf(arena, "%.10s", text));
}

static struct figure price(struct arena *arena, int64_t pico_usd)
{
    const char *text = price_text(arena, pico_usd);
    return text ? figure_text(text) : figure_unknown(FIGURE_TEXT, "no price is known");
}

/* A model's name stands once; below it what its fast calls and long prompts cost. */
static const char *shown_name(struct arena *arena, const struct price_line *line)
{
    enum { THOUSAND = 1000 };
    switch (line->kind) {
    case PRICE_STANDARD:
        break;
    case PRICE_FAST:
        return "  fast";
    case PRICE_ABOVE:
        return arena_printf(arena, "  above %" PRId64 "k", line->above_prompt / THOUSAND);
    }
    return line->model;
}

static void add_line(const struct price_line *line, struct doc *doc, struct table *table)
{
    static const char *const kinds[] = { "standard", "fast", "above" };
    struct arena *arena = doc->arena;
    struct row *row = table_row(doc, table);
    table_cell(doc, row, 0, figure_text(shown_name(arena, line)));
    table_cell(doc, row, 1, figure_text(line->model));
    struct figure from = day(arena, line->from_ns);
    table_cell(doc, row, 2, figure_known(&from) ? from : figure_text("always"));
    table_cell(doc, row, 3, from);
    table_cell(doc, row, 4, price(arena, line->rates.input));
    table_cell(doc, row, 5, price(arena, line->rates.output));
    table_cell(doc, row, 6, price(arena, line->rates.cache_write_5m));
    table_cell(doc, row, 7, price(arena, line->rates.cache_write_1h));
    table_cell(doc, row, 8, price(arena, line->rates.cache_read));
    table_cell(doc, row, 9, figure_text(line->own ? "own" : "built-in"));
    table_cell(doc, row, 10, figure_text(kinds[line->kind]));
    table_cell(doc, row, 11,
               line->kind == PRICE_ABOVE
                   ? figure_count(line->above_prompt, BASIS_ENTERED)
                   : figure_unknown(FIGURE_COUNT, "the price holds for prompts of any size"));
    table_cell(doc, row, 12, figure_count(line->us_percent, BASIS_ENTERED));
    table_cell(doc, row, 13, figure_text(line->source));
}

static bool said_before(const struct prices_facts *facts, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (strcmp(facts->lines[i].source, facts->lines[at].source) == 0)
            return true;
    return false;
}

void report_prices(const struct prices_facts *facts, struct doc *out)
{
    static const struct column columns[] = {
        { NULL, "MODEL", ALIGN_LEFT, COLUMN_SHRINKS },
        { "model", NULL, ALIGN_LEFT, 0 },
        { NULL, "FROM", ALIGN_LEFT, 0 },
        { "from", NULL, ALIGN_LEFT, 0 },
        { "input", "INPUT", ALIGN_RIGHT, 0 },
        { "output", "OUTPUT", ALIGN_RIGHT, 0 },
        { "cache_write_5m", "WR 5M", ALIGN_RIGHT, 0 },
        { "cache_write_1h", "WR 1H", ALIGN_RIGHT, 0 },
        { "cache_read", "READ", ALIGN_RIGHT, 0 },
        { "table", "TABLE", ALIGN_LEFT, 0 },
        { "kind", NULL, ALIGN_LEFT, 0 },
        { "above_prompt_tokens", NULL, ALIGN_RIGHT, 0 },
        { "us_percent", NULL, ALIGN_RIGHT, 0 },
        { "source", NULL, ALIGN_LEFT, 0 },
    };
    doc_title(out, "Prices, $ for a million tokens  %s", facts->table);
    struct table *table = doc_table(out, "rows", columns, ARRAY_LEN(columns));
    for (size_t i = 0; i < facts->count; i++)
        add_line(&facts->lines[i], out, table);
    doc_fact(out, "price_table", figure_text(facts->table));
    doc_gap(out);
    for (size_t i = 0; i < facts->count; i++)
        if (!said_before(facts, i))
            doc_note(out, "Source: %s", facts->lines[i].source);
}

void report_unpriced(const struct unpriced_model *models, size_t count, bool measured,
                     struct doc *out)
{
    static const struct column columns[] = {
        { "model", "MODEL", ALIGN_LEFT, COLUMN_SHRINKS },
        { "calls", "CALLS", ALIGN_RIGHT, 0 },
        { "tokens", "TOKENS", ALIGN_RIGHT, 0 },
        { "why", "WHY", ALIGN_LEFT, 0 },
    };
    doc_title(out, "Models without a price");
    struct table *table = doc_table(out, "rows", columns, ARRAY_LEN(columns));
    table->empty = measured ? "Every call has a price." : "No log has been read yet.";
    for (size_t i = 0; i < count; i++) {
        struct row *row = table_row(out, table);
        table_cell(out, row, 0, figure_text(models[i].model));
        table_cell(out, row, 1, figure_count(models[i].calls, BASIS_MEASURED));
        table_cell(out, row, 2, figure_count(models[i].tokens, BASIS_MEASURED));
        table_cell(out, row, 3,
                   figure_text(models[i].listed ? "no price for its speed, tier or kind of token"
                                                : "not in the table"));
    }
    if (count == 0)
        return;
    doc_gap(out);
    doc_note(out, "session-manager prices import FILE takes prices from a LiteLLM file");
}
