# shellcheck shell=bash
# Sourced by the scripts that need programs of the system for tests.

PATH=$PATH:/usr/sbin:/sbin

# Installs packages, those of them that can be had. Services that come with them are neither started nor enabled: a server that a test
# runs in a namespace is not the machine's, nor is a firewall.
install_programs() (
  [[ $# -gt 0 && $(id -u) -eq 0 ]] && command -v apt-get >/dev/null || return 0
  policy=/usr/sbin/policy-rc.d
  if [[ ! -e $policy ]]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  echo "Installing $*."
  apt-get update -qq >/dev/null 2>&1 || true
  for package in "$@"; do
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1 || continue
    command -v systemctl >/dev/null || continue
    dpkg -L "$package" | sed -n 's|.*/systemd/system/\([^/@]*\.service\)$|\1|p' | xargs -r systemctl disable --quiet >/dev/null 2>&1 || true
  done
)

# Of pairs "program package", the packages whose program is not there.
packages_without_program() {
  local program package
  while read -r program package; do
    command -v "$program" >/dev/null || echo "$package"
  done | sort -u
}

# What live gateways need, where network namespaces can be made: pairs "program package".
gateway_programs() {
  [[ $(id -u) -eq 0 ]] || return 0
  printf '%s\n' "nft nftables" "iptables iptables" "ip iproute2" "conntrack conntrack" "sysctl procps" "tcpdump tcpdump" "ethtool ethtool"
}

# Installs those that are missing.
install_gateway_programs() {
  local missing
  mapfile -t missing < <(gateway_programs | packages_without_program)
  install_programs ${missing[@]+"${missing[@]}"}
}
