load common

setup() {
    clean_home
    make_project
}

@test "every setting is listed with its value, where it is from and what it is" {
    sm config
    exits 0
    local first=$output
    sm config list
    [ "$output" = "$first" ]
    sm config --json
    json '[.rows[] | .name] | index("alerts.cost") != null and index("timezone") != null and index("services") != null' true
    json '[.rows[] | .from] | unique' '["default"]'
    json '[.rows[] | select(.help == "" or .help == null)]' '[]'
}

@test "a value is set for the user, overlaid by the project's, and taken out again" {
    sm config set alerts.cost 0.9
    exits 0
    complains "wrote $XDG_CONFIG_HOME/session-manager/config.json"
    sm config get alerts.cost --json
    json '.rows[0] | [.value, .from]' '["0.9","user"]' || json '.rows[0] | [.value, .from]' '["0.90","user"]'
    sm config set alerts.cost 0.5 --project-only
    exits 0
    complains "wrote $project/.claude/session-manager/config.json"
    sm config get alerts.cost --json
    json '.rows[0].from' project
    cd "$HOME"
    sm config get alerts.cost --json
    json '.rows[0].from' user
    sm config set alerts.cost
    exits 0
    sm config get alerts.cost --json
    json '.rows[0].from' default
}

@test "an entry of a map is set and used" {
    sm config set services.mcp__stripe* stripe
    exits 0
    sm start dev x
    call at=2026-10-06T14:15:00Z tool=mcp__stripe__charge
    result
    now 2026-10-06T14:30:00Z
    sm end
    says 'stripe 1'
    jq -e '.metrics.cost_tracking.api_calls.stripe == 1' "$(session_file dev_20261006_1410)"
}

@test "an unknown setting or an unfit value is refused, and nothing written" {
    sm config set nonsense 1
    refuses 2 "unknown setting 'nonsense'"
    sm config get nonsense
    refuses 2 "unknown setting 'nonsense'"
    sm config get
    refuses 2 'which setting'
    sm config set alerts.cost abc
    exits 2
    sm config set week_start friday
    exits 2
    sm config set day_start 25:00
    exits 2
    sm config set timezone Mars/Base
    exits 2
    sm config remove alerts.cost
    refuses 2 "'remove' is not one of"
    [ ! -e "$XDG_CONFIG_HOME/session-manager/config.json" ]
}

@test "a broken settings file is named with line and column, and left as it is" {
    mkdir -p "$XDG_CONFIG_HOME/session-manager"
    printf '{\n  "week_start": oops\n}\n' >"$XDG_CONFIG_HOME/session-manager/config.json"
    local before
    before=$(sha256sum "$XDG_CONFIG_HOME/session-manager/config.json")
    sm config list
    exits 6
    complains 'config.json:2:'
    sm config set week_start sunday
    exits 6
    [ "$before" = "$(sha256sum "$XDG_CONFIG_HOME/session-manager/config.json")" ]
}

@test "a zone in the settings that is none is warned of, and can be mended" {
    mkdir -p "$HOME/.config/session-manager"
    echo '{"timezone":"Mars/Base"}' >"$HOME/.config/session-manager/config.json"
    unset TZ
    sm status
    exits 0
    says "setting 'timezone' is 'Mars/Base', which is no zone here"
    sm config set timezone UTC
    exits 0
    sm status
    exits 0
    lacks 'no zone'
}
