load common

setup() {
    clean_home
    make_project
}

@test "@ is the current session, @-1 the one that ended last" {
    sm show
    refuses 3 'no session is open here'
    sm show @-1
    refuses 3 'no session has ended here yet'
    sm start dev one
    now 2026-10-06T14:20:00Z
    sm start plan two
    sm show @
    exits 4
    sm end plan
    sm show @ --json
    exits 0
    json .id dev_20261006_1410
    sm show --json
    json .id dev_20261006_1410
    now 2026-10-06T14:30:00Z
    sm end dev
    sm show @-1 --json
    exits 0
    json '[.id, .status]' '["dev_20261006_1410","completed"]'
}

@test "prefixes and short forms are looked for among open sessions first" {
    now 2026-10-05T14:10:00Z
    sm start dev yesterday
    sm end
    now 2026-10-06T14:10:00Z
    sm start dev today
    sm show dev --json
    exits 0
    json .id dev_20261006_1410
    sm show dev_1410 --json
    json .id dev_20261006_1410
    sm show dev_20261005 --json
    json .id dev_20261005_1410
    sm end
    sm show dev_1410
    refuses 4 "'dev_1410' could be any of 2 sessions"
    complains 'dev_20261005_1410, dev_20261006_1410'
    sm show dev_20261006_1410
    exits 0
}

@test "what was typed wrong is told apart: ill-formed 2, unknown 3, ambiguous 4" {
    sm start dev a
    sm start dev b --parallel
    sm show ../dev
    exits 2
    sm show dev_20261006_1410/
    exits 2
    sm show dev_20250101_0000
    exits 3
    sm show dev_2026
    exits 4
    sm show dev_20261006_1410
    exits 0
    sm show dev_2026 --json
    exits 4
    json '[.error.code, .error.name]' '[4,"ambiguous"]'
}

@test "the archived session tells the same money as when it ended, also without the logs and the ledger's source" {
    sm start dev a --budget 1
    call at=2026-10-06T14:12:00Z
    now 2026-10-06T14:30:00Z
    sm end --json
    local then
    then=$(jq -c '[.figures.cost_total, .figures.claude_tokens, .figures.active, .by_model]' <<<"$output")
    rm -r "$CLAUDE_CONFIG_DIR/projects"
    now 2026-12-01T10:00:00Z
    sm show @-1 --json
    exits 0
    json '[.figures.cost_total, .figures.claude_tokens, .figures.active, .by_model]' "$then"
    rm -r "$CLAUDE_CONFIG_DIR" "$XDG_DATA_HOME"
    sm show @-1 --json
    exits 0
    json '.figures.cost_total.usd_nanos' "$(jq '.[0].usd_nanos' <<<"$then")"
}

@test "a hand edit is seen at once, in an archived session too" {
    sm start dev a
    sm end
    local file
    file=$(session_file dev_20261006_1410)
    jq '.purpose = "said later"' "$file" >edited
    cp edited "$file"
    sm show @-1
    exits 0
    says 'said later'
}
