// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/pn532_host.h"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>

namespace tidegate::sim::pn532 {
namespace {

constexpr int kPatienceMs = 10'000;

Byte minus(ByteView bytes) {
  unsigned sum = 0;
  for (const Byte byte : bytes) sum += byte;
  return static_cast<Byte>((0x10000U - sum) & 0xFFU);
}

}  // namespace

std::string plain(const std::string& hex) {
  return to_hex(from_hex(hex).value());
}

std::string frame(const std::string& command, Byte tfi) {
  Bytes body{tfi};
  append(body, from_hex(command).value());
  Bytes out{0x00, 0x00, 0xFF};
  const std::size_t size = body.size();
  if (size > 255) {
    const Bytes length{static_cast<Byte>(size / 256), static_cast<Byte>(size % 256)};
    append(out, Bytes{0xFF, 0xFF, length[0], length[1], minus(length)});
  } else {
    const Bytes length{static_cast<Byte>(size)};
    append(out, Bytes{length[0], minus(length)});
  }
  append(out, body);
  append(out, Bytes{minus(body), 0x00});
  return to_hex(out);
}

Host::Host(const std::filesystem::path& link)
    : fd_{::open(link.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)} {
  EXPECT_TRUE(fd_) << link << ": " << errno;
}

void Host::send(const std::string& hex) {
  const Bytes bytes = from_hex(hex).value();
  ASSERT_EQ(::write(fd_.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
}

std::string Host::receive(std::size_t bytes) {
  Bytes out;
  while (out.size() < bytes) {
    pollfd waiting{fd_.get(), POLLIN, 0};
    if (::poll(&waiting, 1, kPatienceMs) != 1) break;
    Bytes part(bytes - out.size());
    const ssize_t n = ::read(fd_.get(), part.data(), part.size());
    if (n < 0 && errno == EAGAIN) continue;
    if (n <= 0) break;
    append(out, ByteView{part}.first(static_cast<std::size_t>(n)));
  }
  return to_hex(out);
}

void Host::expect(const std::string& hex) {
  const std::string expected = plain(hex);
  EXPECT_EQ(receive(expected.size() / 2), expected);
}

void Host::open() {
  send(kWakeUp + frame("1401"));
  expect(kAck + frame("15", 0xD5));
}

std::string Host::call(const std::string& command) {
  send(frame(command));
  expect(kAck);
  return reply();
}

std::string Host::reply() {
  const std::string head = receive(5);
  if (head.size() != 10) return "cut short: " + head;
  std::size_t size = from_hex(head).value()[3];
  std::string raw = head;
  if (head.substr(6) == "FFFF") {
    const std::string length = receive(3);
    size = read_be(ByteView{from_hex(length).value()}.first(2));
    raw += length;
  }
  const std::string rest = receive(size + 2);
  raw += rest;
  if (raw == kErrorFrame) return "error frame";
  if (rest.size() != 2 * (size + 2) || rest.substr(0, 2) != "D5") return "no reply: " + raw;
  const std::string command = rest.substr(2, rest.size() - 6);
  return raw == frame(command, 0xD5) ? command : "broken: " + raw;
}

void Host::expect_all_quiet() {
  send("0000FF02FED4022A00");
  expect(std::string{kAck} + "0000FF06FAD50332010607E800");
}

bool Host::hears(std::chrono::milliseconds patience) {
  pollfd waiting{fd_.get(), POLLIN, 0};
  return ::poll(&waiting, 1, static_cast<int>(patience.count())) == 1;
}

bool Host::hung_up() {
  pollfd waiting{fd_.get(), POLLIN, 0};
  return ::poll(&waiting, 1, kPatienceMs) == 1 && (waiting.revents & POLLHUP) != 0;
}

Bytes EchoCard::transceive(ByteView command) {
  ++commands;
  if (answer) return answer(command);
  Bytes out(command.begin(), command.end());
  append(out, Bytes{0x90, 0x00});
  return out;
}

Pn532::Pn532() {
  std::string name = testing::TempDir() + "pn532_XXXXXX";
  EXPECT_NE(::mkdtemp(name.data()), nullptr);
  folder_ = name;
  options_.link = folder_ / "reader";
  options_.activation_try = std::chrono::milliseconds{1};
  options_.rf_timeout = std::chrono::milliseconds{1};
}

Pn532::~Pn532() {
  host_.reset();
  reader_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void Pn532::start() {
  auto reader = SimReader::start(options_);
  ASSERT_TRUE(reader.has_value()) << reader.error().message();
  reader_ = std::move(*reader);
  host_ = std::make_unique<Host>(options_.link);
}

void Pn532::start_with_selected_card() {
  start();
  host_->open();
  reader_->put(card_, std::nullopt);
  ASSERT_EQ(host_->call("4A0100"), kSelectedCard);
}

}  // namespace tidegate::sim::pn532
