// SPDX-License-Identifier: Apache-2.0
// Collects reasons and finds names that look alike.
#include "fare/authoring/reasons.h"

#include <algorithm>
#include <cstdint>
#include <numeric>

namespace tidegate::fare {
namespace {

constexpr std::size_t kTold = 10;
constexpr std::size_t kNearMax = 3;

template <class Visit>
void each_line(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    visit(line);
  }
}

/// As people compare them: letters of one case, no blanks and signs between them.
std::string folded(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z')
      out.push_back(static_cast<char>(c - 'A' + 'a'));
    else if (!std::string_view{" -_.'"}.contains(c))
      out.push_back(c);
  }
  return out;
}

/// How many letters must be put in, taken out, changed or swapped with the next one.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before, above(b.size() + 1), row(b.size() + 1);
  std::iota(above.begin(), above.end(), 0UL);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({changed, above[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = std::move(above);
    above = row;
  }
  return above.back();
}

}  // namespace

void Reasons::add(const std::string& reason) {
  if (!full() && seen_.insert(reason).second) lines_.push_back(reason);
}

void Reasons::add(const Error& error) {
  if (lines_.empty()) code_ = error.code();
  each_line(error.message(), [this](std::string_view line) { add(std::string{line}); });
}

Status Reasons::status() const {
  if (lines_.empty()) return {};
  std::string out;
  for (const std::string& line : lines_) out.append(out.empty() ? "" : "\n").append(line);
  return fail(code_, std::move(out));
}

Error first_ten(const Error& error) {
  std::string out;
  std::size_t count = 0;
  each_line(error.message(), [&](std::string_view line) {
    if (++count <= kTold) out.append(out.empty() ? "" : "\n").append(line);
  });
  if (count > kTold)
    out +=
        "\nand " + std::to_string(count - kTold) + (count < Reasons::kMax ? " more" : " or more");
  return Error{error.code(), std::move(out)};
}

std::vector<std::string> near_names(std::string_view name, std::span<const std::string> known) {
  struct Near {
    std::size_t edits;
    const std::string* name;
  };
  constexpr std::size_t kLongest = 64;  // comparing costs the product of both lengths
  const std::string wanted = folded(name.substr(0, kLongest));
  std::vector<Near> near;
  if (wanted.empty()) return {};
  for (const std::string& one : known) {
    const std::string other = folded(one.substr(0, kLongest));
    if (other.empty()) continue;
    const bool part = std::min(wanted.size(), other.size()) >= 3 &&
                      (other.starts_with(wanted) || wanted.starts_with(other));
    const std::size_t far = part && wanted != other ? 1 : edits(wanted, other);
    if (far <= std::max<std::size_t>(1, wanted.size() / 3) &&
        far < std::max(wanted.size(), other.size()))
      near.push_back({far, &one});
  }
  std::ranges::stable_sort(near, {}, &Near::edits);
  std::vector<std::string> out;
  for (const Near& one : near)
    if (out.size() < kNearMax && one.edits <= near.front().edits + 1) out.push_back(*one.name);
  return out;
}

std::string did_you_mean(std::string_view name, std::span<const std::string> known) {
  const auto near = near_names(name, known);
  std::string out;
  for (std::size_t i = 0; i < near.size(); ++i)
    out.append(i == 0 ? "; did you mean " : i + 1 == near.size() ? " or " : ", ").append(near[i]);
  return out.empty() ? out : out + "?";
}

std::string no_such_rider(std::string_view name, std::span<const Rider> own) {
  std::vector<std::string> known;
  for (const Rider& rider : own) known.push_back(rider.name);
  for (int number = 1; number < kOwnRiderMin; ++number)
    if (const auto built_in = name_of(RiderCategory{static_cast<std::uint8_t>(number)});
        rider_from_name(built_in))
      known.emplace_back(built_in);
  return "\"" + std::string{name} + "\" is neither a built-in rider nor a [[rider]] of this book" +
         did_you_mean(name, known);
}

}  // namespace tidegate::fare
