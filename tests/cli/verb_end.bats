load common

setup() {
    clean_home
    make_project
}

@test "the figures are frozen in the file: tokens by model, services, errors, time" {
    sm start dev "Build the lint gate" --budget 1 --estimate 20m --task a --task b
    call at=2026-10-06T14:12:00Z input=1000 output=2000 read=50000 write5m=300 write1h=100 tool=mcp__perplexity__ask
    result at=2026-10-06T14:12:30Z error=true
    call at=2026-10-06T14:14:00Z model=claude-sonnet-4-5 input=1000 output=20000 search=2 tool=WebSearch
    result at=2026-10-06T14:14:10Z
    call at=2026-10-06T14:15:00Z tool=mcp__ElevenLabs__speak input=0 output=0
    result at=2026-10-06T14:15:30Z
    sm task done a
    now 2026-10-06T14:30:00Z
    sm end
    exits 0
    jq -e '.status == "completed" and .ended_at == "2026-10-06T14:30:00Z" and .outcome == "done" and
        (.timeline | last | .event == "end") and
        (.metrics.cost_tracking | .claude_tokens == 74400 and .total_cost_usd == 0.405875 and .complete == true and
            .api_calls == {"perplexity":1,"elevenlabs":1,"web_search":1} and .n == 3 and .web_searches == 2 and
            .tokens == {"input":2000,"output":22000,"cache_write_5m":300,"cache_write_1h":100,"cache_read":50000} and
            (.by_model | map({model, calls, cost_usd}) | sort_by(.model)) ==
                [{"model":"claude-opus-4-5","calls":2,"cost_usd":0.082875},
                 {"model":"claude-sonnet-4-5","calls":1,"cost_usd":0.323}]) and
        (.metrics.error_tracking | .tool_calls == 3 and .tool_errors == 1 and .api_errors == 0) and
        .metrics.time_tracking.active_seconds == 210 and
        [.metrics.progress_tracking | (.tasks_completed, .tasks_pending) | length] == [1,1]' \
        "$(session_file dev_20261006_1410)" || { cat "$(session_file dev_20261006_1410)"; false; }
    says 'Cost       $0.41  of $1.00*  (41 %)'
    says 'perplexity 1'
    says 'claude-sonnet-4-5'
    says '(1 failed)'
    says '3m active  of 20m* estimated  wall 20m'
}

@test "the session moves to the archive of its year with one Markdown file beside it" {
    sm start dev "Build the lint gate" --at '2025-12-31 23:50'
    sm end
    exits 0
    local archive=$project/.claude/level-1-dev/sessions/archive/2025
    [ -f "$archive/dev_20251231_2350.json" ]
    [ -f "$archive/dev_20251231_2350.md" ]
    [ "$(find .claude -name 'dev_*' | wc -l)" -eq 2 ]
    says "$archive/dev_20251231_2350.md"
    complains "wrote $archive/dev_20251231_2350.json"
    head -n 1 "$archive/dev_20251231_2350.md" | grep -F '# dev_20251231_2350  Build the lint gate'
    grep -F 'Cost' "$archive/dev_20251231_2350.md"
    sm start plan x --json
    sm end --json
    exits 0
    json '[.schema, .id, .status]' '["session-manager/end","plan_20261006_1410","completed"]'
    [ -f "$(jq -r .path <<<"$output")" ]
    [ -f "$(jq -r .summary_path <<<"$output")" ]
}

@test "done, unfinished and abandoned; only one of them, and abandoned says why" {
    local file before
    sm start dev a
    before=$(store_sum)
    sm end --abandoned
    refuses 2 '--abandoned needs --why'
    sm end --done --unfinished
    refuses 2 '--done and --unfinished exclude each other'
    [ "$before" = "$(store_sum)" ]
    sm end --abandoned --why 'wrong way'
    exits 0
    file=$(session_file dev_20261006_1410)
    jq -e '.status == "abandoned" and .outcome == "abandoned" and (.timeline | last | .why == "wrong way")' "$file"
    says abandoned
    sm start plan b
    sm end --unfinished --why later
    jq -e '.status == "completed" and .outcome == "unfinished"' "$(session_file plan_20261006_1410)"
    sm start coded c
    sm end --done
    jq -e '.status == "completed" and .outcome == "done"' "$(session_file code_20261006_1410)"
}

