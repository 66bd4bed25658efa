// SPDX-License-Identifier: Apache-2.0
// Walks a scenario: what the card is, what stands in between, each tap against the engine.
#include <algorithm>
#include <optional>

#include "fare/authoring/journey_json.h"
#include "fare/engine/journey.h"
#include "fare/engine/rebate.h"
#include "tests/fare/scenario_table.h"
#include "tests/fare/scenario_words.h"

namespace tidegate::fare::scenarios {
namespace {

std::optional<std::uint16_t> mode_bit(std::string_view word) {
  for (std::uint32_t bit = 1; bit <= 0xFFFF; bit <<= 1U)
    if (const Modes mode{static_cast<std::uint16_t>(bit)};
        mode_names(mode) == word && !word.empty())
      return mode.bits;
  return std::nullopt;
}

struct Place {
  NetworkId network;
  StopCode stop;  ///< empty: every stop of the network
};

/// "metro/a", or "metro" where a whole network may stand.
Place take_place(Words& in) {
  const std::string_view text = in.take("NETWORK/STOP");
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return {NetworkId{std::string{text}}, {}};
  return {NetworkId{std::string{text.substr(0, slash)}},
          StopCode{std::string{text.substr(slash + 1)}}};
}

/// A mode that a station is in for a time: `from` is inside, `until` is not.
struct ModeSpan {
  Place place;
  Modes modes;
  Timestamp from{}, until{};
  [[nodiscard]] bool covers(const TapContext& context, Timestamp at) const {
    return place.network == context.network &&
           (place.stop.get().empty() || place.stop == context.stop) && from <= at && at < until;
  }
};

/// What the right side of a tap says.
struct Expected {
  std::optional<RefusalCode> refusal;
  std::vector<Fen> charges;
  std::optional<Fen> at_most, leaves, rebate;
  std::vector<std::pair<std::string, std::int64_t>> keeps;  ///< field of the state, value
  bool traced = false;
  std::vector<std::pair<std::string, std::optional<Fen>>> trace;
};

std::string outcome(const Decision& decision) {
  if (decision.refusal) return "refused " + std::string{refusal_name(*decision.refusal)};
  std::string out, trace;
  for (const Charge& charge : decision.charges) {
    out += (out.empty() ? "" : " + ") + charge.amount.yuan();
    for (const TraceStep& step : charge.trace)
      trace +=
          (trace.empty() ? " by " : ", ") + std::string{step.rule.view()} + " " + step.fen.yuan();
  }
  return out + trace;
}

std::optional<RefusalCode> refusal_of(std::string_view name) {
  for (const RefusalText& text : refusal_texts())
    if (text.name == name) return text.code;
  return std::nullopt;
}

void read_trace(Words& in, Expected& out) {
  out.traced = true;
  while (in.more()) {
    std::string rule{in.take("a rule")};
    std::optional<Fen> amount = parse_yuan(in.peek());
    if (amount) (void)in.yuan();
    out.trace.emplace_back(std::move(rule), amount);
  }
  if (out.trace.empty()) in.bad("the rules of the trace were expected behind \"by\"");
}

Result<Expected> parse_expected(std::string_view text) {
  Words in{text};
  Expected out;
  if (in.take_if("refused")) {
    const std::string name{in.take("a reason")};
    out.refusal = refusal_of(name);
    if (!out.refusal) in.bad("\"" + name + "\" is not a reason of docs/refusals.md");
  } else {
    do out.charges.push_back(in.yuan());
    while (in.take_if("+"));
  }
  while (in.more()) {
    if (in.take_if("at")) {
      if (!in.take_if("most")) in.bad("\"at most\" was expected");
      out.at_most = in.yuan();
    } else if (in.take_if("leaves")) {
      out.leaves = in.yuan();
    } else if (in.take_if("rebate")) {
      out.rebate = in.yuan();
    } else if (in.take_if("keeps")) {
      std::string field{in.take("a field of the state")};
      out.keeps.emplace_back(std::move(field), in.number(kFenMax));
    } else if (in.take_if("by")) {
      read_trace(in, out);
    } else {
      break;
    }
  }
  if (auto ok = in.done(); !ok) return fail(std::move(ok.error()));
  return out;
}

bool trace_is(const Decision& decision, const Expected& expected) {
  std::size_t next = 0;
  for (const Charge& charge : decision.charges)
    for (const TraceStep& step : charge.trace) {
      if (next == expected.trace.size()) return false;
      const auto& [rule, amount] = expected.trace[next++];
      if (rule != step.rule.view() || (amount && *amount != step.fen)) return false;
    }
  return next == expected.trace.size();
}

bool charges_are(const Decision& decision, const Expected& expected) {
  return decision.refusal == expected.refusal &&
         std::ranges::equal(decision.charges, expected.charges, {}, &Charge::amount);
}

/// nullopt: the state has no such field.
std::optional<std::int64_t> state_field(const std::optional<CardState>& state,
                                        std::string_view name) {
  const Json json = card_state_json(state.value_or(CardState{}));
  for (const auto& [field, value] : *json.get_if<JsonObject>())
    if (field == name) return *value.get_if<std::int64_t>();
  return std::nullopt;
}

class Walk {
 public:
  Walk(const Books& books, std::shared_ptr<const Book> book, const Seen& seen)
      : books_{books}, book_{std::move(book)}, seen_{seen} {
    medium_.balance = kPlentyOfBalance;
  }

