// SPDX-License-Identifier: Apache-2.0
// Riders and media of a rule.
#include "fare/authoring/whom_source.h"

#include <algorithm>
#include <string>

namespace tidegate::fare {

std::vector<RiderCategory> read_riders(TomlReader& in, std::span<const Rider> own) {
  std::vector<RiderCategory> out;
  for (const std::string& name : in.texts("riders")) {
    if (const auto rider = rider_from_name(own, name))
      out.push_back(*rider);
    else
      in.bad("riders", no_such_rider(name, own));
  }
  std::ranges::sort(out);
  return out;
}

std::vector<MediumKind> read_media(TomlReader& in) {
  std::vector<MediumKind> out;
  for (const std::string& name : in.texts("media")) {
    if (const auto medium = medium_from_name(name))
      out.push_back(*medium);
    else
      in.bad("media", "t-union or qr was expected, not \"" + name + "\"");
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace tidegate::fare
