// SPDX-License-Identifier: Apache-2.0
// Is this code genuine, listed and in time? Pure but for the cache; single use is the ledger's.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "nfc/qr/code_lists.h"
#include "nfc/qr/transit_code.h"

namespace tidegate::nfc {

/// The longest that a code may be shown after it was made.
inline constexpr std::chrono::seconds kCodeValidityMax{300};
/// How far a telephone's clock may be ahead of ours.
inline constexpr std::chrono::seconds kCodeSkew{60};

/// Issuer certificates whose CA signature was found right, with their keys ready for use: there are
/// a few dozen, and each code carries one. Any thread.
class CertificateCache {
 public:
  static constexpr std::size_t kKept = 256;
  /// What identifies a certificate that was verified: all of it, and the CA key that signed it.
  [[nodiscard]] std::optional<crypto::Sm2PublicKey> find(const Hash256& certificate) const;
  void keep(const Hash256& certificate, const crypto::Sm2PublicKey& key);

 private:
  mutable std::mutex mutex_;
  std::map<Hash256, crypto::Sm2PublicKey> keys_;
};

struct CodeMoment {
  Timestamp now{};
  /// false: no date is judged.
  bool clock_trusted = true;
  /// At an exit, dates of issuer and authorisation, the list and the cap are not judged: they
  /// refuse at the entry. What makes a code genuine and fresh is: a fresh one can be shown.
  bool leaving = false;
};

/// In the order of the reasons' numbers, which is that of the standard.
[[nodiscard]] CodeResult<void> verify_code(const TransitCode& code, const CodeLists& lists,
                                           const CodeMoment& moment, CertificateCache& cache);

}  // namespace tidegate::nfc