  Status line(std::string_view text) {
    const auto arrow = text.find("=>");
    if (arrow != std::string_view::npos) return tap(text.substr(0, arrow), text.substr(arrow + 2));
    const auto colon = text.find(':');
    const std::string_view key = text.substr(0, colon);
    if (colon == std::string_view::npos || key.find(' ') != std::string_view::npos)
      return fail(Errc::invalid,
                  "a tap (DATE TIME NETWORK/STOP KIND => RESULT) or a line such as "
                  "\"card: adult\" was expected");
    Words in{text.substr(colon + 1)};
    statement(key, in);
    return in.done();
  }

 private:
  void statement(std::string_view key, Words& in) {
    if (key == "card" || key == "code") return medium(key == "code", in);
    if (key == "load") return load(in.yuan());
    if (key == "state") return state(in);
    if (key == "open") return open(in);
    if (key == "history") return history(in);
    if (key == "mode") return mode(in);
    if (key == "book") return another_book(in);
    in.bad("\"" + std::string{key} + ":\" is not known");
  }

  /// The first one describes the medium, later ones change what they name.
  void medium(bool code, Words& in) {
    medium_.kind = code ? MediumKind::qr : MediumKind::t_union;
    while (in.more()) {
      if (in.take_if("of"))
        medium_.issuer = in.hex<4>();
      else if (in.take_if("kind"))
        medium_.card_kind = in.hex<1>()[0];
      else if (in.take_if("balance"))
        medium_.balance = in.yuan();
      else if (in.take_if("overdraft"))
        (in.take_if("used") ? medium_.overdraft_used : medium_.overdraft_left) = in.yuan();
      else
        rider(in);
    }
  }

  void rider(Words& in) {
    const std::string_view name = in.take("a rider");
    const auto rider = book_->rider_from_name(name);
    if (!rider) in.bad("\"" + std::string{name} + "\" is neither a rider nor a word of a card");
    medium_.rider = rider.value_or(RiderCategory::adult);
  }

  /// What is owed to the issuer is paid back first.
  void load(Fen amount) {
    const Fen repaid = std::min(amount, medium_.overdraft_used);
    medium_.overdraft_used -= repaid;
    medium_.overdraft_left += repaid;
    medium_.balance += amount - repaid;
  }

  void state(Words& in) {
    if (in.take_if("lost")) return medium_.state.reset();
    JsonObject fields;
    while (in.more()) {
      std::string field{in.take("a field")};
      fields.emplace_back(std::move(field), in.number(kFenMax));
    }
    // The reader of journeys knows the fields and their limits.
    const Json journey{JsonObject{
        {"id", "state"},
        {"state", std::move(fields)},
        {"taps",
         JsonArray{JsonObject{
             {"at", "2026-01-01T00:00:00Z"}, {"network", "n"}, {"stop", "s"}, {"kind", "exit"}}}}}};
    auto parsed = parse_journey(journey.text(), JourneyUse::price);
    if (!parsed) return in.bad(parsed.error().message());
    medium_.state = parsed->medium.state;
  }

