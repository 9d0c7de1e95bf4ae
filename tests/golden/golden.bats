# Every screen, byte for byte, from one shelf, one log and one instant. `./dev bless` writes them anew.
load ../cli/common

# The place has a path of one length everywhere, so that lines are cut alike; goldens name it $PLACE.
setup() {
    clean_home
    place=$(mktemp -d "/tmp/sm-golden-XXXXXXXX")
    export HOME=$place/home
    export XDG_CONFIG_HOME=$HOME/.config XDG_DATA_HOME=$HOME/.local/share XDG_CACHE_HOME=$HOME/.cache
    export CLAUDE_CONFIG_DIR=$HOME/.claude
    BATS_TEST_TMPDIR=$place
    mkdir -p "$CLAUDE_CONFIG_DIR"
    make_project
    fill
}

teardown() {
    rm -rf "$place"
}

fill() {
    now 2026-10-05T09:00:00Z
    sm start plan "The move to one ledger" --task requirements --task design --estimate 1h
    now 2026-10-05T11:00:00Z
    call at=2026-10-05T09:10:00Z input=2400 output=3100 read=180000 write5m=22000
    call at=2026-10-05T09:14:00Z input=900 output=5200 read=205000 write5m=3000
    sm task done requirements
    sm end
    now 2026-10-06T13:00:00Z
    sm start dev "Build the lint gate" --budget 1.00 --estimate 35m --task "write the gate" --task "write its tests"
    now 2026-10-06T14:00:00Z
    sm start prod 14 "Why do we sleep?" --budget 5 --task script --task audio --task "show notes"
    call at=2026-10-06T13:05:00Z input=1500 output=12000 read=400000 write5m=30000 tool=Bash
    result at=2026-10-06T13:05:20Z
    call at=2026-10-06T13:09:00Z model=claude-sonnet-4-5 input=800 output=9000 read=90000 tool=WebSearch search=2
    result at=2026-10-06T13:09:30Z error=true
    call at=2026-10-06T14:02:00Z session=22222222-0000-4000-8000-000000000002 input=600 output=2000 write1h=8000 tool=mcp__ElevenLabs__speak
    result at=2026-10-06T14:03:00Z session=22222222-0000-4000-8000-000000000002
    call at=2026-10-06T08:00:00Z model=local-model-1 input=50 output=70 session=33333333-0000-4000-8000-000000000003
    sm task done "write the gate" --session dev
    now 2026-10-06T14:10:00Z
}

# Compare one screen, with the places of this run taken out.
screen() { # NAME ARGUMENT...
    sm "${@:2}"
    output=${output//$place\/project/\$PROJECT}
    output=${output//$place/\$PLACE}
    golden "$1"
}

both_widths() { # NAME ARGUMENT...
    COLUMNS=80 screen "$1.80.txt" "${@:2}"
    COLUMNS=120 screen "$1.120.txt" "${@:2}"
}

@test "screens of every reading verb are as they were, at 80 and 120 columns" {
    both_widths status status
    both_widths report-today report today
    both_widths report-week report week
    both_widths show show plan_20261005_0900
    both_widths list list
    both_widths usage-daily usage daily
    both_widths usage-model usage model
    both_widths help help
    both_widths help-all help --all
    both_widths help-start help start
    both_widths config config list
    both_widths doctor doctor
}

@test "screens of the verbs that write are as they were" {
    COLUMNS=80 screen start.txt start coded "The importer" --budget 2
    COLUMNS=80 screen task.txt task add "one more" --session ep_14
    COLUMNS=80 screen end.txt end ep_14 --unfinished
    COLUMNS=80 screen end-dev.txt end dev
}

@test "JSON and Markdown are as they were" {
    screen status.json status --json
    screen report-today.json report today --json
    screen show.json show plan_20261005_0900 --json
    screen list.json list --json
    screen usage-daily.json usage daily --json
    screen report-today.md report today --format md
    screen usage-daily.md usage daily --format md
    screen error.json show nonsense --json
    screen start.json start coded "The importer" --json
    screen end.json end ep_14 --json
}

@test "colours and plain ASCII are as they were" {
    COLUMNS=80 screen status.color.txt status --color always
    LC_ALL=C COLUMNS=80 screen status.ascii.txt status
}

@test "an empty store's first screen is as it was" {
    make_project other
    rm -rf "$XDG_DATA_HOME" "$CLAUDE_CONFIG_DIR/projects"
    COLUMNS=80 screen empty.txt status
}
