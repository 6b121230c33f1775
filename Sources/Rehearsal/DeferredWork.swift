import Market
import Wire

/// What is to be done later, in the order of its times and, at one time, in the order of asking.
struct DeferredWork: Hashable, Sendable {
  enum Item: Hashable, Sendable {
    case action(ServerAction)
    case call(Call, [FaultRule])
    /// Those of them that are still open.
    case closeSockets([SocketNumber])
  }

  private struct Entry: Hashable {
    var due: Timestamp
    var number: UInt64
    var item: Item
  }

  private var entries: [Entry] = []
  private var number: UInt64 = 0

  var nextDue: Timestamp? { entries.first?.due }

  mutating func add(_ item: Item, at due: Timestamp) {
    number += 1
    let place = entries.firstIndex { $0.due > due } ?? entries.count
    entries.insert(Entry(due: due, number: number, item: item), at: place)
  }

  mutating func take(through now: Timestamp) -> Item? {
    guard let first = entries.first, first.due <= now else { return nil }
    return entries.removeFirst().item
  }

  /// Answers to a request whose client went away are no longer sent; what it asked for is still done.
  mutating func forget(_ request: RequestNumber) {
    entries.removeAll { entry in
      guard case .action(let action) = entry.item else { return false }
      switch action {
      case .respond(let number, _), .respondCut(let number, _, _), .drop(let number), .halfClose(let number):
        return number == request
      case .sendText, .closeSocket, .dropSocket, .muteSocket: return false
      }
    }
  }

  mutating func forget(_ socket: SocketNumber) {
    entries.removeAll { entry in
      guard case .action(let action) = entry.item else { return false }
      switch action {
      case .sendText(let number, _), .closeSocket(let number, _, _), .dropSocket(let number), .muteSocket(let number):
        return number == socket
      case .respond, .respondCut, .drop, .halfClose: return false
      }
    }
  }
}