  /// A stop of the book, or CITY/ACQUIRER/LINE/STATION as cards carry it.
  std::pair<CardCode, Byte> code(Words& in) {
    if (std::ranges::count(in.peek(), '/') != 3) {
      const Place place = take_place(in);
      const auto found = book_->stop_on_card(place.network, place.stop);
      if (!found) in.bad("the book has no such stop");
      return found ? std::pair{found->code, found->industry} : std::pair{CardCode{}, Byte{0}};
    }
    std::string parts{in.take("a place")};
    std::ranges::replace(parts, '/', ' ');
    Words bytes{parts};
    CardCode out;
    out.city = static_cast<std::uint16_t>(read_be(bytes.hex<2>()));
    out.acquirer = bytes.hex<8>();
    const auto line = bytes.hex<2>(), station = bytes.hex<2>();
    std::ranges::copy(line, out.station.begin() + 4);
    std::ranges::copy(station, out.station.begin() + 6);
    out.line = line[1];
    if (auto ok = bytes.done(); !ok) in.bad(ok.error().message());
    return {out, Byte{0}};
  }

  void open(Words& in) {
    if (in.take_if("none")) {
      medium_.open.reset();
      return medium_.open_bus.reset();
    }
    const Timestamp at = in.time();
    medium_.open = OpenJourney{.where = code(in).first, .at = at};
  }

  void history(Words& in) {
    const Timestamp at = in.time();
    const auto [where, industry] = code(in);
    const std::string_view what = in.take("entry, exit or single");
    const Byte type = what == "entry" ? 3 : what == "exit" ? 4 : what == "single" ? 6 : 0;
    if (type == 0) in.bad("entry, exit or single was expected");
    const Fen amount = in.more() ? in.yuan() : Fen{};
    medium_.history.insert(
        medium_.history.begin(),
        HistoryTrip{
            .type = type, .industry = industry, .where = where, .amount = amount, .at = at});
  }

  void mode(Words& in) {
    ModeSpan span{.place = take_place(in), .modes = {}};
    while (in.more() && !in.take_if("from")) {
      const std::string name{in.take("a mode")};
      const auto bit = mode_bit(name);
      if (!bit) in.bad("\"" + name + "\" is not a mode");
      span.modes.bits = static_cast<std::uint16_t>(span.modes.bits | bit.value_or(0));
    }
    span.from = in.time();
    if (!in.take_if("until")) in.bad("\"until\" was expected");
    span.until = in.time();
    modes_.push_back(std::move(span));
  }

  void another_book(Words& in) {
    auto other = books_(std::string{in.take("a folder")});
    if (!other) return in.bad(other.error().message());
    book_ = *std::move(other);
  }

  Status tap(std::string_view left, std::string_view right) {
    auto expected = parse_expected(right);
    if (!expected) return fail(std::move(expected.error()));
    Words in{left};
    TapContext context;
    Tap tap;
    tap.at = in.time();
    const Place place = take_place(in);
    context.network = place.network;
    context.stop = place.stop;
    const std::string kind{in.take("entry, exit, board or alight")};
    const auto known = tap_from_name(kind);
    if (!known) in.bad("entry, exit, board or alight was expected, not \"" + kind + "\"");
    tap.kind = known.value_or(TapKind::entry);
    const bool station = tap.kind == TapKind::entry || tap.kind == TapKind::exit;
    context.box_kind = station ? BoxKind::station : BoxKind::vehicle;
    while (in.more()) tap_word(in, context, tap);
    if (auto ok = in.done(); !ok) return ok;
    if (!expected->refusal && !book_->stop_on_card(context.network, context.stop))
      return fail(Errc::invalid,
                  "the book has no stop " + context.network.get() + "/" + context.stop.get());
    for (const ModeSpan& span : modes_)
      if (span.covers(context, tap.at))
        tap.modes.bits = static_cast<std::uint16_t>(tap.modes.bits | span.modes.bits);
    tap.history = known_modes(station ? medium_.open : medium_.open_bus, tap.at);
    return price_and_compare(context, tap, *expected);
  }

