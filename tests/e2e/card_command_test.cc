// SPDX-License-Identifier: Apache-2.0
// `tidegate card` and `tidegate tables` as a user runs them: the shipped program, the shipped
// tables, a simulated reader.
#include <algorithm>
#include <fstream>

#include "tests/e2e/programs.h"

namespace tidegate::e2e {
namespace {

class CardCommand : public ProgramTest {
 protected:
  Ended tidegate(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), program("tidegate").string());
    return run(arguments, folder());
  }
  std::string file(const std::string& name, const std::string& text) {
    std::ofstream{folder() / name} << text;
    return folder() / name;
  }
  static bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  }
};

const std::string kDump =
    R"({"apdu":[["00A4040008A00000063201010500",)"
    R"("6F318408A000000632010105A5259F0801029F0C1E02002900FFFFFFFF0201031047700000000004262020)"
    R"(01012040123100009000"],["805C030204","000001F49000"],)"
    R"(["00B201F430","0400004131000000020100180021000100000001900000EA602026010508300029001200)"
    R"(2900FFFFFFFF0000000000009000"]]})";

TEST_F(CardCommand, DecodesADumpWithTheShippedTables) {
  const Ended ended = tidegate({"card", "decode", file("dump.json", kDump)});
  ASSERT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(std::count(ended.out.begin(), ended.out.end(), '\n'), 1);
  EXPECT_TRUE(has(ended.out, "\"issuer_name\":\"上海公共交通卡\"")) << ended.out;
  EXPECT_TRUE(has(ended.out, "\"city_name\":\"上海\"")) << ended.out;
  EXPECT_TRUE(has(ended.out, "\"pan\":\"3104***********0426\"")) << ended.out;
  EXPECT_TRUE(has(ended.out, "\"station_name\":null")) << "no stations are shipped";
  EXPECT_TRUE(has(tidegate({"card", "decode", folder() / "dump.json", "--reveal"}).out,
                  "\"pan\":\"3104770000000000426\""));
}

TEST_F(CardCommand, ImportedStationsNameTheTrip) {
  const auto csv =
      file("stations.csv", "City,Code,Type,Line,Station\n2900,00180021,地铁,十八,甲\n");
  const auto places = (folder() / "my.places").string();
  const Ended key = tidegate({"fare", "keygen", "-o", folder() / "operator.key"});
  ASSERT_EQ(key.status, 0) << key.err;
  const std::string trusted = key.out.substr(0, 64);
  const Ended made = tidegate({"tables", "import-places", csv, "-o", places, "--key",
                               folder() / "operator.key", "--number", "12"});
  ASSERT_EQ(made.status, 0) << made.err;
  EXPECT_EQ(tidegate({"tables", "verify", places, "--trust", trusted}).status, 0);
  EXPECT_EQ(tidegate({"tables", "verify", places, "--trust", std::string(64, 'a')}).status, 1);
  EXPECT_TRUE(has(tidegate({"tables", "show", places, "--json"}).out, "\"number\":12"));
  const std::vector<std::string> lookup{"tables", "lookup", places,      "--city", "2900",
                                        "--line", "0018",   "--station", "0021"};
  EXPECT_EQ(tidegate(lookup).status, 0);
  const Ended ended = tidegate({"card", "decode", file("dump.json", kDump), "--places", places});
  EXPECT_TRUE(has(ended.out, "\"station_name\":\"甲\"")) << ended.out << ended.err;
  // A table is no issuer list, and a damaged one is none at all.
  EXPECT_EQ(tidegate({"card", "decode", folder() / "dump.json", "--issuers", places}).status, 1);
  std::fstream damaged{places, std::ios::in | std::ios::out | std::ios::binary};
  damaged.seekp(-3, std::ios::end);
  damaged << '!';
  damaged.close();
  const Ended refused = tidegate({"tables", "verify", places});
  EXPECT_EQ(refused.status, 1);
  EXPECT_TRUE(has(refused.err, "does not match its hash")) << refused.err;
}

TEST_F(CardCommand, BadInputIsExitOneAndWrongUsageTwo) {
  const Ended html = tidegate({"card", "decode", file("bad.json", "<html>")});
  EXPECT_EQ(html.status, 1);
  EXPECT_EQ(html.out, "");
  EXPECT_TRUE(has(html.err, "bad.json: not JSON")) << html.err;
  EXPECT_EQ(tidegate({"card", "decode", folder() / "none.json"}).status, 1);
  EXPECT_EQ(tidegate({"card", "decode"}).status, 2);
  EXPECT_EQ(tidegate({"card"}).status, 2);
  EXPECT_EQ(tidegate({"tables", "lookup", "x"}).status, 2);
  const Ended ragged =
      tidegate({"tables", "import-issuers", file("r.csv", "IIN,Issuer,Name\n1,2\n"), "-o",
                folder() / "r.issuers"});
  EXPECT_EQ(ragged.status, 1);
  EXPECT_TRUE(has(ragged.err, "r.csv:2: 2 cells, the header has 3")) << ragged.err;
  EXPECT_EQ(tidegate({"tables", "import-issuers", file("i.csv", "IIN,Issuer,Name\n"), "-o",
                      folder() / "live.issuers", "--realm", "live"})
                .status,
            1)
      << "the live realm needs a key";
}

TEST_F(CardCommand, ReadsTheCardOnAReaderAsADumpDoes) {
  const auto card = folder() / "card.json";
  ASSERT_EQ(run({program("tidegate-sim"), "card", "new", card}, folder()).status, 0);
  const auto link = folder() / "pn532";
  Started reader{{program("tidegate-sim"), "reader", "--link", link, "--card", card}, folder()};
  ASSERT_TRUE(reader.wait_for("\n", std::chrono::seconds{120}));
  const std::string device = "pn532_uart:" + link.string();
  const Ended dumped = tidegate({"card", "read", "--reader", device, "--dump", "--wait", "60"});
  ASSERT_EQ(dumped.status, 0) << dumped.err;
  const Ended read = tidegate({"card", "read", "--reader", device, "--wait", "60"});
  ASSERT_EQ(read.status, 0) << read.err;
  EXPECT_TRUE(has(read.out, "\"application\":\"t-union-purse\"")) << read.out;
  EXPECT_FALSE(has(read.out, "\"balance_fen\":null")) << read.out;
  EXPECT_EQ(tidegate({"card", "decode", file("read.json", dumped.out)}).out, read.out);
  reader.terminate();
  EXPECT_EQ(reader.wait(std::chrono::seconds{120}).status, 0);
  const Ended gone = tidegate({"card", "read", "--reader", device, "--wait", "1"});
  EXPECT_EQ(gone.status, 1);
  EXPECT_TRUE(has(gone.err, "tidegate: ")) << gone.err;
}

}  // namespace
}  // namespace tidegate::e2e
