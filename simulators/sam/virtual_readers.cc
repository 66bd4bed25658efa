// SPDX-License-Identifier: Apache-2.0
// Free ports, a driver for every two readers, reader.conf files.
#include "simulators/sam/virtual_readers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <optional>
#include <random>

#include "base/assert.h"
#include "base/posix/fd.h"

namespace tidegate::sim {

namespace {

namespace fs = std::filesystem;

constexpr const char* kPcscd = "/usr/sbin/pcscd";
constexpr const char* kDriver = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
constexpr const char* kSocket = "/run/pcscd/pcscd.comm";
/// Slots of one loaded driver.
constexpr unsigned kSlots = 2;
/// Below the ports that the system gives to connections.
constexpr unsigned kLowestPort = 20'000, kHighestPort = 32'000;
constexpr int kPortTries = 200;

[[nodiscard]] bool is_free(unsigned port) {
  const posix::Fd fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  return fd && ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

/// A port that is free together with the one after it.
[[nodiscard]] std::optional<unsigned> free_ports() {
  std::random_device random;
  std::uniform_int_distribution<unsigned> ports{kLowestPort / 2, kHighestPort / 2};
  for (int i = 0; i < kPortTries; ++i) {
    const unsigned port = ports(random) * kSlots;
    if (is_free(port) && is_free(port + 1)) return port;
  }
  return std::nullopt;
}

[[nodiscard]] bool somebody_listens() {
  const posix::Fd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::string_view{kSocket}.copy(address.sun_path, sizeof address.sun_path - 1);
  return fd &&
         ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

}  // namespace

Status pcscd_possible() {
  if (::access(kPcscd, X_OK) != 0)
    return fail(Errc::unsupported, "pcscd is not installed (package pcscd)");
  if (::access(kDriver, R_OK) != 0)
    return fail(Errc::unsupported, "vpcd is not installed (package vsmartcard-vpcd)");
  if (somebody_listens())
    return fail(Errc::exists, "a pcscd runs on this machine already, and there can be only one");
  if (::geteuid() != 0) return fail(Errc::refused, "only root can start a pcscd of its own");
  return {};
}

Result<VirtualReaders> make_virtual_readers(const fs::path& folder, unsigned count) {
  ASSERT(count > 0 && count <= kVirtualReadersMax);
  std::error_code error;
  const fs::path config = folder / "reader.conf.d";
  if (fs::exists(folder)) return fail(Errc::exists, folder.string() + " is there already");
  if (!fs::create_directories(config, error))
    return fail_errno("making " + config.string(), error.value());
  VirtualReaders out;
  out.pcscd = {kPcscd, "--foreground", "--info", "--config", config};
  while (out.readers.size() < count) {
    const auto port = free_ports();
    if (!port) return fail(Errc::full, "no two free ports next to each other");
    const std::string letter{static_cast<char>('A' + out.readers.size() / kSlots)};
    // One file loaded twice is one driver with one set of slots: each entry has its own.
    const fs::path driver = folder / ("vpcd-" + letter + ".so");
    if (!fs::copy_file(kDriver, driver, error))
      return fail_errno("copying " + std::string{kDriver}, error.value());
    const std::string name = "Tidegate SAM " + letter;
    std::ofstream entry{config / letter};
    entry << "FRIENDLYNAME \"" << name << "\"\nDEVICENAME /dev/null:" << *port << "\nLIBPATH "
          << driver.string() << "\nCHANNELID " << *port << "\n";
    if (!entry.flush()) return fail(Errc::io, "writing " + (config / letter).string());
    for (unsigned slot = 0; slot < kSlots && out.readers.size() < count; ++slot) {
      out.readers.push_back({.name = name + " 00 0" + std::to_string(slot),
                             .port = static_cast<std::uint16_t>(*port + slot)});
    }
  }
  return out;
}

}  // namespace tidegate::sim