  /// What a region knows of modes since the open journey began.
  [[nodiscard]] ModeHistory known_modes(const std::optional<OpenJourney>& open,
                                        Timestamp now) const {
    ModeHistory out;
    for (const ModeSpan& span : modes_)
      if (open && span.from <= now && open->at < span.until && out.size() < out.capacity())
        out.push_back({std::string_view{span.place.network.get()},
                       std::string_view{span.place.stop.get()}, span.modes, span.from, span.until});
    return out;
  }

  static void tap_word(Words& in, TapContext& context, Tap& tap) {
    const std::string word{in.take("a word")};
    if (const auto bit = mode_bit(word)) {
      tap.modes.bits = static_cast<std::uint16_t>(tap.modes.bits | *bit);
    } else if (word == "bicycle") {
      context.item = ItemClass::bicycle;
    } else if (word == "motorcycle") {
      context.item = ItemClass::motorcycle;
    } else if (word == "untrusted-clock") {
      tap.clock_trusted = false;
    } else if (word == "persons") {
      context.count = static_cast<std::uint16_t>(in.number(0xFFFF));
    } else if (word == "children") {
      context.children = static_cast<std::uint16_t>(in.number(0xFFFF));
    } else if (word == "companions") {
      context.companions = static_cast<std::uint16_t>(in.number(0xFFFF));
    } else if (word == "route") {
      context.route = in.take("a route");
    } else if (word == "direction") {
      context.direction = in.take("a direction");
    } else if (word == "trip") {
      context.trip = in.take("a trip");
    } else if (word == "vehicle") {
      context.vehicle = in.take("a vehicle");
    } else if (word == "driver") {
      context.driver = in.take("a driver");
    } else {
      in.bad("\"" + word + "\" is not a word of a tap");
    }
  }

  Status price_and_compare(const TapContext& context, const Tap& tap, const Expected& expected) {
    const Decision decision = price(*book_, medium_, context, tap);
    if (seen_) seen_(*book_, decision);
    const Fen back = rebate(*book_, kept_, {medium_, context, tap, decision}).fen();
    carry_on(*book_, medium_, context, tap, decision);
    // A purse has no balance below 0: what is missing is lent.
    if (medium_.balance < Fen{}) {
      medium_.overdraft_used -= medium_.balance;
      medium_.overdraft_left += medium_.balance;
      medium_.balance = Fen{};
    }
    std::string wrong;
    const auto differs = [&wrong](const std::string& want, const std::string& got) {
      wrong += "\n  expected " + want + "\n  got      " + got;
    };
    if (!charges_are(decision, expected) || (expected.traced && !trace_is(decision, expected)))
      differs("as the line says", outcome(decision));
    if (expected.at_most && *expected.at_most != decision.max_fare)
      differs("at most " + expected.at_most->yuan(), "at most " + decision.max_fare.yuan());
    if (expected.leaves && *expected.leaves != medium_.balance)
      differs("leaves " + expected.leaves->yuan(), "leaves " + medium_.balance.yuan());
    if (expected.rebate && *expected.rebate != back)
      differs("rebate " + expected.rebate->yuan(), "rebate " + back.yuan());
    for (const auto& [field, value] : expected.keeps) {
      const auto kept = state_field(medium_.state, field);
      if (kept != value)
        differs("keeps " + field + " " + std::to_string(value),
                kept ? "keeps " + field + " " + std::to_string(*kept) : "no such field");
    }
    return wrong.empty() ? Status{} : fail(Errc::refused, wrong);
  }

  const Books& books_;
  std::shared_ptr<const Book> book_;
  const Seen& seen_;
  Medium medium_;
  KeptState kept_;  ///< by the clearing house
  std::vector<ModeSpan> modes_;
};

}  // namespace

Status walk(const File& file, const Scenario& scenario, const Books& books, const Seen& seen) {
  auto book = books("");
  if (!book) return fail(std::move(book.error()));
  Walk walk{books, *std::move(book), seen};
  for (const Line& line : scenario.lines)
    if (auto ok = walk.line(line.text); !ok)
      return fail(ok.error().code(),
                  file.name + ":" + std::to_string(line.number) + ": " + line.text +
                      (ok.error().code() == Errc::refused ? "" : "\n  ") + ok.error().message());
  return {};
}

}  // namespace tidegate::fare::scenarios
