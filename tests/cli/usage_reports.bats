load common

# The reports of `usage` beyond the plain groupings: branch, tool, blocks, and the options that all of
# them take, on logs made here (verb_usage.bats has the rest) and on a generated month.

setup() {
    clean_home
    make_project
}

# One call on a branch, in one line of log. Words: at model branch session cwd tool input
used() { # WORD...
    local at=2026-10-06T14:00:00Z model=claude-opus-4-5 branch=main session=s1 cwd=$PWD tool='' input=100 word
    used_calls=$((${used_calls:-0} + 1))
    for word in "$@"; do
        printf -v "${word%%=*}" %s "${word#*=}"
    done
    jq -nc --arg at "$at" --arg model "$model" --arg branch "$branch" --arg session "$session" --arg cwd "$cwd" \
        --arg tool "$tool" --arg n "$used_calls" --argjson input "$input" '
        { type: "assistant", uuid: "u\($n)", timestamp: $at, sessionId: $session, cwd: $cwd, gitBranch: $branch,
          version: "2.1.300", requestId: "req\($n)",
          message: { id: "msg\($n)", type: "message", role: "assistant", model: $model, stop_reason: "end_turn",
            content: [if $tool == "" then { type: "text", text: "done" }
                      else { type: "tool_use", id: "toolu_\($n)", name: $tool, input: {} } end],
            usage: { input_tokens: $input, output_tokens: 10, cache_read_input_tokens: 0,
                     cache_creation_input_tokens: 0 } } }' | transcript "session=$session" "cwd=$cwd"
}

# The result of the tool last used. Words: error=true declined=true
ended() {
    local error=false declined=false word
    for word in "$@"; do
        printf -v "${word%%=*}" %s "${word#*=}"
    done
    jq -nc --arg at 2026-10-06T14:00:01Z --arg cwd "$PWD" --arg n "$used_calls" --argjson error "$error" \
        --argjson declined "$declined" '
        { type: "user", uuid: "r\($n)", timestamp: $at, sessionId: "s1", cwd: $cwd, version: "2.1.300",
          message: { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_\($n)",
            content: "x", is_error: $error }] } } + (if $declined then { toolDenialKind: "user-rejected" } else {} end)' |
        transcript session=s1 "cwd=$PWD"
}

@test "usage branch: the same name in two projects is two branches" {
    used branch=main
    used branch=feat/x
    used branch=feat/x
    used branch=
    make_project other
    used branch=main session=s2
    sm usage branch --json
    exits 0
    json '[.rows[] | [.branch, (.project | split("/") | last), .calls]] | sort' \
        '[[null,"project",1],["feat/x","project",2],["main","other",1],["main","project",1]]'
    json .totals.calls 5
    sm usage branches --project other
    says 'BRANCH'
    says 'main'
    [[ $output != *feat/x* ]]
}

@test "usage tool: calls, errors, declined ones and the service" {
    used tool=Bash; ended
    used tool=Bash; ended error=true
    used tool=Bash; ended error=true declined=true
    used tool=Bash
    used tool=mcp__perplexity__ask; ended
    sm usage tool --json
    exits 0
    json '.rows[0] | [.tool, .service, .calls, .ok, .errors, .declined, .unanswered, .error_share]' \
        '["Bash",null,4,1,1,1,1,0.5]'
    json '.rows[1] | [.tool, .service, .calls, .error_share]' '["mcp__perplexity__ask","perplexity",1,0]'
    json '.totals | [.calls, .errors, .declined]' '[5,1,1]'
    sm usage tools
    says 'ERROR SHARE'
    says '50 %'
    sm usage tool --breakdown
    exits 2
    complains 'do not say which model'
    sm usage tool --model x
    exits 2
}

@test "--breakdown: the models of each row below it, and they add up to it" {
    used at=2026-10-05T10:00:00Z input=1
    used at=2026-10-05T11:00:00Z model=claude-sonnet-4-5 input=1000
    used at=2026-10-06T11:00:00Z model=mystery-1
    sm usage --breakdown --json
    exits 0
    json '[.rows[] | [.day, (.models | map(.model))]]' \
        '[["2026-10-05",["claude-sonnet-4-5","claude-opus-4-5"]],["2026-10-06",["mystery-1"]]]'
    json '[.rows[] | .total_tokens == ([.models[].total_tokens] | add)] | all' true
    json '.rows[1].models[0].cost | [.usd_nanos, .complete]' '[null,false]'
    sm usage --breakdown
    says $'\n  claude-sonnet-4-5'
    sm usage --breakdown --format md
    says '| · claude-sonnet-4-5 |'
    sm usage --json
    json '.rows[0] | has("models")' false
}

