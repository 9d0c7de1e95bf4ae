load common

own=.config/session-manager/prices.json

setup() {
    clean_home
    make_project
    call at=2026-10-05T10:00:00Z model=claude-sonnet-4-5 input=1000 output=2000
    call at=2026-10-06T10:00:00Z model=mystery-1 input=1000 output=0
}

price_file() { # MODEL INPUT OUTPUT...: a LiteLLM file of these models in p.json
    local text='' sep=''
    while [ $# -gt 0 ]; do
        text+="$sep\"$1\":{\"input_cost_per_token\":$2,\"output_cost_per_token\":$3}"
        sep=,
        shift 3
    done
    echo "{$text}" >p.json
}

costs() { # the nano-dollars of each day
    sm usage daily --json
    exits 0
    json '[.rows[] | .cost.usd_nanos]' "$1"
}

@test "the table shows prices, days, sources and where they come from, within 80 columns" {
    COLUMNS=80 sm prices
    exits 0
    says 'built-in 2026-11-22'
    says 'claude-sonnet-5-5  2026-10-07   2.00   10.00   2.50   4.00  0.10  built-in'
    says "Source: Anthropic's price page, as of 2026-09-20"
    [ "$(wc -L <<<"$output")" -le 80 ]
    sm prices claude-haiku-5-5 --json
    exits 0
    json '[.rows[] | [.model, .kind, .above_prompt_tokens, .from, .input, .cache_write_5m, .table]]' \
        '[["claude-haiku-5-5","standard",null,"2026-10-07","0.10","0.125","built-in"],["claude-haiku-5-5","above",100000,"2026-10-07","0.50","0.625","built-in"]]'
    json .price_table 'built-in 2026-11-22'
    json '.rows[0].source != null' true
}

@test "one model is found by any of its names, several by a pattern, an unknown one is said" {
    sm prices us.anthropic.claude-opus-4-0 --json
    json '[.rows[].model]' '["claude-opus-4"]'
    sm prices 'claude-haiku-*' --json
    json '[.rows[].model] | unique' '["claude-haiku-4-5","claude-haiku-5-5"]'
    sm prices mystery-1
    refuses 3 "no price for a model 'mystery-1'"
    sm prices claude-haiku-4-5 more
    refuses 2 "what is 'more'"
}

@test "check lists what has no price with its calls and tokens, and finds nothing when all have one" {
    sm prices check
    exits 9
    says 'mystery-1'
    sm prices check --json
    exits 9
    json '[.rows[] | [.model, .calls, .tokens]]' '[["mystery-1",1,1000]]'
    price_file mystery-1 3e-06 0.000015
    sm prices import p.json
    sm prices check
    exits 0
    says 'Every call has a price'
    lacks mystery-1
}

@test "check tells a listed model's odd call from an unknown model" {
    call at=2026-10-06T11:00:00Z model=claude-3-haiku write1h=100
    sm prices check --json
    json '[.rows[] | [.model, .why]]' \
        '[["claude-3-haiku","no price for its speed, tier or kind of token"],["mystery-1","not in the table"]]'
}

@test "import takes the models that were used, prices what had none and leaves old figures alone" {
    costs '[33000000,null]'
    price_file mystery-1 1.5e-7 0 claude-sonnet-4-5 0.000004 1.5e-05 gpt-9 1e-9 2e-9
    sm prices import p.json --json
    exits 0
    json '.figures | [.added.value, .changed.value, .same.value]' '[1,1,0]'
    complains "wrote $HOME/$own"
    [ "$(stat -c %a "$HOME/$own")" = 600 ]
    [ "$(jq -rc '[.date, .sources[0].what, ([.models[].names[0]] | sort)]' "$HOME/$own")" = \
        '["2026-10-06","LiteLLM price file '"'p.json'"', imported 2026-10-06",["claude-sonnet-4-5","mystery-1"]]' ]
    costs '[33000000,150000]'
    json .price_table 'own 2026-10-06 over built-in 2026-11-22'
    call at=2026-10-06T11:00:00Z model=claude-sonnet-4-5 input=1000 output=2000
    costs '[33000000,34150000]'
    price_file claude-sonnet-4-5 5e-06 1.5e-05 mystery-1 1 1
    sm prices import p.json
    costs '[33000000,34150000]'
    sm sync
    costs '[33000000,34150000]'
    call at=2026-10-06T12:00:00Z model=claude-sonnet-4-5 input=1000 output=2000
    costs '[33000000,69150000]'
}

@test "importing the same again changes nothing; --all takes every model" {
    price_file mystery-1 3e-06 0 gpt-9 1e-9 2e-9
    sm prices import p.json
    local before
    before=$(stat -c %y "$HOME/$own")
    sm prices import p.json
    exits 0
    says '1 as they were'
    lacks wrote
    [ "$(stat -c %y "$HOME/$own")" = "$before" ]
    sm prices import p.json --all
    exits 0
    sm prices gpt-9 --json
    json '.rows[0] | [.input, .output, .cache_read, .table]' '["0.001","0.002",null,"own"]'
}

@test "with --from what held before that day is kept" {
    price_file claude-sonnet-4-5 4e-06 1.5e-05
    sm prices import p.json --from 2026-10-04
    sm prices claude-sonnet-4-5 --json
    json '[.rows[] | [.from, .kind, .input]]' \
        '[[null,"standard","3.00"],[null,"above","6.00"],["2026-10-04","standard","4.00"]]'
    sm prices import p.json --from soon
    refuses 2 "--from 'soon' is not a day"
}

@test "a bad file is refused with one message and its place, and nothing changes" {
    local text
    sm sync
    while IFS='|' read -r text where; do
        printf '%s' "$text" >p.json
        sm prices import p.json
        refuses 6 "$where"
        [ ! -e "$HOME/$own" ]
    done <<'END'
|p.json, byte 0
[]|p.json, byte 0
{"mystery-1":{|p.json, byte 14
{"mystery-1":{"input_cost_per_token":-1e-06,"output_cost_per_token":0}}|p.json: 'mystery-1', 'input_cost_per_token'
{"mystery-1":{"input_cost_per_token":"1e-06","output_cost_per_token":0}}|p.json: 'mystery-1', 'input_cost_per_token'
{"mystery-1":[]}|p.json: 'mystery-1'
END
    sm prices import nowhere.json
    refuses 3 nowhere.json
    sm prices import
    refuses 2 'which file'
    price_file gpt-9 1e-9 2e-9
    sm prices import p.json
    refuses 3 'no price for a model that was used'
    echo '{"mystery-1":{"input_cost_per_token":1e-06}}' >p.json
    sm prices import p.json
    refuses 3 'no price'
    truncate -s 33M p.json
    sm prices import p.json
    exits 6
    [ ! -e "$HOME/$own" ]
}

@test "an own file written by hand is read; a damaged one is said with its place and not written over" {
    mkdir -p "$HOME/.config/session-manager"
    cat >"$HOME/$own" <<'END'
{ "schema": "session-manager/prices", "schema_version": 1, "date": "2026-10-01", "currency": "USD",
  "sources": [{ "id": "me", "what": "my contract" }],
  "models": [{ "names": ["mystery-1"], "rows": [{ "input": "7", "output": "8", "source": "me" }] }] }
END
    costs '[33000000,7000000]'
    sm prices mystery-1
    says 'Source: my contract'
    sed -i 's/"7"/"-7"/' "$HOME/$own"
    sm usage
    refuses 6 'models[0].rows[0]'
    price_file mystery-1 1e-06 0
    local before
    before=$(sha256sum "$HOME/$own")
    sm prices import p.json
    refuses 6 "$own"
    [ "$(sha256sum "$HOME/$own")" = "$before" ]
}

@test "reprice shows what would change, does it with --yes only, and is remembered" {
    sm sync
    price_file claude-sonnet-4-5 4e-06 1.5e-05 mystery-1 1e-06 0
    sm prices import p.json
    sm prices reprice
    refuses 2 'since when'
    sm prices reprice --since whenever
    refuses 2 whenever
    sm prices reprice --since 2026-10-01 --json
    exits 0
    json '.figures | [.calls.value, .changed.value, .before.usd_nanos, .after.usd_nanos]' '[2,1,33000000,34000000]'
    json .written 0
    costs '[33000000,1000000]'
    sm prices history
    says 'Every call has the price it was counted with'
    sm prices reprice --since 2026-10-06 --yes --json
    json '[.written, .figures.changed.value]' '[0,0]'
    sm prices reprice --since 2026-10-01 --yes --json
    exits 0
    json .written 1
    complains ledger.db
    costs '[34000000,1000000]'
    sm prices history --json
    json '[.rows[] | [.at, .since, .calls, .before.usd_nanos, .after.usd_nanos, .price_table]]' \
        '[["2026-10-06T14:10:00Z","2026-10-01T00:00:00Z",1,33000000,34000000,"own 2026-10-06 over built-in 2026-11-22"]]'
    sm prices reprice --since 2026-10-01 --yes
    says '0 cost something else now'
    sm prices history --json
    json '.rows | length' 1
    sm doctor
    exits 0
    sm doctor # the sums the ledger keeps have followed
    exits 0
    [ "$(jq -s 'map(.totals.cost.usd_nanos) | unique | length' <("$SESSION_MANAGER" usage daily --json) <("$SESSION_MANAGER" usage model --json))" = 1 ]
}

@test "repricing keeps a cost where the table has no price any more" {
    price_file mystery-1 1e-06 0
    sm prices import p.json
    costs '[33000000,1000000]'
    rm "$HOME/$own"
    sm prices reprice --since 2026-10-01 --yes
    exits 0
    says '1 calls have no price in the table now: they keep what they cost'
    costs '[33000000,1000000]'
}

@test "a subscription's month is shown beside its price" {
    sm usage monthly
    lacks Plan
    sm config set plan max5
    sm usage monthly
    says 'Plan       value at list price ~$0.03+ of ~$100.00 (~0.00 x)'
    sm usage monthly --json
    json '.plan' max5
    json '.figures | [.plan_value.usd_nanos, .plan_value.basis, .plan_month_price.usd_nanos]' '[33000000,"estimated",100000000000]'
    sm report month
    says 'Plan       value at list price'
    sm usage daily
    lacks Plan
    sm report week
    lacks 'Plan  '
    sm config set plan_usd 0.01
    sm usage monthly
    says 'of $0.01* (~3.30 x)'
    sm config set plan_usd much
    refuses 2 "'plan_usd' takes an amount"
    sm config set plan ax5
    refuses 2 "'plan' takes one of"
    sm config set plan api
    sm usage monthly
    lacks 'Plan  '
}
