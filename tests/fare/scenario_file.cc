// SPDX-License-Identifier: Apache-2.0
// The file of a scenario table: its book, its sections, its scenarios.
#include <algorithm>
#include <fstream>

#include "fare/authoring/compile.h"
#include "tests/fare/scenario_table.h"

namespace tidegate::fare::scenarios {
namespace {

namespace fs = std::filesystem;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const auto begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

/// Reads lines into a File. A section takes every line as it is until the next `---`.
class Reader {
 public:
  explicit Reader(File& out) : out_{out} {}

  Status read(std::string_view text) {
    for (std::size_t number = 1; !text.empty(); ++number) {
      const std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(text.size(), line.size() + 1));
      if (auto ok = read_line(number, line); !ok)
        return fail(std::move(ok.error()), out_.name + ":" + std::to_string(number));
    }
    if (!has_book_) return fail(Errc::invalid, out_.name + ": the line \"book:\" is missing");
    if (in_section_) return fail(Errc::invalid, out_.name + ": the last section never ends (---)");
    if (out_.book.empty() == out_.sections.empty())
      return fail(Errc::invalid,
                  out_.name + ": sections belong to \"book: inline\", and only there");
    return {};
  }

 private:
  Status read_line(std::size_t number, std::string_view raw) {
    if (raw.starts_with("---")) return begin_section(trimmed(raw.substr(3)));
    if (in_section_) {
      out_.sections.back().second.append(raw).append("\n");
      return {};
    }
    const std::string_view line = trimmed(raw);
    if (line.empty() || line.starts_with('#')) return {};
    if (line.starts_with("==")) {
      out_.scenarios.push_back(
          {.title = std::string{trimmed(line.substr(2))}, .line = number, .lines = {}});
      return out_.scenarios.back().title.empty() ? fail(Errc::invalid, "a title was expected")
                                                 : Status{};
    }
    if (!out_.scenarios.empty()) {
      out_.scenarios.back().lines.push_back({number, std::string{line}});
      return {};
    }
    if (!line.starts_with("book:") || has_book_)
      return fail(Errc::invalid,
                  "one line \"book: FOLDER\" or \"book: inline\" was expected, then "
                  "scenarios that begin with \"== TITLE\"");
    has_book_ = true;
    const std::string_view folder = trimmed(line.substr(5));
    if (folder != "inline") out_.book = folder;
    return {};
  }

  Status begin_section(std::string_view name) {
    in_section_ = !name.empty();
    if (!in_section_) return {};
    if (!out_.scenarios.empty())
      return fail(Errc::invalid, "sections stand before the first scenario");
    if (name.find("..") != std::string_view::npos || name.starts_with('/'))
      return fail(Errc::invalid, "the name of a file of the book's source was expected");
    out_.sections.emplace_back(name, "");
    return {};
  }

  File& out_;
  bool in_section_ = false, has_book_ = false;
};

}  // namespace

Result<File> parse_file(std::string name, std::string_view text) {
  File out{.name = std::move(name), .book = {}, .sections = {}, .scenarios = {}};
  if (auto ok = Reader{out}.read(text); !ok) return fail(std::move(ok.error()));
  return out;
}

Result<std::shared_ptr<const Book>> compile(const File& file, const std::string& which,
                                            const fs::path& scratch) {
  for (const auto& [name, text] : file.sections) {
    fs::create_directories((scratch / name).parent_path());
    std::ofstream{scratch / name, std::ios::binary} << text;
  }
  const fs::path folder = file.book.empty() ? scratch : fs::path{TIDEGATE_SOURCE_DIR} / file.book;
  auto payload = compile_book(folder / which);
  if (!payload) return fail(std::move(payload.error()), file.name + ": its book");
  return Book::load(*std::move(payload));
}

}  // namespace tidegate::fare::scenarios
