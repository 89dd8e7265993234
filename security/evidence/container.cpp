#include "security/evidence/container.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <span>

#include <zlib.h>

namespace hutong::security::evidence {

namespace {

constexpr std::uint64_t most_bytes = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t most_entries = 65'534;  // one more says ZIP64
constexpr std::size_t local_bytes = 30, directory_bytes = 46, end_bytes = 22;
constexpr std::string_view local_mark{"PK\x03\x04"}, directory_mark{"PK\x01\x02"}, end_mark{"PK\x05\x06"};
constexpr std::uint16_t version = 20, utf8_names = 0x0800, first_of_1980 = 0x21;

// What stands at which place of a record, to name it.
struct Field {
    std::size_t at;
    std::string_view name;
};
constexpr std::array local_fields{
    Field{0, "signature"},       Field{4, "version"},       Field{6, "flags"},
    Field{8, "method"},          Field{10, "time"},         Field{12, "date"},
    Field{14, "CRC-32"},         Field{18, "packed size"},  Field{22, "size"},
    Field{26, "length of name"}, Field{28, "extra length"}, Field{local_bytes, "name"}};
constexpr std::array directory_fields{Field{0, "signature"},
                                      Field{4, "version made by"},
                                      Field{6, "version"},
                                      Field{8, "flags"},
                                      Field{10, "method"},
                                      Field{12, "time"},
                                      Field{14, "date"},
                                      Field{16, "CRC-32"},
                                      Field{20, "packed size"},
                                      Field{24, "size"},
                                      Field{28, "length of name"},
                                      Field{30, "extra length"},
                                      Field{32, "comment length"},
                                      Field{34, "disk"},
                                      Field{36, "internal attributes"},
                                      Field{38, "external attributes"},
                                      Field{42, "offset of local header"},
                                      Field{directory_bytes, "name"}};
constexpr std::array end_fields{Field{0, "signature"},
                                Field{4, "disk"},
                                Field{6, "disk of the directory"},
                                Field{8, "entries on this disk"},
                                Field{10, "entries"},
                                Field{12, "size of the directory"},
                                Field{16, "offset of the directory"},
                                Field{20, "comment length"}};

std::string_view field_at(std::span<const Field> fields, std::size_t at) {
    const auto after = std::ranges::upper_bound(fields, at, {}, &Field::at);
    return std::prev(after)->name;
}

std::size_t first_difference(std::string_view a, std::string_view b) {
    return static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

void put(std::string& to, std::uint64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) to.push_back(static_cast<char>(value >> (8 * i)));
}

std::uint32_t number(std::string_view from, std::size_t at, unsigned bytes) {
    std::uint32_t value = 0;
    for (unsigned i = bytes; i-- > 0;) value = value << 8 | static_cast<unsigned char>(from[at + i]);
    return value;
}

// What local header and directory say alike.
void put_common(std::string& to, const ContainerEntry& entry) {
    put(to, version, 2);
    put(to, utf8_names, 2);
    put(to, 0, 2);  // stored
    put(to, 0, 2);
    put(to, first_of_1980, 2);
    put(to, entry.crc, 4);
    put(to, entry.size, 4);
    put(to, entry.size, 4);
    put(to, entry.name.size(), 2);
    put(to, 0, 2);
}

std::string local_header(const ContainerEntry& entry) {
    std::string text(local_mark);
    put_common(text, entry);
    return text + entry.name;
}

std::string directory_entry(const ContainerEntry& entry) {
    std::string text(directory_mark);
    put(text, version, 2);
    put_common(text, entry);
    put(text, 0, 8);  // no comment, the first disk, no attributes
    put(text, 0, 2);
    put(text, entry.at, 4);
    return text + entry.name;
}

std::string end_of_directory(const std::vector<ContainerEntry>& entries, std::uint64_t at) {
    std::uint64_t bytes = 0;
    for (const ContainerEntry& entry : entries) bytes += directory_bytes + entry.name.size();
    std::string text(end_mark);
    put(text, 0, 4);
    put(text, entries.size(), 2);
    put(text, entries.size(), 2);
    put(text, bytes, 4);
    put(text, at, 4);
    put(text, 0, 2);
    return text;
}

bool in_order(const std::vector<ContainerEntry>& before, const std::string& name) {
    constexpr std::string_view first = "manifest.json";
    if (before.empty()) return name == first;
    return name != first && (before.size() == 1 || before.back().name < name);
}

std::uint32_t crc_of(std::uint32_t crc, std::string_view text) {
    return static_cast<std::uint32_t>(crc32_z(crc, reinterpret_cast<const Bytef*>(text.data()), text.size()));
}

std::string place(std::uint64_t at) {
    return "offset " + std::to_string(at);
}

// Reads on as long as everything is as it must be.
class Walk {
  public:
    explicit Walk(std::ifstream in) : in_(std::move(in)) {}

    std::optional<Deviation> run() {
        for (;;) {
            const std::string header = take(local_bytes);
            if (!header.starts_with(local_mark)) return directory(header);
            if (auto found = entry(header)) return found;
        }
    }

  private:
    // What there is of so many bytes.
    std::string take(std::size_t count) {
        std::string text(count, '\0');
        in_.read(text.data(), static_cast<std::streamsize>(count));
        text.resize(static_cast<std::size_t>(in_.gcount()));
        at_ += text.size();
        return text;
    }

