#!/usr/bin/env python3
"""Makes what the fuzzers start from: seeds.py FOLDER writes FOLDER/{FuzzJournal,FuzzBlock,FuzzRow}/*.

Rows are the golden ones of EventsTests, blocks are small ones of rows and of bars in one and two lanes, journals are golden ones as they are,
and lists of those blocks (see FuzzJournal.swift for the first byte).
"""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
MINUTE = 60 * 10**9
START = 1_577_836_800 * 10**9


def varint(value):
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def zigzag(value):
    return varint(2 * value if value >= 0 else -2 * value - 1)


def row(kind, form, content):
    return bytes([kind, form]) + varint(len(content)) + content


def timer(time, number):
    return row(5, 0x81, zigzag(time) + varint(number))


def block(index, first, runs, bars=b"", bar_count=0, rows=b"", time=START, event_limit=8192, row_limit=262_144):
    head = b"EVBK\x01" + varint(index) + varint(first) + varint(event_limit) + varint(row_limit)
    head += varint(sum(runs)) + varint(bar_count) + varint(len(rows)) + zigzag(time)
    return head + b"".join(map(varint, runs)) + bars + rows


def column(numbers):
    return b"".join(map(varint, numbers))


def lane(instrument, opens, step=MINUTE, steps=None, durations=None, marks=None):
    """Shape and columns of a lane: bars of cents whose open times are `step` apart, or by `steps` in minutes."""
    def zig(value):
        return 2 * value if value >= 0 else -2 * value - 1
    count = len(opens)
    closes = [price + 3 for price in opens]
    columns = [column([zig(b - a) for a, b in zip([0] + steps[:-1], steps)])] if steps else []
    columns += [column(durations)] if durations else []
    columns += [bytes(marks)] if marks else []
    columns += [column([zig(price - before) for price, before in zip(opens, [0] + closes[:-1])]), column([zig(3)] * count)]
    columns += [column([2] * count), column([1] * count), column(range(1, count + 1))]
    shape = varint(instrument) + varint(count)
    shape += bytes([(1 if steps else 0) | (2 if durations else 0) | (4 if marks else 0), 7, 9]) + zigzag(START - MINUTE)
    shape += (bytes([10]) if steps else zigzag(step) if count > 1 else b"") + (b"" if durations else varint(MINUTE))
    shape += b"" if marks else bytes([0x81])
    return shape + b"".join(varint(len(data)) for data in columns), columns


def blocks():
    shape, columns = lane(0, [10_001, 10_007, 9_994, 10_012])
    yield block(0, 0, [4], varint(1) + shape + b"".join(columns), 4)
    shape, columns = lane(3, [11, 25, 37], steps=[6, 12], marks=[0x81, 0x41, 0x02])
    yield block(0, 0, [3], varint(1) + shape + b"".join(columns), 3)
    one, two = lane(1, [101, 205]), lane(0, [999, 1_001])
    mixed = b"".join(a + b for a, b in zip(one[1], two[1]))
    yield block(0, 0, [2, 2, 2], varint(2) + one[0] + two[0] + bytes([0, 1, 0, 1]) + mixed, 4, timer(START, 1) + timer(START, 2))
    yield block(0, 0, [0, 3], rows=timer(START, 1) + row(43, 1, bytes([1, 1, 2, 0, 0, 0])) + timer(START + 1, 300))


def golden_rows():
    for path in sorted((ROOT / "Tests/EventsTests/Golden").glob("*.hex")):
        for number, text in enumerate(path.read_text().split("\n\n")):
            data = bytes.fromhex(text.replace("\n", ""))
            size = 2
            while data[size] & 0x80:
                size += 1
            yield f"{path.stem}-{number}", (1000, 2**64 - 1)[number], data[0], data[1], data[size + 1:], data


def main(folder):
    folder = pathlib.Path(folder)
    for name in ("FuzzJournal", "FuzzBlock", "FuzzRow"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name, sequence, kind, form, content, whole in golden_rows():
        (folder / "FuzzRow" / name).write_bytes(bytes([kind, form]) + sequence.to_bytes(8, "little") + content)
        (folder / "FuzzRow" / f"{name}-whole").write_bytes(bytes([0, 0]) + sequence.to_bytes(8, "little") + whole)
    every = subprocess.run(["zstd", "-dcq", ROOT / "Tests/JournalTests/Golden/every_kind.zst"], check=True, capture_output=True).stdout
    for number, data in enumerate([*blocks(), every]):
        (folder / "FuzzBlock" / f"block-{number}").write_bytes(data)
    # A journal of three full blocks and one that isn't: limits of two events.
    chain = [block(i, 2 * i, [0, 2], rows=timer(START + i, 2 * i) + timer(START + i, 7), time=START + i, event_limit=2) for i in range(3)]
    chain.append(block(3, 6, [0, 1], rows=timer(START + 9, 1), time=START + 9, event_limit=2))
    singles = [[data] for data in blocks()]
    for number, parts in enumerate([chain, chain[1:], *singles]):
        listed = b"".join(len(part).to_bytes(2, "little") + part for part in parts)
        for mode in (2, 3):
            (folder / "FuzzJournal" / f"blocks-{number}-{mode}").write_bytes(bytes([mode]) + listed)
    for path in [*sorted((ROOT / "journals/golden").glob("*.zst")), ROOT / "Tests/JournalTests/Golden/every_kind.zst"]:
        if path.stat().st_size < 12_000:
            for mode in (0, 1):
                (folder / "FuzzJournal" / f"{path.stem}-{mode}").write_bytes(bytes([mode]) + path.read_bytes())


if __name__ == "__main__":
    main(sys.argv[1])
