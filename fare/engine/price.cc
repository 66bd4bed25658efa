// SPDX-License-Identifier: Apache-2.0
// fare::price: one tap against one book. Refusals are looked for in their order of precedence.
#include <algorithm>
#include <bit>
#include <chrono>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "fare/engine/book.h"
#include "fare/engine/book_codec.h"
#include "fare/engine/book_data.h"

namespace tidegate::fare {
namespace {

using std::chrono::minutes;

constexpr std::chrono::sys_days k2020{std::chrono::year{2020} / 1 / 1};

template <class T>
T clamped(std::int64_t value) {
  return static_cast<T>(std::clamp<std::int64_t>(value, 0, std::numeric_limits<T>::max()));
}

/// Whole number of the card state's calendar; before 2020 it is 0.
std::uint16_t month_number(ServiceDay day) {
  const std::chrono::year_month_day date{day.get()};
  const std::int64_t years = static_cast<int>(date.year()) - 2020;
  return clamped<std::uint16_t>(years * 12 + static_cast<unsigned>(date.month()) - 1);
}
std::uint16_t day_number(ServiceDay day) {
  return clamped<std::uint16_t>((day.get() - k2020).count());
}
std::uint32_t minute_number(Timestamp at) {
  return clamped<std::uint32_t>(std::chrono::floor<minutes>(at - (k2020 - kChinaOffset)).count());
}

/// What one ride costs, and the rule that says so.
struct Fare {
  Fen fen;
  std::string_view rule;                  ///< behind the network's name
  const FareClass* fare_class = nullptr;  ///< nullptr: the version's own tariff
};

/// nullopt: the tariff has no fare for it. `from` and `to` are indices of the network's stops.
std::optional<Fare> fare_of(const Tariff& tariff, std::size_t stops, std::size_t from,
                            std::size_t to) {
  return std::visit(
      [&](const auto& kind) -> std::optional<Fare> {
        using T = std::decay_t<decltype(kind)>;
        if constexpr (std::is_same_v<T, FlatTariff>) {
          return Fare{kind.fen, "flat"};
        } else {
          const std::uint32_t cell = kind.cells[from * stops + to];
          if (cell == MatrixTariff::kNoFare) return std::nullopt;
          return Fare{Fen{cell}, kind.rule};
        }
      },
      tariff);
}

/// What one passenger pays for rides that begin at one instant: the classes that match, then the
/// version's own tariff. Allocates nothing.
class Prices {
 public:
  Prices(const BookModel& book, const TariffVersion& version, const Medium& medium,
         Timestamp begun) noexcept
      : version_{version} {
    static_assert(kClassesMax <= 64);
    for (std::size_t i = 0; i < version.classes.size(); ++i)
      if (matches(book, version.classes[i], medium, begun)) matching_ |= std::uint64_t{1} << i;
  }

  /// nullopt: the ride has no fare. `from` and `to` are indices of the network's `stops`.
  [[nodiscard]] std::optional<Fare> fare(std::size_t stops, std::size_t from,
                                         std::size_t to) const {
    for (std::uint64_t left = matching_; left != 0; left &= left - 1) {
      const FareClass& one = version_.classes[static_cast<std::size_t>(std::countr_zero(left))];
      auto found = fare_of(one.tariff, stops, from, to);
      if (!found) continue;
      found->fare_class = &one;
      return found;
    }
    return fare_of(version_.tariff, stops, from, to);
  }

  /// The most a ride from `from` can cost; nullopt: no ride from there has a fare.
  [[nodiscard]] std::optional<Fen> highest_from(std::size_t stops, std::size_t from) const {
    std::optional<Fen> highest;
    for (std::size_t to = 0; to < stops; ++to)
      if (const auto one = fare(stops, from, to))
        highest = std::max(highest.value_or(Fen{0}), one->fen);
    return highest;
  }

 private:
  static bool matches(const BookModel& book, const FareClass& one, const Medium& medium,
                      Timestamp begun) noexcept {
    if (!one.riders.empty() && !std::ranges::binary_search(one.riders, medium.rider)) return false;
    if (!one.media.empty() && !std::ranges::binary_search(one.media, medium.kind)) return false;
    return !one.timeframe || book.timeframes[*one.timeframe].contains(begun);
  }

