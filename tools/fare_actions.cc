// SPDX-License-Identifier: Apache-2.0
// `tidegate fare keygen` and `fare compile`: what they do.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "base/posix/fd.h"
#include "fare/authoring/compile.h"
#include "fare/authoring/notes.h"
#include "fare/engine/book_codec.h"
#include "tools/fare_command.h"
#include "tools/signed_file.h"

namespace tidegate::tools {
namespace fs = std::filesystem;

void tell_notes(const fare::BookModel& model) {
  for (const std::string& note : fare::notes_on(model))
    std::fprintf(stderr, "tidegate: note: %s\n", note.c_str());
}

int fare_keygen(const fs::path& out) {
  const posix::Fd fd{::open(out.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (!fd) return no(fail_errno(out.string()).error());
  auto key = crypto::make_signing_key();
  std::string line = to_hex(key.seed) + "\n";
  const auto written = ::write(fd.get(), line.data(), line.size());
  const bool ok = written == static_cast<ssize_t>(line.size()) && ::fsync(fd.get()) == 0;
  const int why = errno;
  crypto::cleanse({reinterpret_cast<Byte*>(line.data()), line.size()});
  crypto::cleanse(key.seed);
  if (!ok) return no(fail_errno(out.string(), why).error());
  print(to_hex(key.public_key));
  return 0;
}

int fare_compile(const FareCompile& options) {
  if (options.key.empty() && options.realm != Realm::test) {
    std::fprintf(stderr, "tidegate: a book for the live realm needs --key\n");
    return 2;
  }
  const Signing signing{.key = options.key, .realm = options.realm};
  if (!options.key.empty())  // a wrong key is told before the work
    if (const auto key = read_signing_key(options.key); !key) return no(key.error());
  const auto payload = fare::compile_book(options.dir, {.number = options.number});
  if (!payload) return no(payload.error());
  const auto model = fare::decode_book(*payload);
  if (!model) return no(model.error());
  if (auto ok = write_signed(options.out, FileKind::fare_book, model->number, *payload, signing);
      !ok)
    return no(ok.error());
  tell_notes(*model);
  print(options.out.string() + ": book " + std::to_string(model->number) + ", realm " +
        std::string{realm_name(options.realm)} + ", " + std::to_string(model->networks.size()) +
        " networks, " + std::to_string(model->golden.size()) + " golden journeys reproduced");
  return 0;
}

}  // namespace tidegate::tools
