import Scenarios

// Prints how each golden row fills here, as JSON lines: the row, the order, the bars from bar 3 on, the fills as [bar, side, price].
for row in GoldenBars.rows { print(try row.json()) }
