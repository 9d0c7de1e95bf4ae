#pragma once
/* hash - 64-bit content hashes (XXH3). Not for secrets: identity and change detection only. */
#include <stddef.h>
#include <stdint.h>

/* Stored in SQLite's signed 64-bit integers, hence the type. The same on every machine. */
int64_t hash_bytes(const void *bytes, size_t size);
int64_t hash_text(const char *text);
/* A hash of `text` that depends on everything hashed into `seed` before: chain fields with it. */
int64_t hash_more(int64_t seed, const void *bytes, size_t size);
