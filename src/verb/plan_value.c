#include "verb/plan_value.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"
#include "doc/doc.h"
#include "embed.h"
#include "measure/plan.h"
#include "model/period.h"
#include "report/report_plan.h"
#include "store/ledger.h"
#include "verb/range.h"
#include "verb/verb.h"

static bool month_price(struct request *request, const char *plan, struct plan_price *out,
                        struct err *err)
{
    const struct embed *table = embed_find("plans.json");
    const char *own = settings_text(&request->settings, "plan_usd");
    struct plan_question question = { (const char *)table->bytes, table->size, plan,
                                      request->now_ns };
    if (!plan_price_find(request->arena, &question, out, err))
        return false;
    if (!out->known || !*own)
        return true;
    return (text_money(own, &out->nano_usd) && out->nano_usd > 0) ||
           err_set(err, ERR_DAMAGED, "setting 'plan_usd' is not an amount such as 180 or 19.99");
}

static bool sum_of_month(struct request *request, struct usage_sum *out, struct err *err)
{
    struct period_rules rules;
    struct period month;
    CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = NULL;
    if (!range_rules(request, &rules, err) ||
        !period_parse(request->arena, "month", &rules, &month, err))
        return false;
    struct ledger_window window = { .from_ns = month.from_ns, .to_ns = month.to_ns };
    if (!ledger_calls_open(request->ledger, &window, &cursor, err))
        return false;
    for (;;) {
        struct ledger_call call;
        bool more;
        if (!ledger_calls_next(cursor, &call, &more, err))
            return false;
        if (!more)
            return true;
        if (!usage_sum_add(out, &call.usage, call.cost_nano_usd))
            return err_set(err, ERR_DAMAGED, "the month's sum is too large to be shown");
    }
}

bool plan_value_add(struct request *request, struct doc *out, struct err *err)
{
    const char *plan = settings_text(&request->settings, "plan");
    struct plan_price price;
    struct usage_sum used = { 0 };
    if (!month_price(request, plan, &price, err))
        return false;
    if (!price.known)
        return true;
    if (request->ledger && !sum_of_month(request, &used, err))
        return false;
    struct plan_facts facts = {
        .plan = plan,
        .used = &used,
        .month_nano_usd = price.nano_usd,
        .own_price = *settings_text(&request->settings, "plan_usd"),
        .measured = request->measured,
    };
    report_plan(&facts, out);
    return true;
}