@test "without an id it ends the one open session, or the agent's own, or lists them all" {
    sm end
    refuses 3 'no session is open here'
    sm start dev a
    sm start plan b
    local before
    before=$(store_sum)
    sm end
    refuses 4 'could be any of 2 sessions'
    complains dev_20261006_1410
    complains plan_20261006_1410
    sm end --json
    exits 4
    json '.error.code' 4
    [ "$before" = "$(store_sum)" ]
    CLAUDE_CODE_SESSION_ID=mine sm start coded c
    CLAUDE_CODE_SESSION_ID=mine sm end --json
    exits 0
    json .id code_20261006_1410
    sm end plan
    exits 0
    sm end
    exits 0
    says dev_20261006_1410
}

@test "an id, its beginning and its short forms name a session" {
    sm start prod 14
    sm start prod 114
    sm start dev a
    sm end ep_014
    exits 0
    sm end ep_114_2026
    exits 0
    sm end dev_1410
    exits 0
    [ "$(find .claude -path '*archive*' -name '*.json' | wc -l)" -eq 3 ]
    sm start prod 14
    sm end ep_14 --json
    exits 0
    json .id ep_014_20261006_1410_2
}

@test "an id that is unknown, ill-formed, a path, ambiguous or ended is refused" {
    local word before
    sm start dev a
    sm start dev b --parallel --at 14:05
    before=$(store_sum)
    sm end dev_20200101_0000
    refuses 3 "no session 'dev_20200101_0000' here"
    sm end nonsense
    refuses 3 "no session 'nonsense' here"
    for word in ../../etc/passwd /etc/passwd .claude/level-1-dev/sessions/dev_20261006_1410.json 'dev 1' 'dev_*' '' $'dev\n'; do
        sm end "$word"
        refuses 2 'is not a session id'
    done
    sm end dev_20261006
    refuses 4 "'dev_20261006' could be any of 2 sessions"
    [ "$before" = "$(store_sum)" ]
    sm end dev_20261006_1410
    exits 0
    before=$(store_sum)
    sm end dev_20261006_1410
    refuses 3 'dev_20261006_1410 has ended already'
    [ "$before" = "$(store_sum)" ]
}

@test "--at ends it earlier; calls after that are not its own" {
    sm start dev a
    call at=2026-10-06T14:15:00Z input=0 output=1000
    call at=2026-10-06T14:25:00Z input=0 output=4000
    now 2026-10-06T14:30:00Z
    sm end --at 14:05
    refuses 2 'began later than that'
    sm end --at 14:31
    refuses 2 'in the future'
    sm end --at 14:20 --json
    exits 0
    json '[.ended_at, .figures.cost_total.usd_nanos]' '["2026-10-06T14:20:00Z",25000000]'
    sm report today --json
    json '[.figures.cost_sessions.usd_nanos, .figures.cost_unattributed.usd_nanos]' '[25000000,100000000]'
}

@test "what a person wrote into the file by hand stays, also members nobody knows" {
    sm start dev a
    local file
    file=$(session_file dev_20261006_1410)
    jq '.mine = {"z":[1,2.50,"\u00e9"]} | .metrics.progress_tracking.learnings = ["a plain string"] |
        .metrics.progress_tracking.tasks_pending = ["by hand"] | .purpose = "changed"' "$file" >edited
    cp edited "$file"
    sm end
    exits 0
    says changed
    says 'by hand'
    jq -e '.mine == {"z":[1,2.5,"é"]} and .metrics.progress_tracking.learnings == ["a plain string"] and
        .purpose == "changed"' "$(session_file dev_20261006_1410)"
}

@test "a file that asks for a newer writer is shown, and not written" {
    sm start dev a
    local file before
    file=$(session_file dev_20261006_1410)
    jq '.schema_version = 2 | .min_writer = 2' "$file" >edited
    cp edited "$file"
    before=$(store_sum)
    sm show dev_1410
    exits 0
    sm end dev_1410
    exits 8
    sm task add x
    exits 8
    [ "$before" = "$(store_sum)" ]
}

@test "a level's word names its open session" {
    sm start coded x
    sm start planning y
    sm end planning
    exits 0
    sm end 4 --unfinished
    exits 0
    sm list --open --json
    json .rows '[]'
}
