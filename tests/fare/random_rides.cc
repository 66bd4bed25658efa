// SPDX-License-Identifier: Apache-2.0
#include "tests/fare/random_rides.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>

namespace tidegate::fare::naive {

void PrintTo(const Answer& answer, std::ostream* out) {
  *out << answer.reason;
  for (const std::int64_t fen : answer.charges) *out << fen << " ";
}

namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kFirstDay = 20'454;      // 2026-01-01
constexpr std::int64_t kCardEpochDay = 18'262;  // 2020-01-01
constexpr std::int64_t kChina = 8 * 3'600;
constexpr int kJourneysOfACard = 25;

Timestamp instant(Moment at) {
  return Timestamp{std::chrono::seconds{at.seconds - kChina}};
}

Answer answer_of(const Decision& decision) {
  Answer out;
  if (!decision.accepted()) out.reason = refusal_name(*decision.refusal);
  for (const Charge& charge : decision.charges) out.charges.push_back(charge.amount.count());
  return out;
}

}  // namespace

Passenger::Passenger(const Book& text, const fare::Book& book, const fare::Book& again,
                     const RandomBook& shape, Random& random)
    : text_{text}, book_{book}, again_{again}, shape_{shape}, random_{random} {}

void Passenger::new_card() {
  card_ = {};
  medium_ = {};
  taps_.clear();
  told_.reset();
  card_.rider = one_of(random_, shape_.riders);
  card_.medium = chance(4) ? "qr" : "t-union";
  card_.issuer = one_of(random_, std::vector<std::string>{"2900", "2900", "3050", ""});
  medium_.kind = card_.medium == "qr" ? MediumKind::qr : MediumKind::t_union;
  medium_.rider = *book_.rider_from_name(card_.rider);
  if (card_.issuer == "2900") medium_.issuer = {0x02, 0x00, 0x29, 0x00};
  if (card_.issuer == "3050") medium_.issuer = {0x02, 0x00, 0x30, 0x50};
  now_ = before_ = {(kFirstDay + pick(random_, 0, 80)) * kDay + pick(random_, 0, 86'399)};
  kept_ = {};
  whole_.reset();
  if (card_.medium == "qr") return;
  if (chance(2)) give_pass();
  whole_ = card_;
  whole_->has_all_sums = true;
}

void Passenger::give_pass() {
  card_.pass_product = chance(2) ? 5 : 6;
  const bool days = card_.pass_product == 6;
  card_.pass_left = days ? now_.day() + pick(random_, 0, 3) : pick(random_, 0, 4);
  medium_.state =
      CardState{.pass_product = static_cast<std::uint8_t>(card_.pass_product),
                .pass_left = static_cast<std::uint16_t>(
                    days ? (card_.pass_left - kCardEpochDay) % 4'096 : card_.pass_left)};
}

/// Often to a second near the end of a window, or near midnight and the turn of the service day.
void Passenger::pass_time() {
  const Moment last = now_;
  switch (pick(random_, 0, 7)) {
    case 0:
    case 1: now_.seconds += pick(random_, 0, 120); break;
    case 2:
    case 3: now_.seconds += pick(random_, 60, 90 * 60); break;
    case 4:
    case 5: {
      if (shape_.minutes.empty()) break;
      static const std::vector<int> kNear{-60, -1, 0, 1, 59, 60};
      const Moment from = chance(2) ? now_ : before_;
      const std::int64_t then =
          from.seconds + one_of(random_, shape_.minutes) * 60 + one_of(random_, kNear);
      now_.seconds = std::max(now_.seconds, then);
      break;
    }
    case 6: {
      static const std::vector<int> kTurns{0, 120, 210};  // minutes
      now_.seconds = (now_.day() + 1) * kDay + one_of(random_, kTurns) * 60 + pick(random_, -1, 1);
      break;
    }
    default: now_.seconds += pick(random_, 0, 20) * 3'600; break;
  }
  before_ = last;
}

Answer Passenger::engine(const Tap& tap) {
  const TapContext context{.network = NetworkId{tap.where.first},
                           .stop = StopCode{tap.where.second},
                           .count = static_cast<std::uint16_t>(tap.persons),
                           .children = static_cast<std::uint16_t>(tap.children),
                           .companions = static_cast<std::uint16_t>(tap.companions)};
  fare::Tap one{.at = instant(tap.at), .clock_trusted = tap.clock_trusted};
  for (const auto& [name, bit] : kModeNames)
    if (name == tap.mode) one.modes.bits = bit;
  one.kind = *tap_from_name(tap.kind);
  const Decision decision = price(book_, medium_, context, one);
  EXPECT_EQ(price(again_, medium_, context, one), decision) << "after saving and loading";
  check(decision, tap);
  count(decision);
  const auto before = medium_.open;
  clear({medium_, context, one, decision}, tap);
  carry_on(book_, medium_, context, one, decision);
  if (medium_.open != before) {
    const bool is_told = medium_.open && tap.all() == 1;
    told_ = is_told ? std::optional{decision.max_fare} : std::nullopt;
  }
  return answer_of(decision);
}

/// The clearing house knows the sums of every account, of which the card has one.
void Passenger::clear(const RecordedTap& recorded, const Tap& tap) {
  if (!recorded.decision.accepted()) return;
  const Rebate cleared = rebate(book_, kept_, recorded);
  if (!whole_) return;
  whole_->balance = recorded.medium.balance.count();
  const Answer said = take(text_, *whole_, tap);
  const bool is_visit = tap.kind == "exit" && !whole_->newest_is_ride;
  if (!said.reason.empty() || is_visit) return whole_.reset();
  std::int64_t fen = 0;
  for (const std::int64_t charge : said.charges) fen += charge;
  EXPECT_EQ(cleared.with_state.count(), std::min(fen, cleared.charged.count()))
      << "by the clearing house\n"
      << story();
  if (cleared.fen() > Fen{}) ++seen_["rebate"];
}

/// What holds of every decision.
void Passenger::check(const Decision& decision, const Tap& tap) {
  for (const Charge& charge : decision.charges) {
    std::int64_t traced = 0;
    for (const TraceStep& step : charge.trace) traced += step.fen.count();
    EXPECT_GE(charge.amount, Fen{0});
    EXPECT_EQ(traced, charge.amount.count()) << "the trace does not sum to the charge";
    // Over a border each network has its maximum.
    const int networks = shape_.has_through_rules() ? 2 : 1;
    EXPECT_LE(charge.amount.count(), kMaximumFen * networks * tap.all());
  }
  if (!decision.accepted()) return;
  const CardState& state = decision.state_after;
  EXPECT_EQ(decode_card_state(encode_card_state(state)), state);
  const bool ends = (tap.kind == "exit" || tap.kind == "alight") && tap.all() == 1;
  EXPECT_LE(decision.total(), ends ? told_.value_or(decision.total()) : decision.total())
      << "more than the entry told, " << decision.total().count() << " above "
      << told_.value_or(Fen{}).count() << "\n"
      << story();
}

void Passenger::count(const Decision& decision) {
  for (const Charge& charge : decision.charges) {
    for (const TraceStep& step : charge.trace) {
      const std::string rule{step.rule.view()};
      const std::string first = rule.substr(0, rule.find('/'));
      const bool of_network = text_.networks.contains(first);
      ++seen_[of_network            ? rule.substr(rule.rfind('/') + 1)
              : first.contains('.') ? "joined"
                                    : first];
    }
    const auto network_of = [&](std::size_t step) {
      const std::string rule{charge.trace[step].rule.view()};
      const std::string first = rule.substr(0, rule.find('/'));
      return text_.networks.contains(first) ? first : std::string{};
    };
    if (charge.trace.size() < 2) continue;
    const std::string one = network_of(0), other = network_of(1);
    if (one.empty() || other.empty() || one == other) continue;
    const bool is_lowered = charge.trace.size() > 2 && network_of(2).empty();
    ++seen_[is_lowered ? "two networks, lowered" : "two networks"];
  }
}

void Passenger::tap(const std::string& kind, const RandomBook::Network& network,
                    const std::string& stop) {
  pass_time();
  if (chance(6))
    card_.balance = pick(random_, 0, 800);
  else if (card_.balance < 20'000)
    card_.balance = 100'000;
  medium_.balance = Fen{card_.balance};
  Tap one{.kind = kind, .where = {network.id, stop}, .at = now_, .persons = persons_};
  one.children = children_;
  one.companions = companions_;
  one.clock_trusted = !chance(12);
  const bool has_modes =
      shape_.beside != Beside::rules_between_rides && shape_.beside != Beside::through_rules;
  static const std::vector<std::string> kModes{"train-failure", "order-free", "time-free",
                                               "date-free",     "fare-free",  "closed"};
  if (has_modes && chance(8)) one.mode = one_of(random_, kModes);
  const Answer said = take(text_, card_, one);
  taps_.push_back({one, said});
  EXPECT_EQ(engine(one), said) << story();
  EXPECT_EQ(medium_.balance.count(), card_.balance);
}

/// What the card did, for a test that fails.
std::string Passenger::story() const {
  std::string out = card_.rider + " of " + card_.issuer + ", " + card_.medium + ", product " +
                    std::to_string(card_.pass_product) + "\n";
  for (const auto& [one, said] : taps_) {
    out += iso8601(instant(one.at)) + " " + one.kind + " " + one.where.first + "/" +
           one.where.second + ", persons " + std::to_string(one.persons) + "+" +
           std::to_string(one.children) + "+" + std::to_string(one.companions) + " " + one.mode +
           (one.clock_trusted ? "" : " wrong clock") + " => " + said.reason;
    for (const std::int64_t fen : said.charges) out += std::to_string(fen) + " ";
    out += "\n";
  }
  return out;
}

void Passenger::journey() {
  if (journeys_++ % kJourneysOfACard == 0) new_card();
  // Often where it was: a fare that goes on does so in one network.
  if (last_ == nullptr || !chance(2)) last_ = &one_of(random_, shape_.networks);
  const RandomBook::Network& network = *last_;
  persons_ = chance(10) ? 2 : 1;
  children_ = chance(10) ? pick(random_, 1, 3) : 0;
  companions_ = chance(10) ? pick(random_, 1, 2) : 0;
  if (network.flat) {
    // A boarding does not see what is open by rail.
    if (!card_.open || shape_.by_bus) tap("board", network, one_of(random_, network.stops));
    return;
  }
  const bool goes_wrong = shape_.beside != Beside::rules_between_rides;
  if (!goes_wrong || !chance(6))
    tap(shape_.by_bus ? "board" : "entry", network, one_of(random_, network.stops));
  if (::testing::Test::HasFailure()) return;
  if (goes_wrong && chance(6)) return;
  const bool over = goes_wrong && chance(shape_.has_through_rules() ? 2 : 10);
  const auto& last = over ? one_of(random_, shape_.networks) : network;
  if (last.flat) return;
  tap(shape_.by_bus ? "alight" : "exit", last, one_of(random_, last.stops));
  // Staff let out who is refused at an exit.
  if (!goes_wrong && card_.open) new_card();
}

}  // namespace tidegate::fare::naive
