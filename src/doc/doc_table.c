#include "doc/doc_table.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"
#include "doc/doc.h"
#include "doc/pen.h"
#include "doc/wording.h"

enum { LEAST_WIDTH = 8, READABLE_WIDTH = 36, BETWEEN = 2, MARK_WIDTH = 2 };

struct cell {
    const char *text;
    size_t width;
};

struct shown_column {
    const struct column *column;
    size_t place; /* among all columns */
    size_t width;
    bool marked; /* some figure ends in a mark: the others leave a blank there */
};

struct shown_row {
    struct cell *cells;
    const char *mark;
    const char *sgr;
};

struct grid { /* the table as it will stand on the screen: the heads are its first row */
    struct arena *arena;
    struct shown_column *columns;
    size_t column_count;
    struct shown_row *rows;
    size_t row_count;
    bool has_marks;
};

static struct cell cell_of(const char *text)
{
    return (struct cell){ text, text_width(text) };
}

static bool ends_in_mark(const char *text)
{
    size_t length = strlen(text);
    return length > 0 && strchr("*^+", text[length - 1]);
}

static void widen(struct grid *grid, const struct shown_row *row)
{
    for (size_t i = 0; i < grid->column_count; i++)
        if (row->cells[i].width > grid->columns[i].width)
            grid->columns[i].width = row->cells[i].width;
}

static struct shown_row *row_add(struct grid *grid)
{
    struct shown_row *row = &grid->rows[grid->row_count++];
    row->cells = arena_alloc(grid->arena, grid->column_count * sizeof(*row->cells));
    return row;
}

static void add_heads(struct grid *grid, struct wording *wording)
{
    struct shown_row *row = row_add(grid);
    row->sgr = "1";
    for (size_t i = 0; i < grid->column_count; i++)
        row->cells[i] = cell_of(wording_text(wording, grid->columns[i].column->head));
}

enum row_kind { ROW_PLAIN, ROW_PART, ROW_TOTALS };

static void add_row(struct grid *grid, struct wording *wording, const struct row *from,
                    enum row_kind kind)
{
    struct shown_row *row = row_add(grid);
    row->sgr = kind == ROW_TOTALS ? "1" : pen_tone(from->tone);
    if (from->mark && *from->mark) {
        row->mark = wording_text(wording, from->mark);
        grid->has_marks = true;
    }
    for (size_t i = 0; i < grid->column_count; i++) {
        struct shown_column *column = &grid->columns[i];
        const struct figure *figure = &from->cells[column->place];
        bool blank = kind != ROW_PLAIN && !figure_given(figure);
        const char *text = blank ? "" : wording_figure(wording, figure);
        bool indented = kind == ROW_PART && column->place == 0;
        row->cells[i] = cell_of(indented ? arena_printf(grid->arena, "  %s", text) : text);
        column->marked |= column->column->align == ALIGN_RIGHT && figure->kind != FIGURE_TEXT &&
                          ends_in_mark(row->cells[i].text);
    }
}

/* Digits stand below digits although "4.00+" has a mark and "4.00" has none. */
static void leave_room_for_marks(struct grid *grid)
{
    for (size_t c = 0; c < grid->column_count; c++) {
        for (size_t r = 1; grid->columns[c].marked && r < grid->row_count; r++) {
            struct cell *cell = &grid->rows[r].cells[c];
            if (!ends_in_mark(cell->text))
                *cell =
                    (struct cell){ arena_printf(grid->arena, "%s ", cell->text), cell->width + 1 };
        }
    }
}

static struct grid grid_of(const struct table *table, struct wording *wording)
{
    struct grid grid = { .arena = wording->arena };
    size_t rows = 2; /* the heads, the totals */
    for (const struct row *row = table->rows; row; row = row->next) {
        rows++;
        for (const struct row *part = row->parts; part; part = part->next)
            rows++;
    }
    grid.rows = arena_alloc(grid.arena, rows * sizeof(*grid.rows));
    grid.columns = arena_alloc(grid.arena, (table->column_count + 1) * sizeof(*grid.columns));
    for (size_t i = 0; i < table->column_count; i++)
        if (table_shows(table, i))
            grid.columns[grid.column_count++] =
                (struct shown_column){ .column = &table->columns[i], .place = i };
    add_heads(&grid, wording);
    for (const struct row *row = table->rows; row; row = row->next) {
        add_row(&grid, wording, row, ROW_PLAIN);
        for (const struct row *part = row->parts; part; part = part->next)
            add_row(&grid, wording, part, ROW_PART);
    }
    if (table->totals)
        add_row(&grid, wording, table->totals, ROW_TOTALS);
    leave_room_for_marks(&grid);
    for (size_t i = 0; i < grid.row_count; i++)
        widen(&grid, &grid.rows[i]);
    return grid;
}

