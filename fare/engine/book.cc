// SPDX-License-Identifier: Apache-2.0
// Loads a fare book and finds networks, stops and places in it.
#include "fare/engine/book.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/assert.h"
#include "fare/engine/book_codec.h"
#include "fare/engine/book_data.h"

namespace tidegate::fare {
namespace {

constexpr auto numbers_of = [](const auto& one) { return std::pair{one.network, one.stop}; };

CardCode without_line(CardCode code) {
  code.line = 0;
  return code;
}

}  // namespace

Result<std::shared_ptr<const Book>> Book::load(Bytes payload) {
  auto model = decode_book(payload);
  if (!model) return fail(std::move(model.error()));
  if (auto ok = check_book(*model); !ok) return fail(std::move(ok.error()));
  return std::make_shared<const BookData>(*std::move(model));
}

BookData::BookData(BookModel model) : model_{std::move(model)} {
  for (const Network& network : model_.networks) {
    for (std::size_t i = 0; i < network.stops.size(); ++i) {
      const Stop& stop = network.stops[i];
      by_code_.push_back({card_code(network, stop.card, 0), {&network, i}});
      for (const StationBytes& other : stop.also)
        by_code_.push_back({card_code(network, other, 0), {&network, i}});
    }
  }
  std::ranges::sort(by_code_, {}, &Entry::code);
  for (const Network& network : model_.networks) {
    codes_.emplace_back(network.code, index_of(network));
    for (std::size_t i = 0; i < network.stops.size(); ++i)
      by_number_.push_back({network.code, network.stops[i].number, static_cast<std::uint16_t>(i)});
  }
  std::ranges::sort(codes_);
  std::ranges::sort(by_number_, {}, numbers_of);
  accounts_ = spending_accounts(model_.between);
  account_of_.assign(model_.networks.size(), 0);
  for (std::size_t i = 0; i < accounts_.size(); ++i)
    for (const NetworkSet* set : {&accounts_[i].period_networks, &accounts_[i].day_networks})
      for (const std::uint16_t network : *set)
        account_of_[network] = static_cast<std::uint8_t>(i + 1);
}

const BookData& BookData::of(const Book& book) noexcept {
  const auto* const data = dynamic_cast<const BookData*>(&book);
  ASSERT(data != nullptr);  // Book::load() makes nothing else
  return *data;
}

const Network* BookData::network_numbered(std::uint16_t code) const noexcept {
  const auto at =
      std::ranges::lower_bound(codes_, code, {}, &std::pair<std::uint16_t, std::uint16_t>::first);
  return at != codes_.end() && at->first == code ? &model_.networks[at->second] : nullptr;
}

std::optional<std::size_t> BookData::stop_numbered(const Network& network,
                                                   std::uint16_t number) const noexcept {
  const std::pair wanted{network.code, number};
  const auto at = std::ranges::lower_bound(by_number_, wanted, {}, numbers_of);
  if (at == by_number_.end() || numbers_of(*at) != wanted) return std::nullopt;
  return at->index;
}

const SpendingAccount* BookData::account_of(const Network& network) const noexcept {
  const std::uint8_t account = account_of_[index_of(network)];
  return account != 0 ? &accounts_[account - 1] : nullptr;
}

const Network* BookData::network(const NetworkId& id) const noexcept {
  const auto at = std::ranges::lower_bound(model_.networks, id.get(), {}, &Network::id);
  return at != model_.networks.end() && at->id == id.get() ? &*at : nullptr;
}

std::optional<std::size_t> BookData::stop(const Network& network, const StopCode& code) noexcept {
  const auto at = std::ranges::lower_bound(network.stops, code.get(), {}, &Stop::code);
  if (at == network.stops.end() || at->code != code.get()) return std::nullopt;
  return static_cast<std::size_t>(at - network.stops.begin());
}

std::optional<BookData::Place> BookData::place(const CardCode& code) const noexcept {
  const CardCode wanted = without_line(code);
  const auto at = std::ranges::lower_bound(by_code_, wanted, {}, &Entry::code);
  if (at == by_code_.end() || at->code != wanted) return std::nullopt;
  return at->place;
}

std::optional<Book::StopOnCard> BookData::stop_on_card(const NetworkId& network,
                                                       const StopCode& stop) const {
  const Network* const found = this->network(network);
  if (found == nullptr) return std::nullopt;
  const auto index = BookData::stop(*found, stop);
  if (!index) return std::nullopt;
  const Stop& here = found->stops[*index];
  StopOnCard out{.code = card_code(*found, here.card, here.line),
                 .industry = found->industry,
                 .name_zh = here.name_zh,
                 .name_en = here.name_en};
  write_be(out.operator_code, found->operator_code);
  return out;
}

bool Timeframe::contains(Timestamp at) const noexcept {
  const auto local = at + kChinaOffset;
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const auto minute = std::chrono::floor<std::chrono::minutes>(local - day).count();
  const unsigned weekday = std::chrono::weekday{day}.iso_encoding() - 1;  // 0 Monday
  return std::ranges::any_of(spans, [&](const WeekSpan& span) {
    return (span.days >> weekday & 1U) != 0 && minute >= span.from && minute < span.to;
  });
}

const TariffVersion* version_on(const Network& network, ServiceDay day) noexcept {
  const auto after =
      std::ranges::upper_bound(network.versions, day, {}, &TariffVersion::effective_from);
  return after == network.versions.begin() ? nullptr : &*std::prev(after);
}

ServiceDay service_day(const Network& network, Timestamp at) {
  return ServiceCalendar{.rollover = std::chrono::minutes{network.rollover_minutes}}.day_of(at);
}

}  // namespace tidegate::fare
