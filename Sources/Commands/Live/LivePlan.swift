import Events
import Feeds
import Foundation
import Journal
import Market
import Runtime
import Strategies

/// What a profile and the command line come to: instruments, where bars come from, and which clock the run has.
struct LivePlan {
  let profile: Profile
  var settings: LiveSettings
  let instruments: [Instrument]
  /// Where bars come from, but for what is still to be opened.
  let source: Source
  let speed: SpeedArgument
  /// Files that the run reads.
  let inputs: [String]

  /// Whether bars come over sockets.
  var readsNetwork: Bool { if case .network = source { true } else { false } }

  enum Source {
    case journal(JournalChain, places: [InstrumentIndex?])
    case lines
    case network([FeedSettings])
  }

  /// - Parameters:
  ///   - path: of the profile.
  ///   - bars: the journal that plays, as the command line says.
  init(_ path: String, bars: JournalArgument?, speed: SpeedArgument?) throws {
    profile = try ProfileFile.load(path)
    settings = profile.live ?? LiveSettings(instance: profile.name)
    let played = bars ?? settings.feeds.first { $0.kind == .journal }?.path.map(JournalArgument.init(text:))
    if settings.feeds.count > 1, let alone = settings.feeds.first(where: { $0.kind == .lines || $0.kind == .journal }) {
      throw Failure(
        "\(path): the feed \(alone.kind.rawValue) stands in for no other and no other for it; name it alone.")
    }
    let speed = speed ?? SpeedArgument(settings.speed)
    if let played {
      let chain = try played.chain()
      let places: [InstrumentIndex?]?
      do throws(RunError) {
        (instruments, places) = try profile.instruments(of: chain.started, path: chain.path)
      } catch {
        throw Failure(error)
      }
      source = .journal(chain, places: places ?? chain.started.instruments.indices.map { InstrumentIndex($0) })
      inputs = [path] + chain.links.map(\.path)
    } else {
      instruments = try LivePlan.listed(profile, settings, path: path)
      inputs = [path]
      if settings.feeds.contains(where: { $0.kind == .lines }) {
        source = .lines
      } else {
        guard !settings.feeds.isEmpty else {
          throw Failure("\(path) says nothing of feeds: add `feeds: [yahoo]` for instance, or pass --bars JOURNAL.")
        }
        // A rehearsal exchange is one's own, and its time may run faster.
        let isRehearsal = settings.feeds.allSatisfy { $0.url != nil }
        guard speed == .times(1) || (isRehearsal && speed != .max) else {
          throw Failure(
            "a feed of the world goes at its own speed; leave out --speed, or play a journal with --bars, or give the `url` of `engine rehearse`."
          )
        }
        source = .network(settings.feeds)
      }
    }
    self.speed = speed
  }

  /// The instruments that the profile lists, those of its universe alone.
  private static func listed(_ profile: Profile, _ settings: LiveSettings, path: String) throws -> [Instrument] {
    let listed = settings.instruments.map(\.instrument)
    guard !listed.isEmpty else {
      throw Failure(
        "\(path) lists no instruments, and nothing else says what is traded: add `instruments:`, as config/profiles/yfinance_live_1m.yaml does."
      )
    }
    guard case .symbols(let symbols) = profile.universe else { return listed }
    return try symbols.map { symbol in
      guard let instrument = listed.first(where: { $0.symbol == symbol }) else {
        throw Failure("\(path): \(symbol) is in the universe and not among the instruments; add it there.")
      }
      return instrument
    }
  }
}
