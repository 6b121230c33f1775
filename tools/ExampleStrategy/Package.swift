// swift-tools-version: 6.2
import PackageDescription

// An engine with one strategy more: everything `engine` can do, and `volume_breakout` in profiles.
let package = Package(
  name: "example-strategy",
  dependencies: [.package(name: "engine", path: "../..")],
  targets: [
    .executableTarget(name: "my-engine", dependencies: [.product(name: "EngineKit", package: "engine")])
  ]
)
