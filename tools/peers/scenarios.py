"""Hand-made bars on which conventions part: one decision on the close of bar 2, one order, and the bars that matter.

Bars 0-2 and all behind those given are 100/101/99/100 with volume 1000. Orders buy 100 unless said otherwise; prices are in dollars, the tick is a
cent, there are no fees. A bracket enters at market with a stop-loss at 95 and a take-profit at 110. The rows are those of `peers.md` A7.
"""

NEUTRAL = (100, 101, 99, 100, 1000)
FLAT = (100, 101, 99, 100, 1000)


class Scenario:
    def __init__(self, order, bars, quantity=100):
        self.order, self.quantity = order, quantity
        self.bars = [NEUTRAL] * 3 + list(bars) + [NEUTRAL] * 2


BRACKET = ("bracket", 95, 110)
SCENARIOS = {
    "market": Scenario(("market",), [(102, 104, 101, 103, 1000)]),
    "limit, touched": Scenario(("limit", 99), [(100, 101, 99, 100.5, 1000), (100, 101, 99.5, 100, 1000)]),
    "limit, inside": Scenario(("limit", 99), [(100, 101, 98, 100.5, 1000)]),
    "limit, gap": Scenario(("limit", 99), [(97, 98, 96, 97.5, 1000)]),
    "stop, touched": Scenario(("stop", 105), [(103, 105, 102, 104, 1000), (103, 104, 102, 103, 1000)]),
    "stop, inside": Scenario(("stop", 105), [(103, 107, 102, 104, 1000)]),
    "stop, gap": Scenario(("stop", 105), [(108, 110, 107, 109, 1000)]),
    "stop-limit, inside": Scenario(("stop_limit", 105, 106), [(103, 107, 102, 104, 1000)]),
    "stop-limit, gap": Scenario(("stop_limit", 105, 106), [(108, 110, 105.5, 109, 1000)]),
    "bracket, both in one bar": Scenario(BRACKET, [FLAT, (100, 111, 94, 100, 1000)]),
    "bracket, both, open near the high": Scenario(BRACKET, [FLAT, (108, 111, 94, 100, 1000)]),
    "bracket, both in the entry bar": Scenario(BRACKET, [(100, 111, 94, 100, 1000)]),
    "bracket, stop in a gap": Scenario(BRACKET, [FLAT, (90, 93, 88, 92, 1000)]),
    "bracket, open below the stop, high above": Scenario(BRACKET, [FLAT, (93, 97, 92, 96, 1000)]),
    "bracket, target in a gap": Scenario(BRACKET, [FLAT, (115, 116, 112, 113, 1000)]),
    "five times the volume": Scenario(("market",), [(102, 104, 101, 103, 1000)] * 3, quantity=5000),
    "no volume": Scenario(("market",), [(102, 102, 102, 102, 0), (103, 104, 102, 103, 1000)]),
}
#: The order is given on the close of this bar.
DECISION = 2
