# Stands between Cabinet and Postgres: it is what stays when Cabinet is killed.
# Whoever needs the server holds the other end of our standard input. When the last one has
# let go, by closing it or by dying, and nobody new has come for a while, the server stops.
#
# guard.sh SECONDS DOOR command...
# DOOR is the named pipe behind our standard input if newcomers may open it, or empty.
patience=$1 door=$2
shift 2

exec 3<&0 </dev/null
"$@" 3<&- &
server=$!

# A newcomer says hello with one line, so that even a short visit begins the waiting again.
until_all_left() {
	while read -r _; do :; done
}

{
	until_all_left
	while sleep "$patience" </dev/null; read -r _; do
		until_all_left
	done
	if [ -n "$door" ]; then
		rm -f "$door"
		until_all_left
	fi
	kill -INT "$server"
} <&3 3<&- &
watcher=$!
exec 3<&-

wait "$server"
status=$?
kill "$watcher" 2>/dev/null
if [ -n "$door" ]; then
	rm -rf "${door%/*}"
fi
exit "$status"
