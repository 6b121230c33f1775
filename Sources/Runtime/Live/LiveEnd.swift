package import Market

/// Why a live run ended: what the process exits with, and what to do about it. The only place where these codes are given.
///
/// | code | meaning |
/// |---|---|
/// | 0 | ended as it was asked to: by a person, a signal, `--minutes` or the end of a finite feed |
/// | 1 | (of checks alone: `gates`, `certify`, `reconcile`) |
/// | 2 | could not begin: profile, keys, arguments; nothing was sent |
/// | 3 | the journal could not be written: nothing was sent behind the last acknowledged event; run the same command again |
/// | 4 | the feed was lost, or never gave a fresh bar |
/// | 5 | the venue was lost, or the outcome of an order is not known: run `engine reconcile` |
/// | 6 | ended while killed: everything was cancelled and closed as far as the market let it; the same command goes on in that state |
package struct LiveEnd: Hashable, Sendable {
  package enum Cause: String, Hashable, Sendable {
    /// A person, at the control socket.
    case stop
    case signal
    /// `--minutes` were over.
    case minutes
    /// The feed has an end, and it was reached.
    case feedEnded
    case feedLost
    case venueLost
  }

  package var cause: Cause
  /// A person's or a signal's own words, or what was lost.
  package var text: String
  /// Orders whose outcome is not known.
  package var unknownOrders: Int
  /// Orders that work on at the venue.
  package var workingOrders: Int
  /// What is held at the venue without the stop that the profile wants.
  package var unprotected: [HeldUnprotected]
  /// In monitor mode at a real venue, where a kill or orders of an earlier process would have been acted on.
  package var isWithheld = false
  package var isKilled: Bool
  /// Positions that a kill has not closed yet.
  package var openPositions: Int
  /// Nil where the run is over and its journal is sealed.
  package var held: Held?

  package struct HeldUnprotected: Hashable, Sendable {
    package var symbol: String
    package var quantity: Quantity

    package init(symbol: String, quantity: Quantity) {
      self.symbol = symbol
      self.quantity = quantity
    }
  }

  /// A process that ends while its run may not trade ends no run: what stops it has to outlive the process, so the journal stays unfinished.
  package struct Held: Hashable, Sendable {
    package var runID: [UInt8]
    /// Of the unfinished journal.
    package var path: String
    /// What holds the run, in words.
    package var by: String

    package init(runID: [UInt8], path: String, by: String) {
      self.runID = runID
      self.path = path
      self.by = by
    }

    /// What the journal is called by people, and will be called once it is whole.
    package var name: String { path.hasSuffix(".partial") ? String(path.dropLast(8)) : path }
  }

  package init(
    cause: Cause, text: String = "", unknownOrders: Int = 0, workingOrders: Int = 0,
    unprotected: [HeldUnprotected] = [], isKilled: Bool = false,
    openPositions: Int = 0, held: Held? = nil
  ) {
    self.cause = cause
    self.text = text
    self.unknownOrders = unknownOrders
    self.workingOrders = workingOrders
    self.unprotected = unprotected
    self.isKilled = isKilled
    self.openPositions = openPositions
    self.held = held
  }

  /// What the process exits with.
  package var code: Int32 {
    if unknownOrders > 0 || cause == .venueLost { return 5 }
    if isKilled { return 6 }
    return cause == .feedLost ? 4 : 0
  }

  /// One line for people.
  package var line: String {
    let why =
      switch cause {
      case .stop: "stopped by a person"
      case .signal: "stopped by a signal"
      case .minutes: "its minutes are over"
      case .feedEnded: "its feed has ended"
      case .feedLost: "its feed is lost"
      case .venueLost: "its venue is lost"
      }
    // Words of a person without a reason are who it was, in parentheses already.
    var line = why + (text.isEmpty ? "" : text.hasPrefix("(") ? " \(text)" : " (\(text))")
    if isKilled { line += "; it is killed" }
    if openPositions > 0 {
      line +=
        "; NOT FLAT: \(openPositions) position\(openPositions == 1 ? " is" : "s are") still open, and the same command goes on closing\(isWithheld ? " where orders may leave" : "")"
    }
    if isWithheld {
      line += "; in monitor mode, so no order and no cancel was sent"
    }
    if workingOrders > 0 { line += "; \(workingOrders) orders work on at the venue" }
    if !unprotected.isEmpty {
      let held = unprotected.map { "\($0.quantity) \($0.symbol)" }.joined(separator: ", ")
      line += "; \(held) are held without a stop"
    }
    if unknownOrders > 0 {
      line += "; the outcome of \(unknownOrders) orders is not known: run `engine reconcile`, or begin the run again"
    }
    if let held {
      line +=
        "; held by \(held.by): the run is not over, the same command goes on with it as it stands, and `engine resume \(held.name) --confirm --reason WHY` lets it trade again"
    }
    return line
  }
}
