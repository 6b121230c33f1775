import Events
import Market

/// What the account, a strategy or a sector holds in money, where every working order fills that makes it larger.
struct Exposure: BitwiseCopyable {
  /// Sum of absolute values over the instruments, less the one that is decided on.
  var grossOfOthers: Int128 = 0
  /// Sums of signed values where all buys, and where all sells fill, less the instrument's own.
  var longOfOthers: Int128 = 0
  var shortOfOthers: Int128 = 0
  /// Bought less sold of the day, working buys or sells included, the instrument's own among them.
  var dayLong: Int128 = 0
  var dayShort: Int128 = 0

  /// Adds one instrument's part.
  @inline(__always)
  mutating func add(_ part: ExposurePart, unit: Int128, isOwn: Bool) {
    let long = perUnit(part.long * unit)
    let short = part.buys == 0 && part.sells == 0 ? long : perUnit(part.short * unit)
    if !isOwn {
      grossOfOthers += max(Int128(long.magnitude), Int128(short.magnitude))
      longOfOthers += long
      shortOfOthers += short
    }
    dayLong += part.buys == 0 ? part.day : part.day + perUnit(part.buys * unit)
    dayShort += part.sells == 0 ? part.day : part.day - perUnit(part.sells * unit)
  }
}

/// One instrument's part of an exposure, in nanos of a unit.
struct ExposurePart: BitwiseCopyable {
  var position: Int128
  /// Bought less sold since the trading day began, in nanos of currency.
  var day: Int128
  /// What orders that may make the position larger still leave.
  var buys: Int128 = 0
  var sells: Int128 = 0

  /// Where all buys fill, and where all sells do.
  var long: Int128 { position + buys }
  var short: Int128 { position - sells }
  /// The larger of the two, whatever its sign.
  var worst: Int128 { Int128(max(long.magnitude, short.magnitude)) }

  /// Takes off what an order is sure to close, as if it had: of one strategy's part no more than that is.
  mutating func leave(_ order: WorkingOrder, unit: Int128) {
    let leaving = min(Int128(order.leaves.nanos), Int128(position.magnitude)) * Int128(order.side.sign)
    if position == 0 || (position > 0) == (leaving > 0) { return }
    position += leaving
    day += perUnit(leaving * unit)
  }

  var isEmpty: Bool { position == 0 && buys == 0 && sells == 0 && day == 0 }
}

extension Engine {
  /// Gross, net, daily net and leverage of every scope that limits them.
  func cutByExposure(_ walk: inout GateWalk, _ scopes: ScopeSets, _ index: Int, _ strategy: Int) {
    let account = exposure(.account, index, -1, -1)
    cutByExposure(&walk, LimitTable.accountSet, .account, index, -1, -1, account)
    if scopes.strategy >= 0 {
      // One strategy's part is all there is.
      cutByExposure(
        &walk, scopes.strategy, .strategy, index, strategy, -1,
        strategyCount == 1 ? account : exposure(.strategy, index, strategy, -1))
    }
    if scopes.sector >= 0 {
      let sector = limits.sectorOf[index]
      cutByExposure(&walk, scopes.sector, .sector, index, -1, sector, exposure(.sector, index, -1, sector))
    }
    if scopes.symbol >= 0 {
      cutByExposure(&walk, scopes.symbol, .symbol, index, -1, -1, exposure(.symbol, index, -1, -1))
    }
  }

