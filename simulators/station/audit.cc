// SPDX-License-Identifier: Apache-2.0
// The account of a simulated day.
#include "simulators/station/audit.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>

namespace tidegate::sim {

namespace {

constexpr std::array<const char*, 6> kStageNames{"identify", "check", "price",
                                                 "intend",   "debit", "record"};
/// So many debits of others push ours out of the card's log, and nobody can tell what it was.
constexpr std::size_t kLogLines = 10;

/// The times of all taps, from the gates' logs: an entry cannot hold the time of its own recording.
/// A stage that a tap did not reach is 0 there and left out here.
[[nodiscard]] std::vector<std::pair<std::string, Percentiles>> stage_times(const SiteFiles& site) {
  std::array<std::vector<std::uint32_t>, kStageNames.size()> values;
  std::string line;
  for (const BoxFiles& box : site.boxes) {
    std::ifstream log{box.log / "gate.log"};
    while (std::getline(log, line)) {
      if (line.find("event=tap ") == std::string::npos) continue;
      for (std::size_t i = 0; i < kStageNames.size(); ++i) {
        const std::string key = std::string{" "} + kStageNames[i] + "_us=";
        const std::size_t at = line.find(key);
        if (at == std::string::npos) continue;
        const auto us = std::strtoul(line.c_str() + at + key.size(), nullptr, 10);
        if (us != 0) values[i].push_back(static_cast<std::uint32_t>(us));
      }
    }
  }
  std::vector<std::pair<std::string, Percentiles>> out;
  for (std::size_t i = 0; i < kStageNames.size(); ++i) {
    out.emplace_back(kStageNames[i], percentiles(std::move(values[i])));
  }
  return out;
}

/// The card's own word on an intent: its log, else its counter, which only a debit moves.
class CardTruth {
 public:
  CardTruth(const Passenger& passenger, const CardImageData& after)
      : before_{passenger.before.counter}, after_{after} {}

  [[nodiscard]] std::uint16_t steps() const {
    return static_cast<std::uint16_t>(after_.counter - before_);
  }
  [[nodiscard]] bool counted(CardCounter counter) const {
    return static_cast<std::uint16_t>(counter.get() - before_ - 1U) < steps();
  }
  [[nodiscard]] bool logged(const Claim& claim) const {
    return std::ranges::any_of(after_.ef18, [&](const auto& record) {
      const ByteView line{record};
      // Some cards log the counter before the debit.
      const auto counter = read_be(line.first(2));
      return (counter == claim.after.get() || counter + 1 == claim.after.get()) &&
             std::ranges::equal(line.subspan(10, 6), claim.terminal.get()) &&
             std::ranges::equal(line.subspan(16, 7), bcd_time(claim.card_time));
    });
  }

 private:
  std::uint16_t before_;
  const CardImageData& after_;
};

class CardAudit {
 public:
  CardAudit(const Passenger& passenger, const CardImageData& after, const CardClaims& card,
            StationReport& report)
      : passenger_{passenger},
        after_{after},
        card_{card},
        truth_{passenger, after},
        report_{report} {}

  void run() {
    claim_what_is_known();
    // What the log names first: two attempts at the same counter are told apart by it.
    for (const bool logged : {true, false}) {
      for (const Claim& claim : card_.claims) {
        if (claim.open() && truth_.logged(claim) == logged) settle(claim);
      }
    }
    for (const SeenDebit& seen : card_.sightings) {
      const auto counter = seen.logged.get();
      if (!claimed_.contains(counter) &&
          !claimed_.contains(static_cast<std::uint16_t>(counter + 1))) {
        complain("a sighting tells of debit " + std::to_string(counter) +
                 ", which no box and no other operator made");
      }
    }
    compare();
  }

 private:
  void claim_what_is_known() {
    for (const Claim& claim : card_.claims) {
      if (!claim.debited()) continue;
      ledger_ += claim.amount;
      take(claim.after);
    }
    for (const ForeignDebit& debit : passenger_.foreign) take(debit.after);
  }

  void take(CardCounter counter) {
    if (!truth_.counted(counter)) {
      complain("debit " + std::to_string(counter.get()) + " is one the card does not know");
    }
    if (!claimed_.insert(counter.get()).second) {
      complain("debit " + std::to_string(counter.get()) + " is claimed twice");
    }
  }

  /// An intent that its own ledger leaves open: told one by one, with the card's word on it. Only
  /// who never came back, or whose log was overrun by others, may leave one.
  void settle(const Claim& claim) {
    const bool unclaimed = truth_.counted(claim.after) && !claimed_.contains(claim.after.get());
    const bool paid = truth_.logged(claim) || unclaimed;
    const bool unknown = claim.result.has_value();
    // Whoever made them: another box of ours pushes a line out as well.
    const auto since =
        static_cast<std::uint16_t>(passenger_.card->image().counter + 1U - claim.after.get());
    const bool allowed = unknown ? since >= kLogLines : passenger_.never_returned;
    if (paid && allowed) {
      unsettled_ += claim.amount;
      take(claim.after);
    }
    const LeftOpen left{.passenger = passenger_.number,
                        .box = claim.box,
                        .intent = claim.intent,
                        .amount = claim.amount,
                        .paid = paid};
    if (allowed) {
      (unknown ? report_.unknown : report_.never_returned).push_back(left);
      return;
    }
    if (!unknown) ++report_.unconfirmed;
    complain("intent " + std::to_string(claim.intent.get()) + " of box " +
             std::to_string(claim.box) + (unknown ? " is unknown" : " has no outcome"));
  }

