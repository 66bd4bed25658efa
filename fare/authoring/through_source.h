// SPDX-License-Identifier: Apache-2.0
// [[through]] of book.toml: fares from one network to another. Only for the compiler.
#pragma once

#include <vector>

#include <toml++/toml.h>

#include "base/result.h"
#include "fare/authoring/source.h"

namespace tidegate::fare {

/// Adds the rules to `book`, which has its networks.
[[nodiscard]] Status read_through(const Source& source,
                                  const std::vector<const toml::table*>& tables, BookModel& book);

}  // namespace tidegate::fare
