-- The ledger, format 1. Times are nanoseconds since 1970 UTC; session, project, model, branch,
-- agent, trigger and name are ids in `text`, 0 for "". `shared`: the fact was seen in more than one session.
PRAGMA application_id = 0x534d4c31;
PRAGMA user_version = 1;

CREATE TABLE text (id INTEGER PRIMARY KEY, value TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE log (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    session INTEGER NOT NULL,
    project INTEGER NOT NULL,
    device INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    ctime_ns INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    head_hash INTEGER NOT NULL,
    tail_hash INTEGER NOT NULL
) STRICT;

-- One row a call: the record of it that won. `message` and `request` are hashes (docs/counting.md).
CREATE TABLE call (
    message INTEGER NOT NULL,
    request INTEGER NOT NULL,
    at_ns INTEGER NOT NULL,
    session INTEGER NOT NULL,
    project INTEGER NOT NULL,
    shared INTEGER NOT NULL,
    model INTEGER NOT NULL,
    branch INTEGER NOT NULL,
    agent INTEGER NOT NULL, -- the subagent; 0: the main thread, or not told
    input INTEGER NOT NULL,
    output INTEGER NOT NULL,
    cache_write_5m INTEGER NOT NULL,
    cache_write_1h INTEGER NOT NULL,
    cache_read INTEGER NOT NULL,
    web_searches INTEGER NOT NULL,
    cost_nano_usd INTEGER, -- NULL: no price is known
    speed INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    counted INTEGER NOT NULL DEFAULT 1, -- 0: a side question's replay of its parent
    uuid INTEGER NOT NULL, -- hash of the winning record's
    log INTEGER NOT NULL,  -- where the call was seen first
    message_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    UNIQUE (message, request)
) STRICT;
CREATE INDEX call_at ON call (at_ns);
CREATE INDEX call_own ON call (session, at_ns) WHERE shared = 0;
CREATE INDEX call_unpriced ON call (message, request) WHERE cost_nano_usd IS NULL;

-- Sums of the calls that count, by the quarter of an hour: every time zone's days are whole ones.
-- Kept in the transaction that changes a call, unless the fact "rollups stale" says otherwise.
-- A sum beyond 2^63-1 is the largest number as `input`.
CREATE TABLE rollup (
    quarter INTEGER NOT NULL, -- since 1970
    session INTEGER NOT NULL,
    project INTEGER NOT NULL,
    model INTEGER NOT NULL,
    branch INTEGER NOT NULL,
    first_ns INTEGER NOT NULL,
    last_ns INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    input INTEGER NOT NULL,
    output INTEGER NOT NULL,
    cache_write_5m INTEGER NOT NULL,
    cache_write_1h INTEGER NOT NULL,
    cache_read INTEGER NOT NULL,
    web_searches INTEGER NOT NULL,
    cost_nano_usd INTEGER NOT NULL, -- of the priced calls
    unpriced_calls INTEGER NOT NULL,
    unpriced_tokens INTEGER NOT NULL,
    PRIMARY KEY (quarter, session, project, model, branch)
) STRICT, WITHOUT ROWID;

-- Other names of calls without a request id: hashes of their records' uuids and natural keys.
CREATE TABLE gateway_alias (
    message INTEGER NOT NULL,
    alias INTEGER NOT NULL,
    request INTEGER NOT NULL,
    PRIMARY KEY (message, alias)
) STRICT, WITHOUT ROWID;

-- Facts seen in several sessions: in which, and what that says of who had them first.
-- kind, a, b: 0 call (message, request), 1 tool, 2 prompt, 3 api_error, 4 compaction (id, 0).
-- flags: 1 a copy says it comes from here, 2 itself says it is a copy, 4 the project is known.
CREATE TABLE sighting (
    kind INTEGER NOT NULL,
    a INTEGER NOT NULL,
    b INTEGER NOT NULL,
    session INTEGER NOT NULL,
    project INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    PRIMARY KEY (kind, a, b, session)
) STRICT, WITHOUT ROWID;
-- The sessions in `sighting` and their first call that no other session has, as last settled.
CREATE TABLE contested (session INTEGER PRIMARY KEY, first_ns INTEGER) STRICT;

CREATE TABLE tool (
    id INTEGER PRIMARY KEY, -- hash of the tool_use id
    at_ns INTEGER NOT NULL,
    session INTEGER NOT NULL,
    project INTEGER NOT NULL,
    shared INTEGER NOT NULL,
    name INTEGER NOT NULL, -- 0: only its result has been seen yet
    state INTEGER NOT NULL,
    result_ns INTEGER, -- NULL: none has been seen
    bytes INTEGER NOT NULL -- of the result's content, as it stands in the log
) STRICT;
CREATE INDEX tool_at ON tool (at_ns);

CREATE TABLE prompt (
    id INTEGER PRIMARY KEY, -- hash of the record's uuid
    at_ns INTEGER NOT NULL,
    session INTEGER NOT NULL,
    project INTEGER NOT NULL,
    shared INTEGER NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX prompt_at ON prompt (at_ns);

CREATE TABLE api_error (
    id INTEGER PRIMARY KEY, -- hash of the record's uuid
    at_ns INTEGER NOT NULL,
    session INTEGER NOT NULL,
    project INTEGER NOT NULL,
    shared INTEGER NOT NULL,
    text TEXT NOT NULL -- ""
) STRICT;
CREATE INDEX api_error_at ON api_error (at_ns);

CREATE TABLE compaction (
    id INTEGER PRIMARY KEY, -- hash of the record's uuid
    at_ns INTEGER NOT NULL,
    session INTEGER NOT NULL,
    project INTEGER NOT NULL,
    shared INTEGER NOT NULL,
    trigger INTEGER NOT NULL,
    pre_tokens INTEGER NOT NULL, -- 0: not told
    post_tokens INTEGER NOT NULL
) STRICT;
CREATE INDEX compaction_at ON compaction (at_ns);

CREATE TABLE span (
    log INTEGER NOT NULL,
    from_ns INTEGER NOT NULL,
    to_ns INTEGER NOT NULL,
    PRIMARY KEY (log, from_ns)
) STRICT, WITHOUT ROWID;

CREATE TABLE damage (
    log INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    length INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (log, offset)
) STRICT, WITHOUT ROWID;

CREATE TABLE fact (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE store (folder TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

-- Each time costs were computed anew on request. Also in ledger_reprice.c, for older ledgers.
CREATE TABLE repricing (
    at_ns INTEGER NOT NULL,
    since_ns INTEGER NOT NULL,
    table_hash INTEGER NOT NULL,
    table_name TEXT NOT NULL,
    calls INTEGER NOT NULL,
    before_nano_usd INTEGER NOT NULL,
    after_nano_usd INTEGER NOT NULL
) STRICT;
