#pragma once
/*
 * doc - what a verb answers with: a small tree that knows nothing of screens.
 *
 * A doc has facts (the members of the JSON envelope beside figures: id, path, ...), a window, and
 * a list of blocks in reading order: lines of labelled figures, tables, notes. Every figure keeps
 * its kind, its basis and its n, so JSON says 1234567890 where text says $1.23, and both say
 * where it comes from. Verbs and reports only build docs; the writers (doc_text, doc_json,
 * doc_markdown) only read them. A doc copies the texts it is given into its arena; labels, keys,
 * column heads, rules and codes are kept as they are, and so is what is written straight into a
 * struct (part->before, part->after, row->cells, row->mark): literals or texts of the doc's
 * arena. table_cell() copies.
 *
 * An unknown figure is null in JSON, with its reason, and a dash on a screen; never 0. A figure
 * whose basis is BASIS_UNKNOWN is unknown whatever its number, and so is a text that is NULL.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct arena;
struct buf;
struct json;

enum basis { BASIS_UNKNOWN, BASIS_MEASURED, BASIS_ENTERED, BASIS_ESTIMATED, BASIS_MIXED };

enum figure_kind {
    FIGURE_TEXT,
    FIGURE_COUNT,   /* number */
    FIGURE_MONEY,   /* number: nano-dollars */
    FIGURE_SECONDS, /* number */
    FIGURE_TIME,    /* number: an instant in nanoseconds */
    FIGURE_SHARE,   /* decimal: 0.83 is 83 % */
    FIGURE_SCORE,   /* decimal: 0 to 1, two digits */
};

struct figure {
    enum figure_kind kind;
    enum basis basis;
    const char *text;
    int64_t number;
    double decimal;
    bool null;          /* not known */
    bool incomplete;    /* money: some calls have no price, the sum is the priced part */
    int64_t n;          /* how many things it was made of; -1: says nothing */
    const char *reason; /* why it is null or incomplete; NULL */
};

struct figure figure_text(const char *text);
struct figure figure_count(int64_t count, enum basis basis);
struct figure figure_money(int64_t nano_usd, enum basis basis);
struct figure figure_seconds(int64_t seconds, enum basis basis);
struct figure figure_time(int64_t at_ns);
struct figure figure_share(double share, enum basis basis);
struct figure figure_score(double score, enum basis basis);
/* Not known; the kind says how it would have been shown. */
struct figure figure_unknown(enum figure_kind kind, const char *reason);
struct figure figure_of(struct figure figure, int64_t n); /* the same with its n */
bool figure_known(const struct figure *figure);
bool figure_given(const struct figure *figure); /* false: a cell that was never set */

enum tone { TONE_PLAIN, TONE_GOOD, TONE_WARN, TONE_BAD, TONE_MUTED };

/*
 * A figure within a line: "tokens $7.92", "83 %". Two blanks stand between parts, none where the
 * left one ends in a blank, '(' or '/', or the right one begins with a blank or one of ) / , ; : .
 * A key that was used before keeps its first figure.
 */
struct part {
    const char *key;    /* its name in figures{}; NULL: on screens only */
    const char *before; /* shown before it; NULL */
    const char *after;  /* shown after it; NULL */
    struct figure figure;
    enum tone tone;
    struct part *next;
};

struct line { /* "Cost       $11.14  tokens $7.92 · perplexity $0.55" */
    /* Lines that follow each other share one column of labels; "" leaves it blank, and where all
     * of them are "" there is none. A line too long for the screen goes on below its first
     * part. */
    const char *label;
    struct part *parts;
    struct part **last;
};

enum align { ALIGN_LEFT, ALIGN_RIGHT };

enum column_flag {
    COLUMN_SHRINKS = 1 << 0,  /* cut first when the screen is narrow */
    COLUMN_IF_KNOWN = 1 << 1, /* left out on screens where no row knows it */
    COLUMN_WRAPS = 1 << 2,    /* the last one: a long text goes on below itself, nothing is cut */
    COLUMN_SPARE = 1 << 3,    /* left out on narrow screens, the last one first */
};

struct column {
    const char *key;  /* its name in a row of the JSON; NULL: on screens only */
    const char *head; /* on screens; NULL: in JSON only */
    enum align align;
    unsigned flags; /* enum column_flag */
};

struct row {
    struct figure *cells; /* one per column */
    const char *mark;     /* one character before the row ('>' the current session); NULL */
    enum tone tone;
    struct row *parts; /* what it is made of: rows of the same columns */
    struct row **last_part;
    struct row *next;
};

struct table {
    const char *key; /* "rows" for the main one, each key once; NULL: on screens only */
    const struct column *columns;
    size_t column_count;
    struct row *rows;
    struct row **last;
    struct row *totals;    /* NULL: none */
    const char *empty;     /* said on screens when there is no row; NULL: nothing */
    const char *parts_key; /* of a row's parts in JSON: "models"; NULL: rows have no parts */
    const char *part_key;  /* what the first cell of a part is: "model" */
};

