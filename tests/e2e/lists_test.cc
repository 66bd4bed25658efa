// SPDX-License-Identifier: Apache-2.0
// Cards that are stopped or expire while their holders are inside, and lists that are put while the
// gate runs: shipped gate, readers and `tidegate tables`, simulated cards on the readers' lines.
#include <fstream>
#include <thread>

#include "base/posix/fd.h"
#include "edge/ledger/ledger.h"
#include "tests/e2e/box_suite.h"
#include "tests/e2e/programs.h"

namespace tidegate::e2e {
namespace {

namespace fs = std::filesystem;
using edge::gate_protocol::Screen;
using fare::RefusalCode;
using std::chrono::milliseconds;

constexpr const char* kNobody = "3104770019999999999";  ///< a card that is never here
constexpr AisleNo kIn = LineBox::kBeside, kOut = LineBox::kStruck;

/// An operator's desk beside the box: a key, the region's list key, and the lists made with them.
class Desk {
 public:
  /// Also tells the box of its lists. The first denylist stops nobody who comes.
  Status open(const sim::BoxFiles& files) {
    dir_ = files.dir;
    const Ended key = run({program("tidegate"), "fare", "keygen", "-o", dir_ / "desk.key"}, dir_);
    if (key.status != 0) return fail(Errc::io, key.err);
    const std::string list_key = "000102030405060708090A0B0C0D0E0F\n";
    if (auto ok = posix::write_file_durably(dir_ / "keys/list.key", as_bytes(list_key), 0600); !ok)
      return ok;
    const std::string trusted = "keys = [\"" + key.out.substr(0, 64) + "\"]\n";
    std::string text = read_text(files.config);
    text.insert(text.find("\n[[aisle]]"), "\n[lists]\nissuers = \"cards.issuers\"\ntrusted_" +
                                              trusted + "denylist = \"cards.denylist\"\ndenylist_" +
                                              trusted);
    std::ofstream{files.config} << text;
    const std::string issuers = "IIN,Issuer,Name\n31047700,02002900,Demo\n";
    if (auto made = make("issuers", 1, issuers, {}, "cards.issuers"); !made) return made;
    return put({kNobody});
  }
  /// Makes the next list of these numbers and puts it in the place of the last one.
  Status put(const std::vector<std::string>& stopped) {
    std::string csv = "number,reason\n";
    for (const std::string& number : stopped) csv += number + ",lost\n";
    ++number_;
    return make("denylist", number_, csv, {"--list-key", dir_ / "keys/list.key"}, place());
  }
  [[nodiscard]] fs::path place() const { return dir_ / "cards.denylist"; }
  [[nodiscard]] unsigned number() const noexcept { return number_; }

 private:
  /// Imports a table of this kind beside `place`, and renames it there.
  Status make(const std::string& kind, unsigned number, const std::string& csv,
              const std::vector<std::string>& more, const fs::path& place) const {
    std::ofstream{dir_ / "desk.csv"} << csv;
    std::vector<std::string> command{program("tidegate"),
                                     "tables",
                                     "import-" + kind,
                                     dir_ / "desk.csv",
                                     "-o",
                                     dir_ / "desk.new",
                                     "--key",
                                     dir_ / "desk.key",
                                     "--number",
                                     std::to_string(number)};
    command.insert(command.end(), more.begin(), more.end());
    const Ended ended = run(command, dir_);
    if (ended.status != 0) return fail(Errc::io, ended.err);
    fs::rename(dir_ / "desk.new", dir_ / place);
    return {};
  }

