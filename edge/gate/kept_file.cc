// SPDX-License-Identifier: Apache-2.0
// Reads, opens and keeps signed files.
#include "edge/gate/kept_file.h"

#include "base/posix/fd.h"

namespace tidegate::edge {

Result<std::pair<Envelope, Bytes>> open_signed_file(const std::filesystem::path& file,
                                                    const EnvelopePolicy& policy) {
  auto bytes = posix::read_file(file, policy.payload_bytes_max);
  if (!bytes) return fail(std::move(bytes.error()), file.string());
  auto envelope = open_envelope(*bytes, policy);
  if (!envelope) return fail(std::move(envelope.error()), file.string());
  return std::pair{std::move(*envelope), std::move(*bytes)};
}

Status keep_file(const std::filesystem::path& kept, const Bytes& file) {
  std::error_code error;
  std::filesystem::create_directories(kept.parent_path(), error);
  std::filesystem::permissions(kept.parent_path(), std::filesystem::perms::owner_all, error);
  return posix::write_file_durably(kept, file, 0600);
}

}  // namespace tidegate::edge
