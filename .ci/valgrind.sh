# Functions of the scripts that count under valgrind, which source this file in the root of the package.
#
# Creates the temporary directory $work, and removes it when the shell exits.

fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

if ! command -v valgrind >/dev/null; then
  # memcheck needs the dynamic linker's symbols, which are in libc6-dbg.
  .ci/install-packages valgrind libc6-dbg || fail 'valgrind is missing'
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Builds a product of Tests/Benchmarks as "$work/PRODUCT".
build() {
  local build=(
    swift build --package-path Tests/Benchmarks --scratch-path .build/optimized -c release --product "$1"
  )
  "${build[@]}"
  # Without debug information: valgrind fails if it cannot read it.
  strip -g -o "$work/$1" "$("${build[@]}" --show-bin-path)/$1"
}

# Runs valgrind with some arguments; prints the number that a sed script finds in its output.
count() {
  local script=$1 number
  shift
  valgrind "$@" >"$work/out" 2>&1 ||
    fail "$(printf 'it failed under valgrind:\n%s' "$(tail -n 20 "$work/out")")"
  number=$(sed -nE "$script" "$work/out" | tr -d ,)
  [ -n "$number" ] || fail "$(printf 'valgrind printed no number:\n%s' "$(cat "$work/out")")"
  printf '%s\n' "$number"
}

# Prints the number of instructions that a program executes.
count_instructions() {
  count 's/.*Collected : ([0-9]+).*/\1/p' --tool=callgrind --callgrind-out-file=/dev/null "$@"
}

# Prints the number of allocations that a program makes.
count_allocations() {
  count 's/.*total heap usage: ([0-9,]+) allocs.*/\1/p' \
    --tool=memcheck --leak-check=no --undef-value-errors=no "$@"
}
