// SPDX-License-Identifier: Apache-2.0
// The fields of a card image that only some cards have; each is left out where it says nothing, so
// that images of before and of after are the same format.
//
//   "purse": false, "rail_record": false, "ef1a_2702": hex 128, "locked_for_ever": true,
//   "kernel": "K2" | "K6",
//   "fci": {"version_bytes": 1|2, "label": bool, "df00": bool, "public_info": bool, "padding": n},
//   "ppse": [{"aid": hex, "label": text, "priority": n} …],
//   "applications": [{"name": hex, "file_id": n?, "fci": hex, "balance": n?,
//                     "files": [{"sfi": n, "data": hex} …]} …],
//   "habits": [name …]
#include "simulators/card/card_image_json.h"
#include "simulators/card/card_impl.h"

namespace tidegate::sim::image_json {

namespace {

constexpr std::size_t kApplicationsMax = 8;
constexpr std::size_t kFilesMax = 8;
constexpr std::size_t kLabelMax = 16;
constexpr std::size_t kFciMax = 255;
constexpr std::size_t kAidMin = 5, kAidMax = 16;

std::string_view text_of(PurseKernel kernel) {
  switch (kernel) {
    case PurseKernel::k1: return "K1";
    case PurseKernel::k2: return "K2";
    case PurseKernel::k6: return "K6";
  }
  return "";
}

std::string text_of(bool value) {
  return value ? "true" : "false";
}

void read_kernel(Fields& fields, PurseKernel& out) {
  std::string text;
  fields.text("kernel", text);
  for (const PurseKernel kernel : {PurseKernel::k1, PurseKernel::k2, PurseKernel::k6}) {
    if (text_of(kernel) != text) continue;
    out = kernel;
    return;
  }
  fields.set_error("field kernel is not K1, K2 or K6");
}

void read_fci(Fields& outer, FciShape& out) {
  const json::Value* value = outer.value("fci");
  if (value == nullptr) return;
  Fields fields{*value};
  fields.number("version_bytes", out.version_bytes, 2);
  fields.boolean("label", out.label);
  fields.boolean("df00", out.df00);
  fields.boolean("public_info", out.public_info);
  fields.number("padding", out.padding, 64);
  if (out.version_bytes == 0) fields.set_error("version_bytes must be 1 or 2");
  if (Status done = fields.done(); !done) outer.set_error("fci: " + done.error().message());
}

Result<ListedApplication> read_listed(const json::Value& value) {
  ListedApplication out;
  Fields fields{value};
  fields.bytes("aid", out.aid, kAidMin, kAidMax);
  fields.plain_text("label", out.label, kLabelMax);
  fields.number("priority", out.priority, 0xFF);
  if (Status done = fields.done(); !done) return fail(std::move(done.error()));
  return out;
}

Result<OtherApplication::File> read_file(const json::Value& value) {
  OtherApplication::File out;
  Fields fields{value};
  fields.number("sfi", out.sfi, 0x1E);
  fields.bytes("data", out.data, 0, kFciMax);
  if (Status done = fields.done(); !done) return fail(std::move(done.error()));
  return out;
}

Result<OtherApplication> read_other(const json::Value& value) {
  OtherApplication out;
  Fields fields{value};
  fields.bytes("name", out.name, kAidMin, kAidMax);
  if (fields.has("file_id")) fields.number("file_id", out.file_id.emplace(), 0xFFFF);
  fields.bytes("fci", out.fci, 0, kFciMax);
  if (fields.has("balance")) fields.number("balance", out.balance.emplace(), 0xFFFFFFFF);
  fields.list("files", kFilesMax, [&out](const json::Value& file) -> Status {
    auto read = read_file(file);
    if (!read) return fail(std::move(read.error()));
    out.files.push_back(std::move(*read));
    return {};
  });
  if (Status done = fields.done(); !done) return fail(std::move(done.error()));
  return out;
}

Status read_habit(const json::Value& value, CardHabits& out) {
  const auto* name = std::get_if<std::string>(&value.is);
  const auto* habit = name == nullptr ? kNamedHabits.end()
                                      : std::ranges::find(kNamedHabits, *name, &NamedHabit::name);
  if (habit == kNamedHabits.end()) return fail(Errc::invalid, "an unknown habit");
  out.*habit->knob = true;
  return {};
}

std::string other_text(const OtherApplication& other) {
  std::string files;
  for (const auto& file : other.files)
    files += (files.empty() ? "" : ", ") + std::string{"{\"sfi\": "} + std::to_string(file.sfi) +
             ", \"data\": " + Writer::quoted(file.data) + "}";
  std::string out = "{\"name\": " + Writer::quoted(other.name);
  if (other.file_id) out += ", \"file_id\": " + std::to_string(*other.file_id);
  out += ", \"fci\": " + Writer::quoted(other.fci);
  if (other.balance) out += ", \"balance\": " + std::to_string(*other.balance);
  return out + ", \"files\": [" + files + "]}";
}

}  // namespace

void read_optional(Fields& fields, CardImageData& out) {
  if (fields.has("purse")) fields.boolean("purse", out.has_purse);
  if (fields.has("rail_record")) fields.boolean("rail_record", out.has_ef1a_2701);
  if (fields.has("ef1a_2702")) fields.bytes("ef1a_2702", out.ef1a_2702.emplace());
  if (fields.has("locked_for_ever")) fields.boolean("locked_for_ever", out.locked_for_ever);
  if (fields.has("kernel")) read_kernel(fields, out.kernel);
  if (fields.has("fci")) read_fci(fields, out.fci);
  if (fields.has("ppse")) {
    out.ppse.emplace();
    fields.list("ppse", kApplicationsMax, [&out](const json::Value& value) -> Status {
      auto listed = read_listed(value);
      if (!listed) return fail(std::move(listed.error()));
      out.ppse->push_back(std::move(*listed));
      return {};
    });
  }
  if (fields.has("applications")) {
    fields.list("applications", kApplicationsMax, [&out](const json::Value& value) -> Status {
      auto other = read_other(value);
      if (!other) return fail(std::move(other.error()));
      out.others.push_back(std::move(*other));
      return {};
    });
  }
  if (fields.has("habits"))
    fields.list("habits", kNamedHabits.size(),
                [&out](const json::Value& value) { return read_habit(value, out.habits); });
}

void write_optional(Writer& out, const CardImageData& image) {
  if (!image.has_purse) out.field("purse", "false");
  if (!image.has_ef1a_2701) out.field("rail_record", "false");
  if (image.ef1a_2702) out.hex("ef1a_2702", *image.ef1a_2702);
  if (image.locked_for_ever) out.field("locked_for_ever", "true");
  if (image.kernel != PurseKernel::k1) out.field("kernel", Writer::quoted(text_of(image.kernel)));
  if (image.fci != FciShape{})
    out.field("fci", "{\"version_bytes\": " + std::to_string(image.fci.version_bytes) +
                         ", \"label\": " + text_of(image.fci.label) +
                         ", \"df00\": " + text_of(image.fci.df00) +
                         ", \"public_info\": " + text_of(image.fci.public_info) +
                         ", \"padding\": " + std::to_string(image.fci.padding) + "}");
  if (image.ppse) {
    std::vector<std::string> lines;
    for (const ListedApplication& listed : *image.ppse)
      lines.push_back("{\"aid\": " + Writer::quoted(listed.aid) +
                      ", \"label\": " + Writer::quoted(listed.label) +
                      ", \"priority\": " + std::to_string(listed.priority) + "}");
    out.list("ppse", lines);
  }
  if (!image.others.empty()) {
    std::vector<std::string> lines;
    for (const OtherApplication& other : image.others) lines.push_back(other_text(other));
    out.list("applications", lines);
  }
  std::vector<std::string> habits;
  for (const NamedHabit& habit : kNamedHabits)
    if (image.habits.*habit.knob) habits.push_back(Writer::quoted(habit.name));
  if (!habits.empty()) out.list("habits", habits);
}

}  // namespace tidegate::sim::image_json
