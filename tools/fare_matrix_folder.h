// SPDX-License-Identifier: Apache-2.0
// An imported table as a source folder: what `fare compile` makes of it is the same book.
#pragma once

#include <map>
#include <string>

#include "fare/engine/book_model.h"

namespace tidegate::tools {

/// File name → content. `industry` is the name of the network's industry.
[[nodiscard]] std::map<std::string, std::string> matrix_folder(const fare::BookModel& model,
                                                               const std::string& industry);

}  // namespace tidegate::tools