  fs::path dir_;
  unsigned number_ = 0;  ///< of the newest denylist
};

class Lists : public BoxSuite {
 protected:
  static void SetUpTestSuite() {
    start({.prepare = [](const sim::BoxFiles& files) { return desk_.open(files); }});
  }
  static std::string number_of(const Rider& rider) {
    return CardNumber{to_array<10>(ByteView{rider.before.ef15}.subspan(10, 10))}.reveal();
  }
  /// Waits until the gate's log has more of it than `before`.
  static std::string log_has(const std::string& event, std::size_t before = 0) {
    const auto deadline = std::chrono::steady_clock::now() + LineBox::kPatience;
    while (std::chrono::steady_clock::now() < deadline) {
      if (box().gate_log().find(event, before) != std::string::npos) return {};
      std::this_thread::sleep_for(milliseconds{20});
    }
    return "the log has no " + event + ": " + box().gate_log();
  }
  /// Puts a list and waits until it is in force. Empty: it is.
  static std::string stop(const std::vector<std::string>& numbers) {
    if (const auto put = desk_.put(numbers); !put) return put.error().message();
    return log_has("event=list_taken what=denylist number=" + std::to_string(desk_.number()) +
                   "\n");
  }
  static void expect_refused(Rider& rider, RefusalCode code) {
    ASSERT_TRUE(box().wait_ready(kIn));
    const Shown shown = box().put(kIn, rider, std::nullopt, true);
    box().take(kIn, rider, shown);
    EXPECT_EQ(shown.refusal(), code) << shown.text();
    EXPECT_FALSE(shown.open);
  }
  static std::vector<edge::StoredEntry> ledger() {
    std::vector<edge::StoredEntry> out;
    const Status read = edge::read_ledger(box().folder() / "state/ledger", SequenceNo{0},
                                          [&](const edge::StoredEntry& stored) {
                                            out.push_back(stored);
                                            return true;
                                          });
    EXPECT_TRUE(read.has_value()) << read.error().message();
    return out;
  }
  /// The detail of the newest refusal for this reason, which comes with the next commit.
  static std::string refusal_detail(RefusalCode code, const std::string& wanted) {
    std::string detail;
    const auto deadline = std::chrono::steady_clock::now() + LineBox::kPatience;
    while (detail != wanted && std::chrono::steady_clock::now() < deadline) {
      for (const edge::StoredEntry& stored : ledger()) {
        const auto* refusal = std::get_if<edge::Refusal>(&stored.entry.body);
        if (refusal != nullptr && refusal->code == code) detail = refusal->detail;
      }
      std::this_thread::sleep_for(milliseconds{20});
    }
    return detail;
  }
  static Desk& desk() { return desk_; }

 private:
  static inline Desk desk_;
};

TEST_F(Lists, ACardStoppedWhileInsidePaysGetsOutAndDoesNotComeInAgain) {
  Rider& rider = box().arriving("stopped while inside");
  ASSERT_EQ(stop({number_of(rider)}), "");
  EXPECT_EQ(box().pass(kOut, rider, 1), "");
  EXPECT_EQ(rider.spent(), rider.fare);
  EXPECT_GT(rider.fare, Fen{});
  expect_refused(rider, RefusalCode::denylisted);
  const std::string detail = "lost, denylist " + std::to_string(desk().number());
  EXPECT_EQ(refusal_detail(RefusalCode::denylisted, detail), detail);
}

TEST_F(Lists, ACardThatExpiredInsidePaysGetsOutAndDoesNotComeInAgain) {
  Rider& rider = box().arriving("expired while inside", "20260101");
  EXPECT_EQ(box().pass(kOut, rider, 1), "");
  EXPECT_EQ(rider.spent(), rider.fare);
  expect_refused(rider, RefusalCode::expired);
}

TEST_F(Lists, AListPutWhileTheGateRunsDecidesTheNextTap) {
  Rider& first = box().entering("stopped, then no more");
  Rider& second = box().entering("never stopped");
  ASSERT_EQ(stop({number_of(first)}), "");
  expect_refused(first, RefusalCode::denylisted);
  EXPECT_EQ(box().pass(kIn, second, 1), "");
  ASSERT_EQ(stop({kNobody}), "");
  EXPECT_EQ(box().pass(kIn, first, 1), "");
  // Each is in the ledger, in order, and the gate is the process it was.
  std::vector<std::uint64_t> activated;
  for (const edge::StoredEntry& stored : ledger())
    if (const auto* list = std::get_if<edge::ListActivation>(&stored.entry.body);
        list != nullptr && list->kind == FileKind::denylist)
      activated.push_back(list->number);
  ASSERT_EQ(activated.size(), desk().number());
  for (std::size_t i = 0; i < activated.size(); ++i) EXPECT_EQ(activated[i], i + 1);
  for (const std::string& death : box().deaths()) ADD_FAILURE() << death;
}

TEST_F(Lists, ADamagedListChangesNothing) {
  Rider& earlier = box().entering("on the list before");
  Rider& rider = box().entering("on the list that stays");
  ASSERT_EQ(stop({number_of(earlier)}), "");
  const std::string older = read_text(desk().place());
  ASSERT_EQ(stop({number_of(rider)}), "");
  const std::string whole = read_text(desk().place());
  for (const std::string& bad : {whole.substr(0, whole.size() / 2), older, std::string{"<html>"}}) {
    const std::size_t before = box().gate_log().size();
    const std::string beside = desk().place().string() + ".new";
    std::ofstream{beside} << bad;
    fs::rename(beside, desk().place());
    ASSERT_EQ(log_has("event=file_refused what=denylist", before), "");
    const std::string number = std::to_string(desk().number());
    EXPECT_EQ(log_has("event=last_good_stays what=denylist number=" + number + "\n", before), "");
    expect_refused(rider, RefusalCode::denylisted);
  }
  EXPECT_EQ(box().pass(kIn, earlier, 1), "");
  ASSERT_EQ(stop({kNobody}), "");
  EXPECT_EQ(box().pass(kIn, rider, 1), "");
}

}  // namespace
}  // namespace tidegate::e2e
