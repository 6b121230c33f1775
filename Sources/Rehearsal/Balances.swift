import Market

/// What the account holds, asset by asset, in nanos.
struct Balances: Hashable, Sendable {
  struct Asset: Hashable, Sendable {
    let name: String
    var free: Int128
    /// Held back for open orders.
    var locked: Int128
  }

  private(set) var assets: [Asset] = []

  init(_ listings: [Listing], starting: [StartingBalance]) {
    for listing in listings {
      add(listing.baseAsset)
      add(listing.quoteAsset)
    }
    for balance in starting {
      add(balance.asset)
      self[balance.asset].free = balance.amount
    }
  }

  private mutating func add(_ name: String) {
    if !assets.contains(where: { $0.name == name }) { assets.append(Asset(name: name, free: 0, locked: 0)) }
  }

  /// - Precondition: the asset is that of a listing, or was there at the start.
  subscript(name: String) -> Asset {
    get { assets[place(name)] }
    set { assets[place(name)] = newValue }
  }

  private func place(_ name: String) -> Int {
    guard let place = assets.firstIndex(where: { $0.name == name }) else {
      preconditionFailure("every asset of a listing has a balance")
    }
    return place
  }
}
