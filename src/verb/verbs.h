#pragma once
/* One line per verb, for the table in verb.c alone. */

extern const struct verb verb_config;
extern const struct verb verb_doctor;
extern const struct verb verb_end;
extern const struct verb verb_help;
extern const struct verb verb_list;
extern const struct verb verb_prices;
extern const struct verb verb_reindex;
extern const struct verb verb_report;
extern const struct verb verb_show;
extern const struct verb verb_start;
extern const struct verb verb_status;
extern const struct verb verb_sync;
extern const struct verb verb_task;
extern const struct verb verb_template;
extern const struct verb verb_usage;
extern const struct verb verb_version;
