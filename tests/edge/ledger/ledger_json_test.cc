// SPDX-License-Identifier: Apache-2.0
// Export lines: valid JSON whatever the texts hold, and the same names for ever.
#include <fstream>

#include "base/posix/fd.h"
#include "edge/ledger/json_line.h"
#include "tests/edge/ledger/ledger_fixture.h"

namespace tidegate::edge {
namespace {

/// A strict reader that only says whether a text is one JSON value.
class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : rest_{text} {}
  bool whole() { return value() && rest_.empty(); }

 private:
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool word(std::string_view w) {
    if (!rest_.starts_with(w)) return false;
    rest_.remove_prefix(w.size());
    return true;
  }
  bool value() {
    if (rest_.starts_with('{'))
      return list('{', '}', [&] { return text() && take(':') && value(); });
    if (rest_.starts_with('[')) return list('[', ']', [&] { return value(); });
    if (rest_.starts_with('"')) return text();
    if (word("true") || word("false")) return true;
    take('-');
    std::size_t digits = 0;
    while (digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9') ++digits;
    const bool leading_zero = digits > 1 && rest_[0] == '0';
    rest_.remove_prefix(digits);
    return digits > 0 && !leading_zero;
  }
  template <class Item>
  bool list(char open, char close, Item item) {
    if (!take(open)) return false;
    if (take(close)) return true;
    do
      if (!item()) return false;
    while (take(','));
    return take(close);
  }
  bool text() {
    if (!take('"')) return false;
    while (!rest_.empty() && rest_.front() != '"') {
      if (static_cast<unsigned char>(rest_.front()) < 0x20) return false;
      const bool escaped = take('\\');
      if (escaped && take('u')) {
        if (rest_.size() < 4) return false;
        rest_.remove_prefix(4);
      } else {
        if (rest_.empty()) return false;
        rest_.remove_prefix(1);
      }
    }
    return take('"');
  }
  std::string_view rest_;
};

StoredEntry stored(const Entry& entry, std::uint64_t sequence) {
  return {Epoch{0x0123456789ABCDEF}, SequenceNo{sequence}, filled<32>(0xE0), entry};
}

TEST(LedgerJson, EveryKindIsOneValidLine) {
  std::uint64_t sequence = 0;
  for (const Entry& entry : sample_entries()) {
    const std::string line = to_json(stored(entry, sequence++));
    EXPECT_TRUE(JsonReader{line}.whole()) << line;
    EXPECT_EQ(line.find('\n'), std::string::npos);
    EXPECT_NE(line.find("\"kind\":\"" + std::string{kind_name(entry.body)} + "\""),
              std::string::npos);
  }
}

/// Field names are a contract: scripts of operators read them. New fields append to a kind.
TEST(LedgerJson, GoldenLines) {
  std::string lines;
  std::uint64_t sequence = 0;
  for (const Entry& entry : sample_entries()) lines += to_json(stored(entry, sequence++)) + "\n";
  const auto file =
      std::filesystem::path{TIDEGATE_SOURCE_DIR} / "tests/golden/ledger/entries.jsonl";
  if (!std::filesystem::exists(file) && std::getenv("TIDEGATE_WRITE_GOLDEN") != nullptr)
    std::ofstream{file} << lines;
  const auto golden = posix::read_file(file, 1U << 20U);
  ASSERT_TRUE(golden.has_value());
  EXPECT_EQ(as_text(*golden), lines);
}

TEST(LedgerJson, TextsFromOutsideCannotBreakALine) {
  JsonLine j;
  j.open();
  j.text("quote", "a\"b\\c\nd\te\x7F\x01");
  j.text("chinese", "\u95f8\u673a");
  j.text("broken", "\xC0\xAF|\xED\xA0\x80|\xF5\x80\x80\x80|\xE9\x97|\xFF");
  j.text("emoji", "\xF0\x9F\x9A\x87");
  j.close();
  const std::string line = std::move(j).take();
  EXPECT_TRUE(JsonReader{line}.whole()) << line;
  EXPECT_NE(line.find("\"a\\\"b\\\\c\\u000ad\\u0009e\\u007f\\u0001\""), std::string::npos) << line;
  EXPECT_NE(line.find("\xE9\x97\xB8\xE6\x9C\xBA"), std::string::npos);
  EXPECT_NE(line.find("\xF0\x9F\x9A\x87"), std::string::npos);
  EXPECT_EQ(line.find('\xFF'), std::string::npos);
  EXPECT_EQ(line.find('\xC0'), std::string::npos);
  EXPECT_EQ(line.find('\xED'), std::string::npos);
}

}  // namespace
}  // namespace tidegate::edge
