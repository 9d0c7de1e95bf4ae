# common - every CLI test file begins with `load common` and has from it a clean home, a fixed clock,
# the program, and words to make its input and to look at its answer.
#
#   SESSION_MANAGER   the program under test (set by meson)
#   SM_WRAP           what to run it under: valgrind ...
#
# Words follow each other with `;` or on lines of their own, never with `&&`: there bash does not
# stop at the first that fails, and a test that should fail would pass.
bats_require_minimum_version 1.5.0

root=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)

: "${SESSION_MANAGER:?is not set: the program under test}"

# A file with a setup of its own calls clean_home first.
setup() {
    clean_home
}

# Nothing of the caller's environment is left that the program, git or the agent would look at.
clean_home() {
    local name
    for name in "${!XDG_@}" "${!CLAUDE@}" "${!SESSION_MANAGER_@}" "${!GIT_@}" NO_COLOR COLUMNS; do
        unset "$name"
    done
    export HOME=$BATS_TEST_TMPDIR/home LC_ALL=C.UTF-8 TZ=UTC TERM=dumb
    export XDG_CONFIG_HOME=$HOME/.config XDG_DATA_HOME=$HOME/.local/share
    export XDG_CACHE_HOME=$HOME/.cache XDG_STATE_HOME=$HOME/.local/state
    export CLAUDE_CONFIG_DIR=$HOME/.claude
    export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
    mkdir -p "$HOME" "$CLAUDE_CONFIG_DIR"
    now 2026-10-06T14:10:00Z
    cd "$HOME" || return
}

now() { # TIME: what the program takes for now
    export SESSION_MANAGER_NOW=$1
}

# Run the program: $status, $output (standard output alone), $stderr. A crash, or an error found by a
# sanitizer or valgrind, fails the test whatever it expects.
sm() { # ARGUMENT...
    # shellcheck disable=SC2086 # SM_WRAP is a command with its options
    run --separate-stderr ${SM_WRAP:-} "$SESSION_MANAGER" "$@" </dev/null
    # shellcheck disable=SC2154 # set by run
    if [ "$status" -eq 99 ] || [ "$status" -ge 126 ]; then
        show_answer
        return 1
    fi
}

show_answer() {
    # shellcheck disable=SC2154
    printf 'status %s\n--- output\n%s\n--- stderr\n%s\n' "$status" "$output" "$stderr"
}

exits() { # CODE: what the last sm must have ended with
    [ "$status" -eq "$1" ] || { echo "expected exit code $1"; show_answer; return 1; }
}

says() { # TEXT: must stand in the output
    [[ $output == *"$1"* ]] || { echo "expected in the output: $1"; show_answer; return 1; }
}

complains() { # TEXT: must stand in what went to standard error
    [[ $stderr == *"$1"* ]] || { echo "expected on standard error: $1"; show_answer; return 1; }
}

lacks() { # TEXT: must stand neither in the output nor on standard error
    [[ $output$stderr != *"$1"* ]] || { echo "not expected: $1"; show_answer; return 1; }
}

# The last sm must have failed with this code and one line that tells of it, on standard error alone.
refuses() { # CODE TEXT
    exits "$1" || return
    [ -z "$output" ] && [ "$(wc -l <<<"$stderr")" -eq 1 ] ||
        { echo 'expected one line, on standard error'; show_answer; return 1; }
    complains "$2"
}

# Neither answer of the last sm may hold a control byte (other than the line end), a C1 control, a
# bidirectional control or bytes that are no UTF-8: each could make a terminal lie.
harmless() {
    printf '%s\n%s\n' "$output" "$stderr" | python3 -c '
import sys, unicodedata
text = sys.stdin.buffer.read().decode("utf-8")
bad = sorted({hex(ord(c)) for c in text if c != "\n" and unicodedata.category(c) == "Cc"
              or 0x202a <= ord(c) <= 0x202e or 0x2066 <= ord(c) <= 0x2069 or ord(c) in (0x200e, 0x200f, 0x61c)})
sys.exit(f"in the answer: {bad}" if bad else 0)' || { show_answer | cat -v; return 1; }
}

# One line for everything the project holds, to compare before and after.
store_sum() { # [DIR]
    (cd "${1:-$project}/.claude" 2>/dev/null && find . -not -name lock -printf '%p %y %m %s %T@\n' | sort |
        cat - <(find . -type f -not -name lock -print0 | sort -z | xargs -0 sha256sum) | sha256sum)
}

session_file() { # ID: where it lies now
    find "$project/.claude" -name "$1.json" | head -n 1
}

json() { # FILTER VALUE: what jq must find in the output
    local found
    found=$(jq -rc "$1" <<<"$output") || { show_answer; return 1; }
    [ "$found" = "$2" ] || { echo "$1 is $found, not $2"; show_answer; return 1; }
}

# The output must be tests/golden/NAME, byte for byte; `./dev bless` writes it anew.
golden() { # NAME
    local file=$root/tests/golden/$1
    if [ -n "${BLESS:-}" ]; then
        printf '%s\n' "$output" >"$file"
    fi
    diff -u "$file" <(printf '%s\n' "$output")
}

