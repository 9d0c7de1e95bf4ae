load common

setup() {
    clean_home
    make_project
}

three_sessions() {
    now 2026-09-30T10:00:00Z
    sm start plan "the old one"
    now 2026-10-01T10:00:00Z
    sm end
    now 2026-10-06T09:00:00Z
    sm start dev "the lint gate"
    sm start prod 14 "Why do we sleep?"
    now 2026-10-06T14:10:00Z
    call at=2026-10-06T09:30:00Z input=0 output=1000
}

@test "sessions come newest first, ended ones too, with time, tokens and cost" {
    three_sessions
    sm list --json
    exits 0
    json '[.rows[] | [.id, .status, .tokens]]' \
        '[["ep_014_20261006_0900","active",1000],["dev_20261006_0900","active",0],["plan_20260930_1000","completed",0]]'
    sm list
    exits 0
    says 'ID                    LEVEL  STATE      ACTIVE  TOKENS   COST  TASKS  PURPOSE'
    says 'Why do we'
    [ -z "$stderr" ]
}

@test "a range, a level and --open narrow it" {
    three_sessions
    sm list today --json
    json '.rows | length' 2
    sm list 2026-09 --json
    json '[.rows[] | .id]' '["plan_20260930_1000"]'
    sm list 2026-09-30..2026-10-01 --level plan --json
    json '.rows | length' 1
    sm list --level production --json
    json '[.rows[] | .id]' '["ep_014_20261006_0900"]'
    sm list --open --json
    json '.rows | length' 2
    sm list --level nonsense
    refuses 2 "unknown level 'nonsense'"
    sm list nonsense
    exits 2
    sm list 2020-01-01
    exits 0
}

@test "an empty store and another project's sessions" {
    sm list
    exits 0
    sm list --json
    json .rows '[]'
    three_sessions
    make_project other
    sm list --json
    json .rows '[]'
    sm list --all-projects --json
    json '.rows | length' 3
    sm list --store "$BATS_TEST_TMPDIR/project" --json
    json '.rows | length' 3
}

@test "what happens at this very moment, or by a clock that runs ahead, is not left out" {
    sm start dev x
    sm list --json
    json '.rows | length' 1
    sm report --json
    json '.figures.sessions.value' 1
    { call at="$SESSION_MANAGER_NOW"; call at=2026-12-24T00:00:00Z; } | transcript
    sm usage --json
    json '.totals.calls' 2
}
