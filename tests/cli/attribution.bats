# Which work session a call belongs to, by its own time.
load common

setup() {
    clean_home
    make_project
}

# A call of so many cents: output tokens of Opus 4.5.
cents() { # N WORD...
    call input=0 "output=$(($1 * 400))" "${@:2}"
}

# What each session and nobody was given, in cents: "dev_...=1 plan_...=2 none=4".
shares() {
    sm report all "$@" --json
    exits 0
    jq -r '[(.rows[] | "\(.id)=\(.cost.usd_nanos / 10000000)"), "none=\(.figures.cost_unattributed.usd_nanos / 10000000)",
        "all=\(.figures.cost_total.usd_nanos / 10000000)"] | join(" ")' <<<"$output"
}

session() { # FROM TO LEVEL
    now "2026-10-06T$1:00Z"
    sm start "$3" x --parallel
    exits 0
    now "2026-10-06T$2:00Z"
    sm end "$3"
    exits 0
}

@test "one agent session, three work sessions and gaps between: each gets its own, the rest is unattributed" {
    session 10:00 11:00 dev
    session 12:00 13:00 plan
    session 14:00 15:00 code
    now 2026-10-06T18:00:00Z
    cents 1 at=2026-10-06T09:59:59.999Z
    cents 2 at=2026-10-06T10:00:00Z
    cents 4 at=2026-10-06T10:59:59.999Z
    cents 8 at=2026-10-06T11:00:00Z
    cents 16 at=2026-10-06T12:30:00Z
    cents 32 at=2026-10-06T13:30:00Z
    cents 64 at=2026-10-06T14:30:00Z
    cents 128 at=2026-10-06T16:00:00Z
    [ "$(shares)" = 'dev_20261006_1000=6 plan_20261006_1200=16 code_20261006_1400=64 none=169 all=255' ] || { shares; false; }
    sm report today
    says 'in sessions $0.86'
    says 'unattributed $1.69'
    sm usage --json
    json '.totals.cost.usd_nanos / 10000000' 255
}

@test "three hours of earlier chat are not billed to a session just started" {
    cents 100 at=2026-10-06T11:00:00Z
    cents 100 at=2026-10-06T14:00:00Z
    sm start dev x
    now 2026-10-06T14:30:00Z
    cents 3 at=2026-10-06T14:20:00Z
    sm status --json
    json '.rows[0].cost.usd_nanos' 30000000
    sm end --json
    json '.figures.cost_total.usd_nanos' 30000000
}

@test "of two at once the later start takes the call, whichever ends first" {
    now 2026-10-06T10:00:00Z
    sm start dev a
    now 2026-10-06T11:00:00Z
    sm start plan b
    now 2026-10-06T12:00:00Z
    sm end plan
    now 2026-10-06T13:00:00Z
    sm end dev
    cents 1 at=2026-10-06T10:30:00Z
    cents 2 at=2026-10-06T11:30:00Z
    cents 4 at=2026-10-06T12:30:00Z
    [ "$(shares)" = 'dev_20261006_1000=5 plan_20261006_1100=2 none=0 all=7' ]
}

@test "each project's sessions take their project's calls only" {
    local here=$project there
    sm start dev a --at 14:00
    make_project other
    there=$project
    sm start dev b --at 14:00
    cents 1 at=2026-10-06T14:05:00Z "cwd=$here"
    cents 2 at=2026-10-06T14:05:00Z "cwd=$there" session=s2
    cents 4 at=2026-10-06T14:05:00Z cwd=/somewhere/else session=s3
    [ "$(shares)" = 'dev_20261006_1400=2 none=0 all=2' ]
    cd "$here"
    [ "$(shares)" = 'dev_20261006_1400=1 none=0 all=1' ]
    [ "$(shares --all-projects)" = 'dev_20261006_1400=1 dev_20261006_1400=2 none=4 all=7' ] ||
        [ "$(shares --all-projects)" = 'dev_20261006_1400=2 dev_20261006_1400=1 none=4 all=7' ]
}

