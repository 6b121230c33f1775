import Commands

EngineCommand.main(strategies: [VolumeBreakout.self])
