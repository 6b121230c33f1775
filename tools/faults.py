#!/usr/bin/env python3
"""Real faults: kills, a full disk, system calls that fail. faults.py TARGET FOLDER [--kills N] [--events N] [--whole] [--seed N]

TARGET is the release binary of `journal-crash`. After each fault the journal must hold every event that was acknowledged, go on where it is, and end
in the bytes of a run that nothing happened to.
"""
import argparse
import os
import random
import re
import select
import shutil
import subprocess
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("target")
parser.add_argument("folder")
parser.add_argument("--kills", type=int, default=200)
parser.add_argument("--events", type=int, default=70, help="of each run with failing system calls")
parser.add_argument("--rounds", type=int, default=40, help="with libfiu, for each kind of failure")
parser.add_argument("--whole", action="store_true", help="ENOSPC from every call too")
parser.add_argument("--seed", type=int, default=None)
options = parser.parse_args()
seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 32)
chance = random.Random(seed)


class Lost(Exception):
    pass


class Case:
    """One journal in a folder of its own."""

    def __init__(self, name, events, folder=None):
        self.path = os.path.join(folder or options.folder, name + ".zst")
        self.events = events
        self.clear()

    def clear(self):
        self.acknowledged = 0
        for end in ("", ".tail"):
            if os.path.exists(self.path + end):
                os.remove(self.path + end)

    def command(self, *arguments):
        return [options.target, *arguments]

    def write(self, before=()):
        done = subprocess.run(
            [*before, *self.command("write", self.path, str(self.events))], capture_output=True, text=True, timeout=120)
        self.note(done.stdout)
        return done

    def note(self, output):
        for number in re.findall(r"^durable (\d+)$", output, re.M):
            self.acknowledged = max(self.acknowledged, int(number))

    def check(self, label):
        """Every acknowledged event is there; returns how many are."""
        if not os.path.exists(self.path):
            if self.acknowledged:
                raise Lost(f"{label}: the journal is gone")
            return 0
        done = subprocess.run(self.command("check", self.path, str(self.acknowledged)), capture_output=True, text=True)
        if done.returncode:
            raise Lost(f"{label}: {self.acknowledged} acknowledged: {done.stderr.strip()}")
        return int(done.stdout.split()[1])

    def finish(self, label, sealed):
        """Goes on to the end; returns how many events had been acknowledged when the fault struck."""
        self.check(label)
        acknowledged = self.acknowledged
        done = self.write()
        if done.returncode:
            raise Lost(f"{label}: does not go on: {done.stderr.strip()}")
        with open(self.path, "rb") as file:
            if file.read() != sealed:
                raise Lost(f"{label}: other bytes at the end")
        if os.path.exists(self.path + ".tail"):
            raise Lost(f"{label}: the live tail is left behind")
        return acknowledged


def undisturbed(events, folder=None):
    case = Case("whole", events, folder)
    done = case.write()
    if done.returncode:
        raise Lost(f"nothing happened, and it failed: {done.stderr}")
    with open(case.path, "rb") as file:
        return file.read()


def report(name, cases, acknowledged, more=""):
    print(f"faults: {name}: cases tried {cases}, events acknowledged {acknowledged}, events lost 0{more}", flush=True)


