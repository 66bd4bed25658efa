// SPDX-License-Identifier: Apache-2.0
// Feeds in ZIP archives: every kind of deflate block, and archives that are cut off or changed. The
// samples were made with zlib.
#include "fare/authoring/gtfs/zip.h"

#include <gtest/gtest.h>

#include "fare/authoring/gtfs/files.h"

namespace tidegate::fare::gtfs {
namespace {

constexpr std::string_view kDynamic =
    "5D954D6E25310884F739CB443260FE8E9455A2CCBBBFE68D5CB4545EB54AB6DB1F188AD7EFD7CFE7FAF3F7F5"
    "FDFE7CBCFE2B394A8EDA47E9517D9461671CB98F543FD28F34AC067E84B37964E0C77564E1D6C659300049B1"
    "59062AA181950A0DB09100B309096431EB406B800BD86CAE075C2241023AC179059E63BF02AF11B9026F4F12"
    "81D7E051F0ED390FBE9EFDE073DCAFE02B48E005F015788AEC18F00AFB0D788EDF1BF014E118F06A5E197801"
    "5C9B87C57D063C99F5C143F8367CA3C1B7C1B3C167B87F834F661D7C5365933D646B03AF80B38197C0DFC0CB"
    "59075ECEF9BA74F37E5FFC3F17BECF9579DC08D73747E3CED17A70363C395B5E9C4D6FCE762C7E8D107EAD50"
    "7ECD307EEDD85C0DE15C2D115C4D915C6D51548CD15CABB9B89653B8D653B917D2B85772732FA573AF65702F"
    "6672AF66712F6773AFD7622F2861AF28252B2963A7A9CD4E54CE4E55414656C9365775B960B349F6620F6D61"
    "8B6D65076E237FEE4DE6DD4ECEDE6043A63A79B5F86CD39F652DBE59D685264B995D967170B236472FCB393D"
    "B2E29A03790D8255D724587D8D8267768CBE1E5866783CD360A6C7330E9EF9311833409E81205715CA8C107F"
    "8E14D7B1BC87C83F";
constexpr std::string_view kFixed = "4B2C4A4D8CCF4CD14904D17989B9A95C8944880000";
constexpr std::string_view kStored = "010800F7FF617265615F69640A";
/// agency.txt stored, stops.txt deflated, docs/x.txt.
constexpr std::string_view kArchive =
    "504B03041400000000000000215C290B379A0E0000000E0000000A0000006167656E63792E7478746167656E"
    "63795F6E616D650A410A504B03041400000008000000215CA4D4F34726000000420000000900000073746F70"
    "732E7478742B2EC92F88CF4CD12906D17989B9A95CC5063AC1400E57B121943682D2C650DA044A9B42680050"
    "4B03041400000000000000215C1F28AA6702000000020000000A000000646F63732F782E7478746E6F504B01"
    "0214031400000000000000215C290B379A0E0000000E0000000A000000000000000000000080010000000061"
    "67656E63792E747874504B010214031400000008000000215CA4D4F347260000004200000009000000000000"
    "000000000080013600000073746F70732E747874504B010214031400000000000000215C1F28AA6702000000"
    "020000000A0000000000000000000000800183000000646F63732F782E747874504B05060000000003000300"
    "A7000000AD0000000000";

Bytes hex(std::string_view text) {
  return from_hex(text).value();
}

TEST(GtfsZip, every_kind_of_block) {
  std::string rows;
  for (int i = 0; i < 120; ++i)
    rows += "trip-" + std::to_string(i * i % 97) + ",stop-" + std::to_string(i) + "\n";
  EXPECT_EQ(inflate(hex(kDynamic), rows.size()).value(), rows);
  const std::string header = "area_id,area_name\n";
  EXPECT_EQ(inflate(hex(kFixed), 3 * header.size()).value(), header + header + header);
  EXPECT_EQ(inflate(hex(kStored), 8).value(), "area_id\n");
}

TEST(GtfsZip, data_that_is_cut_off_or_of_another_size_is_refused) {
  const Bytes whole = hex(kDynamic);
  const std::size_t size = 120 * 16;
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_FALSE(inflate(ByteView{whole}.first(length), size)) << length;
  EXPECT_FALSE(inflate(hex(kStored), 7));
  EXPECT_FALSE(inflate(hex(kStored), 9));
  EXPECT_FALSE(inflate(hex("07"), 0)) << "block kind 3";
}

TEST(GtfsZip, an_archive_is_read_like_a_folder) {
  const auto files = FeedFiles::of_zip(hex(kArchive));
  ASSERT_TRUE(files) << files.error().message();
  EXPECT_EQ(files->names(), (std::set<std::string, std::less<>>{"agency.txt", "stops.txt"}));
  EXPECT_EQ(files->read("agency.txt").value(), "agency_name\nA\n");
  EXPECT_TRUE(files->read("stops.txt").value().ends_with("s4,Stop\ns5,Stop\n"));
}

TEST(GtfsZip, a_changed_or_cut_archive_never_gives_other_text) {
  const Bytes whole = hex(kArchive);
  const auto right = FeedFiles::of_zip(whole).value();
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (const Byte change : {Byte{0x01}, Byte{0x80}, Byte{0xFF}}) {
      Bytes bytes = whole;
      bytes[at] ^= change;
      const auto files = FeedFiles::of_zip(std::move(bytes));
      for (const char* name : {"agency.txt", "stops.txt"}) {
        if (!files || !files->has(name)) continue;
        const auto text = files->read(name);
        if (text) {
          EXPECT_EQ(*text, right.read(name).value()) << at;
        }
      }
    }
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_FALSE(FeedFiles::of_zip(
        Bytes{whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)}));
}

}  // namespace
}  // namespace tidegate::fare::gtfs
