#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "doc/doc.h"
#include "verb/verb.h"
#include "verb/verbs.h"

/* "LEVEL" for words, "--budget VALUE" for options. */
static const char *usage_of(struct arena *arena, const struct param *param)
{
    switch (param->kind) {
    case PARAM_WORD:
        return param->required ? param->name : arena_printf(arena, "[%s]", param->name);
    case PARAM_REST:
        return arena_printf(arena, "[%s...]", param->name);
    case PARAM_TEXT:
    case PARAM_MANY:
        return arena_printf(arena, "--%s VALUE", param->name);
    case PARAM_FLAG:
        return arena_printf(arena, "--%s", param->name);
    }
    return param->name;
}

static void one_verb(const struct verb *verb, struct doc *out)
{
    static const struct column columns[] = {
        { "word", "WORD", ALIGN_LEFT, 0 },
        { "help", "WHAT IT IS", ALIGN_LEFT, COLUMN_WRAPS },
    };
    doc_title(out, "session-manager %s", verb->name);
    doc_note(out, "%s", verb->summary);
    doc_gap(out);
    if (!verb->params[0].name)
        return;
    struct table *table = doc_table(out, "rows", columns, ARRAY_LEN(columns));
    for (size_t i = 0; i < VERB_PARAMS && verb->params[i].name; i++) {
        struct row *row = table_row(out, table);
        table_cell(out, row, 0, figure_text(usage_of(out->arena, &verb->params[i])));
        table_cell(out, row, 1, figure_text(verb->params[i].help));
    }
}

static void all_verbs(bool everything, struct doc *out)
{
    static const struct column columns[] = {
        { "verb", "VERB", ALIGN_LEFT, 0 },
        { "summary", "WHAT IT DOES", ALIGN_LEFT, COLUMN_WRAPS },
    };
    const struct verb *verb;
    doc_title(out, "session-manager [options] VERB [words and options]");
    struct table *table = doc_table(out, "rows", columns, ARRAY_LEN(columns));
    for (size_t i = 0; (verb = verb_at(i)); i++) {
        if (!everything && !(verb->flags & VERB_FIRST))
            continue;
        struct row *row = table_row(out, table);
        table_cell(out, row, 0, figure_text(verb->name));
        table_cell(out, row, 1, figure_text(verb->summary));
    }
    doc_gap(out);
    doc_note(out, "Options for every verb: --json  --format text|json|md  --store DIR  --tz ZONE  "
                  "--color always|never|auto  --quiet");
    doc_note(out, "Without a verb: status. 'help VERB' shows a verb's words%s.",
             everything ? "" : ", 'help --all' the other verbs");
}

static bool run(struct request *request, struct doc *out, struct err *err)
{
    const char *name = request_text(request, "verb");
    const struct verb *verb = name ? verb_find(name) : NULL;
    if (name && !verb)
        return err_set(err, ERR_USAGE, "no verb '%s' ('help --all' shows them)", name);
    if (verb)
        one_verb(verb, out);
    else
        all_verbs(request_flag(request, "all"), out);
    return true;
}

const struct verb verb_help = {
    .name = "help",
    .summary = "This, or the words of one verb: help [VERB] [--all]",
    .flags = VERB_FIRST | VERB_ALONE,
    .params = {
        { "verb", PARAM_WORD, "the verb to tell about", NULL, false },
        { "all", PARAM_FLAG, "all verbs, not only the ten most used", NULL, false },
    },
    .run = run,
};
