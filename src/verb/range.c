#include "verb/range.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "doc/doc.h"
#include "verb/verb.h"

bool range_day_start(const char *text, int *minutes)
{
    static const char digits[] = "0123456789";
    if (strlen(text) == 5 && text[2] == ':' && strspn(text, digits) == 2 &&
        strspn(text + 3, digits) == 2) {
        *minutes =
            ((text[0] - '0') * 10 + text[1] - '0') * 60 + (text[3] - '0') * 10 + text[4] - '0';
        if (*minutes <= 720 && text[3] < '6')
            return true;
    }
    return false;
}

bool range_rules(const struct request *request, struct period_rules *out, struct err *err)
{
    *out = (struct period_rules){
        .now_ns = request->now_ns,
        .week_start = text_same(settings_text(&request->settings, "week_start"), "sunday") ? 7 : 1,
    };
    return range_day_start(settings_text(&request->settings, "day_start"),
                           &out->day_start_minutes) ||
           err_set(err, ERR_DAMAGED, "setting 'day_start' is not a time from 00:00 to 12:00");
}

bool range_since_until(const struct request *request, const struct period_rules *rules,
                       struct period *out, struct err *err)
{
    const char *since = request_text(request, "since");
    const char *until = request_text(request, "until");
    struct period end;
    if (!period_parse(request->arena, since ? since : "all", rules, out, err))
        return false;
    if (since) { /* from there on, not only that day or week */
        out->to_ns = request->now_ns;
        out->whole_to_ns = request->now_ns;
        out->until_ns = INT64_MAX;
        out->name = arena_printf(request->arena, "since %s", since);
    }
    if (!until)
        return true;
    if (!period_parse(request->arena, until, rules, &end, err))
        return false;
    if (end.whole_to_ns <= out->from_ns)
        return err_set(err, ERR_USAGE, "--until '%s' is before --since '%s'", until,
                       since ? since : "all");
    out->to_ns = end.to_ns;
    out->whole_to_ns = end.whole_to_ns;
    out->until_ns = end.until_ns;
    out->name = since ? arena_printf(request->arena, "%s..%s", since, until)
                      : arena_printf(request->arena, "until %s", until);
    return true;
}

void range_title(struct doc *doc, const char *heading, const struct period *period)
{
    char from[CLOCK_TEXT];
    char to[CLOCK_TEXT];
    bool over = period->whole_to_ns <= doc->generated_at_ns;
    clock_local(period->to_ns, to);
    doc_window(doc, period->from_ns, period->to_ns, over);
    if (period->from_ns <= 0) {
        doc_title(doc, "%s  %s  up to %s", heading, period->name, to);
        return;
    }
    clock_local(period->from_ns, from);
    from[strlen("2026-10-06 16:32")] = '\0'; /* the zone is said once */
    bool one_day = strncmp(from, to, strlen("2026-10-06")) == 0;
    doc_title(doc, "%s  %s  %s - %s%s", heading, period->name, from,
              one_day ? to + strlen("2026-10-06 ") : to, over ? "" : " (not over)");
}