static size_t width_of(const struct grid *grid)
{
    size_t width = grid->has_marks ? MARK_WIDTH : 0;
    for (size_t i = 0; i < grid->column_count; i++)
        width += grid->columns[i].width + (i > 0 ? BETWEEN : 0);
    return width;
}

/* The width when what may be cut is cut as far as it can still be read. */
static size_t readable_width(const struct grid *grid)
{
    size_t width = width_of(grid);
    for (size_t i = 0; i < grid->column_count; i++) {
        const struct shown_column *column = &grid->columns[i];
        if ((column->column->flags & COLUMN_SHRINKS) && column->width > READABLE_WIDTH)
            width -= column->width - READABLE_WIDTH;
    }
    return width;
}

static void take_out(struct grid *grid, size_t column)
{
    size_t after = grid->column_count - column - 1;
    memmove(&grid->columns[column], &grid->columns[column + 1], after * sizeof(*grid->columns));
    for (size_t i = 0; i < grid->row_count; i++) {
        struct cell *cells = grid->rows[i].cells;
        memmove(&cells[column], &cells[column + 1], after * sizeof(*cells));
    }
    grid->column_count--;
}

static void leave_out_spares(struct grid *grid, size_t columns)
{
    for (size_t i = grid->column_count; i-- > 0 && readable_width(grid) > columns;)
        if (grid->columns[i].column->flags & COLUMN_SPARE)
            take_out(grid, i);
}

static struct shown_column *widest_to_shrink(const struct grid *grid)
{
    struct shown_column *widest = NULL;
    for (size_t i = 0; i < grid->column_count; i++) {
        struct shown_column *column = &grid->columns[i];
        if ((column->column->flags & COLUMN_SHRINKS) && column->width > LEAST_WIDTH &&
            (!widest || column->width > widest->width))
            widest = column;
    }
    return widest;
}

static void shrink(struct grid *grid, size_t columns)
{
    for (size_t i = 0; i < grid->column_count; i++) /* so that the loop below is short */
        if ((grid->columns[i].column->flags & COLUMN_SHRINKS) && grid->columns[i].width > columns)
            grid->columns[i].width = columns;
    struct shown_column *column = NULL;
    while (width_of(grid) > columns && (column = widest_to_shrink(grid)))
        column->width--;
}

static void write_mark(const struct shown_row *row, struct pen *pen)
{
    const char *mark = row->mark ? row->mark : "";
    size_t width = text_width(mark);
    pen_text(pen, row->sgr, mark);
    pen_blanks(pen, width < MARK_WIDTH ? MARK_WIDTH - width : 1);
}

static void write_cell(const struct shown_column *column, const char *sgr, struct cell cell,
                       struct pen *pen)
{
    size_t fill = column->width > cell.width ? column->width - cell.width : 0;
    bool right = column->column->align == ALIGN_RIGHT;
    pen_blanks(pen, right ? fill : 0);
    pen_text(pen, sgr, cell.text);
    pen_blanks(pen, right ? 0 : fill);
}

static void write_row(const struct grid *grid, const struct shown_row *row, bool utf8,
                      struct pen *pen)
{
    size_t at = grid->has_marks ? MARK_WIDTH : 0;
    if (grid->has_marks)
        write_mark(row, pen);
    for (size_t i = 0; i < grid->column_count; i++) {
        const struct shown_column *column = &grid->columns[i];
        struct cell cell = row->cells[i];
        pen_blanks(pen, i > 0 ? BETWEEN : 0);
        if (column->column->flags & COLUMN_WRAPS) {
            pen_wrap(pen, row->sgr, cell.text, at, at);
            return;
        }
        if (cell.width > column->width)
            cell = cell_of(text_cut(grid->arena, cell.text, column->width, utf8));
        write_cell(column, row->sgr, cell, pen);
        at += column->width + BETWEEN;
    }
    pen_end(pen);
}

static void write_rule(const struct grid *grid, bool utf8, struct pen *pen)
{
    size_t count = width_of(grid);
    struct buf rule;
    buf_init(&rule, grid->arena, count * strlen("─"));
    for (size_t i = 0; i < count; i++)
        buf_add(&rule, utf8 ? "─" : "-");
    pen_text(pen, pen_tone(TONE_MUTED), rule.text);
    pen_end(pen);
}

void doc_table_write(const struct table *table, struct wording *wording, struct pen *pen)
{
    if (!table->rows) {
        if (table->empty)
            pen_wrap(pen, pen_tone(TONE_MUTED), wording_text(wording, table->empty), 0, 0);
        return;
    }
    struct grid grid = grid_of(table, wording);
    leave_out_spares(&grid, pen->columns);
    shrink(&grid, pen->columns);
    for (size_t i = 0; i < grid.row_count; i++) {
        if (table->totals && i == grid.row_count - 1)
            write_rule(&grid, wording->utf8, pen);
        write_row(&grid, &grid.rows[i], wording->utf8, pen);
    }
}
