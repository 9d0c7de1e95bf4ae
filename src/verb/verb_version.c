#include "doc/doc.h"
#include "verb/verb.h"
#include "verb/verbs.h"

static bool run(struct request *request, struct doc *out, struct err *err)
{
    (void)request;
    (void)err;
    doc_fact(out, "version", figure_text(VERSION));
    doc_note(out, "session-manager %s", VERSION);
    return true;
}

const struct verb verb_version = {
    .name = "version",
    .summary = "The program's version",
    .flags = VERB_ALONE,
    .run = run,
};
