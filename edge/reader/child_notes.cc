// SPDX-License-Identifier: Apache-2.0
#include "edge/reader/child_notes.h"

#include <sys/mman.h>

#include <algorithm>
#include <new>

namespace tidegate::edge {

static_assert(std::atomic<std::int64_t>::is_always_lock_free);

Result<ChildNotes*> ChildNotes::make() {
  void* const memory = ::mmap(nullptr, sizeof(ChildNotes), PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return fail_errno("sharing memory with the reader's child");
  return new (memory) ChildNotes;  // as long as the process
}

void ChildNotes::begin_afresh() {
  end_request();
  phase_ = CardPhase::looking;
  uid_size_ = 0;
  told_ = 0;
}

std::optional<SteadyTime> ChildNotes::deadline() const {
  const std::int64_t at = deadline_;
  if (at == kNone) return std::nullopt;
  return time(at);
}

void ChildNotes::set_card(ByteView uid) {
  const std::size_t size = std::min(uid.size(), kUidMax);
  uid_size_ = 0;
  std::copy_n(uid.begin(), size, uid_.begin());
  uid_size_ = static_cast<std::uint8_t>(size);
}

std::optional<Bytes> ChildNotes::card() const {
  const std::size_t size = uid_size_;
  if (size == 0) return std::nullopt;
  return Bytes(uid_.begin(), uid_.begin() + static_cast<std::ptrdiff_t>(size));
}

}  // namespace tidegate::edge
