# What the store promises whoever reads or races it.
load common

setup() {
    clean_home
    make_project
}

@test "sixty-four starts beside each other: sixty-four files, no id twice" {
    local i
    for i in {1..64}; do
        "$SESSION_MANAGER" start dev "task $i" --parallel --json >"$BATS_TEST_TMPDIR/start-$i" 2>/dev/null </dev/null &
    done
    wait
    [ "$(cat "$BATS_TEST_TMPDIR"/start-* | jq -r .id | sort -u | wc -l)" -eq 64 ]
    [ "$(find .claude/level-1-dev/sessions -name 'dev_*.json' | wc -l)" -eq 64 ]
    [ "$(cat .claude/level-1-dev/sessions/*.json | jq -r .purpose | sort -u | wc -l)" -eq 64 ]
    sm doctor
    exits 0
}

@test "sixty-four plain starts of one level: one wins, the others name it" {
    local i
    for i in {1..64}; do
        (
            code=0
            "$SESSION_MANAGER" start dev x >"$BATS_TEST_TMPDIR/out-$i" 2>&1 </dev/null || code=$?
            echo "$code" >"$BATS_TEST_TMPDIR/code-$i"
        ) &
    done
    wait
    [ "$(cat "$BATS_TEST_TMPDIR"/code-* | grep -c '^0$')" -eq 1 ]
    [ "$(cat "$BATS_TEST_TMPDIR"/code-* | grep -c '^7$')" -eq 63 ]
    [ "$(grep -l 'dev_20261006_1410 is active already' "$BATS_TEST_TMPDIR"/out-* | wc -l)" -eq 63 ]
    [ "$(find .claude/level-1-dev/sessions -name '*.json' | wc -l)" -eq 1 ]
}

@test "thirty-two processes adding tasks: nothing is lost" {
    local i
    sm start dev x
    for i in {1..32}; do
        "$SESSION_MANAGER" task add "task $i" >/dev/null 2>&1 </dev/null &
    done
    wait
    jq -e '.metrics.progress_tracking.tasks_pending | ([.[] | .text] | unique | length) == 32 and
        ([.[] | .id] | unique | length) == 32' "$(session_file dev_20261006_1410)"
}

@test "many readers at once over new logs count each call once" {
    local i
    call at=2026-10-06T14:00:00Z input=0 output=400
    call at=2026-10-06T14:01:00Z input=0 output=800
    for i in {1..12}; do
        "$SESSION_MANAGER" usage --json >"$BATS_TEST_TMPDIR/usage-$i" 2>/dev/null </dev/null &
    done
    wait
    [ "$(cat "$BATS_TEST_TMPDIR"/usage-* | jq .totals.cost.usd_nanos | sort -u)" = 30000000 ]
}

@test "nothing but session files, the lock and ignored state is left in a project" {
    sm start dev x --task a
    sm task done a
    sm start plan y
    sm end dev
    [ -z "$(find .claude -name '*.tmp*' -o -name '*~')" ]
    [ "$(find .claude -type f | sort | tr '\n' ' ')" = ".claude/level-1-dev/sessions/archive/2026/dev_20261006_1410.json \
.claude/level-1-dev/sessions/archive/2026/dev_20261006_1410.md .claude/level-3-platform-dev/sessions/plan_20261006_1410.json \
.claude/session-manager/.gitignore .claude/session-manager/lock " ]
    git add -A
    [ -z "$(git ls-files .claude/session-manager | grep -v .gitignore)" ]
}

@test "the file is for people: two blanks of indent, the promised order, a line end" {
    sm start dev x
    local file
    file=$(session_file dev_20261006_1410)
    [ "$(sed -n 2p "$file")" = '  "schema": "session-manager/session",' ]
    [ "$(jq -r 'keys_unsorted | join(" ")' "$file")" = 'schema schema_version session_id level type purpose status started_at updated_at ended_at project template episode budget estimate_minutes tags agent_sessions metrics level_metrics stages gates timeline patterns imported' ]
    [ "$(tail -c 1 "$file" | od -An -c | tr -d ' ')" = '\n' ]
    python3 - "$file" <<'PY'
import json, sys
text = open(sys.argv[1], encoding="utf-8").read()
sys.exit(text != json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n")
PY
}

@test "--store works from anywhere, and answers are the same" {
    sm start dev x
    sm status --json
    local here=$output
    cd /
    sm status --store "$project" --json
    [ "$(jq -c '.rows' <<<"$output")" = "$(jq -c '.rows' <<<"$here")" ]
    sm end --store "$project"
    exits 0
    [ -f "$project/.claude/level-1-dev/sessions/archive/2026/dev_20261006_1410.json" ]
}
