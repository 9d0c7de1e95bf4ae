#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "doc/doc.h"
#include "model/template.h"
#include "store/shelf.h"
#include "verb/templates.h"
#include "verb/verb.h"
#include "verb/verbs.h"

enum { TEMPLATE_LIMIT = 1 << 20 };

static unsigned needs(const struct request *request)
{
    bool writes = strcmp(request_text(request, "action"), "init") == 0;
    return VERB_PROJECT | (writes ? VERB_WRITES : 0);
}

static bool read_level(const struct request *request, enum level *level, struct err *err)
{
    const char *word = request_text(request, "level");
    *level = word ? level_from_word(word) : LEVEL_NONE;
    if (*level == LEVEL_NONE)
        return err_set(err, ERR_USAGE, "template %s: which level? dev, prod, plan or coded",
                       request_text(request, "action"));
    return true;
}

static void say(struct request *request, const struct level_template *template, enum level level,
                bool own, struct doc *out)
{
    doc_fact(out, "level", figure_count(level, BASIS_MEASURED));
    doc_fact(out, "name", figure_text(template->name));
    doc_fact(out, "hash", figure_text(template->hash));
    struct line *line = doc_line(out, "Template");
    line_text(out, line, "%s  %s  %s", template->name, template->hash,
              own ? templates_path(request, level) : "(built in)");
}

/* The JSON itself, so that it can be piped into a file and changed. */
static bool show(struct request *request, enum level level, struct doc *out, struct err *err)
{
    struct level_template template;
    size_t length;
    const char *text = templates_built_in(level, &length);
    struct err ignored = { 0 };
    if (!templates_load(request, level, &template, err))
        return false;
    (void)!file_read(request->arena, templates_path(request, level), TEMPLATE_LIMIT, &text, &length,
                     &ignored);
    doc_verbatim(out, text);
    doc_fact(out, "hash", figure_text(template.hash));
    return true;
}

static bool init(struct request *request, enum level level, struct doc *out, struct err *err)
{
    size_t length;
    const char *text = templates_built_in(level, &length);
    const char *path = templates_path(request, level);
    if (file_exists(path))
        return err_set(err, ERR_ACTIVE, "'%s' exists already; edit it, or move it away first",
                       path);
    const char *below = arena_printf(request->arena, "templates/%s.json", level_info(level)->type);
    if (!shelf_put_file(request->shelf, below, text, length, err))
        return false;
    struct line *line = doc_line(out, "Template");
    line_text(out, line, "%s; edit it, then: session-manager template check", path);
    doc_fact(out, "path", figure_text(path));
    doc_wrote(out, "wrote %s", path);
    return true;
}

static bool check(struct request *request, struct doc *out, struct err *err)
{
    for (enum level level = LEVEL_DEVELOPMENT; level <= LEVEL_CODED; level++) {
        struct level_template template;
        if (!templates_load(request, level, &template, err))
            return false;
        say(request, &template, level, file_exists(templates_path(request, level)), out);
    }
    return true;
}

static bool run(struct request *request, struct doc *out, struct err *err)
{
    const char *action = request_text(request, "action");
    enum level level;
    if (strcmp(action, "check") == 0)
        return check(request, out, err);
    if (!read_level(request, &level, err))
        return false;
    return strcmp(action, "init") == 0 ? init(request, level, out, err)
                                       : show(request, level, out, err);
}

const struct verb verb_template = {
    .name = "template",
    .summary = "What new sessions begin with: template show LEVEL, template init LEVEL, template check",
    .flags = VERB_PROJECT,
    .params = {
        { "action", PARAM_WORD, "show, init or check", "|show|init|check|", true },
        { "level", PARAM_WORD, "dev, prod, plan or coded", NULL, false },
    },
    .needs = needs,
    .run = run,
};