    std::optional<Deviation> entry(std::string header) {
        ContainerEntry found;
        found.at = static_cast<std::uint32_t>(at_ - header.size());
        const std::string from = place(found.at);
        if (header.size() < local_bytes) return Deviation{"", from + ": the file ends in a local header"};
        found.crc = number(header, 14, 4);
        found.size = number(header, 22, 4);
        found.name = take(number(header, 26, 2));
        header += found.name;
        const std::string right = local_header(found);
        if (const std::size_t at = first_difference(right, header); at < right.size())
            return Deviation{found.name, from + ", local header: its " +
                                             std::string(field_at(local_fields, at)) + " (" +
                                             place(found.at + at) + ") is not as exported"};
        if (entries_.size() == most_entries || at_ + found.size > most_bytes)
            return Deviation{found.name, from + ": more than an export holds"};
        if (!in_order(entries_, found.name)) {
            const std::string before =
                entries_.empty() ? "" : ", or that at " + place(entries_.back().at) + ",";
            return Deviation{found.name,
                             from + ", local header: this name" + before +
                                 " is out of order: manifest.json is first, then all by their names"};
        }
        std::uint32_t crc = 0;
        for (std::size_t left = found.size; left > 0;) {
            const std::string piece = take(std::min<std::size_t>(left, 64u << 10));
            if (piece.empty())
                return Deviation{found.name, from + ": the file ends in the content of this entry"};
            crc = crc_of(crc, piece);
            left -= piece.size();
        }
        if (crc != found.crc)
            return Deviation{found.name, from +
                                             ": the content of this entry does not have the CRC-32 that its "
                                             "local header says"};
        entries_.push_back(std::move(found));
        return std::nullopt;
    }

    std::optional<Deviation> directory(std::string text) {
        const std::uint64_t begin = at_ - text.size();
        if (entries_.empty()) return Deviation{"", place(begin) + ": no local header stands here"};
        if (!text.starts_with(directory_mark))
            return Deviation{"", place(begin) + ": neither a local header nor the directory stands here; " +
                                     entries_.back().name + " ends before it"};
        std::uint64_t from = begin;
        const auto differs = [&](const std::string& right) -> std::optional<std::size_t> {
            if (text.size() < right.size()) text += take(right.size() - text.size());
            const std::size_t at = first_difference(right, text);
            if (at < right.size()) return at;
            text.erase(0, right.size());
            from += right.size();
            return std::nullopt;
        };
        for (const ContainerEntry& entry : entries_)
            if (const auto at = differs(directory_entry(entry)))
                return Deviation{entry.name, place(from) + ", directory: its " +
                                                 std::string(field_at(directory_fields, *at)) + " (" +
                                                 place(from + *at) +
                                                 ") is not as exported, or differs from what the local "
                                                 "header at " +
                                                 place(entry.at) + " says"};
        if (const auto at = differs(end_of_directory(entries_, begin)))
            return Deviation{"", place(from) + ", end of the directory: its " +
                                     std::string(field_at(end_fields, *at)) + " (" + place(from + *at) +
                                     ") is not as exported"};
        if (text.empty()) text = take(1);
        if (!text.empty()) return Deviation{"", place(from) + ": there is more after the end"};
        return std::nullopt;
    }

    std::ifstream in_;
    std::uint64_t at_{0};  // how much was read
    std::vector<ContainerEntry> entries_;
};

// Names in a damaged file may be any bytes; whoever is told of them gets text.
std::string readable(const std::string& name) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char c : name) {
        if (c >= ' ' && c <= '~') {
            text += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        text += "\\x";
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

}  // namespace

ContainerWriter::ContainerWriter(std::filesystem::path file)
    : file_(std::move(file)),
      part_(file_.string() + ".part"),
      out_(part_, std::ios::binary | std::ios::trunc) {}

ContainerWriter::~ContainerWriter() {
    if (!out_.is_open()) return;
    out_.close();
    std::error_code ignored;
    std::filesystem::remove(part_, ignored);
}

Result<ContainerWriter> ContainerWriter::create(const std::filesystem::path& file) {
    ContainerWriter writer(file);
    if (!writer.out_) return unavailable(writer.part_.string() + " cannot be written");
    return writer;
}

Result<void> ContainerWriter::add(const std::string& name, ByteView content) {
    if (!in_order(entries_, name)) return invalid(name + " is not in the order of an export's entries");
    const std::uint64_t with_directory = 2 * name.size() + local_bytes + directory_bytes;
    if (entries_.size() == most_entries ||
        written_ + content.size() + with_directory + end_bytes > most_bytes)
        return Error{ErrorCode::limit, name + ": the export would be larger than 4 GiB, or of more than " +
                                           std::to_string(most_entries) + " files, which no zip holds"};
    const std::string_view text = as_text(content);
    ContainerEntry entry{name, crc_of(0, text), static_cast<std::uint32_t>(text.size()),
                         static_cast<std::uint32_t>(written_)};
    const std::string header = local_header(entry);
    out_ << header << text;
    written_ += header.size() + text.size();
    entries_.push_back(std::move(entry));
    if (!out_) return unavailable(part_.string() + " cannot be written");
    return {};
}

Result<void> ContainerWriter::finish() {
    for (const ContainerEntry& entry : entries_) out_ << directory_entry(entry);
    out_ << end_of_directory(entries_, written_);
    out_.flush();
    if (!out_) return unavailable(part_.string() + " cannot be written");
    std::error_code error;
    std::filesystem::rename(part_, file_, error);
    if (error) return unavailable(file_.string() + " cannot be written: " + error.message());
    out_.close();
    return {};
}

Result<std::optional<Deviation>> check_container(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return unavailable(file.string() + " cannot be read");
    std::optional<Deviation> found = Walk(std::move(in)).run();
    if (found) *found = Deviation{readable(found->part), readable(found->detail)};
    return found;
}

}  // namespace hutong::security::evidence
