// SPDX-License-Identifier: Apache-2.0
// The calls to winscard, all in a worker's thread.
#include "nfc/pcsc/reader.h"

#include <winscard.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace tidegate::nfc {
namespace {

using std::chrono::milliseconds;

// A SAM answers within 200 ms. Generous for a loaded machine, and short beside a passenger's
// patience: whoever waits that long closes the aisle anyway.
constexpr milliseconds kConnectPatience{5000}, kTransmitPatience{2000}, kAlivePatience{1000};
constexpr std::size_t kAnswerBytesMax = 258 + 64;

std::unexpected<Error> failure(LONG code, std::string_view doing) {
  const auto with = [&](Errc kind, std::string_view what) {
    return fail(Error{kind, std::string{what}}, doing);
  };
  switch (code) {
    case SCARD_E_NO_SERVICE:
    case SCARD_E_SERVICE_STOPPED:
      return with(Errc::io, "pcscd does not run, or its socket is closed to this user");
    case SCARD_W_SECURITY_VIOLATION: return with(Errc::io, "pcscd refuses this user");
    case SCARD_E_NO_SMARTCARD:
    case SCARD_W_REMOVED_CARD: return with(Errc::gone, "there is no SAM in the reader");
    case SCARD_W_RESET_CARD: return with(Errc::io, "the SAM was reset");
    case SCARD_W_UNRESPONSIVE_CARD:
    case SCARD_W_UNPOWERED_CARD:
      return with(Errc::io, "what is in the reader does not answer to power");
    case SCARD_E_SHARING_VIOLATION: return with(Errc::exists, "another process uses the SAM");
    case SCARD_E_UNKNOWN_READER:
    case SCARD_E_READER_UNAVAILABLE: return with(Errc::not_found, "the reader is not there");
    default: break;
  }
  Bytes digits;
  append_be(digits, static_cast<std::uint32_t>(code), 4);
  return with(Errc::io, "PC/SC error " + to_hex(digits));
}

/// libpcsclite keeps one table of the readers for the whole process and fills it without a lock of
/// its own whenever it is asked for names or states. Whoever hangs in here holds up workers only.
std::mutex& reader_table() {
  static std::mutex mutex;
  return mutex;
}

Result<std::vector<std::string>> list_readers(SCARDCONTEXT context) {
  const std::lock_guard lock{reader_table()};
  DWORD size = 0;
  LONG code = SCardListReaders(context, nullptr, nullptr, &size);
  std::vector<char> names(size);
  if (code == SCARD_S_SUCCESS) code = SCardListReaders(context, nullptr, names.data(), &size);
  if (code == SCARD_E_NO_READERS_AVAILABLE) return std::vector<std::string>{};
  if (code != SCARD_S_SUCCESS) return failure(code, "listing the PC/SC readers");
  std::vector<std::string> out;
  std::string name;
  for (std::size_t i = 0; i < std::min<std::size_t>(size, names.size()); ++i) {
    if (names[i] != '\0') {
      name += names[i];
    } else if (!name.empty()) {
      out.push_back(std::exchange(name, {}));
    }
  }
  return out;
}

std::string listed(const std::vector<std::string>& readers) {
  std::string out;
  for (const std::string& reader : readers) out += (out.empty() ? "\"" : ", \"") + reader + "\"";
  return out;
}

}  // namespace

Result<std::string> pick_reader(const std::vector<std::string>& readers,
                                const std::string& wanted) {
  std::vector<std::string> begin;
  for (const std::string& reader : readers) {
    if (reader == wanted) return reader;
    if (reader.starts_with(wanted)) begin.push_back(reader);
  }
  if (begin.size() == 1) return begin.front();
  if (!begin.empty())
    return fail(Errc::invalid, "\"" + wanted + "\" begins the names of " + listed(begin));
  return fail(Errc::not_found,
              "no PC/SC reader \"" + wanted + "\"; " +
                  (readers.empty() ? "there is none at all" : "there are: " + listed(readers)));
}

struct PcscReader::Session {
  SCARDCONTEXT context = 0;
  SCARDHANDLE card = 0;
  DWORD protocol = 0;
  bool has_context = false;
  bool has_card = false;

