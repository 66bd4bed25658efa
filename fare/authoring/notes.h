// SPDX-License-Identifier: Apache-2.0
// What is no error in a book, because it may be meant, but is often a slip: pairs without a fare, a
// class that nobody ever gets, a calendar that ends too early.
#pragma once

#include <string>
#include <vector>

#include "fare/engine/book_model.h"

namespace tidegate::fare {

/// A line each; names are plain_text().
[[nodiscard]] std::vector<std::string> notes_on(const BookModel& model);

}  // namespace tidegate::fare
