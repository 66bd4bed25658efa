// SPDX-License-Identifier: Apache-2.0
// A real SAM in a PC/SC reader (pcscd). The SAM keeps its keys and its arithmetic to itself: key
// version and algorithm go to it as the card gave them, and it decides what it has keys for.
//
// A SAM that was reset, pulled out or does not answer in time is lost: every later call answers
// Errc::io, and it must be opened again. Nothing here blocks for longer than a few seconds, not
// even when pcscd stops in the middle of a command.
#pragma once

#include <memory>
#include <string_view>

#include "nfc/purse/ports.h"

namespace tidegate::nfc {

/// `reader`: its name in PC/SC, or the beginning of just one ("Virtual PCD 00 00"). Nobody else can
/// use that SAM meanwhile. Errc::io: pcscd or the SAM does not answer; Errc::not_found: no such
/// reader, or no application 8011 in it; Errc::gone: no SAM in the reader; Errc::exists: another
/// process uses it; Errc::invalid: the name is the beginning of several, or a file has another
/// form.
[[nodiscard]] Result<std::unique_ptr<Sam>> open_pcsc_sam(std::string_view reader);

}  // namespace tidegate::nfc
