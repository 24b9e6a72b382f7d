#!/usr/bin/env bash
# Builds everything, warnings as errors, and runs all fast tests. The last line says: N passed, N failed.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

stop() {
    echo "tests: $1"
    echo "0 passed, 1 failed"
    exit 1
}

command -v dotnet >/dev/null 2>&1 || stop "the .NET SDK 10 is missing: install it from https://dot.net."

# tshark judges what we write, libpcap reads it back.
missing=()
command -v tshark >/dev/null 2>&1 || missing+=(tshark)
ldconfig -p 2>/dev/null | grep -q 'libpcap\.so' || missing+=(libpcap0.8)
if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "tests: installing ${missing[*]}"
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -q >/dev/null 2>&1
        apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null 2>&1 || stop "could not install ${missing[*]}."
    else
        stop "missing: ${missing[*]}; install them and run this again."
    fi
fi

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

dotnet build ReAim.sln -c Release --nologo -v quiet -clp:NoSummary || stop "the build failed."

passed=0
failed=0
for project in tests/*.Tests/*.csproj; do
    name=$(basename "$project" .csproj)
    echo "tests: $name"
    dotnet test "$project" -c Release --no-build --nologo -v quiet --results-directory "$results" --logger "trx;LogFileName=$name.trx" \
        || echo "tests: $name has failures"
    if [ ! -f "$results/$name.trx" ]; then
        failed=$((failed + 1))
        continue
    fi
    counters=$(grep -o '<Counters [^>]*>' "$results/$name.trx")
    number() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$counters"; }
    passed=$((passed + $(number passed)))
    failed=$((failed + $(number total) - $(number passed)))
done

echo "tests: launcher"
tests/launcher.sh >"$results/launcher" 2>&1
cat "$results/launcher"
passed=$((passed + $(grep -c '^ok ' "$results/launcher")))
failed=$((failed + $(grep -c '^not ok ' "$results/launcher")))

[ "$passed" -gt 0 ] || failed=$((failed + 1))
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
