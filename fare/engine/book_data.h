// SPDX-License-Identifier: Apache-2.0
// The one implementation of Book: a checked model with an index over networks, stops and card
// codes. Only for the engine.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "fare/engine/book.h"
#include "fare/engine/book_model.h"

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
  /// What a card calls a place: city, acquirer and station bytes must agree. The line byte is not
  /// compared, other operators leave it out.
  [[nodiscard]] std::optional<Place> place(const CardCode& code) const noexcept;

 private:
  /// City, acquirer and station bytes as three words; the line byte is left out.
  using CodeKey = std::array<std::uint64_t, 3>;
  struct CodeHash {
    std::size_t operator()(const CodeKey& key) const noexcept;
  };
  static CodeKey key_of(const CardCode& code) noexcept;

  BookModel model_;
  // Their keys look into model_.
  std::unordered_map<std::string_view, std::size_t> networks_;
  std::vector<std::unordered_map<std::string_view, std::size_t>> stops_;  ///< of each network
  std::unordered_map<CodeKey, Place, CodeHash> by_code_;
};

/// The tariff on a service day; nullptr before the first version.
[[nodiscard]] const TariffVersion* version_on(std::span<const TariffVersion> versions,
                                              ServiceDay day) noexcept;
[[nodiscard]] const TariffVersion* version_on(const Network& network, ServiceDay day) noexcept;
/// The network's service day of an instant.
[[nodiscard]] ServiceDay service_day(const Network& network, Timestamp at);

}  // namespace tidegate::fare
