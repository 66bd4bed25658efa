// SPDX-License-Identifier: Apache-2.0
// The catalogue of rules, and the names of riders and places.
#include "fare/engine/rule_text.h"

#include <algorithm>
#include <array>
#include <utility>

#include "fare/engine/book_data.h"

namespace tidegate::fare {
namespace {

struct Word {
  std::string_view name, zh, en;
};

// The parts of rule names that the engine and the compiler write.
constexpr std::array kRules{
    Word{"od", "站间票价", "fare between the two stations"},
    Word{"distance", "按里程分段计价", "fare by distance"},
    Word{"per-km", "按公里计价", "fare per kilometre"},
    Word{"zones", "按区段计价", "fare by zones"},
    Word{"flat", "单一票价", "flat fare"},
    // Between rides.
    Word{"transfer", "换乘优惠", "transfer discount"},
    Word{"interchange", "站外换乘,连续计费", "interchange outside the gates, one fare goes on"},
    Word{"pass", "定期票或计次票", "pass"},
    Word{"cumulative", "累计优惠", "cumulative discount"},
    Word{"cap", "封顶", "cap"},
    // Journeys that went wrong.
    Word{"overstay", "超时", "stayed longer than allowed"},
    Word{"same-station", "同站进出", "left where one entered"},
    Word{"same-station-free", "同站进出,免费时限内",
         "left where one entered, in time to pay nothing"},
    Word{"no-entry", "无进站记录", "no entry on the card"},
    Word{"no-exit", "上次行程未出站(下车)", "the last journey was not ended"},
    Word{"told-at-entry", "不超过进站时告知的最高票价", "held to what was told at entry"},
    Word{"completed", "自动补全的行程", "journey completed, its end is certain"},
    Word{"open-elsewhere", "外地未完成行程,不处理", "a journey open in another city is left alone"},
    // Who, with whom, where.
    Word{"another-person", "同卡再刷,另一位乘客", "the same card again: another person"},
    Word{"free-child", "免费儿童", "child that rides free"},
    Word{"charged-elsewhere", "在对岸收费", "charged on the other side"},
    // Modes of a station; "mode" with a mode and a station: what was in force there.
    Word{"mode", "车站模式", "mode of a station"},
    Word{"train-failure", "列车故障", "train failure"},
    Word{"order-free", "进出站次序免检", "order of entry and exit not asked for"},
    Word{"time-free", "乘车时间免检", "time not asked for"},
    Word{"date-free", "日期免检", "date not asked for"},
    Word{"fare-free", "车费免检", "fare not asked for"},
    Word{"emergency", "紧急模式", "emergency"},
    Word{"closed", "车站关闭", "station closed"},
    Word{"mode/time-free", "乘车时间免检模式,超时不计",
         "time-free mode: nothing is charged for the time"},
    Word{"mode/train-failure", "列车故障模式,免费出站", "train failure: the exit is free"},
    Word{"mode/fare-free", "免检票价模式,免费", "fare-free mode: nothing is charged"},
    Word{"mode/order-free", "进出站次序免检模式,免费出站",
         "order-free mode: an exit without an entry of its own is free"},
};

// Kinds of rules between rides; behind them stands the name that the operator gave.
constexpr std::array kBetween{
    Word{"interchange", "站外换乘连续计价", "one fare across the street"},
    Word{"pass", "计次或期限票", "covered by a pass"},
    Word{"transfer", "换乘优惠", "transfer discount"},
    Word{"cumulative", "累计优惠", "discount for what was spent before"},
    Word{"cap", "封顶优惠", "no more than the cap"},
};

constexpr std::array kRiders{
    Word{"adult", "成人", "adult"},         Word{"student", "学生", "student"},
    Word{"senior", "老人", "senior"},       Word{"child", "儿童", "child"},
    Word{"disabled", "残疾人", "disabled"}, Word{"military", "军人", "military"},
    Word{"staff", "员工", "staff"},         Word{"test", "测试卡", "test card"},
    Word{"all", "全体乘客", "everybody"},
};

constexpr std::array kMedia{
    Word{"t-union", "交通联合卡", "T-Union card"},
    Word{"qr", "乘车码", "ride code"},
};

// Conditions of a class behind its riders.
constexpr std::array kConditions{
    Word{"person", "乘客", "a person"},
    Word{"bicycle", "携自行车", "with a bicycle"},
    Word{"motorcycle", "携摩托车", "with a motorcycle"},
    Word{"local", "本地卡", "local cards"},
    Word{"foreign", "外地卡", "cards of other cities"},
    Word{"any", "各地卡", "cards of every city"},
    Word{"issuers", "指定城市的卡", "cards of certain cities"},
    Word{"between", "区间内", "inside a part of the network"},
};

const Word* find(std::span<const Word> words, std::string_view name) noexcept {
  const auto found = std::ranges::find(words, name, &Word::name);
  return found == words.end() ? nullptr : std::to_address(found);
}

Bilingual both(const Word& word) {
  return {std::string{word.zh}, std::string{word.en}};
}
Bilingual as_it_is(std::string_view text) {
  return {std::string{text}, std::string{text}};
}

void append(Bilingual& to, const Bilingual& text, std::string_view zh, std::string_view en) {
  to.zh.append(to.zh.empty() ? "" : zh).append(text.zh);
  to.en.append(to.en.empty() ? "" : en).append(text.en);
}

/// "a" of "a/b/c"; `rest` becomes "b/c".
std::string_view take(std::string_view& rest, char separator) {
  const std::string_view part = rest.substr(0, rest.find(separator));
  rest.remove_prefix(std::min(rest.size(), part.size() + 1));
  return part;
}

const Rider* own_rider(const Book* book, std::string_view name) {
  if (book == nullptr) return nullptr;
  const auto found = std::ranges::find(book->riders(), name, &Rider::name);
  return found == book->riders().end() ? nullptr : std::to_address(found);
}

/// Riders of a class, "student+child"; both empty: not every part is a rider.
Bilingual riders_text(const Book* book, std::string_view names) {
  Bilingual out;
  while (!names.empty()) {
    const std::string_view name = take(names, '+');
    if (const Word* const word = find(kRiders, name))
      append(out, both(*word), "、", " or ");
    else if (const Rider* const own = own_rider(book, name))
      append(out, {own->name_zh, own->name_en}, "、", " or ");
    else
      return {};
  }
  return out;
}

bool declares_timeframe(const Book* book, std::string_view name) {
  return book == nullptr ||
         std::ranges::find(BookData::of(*book).model().timeframes, name, &Timeframe::name) !=
             BookData::of(*book).model().timeframes.end();
}

/// "student+child@peak": riders and a timeframe. Both empty: the name is the operator's own.
Bilingual class_text(const Book* book, std::string_view name) {
  const auto at = name.find('@');
  Bilingual out = riders_text(book, name.substr(0, at));
  if (out.zh.empty() || at == std::string_view::npos) return out;
  const std::string frame{name.substr(at + 1)};
  if (!declares_timeframe(book, frame)) return {};
  append(out, {"时段 " + frame, "in " + frame}, ",", ", ");
  return out;
}

/// Whether the operator called a tariff of this network `part`, or a class `whole`.
bool declares(std::span<const TariffVersion> versions, std::string_view whole,
              std::string_view part) {
  const auto is_rule = [part](const Tariff& tariff) {
    const auto* const matrix = std::get_if<MatrixTariff>(&tariff);
    return matrix != nullptr && matrix->rule == part;
  };
  return std::ranges::any_of(versions, [&](const TariffVersion& version) {
    return is_rule(version.tariff) ||
           std::ranges::any_of(version.classes, [&](const FareClass& one) {
             return one.name == whole || is_rule(one.tariff);
           });
  });
}

/// One part of a rule's name behind the network. Both empty: it is in no catalogue.
Bilingual part_text(const Book* book, std::string_view part) {
  if (const Word* const word = find(kRules, part)) return both(*word);
  if (const Word* const medium = find(kMedia, part)) return both(*medium);
  if (const Word* const condition = find(kConditions, part)) return both(*condition);
  return class_text(book, part);
}

template <class Rule>
bool has_name(const std::vector<Rule>& rules, std::string_view name) {
  return std::ranges::find(rules, name, &Rule::name) != rules.end();
}

bool declares_between(const Book* book, std::string_view kind, std::string_view name) {
  if (book == nullptr) return true;
  const BetweenRides& rules = BookData::of(*book).model().between;
  if (kind == "interchange") return has_name(rules.interchanges, name);
  if (kind == "pass") return has_name(rules.passes, name);
  if (kind == "transfer") return has_name(rules.transfers, name);
  if (kind == "cumulative") return has_name(rules.cumulative, name);
  return has_name(rules.caps, name);
}

/// Who stands in front of a rule: a network, or two that a through rule joins.
struct Owner {
  Bilingual name;
  std::span<const TariffVersion> versions;
};

const Network* network_of(const Book* book, const NetworkId& id) {
  return book == nullptr ? nullptr : BookData::of(*book).network(id);
}

std::optional<Owner> owner_of(const Book* book, std::string_view name) {
  if (book == nullptr) return std::nullopt;
  if (const Network* const network = network_of(book, NetworkId{std::string{name}}))
    return Owner{{network->name_zh, network->name_en}, network->versions};
  const BookModel& model = BookData::of(*book).model();
  const auto rule = std::ranges::find(model.through, name, &ThroughRule::name);
  if (rule == model.through.end()) return std::nullopt;
  const Network &a = model.networks[rule->a], &b = model.networks[rule->b];
  return Owner{{a.name_zh + "—" + b.name_zh, a.name_en + " – " + b.name_en}, rule->versions};
}

}  // namespace

RuleText rule_text(const Book* book, std::string_view rule) {
  if (const Word* const whole = find(kRules, rule)) return {both(*whole), true};
  std::string_view rest = rule;
  const std::string_view first = take(rest, '/');
  const auto owner = owner_of(book, first);
  if (const Word* const kind = find(kBetween, first); kind != nullptr && !owner)
    return {{std::string{kind->zh} + ":" + std::string{rest},
             std::string{kind->en} + ": " + std::string{rest}},
            declares_between(book, first, rest)};
  // A word of the catalogue in front: the book's own names are behind it. Else whose rule it is: a
  // network, or a rule over two networks by its name.
  const bool is_kind = !owner && (rest.empty() || find(kRules, first) != nullptr);
  if (is_kind) rest = rule;
  RuleText out;
  while (!rest.empty()) {
    const std::string_view whole = rest, part = take(rest, '/');
    const Bilingual text = part_text(book, part);
    if (!text.zh.empty()) {
      append(out.text, text, ",", ", ");
      continue;
    }
    const bool own =
        is_kind ? !out.text.zh.empty() : owner && declares(owner->versions, whole, part);
    out.known = out.known && own;
    append(out.text, as_it_is(part), ",", ", ");
  }
  if (is_kind) return out;
  const Bilingual name = owner ? owner->name : as_it_is(first);
  out.text = {name.zh + ":" + out.text.zh, name.en + ": " + out.text.en};
  return out;
}

Bilingual place_text(const Book* book, const NetworkId& network, const StopCode& stop) {
  const Network* const found = network_of(book, network);
  const auto at = found != nullptr ? BookData::of(*book).stop(*found, stop) : std::nullopt;
  if (!at) return as_it_is(network.get() + "/" + stop.get());
  const Stop& here = found->stops[*at];
  return {found->name_zh + " " + here.name_zh, found->name_en + " " + here.name_en};
}

Bilingual place_text(const Book* book, const OpenJourney& open) {
  if (book == nullptr) return {};
  const auto place = BookData::of(*book).place(open.where);
  if (!place) return {};
  return place_text(book, NetworkId{place.network->id},
                    StopCode{place.network->stops[place.stop].code});
}

Bilingual rider_text(const Book* book, RiderCategory rider) {
  const std::string_view name =
      rider_name(book != nullptr ? book->riders() : std::span<const Rider>{}, rider);
  const Bilingual text = riders_text(book, name);
  return text.zh.empty() ? as_it_is(name) : text;
}

Bilingual medium_text(MediumKind kind) {
  const Word* const word = find(kMedia, name_of(kind));
  return word != nullptr ? both(*word) : as_it_is(name_of(kind));
}

Bilingual tap_text(TapKind kind) {
  switch (kind) {
    case TapKind::entry: return {"进站", "entry"};
    case TapKind::exit: return {"出站", "exit"};
    case TapKind::board: return {"上车(船)", "boarding"};
    case TapKind::alight: return {"下车(船)", "alighting"};
  }
  return as_it_is(name_of(kind));
}

}  // namespace tidegate::fare
