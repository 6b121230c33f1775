import Scenarios

// Prints how the golden rows and a sweep of random single orders fill here, as JSON lines: the row, the order, the bars from bar 3 on,
// the fills as [bar, side, price, quantity]. Takes the sweep's seed and count.
let arguments = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
let sweep = GoldenBars.sweep(seed: arguments.first ?? 1, count: arguments.count > 1 ? Int(arguments[1]) : 400)
for row in GoldenBars.rows + sweep { print(try row.json()) }
