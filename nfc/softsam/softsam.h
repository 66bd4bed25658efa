// SPDX-License-Identifier: Apache-2.0
// A SAM in software: keys from a file. For tests and simulated stations only: it refuses any realm
// but test, because a file is no place for real keys. Transaction numbers are reserved in durable
// blocks of 4096, so that a kill or a power cut skips numbers and never gives one twice.
//
// File (TOML):  terminal = "413100000002"   key_index = 1
//               purchase_key = "32 hex digits"   tac_key is not in a SAM.
// Beside it, `<file>.txn` holds the next unreserved number, 4 bytes big-endian and their CRC-16.
//
// The key file is the SAM in its slot: taking it away (or another file in its place, or any change
// to it) pulls the SAM out. Every later call answers Errc::gone, an open session is lost, and the
// SAM must be opened again, which succeeds when a key file is there.
#pragma once

#include <filesystem>
#include <memory>

#include "base/envelope/envelope.h"
#include "nfc/purse/ports.h"

namespace tidegate::nfc {

[[nodiscard]] Result<std::unique_ptr<Sam>> open_softsam(const std::filesystem::path& key_file,
                                                        Realm realm);

}  // namespace tidegate::nfc
