// SPDX-License-Identifier: Apache-2.0
// Looks for repeated taps in the tariff versions of a network.
#include "fare/engine/trips_read.h"

#include <algorithm>

#include "fare/engine/book_data.h"

namespace tidegate::fare {

std::size_t trips_read(const Book& book, const NetworkId& id) {
  std::size_t out = 1;
  const Network* const network = BookData::of(book).network(id);
  if (network == nullptr) return out;
  for (const TariffVersion& version : network->versions)
    if (version.repeat) out = std::max<std::size_t>(out, version.repeat->max);
  return out;
}

}  // namespace tidegate::fare