def kills():
    """SIGKILL at random moments, again and again on the same journal until it is sealed, then on a new one."""
    events = 8_000
    sealed = undisturbed(events)
    case = Case("killed", events)
    acknowledged = total = finished = 0
    for _ in range(options.kills):
        process = subprocess.Popen(case.command("write", case.path, str(events)), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        end = time.monotonic() + chance.choice([0.01, 0.05, 0.3]) * chance.random()
        output = b""
        while (left := end - time.monotonic()) > 0 and process.poll() is None:
            if select.select([process.stdout], [], [], left)[0]:
                output += os.read(process.stdout.fileno(), 1 << 16)
        process.kill()
        rest, errors = process.communicate()
        case.note((output + rest).decode())
        if process.returncode == 3:
            raise Lost(f"kill {total}: {errors.decode()}")
        total += 1
        case.check(f"kill {total}")
        acknowledged += case.acknowledged
        if process.returncode == 0 or total % 25 == 0:
            case.finish(f"kill {total}", sealed)
            finished += 1
            case.clear()
    case.finish("the last kill", sealed)
    report("SIGKILL at random moments", total, acknowledged, f", journals finished {finished + 1} (seed {seed})")


def full(folder):
    """A disk that fills up: 300 more events and the seal come from the reserve; killed there, it goes on when there is room."""
    case = Case("full", 0, folder)
    done = subprocess.run(case.command("fill", case.path), capture_output=True, text=True)
    case.note(done.stdout)
    short = re.search(r"^short (\d+)$", done.stdout, re.M)
    if done.returncode or not short or "sealed" not in done.stdout:
        raise Lost(f"full disk: {done.stderr.strip() or 'never short of space'}")
    case.check("full disk")
    report("full tmpfs", 1, case.acknowledged, f", of them {case.acknowledged - int(short[1])} after the disk was full, sealed")
    # Somebody else takes all of the space, at any moment: refused, and nothing is lost.
    cases = acknowledged = starved = 0
    case.clear()
    events = 20_000
    sealed = undisturbed(events)
    for _ in range(options.kills // 4):
        case = Case("starved", events, folder)
        hog = os.path.join(folder, "hog")
        process = subprocess.Popen(
            case.command("write", case.path, str(events)), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        end = time.monotonic() + 0.05 * chance.random()
        output = b""
        while (left := end - time.monotonic()) > 0:
            if select.select([process.stdout], [], [], left)[0]:
                output += os.read(process.stdout.fileno(), 1 << 16)
        with open(hog, "wb", buffering=0) as file:
            try:
                while file.write(b"x" * 65536):
                    pass
            except OSError:
                pass
        if chance.random() < 0.5:
            end = time.monotonic() + 0.02 * chance.random()
            while (left := end - time.monotonic()) > 0:
                if select.select([process.stdout], [], [], left)[0]:
                    output += os.read(process.stdout.fileno(), 1 << 16)
            process.kill()
        rest, errors = process.communicate()
        case.note((output + rest).decode())
        if process.returncode not in (0, 3, -9):
            raise Lost(f"starved: exit {process.returncode}: {errors}")
        if process.returncode == 3 and b"errno 28" not in errors:
            raise Lost(f"starved: {errors}")
        starved += process.returncode == 3
        os.remove(hog)
        acknowledged += case.finish("starved", sealed)
        cases += 1
    if not starved:
        raise Lost("no writer was ever starved: the case tries nothing")
    report("tmpfs filled by another while writing", cases, acknowledged, f", writers that stopped {starved} (seed {seed})")


def syscalls():
    """Every n-th call of a kind fails, or the process is killed as it makes it: of a new journal, and of a sealed one that is taken up again."""
    sealed = undisturbed(options.events)
    shorter = undisturbed(options.events // 2 + 3)
    calls = ("pwrite64", "write", "fdatasync", "fsync", "ftruncate", "fallocate", "unlink")
    for fault in ("error=EIO", "signal=KILL") + (("error=ENOSPC",) if options.whole else ()):
        counts, acknowledged = dict.fromkeys(calls, 0), 0
        for call in calls:
            for beginning in (None, shorter):
                n = 1
                while (found := one_call(call, n, fault, beginning, sealed)) is not None:
                    acknowledged += found
                    counts[call] += 1
                    n += 1
        if 0 in counts.values():
            raise Lost(f"a kind of call was never made: {counts}")
        listed = ", ".join(f"{call} {count}" for call, count in counts.items())
        report(f"strace {fault} at every call", sum(counts.values()), acknowledged, f" ({listed})")


def one_call(call, n, fault, beginning, sealed):
    """How many events were acknowledged when the n-th call was hit; None where there is none."""
    case = Case("call", options.events)
    if beginning:
        with open(case.path, "wb") as file:
            file.write(beginning)
    log = os.path.join(options.folder, "strace.log")
    done = case.write(["strace", "-f", "-qq", "-o", log, "-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={n}"])
    label = f"{call} {n} {fault}"
    killed = done.returncode in (-9, 137)
    with open(log) as file:
        if "INJECTED" not in file.read() and not killed:
            if done.returncode:
                raise Lost(f"{label}: exit {done.returncode} without a fault: {done.stderr.strip()}")
            return None
    if fault.startswith("signal"):
        if not killed:
            raise Lost(f"{label}: not killed, exit {done.returncode}")
    elif done.returncode == 3:
        if case.path not in done.stderr and options.folder not in done.stderr or "errno" not in done.stderr:
            raise Lost(f"{label}: says {done.stderr.strip()!r}")
    # Only a reserve that can't be had is no failure, once there was one.
    elif done.returncode != 0 or call != "fallocate" or "ENOSPC" not in fault:
        raise Lost(f"{label}: exit {done.returncode}: {done.stderr.strip()}")
    return case.finish(label, sealed)


def fiu():
    """libfiu lets calls of libc fail at random."""
    sealed = undisturbed(options.events)
    for name in ("posix/io/rw/pwrite", "posix/io/rw/write", "posix/io/rw/pread", "posix/io/sync/*", "posix/io/*"):
        cases = acknowledged = failed = 0
        for _ in range(options.rounds):
            case = Case("fiu", options.events)
            probability = chance.choice([0.005, 0.02, 0.1])
            done = case.write(["fiu-run", "-x", "-f", "", "-c", f"enable_random name={name},probability={probability}"])
            if done.returncode not in (0, 3):
                raise Lost(f"{name}: exit {done.returncode}: {done.stderr.strip()}")
            failed += done.returncode == 3
            acknowledged += case.finish(f"{name} with probability {probability}", sealed)
            cases += 1
        report(f"libfiu {name}", cases, acknowledged, f", runs that failed {failed} (seed {seed})")


def main():
    shutil.rmtree(options.folder, ignore_errors=True)
    os.makedirs(options.folder)
    small = os.path.join(options.folder, "small")
    os.makedirs(small)
    print(f"faults: seed {seed}", flush=True)
    try:
        kills()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "none", small], capture_output=True).returncode == 0:
            full(small)
            subprocess.run(["umount", small], check=True)
        else:
            print("faults: skipped: a full disk needs the right to mount a tmpfs (root, or user namespaces)")
        for tool, work in (("strace", syscalls), ("fiu-run", fiu)):
            if not shutil.which(tool):
                print(f"faults: skipped: {tool} is not installed; run tools/setup.sh")
            elif tool == "strace" and subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], capture_output=True).returncode:
                print("faults: skipped: strace may not trace here (needs CAP_SYS_PTRACE)")
            else:
                work()
    except Lost as lost:
        print(f"error: {lost} (seed {seed}; the files are in {options.folder})", file=sys.stderr)
        sys.exit(1)
    shutil.rmtree(options.folder)


main()
