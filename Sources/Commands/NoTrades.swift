import Events

/// Why a run had no fill, from the counts with which it ended: peers' users complain most of silent nothing.
enum NoTrades {
  static func reason(_ ended: RunEnded) -> String {
    if ended.bars == 0 { return "no bar is within the profile's universe and range; check universe, start and end" }
    if ended.signals == 0 {
      if ended.warmingUp == ended.bars {
        return "every strategy was still warming up after \(ended.bars) bars; give more bars or shorter periods"
      }
      return "no strategy asked for anything on \(ended.bars) bars; loosen its parameters or give more bars"
    }
    if ended.orders == 0 {
      return "the risk gate let none of \(ended.signals) signals through; `engine export RUN --kind risk_decision` says why"
    }
    return "none of \(ended.orders) orders was filled; `engine export RUN --kind order_cancelled` and order_expired say how they ended"
  }
}
