load common

setup() {
    clean_home
    make_project
    make_project other
    call at=2026-10-06T12:00:00Z model=claude-sonnet-4-5 input=1000 output=2000 session=s2
    cd ../project
    project=$PWD
    call at=2026-09-30T23:30:00Z input=100 output=200 session=s1
    call at=2026-10-01T00:30:00Z input=1 output=2 read=30000 write5m=400 write1h=500 search=1 session=s1
    call at=2026-10-05T10:00:00Z model=mystery-1 input=9 session=s3
}

rows_add_up() {
    local key
    for key in calls input_tokens output_tokens cache_write_tokens cache_write_5m_tokens \
        cache_write_1h_tokens cache_read_tokens total_tokens web_searches; do
        json "([.rows[] | .$key] | add) == .totals.$key" true
    done
    json '([.rows[] | .cost.usd_nanos // 0] | add) == .totals.cost.usd_nanos' true
    json '.totals | [.calls, .total_tokens, .web_searches, .cost.usd_nanos, .cost.complete]' '[4,34232,1,71055000,false]'
    json '[.totals, .rows[]] | all(.total_tokens == .input_tokens + .output_tokens + .cache_write_tokens + .cache_read_tokens
        and .cache_write_tokens == .cache_write_5m_tokens + .cache_write_1h_tokens)' true
}

@test "each of the six groupings holds every call once and adds up to the same total" {
    local row
    for row in 'daily:day:["2026-09-30","2026-10-01","2026-10-05","2026-10-06"]' \
        'weekly:week:["2026-W40","2026-W41"]' 'monthly:month:["2026-09","2026-10"]' \
        'session:session:["s1","s2","s3"]' 'model:model:["claude-opus-4-5","claude-sonnet-4-5","mystery-1"]' \
        "project:project:[\"$BATS_TEST_TMPDIR/other\",\"$BATS_TEST_TMPDIR/project\"]"; do
        sm usage "${row%%:*}" --json
        exits 0
        row=${row#*:}
        json "[.rows[] | .${row%%:*}] | sort" "${row#*:}"
        rows_add_up
    done
    sm usage --json
    json '[.rows[] | .day] | length' 4
    sm usage yearly
    refuses 2 "'yearly' is not one of"
}

@test "money is that of the list, by hand" {
    sm usage daily --json
    # 100*5 + 200*25; 1*5 + 2*25 + 30000*0.5 + 400*6.25 + 500*10, and a search at a cent; 1000*3 + 2000*15 dollars a million
    json '[.rows[] | .cost.usd_nanos]' '[5500000,32555000,null,33000000]'
    json '[.rows[] | .cost.complete]' '[true,true,false,true]'
    json '.warnings[0].code' unpriced_model
    sm usage daily
    says '2026-09-30'
    says '—'
    says '$0.07'
}

@test "days are those of the zone asked for" {
    sm usage daily --json --tz America/New_York
    json '[.rows[] | .day]' '["2026-09-30","2026-10-05","2026-10-06"]'
    json .window.tz America/New_York
    rows_add_up
    TZ=Asia/Tokyo sm usage daily --json
    json '.rows[0] | [.day, .calls]' '["2026-10-01",2]'
    sm config set timezone America/New_York
    env -u TZ true
    unset TZ
    sm usage daily --json
    json '.rows[0] | [.day, .calls]' '["2026-09-30",2]'
    sm usage --tz Mars/Base
    exits 2
}

@test "since, until, project and model narrow it" {
    sm usage --since 2026-10-01 --json
    json .totals.calls 3
    sm usage --until 2026-09-30 --json
    json .totals.calls 1
    sm usage --since 2026-10-01 --until 2026-10-05 --json
    json .totals.calls 2
    sm usage --since 6d --json
    json .totals.calls 3
    sm usage --since 2026-W41 --json
    json .totals.calls 2
    sm usage --project . --json
    json .totals.calls 3
    sm usage --project 'oth*' --json
    json .totals.calls 1
    sm usage --project "$BATS_TEST_TMPDIR/other" --json
    json .totals.calls 1
    sm usage --project nowhere --json
    exits 0
    json '[.rows, .totals.calls]' '[[],0]' || json '.rows' '[]'
    sm usage --model 'claude-*' --json
    json .totals.calls 3
    sm usage --model mystery-1 --json
    json '[.totals.calls, .totals.cost.usd_nanos]' '[1,null]'
    sm usage --since 2026-10-05 --until 2026-10-01
    refuses 2 'is before'
    sm usage --since nonsense
    exits 2
}

@test "it works in the home, without any session, and answers nothing found with exit 0" {
    cd "$HOME"
    sm usage --json
    exits 0
    json .totals.calls 4
    rm -r "$CLAUDE_CONFIG_DIR" "$XDG_DATA_HOME"
    sm usage
    exits 0
    sm usage --json
    exits 0
    json .rows '[]'
}

@test "Markdown is a table with the same figures" {
    sm usage daily --format md
    exits 0
    says '| DAY |'
    says '| 2026-09-30 |'
}

@test "a day that begins within a quarter of an hour parts its calls there" {
    { call at=2026-10-06T00:05:00Z; call at=2026-10-06T00:12:00Z; } | transcript session=quarter
    sm config set day_start 00:10
    sm usage daily --since 2026-10-05 --json
    json '[.rows[] | [.day, .calls]]' '[["2026-10-05",2],["2026-10-06",2]]'
}
