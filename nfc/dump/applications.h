// SPDX-License-Identifier: Apache-2.0
// The names of the card applications that the cards of the delta carry, by their identifiers.
#pragma once

#include <string>

#include "base/bytes.h"

namespace tidegate::nfc {

/// What a dump's decoder does with an application's files.
enum class DumpLayout : std::uint8_t {
  purse,          ///< EF 15, 17, 18, 1A, 1E as JT/T 978 has them
  revised_purse,  ///< the same, save EF 15
  union_purse,    ///< City Union: balance and log alike, the rest is not ours
  directory,      ///< PPSE, PSE: lists applications, is none
  other,          ///< recognised or not: nothing is read
};
struct KnownApplication {
  std::string name;
  DumpLayout layout = DumpLayout::other;
};
/// By the head of an application identifier or DF name; "unknown" for others.
[[nodiscard]] KnownApplication application_of(ByteView identifier);

}  // namespace tidegate::nfc
