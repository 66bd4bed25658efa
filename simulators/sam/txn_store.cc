// SPDX-License-Identifier: Apache-2.0
// Promises transaction numbers in blocks.
#include "simulators/sam/txn_store.h"

#include <fcntl.h>
#include <sys/file.h>

#include <limits>

namespace tidegate::sim {

namespace {

constexpr std::uint32_t kBlock = 256;
constexpr std::size_t kNumberDigits = 8, kFileBytes = 13;  // number, CRC, end of line

[[nodiscard]] std::string line_of(std::uint32_t number) {
  Bytes bytes;
  append_be(bytes, number, 4);
  const std::string digits = to_hex(bytes);
  Bytes check;
  append_be(check, crc16(as_bytes(digits)), 2);
  return digits + to_hex(check) + "\n";
}

[[nodiscard]] Result<std::uint32_t> parse(std::string_view text) {
  const auto bytes = from_hex(text.substr(0, kNumberDigits));
  if (bytes && bytes->size() == 4) {
    const auto number = static_cast<std::uint32_t>(read_be(*bytes));
    if (text == line_of(number)) return number;
  }
  return fail(Errc::corrupt, "not a SAM's number file, or damaged");
}

[[nodiscard]] std::string lock_of(const std::filesystem::path& file) {
  return file.string() + ".lock";
}

}  // namespace

bool TxnStore::used(const std::filesystem::path& file) {
  std::error_code ignored;
  return std::filesystem::exists(lock_of(file), ignored);
}

Result<TxnStore> TxnStore::open(const std::filesystem::path& file, std::uint32_t first) {
  const std::string lock_name = lock_of(file);
  posix::Fd lock{::open(lock_name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (!lock) return fail_errno("opening " + lock_name);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return fail(Errc::exists, "another SAM uses " + file.string());
    return fail_errno("locking " + lock_name);
  }
  const auto bytes = posix::read_file(file, kFileBytes);
  if (!bytes && bytes.error().code() == Errc::full)
    return fail(Errc::corrupt, file.string() + ": not a SAM's number file");
  const bool fresh = !bytes && bytes.error().code() == Errc::not_found;
  if (!bytes && !fresh) return fail(Error{bytes.error()});
  const auto number = fresh ? Result<std::uint32_t>{first} : parse(as_text(*bytes));
  if (!number) return fail(Error{number.error()}, file.string());
  TxnStore out{file, std::move(lock), *number};
  if (auto ok = out.promise(); !ok) return fail(std::move(ok.error()));
  return out;
}

Status TxnStore::promise() {
  if (next_ > std::numeric_limits<std::uint32_t>::max() - kBlock)
    return fail(Errc::full, "the SAM has no transaction numbers left");
  const std::string line = line_of(next_ + kBlock);
  if (auto ok = posix::write_file_durably(file_, as_bytes(line), 0600); !ok)
    return fail(std::move(ok.error()), "promising transaction numbers");
  promised_ = next_ + kBlock;
  return {};
}

Result<std::uint32_t> TxnStore::next() {
  if (next_ == promised_) {
    if (auto ok = promise(); !ok) return fail(std::move(ok.error()));
  }
  return next_++;
}

}  // namespace tidegate::sim
