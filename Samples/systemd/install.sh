#!/usr/bin/env bash
# Installs filters as services of systemd, or removes them. Without --package, these are filters of this package.
#
#   sudo env "PATH=$PATH" Samples/systemd/install.sh [--package DIR] NAME ...
#   sudo Samples/systemd/install.sh --remove NAME ...
#
# With sudo, it builds as the user who called sudo, so that the build folder stays that user's.
#
#   /usr/local/libexec/milter/NAME          the program, with the Swift runtime inside
#   /etc/systemd/system/milter@.service     how every filter runs
#   /etc/systemd/system/milter@.socket      where it listens: /run/milter/NAME.sock
#   /etc/milter/NAME.conf                   its settings; an existing file stays as it is
#   /etc/milter/NAME.*                      files that the settings name; existing files stay as well
#   /var/lib/milter/NAME                    its state; systemd makes the directory and the filter's user
#
# If Postfix runs in a chroot, as on Debian, the filter also has a socket below Postfix's queue directory.
# DESTDIR sets another root directory, SWIFT_BUILD_PATH another build folder than .build.
set -euo pipefail

fail() { printf 'install.sh: %s\n' "$*" >&2; exit 1; }

here=$(cd "$(dirname "$0")" && pwd)
remove=
package=$here/../..
names=()
notes=()
missing=()  # filters without a setting that they require
while [ $# -gt 0 ]; do
  case $1 in
    --remove) remove=yes; shift ;;
    --package) [ $# -ge 2 ] || fail '--package needs a directory'; package=$2; shift 2 ;;
    -h | --help) sed -n '2,/^set -/s/^# \{0,1\}//p' "$0" | sed '$d'; exit 0 ;;
    -*) fail "$1: no such option; there are --package DIR and --remove" ;;
    *) names+=("$1"); shift ;;
  esac
