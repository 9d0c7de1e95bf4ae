load common

setup() {
    clean_home
    make_project
}

id_is() { # ID
    json .id "$1"
}

@test "each level begins at its own place, and its file is named to the letter" {
    sm start dev "Build the lint gate"; exits 0
    sm start prod 14 "Why do we sleep?"; exits 0
    sm start plan "the migration"; exits 0
    sm start coded "the importer"; exits 0
    [ -f .claude/level-1-dev/sessions/dev_20261006_1410.json ]
    [ -f .claude/level-2-production/sessions/ep_014_20261006_1410.json ]
    [ -f .claude/level-3-platform-dev/sessions/plan_20261006_1410.json ]
    [ -f .claude/level-4-coded/sessions/code_20261006_1410.json ]
    [ "$(find .claude -name '*.json' | wc -l)" -eq 4 ]
    jq -e '.session_id == "ep_014_20261006_1410" and .level == 2 and .type == "production" and
        .status == "active" and .episode == 14 and .purpose == "Why do we sleep?" and
        .started_at == "2026-10-06T14:10:00Z" and .ended_at == null' \
        .claude/level-2-production/sessions/ep_014_20261006_1410.json
}

@test "the id shows the local time of the start, the file UTC" {
    sm start dev x --tz America/New_York --json; exits 0; id_is dev_20261006_1010
    jq -e '.started_at == "2026-10-06T14:10:00Z"' "$(session_file dev_20261006_1010)"
    TZ=Asia/Kolkata sm start plan x --json; id_is plan_20261006_1940
}

@test "the same minute gives _2 and _3, and never a name twice" {
    sm start dev one --json; id_is dev_20261006_1410
    sm start dev two --parallel --json; id_is dev_20261006_1410_2
    sm end dev_20261006_1410; exits 0
    sm start dev three --parallel --json; id_is dev_20261006_1410_3
    now 2026-10-06T14:11:00Z
    sm start dev four --parallel --json; id_is dev_20261006_1411
}

