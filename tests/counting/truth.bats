# Generated months of logs: every figure by day, model and session equals their truth, to the token,
# and stays so whatever is done to the files afterwards.
load ../cli/common

setup() {
    clean_home
    now 2027-01-01T00:00:00Z
    corpus=$BATS_TEST_TMPDIR/corpus
}

corpus() { # OPTION...
    make_corpus "$corpus" "$@" || return
    export CLAUDE_CONFIG_DIR=$corpus
}

true_to_the_token() {
    "$root/tests/counting/truth.py" "$SESSION_MANAGER" "$corpus/truth.json"
}

reads_nothing_new() {
    sm sync --json
    exits 0
    json '.figures | [.logs_read.value, .lines_read.value]' '[0,0]'
}

fresh_ledger() {
    rm -rf "$XDG_DATA_HOME/session-manager"
}

# Project folders come one after the other, last first; the ledger sees each arrive.
in_steps() {
    local folder
    fresh_ledger
    mkdir -p "$BATS_TEST_TMPDIR/steps/projects"
    export CLAUDE_CONFIG_DIR=$BATS_TEST_TMPDIR/steps
    for folder in $(cd "$corpus/projects" && printf '%s\n' * | sort -r); do
        cp -r "$corpus/projects/$folder" "$CLAUDE_CONFIG_DIR/projects/"
        sm sync --json
        exits 0
    done
    true_to_the_token
    # Files one by one, the last first, each in two halves.
    fresh_ledger
    rm -r "$CLAUDE_CONFIG_DIR/projects"
    local file size
    while read -r file; do
        mkdir -p "$CLAUDE_CONFIG_DIR/$(dirname "$file")"
        size=$(stat -c %s "$corpus/$file")
        head -c $((size / 2)) "$corpus/$file" >"$CLAUDE_CONFIG_DIR/$file"
        sm sync --json
        tail -c +$((size / 2 + 1)) "$corpus/$file" >>"$CLAUDE_CONFIG_DIR/$file"
    done < <(cd "$corpus" && find projects -name '*.jsonl' | sort -r)
    true_to_the_token
}

after_changes() {
    local file
    # Newer times and the same content; a copy of each project beside it under another name.
    find "$corpus/projects" -name '*.jsonl' -exec touch {} +
    for file in "$corpus"/projects/*/; do
        cp -r "$file" "${file%/}-copy"
    done
    true_to_the_token
    # Every other log is gone, then all are.
    find "$corpus/projects" -name '*.jsonl' | sort | awk 'NR % 2' | xargs -d '\n' rm
    true_to_the_token
    rm -r "$corpus/projects"
    true_to_the_token
}

@test "seed 7: a month of 40 MB, read once and again" {
    corpus --seed 7 --sessions 60 --mb 40 --days 30 --projects 4
    true_to_the_token
    true_to_the_token
    reads_nothing_new
}

@test "seed 7 stays true when logs are touched, copied and deleted" {
    corpus --seed 7 --sessions 60 --mb 40 --days 30 --projects 4
    sm sync
    after_changes
}

@test "seed 11: read once and again, in steps, after changes" {
    corpus --seed 11 --sessions 14 --mb 8 --days 10 --projects 3
    true_to_the_token
    reads_nothing_new
    after_changes
}

@test "seed 12: in any order and in halves" {
    corpus --seed 12 --sessions 14 --mb 8 --days 12 --projects 4
    true_to_the_token
    in_steps
}

@test "seed 13: in any order and in halves, then changed" {
    corpus --seed 13 --sessions 16 --mb 8 --days 20 --projects 2
    in_steps
    export CLAUDE_CONFIG_DIR=$corpus
    true_to_the_token
    after_changes
}
