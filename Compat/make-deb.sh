#!/usr/bin/env bash
# Makes a Debian package of the C library with dpkg-deb:
#
#   Compat/make-deb.sh [--output DIR]
#
# The package swift-milter-libmilter replaces Debian's own library. dpkg diverts that library while the
# package is installed; see dpkg-divert(1):
#
#   /usr/lib/TRIPLET/libmilter.so.1.0.1         swift-milter's
#   /usr/lib/TRIPLET/libmilter.sendmail-1.0.1   the original, if libmilter1.0.1 is installed
#
# So every installed filter runs on swift-milter after its next start, and on the original again after
# the package was removed and the filter restarted. DIR is the current folder by default. The script
# uses the environment variables of install.sh.
set -euo pipefail

fail() { printf 'make-deb.sh: %s\n' "$*" >&2; exit 1; }

output=$PWD
while [ $# -gt 0 ]; do
  case $1 in
    --output) [ $# -ge 2 ] || fail '--output needs a directory'; output=$2; shift 2 ;;
    --output=*) output=${1#--output=}; shift ;;
    -h | --help) sed -n '2,/^set -/s/^# \{0,1\}//p' "$0" | sed '$d'; exit 0 ;;
    *) fail "$1: no such option; the only one is --output DIR" ;;
  esac
done
command -v dpkg-deb >/dev/null || fail 'dpkg-deb is missing; make-deb.sh runs on Debian and Ubuntu'

compat=$(cd "$(dirname "$0")" && pwd)
name=swift-milter-libmilter
version=$(sed -n 's/.*version = "\([0-9.]*\)".*/\1/p' "$compat/../Sources/MilterKit/Program/Program.swift")
architecture=$(dpkg --print-architecture)
# On Debian, ldconfig is not in the PATH of ordinary users.
triplet=$(PATH=$PATH:/usr/sbin:/sbin ldconfig -p | sed -n '0,\|.*/lib/\([^/ ]*-linux-[^/ ]*\)/libc\.so.*|s||\1|p')
[ -n "$version" ] || fail 'cannot determine the version'
[ -n "$triplet" ] || fail "cannot determine where this system's libraries are"

# dpkg requires mode 0755 for the folder of maintainer scripts, whatever the umask is.
umask 022
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/$name
libraries=/usr/lib/$triplet
"$compat/install.sh" --prefix "$work/installed" >/dev/null
install -D -m 644 "$work/installed/lib/libmilter.so.1.0.1" "$tree$libraries/libmilter.so.1.0.1"
install -D -m 644 "$compat/../LICENSE" "$tree/usr/share/doc/$name/copyright"
install -d "$tree/usr/share/doc/$name"
sed "s|@libraries@|$libraries|g" "$compat/debian/README.Debian" \
  >"$tree/usr/share/doc/$name/README.Debian"

# The packages of its shared libraries; libc6 must be at least as new as its newest symbol.
libc=$(objdump -T "$work/installed/lib/libmilter.so.1.0.1" |
  sed -n 's/.*(GLIBC_\([0-9.]*\)).*/\1/p' | sort -Vu | tail -n 1)

install -d "$tree/DEBIAN"
sed -e "s/@version@/$version/" -e "s/@architecture@/$architecture/" -e "s/@libc@/$libc/" \
  -e "s/@size@/$(du -sk --exclude=DEBIAN "$tree" | cut -f1)/" \
  "$compat/debian/control" >"$tree/DEBIAN/control"
for script in preinst postrm; do
  sed "s|@libraries@|$libraries|g" "$compat/debian/$script" >"$tree/DEBIAN/$script"
  chmod 755 "$tree/DEBIAN/$script"
done
install -m 644 "$compat/debian/triggers" "$tree/DEBIAN/triggers"

mkdir -p "$output"
dpkg-deb --root-owner-group --build "$tree" "$output/${name}_${version}_$architecture.deb"
