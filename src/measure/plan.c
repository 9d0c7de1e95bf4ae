#include "measure/plan.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/text.h"

static bool refuse(struct err *err, const char *plan, const char *what)
{
    (void)err_set(err, ERR_DAMAGED, "plan table: %s", what);
    return err_at(err, "plans.json: '%s'", plan);
}

/* Rows without a day hold from the beginning; the last that has begun counts. */
static bool read_rows(struct arena *arena, const struct json *entry, int64_t at_ns,
                      struct plan_price *out, struct err *err)
{
    const char *plan = json_text(entry, "name", "");
    const struct json *rows = json_get(entry, "rows");
    for (size_t i = 0; i < json_length(rows); i++) {
        const struct json *row = json_item(rows, i);
        const char *day = json_text(row, "from", NULL);
        const char *from = day ? arena_printf(arena, "%sT00:00:00Z", day) : NULL;
        int64_t from_ns = INT64_MIN;
        int64_t nano_usd = 0;
        if (from && !clock_parse(from, strlen(from), &from_ns))
            return refuse(err, plan, "not a day: 'from'");
        if (!text_money(json_text(row, "usd", ""), &nano_usd) || nano_usd <= 0)
            return refuse(err, plan, "not a price as decimal text: 'usd'");
        if (from_ns <= at_ns)
            *out = (struct plan_price){ nano_usd, true };
    }
    return true;
}

bool plan_price_find(struct arena *arena, const struct plan_question *question,
                     struct plan_price *out, struct err *err)
{
    const char *plan = question->plan;
    struct json *root;
    *out = (struct plan_price){ 0, false };
    if (!json_parse(arena, question->text, question->length, "plans.json", &root, err))
        return err_add(err, "plan table");
    if (strcmp(json_text(root, "schema", ""), "session-manager/plans") != 0)
        return refuse(err, plan, "not a plan table by its 'schema'");
    const struct json *plans = json_get(root, "plans");
    for (size_t i = 0; i < json_length(plans); i++)
        if (strcmp(json_text(json_item(plans, i), "name", ""), plan) == 0)
            return read_rows(arena, json_item(plans, i), question->at_ns, out, err);
    return true;
}
