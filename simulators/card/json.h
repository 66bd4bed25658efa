// SPDX-License-Identifier: Apache-2.0
// Reads the little JSON that card images are made of: objects, arrays, plain strings, whole numbers
// from 0, true and false. Strict: anything else, a key twice or bytes behind the end is an error.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace tidegate::sim::json {

struct Value;
struct Member;
using Array = std::vector<Value>;
using Object = std::vector<Member>;

struct Value {
  std::variant<bool, std::uint64_t, std::string, Array, Object> is;
};
struct Member {
  std::string name;
  Value value;
};

[[nodiscard]] Result<Value> parse(std::string_view text);

}  // namespace tidegate::sim::json
