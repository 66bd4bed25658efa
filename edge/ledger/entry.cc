// SPDX-License-Identifier: Apache-2.0
// Names of entry kinds and of the ledger's own enums, for export, tail and logs.
#include "edge/ledger/entry.h"

#include <array>

namespace tidegate::edge {

std::string_view kind_name(const EntryBody& body) noexcept {
  // In the order of EntryBody.
  static constexpr std::array<std::string_view, std::variant_size_v<EntryBody>> kNames{
      "genesis",    "boot",        "intent",  "outcome",     "account_charge",  "sighting",
      "void",       "refusal",     "passage", "mode_change", "book_activation", "list_activation",
      "clock_step", "staff_act",   "shift",   "update",      "card_lock",       "sam_change",
      "trip_run",   "maintenance", "pruned",  "checkpoint"};
  return body.valueless_by_exception() ? std::string_view{"none"} : kNames[body.index()];
}

std::string_view name_of(Purpose purpose) noexcept {
  switch (purpose) {
    case Purpose::fare: return "fare";
    case Purpose::missed_alighting: return "missed_alighting";
    case Purpose::proof: return "proof";
  }
  return "unknown";
}

std::string_view name_of(OutcomeResult result) noexcept {
  switch (result) {
    case OutcomeResult::debited: return "debited";
    case OutcomeResult::not_debited: return "not_debited";
    case OutcomeResult::unknown: return "unknown";
    case OutcomeResult::suspect: return "suspect";
  }
  return "unknown";
}

std::string_view name_of(Settlement settlement) noexcept {
  switch (settlement) {
    case Settlement::charged: return "charged";
    case Settlement::entered: return "entered";
    case Settlement::clearing: return "clearing";
    case Settlement::resumed: return "resumed";
  }
  return "unknown";
}

std::string_view name_of(OutcomeEvidence evidence) noexcept {
  switch (evidence) {
    case OutcomeEvidence::mac2: return "mac2";
    case OutcomeEvidence::card_refused: return "card_refused";
    case OutcomeEvidence::card_log: return "card_log";
    case OutcomeEvidence::never_sent: return "never_sent";
    case OutcomeEvidence::log_overrun: return "log_overrun";
    case OutcomeEvidence::journey_record: return "journey_record";
    case OutcomeEvidence::counter: return "counter";
  }
  return "unknown";
}

}  // namespace tidegate::edge