  Status open(const std::string& wanted) {
    LONG code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context);
    if (code != SCARD_S_SUCCESS) return failure(code, "connecting to pcscd");
    has_context = true;
    const auto readers = list_readers(context);
    if (!readers) return fail(Error{readers.error()});
    const auto name = pick_reader(*readers, wanted);
    if (!name) return fail(Error{name.error()});
    code = SCardConnect(context, name->c_str(), SCARD_SHARE_EXCLUSIVE,
                        SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card, &protocol);
    if (code != SCARD_S_SUCCESS) return failure(code, *name);
    has_card = true;
    return {};
  }

  Result<Bytes> transmit(const Bytes& command) const {
    std::array<Byte, kAnswerBytesMax> answer{};
    DWORD size = answer.size();
    const LONG code =
        SCardTransmit(card, protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1,
                      command.data(), command.size(), nullptr, answer.data(), &size);
    if (code != SCARD_S_SUCCESS) return failure(code, "asking the SAM");
    // A driver that loses the chip in between may call that an answer of no bytes.
    if (size < 2) return fail(Errc::io, "asking the SAM: no answer");
    return Bytes{answer.begin(), answer.begin() + static_cast<std::ptrdiff_t>(size)};
  }

  Status alive() const {
    const std::lock_guard lock{reader_table()};
    DWORD name_size = 0, state = 0, used = 0, atr_size = 0;
    const LONG code = SCardStatus(card, nullptr, &name_size, &state, &used, nullptr, &atr_size);
    if (code != SCARD_S_SUCCESS) return failure(code, "looking for the SAM");
    return {};
  }

  void close() {
    if (has_card) SCardDisconnect(card, SCARD_UNPOWER_CARD);
    if (has_context) SCardReleaseContext(context);
    has_card = has_context = false;
  }
};

namespace {

/// The sessions whose threads may not have ended yet, by the wanted name: while one of a reader
/// hangs, no further thread is started for it.
class Sessions {
 public:
  [[nodiscard]] bool begin(const std::string& name, const std::shared_ptr<void>& session) {
    const std::lock_guard lock{mutex_};
    std::weak_ptr<void>& last = last_[name];
    if (!last.expired()) return false;
    last = session;
    return true;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<void>> last_;
};

Sessions& sessions() {
  static Sessions all;
  return all;
}

/// Runs it in the worker's thread; nullopt: it has not come back in time.
template <class T>
std::optional<T> in_time(Worker& worker, milliseconds patience, std::function<T()> call) {
  // Shared, because a call that comes back late must still find a place for its result.
  const auto result = std::make_shared<std::optional<T>>();
  const auto job = [result, call = std::move(call)] { result->emplace(call()); };
  if (!worker.run(job, patience)) return std::nullopt;
  return std::move(*result);
}

std::unexpected<Error> too_late() {
  return fail(Errc::io, "pcscd or the SAM does not answer");
}

}  // namespace

PcscReader::PcscReader(std::shared_ptr<Session> session, std::unique_ptr<Worker> worker)
    : session_{std::move(session)}, worker_{std::move(worker)} {}

PcscReader::~PcscReader() = default;

Result<std::unique_ptr<PcscReader>> PcscReader::connect(std::string_view name) {
  const std::string wanted{name};
  auto session = std::make_shared<Session>();
  if (!sessions().begin(wanted, session))
    return fail(Errc::io, "an earlier call about " + wanted + " has not come back, or it is open");
  auto worker = std::make_unique<Worker>([session] { session->close(); });
  const auto opened = in_time<Status>(*worker, kConnectPatience,
                                      [session, wanted] { return session->open(wanted); });
  if (!opened) return too_late();
  if (!*opened) return fail(Error{opened->error()});
  std::unique_ptr<PcscReader> out{new PcscReader{session, std::move(worker)}};
  out->character_protocol_ = session->protocol == SCARD_PROTOCOL_T0;
  return out;
}

Result<Bytes> PcscReader::transmit(ByteView command) {
  auto answer =
      in_time<Result<Bytes>>(*worker_, kTransmitPatience,
                             [session = session_, bytes = Bytes{command.begin(), command.end()}] {
                               return session->transmit(bytes);
                             });
  if (!answer) return too_late();
  return std::move(*answer);
}

Status PcscReader::alive() {
  const auto there =
      in_time<Status>(*worker_, kAlivePatience, [session = session_] { return session->alive(); });
  if (!there) return too_late();
  return *there;
}

}  // namespace tidegate::nfc
