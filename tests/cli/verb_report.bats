load common

setup() {
    clean_home
    make_project
}

# Ten dollars in cents: one call of N cents, told by output tokens of Opus 4.5 at 25 dollars a million.
cents() { # N TIME
    call input=0 "output=$(($1 * 400))" "at=$2"
}

@test "today, yesterday, week, last-week, month, last-month and days tell each their own" {
    cents 1 2026-08-31T12:00:00Z
    cents 2 2026-09-27T12:00:00Z
    cents 4 2026-09-28T12:00:00Z
    cents 8 2026-10-04T12:00:00Z
    cents 16 2026-10-05T12:00:00Z
    cents 32 2026-10-06T12:00:00Z
    local row
    for row in today:32 yesterday:16 week:48 last-week:12 month:56 last-month:6 7d:56 2026-10-05:16 \
        2026-W40:12 2026-09:6 2026-09-27..2026-09-28:6 '2026-09-27 to 2026-09-28:6' 'since 2026-10-04:56' all:63 year:63; do
        # shellcheck disable=SC2086
        sm report ${row%:*} --json
        exits 0
        json '.figures.cost_total.usd_nanos / 10000000' "${row##*:}" || { echo "$row"; return 1; }
    done
    sm report --json
    json '.figures.cost_total.usd_nanos / 10000000' 32
    json '[.window.from, .window.to, .window.tz, .window.complete]' '["2026-10-06T00:00:00Z","2026-10-06T14:10:00Z","UTC",false]'
    sm report yesterday
    says 'DAILY SUMMARY'
    says '2026-10-05 00:00'
    sm report week
    says 'WEEKLY REPORT'
    sm report month
    says 'MONTHLY REPORT'
}

@test "a range that is none is refused, an empty one is no mistake" {
    local word
    for word in nonsense 2026-13 2026-02-30 2026-W60 0d 2026-10-06..2026-10-01 'since never' '' 99999999999d; do
        sm report "$word"
        exits 2
        [ -z "$output" ]
    done
    sm report nonsense --json
    exits 2
    json '[.schema, .error.code, .error.name]' '["session-manager/error",2,"usage"]'
    sm report 2020-01-01
    exits 0
    sm report 2020-01-01 --json
    json '[.rows, .window.complete]' '[[],true]'
}

@test "days begin and end in the zone and at the hour asked for" {
    cents 1 2026-10-05T22:30:00Z
    cents 2 2026-10-06T03:00:00Z
    sm report today --json --tz Europe/Berlin
    json '.figures.cost_total.usd_nanos' 30000000
    json .window.from 2026-10-05T22:00:00Z
    sm report today --json
    json '.figures.cost_total.usd_nanos' 20000000
    sm config set day_start 04:00
    sm report today --json
    json '.figures.cost_total.usd_nanos' 0
    sm report yesterday --json
    json '.figures.cost_total.usd_nanos' 30000000
    sm report today --tz Nowhere/Town
    exits 2
}

@test "the week may begin on a Sunday" {
    cents 8 2026-10-04T12:00:00Z
    cents 1 2026-10-03T12:00:00Z
    sm report week --json
    json '.figures.cost_total.usd_nanos' 0
    sm config set week_start sunday
    sm report week --json
    json '.figures.cost_total.usd_nanos' 80000000
}

@test "cost by level and by model and by session adds up to the total" {
    now 2026-10-06T09:00:00Z
    sm start dev a --task one
    now 2026-10-06T10:00:00Z
    sm task done one
    sm end
    sm start prod 14 b
    now 2026-10-06T11:00:00Z
    sm end
    sm start plan c
    now 2026-10-06T14:00:00Z
    cents 1 2026-10-06T08:00:00Z
    cents 2 2026-10-06T09:30:00Z
    cents 4 2026-10-06T10:30:00Z
    call model=claude-sonnet-4-5 input=0 output=12000 at=2026-10-06T11:30:00Z
    sm report today --json
    exits 0
    json '[.figures.cost_total, .figures.cost_sessions, .figures.cost_unattributed | .usd_nanos]' '[250000000,240000000,10000000]'
    json '[.by_level.rows[] | [.level, .cost.usd_nanos]]' \
        '[["dev",20000000],["prod",40000000],["plan",180000000],["coded",0],["unattributed",10000000]]'
    json '([.by_model.rows[] | .cost.usd_nanos] | add)' 250000000
    json '[.rows[] | .cost.usd_nanos] | add' 240000000
    json '[.figures.sessions.value, .figures.sessions_ended.value, .figures.tasks_done.value, .figures.episodes.value]' '[3,2,1,1]'
    sm report today
    says 'Cost       $0.25  in sessions $0.24  unattributed $0.01  list price, from logs'
    says 'Sessions   3  dev 1  prod 1  plan 1  coded 0  ended 2'
}

@test "--all-projects adds the other projects" {
    cents 1 2026-10-06T12:00:00Z
    sm start dev x --at 11:00
    make_project other
    cents 2 2026-10-06T12:00:00Z
    sm report today --json
    json .figures.cost_total.usd_nanos 20000000
    sm report today --all-projects --json
    json '[.figures.cost_total.usd_nanos, .figures.sessions.value]' '[30000000,1]'
}

@test "Markdown says the same, with the same money" {
    cents 12 2026-10-06T12:00:00Z
    sm report today --format md
    exits 0
    says '# DAILY SUMMARY'
    says '**Cost** $0.12'
}
