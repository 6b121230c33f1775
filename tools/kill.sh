#!/usr/bin/env bash
# Real processes, killed through every source: each ends in one kill_switch event, the journal replays, and a backtest over its inputs has the kill at the
# same place. Then halts and resumes, of the living and of the dead.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."

engine=${ENGINE:-$PWD/.build/release/engine}
profile=$PWD/config/profiles/sma_cross.yaml
work=$(mktemp -d)
children=()
cleanup() {
  for child in "${children[@]}"; do kill -KILL "$child" 2>/dev/null || true; done
  rm -rf "$work"
}
trap cleanup EXIT
unset KILL_SWITCH
cd "$work"
"$engine" bench --write-bars bars.zst --bars 4000 --symbols 3
# A run that commits each slot over so many bars doesn't end before it is told to.
"$engine" bench --write-bars long.zst --bars 1000000 --symbols 3
checks=0

fail() {
  echo "kill: $*" >&2
  exit 1
}

lines() { "$engine" export "$1" --format jsonl | tail -n +2 | sed 's/"client_order_id":"[^"]*",//; s/"state_digest":"[^"]*",//'; }

# expect_kill JOURNAL SOURCE: one kill, of that source; replays; fed to another run it stands at the same place.
expect_kill() {
  local found again
  found=$("$engine" export "$1" --kind kill_switch --format jsonl)
  [[ $(wc -l <<<"$found") == 1 && $found == *"\"source\":\"$2\""* ]] || fail "$1 has, for a kill by $2: $found"
  "$engine" replay "$1" >/dev/null || fail "$1 doesn't replay"
  "$engine" backtest --profile "$profile" --bars "$1" --output again.zst --replace >/dev/null 2>&1
  again=$("$engine" export again.zst --kind kill_switch --format jsonl)
  [[ $again == "$found" ]] || fail "fed to another run the kill of $1 is at another place: $again, not $found"
  # All that the journal holds behind its first event, whose digests and so order ids name the run's inputs; a run that wasn't ended ends in the other.
  lines "$1" >ours
  lines again.zst >theirs
  head -n "$(wc -l <ours)" theirs | cmp -s - ours || fail "a run over the inputs of $1 decides otherwise"
  checks=$((checks + 4))
}

# refused CODE TEXT COMMAND…
refused() {
  local code=$1 text=$2 status=0 said
  shift 2
  said=$("$@" 2>&1) || status=$?
  [[ $status == "$code" && $said == *"$text"* ]] || fail "'$*' ended with $status, not $code: $said"
  checks=$((checks + 1))
}

await() {
  for _ in $(seq 200); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.02
  done
  fail "'$*' didn't come true within 4 s"
}

# begin NAME OPTION…: a run over the long bars, in the background.
begin() {
  local name=$1
  shift
  "$engine" backtest --profile "$profile" --bars long.zst --output "$name.zst" --durability commit --control --resume "$@" \
    >"$name.out" 2>"$name.err" &
  run=$!
  children+=("$run")
  await test -S "$name.zst.control"
}

stop() {
  kill -KILL "$run"
  wait "$run" 2>/dev/null || true
}

# Before the first bar: the file, the environment, and both.
touch KILL.flag
"$engine" backtest --profile "$profile" --bars bars.zst --output file.zst --kill-file KILL.flag >/dev/null 2>file.err
grep -q 'killed    by event 1;' file.err || fail "$(cat file.err)"
expect_kill file.zst file
[[ $("$engine" export file.zst --format jsonl | sed -n 2p) == *kill_switch* ]] || fail "the kill is not the first input"
KILL_SWITCH=1 "$engine" backtest --profile "$profile" --bars bars.zst --output environment.zst --kill-file KILL.flag >/dev/null 2>&1
expect_kill environment.zst environment
rm KILL.flag
refused 2 'KILL_SWITCH is "yes"' env KILL_SWITCH=yes "$engine" backtest --profile "$profile" --bars bars.zst --output no.zst
"$engine" backtest --profile "$profile" --bars bars.zst --output plain.zst --kill-file KILL.flag >/dev/null 2>plain.err
[[ ! -s plain.err && -z $("$engine" export plain.zst --kind kill_switch --format jsonl) ]] || fail "a run that nobody killed was"

# While it runs: a file, a signal, a command; then the process dies, and the journal is what was safe.
begin appears --kill-file KILL.flag
touch KILL.flag
seen() { "$engine" status "$1" | grep '"killed_at":[0-9]' > /dev/null; }
await seen appears.zst
refused 2 'still there' "$engine" resume appears.zst --confirm --reason r
rm KILL.flag
stop
expect_kill appears.zst.partial file

