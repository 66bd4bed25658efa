// SPDX-License-Identifier: Apache-2.0
// A recorded entry and exit with computed keys: our commands must be those of the record, byte for
// byte. The record is not part of the repository; the test is skipped without it.
#include <fstream>

#include "nfc/purse/apdu.h"
#include "nfc/purse/mac.h"
#include "nfc/softsam/softsam.h"
#include "tests/nfc/test_support.h"

namespace tidegate::nfc {
namespace {

std::filesystem::path trace_file() {
  const char* shared = std::getenv("TIDEGATE_SHARED");
  const std::filesystem::path root = shared != nullptr
                                         ? std::filesystem::path{shared}
                                         : std::filesystem::path{TIDEGATE_SOURCE_DIR} / "../shared";
  return root / "data/cards/golden_3des_metro.json";
}

struct Step {
  std::string who, command, answer;
};

/// Every quoted text of the part of the file behind `"trace"`, three to a step.
std::vector<Step> read_trace() {
  std::ifstream in{trace_file()};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  std::vector<std::string> words;
  std::size_t at = text.find('[', text.find("\"trace\""));
  while (at != std::string::npos && (at = text.find('"', at)) != std::string::npos) {
    const std::size_t end = text.find('"', at + 1);
    words.push_back(text.substr(at + 1, end - at - 1));
    at = end == std::string::npos ? end : end + 1;
  }
  std::vector<Step> out;
  for (std::size_t i = 0; i + 2 < words.size(); i += 3)
    out.push_back({words[i], words[i + 1], words[i + 2]});
  return out;
}

/// Answers the card's steps of the record in order; a command that differs is a failure. The record
/// has P1 00 for EF 1A where we send 01: cards take both.
class RecordedCard final : public CardChannel {
 public:
  explicit RecordedCard(const std::vector<Step>& steps) {
    for (const Step& step : steps)
      if (step.who == "card") steps_.push_back(step);
  }
  Result<Bytes> transceive(ByteView command, std::chrono::milliseconds) override {
    if (steps_.empty()) return fail(Errc::gone, "the record is over");
    std::string sent = to_hex(command);
    if (sent.starts_with("80DC01D0")) sent.replace(4, 2, "00");
    EXPECT_EQ(sent, steps_.front().command);
    const Bytes answer = hex(steps_.front().answer);
    steps_.pop_front();
    return answer;
  }

 private:
  std::deque<Step> steps_;
};

class GoldenTrace : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(trace_file()))
      GTEST_SKIP() << "no recorded trace at " << trace_file();
    steps_ = read_trace();
    ASSERT_GE(steps_.size(), 17U);
    dir_ = make_temp_dir();
    const auto keys = dir_ / "sam.toml";
    std::ofstream{keys} << "terminal = \"413100000002\"\nkey_index = 1\n"
                           "purchase_key = \"404142434445464748494A4B4C4D4E4F\"\n";
    // The record begins at transaction number 256.
    Bytes next = hex("00000100");
    append_be(next, crc16(next), 2);
    std::ofstream{keys.string() + ".txn", std::ios::binary} << as_text(next);
    auto sam = open_softsam(keys, Realm::test);
    ASSERT_TRUE(sam.has_value()) << sam.error().message();
    sam_ = std::move(*sam);
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  /// Runs one debit and checks MAC1 (through the recorded 8054), MAC2 and TAC.
  void debit_once(RecordedCard& card, const CardImage& image, Fen amount, const LocalTime& at,
                  const RailRecord& rail, const TripRecord& trip) {
    Purchase purchase{card, *sam_, image, {}};
    const auto begun = purchase.begin(amount, at);
    ASSERT_TRUE(begun.has_value()) << begun.error().detail;
    ASSERT_TRUE(purchase.stage({encode_rail_record(rail), trip}).has_value());
    const auto finished = purchase.finish();
    EXPECT_EQ(finished.end, Purchase::End::debited);
    const auto tac_key = card_key(hex_array<16>("505152535455565758595A5B5C5D5E5F"),
                                  image.info.issuer, image.info.pan_factor());
    EXPECT_EQ(finished.answer.tac,
              tac(tac_key, amount, PurchaseType::capp, sam_->terminal(), begun->sam.txn, at));
  }

  std::vector<Step> steps_;
  std::filesystem::path dir_;
  std::unique_ptr<Sam> sam_;
};

TEST_F(GoldenTrace, EntryAndExitSendTheRecordedBytes) {
  RecordedCard card{steps_};
  const auto selected = card.transceive(select_purse(), {});
  ASSERT_TRUE(selected.has_value());
  const auto fci = decode_fci(split_response(*selected)->data);
  ASSERT_TRUE(fci && fci->public_info);
  CardImage image;
  image.info = *fci->public_info;
  image.balance = Fen{5000};

  RailRecord rail = entered_rail();
  rail.serial = hex_array<8>("0000000000000001");
  ASSERT_NO_FATAL_FAILURE(
      debit_once(card, image, Fen{0}, local(2026, 1, 5, 8, 0, 0), rail, entry_trip()));

  const LocalTime exit_at = local(2026, 1, 5, 8, 30, 0);
  rail.serial = hex_array<8>("0000000000000002");
  rail.status = RailStatus::exited;
  rail.exit_city = rail.entry_city;
  rail.exit_acquirer = rail.entry_acquirer;
  rail.exit_station = hex_array<8>("0000000000180022");
  rail.exit_terminal = rail.entry_terminal;
  rail.exit_at = exit_at;
  rail.exit_line = 0x18;
  rail.exit_amount = Fen{400};
  TripRecord trip = entry_trip();
  trip.type = 4;
  trip.station = {0x00, 0x22};
  trip.amount = Fen{400};
  trip.balance = Fen{4600};
  trip.at = exit_at;
  ASSERT_NO_FATAL_FAILURE(debit_once(card, image, Fen{400}, exit_at, rail, trip));

  const auto proof = card.transceive(get_proof(PurchaseType::capp, CardCounter{2}), {});
  ASSERT_TRUE(proof.has_value());
  EXPECT_EQ(to_hex(decode_proof(split_response(*proof)->data)->tac), "01425DE8");
}

TEST_F(GoldenTrace, RecordsDecodeAndEncodeToTheSameBytes) {
  int records = 0;
  for (const Step& step : steps_) {
    if (!step.command.starts_with("80DC")) continue;
    const Bytes data = hex(std::string_view{step.command}.substr(10));
    if (data.size() == kRailRecordBytes) {
      const auto rail = decode_rail_record(data);
      ASSERT_TRUE(rail.has_value());
      EXPECT_EQ(to_hex(encode_rail_record(*rail)), to_hex(data));
    } else {
      const auto trip = decode_trip_record(data);
      ASSERT_TRUE(trip && *trip);
      EXPECT_EQ(to_hex(encode_trip_record(**trip)), to_hex(data));
    }
    ++records;
  }
  EXPECT_EQ(records, 4);
}

TEST_F(GoldenTrace, IdentifyReadsTheRecordedLogAndBalance) {
  MapCard card = sound_card();
  for (const Step& step : steps_)
    if (step.who == "card") card.answers[step.command] = step.answer;
  card.answers["00B202C417"] = "6A83";
  const auto image = identify(card, {});
  ASSERT_TRUE(image.has_value()) << image.error().detail;
  const auto log = read_log(card, {});
  ASSERT_TRUE(log.has_value());
  ASSERT_EQ(log->size(), 1U);
  EXPECT_EQ((*log)[0].amount, Fen{400});
}

}  // namespace
}  // namespace tidegate::nfc
