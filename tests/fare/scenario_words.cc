// SPDX-License-Identifier: Apache-2.0
// Words of a scenario's line: amounts, times, numbers.
#include "tests/fare/scenario_words.h"

#include "fare/authoring/csv.h"

namespace tidegate::fare::scenarios {

std::optional<Fen> parse_yuan(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.size() < 4 || text[text.size() - 3] != '.') return std::nullopt;
  const auto yuan = parse_count(text.substr(0, text.size() - 3), 1'000'000);
  const auto fen = parse_count(text.substr(text.size() - 2), 99);
  if (!yuan || !fen) return std::nullopt;
  const std::int64_t all = *yuan * 100 + *fen;
  return Fen{negative ? -all : all};
}

Words::Words(std::string_view text) {
  constexpr std::string_view kBetween = " \t,";
  for (auto begin = text.find_first_not_of(kBetween); begin != std::string_view::npos;
       begin = text.find_first_not_of(kBetween)) {
    text.remove_prefix(begin);
    const std::string_view word = text.substr(0, text.find_first_of(kBetween));
    words_.push_back(word);
    text.remove_prefix(word.size());
  }
}

std::string_view Words::take(std::string_view what) {
  if (more()) return words_[next_++];
  bad(std::string{what} + " was expected");
  return {};
}

bool Words::take_if(std::string_view word) {
  if (!more() || words_[next_] != word) return false;
  ++next_;
  return true;
}

Fen Words::yuan() {
  const auto amount = parse_yuan(take("an amount such as 4.00"));
  if (!amount) bad("an amount such as 4.00 was expected");
  return amount.value_or(Fen{});
}

Timestamp Words::time() {
  const std::string date{take("a date")}, clock{take("a time of day to the second")};
  const auto at = parse_iso8601(date + "T" + clock + "+08:00");
  if (!at || clock.size() != 8)
    bad("a date and time such as 2026-11-02 08:00:00 was expected, not \"" + date + " " + clock +
        "\"");
  return at.value_or(Timestamp{});
}

std::int64_t Words::number(std::int64_t max) {
  const auto count = parse_count(take("a whole number"), max);
  if (!count) bad("a whole number from 0 to " + std::to_string(max) + " was expected");
  return count.value_or(0);
}

void Words::bad(std::string what) {
  if (!error_) error_ = Error{Errc::invalid, std::move(what)};
}

Status Words::done() {
  if (!error_ && more()) bad("\"" + std::string{peek()} + "\" is not known here");
  if (error_) return std::unexpected<Error>{*error_};
  return {};
}

}  // namespace tidegate::fare::scenarios
