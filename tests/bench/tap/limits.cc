// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/tap/limits.h"

#include <fcntl.h>
#include <nfc/nfc.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <thread>

#include "base/posix/fd.h"

namespace tidegate::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kTimeoutMs = 2000;
constexpr nfc_modulation kTypeA{NMT_ISO14443A, NBR_106};

struct Closing {
  void operator()(nfc_context* context) const { nfc_exit(context); }
  void operator()(nfc_device* device) const { nfc_close(device); }
};

Result<std::int64_t> one_round(nfc_device* device, const Exchange& exchange) {
  std::array<Byte, 264> answer{};
  const auto began = Clock::now();
  for (const auto& [command, expected] : exchange) {
    const int size = nfc_initiator_transceive_bytes(device, command.data(), command.size(),
                                                    answer.data(), answer.size(), kTimeoutMs);
    if (size != static_cast<int>(expected.size()))
      return fail(Errc::io, "libnfc: code " + std::to_string(size));
  }
  const auto all = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - began);
  return all.count() / static_cast<std::int64_t>(exchange.size());
}

}  // namespace

Result<Distribution> bare_libnfc(const sim::ReaderOptions& options, const sim::CardImageData& image,
                                 const Exchange& exchange, std::size_t rounds,
                                 std::chrono::milliseconds pause) {
  ReplayingCard card{image, exchange};
  auto reader = sim::SimReader::start(options);
  if (!reader) return fail(std::move(reader.error()));
  nfc_context* made = nullptr;
  nfc_init(&made);
  const std::unique_ptr<nfc_context, Closing> context{made};
  if (!context) return fail(Errc::io, "libnfc does not start");
  const std::unique_ptr<nfc_device, Closing> device{
      nfc_open(context.get(), ("pn532_uart:" + options.link.string()).c_str())};
  if (!device || nfc_initiator_init(device.get()) < 0)
    return fail(Errc::io, "libnfc finds no reader at " + options.link.string());
  (*reader)->put(card, std::nullopt);
  nfc_device_set_property_bool(device.get(), NP_INFINITE_SELECT, false);
  nfc_target target{};
  if (nfc_initiator_select_passive_target(device.get(), kTypeA, nullptr, 0, &target) <= 0)
    return fail(Errc::io, "libnfc finds no card");
  std::vector<std::int64_t> ns;
  for (std::size_t i = 0; i < rounds; ++i) {
    std::this_thread::sleep_for(pause);
    auto one = one_round(device.get(), exchange);
    if (!one) return fail(std::move(one.error()));
    ns.push_back(*one);
  }
  (*reader)->take(card);
  return distribution_of(ns);
}

Result<Distribution> other_process(std::size_t turns, std::size_t messages,
                                   std::chrono::milliseconds pause) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return fail_errno("making a pair of sockets");
  posix::Fd ours{ends[0]}, theirs{ends[1]};
  std::array<Byte, 64> message{};
  const pid_t other = ::fork();
  if (other < 0) return fail_errno("starting another process");
  if (other == 0) {  // system calls only: this program has threads
    ::close(ends[0]);
    while (::recv(ends[1], message.data(), message.size(), 0) > 0)
      ::send(ends[1], message.data(), message.size(), MSG_NOSIGNAL);
    ::_exit(0);
  }
  theirs = {};
  bool good = true;
  std::vector<std::int64_t> ns;
  for (std::size_t i = 0; i < turns; ++i) {
    std::this_thread::sleep_for(pause);
    const auto began = Clock::now();
    for (std::size_t j = 0; j < messages; ++j)
      good = ::send(ours.get(), message.data(), message.size(), MSG_NOSIGNAL) > 0 &&
             ::recv(ours.get(), message.data(), message.size(), 0) > 0 && good;
    ns.push_back((Clock::now() - began).count() / static_cast<std::int64_t>(messages));
  }
  ours = {};
  ::waitpid(other, nullptr, 0);
  if (!good) return fail(Errc::io, "sending messages to another process");
  return distribution_of(ns);
}

Result<Distribution> raw_append(const std::filesystem::path& folder, std::size_t times) {
  const auto file = folder / "append";
  const posix::Fd fd{
      ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600)};
  if (!fd) return fail_errno("making " + file.string());
  const std::array<Byte, 256> record{};
  bool good = true;
  const Distribution out = measure(
      times, [](std::size_t) {},
      [&](std::size_t) {
        good = ::write(fd.get(), record.data(), record.size()) == std::ssize(record) &&
               ::fdatasync(fd.get()) == 0 && good;
      });
  ::unlink(file.c_str());
  if (!good) return fail(Errc::io, "appending to " + file.string());
  return out;
}

}  // namespace tidegate::bench
