#include "base/buf.h"
#include "base/json.h"
#include "doc/doc.h"
#include "doc/doc_writers.h"

void doc_tree_write(const struct doc *doc, const struct style *style, struct buf *out)
{
    if (!doc->tree)
        return;
    if (style->compact)
        json_write_compact(doc->tree, out);
    else
        json_write(doc->tree, out);
}
