load common

setup() {
    clean_home
    make_project
}

finds() { # WHAT PLACE TEXT
    sm doctor --json
    exits 9
    local found
    found=$(jq -r --arg what "$1" --arg where "$2" --arg text "$3" '[.rows[] | select(.what == $what and
        (.where | contains($where)) and (.finding | contains($text)))] | length' <<<"$output")
    [ "$found" -ge 1 ] || { show_answer; return 1; }
}

@test "a clean store is clean, an empty one too, and the places are told" {
    sm doctor
    exits 0
    says 'Nothing found.'
    sm start dev x
    call
    sm end
    sm start plan y
    sm doctor
    exits 0
    says "Project     $project"
    says "Ledger      $XDG_DATA_HOME/session-manager/ledger.db"
    says "Catalog     $XDG_CACHE_HOME/session-manager/catalog.db"
    says 'Sessions   2'
    sm doctor --json
    exits 0
    json .rows '[]'
    cd "$HOME"
    sm doctor
    exits 0
}

@test "a broken session file is found with line and column, open or archived" {
    sm start dev x
    sm end
    sm start plan y
    printf '{\n  "schema": oops\n' >"$(session_file plan_20261006_1410)"
    finds 'session file' plan_20261006_1410.json:2: 'not valid JSON'
    printf 'no json' >"$(session_file dev_20261006_1410)"
    finds 'session file' dev_20261006_1410.json:1: 'not valid JSON'
    sm doctor
    exits 9
}

@test "a session file under another session's name is found" {
    sm start dev x
    cp "$(session_file dev_20261006_1410)" .claude/level-1-dev/sessions/dev_20261006_1415.json
    finds 'session file' dev_20261006_1415.json ''
}

@test "a broken template is found" {
    sm template init plan
    echo '{' >.claude/session-manager/templates/planning.json
    finds template planning.json ''
}

@test "damaged log lines are found with file and byte" {
    call
    echo 'garbage' | transcript
    finds 'log line' '.jsonl, byte ' ''
}

@test "a garbage or damaged ledger is found" {
    call
    sm sync
    cp "$XDG_DATA_HOME/session-manager/ledger.db" good
    echo 'this is no database, and long enough to be looked at' >"$XDG_DATA_HOME/session-manager/ledger.db"
    finds ledger ledger.db ''
    cp good "$XDG_DATA_HOME/session-manager/ledger.db"
    sm doctor
    exits 0
    python3 - "$XDG_DATA_HOME/session-manager/ledger.db" <<'PY'
import sys
with open(sys.argv[1], "r+b") as f:
    f.seek(4096 * 2)
    f.write(b"\xff" * 4096)
PY
    finds ledger ledger.db ''
}

@test "a session that ended without its move is found, and the next verb that writes finishes it" {
    sm start dev x
    local file
    file=$(session_file dev_20261006_1410)
    jq '.status = "completed" | .ended_at = "2026-10-06T14:20:00Z"' "$file" >edited
    cp edited "$file"
    now 2026-10-06T14:30:00Z
    finds 'session file' dev_20261006_1410.json 'not archived'
    sm start plan y
    exits 0
    sm doctor
    exits 0
    [ -f .claude/level-1-dev/sessions/archive/2026/dev_20261006_1410.json ]
    [ ! -e "$file" ]
}