  void compare() {
    const Fen lost{static_cast<std::int64_t>(passenger_.before.balance) -
                   static_cast<std::int64_t>(after_.balance)};
    const Fen elsewhere = passenger_.foreign_spending();
    report_.purses += lost;
    report_.ledger += ledger_;
    report_.foreign += elsewhere;
    report_.foreign_debits += passenger_.foreign.size();
    report_.unsettled += unsettled_;
    if (lost != ledger_ + elsewhere + unsettled_) {
      complain("the purse lost " + lost.yuan() + ", the ledgers say " + ledger_.yuan() +
               ", other operators " + elsewhere.yuan() + ", and " + unsettled_.yuan() +
               " are left open");
    }
    const Fen ours = lost - elsewhere;
    const Fen wanted = passenger_.expected_spending();
    bool fits = ours == wanted;
    if (passenger_.never_returned) {
      const Expected& last = passenger_.visits[passenger_.settled].expected;
      fits = fits || (!last.refusal && ours == wanted + last.fare);
    }
    if (!fits) complain("our gates took " + ours.yuan() + ", the tariff says " + wanted.yuan());
    if (truth_.steps() != claimed_.size()) {
      complain("the card counted " + std::to_string(truth_.steps()) + " debits, " +
               std::to_string(claimed_.size()) + " are known");
    }
  }

  void complain(const std::string& what) {
    report_.complaints.push_back("passenger " + std::to_string(passenger_.number) + " (" +
                                 passenger_.story + "): " + what);
  }

  const Passenger& passenger_;
  const CardImageData& after_;
  const CardClaims& card_;
  CardTruth truth_;
  StationReport& report_;
  std::set<std::uint16_t> claimed_;
  Fen ledger_, unsettled_;
};

/// For tests/e2e/money_check.py, which shares nothing with this program.
[[nodiscard]] Status write_notes(const SiteFiles& site, const std::deque<Passenger>& passengers,
                                 const TerminalNo& terminal) {
  std::ofstream foreign{site.foreign};
  std::ofstream never{site.never_returned};
  for (const Passenger& passenger : passengers) {
    for (const ForeignDebit& debit : passenger.foreign) {
      foreign << R"({"card":")" << passenger.file_name() << R"(","fen":)" << debit.amount.count()
              << R"(,"counter":)" << debit.after.get() << R"(,"terminal":")"
              << to_hex(terminal.get()) << R"(","composite":)"
              << (debit.composite ? "true" : "false") << "}\n";
    }
    if (passenger.never_returned) never << passenger.file_name() << "\n";
  }
  if (!foreign.flush() || !never.flush()) {
    return fail(Errc::io, "writing " + site.foreign.string());
  }
  return {};
}

void verify(const BoxFiles& box, StationReport& report) {
  const auto verified = edge::verify_ledger(box.ledger);
  const bool intact = verified && !verified->damaged;
  report.verified = report.verified && intact;
  if (intact) return;
  report.complaints.push_back("the ledger of box " + std::to_string(box.number) + " is damaged: " +
                              (verified ? verified->what : verified.error().message()));
}

}  // namespace

std::vector<std::pair<unsigned, unsigned>> open_at_home(const SiteAccount& account,
                                                        const std::deque<Passenger>& passengers) {
  std::set<std::pair<unsigned, unsigned>> out;
  for (const Passenger& passenger : passengers) {
    const auto card = account.cards.find(passenger.number);
    if (passenger.never_returned || card == account.cards.end()) continue;
    for (const Claim& claim : card->second.claims) {
      if (!claim.result && !claim.voided) out.emplace(passenger.number, claim.box);
    }
  }
  return {out.begin(), out.end()};
}

Status audit(const SiteFiles& site, const std::deque<Passenger>& passengers,
             const TerminalNo& foreign_terminal, StationReport& report) {
  const bool alone = site.boxes.size() == 1;
  report.boxes = static_cast<unsigned>(site.boxes.size());
  report.ledger_dir = alone ? site.boxes.front().ledger : site.dir;
  report.verified = true;
  auto account = read_site(site, passengers);
  if (!account) return fail(std::move(account.error()));
  report.complaints.insert(report.complaints.end(), account->complaints.begin(),
                           account->complaints.end());
  for (const BoxAccount& box : account->boxes) {
    report.head += box.head;
    if (box.suspect > 0) {
      report.complaints.push_back(std::to_string(box.suspect) + " suspect debits are left");
    }
  }
  for (const BoxFiles& box : site.boxes) verify(box, report);
  report.stages_us = stage_times(site);
  for (const Passenger& passenger : passengers) {
    const CardImageData after = passenger.card->image();
    if (auto ok = save_card_image(site.cards_after / passenger.file_name(), after); !ok) return ok;
    CardAudit{passenger, after, account->cards[passenger.number], report}.run();
  }
  return write_notes(site, passengers, foreign_terminal);
}

Percentiles percentiles(std::vector<std::uint32_t> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  const auto rank = [&](std::size_t per_thousand) {
    const std::size_t at = (values.size() * per_thousand + 999) / 1000;
    return values[std::max<std::size_t>(at, 1) - 1];
  };
  return {.p50 = rank(500), .p99 = rank(990), .p999 = rank(999)};
}

}  // namespace tidegate::sim
