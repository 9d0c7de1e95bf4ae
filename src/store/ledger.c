#include "store/ledger.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"
#include "embed.h"
#include "store/ledger_inside.h"

enum {
    LEDGER_APPLICATION = 0x534d4c31, /* "SML1", as in ledger.sql */
    LEDGER_VERSION = 1,
    FIRST_SLOTS = 1024,
    LAST_TEXT = 1 << 28, /* larger ids stand in no sound ledger */
};

bool ledger_open(const char *path, enum ledger_mode mode, int wait_ms, struct ledger **out,
                 struct err *err)
{
    CLEANUP(ledger_close) struct ledger *ledger = calloc(1, sizeof(*ledger));
    if (!ledger)
        abort();
    struct sql_plan plan = {
        .path = path,
        .schema = (const char *)embed_find("ledger.sql")->bytes,
        .application = LEDGER_APPLICATION,
        .version = LEDGER_VERSION,
        .wait_ms = wait_ms,
        .durable = true,
        .mode = mode == LEDGER_WRITE ? SQL_WRITE : SQL_READ,
    };
    if (!sql_open(&plan, &ledger->db, err))
        return false;
    *out = ledger;
    ledger = NULL;
    return true;
}

void ledger_close(struct ledger **ledger)
{
    struct ledger *closed = *ledger;
    if (!closed)
        return;
    for (size_t i = 0; i < closed->statement_count; i++)
        sql_finish(&closed->statements[i].stmt);
    sql_close(&closed->db);
    arena_free(&closed->texts.arena);
    ledger_numbers_clear(&closed->quarters);
    ledger_numbers_clear(&closed->keys.numbers);
    free(closed);
    *ledger = NULL;
}

bool ledger_use(struct ledger *ledger, const char *sql, sqlite3_stmt **out, struct err *err)
{
    for (size_t i = 0; i < ledger->statement_count; i++) {
        if (ledger->statements[i].sql == sql) {
            *out = ledger->statements[i].stmt;
            return true;
        }
    }
    assert(ledger->statement_count < LEDGER_STATEMENTS);
    struct ledger_statement *kept = &ledger->statements[ledger->statement_count];
    if (!sql_prepare(ledger->db, sql, &kept->stmt, err))
        return false;
    kept->sql = sql;
    ledger->statement_count++;
    *out = kept->stmt;
    return true;
}

/* --- texts --- */

static int64_t *slot_of(const struct ledger_texts *texts, const char *text)
{
    size_t at = (size_t)hash_text(text) & (texts->slot_room - 1);
    while (texts->slots[at] && strcmp(texts->by_id[texts->slots[at]], text) != 0)
        at = (at + 1) & (texts->slot_room - 1);
    return &texts->slots[at];
}

static void slots_fill(struct ledger_texts *texts)
{
    texts->used = 0;
    for (size_t id = 1; id < texts->id_room; id++) {
        if (texts->by_id[id]) {
            *slot_of(texts, texts->by_id[id]) = (int64_t)id;
            texts->used++;
        }
    }
}

static void cache_grow(struct ledger_texts *texts, size_t id)
{
    if (id >= texts->id_room) {
        size_t room = texts->id_room ? texts->id_room : FIRST_SLOTS;
        while (room <= id)
            room *= 2;
        const char **by_id = arena_alloc(&texts->arena, room * sizeof(*by_id));
        if (texts->id_room)
            memcpy(by_id, texts->by_id, texts->id_room * sizeof(*by_id));
        texts->by_id = by_id;
        texts->id_room = room;
    }
    if ((texts->used + 1) * 2 > texts->slot_room) {
        texts->slot_room = texts->slot_room ? texts->slot_room * 2 : FIRST_SLOTS;
        texts->slots = arena_alloc(&texts->arena, texts->slot_room * sizeof(*texts->slots));
        slots_fill(texts);
    }
}

static const char *cache_put(struct ledger_texts *texts, int64_t id, const char *text)
{
    cache_grow(texts, (size_t)id);
    if (texts->by_id[id])
        return texts->by_id[id];
    texts->by_id[id] = arena_strdup(&texts->arena, text);
    *slot_of(texts, text) = id;
    texts->used++;
    return texts->by_id[id];
}

/* Ids that were never committed may come again for other texts. Their copies stay in the arena:
 * somebody may still hold one. */
static void cache_forget(struct ledger_texts *texts)
{
    if (texts->first_new == 0)
        return;
    for (size_t id = (size_t)texts->first_new; id < texts->id_room; id++)
        texts->by_id[id] = NULL;
    memset(texts->slots, 0, texts->slot_room * sizeof(*texts->slots));
    slots_fill(texts);
    texts->first_new = 0;
}