# A git repository with one commit, entered; its path is in $project.
make_project() { # [NAME]
    project=$BATS_TEST_TMPDIR/${1:-project}
    mkdir -p "$project"
    cd "$project" || return
    git init -q -b main
    GIT_AUTHOR_DATE=2026-10-01T09:00:00Z GIT_COMMITTER_DATE=2026-10-01T09:00:00Z \
        git -c user.name=Test -c user.email=test@localhost commit -q --allow-empty -m 'first'
}

# Append one API call to an agent session's transcript. Words are key=value, in any order:
# at model input output read write5m write1h search | id request session cwd sidechain tool
call() {
    local at=$SESSION_MANAGER_NOW model=claude-opus-4-5 input=10 output=20 read=0 write5m=0 write1h=0 \
        search=0 session=11111111-0000-4000-8000-000000000001 cwd=$PWD sidechain=false tool='' word
    calls_made=$((${calls_made:-0} + 1))
    local id=msg_$calls_made request=req_$calls_made
    for word in "$@"; do
        case ${word%%=*} in
        at | model | input | output | read | write5m | write1h | search | id | request | session | cwd | sidechain | tool)
            printf -v "${word%%=*}" %s "${word#*=}" ;;
        *) echo "call: what is $word?"; return 1 ;;
        esac
    done
    jq -nc --arg at "$at" --arg model "$model" --arg id "$id" --arg request "$request" \
        --arg session "$session" --arg cwd "$cwd" --arg tool "$tool" --arg uuid "uuid-$calls_made" \
        --argjson input "$input" --argjson output "$output" --argjson read "$read" \
        --argjson write5m "$write5m" --argjson write1h "$write1h" --argjson search "$search" \
        --argjson sidechain "$sidechain" '
        { type: "assistant", uuid: $uuid, timestamp: $at, sessionId: $session, cwd: $cwd,
          isSidechain: $sidechain, version: "2.1.300", requestId: $request,
          message: { id: $id, type: "message", role: "assistant", model: $model,
            content: [if $tool == "" then { type: "text", text: "done" }
                      else { type: "tool_use", id: "toolu_\($uuid)", name: $tool, input: {} } end],
            stop_reason: "end_turn",
            usage: { input_tokens: $input, output_tokens: $output, cache_read_input_tokens: $read,
              cache_creation_input_tokens: ($write5m + $write1h),
              cache_creation: { ephemeral_5m_input_tokens: $write5m,
                                ephemeral_1h_input_tokens: $write1h },
              server_tool_use: { web_search_requests: $search },
              service_tier: "standard", speed: "standard" } } }' |
        transcript "session=$session" "cwd=$cwd"
}

# Append lines from standard input to an agent session's transcript, as they are.
transcript() { # [session=ID] [cwd=DIR]
    local session=11111111-0000-4000-8000-000000000001 cwd=$PWD word folder
    for word in "$@"; do
        printf -v "${word%%=*}" %s "${word#*=}"
    done
    folder=$CLAUDE_CONFIG_DIR/projects/${cwd//[^A-Za-z0-9]/-}
    mkdir -p "$folder"
    cat >>"$folder/$session.jsonl"
}

# Append what a person said to an agent. Words: at session cwd
prompt() { # TEXT WORD...
    local at=$SESSION_MANAGER_NOW session=11111111-0000-4000-8000-000000000001 cwd=$PWD text=$1 word
    calls_made=$((${calls_made:-0} + 1))
    for word in "${@:2}"; do
        printf -v "${word%%=*}" %s "${word#*=}"
    done
    jq -nc --arg at "$at" --arg text "$text" --arg session "$session" --arg cwd "$cwd" \
        --arg uuid "uuid-$calls_made" '
        { type: "user", uuid: $uuid, timestamp: $at, sessionId: $session, cwd: $cwd,
          isSidechain: false, version: "2.1.300", message: { role: "user", content: $text } }' |
        transcript "session=$session" "cwd=$cwd"
}

# Append the result of the tool that the last call used.
result() { # [error=true] [at=TIME] [session=ID] [cwd=DIR]
    local at=$SESSION_MANAGER_NOW error=false session=11111111-0000-4000-8000-000000000001 cwd=$PWD word
    for word in "$@"; do
        printf -v "${word%%=*}" %s "${word#*=}"
    done
    jq -nc --arg at "$at" --arg session "$session" --arg cwd "$cwd" --argjson error "$error" \
        --arg uuid "result-$calls_made" --arg tool "toolu_uuid-$calls_made" '
        { type: "user", uuid: $uuid, timestamp: $at, sessionId: $session, cwd: $cwd,
          isSidechain: false, version: "2.1.300",
          message: { role: "user", content: [
            { type: "tool_result", tool_use_id: $tool, content: "out", is_error: $error }] } }' |
        transcript "session=$session" "cwd=$cwd"
}

# A generated month of logs with its truth.json; skips where the generator is not beside the clone.
make_corpus() { # DIR OPTION...
    [ -f "$root/../shared/tools/make_transcripts.py" ] || skip 'no corpus generator beside this clone'
    python3 "$root/../shared/tools/make_transcripts.py" "$@" >/dev/null 2>&1
}
