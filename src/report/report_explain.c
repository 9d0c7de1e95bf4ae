#include "report/report_explain.h"

#include <inttypes.h>

#include "base/attr.h"
#include "doc/doc.h"
#include "measure/explain.h"

enum { COLUMNS = 8, CALL_COLUMNS = 9 };

static const struct {
    const char *word; /* in JSON */
    const char *text;
} causes[EXPLAIN_CAUSES] = {
    [EXPLAIN_NONE] = { "none", "" },
    [EXPLAIN_NULL] = { "null_in_line", "a null somewhere in the line: ccusage drops it" },
    [EXPLAIN_SPACING] = { "spacing", "a blank in '\"usage\": {': ccusage does not find it" },
    [EXPLAIN_BYTE_ORDER_MARK] = { "byte_order_mark", "a byte-order mark: ccusage drops the line" },
    [EXPLAIN_SURROGATE] = { "lone_surrogate", "half a character (\\ud800): ccusage drops it" },
    [EXPLAIN_TYPED] = { "other_type", "a member of another type: ccusage drops the line" },
    [EXPLAIN_TIMESTAMP] = { "timestamp", "a time in another form: ccusage drops the line" },
    [EXPLAIN_VERSION] = { "version", "a version that is not 1.2.3: ccusage drops the line" },
    [EXPLAIN_EMPTY] = { "empty_id", "an empty id or model: ccusage drops the line" },
    [EXPLAIN_NO_LOG] = { "log_is_gone", "its log is gone, we had counted it" },
    [EXPLAIN_STREAMED] = { "no_request_id", "no request id: ccusage counts each streamed line" },
    [EXPLAIN_COPIED] = { "no_request_id_copy", "no request id: ccusage counts a fork's copy" },
    [EXPLAIN_NO_MESSAGE_ID] = { "no_message_id", "no message id: ccusage counts each line" },
    [EXPLAIN_SIDECHAIN] = { "side_question", "other rules for side questions and side chains" },
    [EXPLAIN_NESTED] = { "nested", "a progress line's copy counts, or replaces the full one" },
    [EXPLAIN_TOTAL] = { "largest_total", "ccusage takes the largest total, not the most output" },
    [EXPLAIN_TIE] = { "tie", "of equal lines ccusage takes the dearest, then the first read" },
    [EXPLAIN_OTHER_RECORD] = { "other_line", "another line speaks for the call" },
    [EXPLAIN_NOT_ASSISTANT] = { "not_assistant", "usage in a line that is no assistant's" },
    [EXPLAIN_SYNTHETIC] = { "synthetic", "<synthetic>: nothing was sent, ccusage counts it" },
    [EXPLAIN_ADVISOR] = { "advisor", "an advisor's tokens that the total holds already" },
    [EXPLAIN_IMPOSSIBLE] = { "impossible", "a counter elsewhere in the line is impossible" },
    [EXPLAIN_SPLIT] = { "cache_split", "a split replaces the plain count of cache writes" },
    [EXPLAIN_DAY] = { "day", "it falls on another day" },
    [EXPLAIN_TIER] = { "tier", "a service tier without list price: standard for ccusage" },
    [EXPLAIN_SEARCH] = { "web_search", "web searches: free for ccusage" },
    [EXPLAIN_GEO] = { "geo", "US-only inference: no surcharge for ccusage" },
    [EXPLAIN_FAST] = { "fast", "fast without a list price: standard for ccusage" },
    [EXPLAIN_LONG] = { "long_context", "long context: counter by counter above 200,000" },
    [EXPLAIN_HOUR] = { "one_hour_writes", "one-hour cache writes: twice the input for ccusage" },
    [EXPLAIN_DATE] = { "price_date", "today's price for all days" },
    [EXPLAIN_KEPT] = { "kept_price", "we keep the price a call was counted with" },
};

static const struct column columns[COLUMNS] = {
    { "cause", NULL, ALIGN_LEFT, 0 },
    { "text", "CAUSE (ccusage less ours)", ALIGN_LEFT, COLUMN_SHRINKS },
    { "differences", "N", ALIGN_RIGHT, 0 },
    { "input_tokens", "INPUT", ALIGN_RIGHT, 0 },
    { "output_tokens", "OUTPUT", ALIGN_RIGHT, 0 },
    { "cache_write_tokens", "CACHE WR", ALIGN_RIGHT, 0 },
    { "cache_read_tokens", "CACHE RD", ALIGN_RIGHT, 0 },
    { "cost", "COST", ALIGN_RIGHT, 0 },
};

static const struct column call_columns[CALL_COLUMNS] = {
    { "at", "WHEN", ALIGN_LEFT, 0 },
    { "message", "MESSAGE", ALIGN_LEFT, COLUMN_SHRINKS },
    { "session", NULL, ALIGN_LEFT, 0 },
    { "cause", "CAUSE", ALIGN_LEFT, 0 },
    { "input_tokens", "INPUT", ALIGN_RIGHT, 0 },
    { "output_tokens", "OUTPUT", ALIGN_RIGHT, 0 },
    { "cache_write_tokens", "CACHE WR", ALIGN_RIGHT, 0 },
    { "cache_read_tokens", "CACHE RD", ALIGN_RIGHT, 0 },
    { "cost", "COST", ALIGN_RIGHT, 0 },
};

