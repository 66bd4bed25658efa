// SPDX-License-Identifier: Apache-2.0
// A PN532 through libnfc 1.8, with a guard in front of each way in which libnfc aborts, hangs or
// misleads its caller. docs/reader.md lists them.
#include "nfc/libnfc/pn532_port.h"

#include <fcntl.h>
#include <nfc/nfc.h>
#include <sys/file.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <utility>

#include "base/posix/fd.h"

/// libnfc exports it, for its own tools, and declares it in no header: one command of the chip and
/// its answer without the code. The only way to the status that tells silence from a collision.
extern "C" int pn53x_transceive(nfc_device* device, const std::uint8_t* command, std::size_t size,
                                std::uint8_t* answer, std::size_t room, int timeout_ms);

namespace tidegate::nfc {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kDriver = "pn532_uart:";
/// libnfc copies a command into a fixed buffer without a check: one byte more aborts the process.
constexpr std::size_t kCommandBytesMax = 262;
constexpr std::size_t kAnswerBytesMax = 264;
constexpr std::size_t kStatusWordBytes = 2;
/// ISO 14443-3 resets a card after 5 ms without field; libnfc itself does not wait at all. Every
/// passenger waits for it.
constexpr milliseconds kFieldOffTime{6};
/// About a second: so long a card may lie there that a search has selected without our knowing.
constexpr unsigned kEmptySearchesMax = 64;
/// Bit of SEL_RES: the card speaks ISO 14443-4.
constexpr Byte kSakIsoDep = 0x20;

/// For frames that the chip sends raw (REQA, presence check): 1.6 ms, libnfc rounds down. ATQA
/// comes after 0.1 ms (ISO 14443-3), an R(ACK) soon.
constexpr int kRawTimeoutMs = 3;
constexpr int kCommandTimeoutMs = 300;

// Commands, registers and a status of the chip: NXP UM0701-02 and the PN532's data sheet.
constexpr Byte kReadRegister = 0x06, kWriteRegister = 0x08, kCommunicateThru = 0x42;
constexpr std::array<Byte, 2> kTxMode{0x63, 0x02}, kRxMode{0x63, 0x03}, kBitFraming{0x63, 0x3D};
constexpr Byte kCrc = 0x80;       // of TxMode and RxMode
constexpr Byte kLastBits = 0x07;  // of BitFraming: how many bits of the last byte are sent
constexpr Byte kNoAnswer = 0x01, kStatusMask = 0x3F;
constexpr Byte kReqa = 0x26;

constexpr nfc_modulation kTypeA{NMT_ISO14443A, NBR_106};

struct CloseDevice {
  void operator()(nfc_device* device) const noexcept { nfc_close(device); }
};
using Device = std::unique_ptr<nfc_device, CloseDevice>;

struct FreeContext {
  void operator()(nfc_context* context) const noexcept { nfc_exit(context); }
};

/// One context for the life of the process: a second nfc_exit would break the first one's drivers.
nfc_context* context() {
  static const std::unique_ptr<nfc_context, FreeContext> one = [] {
    // nfc_init calls setenv itself, so it has to run before threads exist anyway.
    // NOLINTBEGIN(concurrency-mt-unsafe)
    ::setenv("LIBNFC_AUTO_SCAN", "false", 1);
    ::setenv("LIBNFC_LOG_LEVEL", "0", 0);  // somebody who debugs may ask for more
    // NOLINTEND(concurrency-mt-unsafe)
    nfc_context* made = nullptr;
    nfc_init(&made);
    return std::unique_ptr<nfc_context, FreeContext>{made};
  }();
  return one.get();
}

std::string rc_text(std::string_view doing, int rc) {
  return std::string{doing} + " failed with libnfc code " + std::to_string(rc);
}

/// What a code means in the middle of a transaction with a card.
Error card_error(std::string_view doing, int rc) {
  switch (rc) {
    case NFC_ETIMEOUT: return {Errc::timeout, rc_text(doing, rc)};
    case NFC_ERFTRANS:
    case NFC_ETGRELEASED:
    case NFC_EINVARG:  // the chip has no selected card any more
      return {Errc::gone, rc_text(doing, rc)};
    case NFC_EIO:
    case NFC_ENOTSUCHDEV:
    case NFC_EOPABORTED:
    case NFC_ESOFT: return {Errc::io, rc_text(doing, rc)};
    default: return {Errc::invalid, rc_text(doing, rc)};
  }
}

/// What a code means where the chip answers whether or not there is a card.
Error chip_error(std::string_view doing, int rc) {
  return {Errc::io, rc_text(doing, rc)};
}

Target to_target(const nfc_iso14443a_info& seen) {
  Target target;
  // libnfc packs its structures: no reference to a member of one may be made.
  const std::size_t uid_said = seen.szUidLen;
  const std::size_t ats_said = seen.szAtsLen;
  const auto uid_size = std::min(uid_said, std::size(seen.abtUid));
  const auto ats_size = std::min(ats_said, std::size(seen.abtAts));
  target.uid.assign(seen.abtUid, seen.abtUid + uid_size);
  target.ats.assign(seen.abtAts, seen.abtAts + ats_size);
  target.sak = seen.btSak;
  std::copy(std::begin(seen.abtAtqa), std::end(seen.abtAtqa), target.atqa.begin());
  return target;
}

class Pn532Reader final : public NfcReader {
 public:
  Pn532Reader(posix::Fd lock, Device device) : lock_{std::move(lock)}, device_{std::move(device)} {}

