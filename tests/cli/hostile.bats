# Bad input: one clear line, its exit code, and nothing changed; whatever stands in a text is shown harmless.
load common

setup() {
    clean_home
    make_project
}

# Run as a user who is not root, for what root may always do. The program must be reachable for it.
as_nobody() {
    if [ "$(id -u)" -ne 0 ]; then
        "$@"
        return
    fi
    cp "$SESSION_MANAGER" "$BATS_TEST_TMPDIR/program"
    chmod 755 "$BATS_TEST_TMPDIR/program"
    chmod a+x "$BATS_TEST_TMPDIR" "${BATS_TEST_TMPDIR%/*}" "${BATS_TEST_TMPDIR%/*/*}"
    chown -R nobody "$HOME" "$project"
    SESSION_MANAGER="setpriv --reuid=nobody --clear-groups $BATS_TEST_TMPDIR/program" SM_WRAP='' "$@"
}

nobody_sm() { # ARGUMENT...: sm as that user
    # shellcheck disable=SC2086
    run --separate-stderr $SESSION_MANAGER "$@" </dev/null
}

@test "nothing that is refused changes the project" {
    sm start dev a --task one
    sm start dev b --parallel
    local before line
    before=$(store_sum)
    while read -r line; do
        # shellcheck disable=SC2086
        sm ${line#* }
        exits "${line%% *}"
        [ "$(wc -l <<<"$stderr")" -eq 1 ]
        [ -z "$output" ]
        [ "$before" = "$(store_sum)" ] || { echo "changed by: $line"; return 1; }
    done <<'LINES'
2 start --level nonsense x
7 start dev
3 end dev_20200101_0000
2 end ../dev
2 show /etc/passwd
4 end dev
4 show dev_2026
2 nonsense
2 start dev x --nonsense
2 config set nonsense 1
2 task nonsense
4 task add x
3 task done 99 --session dev_20261006_1410
2 report nonsense
2 usage nonsense
2 end dev_20261006_1410 --abandoned
2 template show nonsense
2 status --tz Nowhere
2 status --store /nonexistent
LINES
    SESSION_MANAGER_NOW=yesterday sm status
    refuses 2 "SESSION_MANAGER_NOW 'yesterday'"
}

@test "a broken session file is named with line and column, others go on, and it is not overwritten" {
    local file before verb
    sm start dev a
    sm start plan b
    file=$(session_file plan_20261006_1410)
    sed -i '5s/.*/  "level": oops,/' "$file"
    before=$(sha256sum "$file")
    for verb in 'status' 'report today' 'list' 'show dev_1410' 'reindex'; do
        # shellcheck disable=SC2086
        sm $verb
        exits 0
        [[ $verb = show* ]] || says 'plan_20261006_1410.json:5:'
    done
    sm show plan_20261006_1410
    exits 6
    complains 'plan_20261006_1410.json:5:'
    sm end plan_20261006_1410
    exits 6
    sm task add x --session plan_20261006_1410
    exits 6
    sm task add x --session dev_1410
    exits 0
    now 2026-10-06T14:20:00Z
    sm start coded c
    exits 0
    sm end dev_1410
    exits 0
    [ "$before" = "$(sha256sum "$file")" ]
}

@test "session files that are empty, huge, deep, a list, of another level or full of zeros break nothing" {
    local folder=.claude/level-3-platform-dev/sessions
    sm start dev a
    mkdir -p "$folder"
    : >"$folder/plan_20261001_0001.json"
    echo '[]' >"$folder/plan_20261001_0002.json"
    echo '{}' >"$folder/plan_20261001_0003.json"
    head -c 5000 /dev/zero >"$folder/plan_20261001_0004.json"
    python3 -c 'print("[" * 200000 + "]" * 200000)' >"$folder/plan_20261001_0005.json"
    jq '.level = 9' "$(session_file dev_20261006_1410)" >"$folder/plan_20261001_0006.json"
    jq '.started_at = "never"' "$(session_file dev_20261006_1410)" >"$folder/plan_20261001_0007.json"
    jq '.budget = 1e400' "$(session_file dev_20261006_1410)" >"$folder/plan_20261001_0008.json"
    truncate -s 200M "$folder/plan_20261001_0009.json"
    printf '{"a":1}\xff\xfe' >"$folder/plan_20261001_0010.json"
    sm status
    exits 0
    says dev_20261006_1410
    says plan_20261001_0009.json
    harmless
    sm doctor
    exits 9
    harmless
    sm doctor --json
    json '[.rows[] | select(.what == "session file")] | length >= 9' true
    sm end dev_20261006_1410
    exits 0
}

@test "a session file that is a folder, a pipe or a link is not followed into trouble" {
    local folder=.claude/level-1-dev/sessions
    sm start dev a
    mkdir "$folder/dev_20261001_0001.json"
    mkfifo "$folder/dev_20261001_0002.json"
    ln -s /dev/zero "$folder/dev_20261001_0003.json"
    ln -s nowhere "$folder/dev_20261001_0004.json"
    run --separate-stderr timeout 10 "$SESSION_MANAGER" status
    exits 0
    says dev_20261006_1410
    run --separate-stderr timeout 10 "$SESSION_MANAGER" doctor
    exits 9
    run --separate-stderr timeout 10 "$SESSION_MANAGER" end dev_20261006_1410
    exits 0
    [ -p "$folder/dev_20261001_0002.json" ]
}

@test "an unreadable folder is said, with exit 1, not taken for empty" {
    sm start dev a
    sm end
    sm start dev b
    chmod 000 .claude/level-1-dev/sessions
    unreadable() {
        local verb
        for verb in status 'report today' list 'start dev c' 'start plan c' end; do
            # shellcheck disable=SC2086
            nobody_sm $verb
            exits 1
            complains 'level-1-dev/sessions'
        done
        nobody_sm doctor
        exits 9
        [ "$(find .claude -name 'plan*' | wc -l)" -eq 0 ]
    }
    as_nobody unreadable
    chmod 700 .claude/level-1-dev/sessions
}

@test "a log that may not be read is warned of, the others are counted" {
    call session=a at=2026-10-06T12:00:00Z
    call session=b at=2026-10-06T12:00:00Z
    chmod 000 "$CLAUDE_CONFIG_DIR"/projects/*/a.jsonl
    unreadable() {
        nobody_sm usage --json
        exits 0
        json .totals.calls 1
        json '.warnings[0].code' unreadable_log
    }
    as_nobody unreadable
}

@test "a folder that may not be written: start and end fail with exit 1, readers still answer" {
    sm start dev a
    local before
    before=$(sha256sum "$(session_file dev_20261006_1410)")
    chmod -R a-w .claude
    read_only() {
        nobody_sm start plan b
        exits 1
        [ "$(wc -l <<<"$stderr")" -eq 1 ]
        nobody_sm end
        exits 1
        nobody_sm status
        exits 0
        says dev_20261006_1410
    }
    as_nobody read_only
    [ "$before" = "$(sha256sum "$(session_file dev_20261006_1410)")" ]
    [ "$(find .claude -name '*.json' | wc -l)" -eq 1 ]
}

@test "a full disk: exit 1, one line, and what was there stays" {
    local before
    sm start dev a --task one
    before=$(sha256sum "$(session_file dev_20261006_1410)")
    full() { # as a disk on which no file may grow
        run --separate-stderr bash -c 'trap "" XFSZ; ulimit -f 0; exec "$@"' - "$SESSION_MANAGER" "$@"
    }
    full start plan b
    exits 1
    [ "$(wc -l <<<"$stderr")" -eq 1 ]
    full task add two
    exits 1
    full end
    exits 1
    full status
    exits 0
    says dev_20261006_1410
    [ "$before" = "$(sha256sum "$(session_file dev_20261006_1410)")" ]
    [ "$(find .claude -name '*.json*' -size +0 | wc -l)" -eq 1 ]
    sm task add two
    exits 0
    sm end
    exits 0
}

@test "closed standard streams and a full standard output" {
    sm start dev a
    run bash -c '"$1" status <&- >&- 2>&-' - "$SESSION_MANAGER"
    [ "$status" -le 1 ]
    run bash -c '"$1" start plan b <&- 2>&-' - "$SESSION_MANAGER"
    [ "$status" -eq 0 ]
    jq -e . "$(session_file plan_20261006_1410)" >/dev/null
    jq -e . "$(session_file dev_20261006_1410)" >/dev/null
    run bash -c '"$1" start coded c <&- >&- 2>&-' - "$SESSION_MANAGER"
    jq -e '.level == 4' "$(session_file code_20261006_1410)"
    run bash -c '"$1" status >/dev/full' - "$SESSION_MANAGER"
    [ "$status" -eq 1 ]
    run bash -c '"$1" status --json >/dev/full' - "$SESSION_MANAGER"
    [ "$status" -eq 1 ]
    run bash -c 'set -o pipefail; "$1" help --all | head -n 1' - "$SESSION_MANAGER"
    [[ $output == *VERB* ]]
}

@test "a line of 100 MB, nesting of a million, NUL bytes and bytes that are no UTF-8 in a log" {
    call session=good input=5 output=0 at=2026-10-06T12:00:00Z
    python3 - "$CLAUDE_CONFIG_DIR/projects" <<'PY'
import json, pathlib, sys
folder = pathlib.Path(sys.argv[1]) / "-hostile"
folder.mkdir()
def record(n, **more):
    return {"type": "assistant", "uuid": f"h{n}", "timestamp": "2026-10-06T12:00:00Z", "sessionId": "h", "cwd": "/h",
            "requestId": f"r{n}", "message": {"id": f"m{n}", "model": "claude-opus-4-5",
            "usage": {"input_tokens": 1, "output_tokens": 0}, **more}}
def line(n, **more):
    return json.dumps(record(n, **more)).encode() + b"\n"
with open(folder / "long.jsonl", "wb") as f:
    f.write(line(1))
    f.write(line(2, content=[{"type": "text", "text": "x" * (100 << 20)}]))
    f.write(line(3))
with open(folder / "deep.jsonl", "wb") as f:
    f.write(line(4))
    f.write(b'{"type":"assistant","x":' + b"[" * 1000000 + b"]" * 1000000 + b"}\n")
    f.write(b"[" * 1000000 + b"\n")
    f.write(line(5))
with open(folder / "bytes.jsonl", "wb") as f:
    f.write(b"\0" * 5000 + b"\n" + line(6) + b'{"type":"assistant","text":"\xff\xfe"}\n' + line(7) + b"\0\n" + line(8))
PY
    run --separate-stderr timeout 20 "$SESSION_MANAGER" usage session --json
    exits 0
    json '[.rows[] | [.session, .calls]] | sort' '[["bytes",3],["deep",2],["good",1],["long",2]]'
    harmless
    run --separate-stderr timeout 20 "$SESSION_MANAGER" doctor
    exits 9
    harmless
}

@test "negative, broken and huge numbers in a log are not guessed at" {
    local value
    call session=good input=5 output=0 at=2026-10-06T12:00:00Z
    for value in -1 1.5 '"7"' 9223372036854775808 1e30 -9223372036854775809 true '[1]'; do
        printf '{"type":"assistant","uuid":"u%s","timestamp":"2026-10-06T12:00:00Z","sessionId":"h","requestId":"r","message":{"id":"m","model":"claude-opus-4-5","usage":{"input_tokens":%s,"output_tokens":1}}}\n' \
            "$RANDOM$RANDOM" "$value" | transcript session=h
    done
    sm usage --json
    exits 0
    json '[.totals.calls, .totals.total_tokens]' '[1,5]'
    printf '{"type":"assistant","uuid":"big%s","timestamp":"2026-10-06T12:00:00Z","sessionId":"h","requestId":"r%s","message":{"id":"m%s","model":"claude-opus-4-5","usage":{"input_tokens":9223372036854775807,"output_tokens":1}}}\n' \
        1 1 1 2 2 2 | transcript session=h
    sm usage --json
    [ "$status" -le 1 ]
    json '[.. | numbers | select(. < 0)]' '[]'
    harmless
    sm status
    [ "$status" -le 1 ]
    harmless
}

@test "escapes, C1 and bidirectional controls in any text reach no terminal" {
    local evil verb
    evil=$'red\e[31m bell\a back\b cr\r c1\xc2\x9b31m bidi\xe2\x80\xae mark\xe2\x80\x8f isolate\xe2\x81\xa6 osc\e]0;title\a nl\nx ok'
    mkdir "$BATS_TEST_TMPDIR/$evil"
    cd "$BATS_TEST_TMPDIR/$evil"
    git init -q
    sm start dev "$evil" --task "$evil" --tag "k$evil=$evil" --budget 0.01 --estimate 1m
    exits 0
    harmless
    call "model=$evil" "tool=mcp__$evil" at=2026-10-06T14:12:00Z
    call "session=$evil" at=2026-10-06T14:19:00Z output=10000
    result error=true at=2026-10-06T14:20:00Z
    prompt "$evil" at=2026-10-06T14:11:00Z
    echo "$evil" | transcript "session=$evil"
    now 2026-10-06T14:30:00Z
    for verb in status 'show @' 'report today' list 'usage model' 'usage session' 'usage project' sync doctor \
        'task list' 'config list' reindex; do
        for format in text json md; do
            # shellcheck disable=SC2086
            sm $verb --format $format
            [ "$status" -eq 0 ] || [ "$status" -eq 9 ]
            harmless
        done
        # shellcheck disable=SC2086
        sm $verb --color never
        harmless
    done
    sm start "$evil"
    harmless
    sm end "$evil"
    exits 2
    harmless
    sm end "$evil" --json
    exits 2
    harmless
    sm "$evil"
    exits 2
    harmless
    sm status "--$evil"
    exits 2
    harmless
    sm report "$evil"
    exits 2
    harmless
    sm config set "level_words.$evil" dev
    harmless
    sm config list
    harmless
    sm end dev_1410 --why "$evil"
    exits 0
    harmless
    project=$PWD
    python3 - "$(find .claude -name '*.md')" <<'PY'
import sys, unicodedata
text = open(sys.argv[1], encoding="utf-8", newline="").read()
sys.exit(any(c != "\n" and unicodedata.category(c) == "Cc" or c in "\u202e\u200f\u2066" for c in text))
PY
}

@test "a ledger that is garbage or a folder: figures are unknown and warned of, nothing is thrown away" {
    local ledger=$XDG_DATA_HOME/session-manager/ledger.db verb
    sm start dev a
    call
    mkdir -p "${ledger%/*}"
    echo 'this was a ledger once, now it is a poem' >"$ledger"
    for verb in status 'report today' usage list 'show @'; do
        # shellcheck disable=SC2086
        sm $verb
        exits 0
        [[ "$output$stderr" == *'figures from logs are unknown'* ]] || { show_answer; return 1; }
    done
    grep -q poem "$ledger"
    sm sync
    [ "$status" -ne 0 ]
    grep -q poem "$ledger"
    rm "$ledger"
    mkdir "$ledger"
    sm status
    exits 0
    says dev_20261006_1410
    sm end
    exits 0
    [ -d "$ledger" ]
}

@test "a catalog that is garbage or a folder costs nothing but time" {
    local catalog=$XDG_CACHE_HOME/session-manager/catalog.db
    sm start dev a
    echo 'no catalog' >"$catalog"
    sm status
    exits 0
    says dev_20261006_1410
    rm -f "$catalog"
    mkdir "$catalog"
    sm status
    exits 0
    says dev_20261006_1410
    sm start plan b
    exits 0
    sm end plan
    exits 0
}

@test "a ledger locked by another process: readers answer within five seconds, with a warning" {
    local verb began holder
    sm start dev a
    call at=2026-10-06T14:10:00Z
    sm sync
    exec {ready}< <(exec python3 - "$XDG_DATA_HOME/session-manager/ledger.db" <<'PY'
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
time.sleep(60)
PY
    )
    holder=$!
    read -r -u "$ready" _
    for verb in status 'report today' usage; do
        began=$SECONDS
        # shellcheck disable=SC2086
        sm $verb
        exits 0
        [ $((SECONDS - began)) -le 5 ]
        [[ "$output$stderr" == *'ledger'* ]] || { show_answer; return 1; }
    done
    kill "$holder"
}
