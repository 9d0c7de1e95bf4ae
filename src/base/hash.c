#include "base/hash.h"

#include <string.h>
#include <xxhash.h>

int64_t hash_bytes(const void *bytes, size_t size)
{
    return (int64_t)XXH3_64bits(bytes, size);
}

int64_t hash_text(const char *text)
{
    return hash_bytes(text, strlen(text));
}

int64_t hash_more(int64_t seed, const void *bytes, size_t size)
{
    return (int64_t)XXH3_64bits_withSeed(bytes, size, (XXH64_hash_t)seed);
}
