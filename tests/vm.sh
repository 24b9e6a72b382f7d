#!/usr/bin/env bash
# tests/vm.sh COMMAND...: runs a command as root under the kernel of this Debian release, in qemu. That kernel has what another one
# may lack: nftables' queue statement, modules, flowtables. It runs over this machine's root file system, read-only with a tmpfs over it:
# the command sees the same paths, what it writes is lost, its output and its exit status come back.
# Emulated, everything takes 2 to 17 times as long. Where the processor can (vmx or svm in /proc/cpuinfo): VM_ACCEL=kvm.
# Exit status 77: not here (the last line says why). VM_SECONDS (600), VM_MEMORY (2048, MB) and VM_CPUS (2) are limits, VM_WORK a folder
# that is kept (artifacts/vm: the kernel and its modules, 400 MB).
set -euo pipefail

[[ $# -gt 0 ]] || { sed -n '2,8s/^# //p' "$0" >&2; exit 2; }
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=${VM_WORK:-$root/artifacts/vm}
PATH=$PATH:/usr/sbin:/sbin

skip() {
  echo "NOT TESTED: tests/vm.sh needs $1."
  exit 77
}

# qemu, from the distribution; the packages whose files it takes are only downloaded.
install_qemu() {
  command -v qemu-system-x86_64 >/dev/null && return 0
  [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null || skip "qemu: apt-get install qemu-system-x86"
  echo "Installing qemu-system-x86."
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends qemu-system-x86; } >/dev/null 2>&1 || true
  command -v qemu-system-x86_64 >/dev/null || skip "qemu, which could not be installed"
}

# The modules that the root file system over 9p needs, each behind those it depends on.
copy_modules() {
  local modules=$1 name line file
  for name in virtio_pci 9pnet_virtio 9p overlay; do
    line=$(sed -n "s|^\(.*/$name\.ko\):|\1|p" "$modules/modules.dep")
    for file in $(tr ' ' '\n' <<<"$line" | tac); do
      [[ -e initrd/m/${file##*/} ]] && continue
      cp "$modules/$file" initrd/m/
      echo "${file##*/}" >>initrd/m/order
    done
  done
}

write_init() {
  cat >initrd/init <<'INIT'
#!/bin/busybox sh
b=/bin/busybox
$b mkdir -p /proc /low /up /new
$b mount -t proc proc /proc
for m in $($b cat /m/order); do $b insmod "/m/$m" || echo "insmod $m failed"; done
$b mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=262144,cache=loose host /low || exec $b poweroff -f
$b mount -t tmpfs tmpfs /up
$b mkdir -p /up/u /up/w
$b mount -t overlay -o lowerdir=/low,upperdir=/up/u,workdir=/up/w overlay /new || exec $b poweroff -f
work=$($b sed -n 's/.*vmwork=\([^ ]*\).*/\1/p' /proc/cmdline)
n=/new
$b mount -t proc proc $n/proc
$b mount -t sysfs sysfs $n/sys
$b mount -t devtmpfs dev $n/dev
$b mkdir -p $n/dev/pts $n/dev/shm $n/lib/modules
$b mount -t devpts devpts $n/dev/pts
$b mount -t tmpfs tmpfs $n/dev/shm
$b mount -t tmpfs tmpfs $n/run
$b mount -o bind "$n$work/root/lib/modules" $n/lib/modules
# The kernel loads modules by this name; the distribution's own program where its libraries are there, else busybox.
[ -e $n/sbin/modprobe ] || $b cp "$n$work/root/bin/kmod" $n/sbin/modprobe
$b chroot $n /sbin/modprobe --version >/dev/null 2>&1 || { $b rm -f $n/sbin/modprobe; $b cp /bin/busybox $n/sbin/modprobe; }
$b umount /proc
exec $b switch_root $n /bin/bash "$work/inside.sh"
INIT
  chmod +x initrd/init
}

# Downloads the kernel and makes what boots it: once.
prepare() {
  [[ ! -e ready ]] || return 0
  local kernel release package
  command -v apt-get >/dev/null || skip "apt-get, to download a kernel"
  kernel=$(apt-cache depends linux-image-amd64 2>/dev/null | sed -n 's/.*Depends: \(linux-image-[^ ]*\)/\1/p' | head -n 1)
  [[ -n $kernel ]] || skip "a Debian whose packages are known (apt-get update)"
  rm -rf root initrd initrd.gz
  mkdir -p root initrd/bin initrd/m
  # apt's own user may not write here; it says so, and root does it.
  apt-get -q download "$kernel" busybox-static kmod >/dev/null 2>&1 || skip "the package $kernel, which could not be downloaded"
  for package in "$kernel"_*.deb busybox-static_*.deb kmod_*.deb; do
    dpkg -x "$package" root
  done
  rm -f ./*.deb
  release=${kernel#linux-image-}
  (exec -a depmod root/bin/kmod -b "$work/root" "$release")
  copy_modules "root/lib/modules/$release"
  cp root/bin/busybox initrd/bin/
  write_init
  (cd initrd && find . | ../root/bin/busybox cpio -o -H newc 2>/dev/null | gzip -1) >initrd.gz
  echo "$release" >ready
}

# What the virtual machine runs; the mark before the status is no word of anybody else's.
write_command() {
  cat >inside.sh <<INSIDE
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TMPDIR=/tmp
ip link set lo up
read -r up _ </proc/uptime
echo "vm: \$(uname -r) up after \$up s"
cd $(printf %q "$here")
$(printf '%q ' "$@") </dev/null
printf "\\nvm: status=%s\\n" "\$?"
sync
echo o >/proc/sysrq-trigger
while :; do :; done
INSIDE
}

[[ $(uname -m) == x86_64 ]] || skip "an x86-64 machine"
install_qemu
here=$PWD
mkdir -p "$work"
work=$(cd "$work" && pwd)
cd "$work"
prepare
write_command "$@"
release=$(<ready)
# On a busy machine the kernel's check of its timer fails, and the kernel with it: no_timer_check.
# Not kvm by itself: /dev/kvm may open on a machine that cannot run this kernel with it.
if [[ ${VM_ACCEL:-tcg} == kvm ]]; then
  machine=(-accel kvm -cpu host)
else
  machine=(-accel "tcg,thread=multi" -cpu max)
fi
timeout -k 5 "${VM_SECONDS:-600}" qemu-system-x86_64 "${machine[@]}" -m "${VM_MEMORY:-2048}" -smp "${VM_CPUS:-2}" \
  -nodefaults -no-user-config -no-reboot -display none -serial stdio -monitor none -nic none \
  -kernel "root/boot/vmlinuz-$release" -initrd initrd.gz -append "console=ttyS0 quiet no_timer_check nowatchdog panic=-1 vmwork=$work" \
  -fsdev local,id=h,path=/,security_model=none,readonly=on,multidevs=remap -device virtio-9p-pci,fsdev=h,mount_tag=host \
  </dev/null 2>qemu.err | sed -u 's,\r,,g' | tee console || true
status=$(sed -n 's/^vm: status=\([0-9]*\)$/\1/p' console | tail -n 1)
if [[ -z $status ]]; then
  echo "tests/vm.sh: no status came from the virtual machine, which had ${VM_SECONDS:-600} s. $(tail -n 1 qemu.err)" >&2
  exit 1
fi
exit "$status"