static void fill_amount(struct doc *doc, struct row *row, size_t from,
                        const struct explain_amount *amount)
{
    const int64_t counts[] = { amount->input, amount->output, amount->cache_write,
                               amount->cache_read };
    for (size_t i = 0; i < ARRAY_LEN(counts); i++)
        table_cell(doc, row, from + i, figure_count(counts[i], BASIS_MEASURED));
    table_cell(doc, row, from + ARRAY_LEN(counts), figure_money(amount->nano_usd, BASIS_MEASURED));
}

static void side(struct doc *doc, struct table *table, const char *name, int64_t calls,
                 const struct explain_amount *amount)
{
    struct row *row = table_row(doc, table);
    table_cell(doc, row, 1, figure_text(name));
    table_cell(doc, row, 2, figure_count(calls, BASIS_MEASURED));
    fill_amount(doc, row, 3, amount);
}

static void sides(const struct explanation *explanation, struct doc *doc)
{
    static const struct column heads[COLUMNS] = {
        { NULL, NULL, ALIGN_LEFT, 0 },
        { "who", "", ALIGN_LEFT, 0 },
        { "calls", "CALLS", ALIGN_RIGHT, 0 },
        { "input_tokens", "INPUT", ALIGN_RIGHT, 0 },
        { "output_tokens", "OUTPUT", ALIGN_RIGHT, 0 },
        { "cache_write_tokens", "CACHE WR", ALIGN_RIGHT, 0 },
        { "cache_read_tokens", "CACHE RD", ALIGN_RIGHT, 0 },
        { "cost", "COST", ALIGN_RIGHT, 0 },
    };
    struct table *table = doc_table(doc, "sides", heads, COLUMNS);
    side(doc, table, "ours", explanation->our_calls, &explanation->ours);
    side(doc, table, "ccusage", explanation->their_calls, &explanation->theirs);
}

static void by_cause(const struct explanation *explanation, struct doc *doc)
{
    struct explain_amount sum = { 0 };
    struct table *table = doc_table(doc, "rows", columns, COLUMNS);
    table->empty = "No difference.";
    for (size_t i = 0; i < EXPLAIN_CAUSES; i++) {
        const struct explain_sum *cause = &explanation->causes[i];
        if (cause->items == 0)
            continue;
        struct row *row = table_row(doc, table);
        table_cell(doc, row, 0, figure_text(causes[i].word));
        table_cell(doc, row, 1, figure_text(causes[i].text));
        table_cell(doc, row, 2, figure_count(cause->items, BASIS_MEASURED));
        fill_amount(doc, row, 3, &cause->more);
        sum.input += cause->more.input;
        sum.output += cause->more.output;
        sum.cache_write += cause->more.cache_write;
        sum.cache_read += cause->more.cache_read;
        sum.nano_usd += cause->more.nano_usd;
    }
    struct row *row = table_totals(doc, table);
    table_cell(doc, row, 1, figure_text("All differences"));
    table_cell(doc, row, 2, figure_count((int64_t)explanation->count, BASIS_MEASURED));
    fill_amount(doc, row, 3, &sum);
}

static void by_call(const struct explain_facts *facts, struct doc *doc)
{
    const struct explanation *explanation = facts->explanation;
    if (facts->calls == 0 || explanation->count == 0)
        return;
    doc_heading(doc, "Call by call, the dearest first");
    struct table *table = doc_table(doc, "differences", call_columns, CALL_COLUMNS);
    for (size_t i = 0; i < explanation->count && i < facts->calls; i++) {
        const struct explain_item *item = &explanation->items[i];
        struct row *row = table_row(doc, table);
        table_cell(doc, row, 0, figure_time(item->at_ns));
        table_cell(doc, row, 1, figure_text(item->message_id));
        table_cell(doc, row, 2, figure_text(item->session));
        table_cell(doc, row, 3, figure_text(causes[item->cause].word));
        fill_amount(doc, row, 4, &item->more);
    }
    if (explanation->count > facts->calls)
        doc_note(doc, "%zu more: --calls %zu lists all.", explanation->count - facts->calls,
                 explanation->count);
}

const char *report_explain_word(int cause)
{
    return causes[cause].word;
}

void report_explain(const struct explain_facts *facts, struct doc *out)
{
    out->schema = "session-manager/usage_explain"; /* its rows are differences, not sums of calls */
    doc_fact(out, "prices", figure_text("ours for both"));
    doc_fact(out, "compared_with", figure_text("ccusage 20.0.24, claude daily"));
    if (!facts->measured) {
        doc_note(out, "No log has been read yet.");
        return;
    }
    sides(facts->explanation, out);
    doc_gap(out);
    by_cause(facts->explanation, out);
    by_call(facts, out);
    doc_gap(out);
    doc_note(out,
             "Prices: ours for both. Compared are the rules of ccusage 20.0.24 (claude daily), "
             "read again from the logs; where its own price of a model or a costUSD in an old "
             "log differs, that is not in here.");
    if (facts->beyond)
        doc_warning(out, "beyond",
                    "%" PRId64 " lines hold counters too large to be compared; "
                    "ccusage adds them, we do not",
                    facts->beyond);
    if (facts->unreadable)
        doc_warning(out, "unreadable_log", "%" PRId64 " logs could not be read for the comparison",
                    facts->unreadable);
    if (facts->explanation->overflow)
        doc_warning(out, "overflow", "a sum is too large to be shown; narrow the range");
}
