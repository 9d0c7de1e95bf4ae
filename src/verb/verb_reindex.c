#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "doc/doc.h"
#include "store/catalog.h"
#include "store/ledger.h"
#include "store/roster.h"
#include "verb/account.h"
#include "verb/verb.h"
#include "verb/verbs.h"

static bool run(struct request *request, struct doc *out, struct err *err)
{
    struct account account = { 0 };
    if (!request->catalog)
        return err_set(err, ERR_IO, "the catalog '%s' cannot be opened", request->home.catalog);
    if (!catalog_clear(request->catalog, err) ||
        !account_roster(request, true, &account.roster, err))
        return false;
    doc_title(out, "Catalog rebuilt from the session files");
    struct line *line = doc_line(out, "Sessions");
    (void)line_add(out, line, "sessions",
                   figure_count((int64_t)account.roster.sessions.count, BASIS_MEASURED));
    line = doc_line(out, "Damaged");
    (void)line_add(out, line, "damaged",
                   figure_count((int64_t)account.roster.damage_count, BASIS_MEASURED));
    account_warn(&account, out);
    doc_wrote(out, "wrote %s", request->home.catalog);
    return true;
}

const struct verb verb_reindex = {
    .name = "reindex",
    .summary = "Rebuild the catalog from the session files",
    .flags = VERB_LEDGER | VERB_CATALOG,
    .run = run,
};
