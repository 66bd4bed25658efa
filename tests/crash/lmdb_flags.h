// SPDX-License-Identifier: Apache-2.0
// Opens LMDB with flags that break its promises, behind the back of base/lmdb: for tests that the
// crash test notices.
#pragma once

namespace tidegate::crash {

enum class Promise : unsigned char { kept, no_sync };

/// For every environment opened from now on in this program.
void set_promise(Promise promise);

}  // namespace tidegate::crash