  const TariffVersion& version_;
  std::uint64_t matching_ = 0;  ///< bit i: class i
};

bool is_flat(const Tariff& tariff) {
  return std::holds_alternative<FlatTariff>(tariff);
}

/// One tap being priced: what is known so far.
class Pricing {
 public:
  Pricing(const BookData& book, const Medium& medium, const TapContext& context, const Tap& tap)
      : book_{book},
        medium_{medium},
        context_{context},
        tap_{tap},
        network_{book.network(context.network)},
        here_{network_ != nullptr ? BookData::stop(*network_, context.stop) : std::nullopt},
        version_{network_ != nullptr ? version_on(*network_, service_day(*network_, tap.at))
                                     : nullptr} {}

  [[nodiscard]] Decision decide() const {
    const bool in = tap_.kind == TapKind::entry || tap_.kind == TapKind::board;
    if (in && tap_.modes.has(Modes::kClosed)) return refuse(RefusalCode::aisle_closed);
    if (tap_.kind == TapKind::board && version_ != nullptr && is_flat(version_->tariff))
      return board_flat();
    return in ? come_in() : go_out();
  }

 private:
  [[nodiscard]] bool mode(std::uint16_t bit) const noexcept { return tap_.modes.has(bit); }

  /// Network, stop and tariff are in the book, and what is carried is a thing the tariff prices.
  [[nodiscard]] bool priceable(const TariffVersion* version) const noexcept {
    return here_ && version != nullptr && context_.count > 0 && context_.item == ItemClass::person;
  }

  /// An entry, or a boarding where the fare depends on the place of alighting.
  [[nodiscard]] Decision come_in() const {
    if (medium_.open && !mode(Modes::kOrderFree)) return refuse(RefusalCode::already_entered);
    if (!priceable(version_)) return refuse(RefusalCode::no_fare);
    const auto highest = prices(*version_, tap_.at).highest_from(network_->stops.size(), *here_);
    const auto most = highest ? for_all_persons(*highest) : std::nullopt;
    if (!most) return refuse(RefusalCode::no_fare);
    // What is owed to the issuer is paid back by a top-up, not by another ride.
    if (medium_.balance < network_->minimum_balance || medium_.overdraft_used > Fen{})
      return refuse(RefusalCode::insufficient_balance);
    Decision out;
    out.charges.push_back({Fen{0}, {}});
    out.max_fare = *most;
    out.state_after = next_state();
    return out;
  }

  [[nodiscard]] Decision go_out() const {
    if (!medium_.open) {
      if (!mode(Modes::kOrderFree)) return refuse(RefusalCode::not_entered);
      // Where the ride began is not known, and the station asked for no order: nothing is taken.
      return network_ != nullptr ? take(Fen{0}, "mode/order-free") : refuse(RefusalCode::no_fare);
    }
    if (network_ != nullptr && mode(Modes::kTrainFailure))
      return take(Fen{0}, "mode/train-failure");
    const auto from = entry_place();
    if (const auto reason = entry_problem(from)) return refuse(*reason);
    if (network_ != nullptr && mode(Modes::kFareFree)) return take(Fen{0}, "mode/fare-free");
    const TariffVersion* const version = entry_version();
    if (!priceable(version)) return refuse(RefusalCode::no_fare);
    // A flat ride was paid for when boarding; alighting only closes it.
    if (tap_.kind == TapKind::alight && is_flat(version->tariff))
      return take(Fen{0}, network_->id + "/flat");
    // Who pays what is judged at the tap that began the ride.
    return charge(
        prices(*version, medium_.open->at).fare(network_->stops.size(), from->stop, *here_));
  }

  [[nodiscard]] Decision board_flat() const {
    if (!priceable(version_)) return refuse(RefusalCode::no_fare);
    if (mode(Modes::kFareFree)) return take(Fen{0}, "mode/fare-free");
    return charge(prices(*version_, tap_.at).fare(network_->stops.size(), *here_, *here_));
  }

  [[nodiscard]] Prices prices(const TariffVersion& version, Timestamp begun) const noexcept {
    return {book_.model(), version, medium_, begun};
  }

  /// By the card's own bytes; else by the stop that a table of places says they are.
  [[nodiscard]] std::optional<BookData::Place> entry_place() const {
    const OpenJourney& open = *medium_.open;
    if (auto place = book_.place(open.where)) return place;
    const Network* const network = book_.network(open.mapped_network);
    const auto stop =
        network != nullptr ? BookData::stop(*network, open.mapped_stop) : std::nullopt;
    if (!stop) return std::nullopt;
    return BookData::Place{network, *stop};
  }

