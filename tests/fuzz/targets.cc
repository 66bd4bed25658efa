// SPDX-License-Identifier: Apache-2.0
// The list of fuzz targets.
#include <algorithm>
#include <array>

#include "tests/fuzz/target.h"

namespace tidegate::fuzz {

namespace {

constexpr std::array kTargets{
    Target{"tlv", tlv_run, tlv_seeds},
    Target{"records", records_run, records_seeds},
    Target{"card", card_run, card_seeds},
    Target{"pn532", pn532_run, pn532_seeds},
    Target{"code", code_run, code_seeds},
    Target{"protocol", protocol_run, protocol_seeds},
    Target{"envelope", envelope_run, envelope_seeds},
    Target{"dump", dump_run, dump_seeds},
    Target{"tables", tables_run, tables_seeds},
    Target{"book", book_run, book_seeds},
    Target{"tariff", tariff_run, tariff_seeds},
    Target{"gtfs", gtfs_run, gtfs_seeds},
    Target{"journey", journey_run, journey_seeds},
    Target{"entry", entry_run, entry_seeds},
    Target{"framer", framer_run, framer_seeds},
};

}  // namespace

std::span<const Target> targets() {
  return kTargets;
}

const Target* find_target(std::string_view name) {
  const auto* found = std::ranges::find(kTargets, name, &Target::name);
  return found == kTargets.end() ? nullptr : found;
}

}  // namespace tidegate::fuzz