begin signal
kill -USR1 "$run"
await seen signal.zst
kill -USR1 "$run"
"$engine" kill signal.zst | grep 'on already' > /dev/null || fail "a second kill is not the first"
stop
expect_kill signal.zst.partial signal

begin command
[[ $(stat -c %a command.zst.control) == 600 ]] || fail "the socket is open to others"
"$engine" halt command.zst --reason 'slow venue' | grep durable > /dev/null || fail "a halt is not durable"
refused 2 'needs a reason' "$engine" halt command.zst
"$engine" status command.zst | grep '"state":"halted","states":\[{"of":"account","state":"halted"}\],"kill":"none","killed_at":null' > /dev/null ||
  fail "status doesn't say what is halted: $("$engine" status command.zst)"
for word in restore-size cancel-all; do
  "$engine" "$word" command.zst --reason "test of $word" | grep durable > /dev/null || fail "$word is not durable"
  refused 2 'needs a reason' "$engine" "$word" command.zst
done
"$engine" risk command.zst | grep 'command   cancel_all at .*: test of cancel-all (by ' > /dev/null || fail "risk doesn't read a running run by its name"
"$engine" kill command.zst --reason 'wrong symbol' --format json >answer
grep -q '"ok":true,"request":"kill".*"durable":true' answer || fail "$(cat answer)"
id=$("$engine" status command.zst | sed 's/.*"run_id":"\([0-9a-f]*\)".*/\1/')
mkdir runs && ln command.zst.control runs/command.zst.control
"$engine" status "${id:0:6}" | grep "$id" > /dev/null || fail "a run is not found by its id"
refused 2 'another process' "$engine" backtest --profile "$profile" --bars long.zst --output command.zst --durability commit --resume
stop
[[ -S command.zst.control ]] || fail "a killed process leaves its socket"
expect_kill command.zst.partial command
"$engine" export command.zst.partial --kind kill_switch --format jsonl | grep 'wrong symbol (by .* on .*)' > /dev/null || fail "nobody killed it"

# The dead: found dead, resumed in the journal, gone on with.
refused 2 'no process answers' "$engine" kill command.zst
refused 2 '--confirm and --reason' "$engine" resume command.zst
refused 2 'add --confirm' "$engine" resume command.zst --reason r
refused 2 'is sealed' "$engine" resume plain.zst --confirm --reason r
before=$("$engine" verify plain.zst | tail -n 1)
# Not done yet, a kill is not ended by a resume: 1, with an alert. Either way the command is in the journal.
"$engine" resume command.zst --confirm --reason 'symbol corrected' >resume.out || [[ $? == 1 ]] || fail "$(cat resume.out)"
grep -q durable resume.out || fail "$(cat resume.out)"
"$engine" replay command.zst.partial >/dev/null || fail "the resumed journal doesn't replay"
"$engine" export command.zst.partial --kind operator_command --format jsonl | tail -n 1 |
  grep -q '"command":"resume","reason":"symbol corrected (by ' || fail "the resume is not the last command"
[[ $("$engine" verify plain.zst | tail -n 1) == "$before" ]] || fail "a refused resume changed a journal"
length=$("$engine" export command.zst.partial --format jsonl | wc -l)
begin command
longer() { (("$("$engine" export command.zst.partial --format jsonl | wc -l)" > length + 100)); }
await longer
stop
"$engine" replay command.zst.partial >/dev/null || fail "the run that went on doesn't replay"
bars() { "$engine" export "$1" --kind bar --format csv | cut -d, -f4-; }
bars command.zst.partial >ours
bars long.zst >theirs
head -n "$(wc -l <ours)" theirs | cmp -s - ours || fail "the run that went on lost a bar, or took one twice"
[[ $("$engine" export command.zst.partial --kind kill_switch --format jsonl | wc -l) == 1 ]] || fail "going on killed again"
checks=$((checks + 12))

# A killed run that goes on to its end, however often, ends as its own inputs say.
KILL_SWITCH=1 timeout -s KILL 0.3 "$engine" backtest --profile "$profile" --bars bars.zst --output end.zst --durability commit \
  >/dev/null 2>&1 &
wait $! 2>/dev/null || true
KILL_SWITCH=1 "$engine" backtest --profile "$profile" --bars bars.zst --output end.zst --resume --replace >/dev/null 2>&1
expect_kill end.zst environment
[[ $("$engine" verify end.zst | tail -n 1) == $("$engine" verify environment.zst | tail -n 1) ]] || fail "going on gave another journal"
[[ $(find . -name '*.control' | sort | tr '\n' ' ') != *end.zst.control* ]] || fail "a socket nobody asked for"
echo "kill: $checks checks with real processes, all hold"
