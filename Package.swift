// swift-tools-version: 6.2
import PackageDescription

/// Every room is compiled alike: warnings stop the build, existentials are spelled, imports are private unless said otherwise.
let house: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// `ENGINE_ROOMS=pure` leaves out every room that needs a package or a C library, `ENGINE_ROOMS=journal` adds the journal
/// alone, `ENGINE_ROOMS=feeds` that and the feeds: for quick builds of what stands at the bottom.
let rooms = Context.environment["ENGINE_ROOMS"] ?? "all"

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

/// Targets stand in the order of the arrows in ARCHITECTURE.md: a room imports only rooms above it in these lists.
let pureRooms: [Target] = [
  // Values: prices, quantities, money, bars, instruments, calendars.
  .target(name: "Market", swiftSettings: house),
  // What protocols say to the network and hear from it, as values; JSON, limits of rates, back-off.
  .target(name: "Wire", dependencies: ["Market"], swiftSettings: house),
  // The event kinds and their canonical bytes.
  .target(name: "Events", dependencies: ["Market"], swiftSettings: house),
  // Indicators, built-in strategies, rule expressions: from bars to signals.
  // Square roots and roundings of doubles are exact, but call libm.
  .target(
    name: "Strategies", dependencies: ["Market", "Events"], swiftSettings: house,
    linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
  // The reducer: ledger, risk gate, orders, the simulated venue.
  .target(
    name: "Core", dependencies: ["Market", "Events", "Strategies"], exclude: ["Core.docc"], swiftSettings: house),
  // Compares Market's arithmetic with vectors that Python's decimal made: tools/parity/decimal_vectors.py | decimal-check.
  .executableTarget(
    name: "decimal-check", dependencies: ["Market"], path: "tools/DecimalCheck", swiftSettings: house),
  // Prints indicator columns for a CSV of bars: what tools/parity compares with TA-Lib.
  .executableTarget(
    name: "indicator-columns", dependencies: ["Market", "Strategies"], path: "tools/IndicatorColumns",
    swiftSettings: house),
  .testTarget(name: "MarketTests", dependencies: ["Market"], swiftSettings: house),
  .testTarget(name: "WireTests", dependencies: ["Market", "Wire"], swiftSettings: house),
  .testTarget(name: "EventsTests", dependencies: ["Market", "Events"], exclude: ["Golden"], swiftSettings: house),
  .testTarget(name: "StrategiesTests", dependencies: ["Market", "Events", "Strategies"], swiftSettings: house),
  // Runs written as text tables, and the reducer driven without a journal: for tests and tools alone.
  .target(
    name: "Scenarios", dependencies: ["Market", "Events", "Strategies", "Core"], path: "Tests/Scenarios",
    swiftSettings: house),
  // Prints how the golden bars fill here; compared with backtrader by tools/parity/fills_backtrader_check.py.
  .executableTarget(
    name: "fill-scenarios", dependencies: ["Scenarios"], path: "tools/FillScenarios", swiftSettings: house,
    // The standard library's square root and rounding call libm; nothing else here links it.
    linkerSettings: [.linkedLibrary("m")]),
  // Prints the figures of sizing and watches for lines of numbers: what tools/parity/risk_check.py recomputes.
  .executableTarget(
    name: "risk-figures", dependencies: ["Market", "Strategies", "Core"], path: "tools/RiskFigures",
    swiftSettings: house,
    linkerSettings: [.linkedLibrary("m")]),
  .testTarget(
    name: "CoreTests", dependencies: ["Market", "Events", "Strategies", "Core", "Scenarios"], swiftSettings: house),
  .testTarget(name: "RepositoryTests", swiftSettings: house),
]

let journalRooms: [Target] = [
  // A call of Linux that Swift's Glibc module doesn't show.
  .systemLibrary(name: "CLinux"),
  // libzstd, as Debian packages it.
  .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
  // Blocks, hash chain, zstd frames, writer, reader, recovery.
  .target(
    name: "Journal", dependencies: ["Market", "Events", "CLinux", "CZstd", crypto],
    exclude: ["Journal.docc", "Format.md"],
    swiftSettings: house),
  // Journals, blocks and rows that somebody changed, and what must hold of them: for tests and fuzzers alone.
  .target(
    name: "Mutations", dependencies: ["Market", "Events", "Journal"], path: "Tests/Mutations", swiftSettings: house),
  // A disk, a network, a clock and faults from a seed, in one process: for tests and tools alone.
  .target(
    name: "Simulation", dependencies: ["Market", "Wire", "Journal"], path: "Tests/Simulation", swiftSettings: house),
  // Writes a journal and does nothing else: what tools/faults.py kills, starves and lets fail.
  .executableTarget(
    name: "journal-crash", dependencies: ["Market", "Events", "Journal"], path: "tools/CrashTarget",
    swiftSettings: house),
  .testTarget(
    name: "JournalTests", dependencies: ["Market", "Events", "Journal", "Mutations", "Simulation"], exclude: ["Golden"],
    swiftSettings: house),
  .testTarget(
    name: "SimulationTests", dependencies: ["Market", "Wire", "Journal", "Simulation"], swiftSettings: house),
]

/// libFuzzer brings `main` and calls one function of each of these; built by tools/fuzz.sh alone, because nothing else can link them.
let fuzzers: [Target] = ["FuzzJournal", "FuzzBlock", "FuzzRow"].map { name in
  .executableTarget(
    name: name, dependencies: ["Mutations"], path: "tools/Fuzz/\(name)",
    swiftSettings: house + [.unsafeFlags(["-parse-as-library"])])
}
let fuzzes = Context.environment["ENGINE_FUZZ"] == "1"

let feedsRooms: [Target] = [
  // zlib, as Debian packages it.
  .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
  // Text files of bars in, journals of bars out.
  .target(
    name: "Feeds", dependencies: ["Market", "Events", "Wire", "Journal", "CZstd", "CZlib", yams, crypto],
    exclude: ["Feeds.docc"], swiftSettings: house),
  .testTarget(
    name: "FeedsTests", dependencies: ["Market", "Events", "Wire", "Journal", "Feeds", "CZlib", "CZstd"],
    swiftSettings: house),
  // Protocols as values of venues: orders out, facts about them back; whether an order left and what became of it.
  .target(name: "Brokers", dependencies: ["Market", "Events", "Wire", crypto], swiftSettings: house),
  .testTarget(
    name: "BrokersTests", dependencies: ["Market", "Events", "Wire", "Brokers", crypto], swiftSettings: house),
  // The rehearsal exchange as a value: plays a journal's bars and matches orders, in the words of Yahoo and Binance.
  .target(
    name: "Rehearsal", dependencies: ["Market", "Events", "Strategies", "Core", "Wire", "Journal", crypto, yams],
    swiftSettings: house),
  .testTarget(
    name: "RehearsalTests",
    dependencies: ["Market", "Events", "Core", "Wire", "Journal", "Feeds", "Brokers", "Rehearsal", crypto],
    swiftSettings: house),
]

let outerRooms: [Target] = [
  // Real sockets for what `Wire` says: HTTP and WebSocket clients and a server, on one event loop.
  .target(
    name: "Network",
    dependencies: [
      "Market", "Wire",
      .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
      .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOWebSocket", package: "swift-nio"),
      .product(name: "NIOSSL", package: "swift-nio-ssl"),
      .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
      .product(name: "AsyncHTTPClient", package: "async-http-client"),
    ], swiftSettings: house),
  .testTarget(name: "NetworkTests", dependencies: ["Market", "Wire", "Network"], swiftSettings: house),
  // The loop, the profile, replay, snapshots.
  .target(
    name: "Runtime",
    dependencies: ["Market", "Wire", "Events", "Strategies", "Core", "Journal", "Feeds", "Brokers", yams, crypto],
    swiftSettings: house),
  // Reports, diffs, explanations, exports, the SQLite read model: all rebuilt from journals alone.
  .target(
    name: "Projections",
    dependencies: ["Market", "Events", "Journal", .product(name: "GRDB", package: "GRDB.swift")],
    swiftSettings: house),
  // The command line as a library, one file a command.
  .target(
    name: "Commands",
    dependencies: [
      "Market", "Wire", "Events", "Strategies", "Core", "Journal", "Feeds", "Brokers", "Rehearsal", "Network",
      "Runtime",
      "Projections", crypto,
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
      .product(name: "Logging", package: "swift-log"), .product(name: "Metrics", package: "swift-metrics"),
    ], swiftSettings: house),
  .executableTarget(name: "engine", dependencies: ["Commands"], swiftSettings: house),
  .testTarget(
    name: "RuntimeTests",
    dependencies: [
      "Market", "Wire", "Events", "Strategies", "Core", "Journal", "Feeds", "Brokers", "Rehearsal", "Runtime",
      "Projections",
    ], swiftSettings: house),
  .testTarget(
    name: "ProjectionsTests", dependencies: ["Market", "Events", "Journal", "Projections"], exclude: ["Golden"],
    swiftSettings: house),
  .testTarget(
    name: "CommandTests", dependencies: ["Market", "Events", "Journal", "Commands"], exclude: ["Golden"],
    swiftSettings: house),
  // Whole runs at the rehearsal exchange in one process, with simulated clock, network and disk: for tests and tools alone.
  .target(
    name: "SimulatedSessions",
    dependencies: [
      "Market", "Wire", "Events", "Strategies", "Core", "Journal", "Feeds", "Brokers", "Rehearsal", "Runtime",
      "Simulation",
    ], path: "Tests/SimulatedSessions", swiftSettings: house),
  // Runs sessions from seeds, and shrinks those that fail: tools/simulate.sh.
  .executableTarget(
    name: "engine-simulate", dependencies: ["Market", "Runtime", "Simulation", "SimulatedSessions"],
    path: "tools/Simulate",
    swiftSettings: house),
  .testTarget(
    name: "SessionTests",
    dependencies: ["Market", "Events", "Journal", "Rehearsal", "Runtime", "Simulation", "SimulatedSessions"],
    swiftSettings: house),
]

let package = Package(
  name: "engine",
  products: rooms == "all"
    ? [
      .executable(name: "engine", targets: ["engine"]),
      // What a user's own strategy package depends on: the values, the strategy protocol, the whole command line.
      .library(name: "EngineKit", targets: ["Market", "Events", "Strategies", "Commands"]),
    ] : [],
  dependencies: (rooms == "pure" ? [] : [.package(url: "https://github.com/apple/swift-crypto", from: "4.5.2")])
    + (rooms == "all" || rooms == "feeds" ? [.package(url: "https://github.com/jpsim/Yams", from: "6.2.2")] : [])
    + (rooms == "all"
      ? [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
      ] : []),
  targets: pureRooms + (rooms == "pure" ? [] : journalRooms)
    + (rooms == "all" || rooms == "feeds" ? feedsRooms : []) + (rooms == "all" ? outerRooms : [])
    + (fuzzes ? fuzzers : []),
  swiftLanguageModes: [.v6]
)
