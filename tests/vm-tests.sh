#!/usr/bin/env bash
# The tests of what a kernel decides (rules, queue, connection tracking, helpers, marks), as tests/vm.sh runs them under another kernel: they must be built already.
# The last line says: N passed, N failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
# All that is emulated takes its time.
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_TieredPGO=0 VSTEST_CONNECTION_TIMEOUT=300
groups=("$@")
[[ $# -gt 0 ]] || groups=(Rules Nftables Nfqueue Conntrack Checking.HelpersCheckTests Checking.VerdictMarksCheckTests Checking.FlowtablesCheckTests)
filter=$(printf '|FullyQualifiedName~ReAim.Gateway.Tests.%s.' "${groups[@]}")
log=$(mktemp)
dotnet vstest tests/ReAim.Gateway.Tests/bin/Release/net10.0/ReAim.Gateway.Tests.dll \
  --TestCaseFilter:"${filter#|}" --logger:"console;verbosity=normal" | tee "$log"
passed=$(sed -n 's/^ *Passed: *\([0-9]*\)$/\1/p' "$log" | tail -n 1)
failed=$(sed -n 's/^ *Failed: *\([0-9]*\)$/\1/p' "$log" | tail -n 1)
if [[ -z $passed ]]; then
  echo "0 passed, 1 failed"
  exit 1
fi
echo "$passed passed, ${failed:-0} failed"
[[ ${failed:-0} -eq 0 ]]
