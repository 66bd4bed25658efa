// SPDX-License-Identifier: Apache-2.0
// docs/fare-books.md is true: its files compile, and each mistake it lists gets the message it
// shows.
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "base/posix/fd.h"
#include "fare/authoring/compile.h"
#include "fare/authoring/proof_invariants.h"
#include "fare/engine/book_codec.h"
#include "tests/fare/books.h"

namespace tidegate::fare {
namespace {

using Files = std::map<std::string, std::string>;

std::string page() {
  const auto bytes = posix::read_file(
      std::filesystem::path{TIDEGATE_SOURCE_DIR} / "docs" / "fare-books.md", 1UL << 20U);
  EXPECT_TRUE(bytes);
  return bytes ? std::string{as_text(*bytes)} : "";
}

/// The blocks ```LANGUAGE of the page, in order.
std::vector<std::string> blocks(const std::string& text, const std::string& language) {
  const std::string begin = "\n```" + language + "\n";
  std::vector<std::string> out;
  for (auto at = text.find(begin); at != std::string::npos; at = text.find(begin, at + 1)) {
    const auto from = at + begin.size();
    out.push_back(text.substr(from, text.find("```", from) - from));
  }
  return out;
}

struct Mistake {
  std::string file, right, wrong, message;
};

/// Rows | `file` | `should be` | `was` | `message` and `message` |, with the section that they
/// stand in.
std::vector<std::pair<int, Mistake>> mistakes(const std::string& text) {
  std::vector<std::pair<int, Mistake>> out;
  std::istringstream in{text};
  int section = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("## ")) section = line[3] - '0';
    if (!line.starts_with("| `")) continue;
    std::vector<std::string> cells;
    for (std::size_t at = line.find('`'); at != std::string::npos; at = line.find('`', at)) {
      const auto end = line.find('`', at + 1);
      cells.push_back(line.substr(at + 1, end - at - 1));
      at = end + 1;
    }
    for (; cells.size() > 4; cells.pop_back()) cells[3] += "\n" + cells.back();
    if (cells.size() == 4) out.push_back({section, {cells[0], cells[1], cells[2], cells[3]}});
  }
  return out;
}

class FareBooksPage : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto toml = blocks(text_, "toml"), csv = blocks(text_, "csv"),
               json = blocks(text_, "json");
    ASSERT_EQ(toml.size(), 7U);
    ASSERT_EQ(csv.size(), 2U);
    ASSERT_EQ(json.size(), 3U);
    first_ = {{"book.toml", toml[0]},
              {"stops.csv", csv[0]},
              {"metro.csv", csv[1]},
              {"golden.jsonl", json[0]}};
    invariants_ = toml[1];
    second_ = first_;
    std::string& book = second_["book.toml"];
    replace(book, "number = 1 ", "number = 2 ");
    replace(book, "[[network]]", toml[2] + "\n[[network]]");
    replace(book,
            "  { every_m = 5000, add_fen = 100 },       # then 1 more for each 5 km begun\n]\n",
            "  { every_m = 5000, add_fen = 100 },\n]\n" + toml[3]);
    third_ = second_;
    std::string& later = third_["book.toml"];
    replace(later, "number = 2 ", "number = 3 ");
    replace(later, "Mo-Fr 07:00", "work 07:00");
    replace(later, "[[network]]", toml[4] + "\n[[network]]");
    const std::string last = "  { riders = [\"pensioner\"], kind = \"flat\", fen = 0 },\n";
    replace(later, last, last + toml[5]);
    later += "\n" + toml[6];
    third_["golden.jsonl"] += json[1];
  }
  static void replace(std::string& text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
  }
  static std::string said_of(const Files& files) {
    const testing_books::TempDir dir;
    for (const auto& [name, text] : files) dir.write(name, text);
    const auto payload = compile_book(dir.path());
    if (payload) return "compiled";
    std::string message = payload.error().message();
    const std::string folder = dir.path().string() + "/";
    if (const auto at = message.find(folder); at != std::string::npos)
      message.replace(at, folder.size(), "liucheng/");
    return message;
  }

  const std::string text_ = page();
  Files first_, second_, third_;
  std::string invariants_;
};

TEST_F(FareBooksPage, every_edition_compiles) {
  EXPECT_EQ(said_of(first_), "compiled");
  EXPECT_EQ(said_of(second_), "compiled");
  EXPECT_EQ(said_of(third_), "compiled");
}

TEST_F(FareBooksPage, each_mistake_gets_its_message) {
  const auto rows = mistakes(text_);
  EXPECT_GE(rows.size(), 25U);
  for (const auto& [section, mistake] : rows) {
    Files files = section < 5 ? first_ : section < 6 ? second_ : third_;
    if (section < 4) files.erase("golden.jsonl");
    replace(files[mistake.file], mistake.right, mistake.wrong);
    EXPECT_EQ(said_of(files), mistake.message) << mistake.file << ": " << mistake.wrong;
  }
}

TEST_F(FareBooksPage, the_invariants_hold_for_the_first_edition_and_not_for_the_second) {
  const testing_books::TempDir dir;
  dir.write("invariants.toml", invariants_);
  dir.write("lines.csv",
            "sequence,stop\nline 1,west-gate\nline 1,market\nline 1,hospital\n"
            "line 1,east-lake\nline 1,airport\n");
  for (const auto& [files, broken] : {std::pair{first_, 0U}, std::pair{second_, 1U}}) {
    const testing_books::TempDir source;
    for (const auto& [name, text] : files) source.write(name, text);
    const auto model = read_book_source(source.path());
    ASSERT_TRUE(model) << model.error().message();
    const auto declared = read_invariants(dir.path() / "invariants.toml", model->riders);
    ASSERT_TRUE(declared) << declared.error().message();
    const auto report = check_invariants(*testing_books::load(*model), *model, *declared);
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_EQ(report->broken(), broken);
  }
}

}  // namespace
}  // namespace tidegate::fare