static bool text_find(struct ledger *ledger, const char *text, int64_t *id, struct err *err)
{
    static const char find_sql[] = "SELECT id FROM text WHERE value = ?1";
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    bool row;
    *id = *text && ledger->texts.slot_room ? *slot_of(&ledger->texts, text) : 0;
    if (*id || !*text)
        return true;
    if (!ledger_use(ledger, find_sql, &stmt, err))
        return false;
    sql_bind_text(stmt, 1, text);
    if (!sql_step(stmt, &row, err))
        return false;
    if (row && sql_int(stmt, 0) > 0 && sql_int(stmt, 0) < LAST_TEXT) {
        *id = sql_int(stmt, 0);
        (void)cache_put(&ledger->texts, *id, text);
    }
    return true;
}

bool ledger_intern(struct ledger *ledger, const char *text, int64_t *id, struct err *err)
{
    static const char insert_sql[] = "INSERT INTO text (value) VALUES (?1)";
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    if (!text_find(ledger, text, id, err))
        return false;
    if (*id || !*text)
        return true;
    if (!ledger_use(ledger, insert_sql, &stmt, err))
        return false;
    sql_bind_text(stmt, 1, text);
    if (!sql_do(stmt, err))
        return false;
    *id = sqlite3_last_insert_rowid(ledger->db);
    if (*id >= LAST_TEXT)
        return err_set(err, ERR_DAMAGED, "the ledger holds too many different texts");
    (void)cache_put(&ledger->texts, *id, text);
    if (ledger->writing && ledger->texts.first_new == 0)
        ledger->texts.first_new = *id;
    return true;
}

bool ledger_text_id(struct ledger *ledger, const char *text, int64_t *id, struct err *err)
{
    return text_find(ledger, text, id, err);
}

const char *ledger_text(struct ledger *ledger, int64_t id)
{
    static const char find_sql[] = "SELECT value FROM text WHERE id = ?1";
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    bool row;
    if (id <= 0 || id >= LAST_TEXT)
        return "";
    if ((size_t)id < ledger->texts.id_room && ledger->texts.by_id[id])
        return ledger->texts.by_id[id];
    if (!ledger_use(ledger, find_sql, &stmt, &ledger->unread))
        return "";
    sql_bind(stmt, 1, id);
    if (!sql_step(stmt, &row, &ledger->unread) || !row)
        return "";
    return cache_put(&ledger->texts, id, sql_text(stmt, 0));
}

bool ledger_texts_read(const struct ledger *ledger, struct err *err)
{
    if (ledger->unread.code == ERR_NONE)
        return true;
    *err = ledger->unread;
    return false;
}

/* --- known keys --- */

enum { FIRST_NUMBERS = 1024, MOST_KEYS = 1 << 20 /* 16 MB */ };

static bool number_put(struct ledger_numbers *numbers, int64_t number)
{
    size_t at = (size_t)number * UINT64_C(0x9e3779b97f4a7c15) >> 32 & (numbers->room - 1);
    while (numbers->slots[at] && numbers->slots[at] != number)
        at = (at + 1) & (numbers->room - 1);
    if (numbers->slots[at])
        return false;
    numbers->slots[at] = number;
    numbers->used++;
    return true;
}

bool ledger_numbers_add(struct ledger_numbers *numbers, int64_t number)
{
    if (numbers->used * 2 >= numbers->room) {
        struct ledger_numbers more = { .room = numbers->room ? numbers->room * 2 : FIRST_NUMBERS };
        more.slots = calloc(more.room, sizeof(*more.slots));
        if (!more.slots)
            abort();
        for (size_t i = 0; i < numbers->room; i++)
            if (numbers->slots[i])
                (void)number_put(&more, numbers->slots[i]);
        free(numbers->slots);
        *numbers = more;
    }
    return number != 0 && number_put(numbers, number);
}

void ledger_numbers_clear(struct ledger_numbers *numbers)
{
    free(numbers->slots);
    *numbers = (struct ledger_numbers){ 0 };
}

bool ledger_may_know(struct ledger *ledger, int64_t key)
{
    if (ledger->keys.state != KEYS_ALL || key == 0)
        return true;
    if (ledger->keys.numbers.used == MOST_KEYS) {
        ledger->keys.state = KEYS_GIVEN_UP;
        ledger_numbers_clear(&ledger->keys.numbers);
        return true;
    }
    return !ledger_numbers_add(&ledger->keys.numbers, key);
}