enum block_kind { BLOCK_HEADING, BLOCK_LINE, BLOCK_TABLE, BLOCK_NOTE, BLOCK_VERBATIM, BLOCK_GAP };

struct block {
    enum block_kind kind;
    const char *text; /* of a heading, note or verbatim line */
    enum tone tone;
    struct line line;
    struct table table;
    struct block *next;
};

struct doc_alert {
    const char *rule; /* "budget", "quality", "time", "errors" */
    const char *session;
    const char *text; /* one sentence, the same on every face */
    bool strong;
    struct doc_alert *next;
};

struct doc_warning {
    const char *code; /* "unpriced_model", "damaged_line", "ledger_locked", ... */
    const char *text;
    struct doc_warning *next;
};

struct doc_fact {
    const char *key;
    struct figure figure;
    struct doc_fact *next;
};

struct doc {
    struct arena *arena;
    const char *schema; /* "session-manager/status" */
    const char *title;  /* NULL: none */
    int64_t generated_at_ns;
    bool has_window;
    int64_t window_from_ns;
    int64_t window_to_ns;
    bool window_complete; /* the window has passed */
    struct doc_fact *facts;
    struct doc_fact **last_fact;
    struct block *blocks;
    struct block **last_block;
    struct doc_alert *alerts;
    struct doc_alert **last_alert;
    struct doc_warning *warnings;
    struct doc_warning **last_warning;
    const char *wrote; /* "wrote PATH": said on stderr by a verb that changed something; NULL */
    struct json *tree; /* the answer in another tool's own shape, for the writer that says so */
    int exit_status;   /* of a verb that did its work but found something (9); else 0 */
};

void doc_init(struct doc *doc, struct arena *arena, const char *schema, int64_t now_ns);
void doc_title(struct doc *doc, const char *fmt, ...) PRINTF_LIKE(2, 3);
void doc_window(struct doc *doc, int64_t from_ns, int64_t to_ns, bool complete);
/* A key given twice keeps the later figure. Names of the envelope's own members are taken. */
void doc_fact(struct doc *doc, const char *key, struct figure figure);
void doc_heading(struct doc *doc, const char *text);
struct line *doc_line(struct doc *doc, const char *label);
struct part *line_add(struct doc *doc, struct line *line, const char *key, struct figure figure);
/* The same with literals around it on screens: "output " 1,234 " tokens". NULL: none. */
void line_figure(struct doc *doc, struct line *line, const char *key, const char *before,
                 struct figure figure, const char *after);
/* Text on screens only, between figures. */
void line_text(struct doc *doc, struct line *line, const char *fmt, ...) PRINTF_LIKE(3, 4);
struct table *doc_table(struct doc *doc, const char *key, const struct column *columns,
                        size_t count);
struct row *table_row(struct doc *doc, struct table *table); /* cells all unknown text */
/* Sets one cell; `column` counts from 0. */
void table_cell(struct doc *doc, struct row *row, size_t column, struct figure figure);
/* One more part of a row: shown below it. A CSV has the parts instead of their row. */
struct row *row_part(struct doc *doc, const struct table *table, struct row *row);
/* The same as table_row() for the last row. A cell never set is blank on screens and left out of
 * JSON. */
struct row *table_totals(struct doc *doc, struct table *table);
/* Is the column shown on screens? */
bool table_shows(const struct table *table, size_t column);
/* On screens only, wrapped at words; blanks at its beginning indent all its lines. */
void doc_note(struct doc *doc, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* On screens only, line by line as it stands, never wrapped: a file's text. */
void doc_verbatim(struct doc *doc, const char *text);
/* An empty line on screens: never two together, none at either end. Headings have theirs. */
void doc_gap(struct doc *doc);
/* `session` may be NULL: none in particular. */
void doc_alert(struct doc *doc, const char *rule, const char *session, bool strong,
               const char *text);
void doc_warning(struct doc *doc, const char *code, const char *fmt, ...) PRINTF_LIKE(3, 4);
void doc_wrote(struct doc *doc, const char *fmt, ...) PRINTF_LIKE(2, 3);

struct style {   /* what the reader of a text can see */
    int columns; /* at least 40 */
    bool color;
    bool utf8;           /* else ASCII stands in for glyphs */
    const char *version; /* of the tool, for JSON */
    bool compact;        /* JSON on one line, without a newline */
};

/* A writer turns a doc into bytes; its scratch memory comes from out->arena. */
struct doc_writer {
    const char *format; /* "text", "json", "md", "csv", "ccusage" */
    bool bare;          /* has no place for alerts and warnings: the face says them beside it */
    bool tree;          /* writes doc->tree and nothing else */
    void (*write)(const struct doc *doc, const struct style *style, struct buf *out);
};

const struct doc_writer *doc_writer_find(const char *format); /* NULL: there is none */
