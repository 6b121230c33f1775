/// The strategies that come along, in the order in which help lists them. Adding one: a case here and its arms in `StrategySet`.
enum BuiltInKind: UInt8, BitwiseCopyable, CaseIterable, Sendable {
  case smaCross
  case buyAndHold

  var type: any Strategy.Type {
    switch self {
    case .smaCross: BlockStrategy<SMACross>.self
    case .buyAndHold: BlockStrategy<BuyAndHold>.self
    }
  }
}