/* At the start of a transaction: does this connection know every key there is? */
static bool keys_check(struct ledger *ledger, struct err *err)
{
    struct ledger_keys *keys = &ledger->keys;
    int64_t version;
    int64_t some = 0;
    if (keys->state == KEYS_GIVEN_UP)
        return true;
    if (!sql_ask(ledger->db, "PRAGMA data_version", &version, err))
        return false;
    if (keys->state == KEYS_UNKNOWN &&
        !sql_ask(ledger->db, "SELECT EXISTS (SELECT 1 FROM log)", &some, err))
        return false;
    bool others = keys->state == KEYS_ALL && version != keys->data_version;
    keys->state = some || others ? KEYS_GIVEN_UP : KEYS_ALL;
    keys->data_version = version;
    if (keys->state == KEYS_GIVEN_UP)
        ledger_numbers_clear(&keys->numbers);
    return true;
}

/* --- transactions --- */

bool ledger_begin(struct ledger *ledger, struct err *err)
{
    assert(!ledger->writing);
    if (!sql_run(ledger->db, "BEGIN IMMEDIATE", err))
        return false;
    int64_t contested;
    ledger->writing = true;
    ledger->unsettled = false;
    if (!keys_check(ledger, err) ||
        !sql_ask(ledger->db, "SELECT EXISTS (SELECT 1 FROM contested)", &contested, err)) {
        ledger_rollback(ledger);
        return false;
    }
    ledger->uncontested = !contested;
    return true;
}

bool ledger_commit(struct ledger *ledger, struct err *err)
{
    assert(ledger->writing);
    if (!ledger_texts_read(ledger, err) || !ledger_roll_commit(ledger, err) ||
        !sql_run(ledger->db, "COMMIT", err))
        return false;
    ledger->writing = false;
    ledger->texts.first_new = 0;
    return true;
}

void ledger_rollback(struct ledger *ledger)
{
    if (!ledger->writing)
        return;
    /* After some failures SQLite has rolled back by itself; then this says so, and all is well. */
    (void)sqlite3_exec(ledger->db, "ROLLBACK", NULL, NULL, NULL);
    ledger->writing = false;
    ledger_numbers_clear(&ledger->quarters);
    cache_forget(&ledger->texts);
}

/* --- small facts --- */

bool ledger_fact_get(struct ledger *ledger, const char *name, int64_t *out, struct err *err)
{
    static const char find_sql[] = "SELECT value FROM fact WHERE name = ?1";
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    bool row;
    if (!ledger_use(ledger, find_sql, &stmt, err))
        return false;
    sql_bind_text(stmt, 1, name);
    if (!sql_step(stmt, &row, err))
        return false;
    *out = row ? sql_int(stmt, 0) : 0;
    return true;
}

bool ledger_fact_set(struct ledger *ledger, const char *name, int64_t value, struct err *err)
{
    static const char set_sql[] = "INSERT INTO fact VALUES (?1, ?2)"
                                  " ON CONFLICT DO UPDATE SET value = excluded.value";
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    if (!ledger_use(ledger, set_sql, &stmt, err))
        return false;
    sql_bind_text(stmt, 1, name);
    sql_bind(stmt, 2, value);
    return sql_do(stmt, err);
}

bool ledger_store_add(struct ledger *ledger, const char *folder, struct err *err)
{
    static const char add_sql[] = "INSERT OR IGNORE INTO store VALUES (?1)";
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    if (!ledger_use(ledger, add_sql, &stmt, err))
        return false;
    sql_bind_text(stmt, 1, folder);
    return sql_do(stmt, err);
}

struct log_state ledger_log_of(sqlite3_stmt *stmt)
{
    return (struct log_state){
        .id = sql_int(stmt, 0),
        .file = { sql_int(stmt, 1), sql_int(stmt, 2), sql_int(stmt, 3), sql_int(stmt, 4),
                  sql_int(stmt, 5) },
        .offset = sql_int(stmt, 6),
        .head_hash = sql_int(stmt, 7),
        .tail_hash = sql_int(stmt, 8),
    };
}

bool ledger_log_find(struct ledger *ledger, const char *path, struct log_state *out,
                     struct err *err)
{
    static const char find_sql[] =
        "SELECT id, device, inode, size, mtime_ns, ctime_ns, offset, head_hash, tail_hash"
        " FROM log WHERE path = ?1";
    CLEANUP(sql_leave) sqlite3_stmt *stmt = NULL;
    bool row;
    *out = (struct log_state){ 0 };
    if (!ledger_use(ledger, find_sql, &stmt, err))
        return false;
    sql_bind_text(stmt, 1, path);
    if (!sql_step(stmt, &row, err))
        return false;
    if (row)
        *out = ledger_log_of(stmt);
    return true;
}