  private func cutByExposure(
    _ walk: inout GateWalk, _ set: Int, _ scope: RiskScope, _ index: Int, _ strategy: Int, _ sector: Int,
    _ exposure: Exposure
  ) {
    let gross = limits.sets[set].grossMax
    let net = limits.sets[set].netMax
    let daily = limits.sets[set].dailyNetMax
    let leverage = limits.sets[set].leverageMaxMicros
    if gross == nil, net == nil, daily == nil, leverage == nil { return }
    let unit = unitValue(index)
    guard unit > 0 else { return }
    // What the scope's own part of this instrument comes to where the working orders of the order's side fill.
    let own =
      scope == .strategy ? strategyEffective(strategy, index, walk.side) : Int128(walk.side.sign) * effective(walk)
    let sign = Int128(walk.side.sign)
    let sumOfOthers = walk.side == .buy ? exposure.longOfOthers : -exposure.shortOfOthers
    let day = walk.side == .buy ? exposure.dayLong : -exposure.dayShort
    // On the order's side of zero, that part counts against the cap; beyond it, it is room that closing takes first.
    let held = max(own * sign, 0)
    let skipped = self.others(walk, scope)
    let total = Int128(walk.total - skipped)
    // What closes the account's position may open the strategy's part, and the other way round.
    let closing = min(max(-own * sign, 0), total)
    func cutGross(_ cap: Int128, _ reason: RiskReason) {
      let after = exposure.grossOfOthers + perUnit((held + total - closing) * unit)
      cutPart(
        &walk, to: units(of: cap - exposure.grossOfOthers, unit) - held + closing, reason, scope, narrow(after),
        narrow(cap))
    }
    if let gross { cutGross(gross, .grossCap) }
    if let leverage {
      let (product, overflowed) = max(equity, 0).multipliedReportingOverflow(by: Int128(leverage))
      cutGross(overflowed ? .max : product / 1_000_000, .leverageCap)
    }
    // The whole order moves these sums, what closes too.
    func cutSum(_ cap: Int128, _ before: Int128, _ reason: RiskReason) {
      let after = before + perUnit(total * unit)
      cutPart(&walk, to: max(units(of: cap - before, unit), closing), reason, scope, narrow(after), narrow(cap))
    }
    if let net { cutSum(net, sumOfOthers + perUnit(own * sign * unit), .netCap) }
    if let daily { cutSum(daily, day, .dailyNetCap) }
  }

  /// Signed towards the order's side: what is held there, or what closes first.
  private func effective(_ walk: GateWalk) -> Int128 {
    walk.held > 0 ? Int128(walk.held) : -Int128(walk.closing)
  }

  /// A strategy's part of a position, signed, where its working orders of one side that stay fill.
  func strategyEffective(_ strategy: Int, _ index: Int, _ side: Side) -> Int128 {
    let share = risk.shares[strategy * books.count + index].quantity
    var pending: Int128 = 0
    for position in books[index].orders.indices {
      let order = books[index].orders[position]
      guard lingers(index), order.side == side, !order.isReduceOnly, Int(order.strategy) == strategy else { continue }
      pending += Int128(order.leaves.nanos)
    }
    return share + pending * Int128(side.sign)
  }

  private func exposure(_ scope: RiskScope, _ own: Int, _ strategy: Int, _ sector: Int) -> Exposure {
    var exposure = Exposure()
    for index in scope == .symbol ? own..<own + 1 : books.indices {
      if scope == .sector, limits.sectorOf[index] != sector { continue }
      // The instrument's own older orders are replaced by the one that is judged, but for those whose cancel is on the way.
      let part = part(
        index, ofStrategy: scope == .strategy ? strategy : -1, countsOrders: index != own || lingers(own))
      if part.isEmpty { continue }
      exposure.add(part, unit: unitValue(index), isOwn: index == own)
    }
    return exposure
  }

  /// What is held of an instrument and may be, by the account or by one strategy.
  ///
  /// - Parameter strategy: −1 for the account.
  @inline(__always)
  func part(_ index: Int, ofStrategy strategy: Int, countsOrders: Bool) -> ExposurePart {
    var part: ExposurePart
    if strategy >= 0 {
      let share = risk.shares[strategy * books.count + index]
      part = ExposurePart(position: share.quantity, day: home(share.dayNet, index))
    } else {
      part = ExposurePart(
        position: Int128(books[index].position.quantity.nanos), day: home(risk.books[index].dayNet, index))
    }
    if !countsOrders || books[index].orders.isEmpty { return part }
    for place in books[index].orders.indices {
      let order = books[index].orders[place]
      if order.isReduceOnly {
        // What gives way to the next contract counts there.
        if order.purpose == OrderPurpose.rollOut.rawValue { part.leave(order, unit: unitValue(index)) }
        continue
      }
      if strategy >= 0, Int(order.strategy) != strategy { continue }
      if order.isAlternative, isShadowed(index, place) { continue }
      if order.side == .buy {
        part.buys += Int128(order.leaves.nanos)
      } else {
        part.sells += Int128(order.leaves.nanos)
      }
    }
    return part
  }
}
