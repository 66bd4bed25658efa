// SPDX-License-Identifier: Apache-2.0
// `tidegate fare price`: journeys in, prices out, line by line.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>

#include "fare/authoring/journey_json.h"
#include "fare/authoring/journey_lines.h"
#include "tools/fare_book_file.h"
#include "tools/fare_command.h"
#include "tools/price_text.h"
#include "tools/signed_file.h"

namespace tidegate::tools {

int fare_price(const std::filesystem::path& path, const std::string& input, bool explain) {
  const auto file = open_fare_book(path, {});
  if (!file) return no(file.error());
  const bool standard = input == "-";
  const std::string name = standard ? "standard input" : input;
  std::ifstream opened;
  if (!standard) {
    opened.open(input);
    if (!opened) return no(fail_errno(input).error());
  }
  std::istream& in = standard ? std::cin : opened;
  int exit_code = 0;
  std::string text;
  for (std::size_t number = 1; std::getline(in, text); ++number) {
    const std::string_view line = fare::journey_line(text, number);
    if (line.empty()) continue;
    const auto journey = fare::parse_journey(line, fare::JourneyUse::price, file->book->riders());
    if (!journey) {
      exit_code = no(Error{journey.error()}.with_context(name + ":" + std::to_string(number)));
      continue;
    }
    if (explain)
      std::fputs(journey_text(*file, *journey).c_str(), stdout);
    else
      print(fare::price_journey(*file->book, *journey, &file->model).text());
  }
  if (in.bad()) return no(Error{Errc::io, name + ": cannot be read to its end"});
  return exit_code;
}

}  // namespace tidegate::tools
