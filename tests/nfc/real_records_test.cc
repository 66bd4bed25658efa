// SPDX-License-Identifier: Apache-2.0
// Records that were read from real cards must decode. They are not part of the repository; the
// tests are skipped without them.
#include <fstream>
#include <sstream>

#include "tests/nfc/test_support.h"

namespace tidegate::nfc {
namespace {

std::filesystem::path cards_folder() {
  const char* shared = std::getenv("TIDEGATE_SHARED");
  const std::filesystem::path root = shared != nullptr
                                         ? std::filesystem::path{shared}
                                         : std::filesystem::path{TIDEGATE_SOURCE_DIR} / "../shared";
  return root / "data/cards";
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

TEST(RealRecords, TripsOfManyCitiesDecodeWhenTheirTimeIsOne) {
  const auto file = cards_folder() / "real_1e_records.csv";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no recorded trips at " << file;
  std::istringstream lines{read_text(file)};
  std::string line;
  std::getline(lines, line);  // heading
  int trips = 0;
  while (std::getline(lines, line)) {
    const std::size_t from = line.find(',') + 1;
    const auto bytes = from_hex(line.substr(from, line.find(',', from) - from));
    if (!bytes || bytes->size() != kTripRecordBytes) continue;
    const auto trip = decode_trip_record(*bytes);
    EXPECT_EQ(trip.has_value(), parse_bcd_time(ByteView{*bytes}.subspan(25, 7)).has_value())
        << line;
    ++trips;
  }
  EXPECT_GT(trips, 100);
}

TEST(RealRecords, RailRecordOfAnotherOperatorKeepsItsBytes) {
  const auto file = cards_folder() / "d12_1A_records_real.json";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no recorded journeys at " << file;
  const std::string text = read_text(file);
  const std::size_t at = text.find("27017D");
  ASSERT_NE(at, std::string::npos);
  const Bytes bytes = hex(text.substr(at, 2 * kRailRecordBytes));
  const auto rail = decode_rail_record(bytes);
  ASSERT_TRUE(rail.has_value()) << rail.error().message();
  EXPECT_EQ(rail->status, RailStatus::exited);
  EXPECT_EQ(to_hex(encode_rail_record(*rail)), to_hex(bytes));
}

TEST(RealRecords, WholeCardsAnswerIdentifyAndReadLog) {
  for (const std::string name :
       {"d01_shanghai_2900_real.json", "d02_nanjing_3010_real_7yuan40.json"}) {
    const auto file = cards_folder() / name;
    if (!std::filesystem::exists(file)) GTEST_SKIP() << "no recorded card at " << file;
    const std::string text = read_text(file);
    MapCard card = sound_card();  // what the recording did not ask for
    card.answers.erase("00B201C417");
    card.answers.erase("00B202C417");
    card.answers.erase("00B203C417");
    std::string command;
    for (std::size_t at = text.find('"'); at != std::string::npos; at = text.find('"', at)) {
      const std::size_t end = text.find('"', at + 1);
      if (end == std::string::npos) break;
      const std::string word = text.substr(at + 1, end - at - 1);
      at = end + 1;
      const bool apdu = word.size() % 2 == 0 && word.size() >= 4 && from_hex(word).has_value();
      if (apdu && !command.empty())
        card.answers[std::exchange(command, {})] = word;
      else
        command = apdu ? word : std::string{};
    }
    const auto image = identify(card, {});
    ASSERT_TRUE(image.has_value()) << name << ": " << image.error().detail;
    const auto log = read_log(card, {});
    ASSERT_TRUE(log.has_value()) << name << ": " << log.error().detail;
    EXPECT_GT(log->size(), 1U) << name;
  }
}

}  // namespace
}  // namespace tidegate::nfc
