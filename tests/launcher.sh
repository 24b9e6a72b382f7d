#!/usr/bin/env bash
# Runs ./reaim as a user does and checks what he sees. The last line of output is "N passed, N failed".
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
input=pcaps/b_directim_nat-aol.lan.pcap
gateway=(--lan 192.168.7.0/24 --public 203.0.113.7)

# check NAME COMMAND...: a fact about the product, true if the command succeeds.
check() {
  local name=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAIL launcher: $name"
  fi
}

# run COMMAND...: keeps what it printed and how it ended.
run() {
  code=0
  "$@" >"$work/stdout" 2>"$work/stderr" || code=$?
}

ended_with() { [[ $code -eq $1 ]] || { echo "exit code $code, expected $1: $(cat "$work/stderr")"; return 1; }; }

# The packets as hexadecimal text, one a line.
packets() { tshark -r "$1" --disable-protocol ip -x 2>/dev/null | awk 'BEGIN { RS = "" } { gsub(/\n/, " "); print }'; }

changed_packets() { diff <(packets "$1") <(packets "$2") | grep -c '^>' || true; }

changes_one_packet() {
  local count
  count=$(changed_packets "$1" "$2")
  [[ $count -eq 1 ]] || { echo "$count packets differ"; return 1; }
}

# Offer TLVs 0002 and 0003 (4 bytes each) and the TCP checksum (2).
changes_ten_bytes_at_most() {
  local count
  count=$({ cmp -l "$1" "$2" || true; } | wc -l)
  [[ $count -gt 0 && $count -le 10 ]] || { echo "$count bytes differ"; return 1; }
}

same_size() { [[ $(wc -c <"$1") -eq $(wc -c <"$2") ]]; }

is_json_object() {
  if command -v python3 >/dev/null; then
    python3 -c 'import json, sys; assert json.load(sys.stdin)["rewritten"] == 1' <"$1" 2>/dev/null
  else
    tr -d ' \n' <"$1" | grep -q '^{.*"rewritten":1[,}].*}$'
  fi
}

one_line() { [[ $(wc -l <"$1") -eq 1 ]] || { echo "$(wc -l <"$1") lines"; return 1; }; }

no_bad_checksum() {
  local bad
  bad=$(tshark -r "$1" -o tcp.check_checksum:TRUE -Y 'tcp.checksum.status == "Bad"' 2>"$work/judge") || { cat "$work/judge"; return 1; }
  [[ -z $bad ]] || { echo "$bad"; return 1; }
}

run ./reaim replay "$input" -w "$work/out.pcap" "${gateway[@]}" --json
check "replay of a recording ends with 0" ended_with 0
check "replay writes its output" test -s "$work/out.pcap"
check "--json prints one object with one rewritten packet" is_json_object "$work/stdout"
if [[ -s $work/out.pcap ]]; then
  check "the output is as long as the input" same_size "$input" "$work/out.pcap"
  check "exactly one packet is changed" changes_one_packet "$input" "$work/out.pcap"
  check "only addresses and the checksum are changed" changes_ten_bytes_at_most "$input" "$work/out.pcap"
  check "no checksum is wrong in the output" no_bad_checksum "$work/out.pcap"
fi

run ./reaim replay pcaps/a_im-sub.lan.pcap -w "$work/same.pcap" "${gateway[@]}"
check "replay of a recording without an offer ends with 0" ended_with 0
check "and copies it byte for byte" cmp -s pcaps/a_im-sub.lan.pcap "$work/same.pcap"

run ./reaim replay "$work/none.pcap" -w "$work/none-out.pcap" "${gateway[@]}"
check "a missing file ends with 2" ended_with 2
check "and one line on stderr" one_line "$work/stderr"
check "and no output file" test ! -e "$work/none-out.pcap"

run ./reaim --help
check "--help ends with 0" ended_with 0
check "and prints something" test -s "$work/stdout"

cp "$input" "$work/here.pcap"
cd "$work"
run "$root/reaim" replay here.pcap -w there.pcap "${gateway[@]}"
check "it works from another directory" ended_with 0
check "and takes paths relative to that directory" test -s "$work/there.pcap"
mkdir -p "$work/with blank"
cp here.pcap "$work/with blank/in put.pcap"
run "$root/reaim" replay "with blank/in put.pcap" -w "with blank/out put.pcap" "${gateway[@]}"
check "paths with blanks work" test -s "$work/with blank/out put.pcap"
ln -s "$root/reaim" "$work/linked"
run "$work/linked" --help
check "it works through a symbolic link" ended_with 0

echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
