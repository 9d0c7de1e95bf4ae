load common

@test "the version is told in words and as JSON" {
    sm version
    exits 0
    [[ $output =~ ^session-manager\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
    local said=${output#* }
    sm --version
    exits 0
    [ "$output" = "session-manager $said" ]
    sm version --json
    json '[.schema, .version, .tool_version]' "[\"session-manager/version\",\"$said\",\"$said\"]"
}
