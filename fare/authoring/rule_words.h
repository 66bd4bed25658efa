// SPDX-License-Identifier: Apache-2.0
// Lists in both languages. Only for the writers of rule_lines.h.
#pragma once

#include <vector>

#include "fare/engine/rule_text.h"

namespace tidegate::fare {

/// "学生、老人" and "student, senior".
[[nodiscard]] inline Bilingual listed(const std::vector<Bilingual>& parts) {
  Bilingual out;
  for (const Bilingual& part : parts) {
    out.zh.append(out.zh.empty() ? "" : "、").append(part.zh);
    out.en.append(out.en.empty() ? "" : ", ").append(part.en);
  }
  return out;
}

}  // namespace tidegate::fare
