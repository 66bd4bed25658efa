// SPDX-License-Identifier: Apache-2.0
// A whole reader under test: the simulated PN532, the real tidegate-reader program, and this test
// in the place of the gate.
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/posix/seqpacket.h"
#include "edge/protocol/reader_protocol.h"
#include "simulators/pn532/reader.h"

namespace tidegate::edge {

/// Long, because sanitizers and a busy machine are slow; a wait ends as soon as it can.
inline constexpr std::chrono::milliseconds kPatience{20'000};

/// Answers each command with itself and 9000, and counts them.
class EchoCard : public sim::Card {
 public:
  explicit EchoCard(Bytes uid) : uid_{std::move(uid)} {}
  [[nodiscard]] Bytes uid() const override { return uid_; }
  [[nodiscard]] Bytes ats() const override { return {0x05, 0x78, 0x80, 0x70, 0x02}; }
  [[nodiscard]] std::array<Byte, 2> atqa() const override { return {0x00, 0x04}; }
  [[nodiscard]] Byte sak() const override { return 0x20; }
  void power_off() override { ++resets; }
  [[nodiscard]] Bytes transceive(ByteView command) override {
    ++commands;
    Bytes out(command.begin(), command.end());
    append(out, std::array<Byte, 2>{0x90, 0x00});
    return out;
  }
  std::atomic<unsigned> commands{0};
  std::atomic<unsigned> resets{0};

 private:
  Bytes uid_;
};

/// A program started with posix_spawn; killed and waited for when this goes away.
class Program {
 public:
  explicit Program(std::vector<std::string> words);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  /// Exit code; -1 for a signal or when it goes on after kPatience.
  [[nodiscard]] int wait();
  void signal(int number) const;
  /// Its only child; -1: none.
  [[nodiscard]] pid_t child() const;

 private:
  pid_t pid_ = -1;
};

class ReaderRig : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  void write_config();
  void plug_in(std::vector<std::string> faults = {});
  void start_reader();
  /// Listens, waits for the reader and its Hello.
  void start_gate();
  void stop_gate();
  /// All of it.
  void start();

  void say(std::uint32_t request, reader_protocol::Body body);
  [[nodiscard]] std::optional<reader_protocol::Message> hear(
      std::chrono::milliseconds patience = kPatience);
  /// The next message with a body of this kind; others are skipped.
  template <class T>
  [[nodiscard]] std::optional<reader_protocol::Message> hear_a() {
    while (auto message = hear())
      if (std::holds_alternative<T>(message->body)) return message;
    return std::nullopt;
  }
  /// Waits for a State of this kind.
  [[nodiscard]] bool hear_state(reader_protocol::ReaderState state);
  /// The UID of the next Target nobody asked for; empty: none came.
  [[nodiscard]] Bytes next_target();
  /// Sends a command and returns what answers it: a Reply, or a Failed.
  [[nodiscard]] std::optional<reader_protocol::Body> exchange(
      ByteView command, std::chrono::milliseconds timeout = std::chrono::seconds{3});
  [[nodiscard]] std::optional<reader_protocol::Body> reselect();
  /// The card answers a command with itself.
  [[nodiscard]] testing::AssertionResult echoes(ByteView command);
  /// Puts the card in, exchanges one command, takes the card away and lets the reader see it.
  void serve_one(EchoCard& card);
  void release_and_take(EchoCard& card);

  std::filesystem::path folder_;
  std::unique_ptr<sim::SimReader> sim_;
  std::unique_ptr<Program> reader_;
  posix::SeqpacketListener listener_;
  posix::SeqpacketSocket gate_;
  std::uint32_t hello_pid_ = 0;
  std::uint32_t request_ = 0;
  EchoCard card_{{0x04, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66}};
  EchoCard other_{{0x04, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF}};
};

/// The cause of a Failed; nullopt for anything else.
[[nodiscard]] std::optional<reader_protocol::Cause> cause_of(
    const std::optional<reader_protocol::Body>& body);

}  // namespace tidegate::edge
