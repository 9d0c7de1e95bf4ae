load common

setup() {
    clean_home
    make_project
}

@test "an empty store shows the three commands to type, with and without the word" {
    local first
    sm
    exits 0
    says 'session-manager start dev "what you are about to do"'
    says 'session-manager status'
    says 'session-manager end'
    [ -z "$stderr" ]
    first=$output
    sm status
    exits 0
    [ "$output" = "$first" ]
    sm status --json
    exits 0
    json '[.schema, .schema_version, .rows, .alerts, .warnings]' '["session-manager/status",1,[],[],[]]'
    [ ! -e .claude ]
}

@test "every open session of every level is shown, the current one marked" {
    sm start dev "Build the lint gate" --budget 4 --estimate 35m --task one --task two
    now 2026-10-06T14:20:00Z
    sm start prod 14 "Why do we sleep?"
    now 2026-10-06T14:30:00Z
    call at=2026-10-06T14:15:00Z output=4000
    call at=2026-10-06T14:25:00Z output=2000
    sm status
    exits 0
    says '2 open sessions'
    says 'dev_20261006_1410'
    says 'ep_014_20261006_1420'
    says 'dev_20261006_1410: one · two'
    sm status --json
    json '.figures.open_sessions.value' 2
    json '[.rows[] | .id]' '["dev_20261006_1410","ep_014_20261006_1420"]'
    json '[.rows[] | .cost.usd_nanos]' '[100050000,50050000]'
    json '.rows[0] | [.tasks_done, .tasks_total, .budget.usd_nanos, .quality, .estimate_seconds, .status]' \
        '[0,2,4000000000,null,2100,"active"]'
    json '.figures.cost_today.usd_nanos' 150100000
    CLAUDE_CODE_SESSION_ID=agent sm start plan x
    CLAUDE_CODE_SESSION_ID=agent sm status
    says '> plan_20261006_1430'
    sm end plan
    sm end dev
    sm status
    says '> ep_014_20261006_1420'
    lacks dev_20261006_1410
}

@test "today begins at local midnight, a session that began earlier keeps its whole cost" {
    now 2026-10-05T23:00:00Z
    sm start dev night
    call at=2026-10-05T23:30:00Z output=1000 input=0
    call at=2026-10-06T00:30:00Z output=3000 input=0
    now 2026-10-06T01:00:00Z
    sm status --json
    json '[.figures.cost_today.usd_nanos, .rows[0].cost.usd_nanos]' '[75000000,100000000]'
    sm status --json --tz Asia/Tokyo
    json '.figures.cost_today.usd_nanos' 100000000
}

@test "cost alerts at eighty percent of the budget, not before, and strongly at the whole" {
    sm start dev x --budget 1.00
    now 2026-10-06T14:30:00Z
    call at=2026-10-06T14:12:00Z input=0 output=31999
    sm status --json
    json '[.rows[0].cost.usd_nanos, (.alerts | length)]' '[799975000,0]'
    call at=2026-10-06T14:13:00Z input=5 output=0
    sm status --json
    json '[.rows[0].cost.usd_nanos, .rows[0].budget_share]' '[800000000,0.8]'
    json '.alerts | length' 1
    sm status
    exits 0
    says '! COST     dev_20261006_1410 $0.80 of $1.00 (80 %)'
    call at=2026-10-06T14:14:00Z input=0 output=8000
    sm status
    says 'x COST     dev_20261006_1410 $1.00 of $1.00 (100 %)'
    sm config set alerts.cost 1.5
    sm status --json
    json '.alerts' '[]'
}

@test "time alerts at 120 percent of the estimate, errors above ten percent" {
    local minute
    sm start dev x --estimate 10m
    for minute in 10 13 16 19 21; do
        call "at=2026-10-06T14:$minute:00Z" tool=Bash
        result "at=2026-10-06T14:$minute:30Z"
    done
    now 2026-10-06T14:40:00Z
    sm status --json
    json '.alerts' '[]'
    call at=2026-10-06T14:22:00Z tool=Bash
    result at=2026-10-06T14:22:10Z error=true
    sm status
    says '12m is 122 % of the 10m estimate'
    for minute in 23 24 25 26; do
        call "at=2026-10-06T14:$minute:00Z" tool=Bash
        result "at=2026-10-06T14:$minute:30Z" error=true
    done
    sm status
    says '5 of 10 calls failed, 50 % > 10 %'
}

@test "a score below the threshold alerts, by a hand edit too" {
    sm start dev x
    local file
    file=$(session_file dev_20261006_1410)
    jq '.metrics.quality_tracking.quality_scores.overall = 0.84' "$file" >edited
    cp edited "$file"
    sm status
    exits 0
    says 'quality 0.84 < 0.85'
    jq '.metrics.quality_tracking.quality_scores.overall = 0.85' "$file" >edited
    cp edited "$file"
    sm status --json
    json '[.alerts, .rows[0].quality]' '[[],0.85]'
}

@test "--all-projects shows what is open elsewhere, without it only what is here" {
    sm start dev here
    local here=$project
    make_project other
    sm start plan there
    sm status --json
    json '[.rows[] | .id]' '["plan_20261006_1410"]'
    sm status --all-projects --json
    json '[.rows[] | .id] | sort' '["dev_20261006_1410","plan_20261006_1410"]'
    json "[.rows[] | .project] | sort == ([\"$here\", \"$project\"] | sort)" true
    cd "$HOME"
    sm status --json
    exits 0
    json '.rows | length' 2
}

@test "it changes nothing in the project, and works where nothing can be written" {
    sm start dev x --task a
    local before
    before=$(store_sum)
    sm status
    sm status --json
    sm report today
    sm list
    sm show @
    sm usage
    [ "$before" = "$(store_sum)" ]
    rm -rf "$XDG_DATA_HOME" "$XDG_CACHE_HOME"
    : >"$XDG_CACHE_HOME"
    mkdir -p "${XDG_DATA_HOME%/*}"
    : >"$XDG_DATA_HOME"
    sm status
    exits 0
    says dev_20261006_1410
    [[ "$output$stderr" == *'figures from logs are unknown'* ]]
}

@test "without agent logs tokens and money are unknown, not zero" {
    rm -r "$CLAUDE_CONFIG_DIR"
    sm start dev x
    exits 0
    says 'no agent logs were found'
    sm status --json
    json '[.rows[0].cost.usd_nanos, .rows[0].tokens, .figures.cost_today.usd_nanos]' '[null,null,null]'
    sm end
    exits 0
    jq -e '.metrics.cost_tracking | .claude_tokens == null and .total_cost_usd == null' \
        "$(session_file dev_20261006_1410)"
}

@test "programs get every pending task, screens the first four" {
    local i
    sm start dev x
    for i in {1..6}; do
        sm task add "step $i"
    done
    sm status --json
    json '.pending.rows | length' 6
    json '.pending.rows[5].task' 'step 6'
    sm status
    says 'step 4 · and 2 more'
    lacks 'step 5'
}