@test "a bound session takes only its agent's calls, wherever that agent works" {
    now 2026-10-06T14:00:00Z
    CLAUDE_CODE_SESSION_ID=mine sm start dev a
    now 2026-10-06T14:01:00Z
    cents 1 at=2026-10-06T14:00:30Z session=mine
    sm start plan b
    now 2026-10-06T15:00:00Z
    cents 2 at=2026-10-06T14:30:00Z session=mine
    cents 4 at=2026-10-06T14:30:00Z session=other
    cents 8 at=2026-10-06T14:30:00Z session=mine cwd=/somewhere/else
    cents 16 at=2026-10-06T13:30:00Z session=mine
    CLAUDE_CODE_SESSION_ID=mine sm end
    exits 0
    says dev_20261006_1400
    sm show dev_1400 --json
    json '.figures.cost_total.usd_nanos / 10000000' 11
    sm show plan_1401 --json
    json '.figures.cost_total.usd_nanos / 10000000' 4
}

@test "work in a folder below, in a worktree and by a subagent belongs to the project" {
    git worktree add -q ../tree -b tree
    mkdir -p src/deep
    sm start dev a --at 14:00
    cents 1 at=2026-10-06T14:05:00Z "cwd=$project/src/deep"
    cents 2 at=2026-10-06T14:05:00Z "cwd=$BATS_TEST_TMPDIR/tree" session=s2
    cents 4 at=2026-10-06T14:05:00Z "cwd=$project" sidechain=true session=s3
    [ "$(shares)" = 'dev_20261006_1400=7 none=0 all=7' ]
}

@test "the same money in status, show, list, report, usage and end, while the log grows" {
    local step money='' verb
    sm start dev "Build the lint gate" --budget 2
    for step in 1 2 3; do
        now "2026-10-06T14:${step}5:00Z"
        call "at=2026-10-06T14:${step}0:00Z" input=123 output=4567 read=890123 write5m=4567 write1h=89 search=1 model=claude-opus-4-5
        call "at=2026-10-06T14:${step}1:00Z" input=77 output=1234 read=5555 model=claude-haiku-4-5-20251001
        money=$((step * (123 * 5000 + 4567 * 25000 + 890123 * 500 + 4567 * 6250 + 89 * 10000 + 10000000 +
            77 * 1000 + 1234 * 5000 + 5555 * 100)))
        sm status --json
        json '.rows[0].cost.usd_nanos' "$money"
        json '.figures.cost_today.usd_nanos' "$money"
        sm show @ --json
        json '.figures.cost_total.usd_nanos' "$money"
        json '[.by_model.rows[] | .cost.usd_nanos] | add' "$money"
        sm list --json
        json '.rows[0].cost.usd_nanos' "$money"
        sm report today --json
        json '[.figures.cost_total, .figures.cost_sessions, .rows[0].cost | .usd_nanos] | unique' "[$money]"
        sm usage daily --json
        json '.totals.cost.usd_nanos' "$money"
        sm usage model --json
        json '[.rows[] | .cost.usd_nanos] | add' "$money"
    done
    sm end --json
    json '.figures.cost_total.usd_nanos' "$money"
    jq -e --argjson money "$money" '(.metrics.cost_tracking.total_cost_usd * 1e9 | round) == $money and
        (([.metrics.cost_tracking.by_model[] | .cost_usd] | add) * 1e9 | round) == $money' "$(session_file dev_20261006_1410)"
    now 2026-10-06T23:00:00Z
    cents 50 at=2026-10-06T22:00:00Z
    for verb in 'show @-1' 'report today'; do
        # shellcheck disable=SC2086
        sm $verb --json
        json '[.figures.cost_total.usd_nanos, .figures.cost_sessions.usd_nanos] | index('"$money"') != null' true
    done
    sm show @-1
    says "$(printf '$%.2f' "$(jq -n "$money / 1e9")")"
}
