// SPDX-License-Identifier: Apache-2.0
// Scenario tables: journeys and what they cost as text that a tariff officer reads and checks.
// The format is docs/formats/scenarios.md.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "fare/engine/book.h"

namespace tidegate::fare::scenarios {

struct Line {
  std::size_t number = 0;  ///< in the file, from 1
  std::string text;
};

struct Scenario {
  std::string title;
  std::size_t line = 0;
  std::vector<Line> lines;  ///< without comments and empty ones
};

struct File {
  std::string name;  ///< stands in front of messages
  std::string book;  ///< folder below the repository; empty: the sections
  std::vector<std::pair<std::string, std::string>> sections;  ///< file of the source, text
  std::vector<Scenario> scenarios;
};

/// Errc::invalid names file and line.
[[nodiscard]] Result<File> parse_file(std::string name, std::string_view text);

/// The book of a file, compiled. `which`: a subfolder of its sections, or of its folder; empty: the
/// book of the file itself. `scratch` is an empty folder for the sections.
[[nodiscard]] Result<std::shared_ptr<const Book>> compile(const File& file,
                                                          const std::string& which,
                                                          const std::filesystem::path& scratch);

using Books = std::function<Result<std::shared_ptr<const Book>>(const std::string& which)>;

/// Told of each tap's decision.
using Seen = std::function<void(const Book& book, const Decision& decision)>;

/// Walks the journey tap by tap. The error is the first line that is wrong, or that is not met: the
/// line, what it expects, what the engine says and its trace.
[[nodiscard]] Status walk(const File& file, const Scenario& scenario, const Books& books,
                          const Seen& seen = {});

}  // namespace tidegate::fare::scenarios
