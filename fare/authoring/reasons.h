// SPDX-License-Identifier: Apache-2.0
// What is wrong with a source, reason by reason: whoever writes a book mends several mistakes in
// one go. And the names that somebody may have meant who wrote another.
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "fare/engine/types.h"

namespace tidegate::fare {

class Reasons {
 public:
  void add(const std::string& reason);
  /// Each line of its message is a reason.
  void add(const Error& error);
  /// The value, or its reasons are added and `otherwise` is returned.
  template <class T>
  T take(Result<T> result, T otherwise = {}) {
    if (result) return *std::move(result);
    add(result.error());
    return otherwise;
  }
  void take(const Status& status) {
    if (!status) add(status.error());
  }

  [[nodiscard]] bool none() const noexcept { return lines_.empty(); }
  /// Enough: a table of which every row is wrong need not be read to its end.
  static constexpr std::size_t kMax = 1'000;
  [[nodiscard]] bool full() const noexcept { return lines_.size() >= kMax; }
  /// All of them, a line each. Errc of the first that was an Error, else invalid.
  [[nodiscard]] Status status() const;

 private:
  std::vector<std::string> lines_;
  std::set<std::string, std::less<>> seen_;  ///< what two readers find is told once
  Errc code_ = Errc::invalid;
};

/// The first ten lines of a message, and how many more there are.
[[nodiscard]] Error first_ten(const Error& error);

/// Those of `known` that look or sound like `name`, best first, at most three.
[[nodiscard]] std::vector<std::string> near_names(std::string_view name,
                                                  std::span<const std::string> known);
/// "; did you mean east-lake or east-gate?", or nothing.
[[nodiscard]] std::string did_you_mean(std::string_view name, std::span<const std::string> known);
/// Says that there is no such rider, and which may be meant.
[[nodiscard]] std::string no_such_rider(std::string_view name, std::span<const Rider> own);

}  // namespace tidegate::fare
