import CoreMetrics
import Synchronization

/// Counters and timers of this process, kept in it: what the view and the log's summary read. Whoever wants them elsewhere bootstraps another factory.
final class RunMetrics: MetricsFactory {
  /// A distribution of which only what is shown is kept.
  struct Times: Hashable, Sendable {
    var count: Int64 = 0
    var sum: Int64 = 0
    var most: Int64 = 0
    var average: Int64 { count == 0 ? 0 : sum / count }
  }

  final class Count: CounterHandler {
    let value = Atomic<Int64>(0)
    func increment(by amount: Int64) { value.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { value.store(0, ordering: .relaxed) }
  }

  final class Record: TimerHandler, RecorderHandler, MeterHandler {
    let times = Mutex(Times())
    let last = Mutex(0.0)
    func recordNanoseconds(_ duration: Int64) { note(duration) }
    func record(_ value: Int64) { note(value) }
    func record(_ value: Double) { note(Int64(value)) }
    func set(_ value: Int64) { last.withLock { $0 = Double(value) } }
    func set(_ value: Double) { last.withLock { $0 = value } }
    func increment(by amount: Double) { last.withLock { $0 += amount } }
    func decrement(by amount: Double) { last.withLock { $0 -= amount } }
    private func note(_ value: Int64) {
      times.withLock { times in
        times.count += 1
        times.sum = times.sum.addingReportingOverflow(value).partialValue
        times.most = max(times.most, value)
      }
    }
  }

  private let counts = Mutex<[String: Count]>([:])
  private let records = Mutex<[String: Record]>([:])

  /// Of a counter; 0 where nothing was counted.
  func count(_ label: String) -> Int64 { counts.withLock { $0[label]?.value.load(ordering: .relaxed) ?? 0 } }

  /// Of a timer.
  func times(_ label: String) -> Times { records.withLock { $0[label]?.times.withLock { $0 } ?? Times() } }

  func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    counts.withLock { counts in
      let name = RunMetrics.name(label, dimensions)
      let count = counts[name] ?? Count()
      counts[name] = count
      return count
    }
  }

  private func record(_ label: String, _ dimensions: [(String, String)]) -> Record {
    records.withLock { records in
      let name = RunMetrics.name(label, dimensions)
      let record = records[name] ?? Record()
      records[name] = record
      return record
    }
  }

  private static func name(_ label: String, _ dimensions: [(String, String)]) -> String {
    ([label] + dimensions.map { "\($0.0)=\($0.1)" }).joined(separator: ",")
  }

  func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { record(label, dimensions) }
  func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    record(label, dimensions)
  }
  func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler { record(label, dimensions) }
  // They live as long as the process.
  func destroyCounter(_ handler: any CounterHandler) {}
  func destroyTimer(_ handler: any TimerHandler) {}
  func destroyRecorder(_ handler: any RecorderHandler) {}
  func destroyMeter(_ handler: any MeterHandler) {}
}
