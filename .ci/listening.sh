# A function of the scripts that start filters, which source this file in the root of the package.

# until_listening SOCKET PID: waits until a program listens on a Unix-domain socket. The existence of the file is not
# enough, because it exists before that. Fails if the program ends.
until_listening() {
  until awk -v path="$1" '$4 == "00010000" && $8 == path { found = 1 } END { exit !found }' \
    /proc/net/unix; do
    kill -0 "$2" 2>/dev/null || return 1
    sleep 0.05
  done
}
