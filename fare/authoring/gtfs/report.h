// SPDX-License-Identifier: Apache-2.0
// What happened in a conversion from or to GTFS: what was taken over, how it was read, what could
// not be said; and the reasons why a feed is refused.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tidegate::fare::gtfs {

/// Where something stands in a feed. `file` is one of the names of files.h, which live for ever.
struct Place {
  std::string_view file;
  std::size_t line = 0;  ///< 0: the file as a whole
  [[nodiscard]] std::string text() const;
};

struct Remark {
  Place place;
  std::string text;
};

struct Report {
  std::vector<std::string> taken;  ///< what was taken over, a line each
  std::vector<Remark> notes;       ///< how something was read that could be read otherwise
  std::vector<Remark> losses;      ///< what the other format cannot say, with the reason

  void note(Place place, std::string text) { notes.push_back({place, std::move(text)}); }
  void lose(Place place, std::string text) { losses.push_back({place, std::move(text)}); }
  /// For people: taken over, then notes, then every loss.
  [[nodiscard]] std::string text() const;
};

/// Collects what makes a feed malformed; the first ten are told.
class Problems {
 public:
  static constexpr std::size_t kTold = 10;
  void add(Place place, const std::string& what);
  [[nodiscard]] bool none() const noexcept { return count_ == 0; }
  /// A line for each, and how many more there are. Errc::invalid.
  [[nodiscard]] std::unexpected<Error> error() const;

 private:
  std::string told_;
  std::size_t count_ = 0;
};

}  // namespace tidegate::fare::gtfs
