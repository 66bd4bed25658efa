// SPDX-License-Identifier: Apache-2.0
// The software SAM: key file, durable transaction numbers, one purchase session.
#include "nfc/softsam/softsam.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <toml++/toml.h>
#include <algorithm>
#include <limits>
#include <optional>

#include "base/posix/fd.h"
#include "nfc/purse/mac.h"

namespace tidegate::nfc {
namespace {

/// Reserving costs two flushes within a tap, so it is rare.
constexpr std::uint32_t kBlock = 4096;
constexpr std::size_t kKeyFileBytesMax = 64 * 1024;
constexpr std::size_t kTxnFileBytes = 6;
constexpr Byte kTripleDes = 0x00;

struct KeyFile {
  TerminalNo terminal;
  Byte key_index = 0;
  crypto::Key16 purchase_key{};
};

Result<KeyFile> parse_keys(std::string_view text) {
  toml::table table;
  try {
    table = toml::parse(text);
  } catch (const toml::parse_error& error) {
    // The parser's message may quote the line, and the line may hold the key: only its number.
    return fail(Errc::invalid, "not TOML at line " + std::to_string(error.source().begin.line));
  }
  for (const auto& [name, value] : table)
    if (name != "terminal" && name != "key_index" && name != "purchase_key")
      return fail(Errc::invalid, "unknown key '" + std::string{name.str()} + "'");

  KeyFile out;
  const auto terminal = array_from_hex<6>(table["terminal"].value_or(std::string_view{}));
  if (!terminal || !bcd_digits(*terminal))
    return fail(Errc::invalid, "terminal is not 12 decimal digits");
  out.terminal = TerminalNo{*terminal};
  const auto index = table["key_index"].value_exact<std::int64_t>();
  if (!index || *index < 0 || *index > 0xFF)
    return fail(Errc::invalid, "key_index is not a number from 0 to 255");
  out.key_index = static_cast<Byte>(*index);
  const auto key = array_from_hex<16>(table["purchase_key"].value_or(std::string_view{}));
  if (!key) return fail(Errc::invalid, "purchase_key is not 32 hex digits");
  out.purchase_key = *key;
  return out;
}

/// The exclusive lock, held as long as the SAM lives: two users of one file would give the same
/// transaction numbers.
Result<posix::Fd> lock(const std::filesystem::path& path) {
  posix::Fd fd{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (!fd) return fail_errno("opening " + path.string());
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return fd;
  if (errno == EWOULDBLOCK) return fail(Errc::exists, "another process uses this SAM");
  return fail_errno("locking " + path.string());
}

/// Which SAM sits in the slot. A file that is taken away and put back has another time of change,
/// as a SAM that was pulled out has lost its session.
class Slot {
 public:
  [[nodiscard]] static Result<Slot> look(std::filesystem::path path) {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) return fail_errno("opening " + path.string());
    return Slot{std::move(path), info};
  }

  [[nodiscard]] Status unchanged() const {
    struct stat info{};
    const bool same = ::stat(path_.c_str(), &info) == 0 && info.st_dev == info_.st_dev &&
                      info.st_ino == info_.st_ino && info.st_ctim.tv_sec == info_.st_ctim.tv_sec &&
                      info.st_ctim.tv_nsec == info_.st_ctim.tv_nsec;
    if (same) return {};
    return fail(Errc::gone, "the SAM was pulled out");
  }

 private:
  Slot(std::filesystem::path path, const struct stat& info) : path_{std::move(path)}, info_{info} {}

  std::filesystem::path path_;
  struct stat info_;
};

/// Gives transaction numbers out of blocks that are on disk before their first number is used.
class TxnNumbers {
 public:
  /// No file is the first start. A file that is there and wrong is an error: starting again at 1
  /// would give numbers twice.
  [[nodiscard]] static Result<TxnNumbers> open(std::filesystem::path path) {
    const auto bytes = posix::read_file(path, kTxnFileBytes);
    if (!bytes && bytes.error().code() == Errc::not_found) return TxnNumbers{std::move(path), 1};
    if (!bytes && bytes.error().code() != Errc::full) return fail(bytes.error());
    if (!bytes || bytes->size() != kTxnFileBytes ||
        crc16(ByteView{*bytes}.first(4)) != read_be(ByteView{*bytes}.last(2)))
      return fail(Errc::corrupt, path.string() + " is damaged");
    const auto next = static_cast<std::uint32_t>(read_be(ByteView{*bytes}.first(4)));
    if (next == 0) return fail(Errc::corrupt, path.string() + " is damaged");
    return TxnNumbers{std::move(path), next};
  }

