// SPDX-License-Identifier: Apache-2.0
// Dumps of cards as JSON: the recorded exchange in, the report out. docs/cards.md has every key.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nfc/dump/dump.h"
#include "tools/table_files.h"

namespace tidegate::tools {

/// {"apdu":[[command,response],…]}, hex of either case, other keys ignored. Errc::invalid.
[[nodiscard]] Result<std::vector<nfc::Exchange>> parse_dump(std::string_view text);

/// One object on one line. `reveal`: the whole card number.
[[nodiscard]] std::string report_json(const nfc::DumpReport& report, const Tables& tables,
                                      bool reveal);

}  // namespace tidegate::tools
