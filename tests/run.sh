#!/usr/bin/env bash
# Builds ReAim and runs its tests. The last line of output is the result: "N passed, N failed".
# Exit code: 0 if something ran and nothing failed, else 1.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

give_up() {
  echo "$1" >&2
  echo "0 passed, 1 failed"
  exit 1
}

# shellcheck source=tests/packages.sh
. tests/packages.sh

has_libpcap() { ldconfig -p 2>/dev/null | grep -q 'libpcap\.so'; }

missing_packages() {
  has_libpcap || echo libpcap0.8
  { echo "tshark tshark"; gateway_programs; } | packages_without_program
}

install_missing() {
  local missing
  mapfile -t missing < <(missing_packages)
  install_programs ${missing[@]+"${missing[@]}"}
  missing=$(missing_packages | xargs)
  [[ -z $missing ]] || give_up "The tests need: $missing. Install with: sudo apt-get install $missing"
}

command -v dotnet >/dev/null || give_up "The tests need the .NET 10 SDK: https://dotnet.microsoft.com/download"
install_missing

# Programs that people use, for the live tests: where they cannot be had, those are skipped.
mapfile -t wanted < <(printf '%s\n' "irssi irssi" "script bsdutils" "ngircd ngircd" | packages_without_program)
install_programs ${wanted[@]+"${wanted[@]}"}

locked=()
[[ ${CI:-} != true ]] || locked=(--locked-mode)
dotnet restore ReAim.sln --verbosity quiet ${locked[@]+"${locked[@]}"} || give_up "The packages could not be restored."
dotnet build ReAim.sln -c Release --no-restore --verbosity quiet || give_up "The build failed."

results=$(mktemp -d)
background=
trap '[[ -z $background ]] || kill -- "-$background" 2>/dev/null || true; rm -rf "$results"' EXIT
# What runs in front cancels itself and ends as if nothing had been: the script would go on.
trap 'exit 130' INT
passed=0 failed=0 skipped=0

# How many results of a TRX file have an outcome that matches.
count_outcomes() {
  { grep -o '<UnitTestResult [^>]*' "$1" || true; } | { grep -cE "outcome=\"($2)\"" || true; }
}

# A TRX file escapes text for XML.
names_of_failed() {
  { grep -o '<UnitTestResult [^>]*' "$1" || true; } \
    | { grep -E 'outcome="(Failed|Error|Timeout|Aborted)"' || true; } \
    | sed -E 's/.*testName="([^"]*)".*/  \1/; s/&quot;/"/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g'
}

# Runs a project's tests: its results are in a TRX file, its exit code beside that.
try_project() {
  local name code=0
  name=$(basename "$1" .csproj)
  echo "== $name"
  dotnet test "$1" -c Release --no-build --results-directory "$results" \
    --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" || code=$?
  echo "$code" >"$results/$name.code"
}

count_project() {
  local name trx code here=0
  name=$(basename "$1" .csproj)
  trx=$results/$name.trx
  code=$(cat "$results/$name.code" || echo 1)
  if [[ -f $trx ]]; then
    passed=$((passed + $(count_outcomes "$trx" Passed)))
    skipped=$((skipped + $(count_outcomes "$trx" 'NotExecuted|Inconclusive')))
    here=$(count_outcomes "$trx" 'Failed|Error|Timeout|Aborted')
    names_of_failed "$trx" >>"$results/failed.txt"
  fi
  if [[ $code -ne 0 && $here -eq 0 ]]; then
    # The test host crashed, or could not start.
    here=1
    echo "  $name ended with exit code $code" >>"$results/failed.txt"
  fi
  failed=$((failed + here))
}

run_launcher() {
  local code=0 line
  echo "== launcher"
  tests/launcher.sh | tee "$results/launcher.txt" | sed '$d' || code=$?
  line=$(tail -n 1 "$results/launcher.txt")
  if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    passed=$((passed + BASH_REMATCH[1]))
    failed=$((failed + BASH_REMATCH[2]))
    [[ $code -eq 0 || ${BASH_REMATCH[2]} -gt 0 ]] || failed=$((failed + 1))
    grep '^FAIL ' "$results/launcher.txt" | sed 's/^FAIL /  /' >>"$results/failed.txt" || true
  else
    failed=$((failed + 1))
    echo "  tests/launcher.sh broke off" >>"$results/failed.txt"
  fi
}

# These need nothing but a processor and no clock: both at once. What is live has the machine to itself.
engine=tests/ReAim.Alg.Tests/ReAim.Alg.Tests.csproj
network=tests/ReAim.NatLab.Tests/ReAim.NatLab.Tests.csproj
# The one behind has a process group of its own, which ends with this script: an interrupt does not reach it.
set -m
try_project "$network" >"$results/network.txt" 2>&1 &
background=$!
set +m
try_project "$engine"
wait "$background"
background=
cat "$results/network.txt"
for project in tests/*/*.Tests.csproj; do
  [[ $project == "$engine" || $project == "$network" ]] || try_project "$project"
  count_project "$project"
done
[[ ! -x tests/launcher.sh ]] || run_launcher

if [[ -s $results/failed.txt ]]; then
  printf '\nFailed:\n'
  cat "$results/failed.txt"
fi
if [[ $((passed + failed)) -eq 0 ]]; then
  give_up "No test ran."
fi
[[ $skipped -eq 0 ]] || echo "$skipped skipped: slow ones (REAIM_TEST_FULL=1 runs them) and what this machine does not offer."
echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
