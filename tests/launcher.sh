#!/usr/bin/env bash
# The launcher as a newcomer uses it. One line for each check: "ok" or "not ok".
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
recording="$root/pcaps/b_directim_nat-aol.lan.pcap"
gateway=(--lan 192.168.7.0/24 --public 203.0.113.7)

check() {
    local what=$1
    shift
    if "$@" >"$work/said" 2>&1; then
        echo "ok $what"
    else
        echo "not ok $what"
        sed 's/^/    /' "$work/said"
    fi
}

refuses() {
    "$root/reaim" "$@" >"$work/out" 2>"$work/err"
    local code=$?
    cat "$work/err"
    [ $code -eq 2 ] && [ "$(wc -l <"$work/err")" -eq 1 ] && [ ! -s "$work/out" ]
}

differs_in_one_packet() {
    "$root/reaim" replay "$recording" -w out.pcap "${gateway[@]}" --json >report.json || return 1
    grep -q '"rewritten": 1,' report.json || return 1
    [ "$(stat -c %s out.pcap)" -eq "$(stat -c %s "$recording")" ] || return 1
    # Two addresses of four bytes and one checksum.
    local bytes
    bytes=$(cmp -l "$recording" out.pcap | wc -l)
    echo "$bytes bytes differ"
    [ "$bytes" -ge 9 ] && [ "$bytes" -le 10 ]
}

check "the launcher builds and shows help" "$root/reaim" --help
check "the first command of the README rewrites one packet, in any directory" differs_in_one_packet
check "a missing file is one sentence and exit code 2" refuses replay nothing.pcap "${gateway[@]}"
check "a missing option is one sentence and exit code 2" refuses replay "$recording"
ln -s "$root/reaim" link
check "the launcher works through a symbolic link" ./link --version
