// SPDX-License-Identifier: Apache-2.0
// No card number is in any file that a box writes, in no form, and the search that says so would
// find one.
#include <array>
#include <fstream>
#include <map>
#include <set>
#include <unordered_map>

#include "base/bytes.h"
#include "simulators/card/card.h"
#include "tests/e2e/programs.h"

namespace tidegate::e2e {
namespace {

namespace fs = std::filesystem;

/// What to look for: name of the form and bytes, found by their first eight.
class Needles {
 public:
  void add(const std::string& form, const Bytes& bytes) {
    ASSERT_GE(bytes.size(), kKeyBytes);
    by_start_[read_be(ByteView{bytes}.first(kKeyBytes))].push_back({form, bytes});
  }
  /// Forms found in a file.
  [[nodiscard]] std::set<std::string> search(const fs::path& file) const {
    std::set<std::string> found;
    const std::string text = read_text(file);
    const ByteView bytes = as_bytes(text);
    std::uint64_t window = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      window = window << 8U | bytes[i];
      if (window == 0 || i + 1 < kKeyBytes) continue;
      const auto at = by_start_.find(window);
      if (at == by_start_.end()) continue;
      const ByteView rest = bytes.subspan(i + 1 - kKeyBytes);
      for (const auto& [form, needle] : at->second) {
        if (rest.size() >= needle.size() && std::ranges::equal(rest.first(needle.size()), needle)) {
          found.insert(form);
        }
      }
    }
    return found;
  }

 private:
  static constexpr std::size_t kKeyBytes = 8;
  std::unordered_map<std::uint64_t, std::vector<std::pair<std::string, Bytes>>> by_start_;
};

/// Every way a number could be written down: digits, card bytes, their significant tail, integers.
std::map<std::string, Bytes> forms(const std::array<Byte, 30>& ef15) {
  const ByteView bcd = ByteView{ef15}.subspan(10, 10);
  const std::string digits = bcd_digits(bcd).value().substr(1);
  Bytes big;
  append_be(big, std::stoull(digits), 8);
  const ByteView text = as_bytes(digits);
  return {{"digits", Bytes{text.begin(), text.end()}},
          {"bcd", Bytes{bcd.begin(), bcd.end()}},
          {"bcd tail", Bytes{bcd.begin() + 2, bcd.end()}},
          {"big-endian", big},
          {"little-endian", Bytes{big.rbegin(), big.rend()}}};
}

std::set<std::string> search_box(const Needles& needles, const fs::path& box, unsigned& files) {
  std::set<std::string> found;
  for (const char* part : {"state", "log"}) {
    for (const auto& entry : fs::recursive_directory_iterator{box / part}) {
      if (!entry.is_regular_file()) continue;
      ++files;
      for (const std::string& form : needles.search(entry.path())) {
        found.insert(form + " in " + fs::relative(entry.path(), box).string());
      }
    }
  }
  return found;
}

using PrivacyTest = ProgramTest;

TEST_F(PrivacyTest, NoCardNumberIsInLedgerAcceptedFilesOrLogsAndAPlantedOneIsFound) {
  run_station({"--aisles", "2", "--passengers", "30", "--seed", "5", "--faults", "tear"});
  if (HasFailure()) return;
  Needles needles;
  std::map<std::string, Bytes> of_one;
  for (const auto& entry : fs::directory_iterator{box() / "cards" / "before"}) {
    const auto image = sim::load_card_image(entry.path());
    ASSERT_TRUE(image) << image.error().message();
    of_one = forms(image->ef15);
    for (const auto& [form, bytes] : of_one) needles.add(form, bytes);
  }
  unsigned files = 0;
  EXPECT_EQ(search_box(needles, box(), files), std::set<std::string>{});
  EXPECT_GE(files, 3U) << "ledger, book and logs were expected";

  for (const auto& [form, bytes] : of_one) {
    const fs::path planted = box() / "state" / "planted";
    std::ofstream out{planted, std::ios::binary};
    out << "some text, " << as_text(bytes) << " and more";
    out.close();
    EXPECT_TRUE(needles.search(planted).contains(form)) << form;
    unsigned ignored = 0;
    EXPECT_FALSE(search_box(needles, box(), ignored).empty()) << form;
  }
}

}  // namespace
}  // namespace tidegate::e2e
