// SPDX-License-Identifier: Apache-2.0
// What the tests of the simulated reader share: a host that speaks bytes, and a card that echoes.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/posix/fd.h"
#include "simulators/pn532/reader.h"

namespace tidegate::sim::pn532 {

inline constexpr const char* kAck = "0000FF00FF00";
inline constexpr const char* kNack = "0000FFFF0000";
inline constexpr const char* kErrorFrame = "0000FF01FF7F8100";
inline constexpr const char* kWakeUp = "55550000000000000000000000000000";

/// Hex without its blanks, in upper case.
[[nodiscard]] std::string plain(const std::string& hex);
/// A frame around TFI `tfi` and this code and data, normal or extended. Written for the tests: the
/// simulator's own builder must not check itself.
[[nodiscard]] std::string frame(const std::string& command, Byte tfi = 0xD4);

/// The other end of the line.
class Host {
 public:
  explicit Host(const std::filesystem::path& link);
  void send(const std::string& hex);
  /// The next `bytes` bytes, or what came within ten seconds.
  [[nodiscard]] std::string receive(std::size_t bytes);
  /// The next bytes are exactly these.
  void expect(const std::string& hex);
  /// Wakes the chip up, as each host does first.
  void open();
  /// Sends a command; expects the ACK. The reply's code and data, in hex.
  [[nodiscard]] std::string call(const std::string& command);
  /// The reply to come: code and data, in hex.
  [[nodiscard]] std::string reply();
  /// Nothing is on its way and the chip listens: its version is the next thing that comes.
  void expect_all_quiet();
  /// Something comes within this time.
  [[nodiscard]] bool hears(std::chrono::milliseconds patience);
  /// Nobody is at the other end any more.
  [[nodiscard]] bool hung_up();

 private:
  posix::Fd fd_;
};

/// Answers each command with itself and 9000, or as `answer` says; counts what happens to it.
class EchoCard final : public Card {
 public:
  explicit EchoCard(const std::string& uid = "085A3C91") : uid_{*from_hex(uid)} {}
  [[nodiscard]] Bytes uid() const override { return uid_; }
  [[nodiscard]] Bytes ats() const override { return *from_hex("0C788070 02 54554E494F4E00"); }
  [[nodiscard]] std::array<Byte, 2> atqa() const override { return atqa_value; }
  [[nodiscard]] Byte sak() const override { return sak_value; }
  void power_off() override { ++power_offs; }
  [[nodiscard]] Bytes transceive(ByteView command) override;

  std::function<Bytes(ByteView)> answer;
  Byte sak_value = 0x20;
  std::array<Byte, 2> atqa_value{0x00, 0x04};
  std::atomic<unsigned> commands = 0;  ///< counted in the reader's thread
  std::atomic<unsigned> power_offs = 0;

 private:
  Bytes uid_;
};

/// A reader behind a link of its own, and its options to change before start().
class Pn532 : public testing::Test {
 protected:
  Pn532();
  ~Pn532() override;
  void start();
  /// start(), open(), one card put down and selected as Tg 1.
  void start_with_selected_card();

  ReaderOptions options_;
  EchoCard card_;
  std::unique_ptr<SimReader> reader_;
  std::unique_ptr<Host> host_;
  std::filesystem::path folder_;
};

inline constexpr const char* kSelectedCard = "4B010100042004085A3C910C7880700254554E494F4E00";

}  // namespace tidegate::sim::pn532
