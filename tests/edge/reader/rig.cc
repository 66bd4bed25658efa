// SPDX-License-Identifier: Apache-2.0
#include "tests/edge/reader/rig.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <thread>

namespace tidegate::edge {

using namespace reader_protocol;
using std::chrono::milliseconds;

Program::Program(std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  EXPECT_EQ(::posix_spawn(&pid_, arguments[0], nullptr, nullptr, arguments.data(), environ), 0)
      << words[0];
}

Program::~Program() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

int Program::wait() {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  int status = 0;
  while (::waitpid(pid_, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > until) return -1;
    std::this_thread::sleep_for(milliseconds{10});
  }
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void Program::signal(int number) const {
  ::kill(pid_, number);
}

pid_t Program::child() const {
  const std::string pid = std::to_string(pid_);
  pid_t out = -1;
  std::ifstream{"/proc/" + pid + "/task/" + pid + "/children"} >> out;
  return out > 0 ? out : -1;
}

void ReaderRig::SetUp() {
  std::string name = testing::TempDir() + "reader.XXXXXX";
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  folder_ = name;
  write_config();
}

void ReaderRig::TearDown() {
  reader_.reset();
  sim_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void ReaderRig::write_config() {
  std::ofstream{folder_ / "box.toml"} << R"([box]
id = "test-box"
kind = "station"
realm = "test"
network = "test-metro"
stop = "0001"
[paths]
state = "state"
run = "."
keys = "keys"
[fares]
book = "fares.book"
trusted_keys = ["d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"]
[[aisle]]
number = 3
direction = "both"
device = "pn532_uart:)" << (folder_ / "tty").string()
                                      << "\"\nsam = \"sam.toml\"\n";
}

void ReaderRig::plug_in(std::vector<std::string> faults) {
  auto made = sim::SimReader::start({.link = folder_ / "tty",
                                     .activation_try = std::chrono::microseconds{1000},
                                     .faults = std::move(faults),
                                     .trace = folder_ / "trace"});
  ASSERT_TRUE(made) << made.error().message();
  sim_ = *std::move(made);
}

void ReaderRig::start_reader() {
  reader_ = std::make_unique<Program>(
      std::vector<std::string>{TIDEGATE_BIN_DIR "/tidegate-reader", "--config",
                               (folder_ / "box.toml").string(), "--aisle", "3"});
}

void ReaderRig::start_gate() {
  auto listener = posix::SeqpacketListener::listen(folder_ / "reader.sock", 0600);
  ASSERT_TRUE(listener) << listener.error().message();
  listener_ = *std::move(listener);
  auto accepted = listener_.accept(kPatience);
  ASSERT_TRUE(accepted) << accepted.error().message();
  gate_ = *std::move(accepted);
  const auto hello = hear();
  ASSERT_TRUE(hello && std::holds_alternative<Hello>(hello->body)) << "Hello comes first";
  EXPECT_EQ(std::get<Hello>(hello->body).aisle, AisleNo{3});
  hello_pid_ = std::get<Hello>(hello->body).pid;
}

void ReaderRig::stop_gate() {
  gate_ = {};
  listener_ = {};
}

void ReaderRig::start() {
  plug_in();
  start_reader();
  start_gate();
}

void ReaderRig::say(std::uint32_t request, Body body) {
  const auto sent = gate_.send(encode({.request = request, .body = std::move(body)}), kPatience);
  EXPECT_TRUE(sent) << sent.error().message();
}

std::optional<Message> ReaderRig::hear(milliseconds patience) {
  const auto bytes = gate_.receive(patience);
  if (!bytes) return std::nullopt;
  auto message = decode(*bytes);
  EXPECT_TRUE(message) << to_hex(*bytes);
  if (!message) return std::nullopt;
  return *std::move(message);
}

bool ReaderRig::hear_state(ReaderState state) {
  while (const auto message = hear_a<State>())
    if (std::get<State>(message->body).state == state) return true;
  return false;
}

Bytes ReaderRig::next_target() {
  while (const auto message = hear_a<Target>())
    if (message->request == 0) return std::get<Target>(message->body).uid;
  return {};
}

std::optional<Body> ReaderRig::exchange(ByteView command, milliseconds timeout) {
  const std::uint32_t request = ++request_;
  say(request, Apdu{.timeout = timeout, .command = {command.begin(), command.end()}});
  while (auto message = hear())
    if (message->request == request) return std::move(message->body);
  return std::nullopt;
}

std::optional<Body> ReaderRig::reselect() {
  const std::uint32_t request = ++request_;
  say(request, Reselect{});
  while (auto message = hear())
    if (message->request == request) return std::move(message->body);
  return std::nullopt;
}

testing::AssertionResult ReaderRig::echoes(ByteView command) {
  const auto answer = exchange(command);
  if (!answer) return testing::AssertionFailure() << "no answer came";
  if (const auto* failed = std::get_if<Failed>(&*answer))
    return testing::AssertionFailure() << "failed: " << failed->text;
  Bytes expected{command.begin(), command.end()};
  append(expected, std::array<Byte, 2>{0x90, 0x00});
  const auto* reply = std::get_if<Reply>(&*answer);
  if (reply != nullptr && reply->apdu == expected) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "another answer";
}

void ReaderRig::release_and_take(EchoCard& card) {
  say(0, Release{});
  sim_->take(card);
  EXPECT_TRUE(hear_a<Gone>()) << "the reader says that the card left";
}

void ReaderRig::serve_one(EchoCard& card) {
  sim_->put(card, std::nullopt);
  const Bytes seen = next_target();
  if (seen != card.uid()) {
    sim_->take(card);
    FAIL() << "the reader saw \"" << to_hex(seen) << "\" instead of the card";
  }
  EXPECT_TRUE(echoes(Bytes{0x80, 0x5C, 0x00, 0x02, 0x04}));
  release_and_take(card);
}

std::optional<Cause> cause_of(const std::optional<Body>& body) {
  if (!body) return std::nullopt;
  const auto* failed = std::get_if<Failed>(&*body);
  if (failed == nullptr) return std::nullopt;
  return failed->cause;
}

}  // namespace tidegate::edge
