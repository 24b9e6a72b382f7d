#!/usr/bin/env bash
# Publishes reaim as one native program (NativeAOT) for this machine's architecture: publish.sh [DIRECTORY], by default
# artifacts/native. Needs the .NET SDK and a C compiler (clang or gcc) with the C library's development files.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-$root/artifacts/native}
case $(uname -m) in
    x86_64) rid=linux-x64 ;;
    aarch64) rid=linux-arm64 ;;
    *)
        echo "publish: $(uname -m) is not supported: x86_64 and aarch64 are." >&2
        exit 2
        ;;
esac

command -v dotnet >/dev/null 2>&1 || { echo "publish: the .NET SDK 10 is missing: install it from https://dot.net or your distribution's package dotnet-sdk-10.0." >&2; exit 2; }
[ ! -d "$out/reaim" ] || { echo "publish: $out/reaim is a folder, where the program is to be: name another directory." >&2; exit 2; }
if ! command -v clang >/dev/null 2>&1 && ! command -v gcc >/dev/null 2>&1 || ! [ -e /usr/include/stdio.h ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends gcc libc6-dev; } >/dev/null 2>&1 || true
    fi
fi

# The native compiler is a package of its own, which must not enter the lock file that all builds share.
dotnet publish "$root/src/ReAim.Capture" -c Release -r "$rid" -p:PublishAot=true \
    -p:NuGetLockFilePath="$root/artifacts/native.lock.json" -p:RestoreLockedMode=false \
    --artifacts-path "$root/artifacts/native-build" --nologo -v quiet -o "$root/artifacts/native-build/published"
mkdir -p "$out"
install -m 755 "$root/artifacts/native-build/published/reaim" "$out/reaim"
echo "$out/reaim"