  [[nodiscard]] Result<SamTxnNo> take() {
    if (next_ == reserved_to_) {
      if (auto reserved = reserve(); !reserved) return fail(reserved.error());
    }
    return SamTxnNo{next_++};
  }

 private:
  TxnNumbers(std::filesystem::path path, std::uint32_t next)
      : path_{std::move(path)}, next_{next}, reserved_to_{next} {}

  Status reserve() {
    if (next_ > std::numeric_limits<std::uint32_t>::max() - kBlock)
      return fail(Errc::full, "the SAM has no transaction numbers left");
    Bytes content;
    append_be(content, next_ + kBlock, 4);
    append_be(content, crc16(content), 2);
    if (auto written = posix::write_file_durably(path_, content, 0600); !written)
      return fail(written.error(), "reserving SAM transaction numbers");
    reserved_to_ = next_ + kBlock;
    return {};
  }

  std::filesystem::path path_;
  std::uint32_t next_;
  std::uint32_t reserved_to_;
};

class SoftSam final : public Sam {
 public:
  SoftSam(KeyFile keys, Slot slot, TxnNumbers numbers, posix::Fd lock)
      : keys_{keys}, slot_{std::move(slot)}, numbers_{std::move(numbers)}, lock_{std::move(lock)} {}
  SoftSam(const SoftSam&) = delete;
  SoftSam& operator=(const SoftSam&) = delete;
  ~SoftSam() override {
    close_session();
    crypto::cleanse(keys_.purchase_key);
  }

  [[nodiscard]] TerminalNo terminal() const override { return keys_.terminal; }
  [[nodiscard]] Byte key_index() const override { return keys_.key_index; }

  [[nodiscard]] Result<SamDebit> init_for_purchase(const SamRequest& request) override {
    close_session();
    if (auto there = slot_.unchanged(); !there) return fail(there.error());
    if (request.algorithm != kTripleDes)
      return fail(Errc::unsupported, "the SAM has no keys for this algorithm");
    const auto txn = numbers_.take();
    if (!txn) return fail(txn.error());
    crypto::Key16 key = card_key(keys_.purchase_key, request.issuer_factor, request.pan_factor);
    session_ = Session{.key = session_key(key, request.random, request.counter, *txn),
                       .amount = request.amount};
    crypto::cleanse(key);
    return SamDebit{
        .txn = *txn,
        .mac1 = mac1(session_->key, request.amount, request.type, keys_.terminal, request.at)};
  }

  [[nodiscard]] Result<bool> credit(const std::array<Byte, 4>& mac2) override {
    if (auto there = slot_.unchanged(); !there) {
      close_session();
      return fail(there.error());
    }
    if (!session_) return fail(Errc::invalid, "the SAM has no open session");
    const bool right = nfc::mac2(session_->key, session_->amount) == mac2;
    close_session();
    return right;
  }

  [[nodiscard]] Status alive() override { return slot_.unchanged(); }

 private:
  struct Session {
    crypto::Block8 key{};
    Fen amount;
  };

  void close_session() noexcept {
    if (session_) crypto::cleanse(session_->key);
    session_.reset();
  }

  KeyFile keys_;
  Slot slot_;
  TxnNumbers numbers_;
  posix::Fd lock_;
  std::optional<Session> session_;
};

}  // namespace

Result<std::unique_ptr<Sam>> open_softsam(const std::filesystem::path& key_file, Realm realm) {
  if (realm != Realm::test) return fail(Errc::refused, "a software SAM is for the test realm only");
  // One SAM has one lock and one counter, whichever symbolic link it was opened by.
  std::error_code error;
  const std::filesystem::path path = std::filesystem::canonical(key_file, error);
  if (error) return fail_errno("opening " + key_file.string(), error.value());

  auto slot = Slot::look(path);
  if (!slot) return fail(std::move(slot.error()));
  auto text = posix::read_file(path, kKeyFileBytesMax);
  if (!text) return fail(std::move(text.error()));
  auto keys = parse_keys(as_text(*text));
  crypto::cleanse(*text);
  if (!keys) return fail(std::move(keys.error()), path.string());
  auto locked = lock(path.string() + ".lock");
  if (!locked) return fail(std::move(locked.error()), path.string());
  auto numbers = TxnNumbers::open(path.string() + ".txn");
  if (!numbers) return fail(std::move(numbers.error()));
  return std::make_unique<SoftSam>(*keys, std::move(*slot), std::move(*numbers),
                                   std::move(*locked));
}

}  // namespace tidegate::nfc
