#!/bin/sh
# Spikes of two recurrent networks with delays, IF and LIF, 1,000 steps: those of Brian2, step for
# step. brian-*.csv is what brian.py printed with Brian2 2.5.1 (Debian: python3-brian), which is not
# needed here; with --accept it makes them anew.
. "$(dirname "$0")/../lib.sh"
bad=0
for net in if lif; do
  name=tests/conformance/brian-$net
  "$SNNCC" run $name.snn -q --record "$tmp/got.csv" >/dev/null || bad=1
  if [ "${1:-}" = --accept ]; then
    "$SNNCC" $name.snn -o - >"$tmp/net.ir" &&
      ${PYTHON:-python3} tests/conformance/brian.py "$tmp/net.ir" "$tmp/got.csv" 2>"$tmp/log" >$name.csv ||
      { tail -3 "$tmp/log"; exit 1; }
  fi
  cmp -s "$tmp/got.csv" $name.csv || {
    echo "$name.snn: other spikes than Brian2 has in $name.csv:"
    diff $name.csv "$tmp/got.csv" | head
    bad=1
  }
done
exit $bad
