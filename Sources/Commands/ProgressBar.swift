import Foundation
import Glibc
import Synchronization

/// One line on stderr with rate and time left, shown where stderr is a terminal and the work has taken longer than a second.
///
/// Safe to share: what changes is behind a lock.
final class ProgressBar: Sendable {
  private let title: String
  private let unit: String
  private let isTerminal = Terminal.isRedrawn(STDERR_FILENO)
  private let clock = ContinuousClock()
  private let started: ContinuousClock.Instant
  private let shown: Mutex<Shown>

  private struct Shown {
    var last: ContinuousClock.Instant
    var isVisible = false
  }

  init(_ title: String, unit: String) {
    self.title = title
    self.unit = unit
    started = clock.now
    shown = Mutex(Shown(last: started))
  }

  func update(_ done: UInt64, of total: UInt64) {
    guard isTerminal else { return }
    let now = clock.now
    guard now - started > .seconds(1) else { return }
    let isDue = shown.withLock { shown in
      guard now - shown.last > .milliseconds(100) else { return false }
      shown.last = now
      shown.isVisible = true
      return true
    }
    guard isDue else { return }
    let seconds = (now - started) / .seconds(1)
    let rate = Double(done) / seconds
    let share = total == 0 ? 0 : min(1, Double(done) / Double(total))
    let filled = Int(share * 24)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
    let left = rate > 0 && total > done ? Double(total - done) / rate : 0
    let line =
      "\r\(title) \(bar) \(Int(share * 100)) %  \(ProgressBar.short(rate)) \(unit)/s  \(Int(left.rounded(.up))) s left\u{1B}[K"
    StandardError.write(line)
  }

  /// Clears the line.
  func finish() {
    if shown.withLock({ $0.isVisible }) { StandardError.write("\r\u{1B}[K") }
  }

  static func short(_ value: Double) -> String {
    if value >= 10_000_000 { return "\(Int(value / 1_000_000)) M" }
    if value >= 1_000_000 { return "\(Double(Int(value / 100_000)) / 10) M" }
    if value >= 1_000 { return "\(Int(value / 1_000)) k" }
    return "\(Int(value))"
  }
}
