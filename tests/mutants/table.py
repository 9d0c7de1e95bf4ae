"""table - one wrong build or more for each rule of docs/counting.md about tokens, money or whose they are."""

CALLS, RECORD, USAGE = "src/ingest/claude.c", "src/ingest/claude_record.c", "src/ingest/claude_usage.c"
HARVEST, LINES, READING = "src/ingest/harvester.c", "src/ingest/lines.c", "src/ingest/reading.c"
LEDGER, COST, PRICE = "src/store/ledger_call.c", "src/measure/cost.c", "src/measure/price.c"
BINDING, ACCOUNT, TOTAL = "src/model/binding.c", "src/verb/account.c", "src/model/usage.c"
FIRST_WINS = "    if ((call->flags ^ known->flags) & CALL_NESTED)\n"
ATTRIBUTION = "cli/attribution.bats"

# rule, what is wrong, [(file, right, wrong)], where it must show: folders of tests/counting by how their
# names begin (all the others are tried when none of them shows it), or a file of CLI tests
MUTANTS = [
    ("R1", "a person's records count", [(CALLS, '{ "user", take_user }', '{ "user", take_assistant }')], "R01"),
    ("R1", "a record without a time counts", [
        (CALLS, '    if (!moment.known) {\n        damaged(reading, "no time");\n        return;\n    }\n', "")], "R01"),
    ("R2", "usage in a tool's result counts", [
        (RECORD, '{ NAME("toolUseResult"), read_tool_result, 0,                       CLAUDE_DENIED }',
         '{ NAME("toolUseResult"), read_message, 0, 0 }'),
        (RECORD, "static void read_tool_result(", "__attribute__((unused)) static void read_tool_result("),
        (CALLS, "static void take_user(struct reading *reading, const struct claude_record *record,\n"
                "                      struct moment moment)\n{\n",
         "static void take_user(struct reading *reading, const struct claude_record *record,\n"
         "                      struct moment moment)\n{\n    take_call(reading, record, moment);\n")], "R02"),
    ("R3", "synthetic messages count", [
        (CALLS, "if (!usage->given || is_synthetic(&record->message.model))", "if (!usage->given)")], "R03"),
    ("R4", "an error with usage is dropped", [
        (CALLS, "if ((record->flags & CLAUDE_API_ERROR) && !any)", "(void)any;\n    if (record->flags & CLAUDE_API_ERROR)")],
     "R04"),
    ("R4", "an error without usage is a call", [
        (CALLS, "if ((record->flags & CLAUDE_API_ERROR) && !any)", "if (!any && false)")], "R04"),
    ("R5", "a null counter is damage", [
        (USAGE, "        scan_skip(scan);\n        return true;\n    }\n    int64_t count;",
         "        scan_skip(scan);\n        return false;\n    }\n    int64_t count;")], "R05"),
    ("R6", "an impossible counter is 0", [
        (USAGE, "count < 0 || count > CLAUDE_MOST_TOKENS)\n        return false;",
         "count < 0 || count > CLAUDE_MOST_TOKENS)\n        return true;")], "R06"),
    ("R7", "a byte-order mark is part of the line", [
        (LINES, "    if (offset == 0)\n        pass_byte_order_mark(lines);\n", "    (void)pass_byte_order_mark;\n")], "R07"),
    ("R8", "what stands before the damage of a line is used", [
        (CALLS, "if (!scan_end(&scan))", "if (!scan_end(&scan) && !is_object)")], "R08"),
    ("R9", "a whole last line without its newline waits", [
        (READING, "    if (!stretch->unfinished)\n        stretch->harvest = harvest;\n", "")], "R09"),
    ("R10", "every line is a call", [
        (HARVEST, "struct call *known = *call->request_id ? call_find(harvester, call, hash) : NULL;",
         "struct call *known = NULL;\n    (void)call_find;\n    (void)call_fold;"),
        (LEDGER, ".request = hash_text(call->request_id),",
         ".request = hash_text(call->request_id) + hash_text(call->uuid),")], "R10"),
    ("R10", "a copy in another session counts again", [
        (LEDGER, ".request = hash_text(call->request_id),",
         ".request = hash_text(call->request_id) + merging->place->session,")], "R10"),
    ("R10", "the message id alone is the key", [
        (LEDGER, ".request = hash_text(call->request_id),", ".request = 0,")], "R10"),
    ("R11", "without a request id each record is a call", [
        (LEDGER, "int64_t natural = natural_hash(merging, call);",
         "int64_t natural = hash_text(call->uuid);\n    (void)natural_hash;")], "R11"),
    ("R11", "a constant message id is one call", [
        (LEDGER, "return hash_more(hash, counts, sizeof(counts));", "(void)counts;\n    return hash;")], "R11"),
    ("R11", "the output is part of the key", [
        (LEDGER, "                         call->usage.cache_read };",
         "                         call->usage.cache_read, call->usage.output };")], "R11"),
    ("R11", "the session is no part of the key", [
        (LEDGER, "int64_t hash = hash_more(SEED_NATURAL, session, strlen(session));",
         "(void)session;\n    int64_t hash = SEED_NATURAL;")], "R11"),
    ("R12", "what a fork says of its origin is ignored", [
        (LEDGER, "*call->origin_session ? call->origin_session : merging->place->session_text;",
         "merging->place->session_text;")], "R12"),
    ("R12", "the record's own id does not tell a copy", [
        (LEDGER, "(*call->uuid && !alias_find(ledger, message, uuid, &by_uuid, &known_uuid, err))",
         "(false && !alias_find(ledger, message, uuid, &by_uuid, &known_uuid, err))")], "R12"),
    ("R13", "without a message id only the time tells", [
        (LEDGER, "    else if (*call->uuid)\n", "    else if (false)\n")], "R13"),
    ("R14", "the first record of a log wins", [(HARVEST, FIRST_WINS, "    if (true)\n        return false;\n" + FIRST_WINS)],
     ["R14", "R10"]),
    ("R14", "the last record of a log wins", [(HARVEST, FIRST_WINS, "    if (true)\n        return true;\n" + FIRST_WINS)],
     ["R14", "R15"]),
    ("R14", "the first record in the ledger wins", [
        (LEDGER, "        return a->usage.output > b->usage.output;", "        return false;")], ["R14", "R11"]),
    ("R14", "partial records are added up", [
        (HARVEST, "        known->flags &= ~(unsigned)CALL_SIDECHAIN;",
         "        known->flags &= ~(unsigned)CALL_SIDECHAIN;\n    if (known->usage.output != call->usage.output)\n"
         "        known->usage.output += call->usage.output;")], ["R10", "R14"]),
    ("R14", "each counter's maximum counts", [
        (HARVEST, "        known->flags &= ~(unsigned)CALL_SIDECHAIN;",
         "        known->flags &= ~(unsigned)CALL_SIDECHAIN;\n    if (known->usage.cache_read < call->usage.cache_read)\n"
         "        known->usage.cache_read = call->usage.cache_read;")], "R14"),
    ("R14", "the larger total does not matter", [(HARVEST, "if (total != known_total)", "if (total < 0)")], "R14"),
    ("R14", "the latest of equal records speaks", [
        (HARVEST, "return call->at_ns < known->at_ns;", "return call->at_ns > known->at_ns;")], "R14"),
    ("R15", "a nested record is like any other", [
        (CALLS, "    if (record->is_nested)\n        flags |= CALL_NESTED;\n", "")], "R15"),
    ("R15", "nested records never count", [(CALLS, "    if (!record->nested)\n        return;", "    if (record)\n        return;")],
     "R15"),
    ("R16", "replays count", [
        (LEDGER, "return stored && (!may_know || !*call->request_id || touch(merging, &record, err));",
         "(void)touch;\n    return stored;")], "R16"),
    ("R16", "inside one key the main thread wins", [
        (HARVEST, FIRST_WINS, "    if ((call->flags ^ known->flags) & CALL_SIDECHAIN)\n"
                              "        return !(call->flags & CALL_SIDECHAIN);\n" + FIRST_WINS)], "R16"),
    ("R16", "replays of a parent that is gone do not count", [
        (LEDGER, "sql_bind(count, 3, sql_int(best, 1));", "sql_bind(count, 3, 0);")], "R16"),
    ("R17", "side chains do not count", [
        (CALLS, "if (!usage->given || is_synthetic(&record->message.model))",
         "if (!usage->given || is_synthetic(&record->message.model) || (record->flags & CLAUDE_SIDECHAIN))")], "R17"),
    ("R18", "an advisor counts in every version", [
        (CALLS, "if (!before_advisor_version(&record->version))",
         "if (!before_advisor_version(&record->version) && false)")], "R18"),
    ("R18", "an advisor never counts", [
        (CALLS, "if (!before_advisor_version(&record->version))",
         "if (!before_advisor_version(&record->version) || true)")], "R18"),
    ("R18", "an advisor is its parent's call", [
        (LEDGER, "    if (call->advisor)\n", "    if (false)\n")], "R18"),
    ("R18", "every iteration is added", [
        (USAGE, 'return scan_text_is(&reading.type, "advisor_message");', "return true;")], "R18"),
    ("R18", "versions are compared as text", [
        (CALLS, "at - first < 9; at++)\n            number = number * 10 + (*at - '0');",
         "at - first < 9; at++)\n            number = at == first ? (*at - '0') * 100 : number + (*at - '0');")], "R18"),
    ("R19", "cache reads are not in the sum of tokens", [
        (TOTAL, "return capped(usage_prompt(usage), usage->output);",
         "return capped(capped(usage->input, usage_cache_write(usage)), usage->output);")], "R24"),
    ("R20", "the plain count is ignored beside a split", [
        (USAGE, "int64_t all = split > counts->cache_write ? split : counts->cache_write;",
         "int64_t all = split > 0 ? split : counts->cache_write;")], "R20"),
    ("R20", "the split is ignored beside a plain count", [
        (USAGE, "int64_t all = split > counts->cache_write ? split : counts->cache_write;",
         "int64_t all = counts->cache_write > 0 ? counts->cache_write : split;")], "R20"),
    ("R20", "both are added", [
        (USAGE, "int64_t all = split > counts->cache_write ? split : counts->cache_write;",
         "int64_t all = split + counts->cache_write;")], "R20"),
    ("R20", "writes of no known lifetime are one-hour", [
        (USAGE, ".cache_write_5m = all - counts->cache_write_1h,", ".cache_write_5m = counts->cache_write_5m,"),
        (USAGE, ".cache_write_1h = counts->cache_write_1h,", ".cache_write_1h = all - counts->cache_write_5m,")], "R20"),
    ("R21", "web fetches count as searches", [
        (USAGE, '{ "web_search_requests", offsetof(struct counts, web_searches) },',
         '{ "web_search_requests", offsetof(struct counts, web_searches) },\n'
         '    { "web_fetch_requests", offsetof(struct counts, web_searches) },')], "R21"),
    ("R24", "one-hour writes are priced as five-minute ones", [
        (COST, "usage->cache_write_1h, rates->cache_write_1h", "usage->cache_write_1h, rates->cache_write_5m")],
     ["R24", "R20"]),
    ("R24", "a cache read is a tenth of the input", [
        (COST, "usage->cache_read, rates->cache_read", "usage->cache_read, rates->input / 10")], "R24"),
    ("R25", "today's price holds for all days", [
        (PRICE, "model->rows[i].from_ns <= at_ns;", "at_ns;")], "R25"),
    ("R25", "the first price holds for all days", [
        (PRICE, "model->rows[i].from_ns <= at_ns;", "at_ns == INT64_MIN;")], "R25"),
    ("R25", "a price begins with a day that is not UTC's", [
        (PRICE, 'char text[] = "2026-01-01T00:00:00Z";', 'char text[] = "2026-01-01T00:00:00+02:00";')], "R25"),
    ("R26", "a model is found by a shorter name", [
        (PRICE, "        found = slot_of(table, name)->model;",
         "        for (struct slice cut = name; !found && cut.length > 1; cut.length--)\n"
         "            found = slot_of(table, cut)->model;")], "R26"),
    ("R26", "a date in a name stays", [(PRICE, "    drop_date(&name);\n", "    (void)drop_date;\n")], "R26"),
    ("R26", "a region in a name stays", [(PRICE, "    drop_prefixes(&name);\n", "    (void)drop_prefixes;\n")], "R26"),
    ("R27", "long context begins at the threshold", [
        (PRICE, "usage_prompt(&call->usage) > row->above_prompt", "usage_prompt(&call->usage) >= row->above_prompt")], "R27"),
    ("R27", "long context costs nothing more", [
        (PRICE, "usage_prompt(&call->usage) > row->above_prompt", "usage_prompt(&call->usage) < 0")], "R27"),
    ("R27", "only the input makes the context long", [
        (PRICE, "usage_prompt(&call->usage) > row->above_prompt", "call->usage.input > row->above_prompt")], "R27"),
    ("R27", "cache reads are no part of the prompt", [
        (PRICE, "usage_prompt(&call->usage) > row->above_prompt",
         "usage_prompt(&call->usage) - call->usage.cache_read > row->above_prompt")], "R27"),
    ("R27", "the output is not at the higher price", [
        (PRICE, "        out->rates = row->above;\n",
         "        out->rates = (struct rates){ row->above.input, row->standard.output, row->above.cache_write_5m,\n"
         "                                     row->above.cache_write_1h, row->above.cache_read };\n")], "R27"),
    ("R28", "fast is ignored", [
        (PRICE, "if (call->speed == CALL_FAST && row->fast == FAST_OWN_RATES)",
         "if (call->speed == CALL_FAST && row->fast == FAST_NONE)")], "R28"),
    ("R28", "fast without a price costs the standard", [
        (PRICE, "    if (call->speed == CALL_FAST && row->fast == FAST_NONE)\n        return false;\n", "")], "R28"),
    ("R29", "the place of inference is ignored", [
        (PRICE, "(call->flags & CALL_GEO_US) ? model->us_percent : 100", "100")], "R29"),
    ("R29", "the surcharge holds for every model", [
        (PRICE, "(call->flags & CALL_GEO_US) ? model->us_percent : 100", "(call->flags & CALL_GEO_US) ? 110 : 100")], "R29"),
    ("R29", "the surcharge holds for searches, too", [
        (COST, "(wide)PERCENT * PICO_IN_NANO, &searches)", "(wide)price.percent * PICO_IN_NANO, &searches)")], "R29"),
    ("R30", "an odd tier has the standard's price", [
        (PRICE, "if (!model || (call->flags & CALL_ODD_TIER))", "if (!model)")], "R30"),
    ("R31", "an unknown model is free", [
        (COST, "price.web_search_nano_usd))\n        return USAGE_UNPRICED;", "price.web_search_nano_usd))\n        return 0;")],
     "R31"),
    ("R31", "a kind of tokens without a price is free", [
        (COST, "    if (count < 0 || rate < 0) /* no such price, or no such count */\n        return false;",
         "    if (count < 0 || rate < 0)\n        return true;")], "R31"),
    ("R32", "web searches are free", [
        (COST, "add_product(&searches, call->usage.web_searches, price.web_search_nano_usd)",
         "add_product(&searches, call->usage.web_searches, 0)")], "R21"),
    ("R33", "halves are cut off", [(COST, "return whole + (up ? 1 : 0);", "(void)up;\n    return whole;")], "R33"),
    ("R33", "halves go up", [
        (COST, "(twice_rest == by && whole % 2 != 0)", "twice_rest == by")], "R33"),
    ("R35", "the first record tells the time", [
        (HARVEST, "        winner.message_id = known->message_id;\n",
         "        winner.message_id = known->message_id;\n        winner.at_ns = known->at_ns;\n")], "R35"),
    ("R37", "a subagent's file is a session of its own", [
        ("src/ingest/claude_paths.c", 'if (strncmp(next, "subagents/", 10) == 0) {',
         'if (strncmp(next, "subagents/", 10) == 0) {\n            return "somebody";')], "R17"),
    ("R38", "a copy does not say whose a call is", [
        ("src/store/ledger_owner.c", "s.flags & 1 DESC, s.flags & 2,", "")], "R38"),
    ("R38", "of two sessions the later one owns a call", [
        ("src/store/ledger_owner.c", '" c.first_ns IS NOT NULL, c.first_ns,', '" c.first_ns IS NOT NULL DESC, c.first_ns DESC,')],
     "R10"),
    ("R39", "a claim on the agent session does not go first", [
        (BINDING, "    if (agent_session)\n        owner =", "    if (agent_session && false)\n        owner =")], ATTRIBUTION),
    ("R39", "the earliest start takes the call", [
        (BINDING, "    struct claim wanted = { .bound = bound,", "    size_t first = BINDING_NONE;\n    struct claim wanted = { .bound = bound,"),
        (BINDING, "            return BINDING_NONE;\n        if (claim->to_ns > at_ns)\n            return claim->owner;\n    }\n"
                  "    return BINDING_NONE;",
         "            return first;\n        if (claim->to_ns > at_ns)\n            first = claim->owner;\n    }\n    return first;")],
     ATTRIBUTION),
    ("R39", "the end of a claim belongs to it", [
        (BINDING, "claim->latest_to_ns <= at_ns)", "claim->latest_to_ns < at_ns)"),
        (BINDING, "        if (claim->to_ns > at_ns)\n            return claim->owner;",
         "        if (claim->to_ns >= at_ns)\n            return claim->owner;")], ATTRIBUTION),
    ("R39", "what was before the start belongs to it", [
        (BINDING, "            .from_ns = item->from_ns,", "            .from_ns = item->from_ns - INT64_C(86400000000000),")],
     ATTRIBUTION),
    ("R40", "calls nobody claimed are dropped", [
        (ACCOUNT, "shares.loose = &joining->out->unattributed;", "shares.loose = NULL;")], ATTRIBUTION),
]