@test "--level: only calls of work sessions of that level" {
    now 2026-10-06T10:00:00Z
    sm start dev first
    exits 0
    used at=2026-10-06T10:05:00Z
    now 2026-10-06T10:10:00Z
    sm end
    exits 0
    sm start plan second
    exits 0
    used at=2026-10-06T10:15:00Z input=7
    used at=2026-10-06T10:16:00Z input=7
    now 2026-10-06T10:20:00Z
    sm end
    used at=2026-10-06T11:00:00Z
    now 2026-10-06T12:00:00Z
    sm usage --json
    json .totals.calls 4
    sm usage --level dev --json
    json .totals.calls 1
    sm usage --level planning --json
    json '[.totals.calls, .totals.input_tokens]' '[2,14]'
    sm usage blocks --level plan --json
    json '[.totals.calls, (.rows | length)]' '[2,1]'
    sm usage session --level coded --json
    json .rows '[]'
    sm usage --level nonsense
    exits 2
    complains "no level 'nonsense'"
}

@test "usage blocks: start, gap, active, pace and projection, all called estimated" {
    used at=2026-10-06T01:10:00Z
    used at=2026-10-06T08:20:00Z
    used at=2026-10-06T09:00:00Z model=claude-sonnet-4-5
    now 2026-10-06T09:30:00Z
    sm usage blocks --json
    exits 0
    json '[.rows[] | [.state, .start, .end, .calls]]' \
        '[["over","2026-10-06T01:00:00Z","2026-10-06T06:00:00Z",1],["gap","2026-10-06T06:10:00Z","2026-10-06T08:20:00Z",0],["active","2026-10-06T08:00:00Z","2026-10-06T13:00:00Z",2]]'
    json '[.rows[].basis] | unique' '["estimated"]'
    # 220 tokens in 40 minutes, 210 minutes left
    json '.figures | [.tokens_per_minute.value, .tokens_per_hour.value, .projected_tokens.value, .seconds_left.seconds]' '[6,330,1375,12600]'
    json '[.figures[] | .basis] | unique' '["estimated"]'
    sm usage blocks
    says '> ~2026-10-06 08:00'
    says 'estimated'
    says 'Burn rate'
    sm usage blocks --active --json
    json '[.rows[].state]' '["active"]'
    now 2026-10-09T09:30:00Z
    sm usage blocks --active --json
    json .rows '[]'
    now 2026-10-20T09:30:00Z
    sm usage blocks --recent
    exits 0
    says 'No five-hour block'
    sm usage daily --active
    exits 2
}

@test "a block is whole and its hours do not depend on the filter" {
    used at=2026-10-05T22:30:00Z
    used at=2026-10-06T02:00:00Z model=claude-sonnet-4-5
    used at=2026-10-06T03:10:00Z model=claude-sonnet-4-5
    sm usage blocks --model 'claude-sonnet*' --json
    json '[.rows[] | [.start, .calls]]' '[["2026-10-05T22:00:00Z",1],["2026-10-06T03:00:00Z",1]]'
    sm usage blocks --since 20261006 --json
    json '[.rows[] | [.start, .calls]]' '[["2026-10-06T03:00:00Z",1]]'
    sm usage blocks --until 2026-10-05 --json
    json '[.rows[] | [.start, .calls]]' '[["2026-10-05T22:00:00Z",2]]'
}

@test "the words ccusage's users type are understood" {
    used at=2026-09-30T10:00:00Z
    used at=2026-10-01T10:00:00Z
    used at=2026-10-02T10:00:00Z
    sm usage --json --offline --since 20261001 daily --until 20261001 --timezone UTC
    exits 0
    json '[.rows[].day]' '["2026-10-01"]'
    sm usage daily --order desc --json
    json '[.rows[].day]' '["2026-10-02","2026-10-01","2026-09-30"]'
    sm usage --since 20261301
    exits 2
    sm usage --order sideways
    exits 2
}

@test "--csv is one table that a reader of CSV reads back, with money in dollars" {
    used at=2026-10-05T10:00:00Z branch='=cmd|x,"y"'
    used at=2026-10-05T11:00:00Z branch='two, words'
    used at=2026-10-06T11:00:00Z model=mystery-1
    sm usage branch --csv
    exits 0
    complains 'incomplete'
    printf '%s' "$output" | python3 -c '
import csv, sys
rows = list(csv.DictReader(sys.stdin))
assert sorted(r["branch"] for r in rows) == sorted(["\x27=cmd|x,\"y\"", "two, words", "main"]), rows
by = {r["branch"]: r for r in rows}
assert by["two, words"]["cost"] == "0.000750000", by  # 100 * 5 + 10 * 25 dollars a million
assert by["main"]["cost"] == "" and by["main"]["unpriced_calls"] == "1", by
assert all(r["calls"].isdigit() and None not in r for r in rows)'
    sm usage daily --breakdown --format csv
    python3 -c '
import csv, sys
rows = list(csv.DictReader(sys.stdin))
assert list(rows[0])[:3] == ["day", "model", "calls"], rows
assert [(r["day"], r["model"], r["calls"]) for r in rows] == [
    ("2026-10-05", "claude-opus-4-5", "2"), ("2026-10-06", "mystery-1", "1")], rows' <<<"$output"
}

