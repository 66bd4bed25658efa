// SPDX-License-Identifier: Apache-2.0
// The one implementation of Book: a checked model with an index over networks, stops and card
// codes. Only for the engine.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "fare/engine/book.h"
#include "fare/engine/book_model.h"
#include "fare/engine/flat_index.h"
#include "fare/engine/network_rules.h"
#include "fare/engine/table_maxima.h"

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
  /// nullptr: not in the book.
  [[nodiscard]] const Network* network(const NetworkId& id) const noexcept;
  /// Index of a stop; `network` is one of this book.
  [[nodiscard]] std::optional<std::size_t> stop(const Network& network,
                                                const StopCode& code) const noexcept;

  struct Place {
    const Network* network = nullptr;
    std::size_t stop = 0;
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
    return rules_[index_of(network)];
  }

  /// Of a version of a network where exits may ask for the highest fare; else empty.
  [[nodiscard]] std::span<const TableMaximum> maxima(const Network& network,
                                                     const TariffVersion& version) const noexcept;

  /// What a card calls a place: city, acquirer and station bytes must agree. The line byte is not
  /// compared, other operators leave it out.
  [[nodiscard]] std::optional<Place> place(const CardCode& code) const noexcept;

 private:
  /// City, acquirer and station bytes as three words; the line byte is left out.
  using CodeKey = std::array<std::uint64_t, 3>;
  static CodeKey key_of(const CardCode& code) noexcept;
  static std::uint64_t hash_of(const CodeKey& key) noexcept;
  struct CodedPlace {
    CodeKey key{};
    Place place;
  };
  /// The permanent numbers that cards carry.
  static std::uint32_t number_key(std::uint16_t network, std::uint16_t stop) noexcept {
    return std::uint32_t{network} << 16U | stop;
  }
  void index_stops();

  BookModel model_;
  FlatIndex<std::uint32_t> networks_;
  FlatIndex<std::uint32_t> stops_;  ///< below their networks
  FlatIndex<CodedPlace> by_code_;
  /// By number_key(), of stop 0: the network itself, which no stop has as its number.
  FlatIndex<std::uint32_t> by_number_;
  std::vector<NetworkRules> rules_;                             ///< of networks
  std::vector<std::vector<std::vector<TableMaximum>>> maxima_;  ///< of networks, their versions
};

/// The tariff on a service day; nullptr before the first version.
[[nodiscard]] const TariffVersion* version_on(std::span<const TariffVersion> versions,
                                              ServiceDay day) noexcept;
[[nodiscard]] const TariffVersion* version_on(const Network& network, ServiceDay day) noexcept;
/// The network's service day of an instant.
[[nodiscard]] inline ServiceDay service_day(const Network& network, Timestamp at) noexcept {
  const std::chrono::minutes rollover{network.rollover_minutes};
  return ServiceDay{std::chrono::floor<std::chrono::days>(at + kChinaOffset - rollover)};
}

}  // namespace tidegate::fare
