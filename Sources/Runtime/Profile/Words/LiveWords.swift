import Market

extension Profile {
  /// What the profile says about paper and live runs, one sentence a rule; empty where it says nothing of them.
  package var liveInWords: [String] {
    guard let live else { return [] }
    var list = [
      "instance \(live.instance): its journal is runs/\(live.instance)-RUNID.zst, and a restart finds it again by that name",
      "bars of \(DurationText.text(nanos: live.intervalNanos))"
        + (live.warmupBars > 0 ? "; \(live.warmupBars) of history come first and are never ordered on" : ""),
    ]
    list += live.instruments.map(words)
    list += feedsInWords(live) + [submitInWords(live)] + venueInWords(live)
    if live.speed != 1 {
      list.append(
        live.speed.map { "the run's clock goes \($0) times as fast as real time" }
          ?? "the run's clock goes as fast as its bars come")
    }
    return list
  }

  private func words(_ listed: LiveInstrument) -> String {
    let instrument = listed.instrument
    let names = listed.names.map { ", \($0.symbol) at \($0.provider)" }.joined()
    let market = instrument.venue.isEmpty ? "" : " of \(instrument.venue)"
    let sector = instrument.sector.isEmpty ? "" : ", sector \(instrument.sector)"
    return
      "\(instrument.symbol)\(names): \(instrument.assetClass.word)\(market) in \(instrument.currency), tick \(instrument.tickSize), lot \(instrument.lotSize), hours of \(instrument.calendar.word)\(sector)"
  }

  private func feedsInWords(_ live: LiveSettings) -> [String] {
    guard let first = live.feeds.first else { return ["no feed is named: bars have to be given with --bars"] }
    let others = live.feeds.dropFirst().map { "where what stands before it fails: \(words($0))" }
    return ["bars come from \(words(first))"] + others
  }

  private func words(_ feed: FeedSettings) -> String {
    let place = feed.url.map { " at \($0)" } ?? ""
    switch feed.kind {
    case .yahoo: return "Yahoo's chart\(place), polled, without a key"
    case .binance:
      return "Binance's streams\(feed.stream.map { " at \($0)" } ?? ""), what they missed over REST\(place)"
    case .lines: return "standard input, JSON lines"
    case .journal: return "the journal \(feed.path ?? "that --bars names")"
    }
  }

  private func submitInWords(_ live: LiveSettings) -> String {
    switch (live.submits, live.venue.kind) {
    case (true?, .binance):
      "submit: orders leave where ALLOW_SUBMIT=1 is in the environment, too; else they are withheld"
    case (false?, _): "submit: no, so orders are decided on and withheld, whatever ALLOW_SUBMIT says"
    case (nil, .binance): "submit: not said, so orders are decided on and withheld, whatever ALLOW_SUBMIT says"
    case (true?, .paper), (nil, .paper):
      "submit: orders go to the simulated venue, unless ALLOW_SUBMIT=0 is in the environment"
    }
  }

  private func venueInWords(_ live: LiveSettings) -> [String] {
    let venue = live.venue
    guard venue.kind == .binance else {
      return ["venue: the simulated one, which fills by the profile's `fills`; only `engine paper` runs it"]
    }
    let keys =
      switch venue.keys {
      case nil: "none are named, and without them no live run begins"
      case .environment(let name): "\(name)_KEY and \(name)_SECRET of the environment"
      case .file(let path): "the files \(path).key and \(path).secret, which nobody else may read"
      case .credential(let name): "systemd's credentials \(name).key and \(name).secret"
      }
    let window = DurationText.text(nanos: venue.receiveWindowNanos)
    let resend = DurationText.text(nanos: venue.resendWithinNanos)
    let wait = DurationText.text(nanos: venue.stopWaitNanos)
    return [
      "venue: Binance spot at \(venue.url ?? "https://api.binance.com"); `engine paper` takes the simulated one instead",
      "keys: \(keys)", "a signed request is valid for \(window)",
      "an order whose absence at the venue is proved is sent again only within \(resend) of its intent",
      "open orders that this run didn't send \(words(venue.unknownOrders, "stay whose they are; what they fill becomes the run's"))",
      "balances that this run can't account for \(words(venue.unknownPositions, "become the run's"))",
    ] + (venue.unknownCash.map { ["money that this run can't account for \(words($0, "becomes the run's"))"] } ?? [])
      + [
        "when the run stops its working orders are \(venue.onStop == .cancel ? "cancelled" : "left working"), and answers are awaited for \(wait)"
      ]
  }

  private func words(_ unknown: VenueSettings.Unknown, _ adopted: String) -> String {
    switch unknown {
    case .adopt: adopted
    case .ignore: "are told and left alone"
    case .halt: "are told and halt the run"
    }
  }
}
