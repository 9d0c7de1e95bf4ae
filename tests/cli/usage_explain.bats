load common

peer_rows='[.rows[] | [.input_tokens, .output_tokens, .cache_write_tokens, .cache_read_tokens, .cost.usd_nanos]]'

explain() { # FOLDER WORD...: of a hand-made log
    rm -rf "$BATS_TEST_TMPDIR/home" # a ledger keeps what another log said
    clean_home
    now 2026-11-22T15:00:00Z
    export CLAUDE_CONFIG_DIR=${1%/}
    sm usage explain --json --calls 1000000 "${@:2}"
    exits 0
}

# What ccusage itself said of the same log is in ccusage.json (tests/peer/peer measure).
agrees_with_ccusage() { # FOLDER
    local real read
    real=$(jq -c '[map(.input_tokens), map(.output_tokens), map(.cache_write_tokens), map(.cache_read_tokens)] | map(add // 0)' "$1/ccusage.json")
    read=$(jq -c ".sides | $peer_rows[1][:4]" <<<"$output")
    [ "$real" = "$read" ] || { echo "$1: ccusage says $real, we read $read"; return 1; }
}

adds_up() { # FOLDER
    jq -e "(.sides | $peer_rows) as \$s
        | ([.differences // { rows: [] } | $peer_rows[]] | transpose | map(add)) as \$sum
        | [range(5) | \$s[1][.] - \$s[0][.]] == (if \$sum == [] then [0, 0, 0, 0, 0] else \$sum end)
        and ([.totals.input_tokens, .totals.output_tokens, .totals.cache_write_tokens, .totals.cache_read_tokens, .totals.cost.usd_nanos]
             == [range(5) | \$s[1][.] - \$s[0][.]])" <<<"$output" >/dev/null ||
        { echo "$1: the differences do not add up"; show_answer; return 1; }
}

ours_are_the_counted_ones() { # FOLDER
    [ -f "$1/expected.json" ] || return 0
    local wanted found
    wanted=$(jq -c '[.input_tokens, .output_tokens, .cache_write_5m_tokens + .cache_write_1h_tokens, .cache_read_tokens, .usd_nanos]' "$1/expected.json")
    found=$(jq -c ".sides | $peer_rows[0]" <<<"$output")
    [ "$wanted" = "$found" ] || { echo "$1: ours are $found, not $wanted"; return 1; }
}

cause_of() { # FOLDER CAUSE...: exactly these, in the order of the report
    explain "$root/tests/$1"
    json '[.rows[].cause] | join(" ")' "${*:2}"
}

@test "reads every hand-made log as ccusage does, and the differences add up" {
    local folder seen=0
    for folder in "$root"/tests/counting/*/ "$root"/tests/peer/cases/*/; do
        explain "$folder"
        adds_up "$folder"
        ours_are_the_counted_ones "$folder"
        if [[ $folder != *R06-impossible* ]]; then
            agrees_with_ccusage "$folder"
        fi
        seen=$((seen + 1))
    done
    [ "$seen" -ge 81 ]
}

@test "names the cause of each difference" {
    cause_of counting/R05-null-in-tool-input null_in_line
    cause_of counting/R05-null-counters null_in_line other_type
    cause_of counting/R07-spaces-and-order spacing
    cause_of counting/R07-bom-and-crlf byte_order_mark
    cause_of peer/cases/R08-half-a-character lone_surrogate
    cause_of peer/cases/R08-a-whole-character-escaped ''
    cause_of peer/cases/R28-unknown-speed other_type
    cause_of peer/cases/R01-time-with-microseconds timestamp
    cause_of peer/cases/R01-version-of-a-development-build version
    cause_of peer/cases/R13-empty-request-id empty_id
    cause_of counting/R11-gateway-streamed no_request_id
    cause_of counting/R12-fork-named no_request_id no_request_id_copy
    cause_of counting/R13-no-message-id no_message_id
    cause_of counting/R16-inside-one-key side_question
    cause_of peer/cases/R16-replay-in-another-session side_question
    cause_of counting/R15-nested-beside-a-direct-record nested
    cause_of counting/R14-most-complete-record largest_total
    cause_of counting/R01-only-assistant-records-with-usage not_assistant
    cause_of counting/R03-synthetic synthetic
    cause_of counting/R18-advisor-in-2.1.219 advisor
    cause_of counting/R20-split-is-short cache_split
    cause_of counting/R30-odd-tier tier
    cause_of counting/R21-web-searches web_search
    cause_of counting/R28-fast fast
    cause_of counting/R27-at-200001 long_context
    cause_of counting/R25-price-of-the-utc-day price_date
    cause_of counting/R14-tie-goes-to-the-earliest tie
}

@test "a call on another day for ccusage is a difference of both days" {
    local folder=$root/tests/peer/cases/R35-equal-lines-two-days
    explain "$folder" --since 2026-11-20 --until 2026-11-20
    json '[.rows[].cause] | join(" ")' day
    json '.totals.output_tokens' -20
    adds_up "$folder"
    explain "$folder" --since 2026-11-21 --until 2026-11-21
    json '.totals.output_tokens' 20
    adds_up "$folder"
}

@test "a call whose log is gone is ours alone" {
    make_project
    call output=50 at=2026-10-06T12:00:00Z
    call output=7 at=2026-10-06T12:00:00Z session=22222222-0000-4000-8000-000000000002
    sm usage daily
    exits 0
    rm "$CLAUDE_CONFIG_DIR"/projects/*/22222222*.jsonl
    sm usage explain --json
    exits 0
    json '[.rows[].cause] | join(" ")' log_is_gone
    json '.totals.output_tokens' -7
    adds_up here
}

@test "one session alone" {
    make_project
    call output=50 search=1 at=2026-10-06T12:00:00Z
    call output=7 search=2 at=2026-10-06T12:00:00Z session=22222222-0000-4000-8000-000000000002
    sm usage explain --session 22222222 --json
    exits 0
    json '.sides.rows[0].output_tokens' 7
    json '.totals.cost.usd_nanos' -20000000
    adds_up here
}

@test "lists as many calls as asked, and says that prices are ours for both" {
    make_project
    call search=1 at=2026-10-06T12:00:00Z
    call search=2 at=2026-10-06T12:00:00Z
    sm usage explain --calls 1
    exits 0
    says '1 more'
    says 'ours for both'
    sm usage explain --calls none
    exits 2
    complains "--calls 'none'"
}

@test "nothing to explain where there is no log" {
    sm usage explain
    exits 0
    says 'No difference.'
}

@test "a counter too large to be compared is told" {
    explain "$root/tests/counting/R06-impossible-counters"
    json '[.warnings[].code] | contains(["beyond"])' true
}

@test "filters it has not are refused, not passed over" {
    sm usage explain --model 'claude-*'
    exits 2
    complains 'no --project, --model'
}
