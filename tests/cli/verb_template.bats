load common

setup() {
    clean_home
    make_project
}

@test "the built-in templates are shown as JSON that can be piped, and pass their own check" {
    local level
    for level in dev prod plan coded; do
        sm template show "$level"
        exits 0
        jq -e '.schema == "session-manager/template" and (.session.metrics.quality_tracking.quality_scores.overall == null)' <<<"$output"
    done
    sm template check
    exits 0
    says 'development'
    says '(built in)'
    sm template check --json
    exits 0
    [ ! -e .claude ]
}

@test "init writes the project's own, once, and check names its place" {
    sm template init plan
    exits 0
    complains "wrote $project/.claude/session-manager/templates/planning.json"
    diff .claude/session-manager/templates/planning.json <(sm template show plan && echo "$output")
    sm template init plan
    refuses 7 'exists already'
    sm template check
    exits 0
    says "$project/.claude/session-manager/templates/planning.json"
}

@test "a broken template is refused with its place, by check and by start" {
    sm template init dev
    printf '{\n "name": oops }\n' >.claude/session-manager/templates/development.json
    sm template check
    exits 6
    complains 'development.json:2:'
    sm start dev x
    exits 6
    sm start plan x
    exits 0
    [ ! -e .claude/level-1-dev/sessions/dev_20261006_1410.json ]
}

@test "an action or level that is none is refused" {
    sm template
    refuses 2 'action is missing'
    sm template edit dev
    refuses 2 "'edit' is not one of"
    sm template show
    refuses 2 'which level'
    sm template show nonsense
    refuses 2 'which level'
}
