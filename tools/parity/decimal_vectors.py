#!/usr/bin/env python3
"""Write vectors of decimal arithmetic with the results that Python's decimal gives, for decimal-check to compare.

Usage: decimal_vectors.py [--count N] [--seed S] | decimal-check
One vector a line, tab-separated; the first field names the operation, the last is the expected result or `error CASE`.

  parse     text, implied decimals                   nanos or error
  round     text, implied decimals                   nanos, digits beyond the ninth rounded half to even, or error
  print     nanos (up to 128 bits)                   shortest text
  notional  price, quantity, whole multiplier        nanos, rounded once half to even
  divide    numerator, positive divisor (128 bits)   quotient rounded half to even
  average   count, price:quantity pairs              sum of price x quantity / sum of quantity, rounded once, in nanos
  tick      price, tick, down | up | nearest         nanos or error
"""

import argparse
import random
import sys
from decimal import Context, Decimal, ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, setcontext

NANOS = Decimal(10) ** 9
MAX = 2**63 - 1


def spread(rng, bits):
    """A whole number whose count of bits is itself random, with edges made likely."""
    edge = rng.random()
    if edge < 0.05:
        return rng.choice([0, 1, -1, 2, -2, 5, -5, 10**9, -(10**9), 2**bits - 1, -(2**bits - 1), 2**bits - 2])
    magnitude = rng.getrandbits(rng.randint(1, bits))
    if edge < 0.3:  # trailing zeros, as cents and whole units have
        scale = 10 ** rng.randint(0, 12)
        magnitude = magnitude // scale * scale
    return -magnitude if rng.random() < 0.5 else magnitude


def half_even(value):
    return int(value.to_integral_value(rounding=ROUND_HALF_EVEN))


def number_text(rng):
    whole = "".join(rng.choice("0123456789") for _ in range(rng.choice([0, 1, 1, 2, 3, 4, 6, 9, 10, 10, 11, 19, 25])))
    if rng.random() < 0.05:
        whole = rng.choice(["9223372036", "9223372037", "0", "00000000000000000000000001"])
    fraction = "".join(rng.choice("0123456789") for _ in range(rng.choice([0, 1, 2, 2, 4, 8, 9, 9, 10, 12, 18, 30])))
    if rng.random() < 0.1:
        fraction = fraction[:9] + rng.choice(["5", "50", "500000", "500001", "4999999", "0", "000"])
    if rng.random() < 0.05:
        fraction = rng.choice(["854775807", "854775808", "8547758075", "8547758074", "85477580750000001"])
    text = rng.choice(["", "", "", "-", "+"]) + whole
    if fraction or rng.random() < 0.05:
        text += "." + fraction
    if rng.random() < 0.05 and text:  # damage
        at = rng.randrange(len(text) + 1)
        text = text[:at] + rng.choice([".", "-", "+", "e", " ", ",", "x", "/", ":"]) + text[at:]
    return text


def read(text, implied, rounds):
    """What a number's text means, in nanos; None where it is refused."""
    body = text[1:] if text[:1] in ("+", "-") else text
    if body.count(".") > 1 or not body.replace(".", "").isdigit() or not body.isascii():
        return None
    exact = Decimal(text if body[0] != "." else text.replace(".", "0.", 1)).scaleb(9 - implied)
    if rounds:
        nanos = half_even(exact)
    else:
        nanos = int(exact)
        if nanos != exact:
            return None
    return nanos if abs(nanos) <= MAX else None


def print_text(nanos):
    text = format(Decimal(nanos) / NANOS, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def vector(rng):
    kind = rng.choices(
        ["parse", "round", "print", "notional", "divide", "average", "tick"], [25, 15, 15, 20, 10, 5, 10])[0]
    if kind in ("parse", "round"):
        text = number_text(rng)
        implied = rng.choice([0, 0, 0, 0, 2, 4, 9])
        nanos = read(text, implied, kind == "round")
        return [kind, text, implied, "error" if nanos is None else nanos]
    if kind == "print":
        nanos = spread(rng, rng.choice([63, 63, 127]))
        return [kind, nanos, print_text(nanos)]
    if kind == "notional":
        price, quantity = spread(rng, 63), spread(rng, 63)
        multiplier = rng.choice([1, 1, 2, 5, 20, 50, 100, 1000, 999_999, 1_000_000])
        if rng.random() < 0.2:  # a tie: the product ends in exactly half a nano
            price, quantity = rng.randrange(1, 10**6) * 10**6 + 5 * 10**5, rng.randrange(1, 10**9, 2) * 1000
        return [kind, price, quantity, multiplier, half_even(Decimal(price) * quantity * multiplier / NANOS)]
    if kind == "divide":
        divisor = abs(spread(rng, 126)) or 1
        numerator = spread(rng, 127)
        if rng.random() < 0.2:  # a tie
            divisor = (divisor % 2**60 + 1) * 2
            numerator = divisor // 2 * (2 * spread(rng, 60) + 1)
        return [kind, numerator, divisor, half_even(Decimal(numerator) / divisor)]
    if kind == "average":
        pairs = [(abs(spread(rng, 60)), abs(spread(rng, 60)) or 1) for _ in range(rng.randint(1, 5))]
        exact = sum(Decimal(p) * q for p, q in pairs) / sum(q for _, q in pairs)
        return [kind, len(pairs), *(f"{p}:{q}" for p, q in pairs), half_even(exact)]
    price, tick = spread(rng, 63), abs(spread(rng, rng.choice([30, 63]))) or 1
    rule, rounding = rng.choice([("down", ROUND_FLOOR), ("up", ROUND_CEILING), ("nearest", ROUND_HALF_EVEN)])
    if rng.random() < 0.2 and tick < 2**42:  # a tie
        tick *= 2
        price = tick // 2 * (2 * rng.randrange(-(2**17), 2**17) + 1)
    result = int((Decimal(price) / tick).to_integral_value(rounding=rounding)) * tick
    return [kind, price, tick, rule, "error" if abs(result) > MAX else result]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    options = parser.parse_args()
    # Quotients are cut to the context's digits before they are rounded: with 200, no tie can be lost or made, because two
    # numbers of 127 bits leave a remainder that shows within 40 digits behind the point.
    setcontext(Context(prec=200))
    print(f"decimal_vectors.py: seed {options.seed}, {options.count} vectors", file=sys.stderr)
    rng = random.Random(options.seed)
    write = sys.stdout.write
    for _ in range(options.count):
        write("\t".join(map(str, vector(rng))) + "\n")


if __name__ == "__main__":
    main()
