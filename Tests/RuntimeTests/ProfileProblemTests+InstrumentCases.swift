/// Instruments that are picked from the catalogue or written out.
extension ProfileProblemTests {
  static let instrumentCases = [
    WrongProfile(
      "a symbol that is nearly in the catalogue", line: 20,
      "instruments: [SPPY]",
      "p.yaml:20:15: instruments[0]: `SPPY` is not in the catalogue of instruments; did you mean `SPY`?"),
    WrongProfile(
      "a symbol of nothing in the catalogue", line: 20,
      "instruments: [QUITE.ANOTHER]",
      "p.yaml:20:15: instruments[0]: `QUITE.ANOTHER` is not in the catalogue of instruments; write it out: `{symbol: QUITE.ANOTHER, class: equity, currency: USD, tick: 0.01, lot: 1, calendar: xnys}`"
    ),
    WrongProfile(
      "a misspelt list, sector and door to them", line: 20,
      "instruments: [list:spdrs, sector:tecnology, sectr:energy]",
      """
      p.yaml:20:15: instruments[0]: the catalogue has no list `spdrs`; did you mean `spdr`?
      p.yaml:20:27: instruments[1]: the catalogue has no sector `tecnology`; did you mean `technology`?
      p.yaml:20:45: instruments[2]: `sectr:energy` doesn't fit; write a symbol of the catalogue, `list:NAME`, `sector:NAME`, `{list: NAME, sector: NAME}`, or an instrument such as `{symbol: AAPL, class: equity, currency: USD, tick: 0.01, lot: 1, calendar: xnys}`
      """),
    WrongProfile(
      "a list of nothing we know", line: 20,
      "instruments: [list:quite_another]",
      "p.yaml:20:15: instruments[0]: the catalogue has no list `quite_another`; use `us_stocks`, `etfs`, `spdr`, `crypto`, `futures` or `forex`"
    ),
    WrongProfile(
      "a sector that a list doesn't have", line: 20,
      "instruments: [{list: etfs, sector: energy}, {list: spdr, sector: enery}]",
      """
      p.yaml:20:36: instruments[0].sector: the catalogue's list `etfs` has no sector `energy`; use `bonds`, `broad`, `emerging`, `gold` or `small`
      p.yaml:20:66: instruments[1].sector: the catalogue's list `spdr` has no sector `enery`; did you mean `energy`?
      """),
    WrongProfile(
      "instruments that are no list", line: 20,
      "instruments: SPY",
      "p.yaml:20:14: instruments: `SPY` doesn't fit; write a list of instruments, such as `[SPY, sector:technology, list:spdr]`"
    ),
    WrongProfile(
      "no instrument at all", line: 20,
      "instruments: []",
      "p.yaml:20:14: instruments: the list is empty; add a symbol of the catalogue, `list:NAME`, `sector:NAME`, `{list: NAME, sector: NAME}`, or an instrument such as `{symbol: AAPL, class: equity, currency: USD, tick: 0.01, lot: 1, calendar: xnys}`"
    ),
    WrongProfile(
      "an instrument named twice", line: 20,
      "instruments: [SPY, list:etfs, {symbol: SPY, lot: 5}]",
      "p.yaml:20:31: instruments[2]: `SPY` is among the instruments already, in line 20; remove one"),
    WrongProfile(
      "a multiplier that isn't whole", line: 20,
      "instruments: [{symbol: 6E, multiplier: 0.5}]",
      "p.yaml:20:40: instruments[0].multiplier: `0.5` is not whole; write a whole number of at least 1 and at most 1_000_000"
    ),
    WrongProfile(
      "an instrument that the catalogue lacks and the profile doesn't describe whole", line: 20,
      "instruments: [{symbol: OTHER, class: equity, currency: USD, tick: 0.01, lot: 1}]",
      "p.yaml:20:15: instruments[0]: `calendar` is missing; add `always`, `xnys`, `cme_fx` or `fx`"),
  ]
}
