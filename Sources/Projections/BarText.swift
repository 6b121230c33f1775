import Market

/// Bars straight from their columns to text: what `EventText` prints for a bar, without a field list on the way.
///
/// Bars are exported by the million; a test compares these two spellings with `EventText`'s.
struct BarText {
  private let csvNames: [[UInt8]]
  private let jsonNames: [[UInt8]]
  private let sources: [[UInt8]]

  init(_ context: RunContext) {
    csvNames = context.instrumentNames.map { name in
      var buffer = TextBuffer(capacity: 64)
      buffer.append(csv: name)
      return Array(buffer.bytes)
    }
    jsonNames = context.instrumentNames.map { name in
      var buffer = TextBuffer(capacity: 64)
      buffer.append(json: name)
      return Array(buffer.bytes)
    }
    var names = [[UInt8]](repeating: [], count: 256)
    for source in BarSource.allCases { names[Int(source.rawValue)] = Array(source.word.utf8) }
    sources = names
  }

  func write(csv bar: Bar, sequence: UInt64, _ context: RunContext, into buffer: inout TextBuffer) {
    let comma = UInt8(ascii: ",")
    buffer.append(integer: sequence)
    buffer.append(comma)
    buffer.append(time: bar.knownAt)
    buffer.append(",,")
    let position = bar.instrument.position
    if position < csvNames.count {
      buffer.append(csvNames[position])
    } else {
      buffer.append(csv: context.name(of: bar.instrument))
    }
    buffer.append(comma)
    buffer.append(time: bar.openTime)
    buffer.append(comma)
    buffer.append(integer: bar.durationNanos)
    buffer.append(comma)
    buffer.append(nanos: bar.open.nanos)
    buffer.append(comma)
    buffer.append(nanos: bar.high.nanos)
    buffer.append(comma)
    buffer.append(nanos: bar.low.nanos)
    buffer.append(comma)
    buffer.append(nanos: bar.close.nanos)
    buffer.append(comma)
    buffer.append(nanos: bar.volume.nanos)
    buffer.append(comma)
    buffer.append(sources[Int(bar.source.rawValue)])
    buffer.append(bar.isHistorical ? ",true" : ",false")
    buffer.append(bar.closesSlot ? ",true\n" : ",false\n")
  }

  func write(json bar: Bar, sequence: UInt64, _ context: RunContext, into buffer: inout TextBuffer) {
    buffer.append("{\"sequence\":")
    buffer.append(integer: sequence)
    buffer.append(",\"time\":\"")
    buffer.append(time: bar.knownAt)
    buffer.append("\",\"kind\":\"bar\",\"cause\":null,\"instrument\":")
    let position = bar.instrument.position
    if position < jsonNames.count {
      buffer.append(jsonNames[position])
    } else {
      buffer.append(json: context.name(of: bar.instrument))
    }
    buffer.append(",\"open_time\":\"")
    buffer.append(time: bar.openTime)
    buffer.append("\",\"duration_ns\":")
    buffer.append(integer: bar.durationNanos)
    buffer.append(",\"open\":\"")
    buffer.append(nanos: bar.open.nanos)
    buffer.append("\",\"high\":\"")
    buffer.append(nanos: bar.high.nanos)
    buffer.append("\",\"low\":\"")
    buffer.append(nanos: bar.low.nanos)
    buffer.append("\",\"close\":\"")
    buffer.append(nanos: bar.close.nanos)
    buffer.append("\",\"volume\":\"")
    buffer.append(nanos: bar.volume.nanos)
    buffer.append("\",\"source\":\"")
    buffer.append(sources[Int(bar.source.rawValue)])
    buffer.append("\",\"historical\":")
    buffer.append(bar.isHistorical ? "true" : "false")
    buffer.append(",\"closes_slot\":")
    buffer.append(bar.closesSlot ? "true}" : "false}")
  }
}