@test "a level has many words, in any case" {
    local row word
    for row in '1 dev development 1 1-dev level-1 DEV Development' \
        '2 prod production 2 2-production level-2 Prod' \
        '3 plan planning platform 3 3-platform level-3 PLATFORM' \
        '4 coded code 4 4-coded level-4 Code'; do
        for word in ${row#* }; do
            sm start "$word" thing --parallel --json; exits 0
            json .level "${row%% *}"
            jq -e '.purpose == "thing"' "$(jq -r .path <<<"$output")" >/dev/null
        done
    done
}

@test "--level and --purpose go before the words" {
    sm start code review of parser --level dev --json; exits 0; json .level 1
    jq -e '.purpose == "code review of parser"' "$(session_file dev_20261006_1410)"
    sm start plan "old words" --purpose "new words" --json; exits 0; json .level 3
    jq -e '.purpose == "new words"' "$(session_file plan_20261006_1410)"
    sm start --level=4 --json -- --odd purpose; exits 0; json .level 4
    jq -e '.purpose == "--odd purpose"' "$(session_file code_20261006_1410)"
    sm start x --level nonsense; refuses 2 "unknown level 'nonsense'; levels are dev, prod, plan, coded"
}

@test "the three sentences that begin with a level's word have their documented answers" {
    sm start plan the migration --json; json .level 3
    jq -e '.purpose == "the migration"' "$(session_file plan_20261006_1410)"
    sm start code review of parser --json; json .level 4
    jq -e '.purpose == "review of parser"' "$(session_file code_20261006_1410)"
    now 2026-10-06T14:11:00Z
    sm end plan; exits 0
    sm start 3 bugs left --json; json .level 3
    jq -e '.purpose == "bugs left"' "$(session_file plan_20261006_1411)"
}

@test "without a level's word the purpose tells, then the last session, then nothing does" {
    sm start something
    refuses 2 'which level? start dev, prod, plan or coded (or 1 to 4)'
    [ ! -e .claude/level-1-dev ]
    sm start the "Design of the store"; exits 0
    says 'planning, from the purpose'
    says '--level'
    now 2026-10-06T14:11:00Z
    sm start deploy it; exits 0; says 'coded, from the purpose'
    now 2026-10-06T14:12:00Z
    sm end code; exits 0
    sm start something; exits 0; says 'coded, as the last session here'
    says code_20261006_1412
}

@test "the user's own level words go before the built-in ones" {
    sm config set level_words.design prod; exits 0
    sm config set level_words.gardening dev; exits 0
    sm start design the cover --json; json .level 2
    sm start Gardening in spring --json; json .level 1
}

@test "an episode is a number, else one more than the highest; other text is the title" {
    sm start prod --json; id_is ep_001_20261006_1410
    sm start prod 14 "Why do we sleep?" --json; id_is ep_014_20261006_1410
    sm start prod "The deep sea"; exits 0
    says ep_015_20261006_1410; says 'episode 15'; says 'The deep sea'
    sm start prod 1000 --json; id_is ep_1000_20261006_1410
    sm start production ep_016 --json; id_is ep_016_20261006_1410
    sm start prod 007 bond --json; id_is ep_007_20261006_1410
    jq -e '.episode == 7 and .purpose == "bond"' "$(session_file ep_007_20261006_1410)"
    sm start prod 0; refuses 2 'from 1 to'
    sm start prod 1000000000; refuses 2 'from 1 to'
    sm start prod 99999999999999999999 --parallel; exits 2
}

@test "an ended episode still counts for the next number" {
    sm start prod 41; exits 0
    sm end ep_041; exits 0
    sm start prod --json; id_is ep_042_20261006_1410
}

@test "an open session of the level or the episode refuses another and is named" {
    sm start dev one; exits 0
    sm start prod 14; exits 0
    local before
    before=$(store_sum)
    sm start dev two; refuses 7 'dev_20261006_1410 is active already; end it first'
    complains '--parallel'
    sm start prod 14; refuses 7 'ep_014_20261006_1410 is active already'
    [ "$before" = "$(store_sum)" ]
    sm start prod 15; exits 0
    sm start prod 14 --parallel --json; id_is ep_014_20261006_1410_2
    sm start plan x; exits 0
    sm end dev_20261006_1410; exits 0
    sm start dev two --json; id_is dev_20261006_1410_2
}

@test "budget, estimate, tags and tasks are kept as said" {
    sm start dev x --budget 4.25 --estimate 1h30m --tag area=ui --tag 'ticket=A=1' --task first --task second; exits 0
    jq -e '.budget == 4.25 and .estimate_minutes == 90 and .tags == {"area":"ui","ticket":"A=1"} and
        [.metrics.progress_tracking.tasks_pending[] | .text] == ["first","second"]' \
        "$(session_file dev_20261006_1410)"
    now 2026-10-06T14:11:00Z
    sm start plan x --estimate 35m --budget '$3' --json; exits 0
    jq -e '.budget == 3 and .estimate_minutes == 35' "$(session_file plan_20261006_1411)"
}

@test "a budget, estimate, tag or time that is none is refused, and nothing is written" {
    local word
    for word in abc -1 1.2.3 '' 1e5 99999999999999999999 nan; do
        sm start dev x --budget "$word"; refuses 2 "--budget '$word' is not an amount"
    done
    for word in abc -5m 1x '' 99999999999999999999h; do
        sm start dev x --estimate "$word"; refuses 2 "--estimate '$word' is not a time"
    done
    for word in nothing =x ''; do
        sm start dev x --tag "$word"; refuses 2 "--tag '$word' is not key=value"
    done
    for word in abc 25:00 14:60 2026-13-01T00:00:00Z '' '2026-10-06'; do
        sm start dev x --at "$word"; refuses 2 "--at '$word' is not a time"
    done
    sm start dev x --at 14:11; refuses 2 'in the future'
    sm start dev x --nonsense; refuses 2 "no option '--nonsense'"
    sm start dev x --budget; refuses 2 "'--budget' needs a value"
    sm start dev x --parallel=yes; refuses 2 "'--parallel' takes no value"
    [ -z "$(find .claude -name '*.json' 2>/dev/null)" ]
}

@test "--at begins earlier, in local time or any other" {
    sm start dev x --at 13:55 --json; id_is dev_20261006_1355
    sm start plan x --at '2026-10-05 23:50' --json; id_is plan_20261005_2350
    sm start coded x --at 2026-10-06T15:00:00+02:00 --json; id_is code_20261006_1300
    jq -e '.started_at == "2026-10-05T23:50:00Z"' "$(session_file plan_20261005_2350)"
    sm start prod 1 --at '2026-03-29 02:30' --tz Europe/Berlin --json; exits 0
}

@test "the answer says what was taken, and what was written goes to standard error" {
    sm start dev "Build the lint gate"; exits 0
    says 'Started'; says 'dev_20261006_1410  Build the lint gate'
    says 'development, as said; another: start --level dev|prod|plan|coded'
    complains "wrote $project/.claude/level-1-dev/sessions/dev_20261006_1410.json"
    sm start plan x --quiet; exits 0
    [ -z "$stderr" ]
    sm start coded x --json; exits 0
    json '[.id, .path, .level]' "[\"code_20261006_1410\",\"$project/.claude/level-4-coded/sessions/code_20261006_1410.json\",4]"
    json '[.schema, .schema_version]' '["session-manager/start",1]'
    complains 'wrote '
}

@test "the timeline begins with the start and its circumstances" {
    git checkout -q -b topic/x
    sm start dev "the purpose"; exits 0
    jq -e --arg head "$(git rev-parse HEAD)" '.timeline[0] | .event == "start" and .level == 1 and
        .at == "2026-10-06T14:10:00Z" and .purpose == "the purpose" and .project == "project" and
        .branch == "topic/x" and .git_head == $head and .template == "development" and
        .by == "command line"' "$(session_file dev_20261006_1410)"
}

@test "without a purpose and a terminal it stays open until the agent's first prompt tells at the end" {
    sm start dev; exits 0
    says "(purpose: from the agent's first prompt)"
    jq -e '.purpose == null' "$(session_file dev_20261006_1410)"
    prompt 'too early' at=2026-10-06T14:00:00Z
    prompt 'Make the linter faster' at=2026-10-06T14:12:00Z
    prompt 'and then stop' at=2026-10-06T14:13:00Z
    now 2026-10-06T14:30:00Z
    sm end; exits 0
    says 'Make the linter faster'
    jq -e '.purpose == "Make the linter faster"' "$(session_file dev_20261006_1410)"
}

@test "started inside an agent it is bound to it, and the agent's first prompt is the purpose" {
    prompt 'Other work' session=other at=2026-10-06T13:00:00Z
    prompt 'Write the parser' session=mine at=2026-10-06T14:05:00Z
    CLAUDE_CODE_SESSION_ID=mine sm start dev; exits 0
    says 'Write the parser'
    jq -e '.purpose == "Write the parser" and .timeline[0].by == "agent" and
        (.agent_sessions | length == 1) and .agent_sessions[0].id == "mine"' \
        "$(session_file dev_20261006_1410)" || { cat "$(session_file dev_20261006_1410)"; false; }
    CLAUDE_CODE_SESSION_ID=mine sm start plan "own words"; exits 0
    jq -e '.purpose == "own words"' "$(session_file plan_20261006_1410)"
}

@test "a git project without .claude takes the data, never the home that has one" {
    mkdir -p "$HOME/work/app/src/deep"
    cd "$HOME/work/app/src/deep"
    git -C "$HOME/work/app" init -q
    sm start dev x; exits 0
    [ -f "$HOME/work/app/.claude/level-1-dev/sessions/dev_20261006_1410.json" ]
    [ ! -e "$HOME/.claude/level-1-dev" ]
    [ ! -e .claude ]
    mkdir -p "$HOME/plain/folder"
    cd "$HOME/plain/folder"
    sm start dev x; exits 0
    [ -f "$HOME/plain/folder/.claude/level-1-dev/sessions/dev_20261006_1410.json" ]
    [ -z "$(ls -A "$HOME/.claude")" ]
}

@test "in the home itself it refuses and says what to do; --store may name it" {
    cd "$HOME"
    sm start dev x; exits 2
    complains '--store'
    [ -z "$(ls -A "$HOME/.claude")" ]
    cd "$HOME/.claude"
    sm start dev x; exits 2
    [ -z "$(ls -A "$HOME/.claude")" ]
    sm start dev x --store "$HOME"; exits 0
    [ -f "$HOME/.claude/level-1-dev/sessions/dev_20261006_1410.json" ]
    sm start dev x --store "$HOME/no-such-folder"; refuses 2 no-such-folder
    [ ! -e "$HOME/no-such-folder" ]
}

@test "the nearest folder with .claude below or at the git root is the project, not one above it" {
    mkdir -p part/.claude part/inner ../.claude
    cd part/inner
    sm start dev x; exits 0
    [ -f "$project/part/.claude/level-1-dev/sessions/dev_20261006_1410.json" ]
    cd "$project"
    sm start dev x; exits 0
    [ -f "$project/.claude/level-1-dev/sessions/dev_20261006_1410.json" ]
    [ ! -e ../.claude/level-1-dev ]
}

@test "a worktree shares the store of its main tree" {
    git worktree add -q ../tree -b tree
    cd ../tree
    sm start dev x; exits 0
    [ -f "$project/.claude/level-1-dev/sessions/dev_20261006_1410.json" ]
    [ ! -e .claude ]
    jq -e '.timeline[0].branch == "tree"' "$(session_file dev_20261006_1410)"
    cd "$project"
    sm status --json; json '.rows[0].id' dev_20261006_1410
}

@test "folders are for the owner alone, files too, whatever the umask" {
    umask 000
    sm start dev x; exits 0
    sm end; exits 0
    local folder
    for folder in .claude/level-1-dev .claude/level-1-dev/sessions .claude/session-manager \
        .claude/level-1-dev/sessions/archive/2026 "$XDG_DATA_HOME/session-manager" "$XDG_CACHE_HOME/session-manager"; do
        [ "$(stat -c %a "$folder")" = 700 ] || { stat -c '%a %n' "$folder"; false; }
    done
    [ -z "$(find .claude "$XDG_DATA_HOME" "$XDG_CACHE_HOME" -type f -not -perm 600 -not -name .gitignore)" ]
}

@test "a template of the project shapes a new session, and its name and hash are kept" {
    sm template init dev; exits 0
    jq '.name = "mine" | .budget = 7.5 | .estimate_minutes = 20 | .session.extra = {"a":[1]}' \
        .claude/session-manager/templates/development.json >changed
    cp changed .claude/session-manager/templates/development.json
    sm start dev x; exits 0
    jq -e '.budget == 7.5 and .estimate_minutes == 20 and .extra.a == [1] and .template.name == "mine" and
        (.template.hash | test("^xxh3:[0-9a-f]{16}$"))' "$(session_file dev_20261006_1410)"
    sm start dev y --parallel --budget 1; exits 0
    jq -e '.budget == 1' "$(session_file dev_20261006_1410_2)"
}

@test "an estimate longer than a year is a slip" {
    sm start dev x --estimate 99999999999h
    refuses 2 "--estimate '99999999999h'"
    sm start dev x --estimate 8784h
    exits 0
}
