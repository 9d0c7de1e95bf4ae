#pragma once
/* doc_table - one table of a doc in aligned columns; a part of the text writer. */

struct pen;
struct table;
struct wording;

void doc_table_write(const struct table *table, struct wording *wording, struct pen *pen);
