// SPDX-License-Identifier: Apache-2.0
// Takes the place of LMDB's own mdb_env_open in this program and adds the flags.
#include "tests/crash/lmdb_flags.h"

#include <dlfcn.h>
#include <lmdb.h>

#include <cstdlib>

namespace tidegate::crash {
namespace {
unsigned flags_added = 0;
}  // namespace

void set_promise(Promise promise) {
  flags_added = promise == Promise::no_sync ? MDB_NOSYNC : 0U;
}

}  // namespace tidegate::crash

extern "C" int mdb_env_open(MDB_env* env, const char* path, unsigned flags, mdb_mode_t mode) {
  using Open = int (*)(MDB_env*, const char*, unsigned, mdb_mode_t);
  static const auto open = reinterpret_cast<Open>(::dlsym(RTLD_NEXT, "mdb_env_open"));
  if (open == nullptr) std::abort();
  const bool writes = (flags & MDB_RDONLY) == 0;
  return open(env, path, flags | (writes ? tidegate::crash::flags_added : 0U), mode);
}
