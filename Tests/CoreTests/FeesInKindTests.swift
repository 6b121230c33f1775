import Core
import Scenarios
import Testing

/// Goal: a spot venue that keeps its fees of what is received: a purchase brings fewer units, a sale less cash, and what can't be traded any more stays.
/// Random runs of such venues are compared with the naive one in `RandomRunTests`.
@Suite("Fees of what is received")
struct FeesInKindTests {
  static let tables: [(name: String, table: String)] = [
    (
      "a purchase pays in units, which are sold for the fee at its price; a sale pays in cash",
      """
      profile shares=1 fees=notional:0.1% paid=received short=no
      instrument A class=crypto lot=0.00001
      100/101/99/100 1000 long |
      100/101/99/100 1000 flat | buy 1@100 ; fee=0.1 pos=0.999 cash=999900 basis=99.9 feesPaid=0.1 equity=999999.9 intent=sell:market:0.999
      110/111/109/110 1000 | sell 0.999@110 ; fee=0.10989 pos=0 cash=1000009.78011 realised=9.99 feesPaid=0.20989 orders=0
      """
    ),
    (
      "lots give their units first in, first out, and the units kept are of the oldest",
      """
      profile shares=1 fees=notional:1% paid=received short=no lots=fifo
      instrument A class=crypto lot=0.01
      100/101/99/100 1000 long*0.5 |
      100/101/99/100 1000 long | buy 0.5@100 ; pos=0.495 lots=1 basis=49.5
      200/201/199/200 1000 | alert priceJump ; buy 0.5@200 ; pos=0.99 lots=2 basis=149 realised=0.5
      """
    ),
    (
      "the fee is cut to eight decimals",
      """
      profile shares=0.00033 fees=notional:0.1% paid=received short=no
      instrument A class=crypto lot=0.00001
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 0.00033@100 ; pos=0.00032967
      """
    ),
    (
      "less than a lot stays: it counts as flat, and no order is made for it",
      """
      profile shares=1 fees=notional:0.1% paid=received short=no
      instrument A class=crypto lot=0.01
      100/101/99/100 1000 long |
      100/101/99/100 1000 flat | buy 1@100 ; intent=sell:market:0.99
      100/101/99/100 1000 flat | sell 0.99@100 ; pos=0.009 orders=0 risk=refused:alreadyThere:0
      100/101/99/100 1000 long | intent=buy:market:0.99
      100/101/99/100 1000 | buy 0.99@100 ; pos=0.99801
      """
    ),
    (
      "what protects is as large as what was received, in lots, and leaves no order behind",
      """
      profile shares=1 fees=notional:0.1% paid=received short=no sl=5% tp=10%
      instrument A class=crypto lot=0.01
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 1@100 ; intent=sell:stop:0.99:95,sell:limit:0.99:110 orders=2
      96/97/94/95 1000 | sell 0.99@95 ; cancel siblingDone 0.99 ; pos=0.009 orders=0
      """
    ),
    (
      "a kill ends flat with less than a lot",
      """
      profile shares=1 fees=notional:0.1% paid=received short=no
      instrument A class=crypto lot=0.01
      100/101/99/100 1000 long |
      100/101/99/100 1000 | buy 1@100
      kill | kill flattening 1 0 ; intent=sell:market:0.99
      100/101/99/100 1000 | sell 0.99@100 ; kill flatAndHalted 0 0 ; pos=0.009 orders=0
      100/101/99/100 1000 |
      """
    ),
    (
      "parts of two strategies are closed each as they were bought",
      """
      profile shares=1 fees=notional:0.1% paid=received short=no
      instrument A class=crypto lot=0.0001
      100/101/99/100 1000 long |
      100/101/99/100 1000 1:long | buy 1@100 ; pos=0.999
      100/101/99/100 1000 flat | buy 1@100 ; pos=1.998 intent=sell:market:0.999
      100/101/99/100 1000 1:flat | sell 0.999@100 ; pos=0.999 intent=sell:market:0.999
      100/101/99/100 1000 | sell 0.999@100 ; pos=0
      """
    ),
  ]

  @Test("do what they say", arguments: tables)
  func table(_ table: (name: String, table: String)) throws { try check(table.table) }

  @Test("other than spot crypto is refused by its name")
  func otherClasses() throws {
    let scenario = try Scenario(
      """
      profile fees=notional:0.1% paid=received short=no
      instrument A class=crypto
      instrument B
      A 100/101/99/100 1000 long |
      """)
    #expect(throws: EngineError.feesNotReceived(symbol: "B")) { _ = try scenario.differences() }
  }
}
