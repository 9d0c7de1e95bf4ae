load common

setup() {
    clean_home
    make_project
    sm start dev x
}

@test "a task is added, done, reopened and dropped, by number or by text" {
    sm task add write the parser
    exits 0
    complains 'task add: write the parser'
    sm task add "write the tests"
    sm task add release
    sm task done 1
    exits 0
    sm task done 'write the t'
    exits 0
    sm task drop release
    exits 0
    sm task list --json
    exits 0
    json '[.rows[] | [.task, .state, .text]]' \
        '[[1,"done","write the parser"],[2,"done","write the tests"],[3,"dropped","release"]]' ||
        json '[.rows[] | [.task, .state, .text]] | sort' \
        '[[1,"done","write the parser"],[2,"done","write the tests"],[3,"dropped","release"]]'
    sm task reopen 1
    exits 0
    jq -e '.metrics.progress_tracking | [.tasks_pending[] | .text] == ["write the parser"] and
        [.tasks_completed[] | .text] == ["write the tests"]' "$(session_file dev_20261006_1410)"
    jq -e '[.timeline[] | .event] | length > 5' "$(session_file dev_20261006_1410)"
}

@test "no task, an unknown or ambiguous one, an ended session: refused, nothing changed" {
    sm task add write the parser
    sm task add write the tests
    local before
    before=$(store_sum)
    sm task done
    refuses 2 'which task'
    sm task add
    exits 2
    sm task done 9
    exits 3
    sm task done nothing
    exits 3
    sm task done write
    exits 4
    sm task nonsense x
    refuses 2 "'nonsense' is not one of"
    sm task add "$(printf 'x%.0s' {1..2001})"
    refuses 2 'at most 2000 bytes'
    sm task add x --session plan_20200101_0000
    refuses 3 'no session'
    [ "$before" = "$(store_sum)" ]
    sm end
    sm task add late
    exits 3
    sm task add late --session dev_20261006_1410
    refuses 2 'has ended'
}

@test "a plain string written by hand is a task, too" {
    local file
    file=$(session_file dev_20261006_1410)
    jq '.metrics.progress_tracking.tasks_pending = ["by hand"]' "$file" >edited
    cp edited "$file"
    sm task
    exits 0
    says 'by hand'
    sm task done 'by hand'
    exits 0
    jq -e '.metrics.progress_tracking | (.tasks_pending | length) == 0 and (.tasks_completed | length) == 1' "$file"
}

@test "two open sessions need a name, --session gives it" {
    sm start plan y
    sm task add x
    refuses 4 'could be any of 2'
    sm task add x --session plan
    exits 0
    jq -e '.metrics.progress_tracking.tasks_pending | length == 1' "$(session_file plan_20261006_1410)"
}
