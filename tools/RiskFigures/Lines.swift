/// The command line: a formula and integers by name.
struct Arguments {
  let formula: String
  private let words: [String]

  init(_ arguments: [String]) {
    guard arguments.count > 1 else { fatalError("usage: risk-figures FORMULA [KEY=INTEGER]... < LINES") }
    formula = arguments[1]
    words = Array(arguments[2...])
  }

  func integer(_ key: String) -> Int64 {
    let starts = words.filter { $0.hasPrefix("\(key)=") }
    guard let word = starts.last, let value = Int64(word.dropFirst(key.count + 1)) else {
      fatalError("\(formula) needs \(key)=INTEGER")
    }
    return value
  }
}

/// The fields of a line, of which an empty one is none.
struct Fields {
  let texts: [Substring]
  var count: Int { texts.count }

  func double(_ index: Int) -> Double? { texts[index].isEmpty ? nil : number(index) }

  func number(_ index: Int) -> Double {
    guard let value = Double(texts[index]) else { fatalError("not a number: \(texts[index])") }
    return value
  }

  func integer<Integer: FixedWidthInteger>(_ index: Int, as type: Integer.Type = Int64.self) -> Integer {
    guard let value = Integer(texts[index]) else { fatalError("not an integer: \(texts[index])") }
    return value
  }
}

func eachLine<Failure: Error>(_ body: (Fields) throws(Failure) -> Void) throws(Failure) {
  while let line = readLine() {
    try body(Fields(texts: line.split(separator: ",", omittingEmptySubsequences: false)))
  }
}

func shown<Value>(_ value: Value?) -> String { value.map { "\($0)" } ?? "" }
