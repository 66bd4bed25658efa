// SPDX-License-Identifier: Apache-2.0
// Which applications a card may carry: the kernels of T-Union by their AID, the list that PPSE
// answers, and the other applications that passengers of the delta hold against a reader.
// Source: T-Union kernels K1 to K6 (JT/T 978), PPSE (EMV contactless).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "nfc/purse/records.h"

namespace tidegate::nfc {

/// AIDs have 8 to 16 bytes; a kernel is the first 8 of them. nullopt: not T-Union.
[[nodiscard]] std::optional<Kernel> kernel_of(ByteView aid);
[[nodiscard]] std::string_view name_of(Kernel kernel) noexcept;  // "K1"
[[nodiscard]] std::span<const Byte> aid_of(Kernel kernel) noexcept;
/// A purse whose commands and files are known: K1 and K2. K2 computes with SM4, which only a real
/// SAM can. K3 to K5 are e-cash, and what K6 keeps in EF 15 is not public.
[[nodiscard]] bool can_debit(Kernel kernel) noexcept;

/// SELECT of an application or directory by its name.
[[nodiscard]] Bytes select_name(ByteView name);
[[nodiscard]] Bytes select_ppse();

/// One application of a PPSE list.
struct ListedApplication {
  Bytes aid;
  std::string label;  ///< as the card says it, e.g. MOT_T_EP
  Byte priority = 0;  ///< 1 comes first; 0: none given
};
/// In the card's order. Entries without an AID of 5 to 16 bytes are left out.
[[nodiscard]] Result<std::vector<ListedApplication>> decode_ppse(ByteView data);

/// What else a card may be, when there is no T-Union purse on it.
enum class OtherApplication : std::uint8_t {
  city_union,       ///< City Union (MOHURD): the same purse, with other keys and files
  bank,             ///< a payment card
  social_security,  ///< the directory of a social-security card, never read
  local,            ///< another city's own application
};
struct OtherSelector {
  OtherApplication kind;
  std::string_view name;  ///< in logs and dumps: "city-union", "bank", "suzhou"
  Bytes identifier;       ///< its name, or the two bytes of its file
  Bytes select;           ///< the command that finds it
};
/// In the order they are looked for.
[[nodiscard]] std::span<const OtherSelector> other_selectors();
/// By an AID of a PPSE list; nullopt: unknown.
[[nodiscard]] std::optional<OtherApplication> other_application(ByteView aid);

}  // namespace tidegate::nfc
