#!/bin/sh
# docs/CLI.md is the help of every command; --write rewrites it.
. "$(dirname "$0")/../lib.sh"
{
  printf '# Command line\n\n%s\n' "Made by tests/lint/cli_doc.sh from \`--help\`, whose table is ir/options.def."
  for command in "" $("$SNNCC" --help | sed -n 's/^ *snncc \([a-z]*\) .*/\1/p'); do
    printf '\n## %s\n\n```\n' "${command:-compile}"
    "$SNNCC" $command --help
    printf '```\n'
  done
} >"$tmp/doc"
publish "$tmp/doc" docs/CLI.md "${1:-}"
