import Core
import Runtime

/// Deliberate bugs that the simulation must find, or it is too weak: none is ever on but where a session is told so.
package enum Defect: String, CaseIterable, Hashable, Sendable {
  // Of the journal.
  case ackBeforeSync = "ack_before_sync"
  // Of the run's steps.
  case sendBeforeCommit = "send_before_commit"
  case withheldSent = "withheld_sent"
  case adoptsTwice = "adopts_twice"
  case resendAfterRestart = "resend_after_restart"
  case stopsForgotten = "kill_and_breakers_forgotten_by_restart"
  case idsByProcess = "ids_begin_anew"
  // Of the reducer.
  case inFlightNotCounted = "in_flight_not_counted"
  case fillBookedTwice = "fill_booked_twice"
  case lateFillDropped = "late_fill_dropped"
  // Of the feed.
  case historyOrderedOn = "history_ordered_on"
  case unfinishedBarTaken = "unfinished_bar_taken"
  // Of the venue's adapter and the desk.
  case resendWithoutAsking = "resend_without_asking"
  case notFoundIsProof = "not_found_is_proof"
  case cancelTakenAsDone = "cancel_taken_as_done"
  case missedFillsNotAsked = "missed_fills_not_asked"
  case absenceInListIsEnd = "absence_in_list_is_end"
  case replaceAgainWithoutAsking = "replace_again_without_asking"
  case replacesWhatFilled = "replaces_what_filled"

  /// Where it can show; nil for both.
  package var venue: SessionPlan.VenueKind? {
    switch self {
    case .ackBeforeSync, .stopsForgotten, .historyOrderedOn, .unfinishedBarTaken: nil
    case .sendBeforeCommit, .withheldSent, .adoptsTwice, .resendAfterRestart, .idsByProcess, .inFlightNotCounted,
      .fillBookedTwice, .lateFillDropped, .resendWithoutAsking, .notFoundIsProof, .cancelTakenAsDone,
      .missedFillsNotAsked, .absenceInListIsEnd, .replaceAgainWithoutAsking, .replacesWhatFilled:
      .exchange
    }
  }

  /// The reducer has it, so replaying without it parts from the journal: then nothing is replayed, so that something else must find it.
  var isOfReducer: Bool { !live.engine.isEmpty }

  /// Whether a session can show it: some bugs only matter to sessions of a kind.
  func canShow(in plan: SessionPlan) -> Bool {
    switch self {
    case .adoptsTwice: !plan.foreign.isEmpty
    case .replaceAgainWithoutAsking, .replacesWhatFilled: plan.amends
    case .ackBeforeSync, .stopsForgotten, .historyOrderedOn, .unfinishedBarTaken, .sendBeforeCommit, .withheldSent,
      .resendAfterRestart, .idsByProcess, .inFlightNotCounted, .fillBookedTwice, .lateFillDropped,
      .resendWithoutAsking, .notFoundIsProof, .cancelTakenAsDone, .missedFillsNotAsked, .absenceInListIsEnd:
      true
    }
  }

  var live: LiveDefects {
    switch self {
    case .sendBeforeCommit: LiveDefects(steps: .sendsBeforeCommit)
    case .withheldSent: LiveDefects(steps: .sendsWithheld)
    case .adoptsTwice: LiveDefects(steps: .adoptsTwice)
    case .resendAfterRestart: LiveDefects(steps: .resendsAfterRestart)
    case .stopsForgotten: LiveDefects(steps: .forgetsStops)
    case .idsByProcess: LiveDefects(steps: .numbersByProcess)
    case .historyOrderedOn: LiveDefects(steps: .ordersOnWaited)
    case .inFlightNotCounted: LiveDefects(engine: .inFlightNotCounted)
    case .fillBookedTwice: LiveDefects(engine: .fillsBookedTwice)
    case .lateFillDropped: LiveDefects(engine: .lateFillDropped)
    case .ackBeforeSync, .unfinishedBarTaken, .resendWithoutAsking, .notFoundIsProof,
      .cancelTakenAsDone, .missedFillsNotAsked, .absenceInListIsEnd, .replaceAgainWithoutAsking, .replacesWhatFilled:
      LiveDefects()
    }
  }
}
