import Commands

EngineCommand.main(strategies: [])
