// SPDX-License-Identifier: Apache-2.0
// Reads the rules of the control file and counts calls against them.
#include "tests/interposer/faults.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <sstream>

namespace tidegate::interposer {
namespace {

struct CallName {
  std::string_view name;
  Call call;
};
constexpr CallName kCalls[] = {{"write", Call::write}, {"root", Call::root},
                               {"sync", Call::sync},   {"resize", Call::resize},
                               {"open", Call::open},   {"folder", Call::folder}};
struct ErrorName {
  std::string_view name;
  int error;
};
constexpr ErrorName kErrors[] = {
    {"ENOSPC", ENOSPC}, {"EIO", EIO}, {"EROFS", EROFS}, {"EDQUOT", EDQUOT}};

[[noreturn]] void stop(std::string_view line) {
  std::fprintf(stderr, "interposer: not a fault: %.*s\n", static_cast<int>(line.size()),
               line.data());
  std::abort();
}

}  // namespace

Faults::Rule Faults::parse(std::string_view line) {
  std::istringstream words{std::string{line}};
  std::string call, error;
  words >> call >> error;
  Rule rule;
  bool known = rule.all = call == "all";
  for (const CallName& each : kCalls)
    if (each.name == call) {
      rule.call = each.call;
      known = true;
    }
  for (const ErrorName& each : kErrors)
    if (each.name == error) rule.fault.error = each.error;
  if (!known || rule.fault.error == 0) stop(line);
  for (std::string word; words >> word;) {
    if (word == "landed") {
      rule.fault.landed = true;
    } else if (word == "short") {
      rule.fault.is_short = true;
    } else if (word.starts_with("after=")) {
      rule.after = std::strtoul(word.c_str() + 6, nullptr, 10);
    } else if (word.starts_with("times=")) {
      rule.times = std::strtoul(word.c_str() + 6, nullptr, 10);
    } else {
      stop(line);
    }
  }
  return rule;
}

void Faults::load(std::string text) {
  if (text == text_) return;
  text_ = std::move(text);
  rules_.clear();
  std::istringstream lines{text_};
  for (std::string line; std::getline(lines, line);)
    if (!line.empty() && line[0] != '#') rules_.push_back(parse(line));
}

Fault Faults::next(Call call) {
  for (Rule& rule : rules_) {
    if (!rule.all && rule.call != call) continue;
    if (rule.after > 0) {
      --rule.after;
      continue;
    }
    if (rule.times == 0) continue;
    --rule.times;
    return rule.fault;
  }
  return {};
}

}  // namespace tidegate::interposer