done
[ ${#names[@]} -gt 0 ] || fail 'name the filters: greeter, greylist, ...'
[ -e "$package/Package.swift" ] || fail "$package: there is no package"

root=${DESTDIR:-}
units=$root/etc/systemd/system

if [ -n "$remove" ]; then
  for name in "${names[@]}"; do
    [ -n "$root" ] || systemctl disable --now "milter@$name.socket" "milter@$name.service"
    rm -f "$root/usr/local/libexec/milter/$name"
  done
  exit
fi

# For postconf: Debian's ordinary users do not have this directory in their PATH, nor does sudo with that PATH.
PATH=$PATH:/usr/sbin
command -v swift >/dev/null ||
  fail 'swift is not in the PATH; with sudo, run: sudo env "PATH=$PATH" Samples/systemd/install.sh ...'
# Before the build, which takes minutes.
for directory in "$root/usr/local/libexec/milter" "$root/etc/milter" "$units"; do
  install -d "$directory" 2>/dev/null && [ -w "$directory" ] ||
    fail "cannot write to $directory; run: sudo env \"PATH=\$PATH\" Samples/systemd/install.sh ..."
done
build=(swift build --package-path "$package" -c release --static-swift-stdlib
  --scratch-path "${SWIFT_BUILD_PATH:-$package/.build}")
[ "$(id -u)" != 0 ] || [ "${SUDO_USER:-root}" = root ] ||
  build=(sudo -H -u "$SUDO_USER" env "PATH=$PATH" "${build[@]}")
for name in "${names[@]}"; do
  "${build[@]}" --product "$name"
  built=$("${build[@]}" --show-bin-path)/$name
  help=$("$built" --help 2>/dev/null || true)
  # The unit starts every program with --config.
  grep -q '^  --config FILE' <<<"$help" ||
    fail "$name does not take the options of MilterKit's programs, such as --config; write it a unit"
  program=$root/usr/local/libexec/milter/$name
  # A running filter has mapped the old file. So write the new file beside it, and rename.
  install -m 755 "$built" "$program.new"
  mv "$program.new" "$program"
  settings=$root/etc/milter/$name.conf
  # Earlier versions of the unit had the options in /etc/milter/NAME.
  if [ -e "$root/etc/milter/$name" ] && [ ! -e "$settings" ]; then
    options=$(sed -n 's/^OPTIONS=//p' "$root/etc/milter/$name" | tail -n 1 |
      sed "s/^\(['\"]\)\(.*\)\1\$/\2/")
    # Like systemd, split the options at spaces, and expand nothing.
    # shellcheck disable=SC2086
    (set -f; "$program" --log syslog $options --check) >"$settings.new" ||
      fail "OPTIONS in /etc/milter/$name are wrong; correct or remove that file"
    mv "$settings.new" "$settings"
    notes+=("$name: /etc/milter/$name.conf has the options of /etc/milter/$name, which is no longer read")
  fi
  # The filters of this package have settings to begin with. Another package may have a filter of the same name.
  for file in "$here/etc/$name".*; do
    [ ! "$package" -ef "$here/../.." ] || [ ! -e "$file" ] || [ -e "$root/etc/milter/${file##*/}" ] ||
      install -m 644 "$file" "$root/etc/milter/"
  done
  if [ ! -e "$settings" ]; then
    printf '# Settings of the mail filter %s; see %s --help.\n# Its state belongs in %s.\nlog = syslog\n' \
      "$name" "/usr/local/libexec/milter/$name" "/var/lib/milter/$name" >"$settings"
    chmod 644 "$settings"
  fi
  while read -r option; do
    [ -n "$option" ] || continue
    value=$(sed -n "s/^$option *= *//p" "$settings")
    if [ -n "$value" ]; then
      notes+=("$name: $option is required; /etc/milter/$name.conf has $value, edit it before you start")
    else
      notes+=("$name: $option is required: add it to /etc/milter/$name.conf")
      missing+=("$name")
    fi
  done <<<"$(awk '/^  --/ { option = substr($1, 3) } / required$/ { print option }' <<<"$help")"
done
install -m 644 "$here/milter@.service" "$here/milter@.socket" "$units"
if [ -z "$root" ] && ! getent group postfix >/dev/null; then
  # Sendmail connects as root. systemd does not open a socket for a group that does not exist.
  sed -i '/^SocketGroup=/d' "$units/milter@.socket"
fi

# In a chroot, smtpd sees only files below the queue directory. The fifth column of master.cf shows a chroot.
sockets=/run/milter
queue=/var/spool/postfix
if [ "$(postconf -c "$root/etc/postfix" -M smtp/inet 2>/dev/null | awk '{ print $5 }')" = y ]; then
  queue=$(postconf -c "$root/etc/postfix" -h queue_directory)
  install -d "$units/milter@.socket.d"
  printf '[Socket]\nListenStream=%s/milter/%%i.sock\n' "$queue" >"$units/milter@.socket.d/chroot.conf"
  sockets=$queue/milter
fi

# lines NAME DIRECTORY: prints the MTAs' lines for a filter whose socket is in DIRECTORY, with timeouts that fit
# its settings.
lines() {
  "$root/usr/local/libexec/milter/$1" --config "$root/etc/milter/$1.conf" \
    --socket "unix:$2/$1.sock" --help
}
for name in "${names[@]}"; do
  # The user has to choose a required setting. The other settings must be right.
  case " ${missing[*]-} " in *" $name "*) check=--help ;; *) check=--check ;; esac
  told=$("$root/usr/local/libexec/milter/$name" --config "$root/etc/milter/$name.conf" $check 2>&1) ||
    fail "the settings are wrong: $told"
done

for note in ${notes[@]+"${notes[@]}"}; do printf '%s\n' "$note"; done
printf 'installed %s; to start:\n  systemctl daemon-reload\n' "${names[*]}"
for name in "${names[@]}"; do printf '  systemctl enable --now milter@%s.socket\n' "$name"; done
for name in "${names[@]}"; do
  lines "$name" "$sockets" | sed -n "/^Postfix:/,\$ { s|unix:$queue/|unix:|; p }"
  lines "$name" /run/milter | sed -n '/^Sendmail:/p'
done
[ ${#names[@]} = 1 ] ||
  echo 'Postfix: name all filters in one smtpd_milters, and take the longest of their timeouts.'
