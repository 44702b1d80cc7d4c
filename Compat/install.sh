#!/usr/bin/env bash
# Builds the C library and installs it below a prefix, with the paths of libmilter:
#
#   Compat/install.sh --prefix DIR
#
#   DIR/lib/libmilter.so.1.0.1        the library, with the Swift runtime inside; also as libmilter.so
#   DIR/include/libmilter/mfapi.h     the header for C filters, with mfdef.h
#   DIR/lib/pkgconfig/milter.pc
#
# An installed filter runs on it with LD_LIBRARY_PATH=DIR/lib.
# DESTDIR sets another root directory, SWIFT_BUILD_PATH another build folder than .build.
set -euo pipefail

fail() { printf 'install.sh: %s\n' "$*" >&2; exit 1; }

prefix=
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) [ $# -ge 2 ] || fail '--prefix needs a directory'; prefix=$2; shift 2 ;;
    --prefix=*) prefix=${1#--prefix=}; shift ;;
    -h | --help) sed -n '2,/^set -/s/^# \{0,1\}//p' "$0" | sed '$d'; exit 0 ;;
    *) fail "$1: no such option; the only one is --prefix DIR" ;;
  esac
done
[ -n "$prefix" ] || fail 'name the directory to install in: --prefix DIR'
[ "$(uname -s)" = Linux ] || fail 'the C library is built for Linux only'
command -v swift >/dev/null ||
  fail 'swift is not in the PATH; with sudo, the PATH is another one: run this as yourself'

compat=$(cd "$(dirname "$0")" && pwd)
case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac
build=${SWIFT_BUILD_PATH:-$compat/../.build}
soname=libmilter.so.1.0.1
target=${DESTDIR:-}$prefix

# Before the build, which takes a minute or more.
for folder in lib lib/pkgconfig include/libmilter; do
  install -d "$target/$folder" 2>/dev/null && [ -w "$target/$folder" ] ||
    fail "cannot write to $target/$folder; choose a directory that you may write to"
done

swift_build() { swift build --package-path "$compat/.." --scratch-path "$build" -c release "$@"; }
archive=$(swift_build --show-bin-path)/libmilter-abi.a
rm -f "$archive"  # else objects of files that are gone stay in it
swift_build --product milter-abi

# nodelete, because a program may close the library before its threads have ended. Objects and not an
# archive, because the compiler hides the symbols of archives. lld, because gold exports some symbols
# that the version script makes local.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
twice=$(ar t "$archive" | sort | uniq -d)
[ -z "$twice" ] || { echo "install.sh: two source files have one name: $twice" >&2; exit 1; }
(cd "$work" && ar x "$archive")
swiftc -emit-library -static-stdlib -use-ld=lld -o "$work/$soname" "$work"/*.o \
  -Xlinker -soname="$soname" -Xlinker --version-script="$compat/CMilterAPI/exports.map" \
  -Xlinker --gc-sections -Xlinker -z -Xlinker now -Xlinker -z -Xlinker relro \
  -Xlinker -z -Xlinker nodelete
strip --strip-unneeded "$work/$soname"

# A running filter has mapped the old file. So write the new file next to it, and rename.
install -m 755 "$work/$soname" "$target/lib/$soname.new"
mv "$target/lib/$soname.new" "$target/lib/$soname"
ln -sf "$soname" "$target/lib/libmilter.so"
install -m 644 "$compat"/CMilterAPI/include/libmilter/mf*.h "$target/include/libmilter"
cat >"$target/lib/pkgconfig/milter.pc" <<EOF
prefix=$prefix
libdir=\${prefix}/lib
includedir=\${prefix}/include

Name: milter
Description: libmilter's C interface on swift-milter
Version: 1.0.1
Libs: -L\${libdir} -lmilter
Cflags: -I\${includedir} -I\${includedir}/libmilter
EOF
printf 'installed %s\n' "$target/lib/$soname"
printf 'run an installed filter on it with LD_LIBRARY_PATH=%s\n' "$prefix/lib"
