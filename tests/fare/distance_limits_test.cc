// SPDX-License-Identifier: Apache-2.0
// Time limits by distance as people read them: the line of `fare show`, the pairs of `fare diff`.
#include <gtest/gtest.h>

#include "fare/authoring/diff_rules.h"
#include "fare/authoring/rule_lines.h"
#include "tests/fare/policy_books.h"

namespace tidegate::fare {
namespace {

using testing_books::network;
using testing_books::policy_model;

/// The metro of policy_model() with two limits; `far`: pairs of stops, from and to, beyond 6 km.
BookModel limited_model(const std::vector<std::pair<std::size_t, std::size_t>>& far) {
  BookModel out = policy_model();
  JourneyPolicy& policy = network(out, "m").policy;
  policy.limits = {{.minutes = 60, .to_m = 6'000}, {.minutes = 120}};
  policy.limit_of.assign(16, 0);
  for (const auto& [from, to] : far) policy.limit_of[from * 4 + to] = 1;
  return out;
}

TEST(DistanceLimits, the_line_says_the_way_and_the_minutes) {
  BookModel model = limited_model({});
  EXPECT_EQ(policy_lines(network(model, "m")).front(),
            (Bilingual{"乘车时限:最短里程 6000 米以内 60 分钟,120 分钟",
                       "time limit: 60 minutes up to a way of 6000 m, 120 minutes"}));
}

TEST(DistanceLimits, a_diff_names_the_pairs_whose_limit_changes) {
  const auto rules =
      changed_rules(limited_model({{0, 1}, {2, 3}}), limited_model({{0, 1}, {3, 2}}));
  ASSERT_EQ(rules.size(), 1U);
  EXPECT_EQ(rules[0].what, (Bilingual{"线网 m:2 对站点的乘车时限改变",
                                      "network m: another time limit for 2 pairs of stops"}));
  EXPECT_EQ(rules[0].before, (std::vector<Bilingual>{{"c → s: 120 分钟", "c → s: 120 minutes"},
                                                     {"s → c: 60 分钟", "s → c: 60 minutes"}}));
  EXPECT_EQ(rules[0].after, (std::vector<Bilingual>{{"c → s: 60 分钟", "c → s: 60 minutes"},
                                                    {"s → c: 120 分钟", "s → c: 120 minutes"}}));
}

TEST(DistanceLimits, a_stop_that_is_new_moves_no_pair) {
  BookModel before = limited_model({{0, 1}}), after = before;
  Network& grown = network(after, "m");
  grown.stops.insert(grown.stops.begin(), testing_books::stop("A", 9, 1, 0x19));
  auto& limit_of = grown.policy.limit_of;
  limit_of.assign(25, 1);
  for (std::size_t from = 0; from < 4; ++from)
    for (std::size_t to = 0; to < 4; ++to)
      limit_of[(from + 1) * 5 + to + 1] = network(before, "m").policy.limit_of[from * 4 + to];
  EXPECT_TRUE(changed_rules(before, after).empty());
}

}  // namespace
}  // namespace tidegate::fare
