"""Prints one-minute bars of a random walk as CSV: walk.py SEED CENTS COUNT."""

import datetime
import random
import sys

seed, price, count = (int(word) for word in sys.argv[1:4])
draw = random.Random(seed)
time = datetime.datetime(2026, 3, 2, tzinfo=datetime.timezone.utc)
print("timestamp,open,high,low,close,volume")
for minute in range(count):
    first = price + draw.randint(-1, 1)
    price = max(1000, first + draw.randint(-30, 30))
    high, low = max(first, price) + draw.randint(0, 15), min(first, price) - draw.randint(0, 15)
    stamp = (time + datetime.timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%SZ")
    print(stamp, *(f"{cents / 100:.2f}" for cents in (first, high, low, price)), draw.randint(50, 200), sep=",")
