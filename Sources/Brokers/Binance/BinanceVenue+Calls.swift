import Events
import Market
import Wire

/// Calls: out, back, and lost.
extension BinanceVenue {
  /// Sends a call; false where it can't be signed.
  mutating func send(
    _ request: BinanceRequest, for purpose: BinanceFlight.Purpose, on socket: SocketNumber?, _ now: Timestamp,
    into out: inout WireOutbox<VenueMessage>
  ) -> Bool {
    let number = newNumber()
    let timestamp = serverTime(now).milliseconds
    if let socket {
      guard
        let frame = request.frame(
          id: number, key: key, timestamp: timestamp, receiveWindow: configuration.receiveWindowMilliseconds)
      else { return false }
      out.requests.append(.send(socket, text: frame))
    } else {
      guard
        let http = request.http(
          base: configuration.restBase, key: key, timestamp: timestamp,
          receiveWindow: configuration.receiveWindowMilliseconds, timeoutNanos: configuration.timeoutNanos)
      else { return false }
      out.requests.append(.http(CallNumber(rawValue: number), http))
    }
    flights.append(
      BinanceFlight(
        number: number, method: request.method, purpose: purpose, socket: socket, sentAt: now,
        // REST's own time-out comes first; this one is for a network that forgets.
        deadline: now.shifted(configuration.timeoutNanos + (socket == nil ? 1_000_000_000 : 0))))
    return true
  }

  mutating func received(
    _ text: [UInt8], on socket: SocketNumber, _ now: Timestamp, into out: inout WireOutbox<VenueMessage>
  ) {
    do throws(JSONError) {
      let root = try JSONDocument(text).root
      if let event = root.present("event") {
        do throws(JSONFieldError) {
          heard(try BinanceUserEvent(event), on: socket, now, into: &out)
        } catch {
          tellUnreadable("a user event: \(error)", into: &out)
          // Something happened to some order, and what isn't known: as after a gap, all are asked for.
          if isAnnounced { out.messages.append(.connected) }
        }
        return
      }
      if let list = root.present("rateLimits") { limits.read(list.items, serverTime: serverTime(now)) }
      guard let id = root["id"]?.integer, id >= 0 else {
        tellUnreadable("a frame without an id and an event", into: &out)
        return
      }
      land(UInt64(id), BinanceReply(frame: root), now, into: &out)
    } catch {
      tellUnreadable("a frame of \(text.count) bytes: \(error)", into: &out)
    }
  }

  /// Of what can't be read, no text is told: whatever it is, it may hold what nobody should see.
  private func tellUnreadable(_ what: String, into out: inout WireOutbox<VenueMessage>) {
    out.messages.append(.notice(.invalidAnswer, .warning, text: what))
  }

  /// An answer has come.
  mutating func land(
    _ number: UInt64, _ reply: BinanceReply, _ now: Timestamp, into out: inout WireOutbox<VenueMessage>
  ) {
    // One that came too late: its outcome counts as unknown already, and is being asked for.
    guard let index = flights.firstIndex(where: { $0.number == number }) else { return }
    let flight = flights.remove(at: index)
    note(reply, now, into: &out)
    switch flight.purpose {
    case .link(let socket): landed(flight, on: socket, reply, now, into: &out)
    case .operation(let call): landed(flight, of: call, reply, now, into: &out)
    case .clock:
      guard reply.verdict == .done, let result = reply.result else { return }
      do throws(JSONFieldError) {
        try compared(result, flight, now, into: &out)
      } catch {
        tellUnreadable("time: \(error)", into: &out)
      }
    }
    advanceLinks(now, into: &out)
  }

  /// No answer will come.
  mutating func lose(
    _ number: UInt64, _ failure: WireFailure, _ now: Timestamp, into out: inout WireOutbox<VenueMessage>
  ) {
    guard let index = flights.firstIndex(where: { $0.number == number }) else { return }
    let flight = flights.remove(at: index)
    switch flight.purpose {
    case .link(let socket):
      if let place = links.firstIndex(where: { $0.socket == socket }), links[place].isComing {
        links[place].deadline = now
      }
    case .clock: break
    case .operation(let call):
      switch failure {
      case .notSent(let why): finish(call, .wait(until: now.shifted(Self.againNanos), why), into: &out)
      case .unknown, .closedByPeer, .closedByUs, .tooLarge: finish(call, .unknown(failure.words), into: &out)
      }
    }
  }

  static let againNanos: Int64 = 1_000_000_000

  mutating func expireFlights(_ now: Timestamp, into out: inout WireOutbox<VenueMessage>) {
    for flight in flights where flight.deadline <= now {
      lose(flight.number, .unknown("\(flight.method.rawValue) was not answered in time"), now, into: &out)
    }
  }

  /// What an answer says about limits and clocks, whatever it answers.
  private mutating func note(_ reply: BinanceReply, _ now: Timestamp, into out: inout WireOutbox<VenueMessage>) {
    switch reply.verdict {
    case .wait:
      let until = retryTime(reply, now)
      limits.block(until: until)
      let nanos = until.shifted(-serverTime(now).nanos).nanos
      out.messages.append(
        .notice(
          .rateLimited, .warning,
          text: "\(reply.status) \(reply.code ?? 0): left alone for \(FixedPoint.text(nanos: nanos)) s"))
    case .clock: compareClocks(now, into: &out)
    case .done, .refused, .wouldTrigger, .fault, .unknown, .notFound, .archived: break
    }
  }

  /// When a call that was held off may be made again, on the exchange's clock.
  func retryTime(_ reply: BinanceReply, _ now: Timestamp) -> Timestamp {
    if let time = reply.retryAt { return time }
    // Without a word of theirs: a ban is at least two minutes (§2), a window of orders ten seconds.
    return serverTime(now).shifted(reply.status == 418 || reply.status == 403 ? 120_000_000_000 : 10_000_000_000)
  }

  func tellRefusal(
    _ reply: BinanceReply, _ method: BinanceMethod, _ now: Timestamp, into out: inout WireOutbox<VenueMessage>
  ) {
    guard reply.verdict == .fault else { return }
    out.messages.append(
      .notice(.requestRefused, .error, text: "\(method.rawValue): \(reply.code ?? 0) \(reply.text)"))
  }

  /// Tells a report, and keeps count of what is open.
  mutating func tell(_ report: OrderReport, into out: inout WireOutbox<VenueMessage>) {
    if !report.venueOrderID.isEmpty { remember(report.symbol, report.venueOrderID, report.clientOrderID) }
    switch report.type {
    case .cancelled, .expired, .rejected, .wouldTrigger: open[report.clientOrderID] = nil
    case .filled:
      if let order = open[report.clientOrderID], report.cumulative >= order.quantity {
        open[report.clientOrderID] = nil
      }
    case .accepted, .reduced, .cancelRejected, .neverArrived: break
    }
    out.messages.append(.report(report))
  }

  mutating func remember(_ symbol: String, _ orderID: String, _ clientOrderID: String) {
    // It can be asked for again; so it is forgotten whole where it grows.
    if names.count >= Self.namesMax { names.removeAll(keepingCapacity: true) }
    names["\(symbol):\(orderID)"] = clientOrderID
  }
  static let namesMax = 20_000
}
