// SPDX-License-Identifier: Apache-2.0
// What the signed issuer list says about ride codes: keys of certification authorities, and which
// issuers' codes of which platforms are taken.
#pragma once

#include <array>
#include <compare>
#include <map>
#include <set>

#include "base/openssl/sm2.h"

namespace tidegate::nfc {

/// An issuer (4 BCD bytes) and the platform that makes its codes.
struct CodeIssuer {
  std::array<Byte, 4> issuer{};
  std::array<Byte, 4> platform{};
  friend auto operator<=>(const CodeIssuer&, const CodeIssuer&) = default;
};

struct CodeLists {
  std::map<Byte, crypto::Sm2PublicKey> ca_keys;  ///< by CA index
  std::set<CodeIssuer> listed;
};

}  // namespace tidegate::nfc
