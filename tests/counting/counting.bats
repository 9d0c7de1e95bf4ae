# Every rule of docs/counting.md that has a log made by hand: tokens and nano-dollars, to the unit.
load ../cli/common

rules() { # PREFIX...
    local prefix folders=()
    for prefix in "$@"; do
        folders+=("$BATS_TEST_DIRNAME/$prefix"*/)
    done
    python3 "$BATS_TEST_DIRNAME/compare.py" "$SESSION_MANAGER" "${folders[@]}"
}

@test "R01-R04: only what the API reported for a request is a call" {
    rules R01 R02 R03 R04
}

@test "R05-R06: missing counters are 0, impossible ones are not used" {
    rules R05 R06
}

@test "R07-R09: white space, damaged lines and unfinished ends" {
    rules R07 R08 R09
}

@test "R10-R13: each call once, by its key" {
    rules R10 R11 R12 R13
}

@test "R14-R16: the most complete record, nested records, replayed side questions" {
    rules R14 R15 R16
}

@test "R17-R18: subagents count, iterations do not but for an old advisor's" {
    rules R17 R18
}

@test "R20-R22: cache writes and web searches" {
    rules R20 R21
}

@test "R24-R28: prices by kind, day, name, context and speed" {
    rules R24 R25 R26 R27 R28
}

@test "R29-R33: place, tier, unknown prices, rounding" {
    rules R29 R30 R31 R33
}

@test "R35, R38 and R44: the time of a call, its session, and what was counted stays" {
    rules R35 R38 R44
}

@test "no folder of a rule is left out above" {
    local folder name
    for folder in "$BATS_TEST_DIRNAME"/R*/; do
        name=$(basename "$folder")
        grep -qE "^    rules .*${name%%-*}( |$)" "$BATS_TEST_FILENAME" || { echo "$name"; return 1; }
        [ -f "$folder/expected.json" ]
    done
}
