#include "base/err.h"
#include "doc/doc.h"
#include "measure/service.h"
#include "measure/toolbox.h"
#include "report/report_tools.h"
#include "store/ledger.h"
#include "verb/account.h"
#include "verb/range.h"
#include "verb/usage_ask.h"
#include "verb/verb.h"

static bool count(const struct usage_ask *ask, struct toolbox *box, struct err *err)
{
    struct ledger *ledger = ask->request->ledger;
    struct ledger_window window = usage_ask_window(ask);
    CLEANUP(ledger_cursor_close) struct ledger_cursor *cursor = NULL;
    struct ledger_tool tool;
    bool more;
    if (!ledger)
        return true;
    if (!ledger_tools_open(ledger, &window, &cursor, err))
        return false;
    while (ledger_tools_next(cursor, &tool, &more, err) && more)
        if (usage_ask_place(ask, tool.session, tool.project, tool.at_ns))
            toolbox_add(box, ledger_text(ledger, tool.name), tool.state);
    return err->code == ERR_NONE;
}

bool usage_tools_run(struct usage_ask *ask, struct doc *out, struct err *err)
{
    struct toolbox box;
    struct service_rules rules = account_services(ask->request);
    toolbox_init(&box, ask->request->arena);
    if (!count(ask, &box, err))
        return false;
    toolbox_sort(&box);
    range_title(out, "Tool calls from logs", &ask->period);
    report_tools(&box, &rules, ask->request->ledger != NULL, out);
    return true;
}
