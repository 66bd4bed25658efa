// SPDX-License-Identifier: Apache-2.0
// Compares rules as they are written, part by part.
#include "fare/authoring/diff_rules.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>

#include "fare/authoring/proof_text.h"
#include "fare/authoring/rule_lines.h"
#include "fare/authoring/source.h"

namespace tidegate::fare {
namespace {

/// Both sides and what was found.
struct Comparison {
  const BookModel& before;
  const BookModel& after;
  std::vector<RuleChange> out{};
};

/// Rules that are in one list only, or not alike in both. `line` says a rule of a book.
template <class Rule, class Line>
void compare(const Bilingual& kind, const std::vector<Rule>& before, const std::vector<Rule>& after,
             Comparison& both, Line line) {
  const auto find = [](const std::vector<Rule>& rules, const std::string& name) {
    return std::ranges::find(rules, name, &Rule::name);
  };
  const auto add = [&](const Rule* old_one, const Rule* new_one, const char* zh, const char* en) {
    const std::string name = plain_text(old_one != nullptr ? old_one->name : new_one->name);
    RuleChange& one = both.out.emplace_back();
    one.what = {kind.zh + " " + name + ":" + zh, kind.en + " " + name + ": " + en};
    if (old_one != nullptr) one.before = {line(both.before, *old_one)};
    if (new_one != nullptr) one.after = {line(both.after, *new_one)};
  };
  for (const Rule& rule : before) {
    const auto other = find(after, rule.name);
    if (other == after.end())
      add(&rule, nullptr, "取消", "gone");
    else if (*other != rule)
      add(&rule, &*other, "改变", "changed");
  }
  for (const Rule& rule : after)
    if (find(before, rule.name) == before.end()) add(nullptr, &rule, "新增", "new");
}

/// Of a version, what pairs are not priced with: media, cities, things, company.
struct Unpriced {
  std::vector<FareClass> classes;
  std::vector<std::uint16_t> charge_at;
  std::optional<CompanionRule> companions;
  std::optional<RepeatRule> repeat;
  friend bool operator==(const Unpriced&, const Unpriced&) = default;
};
std::vector<Unpriced> unpriced(const Network& network) {
  std::vector<Unpriced> out;
  for (const TariffVersion& version : network.versions) {
    Unpriced& one = out.emplace_back();
    std::ranges::copy_if(version.classes, std::back_inserter(one.classes), [](const FareClass& c) {
      return !c.items.empty() || !c.issuers.empty() || !c.media.empty();
    });
    one.charge_at = version.charge_at;
    one.companions = version.companions;
    one.repeat = version.repeat;
  }
  return out;
}

/// Lines of one side that the other does not have.
void keep_differences(std::vector<Bilingual>& a, std::vector<Bilingual>& b) {
  const auto without = [](const std::vector<Bilingual>& some, const std::vector<Bilingual>& other) {
    std::vector<Bilingual> out;
    for (const Bilingual& one : some)
      if (std::ranges::find(other, one) == other.end()) out.push_back(one);
    return out;
  };
  auto left = without(a, b);
  b = without(b, a);
  a = std::move(left);
}

std::vector<Bilingual> unpriced_lines(const BookModel& model, const Network& network) {
  std::vector<Bilingual> out;
  for (const TariffVersion& version : network.versions) {
    for (const FareClass& one : version.classes) {
      if (one.items.empty() && one.issuers.empty() && one.media.empty()) continue;
      const Bilingual whom = class_line(model, one);
      out.push_back({plain_text(one.name) + ":" + whom.zh, plain_text(one.name) + ": " + whom.en});
    }
    const auto rules = version_lines(model, network, version);
    out.insert(out.end(), rules.begin(), rules.end());
  }
  return out;
}

/// What a policy says whatever stops there are.
JourneyPolicy without_pairs(JourneyPolicy policy) {
  policy.limit_of.clear();
  return policy;
}

/// Pairs of stops of both sides whose ways are so much longer or shorter that another time limit
/// counts: a list of them for each side.
void compare_limits(const Network& before, const Network& after, Comparison& both) {
  constexpr std::size_t kPairsShown = 10;
  if (before.policy.limit_of.empty() || after.policy.limit_of.empty()) return;
  std::vector<std::optional<std::size_t>> now;  // of each stop of `before`
  for (const Stop& stop : before.stops) now.push_back(index_of(after.stops, stop.code));
  const auto minutes = [](const Network& network, std::size_t from, std::size_t to) {
    const JourneyPolicy& policy = network.policy;
    return policy.limits[policy.limit_of[from * network.stops.size() + to]].minutes;
  };
  const auto line = [&](std::size_t from, std::size_t to, unsigned limit) {
    const std::string pair = before.stops[from].code + " → " + before.stops[to].code + ": ";
    const std::string count = std::to_string(limit);
    return Bilingual{pair + count + " 分钟", pair + count + " minutes"};
  };
  RuleChange one;
  std::size_t changed = 0;
  for (std::size_t from = 0; from < now.size(); ++from)
    for (std::size_t to = 0; to < now.size(); ++to) {
      if (!now[from] || !now[to]) continue;
      const auto old_limit = minutes(before, from, to),
                 limit = minutes(after, *now[from], *now[to]);
      if (old_limit == limit || ++changed > kPairsShown) continue;
      one.before.push_back(line(from, to, old_limit));
      one.after.push_back(line(from, to, limit));
    }
  if (changed == 0) return;
  const std::string id = plain_text(after.id), count = std::to_string(changed);
  one.what = {"线网 " + id + ":" + count + " 对站点的乘车时限改变",
              "network " + id + ": another time limit for " + count + " pairs of stops"};
  both.out.push_back(std::move(one));
}

void compare_network(const Network& before, const Network& after, Comparison& both) {
  const auto add = [&](const char* zh, const char* en, std::vector<Bilingual> old_lines,
                       std::vector<Bilingual> new_lines) {
    keep_differences(old_lines, new_lines);
    both.out.push_back(
        {{"线网 " + plain_text(after.id) + ":" + zh, "network " + plain_text(after.id) + ": " + en},
         std::move(old_lines),
         std::move(new_lines)});
  };
  const auto yuan = [](Fen fen) {
    return std::vector<Bilingual>{{fen.yuan() + " 元", fen.yuan() + " yuan"}};
  };
  const auto time = [](const Network& network) {
    char text[16];
    std::snprintf(text, sizeof text, "%02u:%02u", network.rollover_minutes / 60U % 100U,
                  network.rollover_minutes % 60U);
    return std::vector<Bilingual>{{text, text}};
  };
  if (without_pairs(before.policy) != without_pairs(after.policy))
    add("异常行程的处理", "policy for journeys that go wrong", policy_lines(before),
        policy_lines(after));
  compare_limits(before, after, both);
  if (before.minimum_balance != after.minimum_balance)
    add("进站余额要求", "balance asked for at entry", yuan(before.minimum_balance),
        yuan(after.minimum_balance));
  if (before.rollover_minutes != after.rollover_minutes)
    add("运营日切换时间", "turn of the service day", time(before), time(after));
  if (unpriced(before) != unpriced(after))
    add("按介质、发卡城市、携带物品的票种,或随行规则",
        "classes by medium, city of the card or what is carried; company",
        unpriced_lines(both.before, before), unpriced_lines(both.after, after));
}

/// The days that one calendar has and the other has not.
void compare_calendars(Comparison& both) {
  const DayCalendar &a = both.before.calendar, &b = both.after.calendar;
  if (a == b) return;
  const auto lines = [](const DayCalendar& calendar) {
    std::vector<Bilingual> out;
    for (const auto day : calendar.holidays)
      out.push_back({ServiceDay{day}.text() + " 放假", ServiceDay{day}.text() + " holiday"});
    for (const auto day : calendar.working_days)
      out.push_back({ServiceDay{day}.text() + " 上班", ServiceDay{day}.text() + " working day"});
    return out;
  };
  RuleChange one{{"日历", "calendar"}, lines(a), lines(b)};
  keep_differences(one.before, one.after);
  both.out.push_back(std::move(one));
}

}  // namespace

std::vector<RuleChange> changed_rules(const BookModel& before, const BookModel& after) {
  Comparison both{before, after};
  for (const Network& network : after.networks) {
    const auto other = std::ranges::find(before.networks, network.id, &Network::id);
    if (other != before.networks.end()) compare_network(*other, network, both);
  }
  const auto line = [](const BookModel& model, const auto& rule) { return rule_line(model, rule); };
  const BetweenRides &a = before.between, &b = after.between;
  compare({"换乘", "transfer"}, a.transfers, b.transfers, both, line);
  compare({"站外换乘", "interchange"}, a.interchanges, b.interchanges, both, line);
  compare({"封顶", "cap"}, a.caps, b.caps, both, line);
  compare({"累计优惠", "cumulative"}, a.cumulative, b.cumulative, both, line);
  compare({"定期计次票", "pass"}, a.passes, b.passes, both, line);
  compare(
      {"贯通", "through"}, before.through, after.through, both,
      [](const BookModel& model, const ThroughRule& rule) { return through_line(model, rule); });
  compare_calendars(both);
  return std::move(both.out);
}

}  // namespace tidegate::fare
