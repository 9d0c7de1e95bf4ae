#include "verb/templates.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "embed.h"
#include "verb/verb.h"

enum { TEMPLATE_LIMIT = 1 << 20 };

const char *templates_built_in(enum level level, size_t *length)
{
    static const char *const names[] = {
        [LEVEL_DEVELOPMENT] = "template_development.json",
        [LEVEL_PRODUCTION] = "template_production.json",
        [LEVEL_PLANNING] = "template_planning.json",
        [LEVEL_CODED] = "template_coded.json",
    };
    const struct embed *file = embed_find(names[level]);
    *length = file->size;
    return (const char *)file->bytes;
}

const char *templates_path(struct request *request, enum level level)
{
    return arena_printf(request->arena, "%s/templates/%s.json", request->home.data,
                        level_info(level)->type);
}

bool templates_load(struct request *request, enum level level, struct level_template *out,
                    struct err *err)
{
    struct err why = { 0 };
    const char *path = templates_path(request, level);
    const char *text = NULL;
    size_t length = 0;
    if (!file_read(request->arena, path, TEMPLATE_LIMIT, &text, &length, &why)) {
        if (why.code != ERR_NOT_FOUND) {
            *err = why;
            return false;
        }
        text = templates_built_in(level, &length);
        path = "built-in template";
    }
    if (!template_parse(request->arena, text, length, path, out, err))
        return false;
    if (out->level == level)
        return true;
    (void)err_set(err, ERR_DAMAGED, "'level' is %d, but this is the template of level %d",
                  (int)out->level, (int)level);
    return err_at(err, "%s", path);
}
