load common

@test "it says what was read, and the second time reads nothing" {
    make_project
    call at=2026-10-05T10:00:00Z
    call at=2026-10-06T10:00:00Z model=mystery-1 session=s2
    sm sync --json
    exits 0
    json '.figures | [.logs_read.value, .lines_read.value, .logs.value, .agent_sessions.value, .days.value]' '[2,2,2,2,2]'
    json '[.totals.calls, .warnings[0].code]' '[2,"unpriced_model"]'
    sm sync --json
    json '.figures | [.logs_read.value, .lines_read.value, .bytes_read.value, .logs.value]' '[0,0,0,2]'
    call at=2026-10-06T11:00:00Z
    sm sync --json
    json '.figures | [.logs_read.value, .lines_read.value]' '[1,1]'
    json .totals.calls 3
    sm sync
    says 'Usage found'
    says 'session-manager usage daily'
}

@test "damaged lines are counted and named by file and byte" {
    make_project
    call at=2026-10-05T10:00:00Z
    echo '{"type":"assistant", broken' | transcript
    call at=2026-10-05T11:00:00Z
    sm sync
    exits 0
    says '1 lines could not be read'
    says 'a key is missing'
    sm sync --json
    json '[.warnings[] | .code]' '["damaged_lines","damaged_line"]'
    json .totals.calls 2
    sm usage --json
    json '.warnings | length' 1
}

@test "several folders and ~/.config/claude are all read, and one named twice once" {
    make_project
    call
    mkdir -p "$XDG_CONFIG_HOME/claude" "$BATS_TEST_TMPDIR/second"
    CLAUDE_CONFIG_DIR=$XDG_CONFIG_HOME/claude call session=b
    CLAUDE_CONFIG_DIR=$BATS_TEST_TMPDIR/second call session=c
    export CLAUDE_CONFIG_DIR=$HOME/.claude,$BATS_TEST_TMPDIR/second,$HOME/.claude
    sm sync --json
    exits 0
    json .totals.calls 3
}

@test "no logs at all is no mistake" {
    rm -r "$CLAUDE_CONFIG_DIR"
    sm sync
    exits 0
    sm sync --json
    exits 0
    json .figures.logs.value 0
}
