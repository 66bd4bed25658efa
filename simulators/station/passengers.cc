// SPDX-License-Identifier: Apache-2.0
// Draws the passengers of a simulated station from the seed: their cards and what they do.
#include "simulators/station/passengers.h"

#include <algorithm>

#include "nfc/purse/records.h"
#include "simulators/card/make_card.h"

namespace tidegate::sim {

namespace {

using fare::RefusalCode;

enum class Story : std::uint8_t {
  arrives,         ///< entered elsewhere, leaves here
  enters,          ///< goes in
  returns,         ///< goes in and out again here
  enters_twice,    ///< the second time is refused
  poor_at_exit,    ///< less on the card than the fare
  poor_at_entry,   ///< less than the minimum
  expired,         ///< refused at entry
  expired_inside,  ///< nobody is trapped: pays and leaves
  not_enabled,
  blocked,
  no_entry,  ///< wants out without having come in
  not_yet_valid,
  unknown_stop,  ///< a station of ours that the book does not know
  elsewhere,     ///< entered at a network the book does not join
  local_only,    ///< a card for another city alone
};

struct StoryRow {
  Story story;
  const char* name;
  unsigned weight;  ///< of 100
};
constexpr std::array kStories{
    StoryRow{Story::arrives, "arrives", 40},
    StoryRow{Story::enters, "enters", 18},
    StoryRow{Story::returns, "goes in and out", 8},
    StoryRow{Story::enters_twice, "enters twice", 5},
    StoryRow{Story::poor_at_exit, "poor at exit", 5},
    StoryRow{Story::poor_at_entry, "poor at entry", 4},
    StoryRow{Story::expired, "expired", 4},
    StoryRow{Story::expired_inside, "expired inside", 3},
    StoryRow{Story::not_enabled, "not enabled", 3},
    StoryRow{Story::blocked, "blocked", 2},
    StoryRow{Story::no_entry, "leaves without entry", 3},
    StoryRow{Story::not_yet_valid, "not yet valid", 1},
    StoryRow{Story::unknown_stop, "from an unknown stop", 2},
    StoryRow{Story::elsewhere, "from another network", 1},
    StoryRow{Story::local_only, "local card of another city", 1},
};

struct Issuer {
  const char* code;
  const char* iin;
  std::uint16_t province, city;
};
constexpr std::array kIssuers{
    Issuer{"02002900", "31047700", 0x2900, 0x2900},
    Issuer{"00083010", "31048300", 0x3000, 0x3010},
    Issuer{"01663310", "31048801", 0x3300, 0x3310},
    Issuer{"03473320", "31048802", 0x3300, 0x3320},
};
constexpr unsigned kLastExchange = 11;  // a tap has about ten
/// Where the debit is: half of all that strikes does so there.
constexpr unsigned kDebitFirst = 5, kDebitLast = 8;
/// One of so many who are torn never comes back.
constexpr unsigned kNeverOneIn = 12;
constexpr unsigned kForeignMax = 11;
/// A counter at its end makes a card refuse: nobody here gets so far.
constexpr unsigned kFirstCounterMax = 65'400;

[[nodiscard]] StoryRow draw_story(Dice& dice, bool one_way_aisles) {
  unsigned at = dice.below(100);
  StoryRow drawn = kStories.front();
  for (const StoryRow& row : kStories) {
    drawn = row;
    if (at < row.weight) break;
    at -= row.weight;
  }
  // At an aisle for both ways the card itself says which way it is.
  if (!one_way_aisles && (drawn.story == Story::enters_twice || drawn.story == Story::no_entry)) {
    return kStories.front();
  }
  return drawn;
}

[[nodiscard]] bool begins_inside(Story story) {
  return story == Story::arrives || story == Story::poor_at_exit ||
         story == Story::expired_inside || story == Story::unknown_stop ||
         story == Story::elsewhere;
}

[[nodiscard]] std::string card_digits(const Issuer& issuer, unsigned number, Dice& dice) {
  std::string tail = std::to_string(number);
  tail.insert(0, 6 - std::min<std::size_t>(tail.size(), 6), '0');
  std::string middle = std::to_string(10'000 + dice.below(90'000));
  return issuer.iin + middle + tail;
}

class Planner {
 public:
  explicit Planner(const PlanInput& input)
      : input_{input},
        one_way_{std::ranges::none_of(input.site.boxes.front().aisles, [](const SimAisle& aisle) {
          return aisle.use == AisleUse::both;
        })} {}

