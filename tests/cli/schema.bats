# What is promised in schema/ about every file and every answer.
load common

setup() {
    clean_home
    make_project
}

# Check documents, one file each, against the schema their member "schema" names.
fits() { # FILE...
    python3 -W ignore - "$root/schema" "$@" <<'PY'
import json, pathlib, sys
import jsonschema
folder = pathlib.Path(sys.argv[1])
schemas = {path.name: json.loads(path.read_text()) for path in folder.glob("*.schema.json")}
wrong = []
for name in sys.argv[2:]:
    document = json.loads(pathlib.Path(name).read_text())
    file = document["schema"].split("/")[1] + ".schema.json"
    resolver = jsonschema.RefResolver((folder / file).as_uri(), schemas[file],
                                      {(folder / other).as_uri(): schema for other, schema in schemas.items()})
    for problem in jsonschema.Draft202012Validator(schemas[file], resolver=resolver).iter_errors(document):
        wrong.append(f"{name} ({file}): {'/'.join(map(str, problem.absolute_path))}: {problem.message[:200]}")
sys.exit("\n".join(wrong) or 0)
PY
}

answers=0
keep() { # ARGUMENT...: run with --json, and keep the answer
    sm "$@" --json
    [ -n "$output" ] && jq -e . <<<"$output" >/dev/null || { show_answer; return 1; }
    answers=$((answers + 1))
    printf '%s\n' "$output" >"$BATS_TEST_TMPDIR/answer-$answers"
}

@test "every schema is one, and each verb has its own" {
    local verb
    python3 - "$root/schema" <<'PY'
import json, pathlib, sys
import jsonschema
for path in pathlib.Path(sys.argv[1]).glob("*.json"):
    jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text()))
PY
    sm help --all --json
    for verb in $(jq -r '.rows[] | .verb' <<<"$output"); do
        jq -e --arg verb "$verb" '.properties.schema.const == "session-manager/\($verb)"' "$root/schema/$verb.schema.json"
    done
}

@test "session files of all levels fit, new, worked on and ended" {
    local level
    for level in dev 'prod 14' plan coded; do
        # shellcheck disable=SC2086
        sm start $level thing --tag a=b --task one --budget 3.5 --estimate 20m
        exits 0
    done
    CLAUDE_CODE_SESSION_ID=agent sm start dev --parallel
    fits .claude/*/sessions/*.json
    call at=2026-10-06T14:12:00Z tool=WebSearch
    result
    call at=2026-10-06T14:13:00Z model=unknown-9
    call at=2026-10-06T14:14:00Z session=agent
    now 2026-10-06T14:30:00Z
    sm task add two --session plan
    sm task done one --session plan
    sm task drop two --session plan
    for level in dev_20261006_1410 dev_20261006_1410_2 plan code; do
        sm end "$level"
        exits 0
    done
    sm end ep_14 --abandoned --why no
    exits 0
    [ "$(find .claude -path '*archive*' -name '*.json' | wc -l)" -eq 5 ]
    fits .claude/*/sessions/archive/2026/*.json
}

@test "session files made without any log fit: unknown is null" {
    rm -r "$CLAUDE_CONFIG_DIR"
    sm start dev x
    fits "$(session_file dev_20261006_1410)"
    sm end
    fits "$(session_file dev_20261006_1410)"
}

@test "the answers of an empty store fit" {
    local verb
    for verb in status report list usage sync config doctor reindex 'template check' 'template show dev' help 'help start' version; do
        # shellcheck disable=SC2086
        keep $verb
        exits 0
    done
    fits "$BATS_TEST_TMPDIR"/answer-*
}

@test "the answers of a store with everything in it fit, refusals too" {
    local verb
    keep start dev "Build the lint gate" --budget 0.01 --estimate 1m --task one
    keep start prod 14
    keep start plan x
    call at=2026-10-06T14:12:00Z tool=mcp__perplexity__ask
    result error=true
    call at=2026-10-06T14:17:00Z model=unknown-9
    call at=2026-10-06T13:00:00Z input=900 output=90000 search=3
    echo damaged | transcript
    now 2026-10-06T14:30:00Z
    keep task add three --session plan
    keep task list --session plan
    keep end ep_14
    echo oops >"$(session_file dev_20261006_1410)"
    keep status
    keep show plan
    keep show @-1
    for verb in 'report today' 'report month' list 'usage daily' 'usage weekly' 'usage monthly' 'usage session' \
        'usage model' 'usage project --breakdown' 'usage branch' 'usage tool' 'usage blocks' sync 'config list' 'config get alerts.cost' doctor reindex 'template init dev' \
        'end plan' 'end dev' 'end nonsense' 'start plan' 'start --level x' 'report nonsense' nonsense; do
        # shellcheck disable=SC2086
        keep $verb
    done
    fits "$BATS_TEST_TMPDIR"/answer-*
}
