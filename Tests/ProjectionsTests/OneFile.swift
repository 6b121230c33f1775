import Events
import Journal
import Projections

// The projections of a run that has one file.

func report(_ file: MemoryFile) throws -> RunReport { try report(JournalChain(file)) }
func overview(_ file: MemoryFile) throws -> JournalOverview { try overview(JournalChain(file)) }

func explain(
  _ file: MemoryFile, id: String, featureNames: [StrategyFeatureNames?] = []
) throws -> Explanation { try explain(JournalChain(file), id: id, featureNames: featureNames) }

func diff(_ left: MemoryFile, _ right: MemoryFile, isStrict: Bool = false) throws -> RunDifference {
  try diff(JournalChain(left), JournalChain(right), isStrict: isStrict)
}
