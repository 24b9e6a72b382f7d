#!/usr/bin/env bash
# Lets a fuzzer look for inputs that break a promise, led by coverage: afl++ drives the targets of tests/ReAim.Fuzz, whose assemblies
# SharpFuzz has instrumented. Needs root once, to install afl++. Prints executions, findings and the coverage of ReAim.Alg.
#   tests/fuzz.sh [SECONDS [TARGET...]]     60 seconds a target and all targets by default; two run at once
# FUZZ_CORPUS=FOLDER keeps what was learnt, and goes on from there the next time. Exit code 1 if anything was found.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
seconds=${1:-60}
shift || true
jobs=${FUZZ_JOBS:-2}

if ! command -v afl-fuzz >/dev/null; then
    if [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null; then
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends afl++; } >/dev/null 2>&1 || true
    fi
    command -v afl-fuzz >/dev/null || { echo "fuzz: needs afl++: sudo apt-get install afl++" >&2; exit 1; }
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
corpus=${FUZZ_CORPUS:-$work/corpus}
mkdir -p "$corpus"
dotnet tool restore >/dev/null
dotnet publish tests/ReAim.Fuzz -c Release -o "$work/plain" -v quiet --nologo
cp -r "$work/plain" "$work/program"
dotnet tool run sharpfuzz "$work/program/ReAim.Alg.dll" >/dev/null
dotnet tool run sharpfuzz "$work/program/reaim.dll" >/dev/null
dotnet "$work/plain/ReAim.Fuzz.dll" seeds "$work/seeds"
[[ $# -gt 0 ]] && targets=("$@") || mapfile -t targets < <(ls "$work/seeds")

# afl++ looks for a native program, for core dumps and for a processor's governor: none of them matters here.
export AFL_SKIP_BIN_CHECK=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1
export AFL_AUTORESUME=1 AFL_IMPORT_FIRST=1
fuzz_one() {
    local target=$1
    afl-fuzz -i "$work/seeds/$target" -o "$corpus/$target" -x "$root/tests/ReAim.Fuzz/oscar.dict" -V "$seconds" -t 10000 -m none \
        -- dotnet "$work/program/ReAim.Fuzz.dll" "$target" >"$work/$target.log" 2>&1 || { echo "fuzz: $target broke off"; tail -n 20 "$work/$target.log"; }
}

running=0
for target in "${targets[@]}"; do
    fuzz_one "$target" &
    running=$((running + 1))
    if [[ $running -ge $jobs ]]; then
        wait -n || true
        running=$((running - 1))
    fi
done
wait

value() { sed -n "s/^$2 *: *//p" "$corpus/$1/default/fuzzer_stats" 2>/dev/null; }
found=0
printf '%-12s %14s %12s %10s %10s %8s %6s\n' target executions per-second inputs coverage findings hangs
for target in "${targets[@]}"; do
    crashes=$(value "$target" saved_crashes)
    hangs=$(value "$target" saved_hangs)
    printf '%-12s %14s %12s %10s %10s %8s %6s\n' "$target" "$(value "$target" execs_done)" "$(value "$target" execs_per_sec)" \
        "$(value "$target" corpus_count)" "$(value "$target" bitmap_cvg)" "${crashes:-none run}" "$hangs"
    [[ ${crashes:-1} == 0 && ${hangs:-1} == 0 ]] || found=1
done

# Coverage, of the assemblies as they are, by all inputs that led somewhere.
for target in "${targets[@]}"; do
    mkdir -p "$work/inputs/$target"
    cp "$corpus/$target/default/queue/id"* "$work/inputs/$target/" 2>/dev/null || true
    mkdir -p "$root/artifacts/findings/$target"
    cp "$corpus/$target/default/crashes/id"* "$corpus/$target/default/hangs/id"* "$root/artifacts/findings/$target/" 2>/dev/null || true
done
REAIM_FUZZ_INPUTS=$work/inputs dotnet test tests/ReAim.Fuzz.Tests -c Release --nologo -v quiet --filter "FullyQualifiedName~What_was_found_once" \
    --collect "XPlat Code Coverage" --results-directory "$work/results" -- DataCollectionRunSettings.DataCollectors.DataCollector.Configuration.Include='[ReAim.Alg]*' \
    >"$work/coverage.log" 2>&1 || { found=1; tail -n 40 "$work/coverage.log"; }
python3 - "$work"/results/*/coverage.cobertura.xml <<'EOF' || true
import sys, xml.etree.ElementTree as tree
for package in tree.parse(sys.argv[1]).getroot().iter("package"):
    print(f"coverage of {package.get('name')}: {float(package.get('line-rate')):.1%} of lines, {float(package.get('branch-rate')):.1%} of branches")
    for one in sorted(package.iter("class"), key=lambda one: float(one.get("branch-rate")))[:12]:
        print(f"  least: {one.get('name')} {float(one.get('line-rate')):.0%} lines, {float(one.get('branch-rate')):.0%} branches")
EOF
[[ $found -eq 0 ]] || echo "fuzz: inputs that break a promise are in artifacts/findings: see one again with ReAim.Fuzz replay"
exit "$found"