  [[nodiscard]] Result<Passenger> plan(unsigned number) {
    Dice dice{input_.seed * 7919 + number};
    // Apart, so that more boxes and faults do not change who comes.
    Dice more{input_.seed * 7919 + number + (1ULL << 40U)};
    const StoryRow row = draw_story(dice, one_way_);
    Passenger out;
    out.number = number;
    out.story = row.name;
    const std::string here = any_station(more);
    const std::string then = any_station(more);
    const std::string from = other_stop(dice, here);
    const auto fare = input_.tariff.fare(from, here);
    const auto onward = input_.tariff.fare(here, then);
    if (!fare || !onward) return fail(Errc::invalid, "the tariff has no fare from " + from);

    CardSpec spec = card_spec(row.story, number, *fare, dice);
    if (auto ok = check_card_spec(spec); !ok) return fail(std::move(ok.error()), "minting a card");
    out.before = make_card(spec);
    out.before.blocked = row.story == Story::blocked;
    out.before.counter = static_cast<std::uint16_t>(dice.below(kFirstCounterMax));
    if (begins_inside(row.story)) {
      if (auto ok = open_elsewhere(out.before, row.story, from, dice); !ok) {
        return fail(std::move(ok.error()));
      }
    }
    out.visits = visits(row.story, *fare, *onward);
    for (Visit& visit : out.visits) {
      visit.stop = &visit == &out.visits.front() ? here : then;
      draw_fault(visit, dice);
      draw_return(visit, more);
    }
    CardHabits habits;
    habits.empty_records_are_zero = dice.one_in(2);
    habits.log_balance_after = spec.issuer == kIssuers.front().code;
    habits.state_error_6901 = dice.one_in(2);
    habits.log_counter_before = more.one_in(4);
    out.card = std::make_unique<TUnionCard>(out.before, habits);
    const auto info = nfc::decode_public_info(out.before.ef15);
    if (!info) return fail(Error{info.error()}, "reading a minted card");
    out.masked = info->number.masked();
    return out;
  }

 private:
  /// Every box draws as many people as the next one.
  [[nodiscard]] std::string any_station(Dice& dice) const {
    const auto& boxes = input_.site.boxes;
    return boxes[dice.below(static_cast<unsigned>(boxes.size()))].stop;
  }

  [[nodiscard]] std::string other_stop(Dice& dice, const std::string& here) const {
    const auto& stops = input_.tariff.stops();
    while (true) {
      const std::string& stop = stops[dice.below(static_cast<unsigned>(stops.size()))];
      if (stop != here) return stop;
    }
  }

  [[nodiscard]] CardSpec card_spec(Story story, unsigned number, Fen fare, Dice& dice) const {
    const bool foreign = story == Story::local_only;
    const Issuer& issuer =
        kIssuers[foreign          ? kIssuers.size() - 1
                 : dice.one_in(2) ? 0
                                  : dice.below(static_cast<unsigned>(kIssuers.size()))];
    CardSpec spec;
    spec.issuer = issuer.code;
    spec.number = card_digits(issuer, number, dice);
    spec.province = issuer.province;
    spec.city = issuer.city;
    spec.interoperable = !foreign;
    spec.card_kind = dice.one_in(5) ? Byte{2} : dice.one_in(6) ? Byte{3} : Byte{1};
    spec.enabled = story != Story::not_enabled;
    if (story == Story::expired || story == Story::expired_inside) spec.valid_to = "20211231";
    if (story == Story::not_yet_valid) spec.valid_from = "20390101";
    spec.balance = 2'000 + dice.below(18'000);
    const auto fen = [](Fen amount) { return static_cast<std::uint32_t>(amount.count()); };
    if (story == Story::poor_at_exit) spec.balance = dice.below(fen(fare));
    if (story == Story::poor_at_entry) spec.balance = dice.below(fen(minimum()));
    std::ranges::copy(input_.site.purchase_key, spec.keys.purchase.begin());
    std::ranges::copy(input_.site.tac_key, spec.keys.tac.begin());
    return spec;
  }

  /// A tariff without a minimum refuses nobody at entry.
  [[nodiscard]] Fen minimum() const { return std::max(input_.tariff.minimum_balance(), Fen{1}); }

  [[nodiscard]] Status open_elsewhere(CardImageData& image, Story story, const std::string& from,
                                      Dice& dice) const {
    const auto stop =
        input_.site.book->stop_on_card(NetworkId{input_.tariff.network()}, StopCode{from});
    if (!stop) return fail(Errc::not_found, "the book does not know stop " + from);
    OpenEntry entry;
    entry.city = stop->code.city;
    entry.acquirer = stop->code.acquirer;
    entry.station = stop->code.station;
    entry.line = stop->code.line;
    if (story == Story::unknown_stop) entry.station = {0, 0, 0, 0, 0x00, 0x77, 0x09, 0x99};
    if (story == Story::elsewhere) {
      entry.city = 0x3320;
      entry.acquirer = {0x13, 0x47, 0x33, 0x20, 0xFF, 0xFF, 0xFF, 0xFF};
    }
    entry.terminal = {0, 0, 0x41, 0x31, 0, 0, 0x09, static_cast<Byte>(dice.below(10))};
    entry.at = to_local(input_.now - std::chrono::minutes{10 + dice.below(40)});
    open_entry(image, entry);
    return {};
  }

