// SPDX-License-Identifier: Apache-2.0
// Virtual PC/SC readers: a configuration for a pcscd of our own with vpcd's driver in it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace tidegate::sim {

/// pcscd serves no more.
inline constexpr unsigned kVirtualReadersMax = 16;

struct VirtualReader {
  std::string name;  ///< in PC/SC
  std::uint16_t port = 0;
};

struct VirtualReaders {
  std::vector<VirtualReader> readers;
  std::vector<std::string> pcscd;  ///< the command to start it with, in the foreground
};

/// Whether a pcscd can be started here. Errc::unsupported: pcscd or vpcd is not installed;
/// Errc::refused: this user may not; Errc::exists: one runs, and a machine has only one.
[[nodiscard]] Status pcscd_possible();

/// Makes `folder` (which must not be there) with the configuration and the drivers, at free ports.
[[nodiscard]] Result<VirtualReaders> make_virtual_readers(const std::filesystem::path& folder,
                                                          unsigned count);

}  // namespace tidegate::sim
