#include "base/config/recorded_values.hpp"

#include <array>
#include <fstream>
#include <set>
#include <sstream>

#include "base/bytes.hpp"
#include "base/config/fields.hpp"

namespace hutong::config {

namespace {

enum class How {
    shown,
    digest,   // it may hold a secret
    address,  // likewise, if a user is named in it
    files,    // paths, each with the digest of its file
};

// A key, or with a dot at its end everything below it; the first that fits counts. What is not in the table
// (pools, waiting times of backends, sizes of contracts) decides about nobody's rights or evidence.
struct Row {
    std::string_view name;
    How how;
};
constexpr std::array table{
    Row{"roles", How::shown},
    Row{"http.", How::shown},
    Row{"xml.", How::shown},
    Row{"database.url", How::digest},
    Row{"backend.ca_file", How::files},
    Row{"security.saml_issuers.", How::files},
    Row{"security.", How::shown},
    Row{"keys.uri.", How::digest},
    Row{"keys.", How::shown},
    Row{"trust_domains.", How::shown},
    Row{"throttle.", How::shown},
    Row{"journal.timestamp.url", How::address},
    Row{"journal.timestamp.roots", How::files},
    Row{"journal.heads.url", How::address},
    Row{"journal.", How::shown},
    Row{"snapshot.max_age", How::shown},
    Row{"log.", How::shown},
    Row{"registry.", How::shown},
    Row{"mail.relay", How::address},
    Row{"mail.ca_file", How::files},
    Row{"mail.", How::shown},
    Row{"officers.", How::shown},
};

const Row* row_of(std::string_view name) {
    for (const Row& row : table)
        if (row.name.ends_with('.') ? name.starts_with(row.name) : name == row.name) return &row;
    return nullptr;
}

std::string digest_of(std::string_view text) {
    return "sha256:" + to_hex(sha256(text));
}

class Recorder {
  public:
    explicit Recorder(const std::filesystem::path& home) : home_(home) {}

    void section(std::string_view name, std::string_view) { section_ = name; }
    void moved(std::string_view, std::string_view) {}
    template <class T>
    void field(std::string_view key, const T& member, std::string_view) {
        put(section_.empty() ? std::string(key) : section_ + "." + std::string(key), member);
    }
    template <class T, class Walk>
    void tables(std::string_view name, const std::map<std::string, T>& member, std::string_view, Walk walk) {
        for (const auto& [one, value] : member) {
            section_ = std::string(name) + "." + one;
            walk(*this, value);
        }
    }
    RecordedValues take() { return std::move(values_); }

  private:
    using Texts = std::vector<std::string>;

    void put(const std::string& name, const std::string& value) {
        put(name, value.empty() ? Texts() : Texts{value});
    }
    template <class T>
    void put(const std::string& name, const std::map<std::string, T>& values) {
        for (const auto& [key, value] : values) put(name + "." + key, value);
    }
    void put(const std::string& name, bool value) { put(name, std::string(value ? "true" : "false")); }
    template <class T>
    requires(std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) void put(const std::string& name, T value) {
        std::ostringstream text;
        text << value;
        put(name, text.str());
    }
    template <class Rep, class Period>
    void put(const std::string& name, std::chrono::duration<Rep, Period> value) {
        put(name, value.count());
    }
    void put(const std::string& name, const Texts& items) {
        const Row* const row = row_of(name);
        if (!row) return;
        std::string all;
        for (const std::string& item : items) all += (all.empty() ? "" : ", ") + written(item, row->how);
        values_[name] = std::move(all);
    }

    std::string written(const std::string& item, How how) const {
        switch (how) {
            case How::digest:
                return digest_of(item);
            case How::address:
                return item.find('@') == std::string::npos ? item : digest_of(item);
            case How::files: {
                const auto text = read_text(home_ / item);
                if (!text) return item + " (not readable)";
                return item + " (" + (text->empty() ? "not there" : digest_of(*text)) + ")";
            }
            case How::shown:
                break;
        }
        return item;
    }

    const std::filesystem::path& home_;
    std::string section_;
    RecordedValues values_;
};

std::string value_in(const RecordedValues& values, const std::string& name) {
    const auto found = values.find(name);
    return found == values.end() || found->second.empty() ? "(none)" : found->second;
}

}  // namespace

RecordedValues recorded_values(const Config& config, const std::filesystem::path& home) {
    Recorder recorder(home);
    walk(recorder, config);
    return recorder.take();
}

std::vector<ValueChange> changes_between(const RecordedValues& before, const RecordedValues& after) {
    std::set<std::string> names;
    for (const auto& [name, value] : before) names.insert(name);
    for (const auto& [name, value] : after) names.insert(name);
    std::vector<ValueChange> changes;
    for (const std::string& name : names) {
        ValueChange change{name, value_in(before, name), value_in(after, name)};
        if (change.before != change.after) changes.push_back(std::move(change));
    }
    return changes;
}

Result<std::string> read_text(const std::filesystem::path& file) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) return std::string();
    std::ifstream in(file, std::ios::binary);
    if (!in) return invalid(file.string() + ": cannot be read; check its owner and mode");
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

}  // namespace hutong::config
