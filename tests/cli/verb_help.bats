load common

@test "help shows ten verbs, help --all every one, and each verb has a page" {
    local verb
    sm help
    exits 0
    [ "$(grep -cE '^(start|status|end|report|task|list|show|usage|config|help) ' <<<"$output")" -eq 10 ]
    lacks 'doctor '
    sm help --json
    json '.rows | length' 10
    sm help --all --json
    json '[.rows[] | .verb] | length > 10 and index("doctor") != null' true
    for verb in $(jq -r '.rows[] | .verb' <<<"$output"); do
        sm help "$verb"
        exits 0
        says "session-manager $verb"
        sm "$verb" --help
        exits 0
        says "session-manager $verb"
    done
    sm --help
    exits 0
    says 'VERB'
    sm -h
    exits 0
}

@test "words nobody knows are refused in one line that says where to look" {
    sm nonsense
    refuses 2 "no verb 'nonsense' ('help' shows them)"
    sm help nonsense
    refuses 2 "no verb 'nonsense'"
    sm --nonsense
    refuses 2 "unknown option '--nonsense'"
    sm -x
    refuses 2 "unknown option '-x'"
    sm status extra
    refuses 2 "what is 'extra'"
    sm status --format xml
    refuses 2 '--format takes text, json, md, csv or ccusage'
    sm status --color blue
    refuses 2 '--color takes always, never or auto'
    sm status --store
    refuses 2 "'--store' needs a value"
    sm --json=2 status
    exits 8
    sm nonsense --json
    exits 2
    json '[.error.code, .error.message]' '[2,"no verb '"'nonsense' ('help' shows them)"'"]'
    sm status --nonsense --format json
    exits 2
    json .error.code 2
}

@test "help needs no home and no project" {
    run -0 env -i "$SESSION_MANAGER" help
    [[ $output == *start* ]]
    run -0 env -i "$SESSION_MANAGER" version
}
