# Functions of the scripts that install packages, which source this file.
#
# A script first sets `name`, its own name in messages. The functions install only missing packages. No service starts,
# because policy-rc.d forbids it during the script. Its previous contents are restored at the end.

export DEBIAN_FRONTEND=noninteractive

say() { printf '%s: %s\n' "$name" "$*"; }
fail() { printf '%s: %s\n' "$name" "$*" >&2; exit 1; }

command -v apt-get >/dev/null || fail 'this script needs apt-get (Debian or Ubuntu)'
[ "$(id -u)" = 0 ] || fail 'run this as root: it installs packages'

# Succeeds if the named package is installed and configured.
installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Succeeds if apt's package lists contain the named package.
listed() {
  [[ $(apt-cache policy "$1" 2>/dev/null) == *'Candidate: '[!\(]* ]]
}

# Fetches the package lists, once.
updated=
update_lists() {
  [ -z "$updated" ] || return 0
  say 'fetching the package lists'
  apt-get -qq -o DPkg::Lock::Timeout=600 update
  updated=yes
}

# Fetches the package lists if they lack a package we need.
have_lists_for() {
  local package
  for package; do
    listed "$package" || update_lists
    listed "$package" || fail "apt knows no package named $package"
  done
}

# Runs apt-get, and prints its output only if it fails. After a failure, refreshes the package lists and tries again, once.
quietly_apt() {
  local output
  if output=$(apt-get -qq -o DPkg::Lock::Timeout=600 "$@" 2>&1); then return; fi
  if [ -z "$updated" ]; then
    update_lists
    if output=$(apt-get -qq -o DPkg::Lock::Timeout=600 "$@" 2>&1); then return; fi
  fi
  fail "apt-get $* failed:
$output"
}

# Installs those of the named packages that are not installed.
install_packages() {
  local package missing=()
  for package; do
    installed "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  have_lists_for "${missing[@]}"
  hold_services
  say "installing ${missing[*]}"
  quietly_apt install --yes --no-install-recommends "${missing[@]}"
}

# Downloads packages into the scratch directory.
download_packages() {
  have_lists_for "$@"
  if id -u _apt >/dev/null 2>&1; then chown _apt "$scratch"; fi
  (cd "$scratch" && quietly_apt download "$@")
}

policy=/usr/sbin/policy-rc.d
hold_services() {
  [ -z "${policy_is_ours:-}" ] || return 0
  if [ -e "$policy" ] || [ -L "$policy" ]; then
    mv "$policy" "$policy.before-$name"
    policy_set_aside="$policy.before-$name"
  fi
  policy_is_ours=yes
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
}

scratch=$(mktemp -d)
chmod 755 "$scratch" # apt's own unprivileged user writes what it downloads here
clean_up() {
  rm -rf "$scratch"
  if [ -n "${policy_is_ours:-}" ]; then rm -f "$policy"; fi
  if [ -n "${policy_set_aside:-}" ]; then mv -f "$policy_set_aside" "$policy"; fi
}
trap clean_up EXIT
