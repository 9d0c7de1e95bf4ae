load common

# What the catalog knows of the files there are. Rows of files that were moved are never looked at,
# and which folders are remembered depends on how long ago they changed.
rows() {
    python3 - "$XDG_CACHE_HOME/session-manager/catalog.db" <<'PY'
import os, sqlite3, sys
db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
for row in sorted(db.execute("SELECT * FROM session"), key=repr):
    if os.path.exists(row[0]):
        print("session", row)
PY
}

@test "the catalog rebuilt is the catalog that was, row by row" {
    make_project
    sm start dev one --budget 3 --task a
    sm start prod 14 two
    sm end dev
    sm start plan three
    sm task add b --session plan
    sm start coded four --tag a=b
    sm end code --abandoned --why 'no use'
    make_project other
    sm start dev elsewhere
    sm list --all-projects
    local before
    before=$(rows)
    [ "$(grep -c ^session <<<"$before")" -eq 5 ]
    sm reindex
    exits 0
    says 'Sessions   5'
    says 'Damaged    0'
    diff <(echo "$before") <(rows)
    rm "$XDG_CACHE_HOME/session-manager/catalog.db"
    sm reindex --json
    exits 0
    json '.figures | [.sessions.value, .damaged.value]' '[5,0]'
    diff <(echo "$before") <(rows)
}

@test "a catalog that lies is put right, and a damaged file is told" {
    make_project
    sm start dev one
    sm end
    sm start plan two
    sm list
    python3 - "$XDG_CACHE_HOME/session-manager/catalog.db" <<'PY'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("UPDATE session SET purpose = 'a lie'")
db.commit()
PY
    now 2026-10-06T14:30:00Z
    sm list
    says 'a lie'
    echo oops >"$(session_file plan_20261006_1410)"
    sm reindex
    exits 0
    says 'Damaged    1'
    says plan_20261006_1410.json
    sm list --json
    lacks 'a lie'
    json '[.rows[] | .purpose]' '["one"]'
}
