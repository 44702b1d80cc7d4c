#!/usr/bin/env bash
# Installs filters of this package as services of systemd, or removes them:
#
#   Samples/systemd/install.sh [--remove] NAME ...
#
#   /usr/local/libexec/milter/NAME          the program, with the Swift runtime inside
#   /etc/systemd/system/milter@.service     how every filter runs
#   /etc/systemd/system/milter@.socket      where it listens: /run/milter/NAME.sock
#   /etc/milter/NAME                        its options; yours, once it is there
#
# DESTDIR is honoured; SWIFT_BUILD_PATH names another folder than .build to build in.
set -euo pipefail

fail() { printf 'install.sh: %s\n' "$*" >&2; exit 1; }

remove=
names=()
for argument; do
  case $argument in
    --remove) remove=yes ;;
    -h | --help) sed -n '2,/^set -/s/^# \{0,1\}//p' "$0" | sed '$d'; exit 0 ;;
    -*) fail "$argument: no such option; the only one is --remove" ;;
    *) names+=("$argument") ;;
  esac
done
[ ${#names[@]} -gt 0 ] || fail 'say which filters: greeter, greylist, ...'

here=$(cd "$(dirname "$0")" && pwd)
root=${DESTDIR:-}
units=$root/etc/systemd/system

if [ -n "$remove" ]; then
  for name in "${names[@]}"; do
    [ -n "$root" ] || systemctl disable --now "milter@$name.socket" "milter@$name.service"
    rm -f "$root/usr/local/libexec/milter/$name"
  done
  exit
fi

build=(swift build --package-path "$here/../.." -c release --static-swift-stdlib
  --scratch-path "${SWIFT_BUILD_PATH:-$here/../../.build}")
install -d "$root/usr/local/libexec/milter" "$root/etc/milter" "$units"
for name in "${names[@]}"; do
  "${build[@]}" --product "$name"
  # A running filter has the old file mapped: put the new one beside it and rename.
  program=$root/usr/local/libexec/milter/$name
  install -m 755 "$("${build[@]}" --show-bin-path)/$name" "$program.new"
  mv "$program.new" "$program"
  [ -e "$root/etc/milter/$name" ] ||
    printf "# Options of the mail filter %s; see %s --help.\nOPTIONS=''\n" "$name" \
      "/usr/local/libexec/milter/$name" >"$root/etc/milter/$name"
done
install -m 644 "$here/milter@.service" "$here/milter@.socket" "$units"

cat <<END
installed ${names[*]}; to start:
  systemctl daemon-reload
$(for name in "${names[@]}"; do printf '  systemctl enable --now milter@%s.socket\n' "$name"; done)
Postfix:  smtpd_milters = unix:/run/milter/${names[0]}.sock
Sendmail: INPUT_MAIL_FILTER(\`${names[0]}', \`S=unix:/run/milter/${names[0]}.sock, F=T')
END
