"""Fails every system call that writes, one after the other, under `engine backtest --durability commit --resume`, and goes on.

    python3 tools/faults_engine.py ENGINE FOLDER [--step N]

Each run must end with 3, name file and errno, and the next one, without a fault, must end in the bytes of a run that never failed.
`--step N` takes every N-th call of the frequent kinds. Exit code 0: all so; 1: not so; needs strace.
"""

import argparse
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
GOLDEN = os.path.join(ROOT, "journals/golden")
RARE = ("rename", "fsync", "ftruncate", "fallocate", "unlink", "write")
FREQUENT = ("fdatasync", "pwrite64")


def backtest(engine, output, *wrapper):
    command = [engine, "backtest", "--profile", f"{GOLDEN}/profiles/sma_cross.yaml", "--bars", f"{GOLDEN}/bars.zst",
               "--output", output, "--durability", "commit", "--resume", "--replace", "--threads", "1"]
    return subprocess.run([*wrapper, *command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("engine")
    parser.add_argument("folder")
    parser.add_argument("--step", type=int, default=1)
    arguments = parser.parse_args()
    if shutil.which("strace") is None:
        print("faults_engine: strace is missing; tools/setup.sh installs it", file=sys.stderr)
        return 2
    os.makedirs(arguments.folder, exist_ok=True)
    output = os.path.join(arguments.folder, "run.zst")
    with open(f"{GOLDEN}/sma_cross.zst", "rb") as file:
        expected = file.read()
    counts = {}
    for call in RARE + FREQUENT:
        n, tried = 1, 0
        while True:
            for end in ("", ".partial", ".partial.tail"):
                if os.path.exists(output + end):
                    os.remove(output + end)
            trace = f"inject={call}:error=EIO:when={n}"
            failed = backtest(arguments.engine, output, "strace", "-f", "-qq", "-o", os.path.join(arguments.folder, "trace"),
                              "-e", f"trace={call}", "-e", trace)
            with open(os.path.join(arguments.folder, "trace")) as file:
                happened = "INJECTED" in file.read()
            if not happened:
                break
            tried += 1
            # A write to the terminal's progress or result may fail too: then the run itself is done.
            if failed.returncode != 3 or "errno 5" not in failed.stderr:
                if not (call == "write" and os.path.exists(output)):
                    print(f"faults_engine: {call} number {n}: exit {failed.returncode}, {failed.stderr}", file=sys.stderr)
                    return 1
            again = backtest(arguments.engine, output)
            with open(output, "rb") as file:
                same = file.read() == expected
            if again.returncode != 0 or not same:
                print(f"faults_engine: behind {call} number {n}: exit {again.returncode}, same bytes: {same}, {again.stderr}",
                      file=sys.stderr)
                return 1
            n += arguments.step if call in FREQUENT else 1
        counts[call] = tried
    shutil.rmtree(arguments.folder)
    print("faults: engine under strace EIO: cases tried " + str(sum(counts.values())) + " ("
          + ", ".join(f"{call} {count}" for call, count in counts.items()) + "), each exit 3, resumed to the same bytes")
    return 0


sys.exit(main())
