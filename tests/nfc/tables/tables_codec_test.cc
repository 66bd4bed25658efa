// SPDX-License-Identifier: Apache-2.0
// The bytes of both tables: golden files, the released schema, hostile payloads, signed files.
#include <random>

#include "tests/nfc/tables/sample_tables.h"

namespace tidegate::nfc {
namespace {

const std::filesystem::path kGolden = std::filesystem::path{TIDEGATE_SOURCE_DIR} / "tests/golden";

/// The stored hex; written first when TIDEGATE_WRITE_GOLDEN is set and there is none.
std::string golden(const std::string& name, ByteView now) {
  const auto file = kGolden / "tables" / name;
  if (!std::filesystem::exists(file) && std::getenv("TIDEGATE_WRITE_GOLDEN") != nullptr)
    std::ofstream{file} << to_hex(now) << "\n";
  std::ifstream in{file};
  std::string out;
  in >> out;
  return out;
}

TEST(TablesCodec, AnIssuerListKeepsItsBytes) {
  const auto list = IssuerList::make(sample_issuers()).value();
  const std::string stored = golden("issuers.hex", list->encode());
  EXPECT_EQ(to_hex(list->encode()), stored);
  const auto back = IssuerList::load(from_hex(stored).value());
  ASSERT_TRUE(back.has_value()) << back.error().message();
  EXPECT_EQ((*back)->encode(), list->encode());
  EXPECT_TRUE((*back)->renewable(bcd4("04449920"), bcd4("31990200")));
  EXPECT_EQ((*back)->rows().code_keys[0].public_key, list->rows().code_keys[0].public_key);
}

TEST(TablesCodec, ATableOfPlacesKeepsItsBytes) {
  const auto table = Places::make(sample_places()).value();
  const std::string stored = golden("places.hex", table->encode());
  EXPECT_EQ(to_hex(table->encode()), stored);
  const auto back = Places::load(from_hex(stored).value());
  ASSERT_TRUE(back.has_value()) << back.error().message();
  EXPECT_EQ((*back)->encode(), table->encode());
  EXPECT_EQ((*back)->rows().places.size(), sample_places().places.size());
}

TEST(TablesCodec, TheSchemaConformsToTheReleasedOne) {
  const std::string command = "flatc --conform '" + (kGolden / "schema/tables-1.fbs").string() +
                              "' '" + TIDEGATE_SOURCE_DIR + "/nfc/tables/tables.fbs'";
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
}

TEST(TablesCodec, OneTableIsNotTheOther) {
  EXPECT_FALSE(Places::load(IssuerList::make(sample_issuers()).value()->encode()).has_value());
  EXPECT_FALSE(IssuerList::load(Places::make(sample_places()).value()->encode()).has_value());
  EXPECT_FALSE(IssuerList::load({}).has_value());
}

TEST(TablesCodec, CutsFlipsAndNoiseNeverCrash) {
  std::mt19937 random{20261102};  // NOLINT: the same every time
  for (Bytes bytes : {IssuerList::make(sample_issuers()).value()->encode(),
                      Places::make(sample_places()).value()->encode()}) {
    const auto load = [](ByteView payload) {
      static_cast<void>(IssuerList::load(payload));
      static_cast<void>(Places::load(payload));
    };
    for (std::size_t size = 0; size < bytes.size(); ++size) load(ByteView{bytes}.first(size));
    for (int round = 0; round < 3000; ++round) {
      Bytes noise = bytes;
      for (int i = 0; i < 4; ++i) noise[random() % noise.size()] = static_cast<Byte>(random());
      load(noise);
    }
    bytes.insert(bytes.begin(), 0x00);  // an odd address
    EXPECT_NO_FATAL_FAILURE(load(ByteView{bytes}.subspan(1)));
  }
}

TEST(TablesCodec, ASignedFileOpensOnlyWithItsKeyKindRealmAndNumber) {
  const auto key = crypto::make_signing_key();
  const auto list = IssuerList::make(sample_issuers()).value();
  EnvelopeHeader header{.kind = FileKind::issuer_list, .number = 7};
  const Bytes file = seal_envelope(header, list->encode(), std::span{&key, 1});
  EnvelopePolicy policy{.kind = FileKind::issuer_list, .trusted = {key.public_key}};
  ASSERT_TRUE(IssuerList::open(file, policy).has_value());
  EXPECT_FALSE(Places::open(file, policy).has_value());
  policy.number_min = 8;
  EXPECT_EQ(IssuerList::open(file, policy).error().code(), Errc::refused) << "a replay";
  policy.number_min = 0;
  policy.realm = Realm::live;
  EXPECT_EQ(IssuerList::open(file, policy).error().code(), Errc::refused);
  policy.realm = Realm::test;
  policy.trusted = {crypto::make_signing_key().public_key};
  EXPECT_EQ(IssuerList::open(file, policy).error().code(), Errc::refused);
  policy.trusted = {key.public_key};
  header.number = 8;  // the payload says 7
  const Bytes other = seal_envelope(header, list->encode(), std::span{&key, 1});
  EXPECT_EQ(IssuerList::open(other, policy).error().code(), Errc::invalid);
  const auto table = Places::make(sample_places()).value();
  const Bytes places =
      seal_envelope({.kind = FileKind::places, .number = 9}, table->encode(), std::span{&key, 1});
  EXPECT_TRUE(
      Places::open(places, {.kind = FileKind::places, .trusted = {key.public_key}}).has_value());
}

}  // namespace
}  // namespace tidegate::nfc