  [[nodiscard]] std::optional<RefusalCode> entry_problem(
      const std::optional<BookData::Place>& from) const {
    if (from) {
      if (from->network == network_) return std::nullopt;
      return RefusalCode::entry_elsewhere;
    }
    const CardCode& where = medium_.open->where;
    const bool ours =
        network_ != nullptr && where.city == network_->city && where.acquirer == network_->acquirer;
    return ours ? RefusalCode::unknown_stop : RefusalCode::entry_elsewhere;
  }

  /// A ride is priced by the tariff of the day it began. An entry from before every version (a
  /// clock that was wrong, a journey never closed) is priced as of now, and when the clock is wrong
  /// now, by the first version: nobody is trapped.
  [[nodiscard]] const TariffVersion* entry_version() const {
    if (network_ == nullptr) return nullptr;
    const TariffVersion* const then =
        version_on(*network_, service_day(*network_, medium_.open->at));
    if (then != nullptr) return then;
    if (version_ != nullptr || network_->versions.empty()) return version_;
    return &network_->versions.front();
  }

  /// nullopt: more than a purse can pay at once.
  [[nodiscard]] std::optional<Fen> for_all_persons(Fen fen) const {
    const Fen all = fen * context_.count;
    if (all.count() > kFenMax) return std::nullopt;
    return all;
  }

  [[nodiscard]] Decision charge(const std::optional<Fare>& fare) const {
    const auto all = fare ? for_all_persons(fare->fen) : std::nullopt;
    if (!all) return refuse(RefusalCode::no_fare);
    // Nobody is trapped for less than the issuer lends: who is inside may go out on it.
    const bool out = tap_.kind == TapKind::exit || tap_.kind == TapKind::alight;
    const Fen spendable = out ? medium_.balance + medium_.overdraft_left : medium_.balance;
    if (spendable < *all) return refuse(RefusalCode::insufficient_balance);
    return take(*all, rule_of(*fare));
  }

  /// "mtr/od", "mtr/od/student@peak"
  [[nodiscard]] std::string rule_of(const Fare& fare) const {
    std::string out;
    out.reserve(network_->id.size() + fare.rule.size() +
                (fare.fare_class != nullptr ? fare.fare_class->name.size() : 0) + 2);
    out.append(network_->id).append("/").append(fare.rule);
    if (fare.fare_class != nullptr) out.append("/").append(fare.fare_class->name);
    return out;
  }

  [[nodiscard]] Decision take(Fen fen, std::string rule) const {
    Decision out;
    out.charges.push_back({fen, {{std::move(rule), fen}}});
    out.state_after = next_state(fen);
    return out;
  }

  /// The state that every write leaves; a ride that ends (or is paid) also counts as spending.
  [[nodiscard]] CardState next_state() const {
    CardState out = medium_.state.value_or(CardState{});
    ++out.serial;
    return saturated(out);
  }
  [[nodiscard]] CardState next_state(Fen spent) const {
    CardState out = next_state();
    const ServiceDay today = service_day(*network_, tap_.at);
    // A clock that may be wrong does not start a new month or day on a card that has one.
    const bool may_turn = tap_.clock_trusted || !medium_.state || medium_.state->month == 0;
    if (may_turn && out.month != month_number(today)) {
      out.month = month_number(today);
      out.month_spent = Fen{0};
    }
    if (may_turn && out.day != day_number(today)) {
      out.day = day_number(today);
      out.day_spent = Fen{0};
      out.day_zones = 0;
    }
    out.month_spent += spent;
    out.day_spent += spent;
    out.leg_end = minute_number(tap_.at);
    out.leg_network = network_->code;
    return saturated(out);
  }

  const BookData& book_;
  const Medium& medium_;
  const TapContext& context_;
  const Tap& tap_;
  const Network* network_;           ///< of the tap; nullptr: not in the book
  std::optional<std::size_t> here_;  ///< index of the tap's stop
  const TariffVersion* version_;     ///< on the tap's own service day
};

}  // namespace

Decision price(const Book& book, const Medium& medium, const TapContext& context, const Tap& tap) {
  return Pricing{BookData::of(book), medium, context, tap}.decide();
}

}  // namespace tidegate::fare