@test "every verb that answers speaks CSV" {
    sm start dev first
    for words in status list 'report today' 'show @' 'usage blocks' 'usage tool' 'config list' doctor help; do
        # shellcheck disable=SC2086
        sm $words --csv
        [ "$status" -eq 0 ] || [ "$status" -eq 9 ]
        python3 -c 'import csv, sys
rows = list(csv.reader(sys.stdin, strict=True))
assert rows and len({len(row) for row in rows}) == 1, rows' <<<"$output"
    done
}

@test "--format ccusage has the keys, order and types of the real one, with our figures" {
    local shapes=$root/tests/cli/shapes
    used at=2026-10-01T10:00:00Z
    used at=2026-10-04T12:00:00Z session=s2
    used at=2026-10-06T13:00:00Z model=mystery-1
    used at=2026-10-06T13:30:00Z
    for unit in daily weekly monthly session blocks; do
        sm usage "$unit" --format ccusage
        exits 0
        complains 'incomplete'
        "$shapes/check.py" "$shapes/ccusage.json" "$unit" <<<"$output"
    done
    json '[.blocks[] | .isActive] | map(select(.)) | length' 1
    json '.blocks[-1].burnRate.tokensPerMinute' 7.33333333333333
    sm usage daily --format ccusage --instances
    "$shapes/check.py" "$shapes/ccusage.json" instances <<<"$output"
    json '.projects | keys | length' 1
    sm usage daily --format ccusage
    json '[.daily[].date]' '["2026-10-01","2026-10-04","2026-10-06"]'
    json '.daily[2] | [.totalCost, (.modelBreakdowns | map([.modelName, .cost, .missingPricing]))]' \
        '[0.00075,[["claude-opus-4-5",0.00075,null],["mystery-1",0,true]]]'
    json .totals.unpricedModels '["mystery-1"]'
    sm usage weekly --format ccusage # weeks begin on Sunday
    json '[.weekly[].week]' '["2026-09-27","2026-10-04"]'
}

@test "--format ccusage with nothing to show, and where it cannot be" {
    for unit in daily weekly monthly session blocks; do
        sm usage "$unit" --format ccusage
        exits 0
        "$root/tests/cli/shapes/check.py" "$root/tests/cli/shapes/ccusage.json" "$unit" <<<"$output"
    done
    sm usage branch --format ccusage
    exits 2
    sm status --format ccusage
    exits 2
    complains "only 'usage' has"
    sm usage daily --instances
    exits 2
}

@test "all units of a generated month add up to the same" {
    make_corpus "$CLAUDE_CONFIG_DIR" --seed 11 --sessions 20 --mb 6 --days 20 --projects 3 --end 2026-10-06T15:00:00Z
    now 2026-10-06T16:00:00Z
    local unit want='' totals='.totals | [.calls, .input_tokens, .output_tokens, .cache_write_tokens, .cache_read_tokens, .cost.usd_nanos]'
    for unit in daily weekly monthly session blocks model project branch; do
        sm usage "$unit" --breakdown --json
        exits 0
        want=${want:-$(jq -c "$totals" <<<"$output")}
        json "$totals" "$want"
        json '[.rows[] | .calls] | add == '"$(jq -c '.[0]' <<<"$want")" true
        json '[.rows[] | select(.models | length > 0) | .cost.usd_nanos == ([.models[].cost.usd_nanos] | add)] | all' true
    done
    sm usage daily --format ccusage
    json '.totals | [.inputTokens, .outputTokens, .cacheCreationTokens, .cacheReadTokens]' "$(jq -c '.[1:5]' <<<"$want")"
    json '([.daily[].totalCost] | add) - '"$(jq '.[5] / 1e9' <<<"$want")"' | fabs < 0.000001' true
    sm usage session --csv
    python3 -c 'import csv, sys, decimal
rows = list(csv.DictReader(sys.stdin))
assert sum(decimal.Decimal(r["cost"] or 0) for r in rows) * 10**9 == int(sys.argv[1])' \
        "$(jq '.[5]' <<<"$want")" <<<"$output"
}

@test "no screen is wider than it may be" {
    make_corpus "$CLAUDE_CONFIG_DIR" --seed 12 --sessions 12 --mb 4 --days 9 --projects 3 --end 2026-10-06T13:50:00Z
    local unit columns
    for columns in 80 120; do
        export COLUMNS=$columns
        for unit in daily weekly monthly session blocks model project branch; do
            sm usage "$unit" --breakdown
            exits 0
            [ "$(wc -L <<<"$output")" -le "$columns" ] || { show_answer; return 1; }
        done
        sm usage tool
        [ "$(wc -L <<<"$output")" -le "$columns" ]
    done
}
