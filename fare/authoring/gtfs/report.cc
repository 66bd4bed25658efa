// SPDX-License-Identifier: Apache-2.0
// Reports of conversions, as text.
#include "fare/authoring/gtfs/report.h"

#include <utility>

namespace tidegate::fare::gtfs {
namespace {

void append(std::string& out, std::string_view heading, const std::vector<Remark>& remarks) {
  if (remarks.empty()) return;
  out.append(heading).append(" (").append(std::to_string(remarks.size())).append("):\n");
  for (const Remark& remark : remarks) {
    const std::string place = remark.place.text();
    out.append("  ").append(place).append(place.empty() ? "" : ": ").append(remark.text);
    out.append("\n");
  }
}

}  // namespace

std::string Place::text() const {
  std::string out{file};
  if (line > 0) out.append(":").append(std::to_string(line));
  return out;
}

std::string Report::text() const {
  std::string out;
  if (!taken.empty()) out += "Taken over:\n";
  for (const std::string& line : taken) out.append("  ").append(line).append("\n");
  append(out, "How it was read", notes);
  append(out, "Not expressed", losses);
  if (losses.empty()) out += "Everything was expressed.\n";
  return out;
}

void Problems::add(Place place, const std::string& what) {
  if (++count_ > kTold) return;
  told_.append(told_.empty() ? "" : "\n").append(place.text()).append(": ").append(what);
}

std::unexpected<Error> Problems::error() const {
  std::string out = told_;
  if (count_ > kTold) out.append("\nand ").append(std::to_string(count_ - kTold)).append(" more");
  return fail(Errc::invalid, std::move(out));
}

}  // namespace tidegate::fare::gtfs
