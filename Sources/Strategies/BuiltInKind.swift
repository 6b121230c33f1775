/// The strategies that come along, in the order in which help lists them. Adding one: a case here and its arms in `StrategySet`.
enum BuiltInKind: UInt8, BitwiseCopyable, CaseIterable, Sendable {
  case smaCross
  case emaCross
  case momentum
  case crossSectionalMomentum
  case zScoreReversion
  case rsiReversion
  case bollingerReversion
  case donchianBreakout
  case buyAndHold
  case rules

  var type: any Strategy.Type {
    switch self {
    case .smaCross: BlockStrategy<SMACross>.self
    case .emaCross: BlockStrategy<EMACross>.self
    case .momentum: BlockStrategy<Momentum>.self
    case .crossSectionalMomentum: CrossSectionalMomentum.self
    case .zScoreReversion: BlockStrategy<ZScoreReversion>.self
    case .rsiReversion: BlockStrategy<RSIReversion>.self
    case .bollingerReversion: BlockStrategy<BollingerReversion>.self
    case .donchianBreakout: BlockStrategy<DonchianBreakout>.self
    case .buyAndHold: BlockStrategy<BuyAndHold>.self
    case .rules: RuleStrategy.self
    }
  }
}
