// SPDX-License-Identifier: Apache-2.0
// Reads the little JSON that card images are made of: objects, arrays, plain strings, whole numbers
// from 0, true and false. Strict: anything else, a key twice or bytes behind the end is an error.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace tidegate::sim::json {

struct Value;
using Array = std::vector<Value>;
using Object = std::vector<std::pair<std::string, Value>>;

struct Value {
  std::variant<bool, std::uint64_t, std::string, Array, Object> is;
};

[[nodiscard]] Result<Value> parse(std::string_view text);

}  // namespace tidegate::sim::json