  Result<std::optional<Target>> select() override;
  Result<Bytes> transceive(ByteView command, milliseconds timeout) override;
  Result<bool> present() override;
  Status reset_field() override;

 private:
  Result<std::optional<Target>> select_afresh();
  Result<std::optional<Target>> select_once();
  Result<bool> somebody_else_answers();
  Status write_frame_registers(const std::array<Byte, 3>& values);

  posix::Fd lock_;  // outlives the device
  Device device_;
  bool unsettled_ = false;       ///< a card may be selected or halted, and thus silent
  unsigned empty_searches_ = 0;  ///< since the field was reset
  bool iso_dep_ = false;         ///< the selected card speaks APDUs
};

Result<std::optional<Target>> Pn532Reader::select_once() {
  nfc_target found{};
  const int rc = nfc_initiator_select_passive_target(device_.get(), kTypeA, nullptr, 0, &found);
  if (rc == 0 || rc == NFC_ERFTRANS || rc == NFC_ETGRELEASED) return std::nullopt;
  if (rc < 0) return fail(chip_error("looking for a card", rc));
  return to_target(found.nti.nai);
}

// A card that was selected answers no search until the field has been off. A search that libnfc
// gave up may have selected one all the same, and so may one whose answer on the air was lost: then
// the chip says in good faith, for ever, that nobody is there.
Result<std::optional<Target>> Pn532Reader::select() {
  if (unsettled_ || empty_searches_ >= kEmptySearchesMax) {
    if (auto reset = reset_field(); !reset) return fail(reset.error());
  }
  unsettled_ = true;
  auto found = select_afresh();
  unsettled_ = !found;
  if (found && !*found) ++empty_searches_;
  return found;
}

Status Pn532Reader::write_frame_registers(const std::array<Byte, 3>& values) {
  const std::array<Byte, 10> command{kWriteRegister, kTxMode[0], kTxMode[1], values[0],
                                     kRxMode[0],     kRxMode[1], values[1],  kBitFraming[0],
                                     kBitFraming[1], values[2]};
  const int rc = pn53x_transceive(device_.get(), command.data(), command.size(), nullptr, 0,
                                  kCommandTimeoutMs);
  if (rc < 0) return fail(chip_error("writing registers", rc));
  return {};
}

// REQA by hand: 7 bits, no CRC. The selected card takes it for a broken block and stays silent and
// selected (ISO 14443-3, states of a PICC; 14443-4, its rules after an error); any other answers.
Result<bool> Pn532Reader::somebody_else_answers() {
  const std::array<Byte, 7> ask{kReadRegister, kTxMode[0],     kTxMode[1],    kRxMode[0],
                                kRxMode[1],    kBitFraming[0], kBitFraming[1]};
  std::array<Byte, 3> now{};
  const int read = pn53x_transceive(device_.get(), ask.data(), ask.size(), now.data(), now.size(),
                                    kCommandTimeoutMs);
  if (read < 0) return fail(chip_error("reading registers", read));
  constexpr auto kWithoutCrc = static_cast<Byte>(~kCrc);
  if (auto wrote = write_frame_registers({static_cast<Byte>(now[0] & kWithoutCrc),
                                          static_cast<Byte>(now[1] & kWithoutCrc),
                                          static_cast<Byte>(now[2] | kLastBits)});
      !wrote)
    return fail(wrote.error());
  constexpr std::array<Byte, 2> kRequest{kCommunicateThru, kReqa};
  std::array<Byte, 8> answer{};  // status, ATQA
  const int asked = pn53x_transceive(device_.get(), kRequest.data(), kRequest.size(), answer.data(),
                                     answer.size(), kCommandTimeoutMs);
  if (asked < 0 && asked != NFC_ERFTRANS) return fail(chip_error("asking for other cards", asked));
  if (auto wrote =
          write_frame_registers({static_cast<Byte>(now[0] | kCrc), static_cast<Byte>(now[1] | kCrc),
                                 static_cast<Byte>(now[2] & ~kLastBits)});
      !wrote)
    return fail(wrote.error());
  return asked >= 0 || (answer[0] & kStatusMask) != kNoAnswer;
}

// libnfc asks the chip for one card at a time. Whether there is a second one a REQA tells; which,
// or that it was noise, shows only when the first is silent: deselected, a card is halted until the
// field was off.
Result<std::optional<Target>> Pn532Reader::select_afresh() {
  iso_dep_ = false;
  auto first = select_once();
  if (!first || !*first) return first;
  const auto others = somebody_else_answers();
  if (!others) return fail(others.error());
  if (!*others) {
    iso_dep_ = ((*first)->sak & kSakIsoDep) != 0;
    return first;
  }
  if (nfc_initiator_deselect_target(device_.get()) == NFC_EIO)
    return fail(chip_error("deselecting a card", NFC_EIO));
  auto found = select_once();
  if (!found) return found;
  if (*found && (*found)->uid != (*first)->uid)
    return fail(Errc::exists, "more than one card in the field");
  if (!*found) {
    if (auto reset = reset_field(); !reset) return fail(reset.error());
    found = select_once();
  }
  if (found && *found) iso_dep_ = ((*found)->sak & kSakIsoDep) != 0;
  return found;
}

Result<Bytes> Pn532Reader::transceive(ByteView command, milliseconds timeout) {
  if (command.empty() || command.size() > kCommandBytesMax)
    return fail(Errc::invalid, "a command of " + std::to_string(command.size()) +
                                   " bytes is not sent: the reader takes 1 to 262");
  if (!iso_dep_) return fail(Errc::unsupported, "no card that takes commands is selected");
  Bytes answer(kAnswerBytesMax);
  // A timeout of 0 would wait for ever.
  const int wait = static_cast<int>(std::clamp<milliseconds::rep>(timeout.count(), 1, 60'000));
  const int rc = nfc_initiator_transceive_bytes(device_.get(), command.data(), command.size(),
                                                answer.data(), answer.size(), wait);
  if (rc < 0) return fail(card_error("exchanging an APDU", rc));
  const auto size = static_cast<std::size_t>(rc);
  if (size < kStatusWordBytes || size > answer.size())
    return fail(Errc::invalid, "the card's answer has no status word");
  answer.resize(size);
  return answer;
}

Result<bool> Pn532Reader::present() {
  const int rc = nfc_initiator_target_is_present(device_.get(), nullptr);
  if (rc == NFC_SUCCESS) return true;
  if (rc == NFC_EIO || rc == NFC_ETIMEOUT || rc == NFC_ENOTSUCHDEV)
    return fail(chip_error("asking whether the card is there", rc));
  return false;
}

Status Pn532Reader::reset_field() {
  iso_dep_ = false;
  unsettled_ = true;
  if (const int rc = nfc_device_set_property_bool(device_.get(), NP_ACTIVATE_FIELD, false); rc < 0)
    return fail(chip_error("switching the field off", rc));
  std::this_thread::sleep_for(kFieldOffTime);
  if (const int rc = nfc_device_set_property_bool(device_.get(), NP_ACTIVATE_FIELD, true); rc < 0)
    return fail(chip_error("switching the field on", rc));
  unsettled_ = false;
  empty_searches_ = 0;
  return {};
}

/// libnfc's own test for a port in use does not work on Linux, so we lock the device itself.
Result<posix::Fd> lock_device(const std::string& path) {
  std::error_code error;
  const auto device = std::filesystem::canonical(path, error);
  if (error) return fail(Errc::io, "no reader at " + path + ": " + error.message());
  posix::Fd fd{::open(device.c_str(), O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)};
  if (!fd) return fail(Errc::io, "the reader at " + path + " cannot be opened");
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0)
    return fail(Errc::exists, "another process holds the reader at " + path);
  return fd;
}

/// A reader that lost one answer while it was opened leaves a device without modulations, on which
/// the first select would assert.
bool half_open(nfc_device* device) {
  const nfc_modulation_type* modulations = nullptr;
  return nfc_device_get_supported_modulation(device, N_INITIATOR, &modulations) < 0 ||
         modulations == nullptr;
}

}  // namespace

Result<std::unique_ptr<NfcReader>> open_reader(const std::string& connstring) {
  if (!connstring.starts_with(kDriver))
    return fail(Errc::unsupported, "reader \"" + connstring + "\" is not pn532_uart:/path[:speed]");
  if (connstring.size() >= sizeof(nfc_connstring))
    return fail(Errc::invalid, "the reader's connection string is too long");
  const auto rest = connstring.substr(kDriver.size());
  const auto path = rest.substr(0, rest.find(':'));
  auto lock = lock_device(path);
  if (!lock) return fail(std::move(lock.error()));
  if (context() == nullptr) return fail(Errc::io, "libnfc does not start");
  Device device{nfc_open(context(), connstring.c_str())};
  if (!device) return fail(Errc::io, "nothing answers like a PN532 at " + path);
  if (half_open(device.get())) return fail(Errc::io, "the reader at " + path + " opened by half");
  if (const int rc = nfc_initiator_init(device.get()); rc < 0)
    return fail(chip_error("starting the reader at " + path, rc));
  if (const int rc = nfc_device_set_property_bool(device.get(), NP_INFINITE_SELECT, false); rc < 0)
    return fail(chip_error("setting up the reader at " + path, rc));
  if (const int rc = nfc_device_set_property_int(device.get(), NP_TIMEOUT_COM, kRawTimeoutMs);
      rc < 0)
    return fail(chip_error("setting up the reader at " + path, rc));
  std::unique_ptr<NfcReader> reader =
      std::make_unique<Pn532Reader>(*std::move(lock), std::move(device));
  if (auto reset = reader->reset_field(); !reset) return fail(reset.error());
  return reader;
}

}  // namespace tidegate::nfc
