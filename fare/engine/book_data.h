// SPDX-License-Identifier: Apache-2.0
// The one implementation of Book: a checked model with an index over networks, stops and card
// codes. Only for the engine.
#pragma once

#include <bit>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "fare/engine/book.h"
#include "fare/engine/book_model.h"
#include "fare/engine/flat_index.h"
#include "fare/engine/network_rules.h"
#include "fare/engine/prepared_version.h"

namespace tidegate::fare {

class BookData final : public Book {
 public:
  /// `model` has passed check_book().
  explicit BookData(BookModel model);

  [[nodiscard]] static const BookData& of(const Book& book) noexcept;

  [[nodiscard]] std::string_view name() const noexcept override { return model_.name; }
  [[nodiscard]] std::uint64_t number() const noexcept override { return model_.number; }
  [[nodiscard]] std::span<const Rider> riders() const noexcept override { return model_.riders; }
  [[nodiscard]] std::optional<StopOnCard> stop_on_card(const NetworkId& network,
                                                       const StopCode& stop) const override;

  [[nodiscard]] const BookModel& model() const noexcept { return model_; }
  /// A network with what is found of it at once.
  struct Found {
    const Network* network = nullptr;
    const NetworkRules* rules = nullptr;
    std::span<const PreparedVersion> versions;
    std::uint16_t index = 0;
  };
  /// nullptr: not in the book.
  [[nodiscard]] const Found* find(const NetworkId& id) const noexcept {
    return networks_.find(text_key(0, id.get()), [&](const Found& found) {
      return id.get().size() <= kWholeText || found.network->id == id.get();
    });
  }
  [[nodiscard]] const Network* network(const NetworkId& id) const noexcept {
    const Found* const found = find(id);
    return found != nullptr ? found->network : nullptr;
  }
  /// Index of a stop.
  [[nodiscard]] std::optional<std::size_t> stop(const Network& network,
                                                const StopCode& code) const noexcept {
    return stop(Found{.network = &network, .index = index_of(network)}, code);
  }
  [[nodiscard]] std::optional<std::size_t> stop(const Found& in,
                                                const StopCode& code) const noexcept {
    const auto* const at = stops_.find(text_key(in.index, code.get()), [&](std::uint32_t stop) {
      return code.get().size() <= kWholeText || in.network->stops[stop].code == code.get();
    });
    return at != nullptr ? std::optional<std::size_t>{*at} : std::nullopt;
  }

  struct Place {
    const Network* network = nullptr;  ///< nullptr: none
    std::size_t stop = 0;
    explicit operator bool() const noexcept { return network != nullptr; }
  };
  /// By the permanent numbers on cards. nullptr, nullopt: not in the book.
  [[nodiscard]] const Network* network_numbered(std::uint16_t code) const noexcept;
  [[nodiscard]] std::optional<std::size_t> stop_numbered(const Network& network,
                                                         std::uint16_t number) const noexcept;
  [[nodiscard]] std::uint16_t index_of(const Network& network) const noexcept {
    return static_cast<std::uint16_t>(&network - model_.networks.data());
  }
  /// The rules between rides that concern rides in a network.
  [[nodiscard]] const NetworkRules& rules_of(const Network& network) const noexcept {
    return rules_.networks[index_of(network)];
  }

  [[nodiscard]] const RiderNumbers& rider_numbers() const noexcept { return rider_numbers_; }
  /// In order of effective_from, as the model's.
  [[nodiscard]] std::span<const PreparedVersion> versions(const Network& network) const noexcept {
    return versions_[index_of(network)];
  }
  [[nodiscard]] std::span<const PreparedVersion> versions(const ThroughRule& rule) const noexcept {
    return through_versions_[static_cast<std::size_t>(&rule - model_.through.data())];
  }

  /// What a card calls a place: city, acquirer and station bytes must agree. The line byte is not
  /// compared, other operators leave it out.
  [[nodiscard]] Place place(const CardCode& code) const noexcept {
    const Place* const at = by_code_.find(key_of(code));
    return at != nullptr ? *at : Place{};
  }

 private:
  /// City, acquirer and station bytes; the line byte is left out.
  using CodeKey = WordsKey<3>;
  static CodeKey key_of(const CardCode& code) noexcept {
    return {{code.city, std::bit_cast<std::uint64_t>(code.acquirer),
             std::bit_cast<std::uint64_t>(code.station)}};
  }
  /// The permanent numbers that cards carry.
  using NumberKey = WordsKey<1>;
  static NumberKey key_of(std::uint16_t network, std::uint16_t stop) noexcept {
    return {{std::uint64_t{network} << 16U | stop}};
  }
  void prepare();
  void index_stops();

  BookModel model_;
  FlatIndex<TextKey, Found> networks_;
  FlatIndex<TextKey, std::uint32_t> stops_;  ///< below their networks
  FlatIndex<CodeKey, Place> by_code_;
  /// Of stop 0: the network itself, which no stop has as its number.
  FlatIndex<NumberKey, std::uint32_t> by_number_;
  PreparedRules rules_;
  RiderNumbers rider_numbers_;
  std::vector<std::vector<PreparedVersion>> versions_;          ///< of networks
  std::vector<std::vector<PreparedVersion>> through_versions_;  ///< of through rules
};

/// The network's service day of an instant.
[[nodiscard]] inline ServiceDay service_day(const Network& network, Timestamp at) noexcept {
  const std::chrono::minutes rollover{network.rollover_minutes};
  return ServiceDay{std::chrono::floor<std::chrono::days>(at + kChinaOffset - rollover)};
}

/// The network's tariff at an instant; nullptr before the first version.
[[nodiscard]] inline const PreparedVersion* version_at(const BookData& book, const Network& network,
                                                       Timestamp at) noexcept {
  return version_on(book.versions(network), service_day(network, at));
}

}  // namespace tidegate::fare
