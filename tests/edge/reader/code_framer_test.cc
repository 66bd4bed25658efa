// SPDX-License-Identifier: Apache-2.0
// What scanners send, cut into codes: their habits, garbage and floods.
#include "edge/reader/code_framer.h"

#include <gtest/gtest.h>

#include <random>

#include "simulators/qr/make_code.h"

namespace tidegate::edge {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Framer : public testing::Test {
 protected:
  static Bytes code(std::uint32_t made = 1000) {
    sim::CodeRecipe recipe;
    recipe.made = made;
    return sim::make_code(recipe, sim::code_keys(1));
  }
  /// The gate is told of what is cut out, unless `gate_there_` says that there is none.
  std::vector<Bytes> push(ByteView bytes) {
    std::vector<Bytes> out = framer_.push(bytes, now_);
    for (const Bytes& code : out)
      if (gate_there_) framer_.told(code, now_);
    return out;
  }
  std::optional<Bytes> wait(milliseconds time = CodeFramer::kIdle) {
    now_ += time;
    return framer_.idle(now_);
  }

  CodeFramer framer_;
  bool gate_there_ = true;
  SteadyTime now_{std::chrono::hours{1}};
  const Bytes code_ = code();
};

TEST_F(Framer, ACodeIsWholeWithItsLastByte) {
  EXPECT_TRUE(push(ByteView{code_}.first(code_.size() - 1)).empty());
  const auto out = push(ByteView{code_}.last(1));
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0], code_);
  EXPECT_FALSE(wait().has_value());
  EXPECT_FALSE(framer_.idle_at().has_value());
}

TEST_F(Framer, EveryCutIntoPiecesIsTheSameCode) {
  for (const std::size_t size : {1U, 2U, 3U, 64U, 363U}) {
    framer_ = {};
    std::vector<Bytes> all;
    for (std::size_t at = 0; at < code_.size(); at += size) {
      now_ += milliseconds{10};
      EXPECT_FALSE(framer_.idle(now_).has_value());
      for (Bytes& one : push(ByteView{code_}.subspan(at, std::min(size, code_.size() - at))))
        all.push_back(std::move(one));
    }
    ASSERT_EQ(all.size(), 1U) << size;
    EXPECT_EQ(all[0], code_);
  }
}

TEST_F(Framer, PrefixesAndSuffixesOfScannersAreCutOff) {
  const std::vector<std::pair<Bytes, Bytes>> habits{{{}, {0x0D, 0x0A}},
                                                    {{0x01, 0x6C}, {}},
                                                    {{0x5D, 0x51, 0x31}, {0x0D}},
                                                    {{}, {0x00, 0xEC, 0x11, 0xEC, 0x11}},
                                                    {{0x0D, 0x0A}, {0x0E, 0xC1, 0x1E, 0xC1}},
                                                    {{0x80, 0x01}, {0x80, 0x01}}};
  for (const auto& [prefix, suffix] : habits) {
    framer_ = {};
    Bytes sent = prefix;
    append(sent, code_);
    append(sent, suffix);
    const auto out = push(sent);
    ASSERT_EQ(out.size(), 1U) << to_hex(prefix);
    EXPECT_EQ(out[0], code_);
    EXPECT_FALSE(wait().has_value()) << to_hex(suffix);
  }
}

TEST_F(Framer, TwoCodesWithoutAPauseAreTwo) {
  const Bytes second = code(2000);
  Bytes both = code_;
  append(both, Bytes{0x0D, 0x0A});
  append(both, second);
  const auto out = push(both);
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[1], second);
}

TEST_F(Framer, TheSameCodeSeenAgainIsOnePresentation) {
  EXPECT_EQ(push(code_).size(), 1U);
  for (int i = 0; i < 29; ++i) {
    EXPECT_FALSE(wait(milliseconds{100}).has_value());
    EXPECT_TRUE(push(code_).empty());
  }
  EXPECT_EQ(push(code(2000)).size(), 1U);
  EXPECT_EQ(push(code_).size(), 1U) << "shown again: the gate says that it was used";
}

TEST_F(Framer, ACodeThatIsHeldIsToldAgainAfterThreeSeconds) {
  std::size_t told = 0;
  for (int i = 0; i <= 30; ++i) {
    told += push(code_).size();
    EXPECT_FALSE(wait(milliseconds{300}).has_value());
  }
  EXPECT_EQ(told, 4U) << "at 0, 3, 6 and 9 s: the gate may have had no time for it";
}

TEST_F(Framer, ACodeTheGateWasNotToldOfIsNotRepeated) {
  gate_there_ = false;
  EXPECT_EQ(push(code_).size(), 1U);
  now_ += milliseconds{300};
  gate_there_ = true;
  EXPECT_EQ(push(code_).size(), 1U);
  now_ += milliseconds{300};
  EXPECT_TRUE(push(code_).empty());
}

TEST_F(Framer, OtherCodesAreCutBySilence) {
  EXPECT_TRUE(push(as_bytes("https://example.org/\r\n")).empty());
  EXPECT_FALSE(wait(CodeFramer::kIdle - milliseconds{1}).has_value());
  const auto out = wait(milliseconds{1});
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(as_text(*out), "https://example.org/\r\n");
}

TEST_F(Framer, ACodeCutShortIsToldWithSilence) {
  const ByteView part = ByteView{code_}.first(200);
  EXPECT_TRUE(push(part).empty());
  const auto out = wait();
  ASSERT_TRUE(out.has_value());
  EXPECT_TRUE(std::ranges::equal(*out, part));
  EXPECT_EQ(push(code_).size(), 1U) << "the next one is whole";
}

TEST_F(Framer, LineEndsAloneAreNothing) {
  EXPECT_TRUE(push(Bytes{0x0D, 0x0A}).empty());
  EXPECT_FALSE(wait().has_value());
}

TEST_F(Framer, AFloodIsNothingAndHidesNoCode) {
  std::mt19937 random{3};  // NOLINT: the same every time
  std::size_t told = 0;
  for (int i = 0; i < 2000; ++i) {
    Bytes noise(1 + random() % 997);
    for (Byte& b : noise) b = static_cast<Byte>(random());
    told += push(noise).size();
    now_ += milliseconds{1};
  }
  EXPECT_LE(told, 1U);
  EXPECT_EQ(push(code_).size(), 1U);
  EXPECT_FALSE(wait().has_value());
}

}  // namespace
}  // namespace tidegate::edge
