// SPDX-License-Identifier: Apache-2.0
// Products of an exported book: who pays what, each combination once.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fare/authoring/gtfs/export_prices.h"

namespace tidegate::fare::gtfs {

class Products {
 public:
  using Known = std::map<std::pair<std::string, PayerFares>, std::vector<std::string>>;

  Products(const BookModel& model, const Payers& payers) : model_{model}, payers_{payers} {}

  /// Ids of the products that together say what each payer pays: one, or one for each rider where
  /// adults, the default category, have no fare. `stem` is a network, or what the price is for.
  const std::vector<std::string>& of(const std::string& stem, const PayerFares& fares);

  [[nodiscard]] const Known& known() const noexcept { return known_; }
  /// Rows of fare_products.txt.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  std::string add(const std::string& stem, const PayerFares& fares);
  void write(const std::string& id, std::string_view rider, std::string_view medium,
             std::uint32_t fen);

  const BookModel& model_;
  const Payers& payers_;
  Known known_;
  std::set<std::string> ids_;
  std::string text_;
};

}  // namespace tidegate::fare::gtfs
