"""Runs the `$` commands of README.md's console blocks and compares what they print; UPDATE_README=1 rewrites the blocks instead.

    python3 tools/readme.py          (after tools/demo.sh, with .build/release built)

Exit code 0 the page is true, 1 it isn't, 2 could not run.
"""

import difflib
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def run(command):
    environment = dict(os.environ, PATH=os.path.join(ROOT, ".build/release") + ":" + os.environ["PATH"])
    done = subprocess.run(
        command, shell=True, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout


def block(match):
    out = []
    for command in [line[2:] for line in match.group(1).splitlines() if line.startswith("$ ")]:
        out.append("$ " + command + "\n" + run(command))
    return "```console\n" + "".join(out) + "```"


def main():
    path = os.path.join(ROOT, "README.md")
    if not os.path.exists(os.path.join(ROOT, ".build/release/engine")):
        print("readme: .build/release/engine is missing; run tools/demo.sh first", file=sys.stderr)
        return 2
    with open(path) as file:
        before = file.read()
    after = re.sub(r"```console\n(.*?)```", block, before, flags=re.S)
    count = len(re.findall(r"^\$ ", after, flags=re.M))
    if os.environ.get("UPDATE_README"):
        with open(path, "w") as file:
            file.write(after)
    elif before != after:
        sys.stdout.writelines(difflib.unified_diff(
            before.splitlines(True), after.splitlines(True), "README.md", "what the commands print"))
        return 1
    print(f"readme: {count} commands, output as shown")
    return 0


sys.exit(main())
