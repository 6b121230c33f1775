"""The tables of docs/fills.md that are made from what was compared."""

import pathlib

PATH = pathlib.Path(__file__).resolve().parents[2] / "docs" / "fills.md"


def said(fills):
    return ", ".join(f"b{bar} {side} {quantity}@{price}" for bar, side, price, quantity in fills) or "none"


def short(fills):
    """For a table in which every order buys 100: `b3 102`, and for the exit behind it `b4 95`."""
    parts = [f"b{bar} {price}" + (f" ×{quantity}" if quantity != 100 else "") for bar, _, price, quantity in fills]
    return " → ".join(parts) or "none"


def cases_table(rows):
    """A row a case and peer: what differs under `pessimistic` and why, and under our convention of the peer's name."""
    lines = [
        "| strategy and bars | peer | fills | last equity | under `pessimistic`: without an equal | apart | why | under its own | without an equal | apart |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, peer, fills, equity, cells, why in rows:
        (_, count, apart), own = cells[0], cells[1:]
        last = " | ".join(f"`{cell[0]}` | {cell[1]} | {cell[2]}" for cell in own) or "none | |"
        lines.append(f"| `{name}` | {peer} | {fills} | {equity} | {count} | {apart} | {why} | {last} |")
    return "\n".join(lines)


def beyond_table(rows):
    """What a peer fills otherwise even under our convention of its name."""
    lines = ["| peer | scenario | its fills | our convention | our fills | why ours |", "|---|---|---|---|---|---|"]
    for peer, name, theirs, (convention, path), ours, why in rows:
        rules = f"`{convention}`" + (f", `path: {path}`" if path else "")
        lines.append(f"| {peer} | {name} | {short(theirs)} | {rules} | {short(ours)} | {why} |")
    return "\n".join(lines)


def scenarios_table(ours, found):
    """Ours, then each peer: `=` where it fills the same, nothing where it wasn't asked."""
    peers = list(found)
    lines = ["| scenario | here | " + " | ".join(peers) + " |", "|---|---|" + "---|" * len(peers)]
    for name, fills in ours.items():
        cells = []
        for peer in peers:
            theirs = found[peer]["scenarios"].get(name)
            cells.append("" if theirs is None else "=" if theirs == fills else short(theirs))
        lines.append(f"| {name} | {short(fills)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def placed(text, name, table):
    """The text with a table between its marks."""
    begin, end = f"<!-- {name}: made by tools/peers.sh -->\n", f"<!-- end of {name} -->"
    head, behind = text.split(begin)
    return head + begin + table + "\n" + end + behind.split(end)[1]


def check(tables, writes):
    """Whether docs/fills.md shows these tables; with `writes` it does afterwards."""
    before = after = PATH.read_text()
    for name, table in tables.items():
        after = placed(after, name, table)
    if writes:
        PATH.write_text(after)
    elif before != after:
        print("docs/fills.md doesn't show what was compared; tools/peers.sh --golden renews it")
        return False
    return True