  [[nodiscard]] std::vector<Visit> visits(Story story, Fen fare, Fen onward) const {
    const auto in = [](std::optional<RefusalCode> refusal) {
      return Visit{.direction = AisleUse::entry, .expected = {refusal, Fen{}}};
    };
    const auto out = [](std::optional<RefusalCode> refusal, Fen fen) {
      return Visit{.direction = AisleUse::exit, .expected = {refusal, fen}};
    };
    switch (story) {
      case Story::arrives:
      case Story::expired_inside: return {out({}, fare)};
      case Story::enters: return {in({})};
      case Story::returns: return {in({}), out({}, onward)};
      case Story::enters_twice: return {in({}), in(RefusalCode::already_entered)};
      case Story::poor_at_exit: return {out(RefusalCode::insufficient_balance, {})};
      case Story::poor_at_entry:
        if (input_.tariff.minimum_balance() == Fen{}) return {in({})};
        return {in(RefusalCode::insufficient_balance)};
      case Story::expired: return {in(RefusalCode::expired)};
      case Story::not_enabled: return {in(RefusalCode::not_enabled)};
      case Story::blocked: return {in(RefusalCode::application_blocked)};
      case Story::no_entry: return {out(RefusalCode::not_entered, {})};
      case Story::not_yet_valid: return {in(RefusalCode::not_yet_valid)};
      case Story::unknown_stop: return {out(RefusalCode::unknown_stop, {})};
      case Story::elsewhere: return {out(RefusalCode::entry_elsewhere, {})};
      case Story::local_only: return {in(RefusalCode::not_interoperable)};
    }
    return {};
  }

  void draw_fault(Visit& visit, Dice& dice) const {
    std::vector<Fault> faults;
    if (input_.faults.tear) faults.insert(faults.end(), 3, Fault::tear);
    if (input_.faults.reader_kill) {
      faults.insert(faults.end(), {Fault::reader_kill, Fault::reader_child_kill});
    }
    if (input_.faults.gate_kill) faults.push_back(Fault::gate_kill);
    if (input_.faults.sam) faults.push_back(Fault::sam_out);
    if (input_.faults.disk_full) faults.push_back(Fault::disk_full);
    if (input_.faults.clock) faults.push_back(Fault::clock_step);
    // The dice roll in any case, so that the same seed brings the same people with every list.
    const bool strikes = dice.one_in(3);
    const unsigned which = dice.below(60);
    visit.exchange = 1 + dice.below(kLastExchange);
    visit.after_card = dice.one_in(2);
    if (strikes && !faults.empty()) visit.fault = faults[which % faults.size()];
  }

  static void draw_return(Visit& visit, Dice& dice) {
    constexpr std::array kReturns{Return::same_aisle, Return::other_aisle, Return::other_box};
    visit.comes_back = kReturns[dice.below(kReturns.size())];
    if (dice.one_in(kNeverOneIn) && visit.fault == Fault::tear) visit.comes_back = Return::never;
    const bool goes_elsewhere = dice.one_in(3);
    // The most there can be is drawn more often: it pushes our record out of the card's log.
    const unsigned debits = dice.one_in(4) ? kForeignMax : 1 + dice.below(kForeignMax);
    if (goes_elsewhere) visit.foreign_debits = debits;
    visit.draw = dice.below(1'000'000);
    if (dice.one_in(2)) {
      visit.exchange = kDebitFirst + dice.below(kDebitLast - kDebitFirst + 1);
    }
  }

  const PlanInput& input_;
  bool one_way_;
};

}  // namespace

Fen Passenger::expected_spending() const {
  Fen sum = paid_at_home;
  for (std::size_t i = 0; i < settled; ++i) {
    if (!visits[i].expected.refusal) sum += visits[i].expected.fare;
  }
  return sum;
}

Fen Passenger::foreign_spending() const {
  Fen sum;
  for (const ForeignDebit& debit : foreign) sum += debit.amount;
  return sum;
}

Result<Passenger> plan_passenger(const PlanInput& input, unsigned number) {
  return Planner{input}.plan(number);
}

}  // namespace tidegate::sim
