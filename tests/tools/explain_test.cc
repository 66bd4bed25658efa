// SPDX-License-Identifier: Apache-2.0
// Prices for people: `ledger explain` and `fare price --explain`.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "fare/authoring/compile.h"
#include "fare/engine/journey.h"
#include "nfc/tables/mode_notices.h"
#include "tests/edge/ledger/ledger_fixture.h"
#include "tools/fare_command.h"
#include "tools/ledger_command.h"
#include "tools/price_text.h"
#include "tools/signed_file.h"

namespace tidegate::tools {
namespace {

using namespace edge;
namespace fs = std::filesystem;

const fs::path kDemo = fs::path{TIDEGATE_SOURCE_DIR} / "tariffs" / "demo";

class LedgerExplain : public LedgerFixture {
 protected:
  void SetUp() override {
    options_.preallocate = false;
    ledger_ = open();
    ASSERT_TRUE(ledger_);
  }
  std::string explain(SequenceNo number, const fs::path& book = {}) {
    std::ostringstream out, err;
    code_ = ledger_explain(folder_, {.sequence = number.get(), .book = book}, out, err);
    err_ = err.str();
    return out.str();
  }
  static bool says(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
  }
  std::unique_ptr<Ledger> ledger_;
  int code_ = 0;
  std::string err_;
};

TEST_F(LedgerExplain, a_passage_leads_to_its_debit_and_to_every_step_of_the_price) {
  add(*ledger_, BookActivation{"Shanghai", 12, filled<32>(0x70)});
  Intent intent = sample_intent(0x40, Fen{300});
  intent.charge_index = 1;
  const SequenceNo asked = add(*ledger_, intent);
  const SequenceNo debited = add(*ledger_, sample_outcome(asked, intent));
  const SequenceNo passed = add(*ledger_, Passage{debited, true});
  ledger_.reset();
  const std::string text = explain(passed);
  EXPECT_EQ(code_, 0) << err_;
  for (const char* part :
       {"went through", "debited 3.00 yuan", "地点 / place: shanghai-metro/0245", "出站 / exit",
        "交通联合卡 / T-Union card, 学生 / student, 发卡方 / issuer 02002900",
        "4.00  shanghai-metro:按里程分段计价 / shanghai-metro: fare by distance",
        "-1.00  学生 / student", "7.00  合计 / in all", "charge 2: 3.00",
        "票价表 / fare book: Shanghai, 第 12 号 / number 12", "结果 / outcome: "})
    EXPECT_TRUE(says(text, part)) << part << "\n" << text;
  EXPECT_FALSE(says(text, to_hex(intent.sealed.ciphertext)));
}

TEST_F(LedgerExplain, what_the_lists_of_the_region_told_is_part_of_a_price) {
  Intent intent = sample_intent(0x40, Fen{300});
  intent.medium.entitlements = {fare::RiderCategory::senior};
  const Timestamp from = parse_iso8601("2026-11-02T08:00:00+08:00").value();
  intent.tap.history = {
      {"shanghai-metro", "0111", {fare::Modes::kEmergency}, from, from + std::chrono::hours{1}},
      {"shanghai-metro", "", {fare::Modes::kTimeFree}, from, nfc::kStillInForce}};
  const SequenceNo number = add(*ledger_, intent);
  ledger_.reset();
  const std::string text = explain(number);
  for (const char* part :
       {"名单资格 / also, by a list: 老人 / senior\n",
        "此前模式 / earlier mode: shanghai-metro/0111, emergency, 2026-11-02 08:00:00 – "
        "2026-11-02 09:00:00\n",
        "此前模式 / earlier mode: shanghai-metro, time-free, 2026-11-02 08:00:00 – "
        "\n"})
    EXPECT_TRUE(says(text, part)) << part << "\n" << text;
}

TEST_F(LedgerExplain, a_refusal_says_what_passenger_and_staff_read) {
  const SequenceNo number = add(*ledger_, Refusal{.code = fare::RefusalCode::already_entered,
                                                  .detail = "2701 open\x1B[2J",
                                                  .tap_kind = fare::TapKind::entry});
  ledger_.reset();
  const std::string text = explain(number);
  const auto& texts = fare::refusal_text(fare::RefusalCode::already_entered);
  for (const std::string_view part :
       {std::string_view{"500 already_entered"}, texts.zh, texts.en, texts.staff_zh, texts.staff_en,
        std::string_view{"2701 open"}, std::string_view{"place: shanghai-metro/0101"}})
    EXPECT_TRUE(says(text, part)) << part << "\n" << text;
  EXPECT_EQ(text.find('\x1B'), std::string::npos);
}

TEST_F(LedgerExplain, with_the_book_it_names_stations_networks_and_riders) {
  const auto payload = fare::compile_book(kDemo);
  ASSERT_TRUE(payload);
  const fs::path file = root_ / "demo.book";
  ASSERT_TRUE(write_signed(file, FileKind::fare_book, 1, *payload, {}));
  const auto opened = open_signed(file, FileKind::fare_book, {});
  ASSERT_TRUE(opened);
  const auto book = fare::Book::load(*payload).value();
  Intent intent = sample_intent();
  intent.book_hash = opened->header.payload_hash;
  const auto from = book->stop_on_card(NetworkId{"shanghai-metro"}, StopCode{"0111"});
  intent.medium.open = fare::OpenJourney{.where = from->code, .at = intent.tap.at};
  intent.decision = fare::price(*book, intent.medium, intent.context, intent.tap);
  ASSERT_TRUE(intent.decision.accepted());
  intent.amount = intent.decision.total();
  const SequenceNo number = add(*ledger_, intent);
  Intent other = sample_intent(0x50);
  const SequenceNo of_another_book = add(*ledger_, other);
  ledger_.reset();
  const std::string text = explain(number, file);
  for (const char* part :
       {"上海地铁 陆家嘴 / Shanghai Metro Lujiazui", "上海地铁 莘庄 / Shanghai Metro Xinzhuang",
        "结果 / outcome: 尚无 / none yet"})
    EXPECT_TRUE(says(text, part)) << part << "\n" << text;
  EXPECT_TRUE(says(explain(of_another_book, file), "--book is another fare book"));
}

TEST_F(LedgerExplain, an_entry_that_is_not_there) {
  ledger_.reset();
  EXPECT_EQ(explain(SequenceNo{99}), "");
  EXPECT_EQ(code_, 1);
  EXPECT_TRUE(says(err_, "there is no entry 99, the last one is 0")) << err_;
}

TEST_F(LedgerExplain, entries_that_are_no_price_have_their_line) {
  const SequenceNo number = add(*ledger_, StaffAct{"Wang", "open side gate", "wheelchair"});
  ledger_.reset();
  EXPECT_TRUE(says(explain(number), "open side gate by Wang (wheelchair)"));
}

TEST(FarePriceExplain, every_tap_in_both_languages_with_amounts_that_sum) {
  const fs::path folder = fs::path{testing::TempDir()} / "tidegate-explain";
  fs::create_directories(folder);
  FareCompile options{.dir = kDemo, .out = folder / "demo.book", .key = {}, .number = {}};
  testing::internal::CaptureStdout();
  ASSERT_EQ(fare_compile(options), 0);
  const auto tap = [](const char* time, const char* stop, const char* kind) {
    const std::string network = stop[0] == 'F' ? "shanghai-ferry" : "shanghai-metro";
    return R"({"at":"2026-11-02T)" + std::string{time} + R"(+08:00","network":")" + network +
           R"(","stop":")" + stop + R"(","kind":")" + kind + R"("})";
  };
  std::ofstream{folder / "j.jsonl"}
      << R"({"id":"morning","rider":"student","taps":[)" << tap("08:00:00", "0111", "entry") << ","
      << tap("08:30:00", "0115", "exit") << "," << tap("08:31:00", "0115", "exit") << ","
      << tap("09:00:00", "F01", "board") << "]}\n";
  EXPECT_EQ(fare_price(options.out, folder / "j.jsonl", true), 0);
  const std::string text = testing::internal::GetCapturedStdout();
  for (const char* part :
       {"morning: 交通联合卡 / T-Union card, 学生 / student",
        "2026-11-02 08:00:00  进站 / entry, 上海地铁 莘庄 / Shanghai Metro Xinzhuang",
        "   0.00  行程开始,出站(下车)时扣款,最高 9.00",
        "   4.00  上海地铁:站间票价 / Shanghai Metro: fare between the two stations",
        "拒绝 / refused 510 not_entered", "   2.00  上海轮渡:单一票价 / Shanghai Ferry: flat fare",
        "       6.00  全程 / the whole journey"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  fs::remove_all(folder);
}

}  // namespace
}  // namespace tidegate::tools
