#!/usr/bin/env bash
# The slow campaigns, run before an issue is called resolved: all of them, in under two hours, or those that are named.
#   tests    the fast tests with a hundred times the properties, every live scenario and twenty minutes of soak
#   windows  the Windows program under wine
#   fuzz     a fuzzer, for a minute a target
#   bench    the benchmarks that compare
#   programs real IRC programs and real firewalls, as Debian has them
#   vm       the tests of rules under this Debian's own kernel, which has the other way into the queue
# The last line says: N passed, N failed. What is no campaign of tests counts as one.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck source=tests/packages.sh
. tests/packages.sh
all=(tests programs windows fuzz bench vm)
passed=0 failed=0 broken=()

# Other cases than the fast tests try, and different ones each time; the seed is shown to repeat them.
export REAIM_TEST_SCALE=${REAIM_TEST_SCALE:-100} REAIM_TEST_SEED=${REAIM_TEST_SEED:-$(date +%s)}
export REAIM_TEST_FULL=1 REAIM_SOAK_SECONDS=${REAIM_SOAK_SECONDS:-1200}

part_tests() {
  tests/run.sh | tee "$log"
  local code=${PIPESTATUS[0]}
  count '^([0-9]+) passed, ([0-9]+) failed$'
  return "$code"
}

part_programs() {
  tests/programs.sh | tee "$log"
  local code=${PIPESTATUS[0]}
  count '^([0-9]+) passed, ([0-9]+) failed$'
  return "$code"
}

part_windows() { tests/windows.sh && passed=$((passed + 1)); }

part_fuzz() { tests/fuzz.sh "${FUZZ_SECONDS:-60}" && passed=$((passed + 1)); }

part_bench() { tests/bench.sh && passed=$((passed + 1)); }

part_vm() {
  local code
  install_gateway_programs
  dotnet build tests/ReAim.Gateway.Tests -c Release --verbosity quiet || return 1
  VM_SECONDS=${VM_SECONDS:-1500} tests/vm.sh tests/vm-tests.sh | tee "$log"
  code=${PIPESTATUS[0]}
  [[ $code -ne 77 ]] || return 0
  count '^([0-9]+) passed, ([0-9]+) failed$'
  return "$code"
}

# Adds what the last line of the log says that matches.
count() {
  local line
  line=$(grep -E "$1" "$log" | tail -n 1)
  if [[ $line =~ $1 ]]; then
    passed=$((passed + BASH_REMATCH[1]))
    failed=$((failed + BASH_REMATCH[2]))
  fi
}

parts=("$@")
[[ $# -gt 0 ]] || parts=("${all[@]}")
for part in "${parts[@]}"; do
  if [[ " ${all[*]} " != *" $part "* ]]; then
    echo "tests/full.sh: there is no part $part: write one or several of: ${all[*]}." >&2
    exit 2
  fi
done

echo "full: ${parts[*]}; REAIM_TEST_SCALE=$REAIM_TEST_SCALE REAIM_TEST_SEED=$REAIM_TEST_SEED"
for part in "${parts[@]}"; do
  echo "full: $part"
  before=$failed
  if ! "part_$part"; then
    broken+=("$part")
    # A part that broke off without counting is a failure too.
    [[ $failed -gt $before ]] || failed=$((failed + 1))
  fi
done

for part in ${broken[@]+"${broken[@]}"}; do
  echo "full: $part failed."
done
echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
