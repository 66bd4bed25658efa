// SPDX-License-Identifier: Apache-2.0
// Makes products of the fares that payers have.
#include "fare/authoring/gtfs/export_products.h"

#include <algorithm>
#include <functional>

#include "fare/authoring/gtfs/text.h"

namespace tidegate::fare::gtfs {
namespace {

bool is_fare(std::uint32_t fen) {
  return fen != ExportPrices::kNoFare;
}

}  // namespace

const std::vector<std::string>& Products::of(const std::string& stem, const PayerFares& fares) {
  std::vector<std::string>& out = known_[{stem, fares}];
  if (!out.empty()) return out;
  const std::size_t media = std::max<std::size_t>(1, payers_.media.size());
  if (std::any_of(fares.begin(), fares.begin() + static_cast<std::ptrdiff_t>(media), is_fare)) {
    out.push_back(add(stem, fares));
    return out;
  }
  for (std::size_t rider = 0; rider < payers_.riders.size(); ++rider) {
    PayerFares own(fares.size(), ExportPrices::kNoFare);
    const auto begin = static_cast<std::ptrdiff_t>(rider * media);
    std::copy_n(fares.begin() + begin, media, own.begin() + begin);
    if (std::ranges::any_of(own, is_fare)) out.push_back(add(stem, own));
  }
  return out;
}

std::string Products::add(const std::string& stem, const PayerFares& fares) {
  const std::string wanted = stem + "-" + hundredths_text(*std::ranges::find_if(fares, is_fare));
  std::string id = wanted;
  for (int next = 2; !ids_.insert(id).second; ++next) id = wanted + "-" + std::to_string(next);
  const auto is_one_price = [](auto begin, auto end) {
    return std::adjacent_find(begin, end, std::not_equal_to{}) == end;
  };
  if (is_one_price(fares.begin(), fares.end())) {
    write(id, "", "", fares.front());
    return id;
  }
  const std::size_t media = std::max<std::size_t>(1, payers_.media.size());
  for (std::size_t rider = 0; rider < payers_.riders.size(); ++rider) {
    const std::string name{
        payers_.riders.size() > 1 ? rider_name(model_.riders, payers_.riders[rider]) : ""};
    const auto begin = fares.begin() + static_cast<std::ptrdiff_t>(rider * media);
    if (is_one_price(begin, begin + static_cast<std::ptrdiff_t>(media))) {
      write(id, name, "", *begin);
      continue;
    }
    for (std::size_t medium = 0; medium < media; ++medium)
      write(id, name, name_of(payers_.media[medium]), begin[static_cast<std::ptrdiff_t>(medium)]);
  }
  return id;
}

void Products::write(const std::string& id, std::string_view rider, std::string_view medium,
                     std::uint32_t fen) {
  if (is_fare(fen)) text_ += csv_row({id, rider, medium, hundredths_text(fen), "CNY"});
}

}  // namespace tidegate::fare::gtfs
