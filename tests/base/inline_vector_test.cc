// SPDX-License-Identifier: Apache-2.0
#include "base/inline_vector.h"

#include <gtest/gtest.h>

namespace tidegate {
namespace {

using Texts = InlineVector<InlineText<5>, 3>;

TEST(InlineVector, KeepsWhatIsPushed) {
  Texts texts;
  EXPECT_TRUE(texts.empty());
  texts.push_back("a");
  texts.push_back("bc");
  EXPECT_EQ(texts.size(), 2U);
  EXPECT_EQ(texts.front(), InlineText<5>{"a"});
  EXPECT_EQ(texts.back().view(), "bc");
}

TEST(InlineVector, ACopyIsIndependent) {
  Texts texts{"a", "b"};
  Texts copy = texts;
  EXPECT_EQ(copy, texts);
  copy[0] = "c";
  copy.push_back("d");
  EXPECT_EQ(texts, (Texts{"a", "b"}));
  texts = copy;
  EXPECT_EQ(texts, (Texts{"c", "b", "d"}));
  copy.clear();
  EXPECT_NE(texts, copy);
}

TEST(InlineVectorDeathTest, OneTooManyIsABug) {
  Texts texts{"a", "b", "c"};
  EXPECT_DEATH(texts.push_back("d"), "size_ < N");
  EXPECT_DEATH(static_cast<void>(texts[3].empty()), "i < size_");
}

TEST(InlineText, CutsWhatIsTooLong) {
  InlineText<5> text{"abc"};
  text.append("defg");
  EXPECT_EQ(text.view(), "abcde");
  text = "x";
  EXPECT_EQ(text, InlineText<5>{"x"});
}

}  // namespace
}  // namespace tidegate
