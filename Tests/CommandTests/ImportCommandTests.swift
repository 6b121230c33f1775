// Goal: `engine import` says what it did, and writes nothing where it can't do it. Method: whole output against golden text, on the golden
// CSV inputs and on rows spoilt by hand.
import Testing

@Suite("engine import")
struct ImportCommandTests {
  @Test("imports files, packed files, streams and several symbols, as text and as JSON")
  func imports() throws {
    let stage = try CommandStage()
    try stage.run(
      "engine import alfa.csv --spec lean-daily --symbol ALFA --output one.zst",
      "engine import alfa.csv bravo.csv charlie.csv --spec lean-daily --output all.zst --format json",
      "cmp all.zst bars.zst", "gzip -nk alfa.csv && zstd -q bravo.csv",
      "engine import alfa.csv.gz bravo.csv.zst --spec lean-daily --symbol ALFA --symbol BRAVO --output packed.zst | tail -n 2",
      "head -n 3 alfa.csv | engine import - --spec lean-daily --symbol ALFA --output - > piped.zst",
      "engine verify piped.zst", "zstd -tq piped.zst")
    try stage.expectGolden("import")
  }

  @Test("takes other values for a spec from the command line")
  func settings() throws {
    let stage = try CommandStage()
    try stage.run(
      "printf 'timestamp,open,high,low,close,volume\\n2024-01-01T00:00:00Z,1,2,0.5,1.5,10\\n2024-01-01T01:00:00Z,1.5,2,1,1,5\\n' > hours.csv",
      "engine import hours.csv --spec ohlcv --symbol BTC --output minutes.zst | tail -n 1",
      "engine import hours.csv --spec ohlcv --set bar_length=1h --set currency=EUR --symbol BTC --output hours.zst | tail -n 1",
      "engine export hours.zst --kind bar",
      "engine import hours.csv --spec ohlcv --set bar_lenght=1h --symbol BTC --output x.zst",
      "engine import hours.csv --spec ohlcv --set bar_length=soon --symbol BTC --output x.zst", "ls x.zst")
    try stage.expectGolden("import_settings")
  }

  @Test("refuses bad rows, missing files, unknown specs and existing outputs, and writes nothing")
  func refuses() throws {
    let stage = try CommandStage()
    try stage.run(
      "sed -e '3s/,[0-9]*$/,many/' -e '5s/00:00,/00:00,9/' alfa.csv | head -n 8 > bad.csv",
      "engine import bad.csv --spec lean-daily --symbol ALFA --output bad.zst", "ls bad.zst bad.zst.partial",
      "engine import bad.csv --spec lean-daily --symbol ALFA --output bad.zst --on-bad-row quarantine",
      "engine import nowhere.csv --spec lean-daily --symbol ALFA --output x.zst",
      "engine import alfa.csv --spec lean-dayly --symbol ALFA --output x.zst",
      "engine import alfa.csv --spec lean-daily --symbol ALFA --output bars.zst",
      "cmp bars.zst bars.zst && engine verify bars.zst | head -n 1",
      "engine import alfa.csv --spec lean-daily --symbol ALFA --output bars.zst --replace | tail -n 1",
      "engine import alfa.csv --spec lean-daily --symbol ALFA --output no/where.zst",
      ": > empty.csv; engine import empty.csv --spec lean-daily --symbol E --output x.zst", "ls x.zst")
    try stage.expectGolden("import_refusals")
  }

  @Test("keeps, leaves out or refuses bars outside their calendar's sessions, and says which")
  func outsideSession() throws {
    let stage = try CommandStage()
    try stage.run(
      "printf 'time,open,high,low,close,volume\\n2025-11-28T17:59:00Z,1,2,0.5,1.5,10\\n2025-11-29T15:00:00Z,1.5,2,1,1,5\\n' > night.csv",
      "engine import night.csv --spec ohlcv --set calendar=xnas --symbol A --output flagged.zst",
      "engine import night.csv --spec ohlcv --set calendar=xnas --symbol A --output out.zst --outside-session quarantine",
      "engine import night.csv --spec ohlcv --set calendar=xnas --symbol A --output json.zst --outside-session quarantine --format json",
      "engine import night.csv --spec ohlcv --set calendar=xnas --symbol A --output refused.zst --outside-session refuse",
      "ls refused.zst", "engine export out.zst --kind bar --format csv")
    try stage.expectGolden("outside_session")
  }
}
