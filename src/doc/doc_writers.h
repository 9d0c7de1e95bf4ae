#pragma once
/* The writers, for the table in doc.c alone. */

struct buf;
struct doc;
struct style;

void doc_text_write(const struct doc *doc, const struct style *style, struct buf *out);
void doc_json_write(const struct doc *doc, const struct style *style, struct buf *out);
void doc_markdown_write(const struct doc *doc, const struct style *style, struct buf *out);
void doc_csv_write(const struct doc *doc, const struct style *style, struct buf *out);
void doc_tree_write(const struct doc *doc, const struct style *style, struct buf *out);
