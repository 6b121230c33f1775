import SimulatedSessions
import Simulation

let seeds = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
for seed in seeds.first.map({ $0..<(seeds.last ?? $0 + 1) }) ?? 0..<1 {
  let plan = SessionPlan(seed: seed, venue: .paper)
  let run = SessionRun(plan)
  print(plan.line)
  print("  \(run.figures)")
  if let finding = run.finding { print("  FOUND \(finding)\n  \(run.fired.map(\.description).joined(separator: ","))") }
}
