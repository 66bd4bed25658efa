// SPDX-License-Identifier: Apache-2.0
// One line of a scenario as words, read from left to right.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"

namespace tidegate::fare::scenarios {

/// "4.00", "-0.50": two decimals, always. nullopt: something else.
[[nodiscard]] std::optional<Fen> parse_yuan(std::string_view text);

/// Words are parted by blanks and commas. The first thing that is wrong is kept.
class Words {
 public:
  explicit Words(std::string_view text);

  [[nodiscard]] bool more() const noexcept { return next_ < words_.size() && !error_; }
  [[nodiscard]] std::string_view peek() const noexcept {
    return more() ? words_[next_] : std::string_view{};
  }
  /// The next word; `what` was expected where there is none.
  std::string_view take(std::string_view what);
  /// Takes the next word if it is this one.
  bool take_if(std::string_view word);

  Fen yuan();
  Timestamp time();  ///< two words: 2026-11-02 08:00:00, local
  std::int64_t number(std::int64_t max);
  template <std::size_t N>
  std::array<Byte, N> hex() {
    const auto bytes = array_from_hex<N>(take(std::to_string(2 * N) + " hex digits"));
    if (!bytes) bad(std::to_string(2 * N) + " hex digits were expected");
    return bytes ? *bytes : std::array<Byte, N>{};
  }

  void bad(std::string what);
  /// Fails, too, where a word is left.
  [[nodiscard]] Status done();

 private:
  std::vector<std::string_view> words_;
  std::size_t next_ = 0;
  std::optional<Error> error_;
};

}  // namespace tidegate::fare::scenarios
