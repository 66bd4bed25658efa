// SPDX-License-Identifier: Apache-2.0
// Where in the source the parts of a book stand: the check of a book knows no files, so what it
// says of a part gets file and line here.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <toml++/toml.h>

#include "base/result.h"
#include "fare/authoring/journey_lines.h"
#include "fare/authoring/source.h"

namespace tidegate::fare {

class Places {
 public:
  /// Of networks, stops, tariffs, riders, timeframes and rules.
  Places(const toml::table& root, const StopsByNetwork& stops, ServiceDay valid_from);
  void add_golden(const std::vector<JourneyLine>& journeys);

  /// "network m, stop b: is as network m, stop a" → "stops.csv:4: network m, stop b: is as network
  /// m, stop a (stops.csv:3)", in each line of the message.
  [[nodiscard]] Error located(const Error& error) const;

 private:
  void add(const std::string& part, std::string place) { places_.emplace(part, std::move(place)); }
  void add_network(const toml::table& table, const StopsByNetwork& stops, ServiceDay valid_from);
  [[nodiscard]] std::string located(const std::string& line) const;

  std::map<std::string, std::string> places_;
};

}  // namespace tidegate::fare
