#!/usr/bin/env bash
# Real IRC clients and servers behind a live gateway, and real firewalls that are reloaded under it: what Debian has is installed, and
# the tests that need it are run. Prints the table of docs/PROTOCOL-IRC.md. Under 15 minutes.
# The last line says: N passed, N failed; the one before it how many were skipped because a program is missing.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 REAIM_TEST_FULL=1 REAIM_TEST_PART=programs
# shellcheck source=tests/packages.sh
. tests/packages.sh

mapfile -t missing < <({ gateway_programs; cat; } <<'LIST' | packages_without_program
irssi irssi
weechat-headless weechat-headless
epic5 epic5
hexchat hexchat
Xvfb xvfb
xvfb-run xvfb
xauth xauth
script bsdutils
ngircd ngircd
inspircd inspircd
znc znc
ufw ufw
firewalld firewalld
dbus-daemon dbus
LIST
)
# HexChat is told what to do by a script.
[[ -e $(echo /usr/lib/*/hexchat/plugins/perl.so) ]] || missing+=(hexchat-perl)
install_programs ${missing[@]+"${missing[@]}"}

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
dotnet test tests/ReAim.Gateway.Tests -c Release --verbosity quiet --filter TestCategory=Programs --results-directory "$results" \
  --logger "trx;LogFileName=programs.trx" --logger "console;verbosity=normal"
code=$?
outcomes() { { grep -o '<UnitTestResult [^>]*' "$results/programs.trx" || true; } | { grep -cE "outcome=\"($1)\"" || true; }; }
if [[ ! -f $results/programs.trx ]]; then
  echo "0 passed, 1 failed"
  exit 1
fi
passed=$(outcomes Passed) failed=$(outcomes 'Failed|Error|Timeout|Aborted') skipped=$(outcomes 'NotExecuted|Inconclusive')
[[ $code -eq 0 || $failed -gt 0 ]] || failed=1
[[ $skipped -eq 0 ]] || echo "$skipped skipped: this machine does not have what they need."
echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
