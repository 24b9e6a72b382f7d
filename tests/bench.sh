#!/usr/bin/env bash
# reaim replay against tcprewrite on the same synthetic capture, and as root a live gateway against a port forward and a small C
# loop: always in turn, with an A/A control. Prints figures for docs/BENCHMARKS.md. PAIRS=7 and PACKETS=1000000 by default;
# "bench.sh replay" or "bench.sh live" does one of them.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=tests/packages.sh
. "$root/tests/packages.sh"
pairs=${PAIRS:-7}
what=${1:-all}
packets=${PACKETS:-1000000}

live() {
    if [ "$(id -u)" != 0 ]; then
        echo "bench: the live gateway needs root: not measured."
        return
    fi

    install_gateway_programs
    local native loop
    native=$("$root/publish.sh" "$work/native" | tail -n 1)
    loop=$work/queue_loop
    gcc -O2 -o "$loop" "$root/tests/ReAim.Benchmarks/Live/queue_loop.c"
    dotnet build "$root/tests/ReAim.Gateway.Tests" -c Release -v quiet --nologo >/dev/null
    PAIRS=$pairs REAIM_TEST_PROGRAM=$native REAIM_QUEUE_LOOP=$loop dotnet test "$root/tests/ReAim.Gateway.Tests" -c Release --no-build \
        --filter "FullyQualifiedName~Figures.Figures" --logger "console;verbosity=normal" | sed -nE '/figure:|Failed|Error Message/p'
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ "$what" = replay ] || live
[ "$what" != live ] || exit 0
if ! command -v tcprewrite >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -q >/dev/null 2>&1 && apt-get install -y -q --no-install-recommends tcpreplay >/dev/null 2>&1
    else
        echo "bench: tcprewrite is missing: install tcpreplay." >&2
        exit 1
    fi
fi

"$root/reaim" --version >/dev/null
dotnet run -c Release --project "$root/tests/ReAim.Benchmarks" -- capture "$work/in.pcap" "$packets"
cat "$work/in.pcap" >/dev/null

# Wall seconds, user plus system seconds and peak memory (KB) of one run; the output is removed, so that every run writes anew.
measure() {
    rm -f "$work/out.pcap"
    python3 - "$@" <<'EOF'
import os, resource, subprocess, sys, time
start = time.monotonic()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
wall = time.monotonic() - start
if status:
    sys.exit(f"{sys.argv[1]} failed")
print(f"{wall:.3f} {usage.ru_utime + usage.ru_stime:.3f} {usage.ru_maxrss}")
EOF
}

reaim() { measure dotnet "$root/artifacts/reaim/reaim.dll" replay "$work/in.pcap" -w "$work/out.pcap" --lan 192.168.7.0/24 --public 203.0.113.7; }
tcprewrite_run() { measure tcprewrite --pnat=192.168.7.0/24:203.0.113.7/32 --fixcsum -i "$work/in.pcap" -o "$work/out.pcap"; }

reaim >/dev/null
tcprewrite_run >/dev/null
for ((i = 0; i < pairs; i++)); do
    echo "reaim $(reaim)"
    echo "tcprewrite $(tcprewrite_run)"
    echo "again $(reaim)"
done >"$work/figures"

python3 - "$work/figures" "$packets" <<'EOF'
import statistics, sys
runs = {}
for line in open(sys.argv[1]):
    name, wall, cpu, memory = line.split()
    runs.setdefault(name, []).append((float(wall), float(cpu), int(memory)))
packets = int(sys.argv[2])
median = lambda name, column: statistics.median(run[column] for run in runs[name])
print(f"| {packets:,} packets, {len(runs['reaim'])} pairs | wall, median (min-max) | CPU, median | packets/s | peak memory |")
print("|---|---|---|---|---|")
for name, title in (("reaim", "`reaim replay`"), ("tcprewrite", "`tcprewrite --pnat --fixcsum`"), ("again", "`reaim replay` again (A/A)")):
    walls = [run[0] for run in runs[name]]
    print(f"| {title} | {median(name, 0):.2f} s ({min(walls):.2f}-{max(walls):.2f}) | {median(name, 1):.2f} s | {packets / median(name, 0):,.0f} | {median(name, 2) / 1024:.0f} MB |")
ratio = lambda a, b, column: statistics.median(y[column] / x[column] for x, y in zip(runs[a], runs[b]))
print()
print(f"Packet rate, `reaim` to `tcprewrite`, median of pairs: **{ratio('reaim', 'tcprewrite', 0):.2f}** by wall time, {ratio('reaim', 'tcprewrite', 1):.2f} by CPU time. A/A: {ratio('reaim', 'again', 0):.2f}.")
EOF
