-- Derived from the session files; `reindex` rebuilds it, a new version throws it away.
PRAGMA application_id = 0x736d6361;
PRAGMA user_version = 1;
CREATE TABLE session (
    path          TEXT PRIMARY KEY,
    folder        TEXT NOT NULL, -- the folder the file lies in
    project       TEXT NOT NULL,
    archived      INTEGER NOT NULL,
    device        INTEGER NOT NULL,
    inode         INTEGER NOT NULL,
    size          INTEGER NOT NULL,
    mtime_ns      INTEGER NOT NULL,
    ctime_ns      INTEGER NOT NULL,
    id            TEXT NOT NULL,
    level         INTEGER NOT NULL,
    status        INTEGER NOT NULL,
    episode       INTEGER NOT NULL,
    purpose       TEXT NOT NULL,
    started_at_ns INTEGER NOT NULL,
    ended_at_ns   INTEGER NOT NULL,
    budget_nano_usd  INTEGER NOT NULL,
    estimate_minutes INTEGER NOT NULL,
    tasks_pending INTEGER NOT NULL,
    tasks_done    INTEGER NOT NULL,
    quality       REAL NOT NULL,
    frozen_tokens INTEGER NOT NULL,
    frozen_nano_usd INTEGER NOT NULL,
    frozen_active_s INTEGER NOT NULL,
    claims        TEXT NOT NULL -- one a line: agent session (or nothing), from, to
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_folder ON session (folder);
CREATE INDEX session_by_id ON session (id);
CREATE TABLE folder ( -- archive folders whose files are all in here, while they are as they were
    path     TEXT PRIMARY KEY,
    device   INTEGER NOT NULL,
    inode    INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    ctime_ns INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
