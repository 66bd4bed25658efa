// SPDX-License-Identifier: Apache-2.0
// TOML text as a table, or where it is none and what may be meant.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "fare/authoring/toml_reader.h"

namespace tidegate::fare {

[[nodiscard]] Result<toml::table> parse_toml(const std::string& file, std::string_view text);

}  // namespace tidegate::fare
