#include "ingest/source.h"

#include "ingest/claude.h"

static const struct source *const sources[] = { &source_claude };

const struct source *source_at(size_t index)
{
    return index < ARRAY_LEN(sources) ? sources[index] : NULL;
}
