#!/bin/sh
# Prints docs/CLI.md, which is the help of every command: docs/cli.sh SNNCC > docs/CLI.md
snncc=$1
cat <<END
# Command line

Made by docs/cli.sh from \`snncc --help\`; the table behind it is ir/options.def.
END
for command in "" eval inspect; do
  title=${command:-compile}
  printf '\n## %s\n\n```\n' "$title"
  "$snncc" $command --help
  printf '```\n'
done
