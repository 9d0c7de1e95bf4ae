#pragma once
/* cli - the command line: argv in; text, JSON or Markdown out; the exit status. */

int cli_main(int argc, char **argv);
